"""What commands for buyers have in common: the policy's options, and a batch's standing in words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.session import Session
from onetonne.errors import BadInput, quoted
from onetonne.terms import FreezeScope, Kilograms, code_bytes32, code_text, format_quantity

if TYPE_CHECKING:
    from onetonne.index import Selection
    from onetonne.labels import HeldLabel
    from onetonne.policy import BatchFacts, Facts, Policy

PolicyFile = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE", help="TOML or JSON file of what the credits must be."),
]
Required = Annotated[
    list[str] | None,
    typer.Option(
        "--require",
        "--label",
        metavar="LABEL",
        help="A label that they must hold; several times for several.",
    ),
]
ShowAll = Annotated[bool, typer.Option("--all", help="Show what falls out of the policy too, and why.")]


def facts_of(session: Session, wanted: Selection | None = None) -> Facts:
    """All batches, or those that are wanted, as the next block finds them."""
    from onetonne.policy import Facts

    index = session.synced()
    return Facts.read(index, session.chain.block("latest").time, wanted)


def demanded(
    session: Session, path: Path | None, required: list[str] | None, wanted: Selection | None = None
) -> tuple[Policy | None, Facts]:
    """What --policy and --require ask for, None where neither is given; and all batches, or those wanted.

    Raises `BadInput` for a label that the chain does not have: nothing would ever hold it.
    """
    from onetonne.policy import ANY, read_policy

    policy = None
    if path is not None or required:
        policy = read_policy(path) if path is not None else ANY
        policy = policy.requiring(code_text(code_bytes32(label)) for label in required or [])
    for label in policy.labels if policy is not None else ():
        label_named(session, label)
    return policy, facts_of(session, wanted)


def label_named(session: Session, text: str) -> str:
    """Raises `BadInput` where the chain has no such label: nothing would ever hold it."""
    label = code_text(code_bytes32(text))
    if session.ledger.framework_or_none(label) is None:
        raise BadInput(f"There is no label {quoted(label)} on this chain; see `onetonne label list`.")
    return label


def labels_in_words(labels: Iterable[HeldLabel], none: str = "", left: Kilograms | None = None) -> str:
    """`CCP, CORSIA-1 (conditional)`, and what a host country's cap leaves to all the batches it names."""
    found = (f"{one.label} (conditional)" if one.conditional else one.label for one in labels)
    words = ", ".join(found) or none
    return words if left is None else f"{words}; the host's cap leaves {format_quantity(left)}"


def against(facts: BatchFacts, *more: FreezeScope) -> str:
    """What stands against a batch; `more` is frozen besides."""
    from onetonne.policy import frozen_in_words

    parts = [over_issued_in_words(facts.over_issued)] if facts.over_issued else []
    frozen = [*facts.frozen, *more]
    return "; ".join([*parts, frozen_in_words(frozen)] if frozen else parts)


def over_issued_in_words(kilograms: Kilograms) -> str:
    return f"{format_quantity(kilograms)} over-issued"


def standing(facts: BatchFacts) -> dict[str, object]:
    """What JSON has of a batch besides its record."""
    return {
        "programme_code": facts.programme,
        "project_code": facts.project,
        "country": facts.country,
        "methodology_code": facts.methodology,
        "labels": facts.labels,
        "authorised_left_kilograms": facts.authorised_left,
        "over_issued_kilograms": facts.over_issued,
        "frozen_by": facts.frozen,
    }


def fallen_out(reasons: Iterable[tuple[str, ...]]) -> list[str]:
    """How many batches fall out of the policy for which reason, one sentence each."""
    counted: dict[str, int] = {}
    for one in reasons:
        for reason in one:
            counted[reason] = counted.get(reason, 0) + 1
    return [
        f"Falls out: {number} {'batch' if number == 1 else 'batches'}, {reason}."
        for reason, number in counted.items()
    ]
