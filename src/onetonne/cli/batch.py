"""`onetonne batch` and `onetonne holdings`: what was issued, and who holds it."""

from typing import Annotated

import typer

from onetonne.cli.buying import (
    PolicyFile,
    Required,
    ShowAll,
    against,
    demanded,
    facts_of,
    fallen_out,
    labels_in_words,
    over_issued_in_words,
    standing,
)
from onetonne.cli.options import AsJson
from onetonne.cli.output import facts, moment, plain, say, show_json, table, tonnes
from onetonne.cli.session import Session, session_of
from onetonne.errors import BadInput
from onetonne.policy import BatchFacts, Facts, Policy, frozen_in_words
from onetonne.terms import Address, BatchId, FreezeScope, Holding, format_quantity

app = typer.Typer(
    no_args_is_help=True, help="List and show batches: one issuance, one block of serial numbers."
)


@app.command("list")
def list_(
    context: typer.Context,
    policy_file: PolicyFile = None,
    require: Required = None,
    show_all: ShowAll = False,
    as_json: AsJson = False,
) -> None:
    """List all batches, or those that a policy admits: what is left of each, and its labels.

    Example: onetonne batch list --require CCP
    """
    policy, found = demanded(session_of(context), policy_file, require)
    judged = [(one, _reasons(one, found, policy)) for one in found.all()]
    shown = [(one, reasons) for one, reasons in judged if show_all or not reasons]
    if as_json:
        show_json([{**plain(one.batch), **standing(one), **_verdict(policy, why)} for one, why in shown])
        return
    table(
        [
            "Id>",
            "Project",
            "Vintage",
            "Serial prefix",
            "First>",
            "Last>",
            "Issued, t>",
            "In circulation, t>",
            "Labels~",
            "Against it~",
            *(["Falls out~"] if policy and show_all else []),
        ],
        [
            (
                one.batch.id,
                f"{one.programme}:{one.project}",
                one.batch.vintage_year,
                one.batch.prefix,
                one.batch.first,
                one.batch.last,
                tonnes(one.batch.issued),
                tonnes(one.batch.in_circulation),
                labels_in_words(one.labels),
                against(one),
                *(["; ".join(reasons)] if policy and show_all else []),
            )
            for one, reasons in shown
        ],
    )
    say(*([] if show_all else fallen_out(reasons for _, reasons in judged)))


@app.command()
def show(
    context: typer.Context,
    batch: Annotated[int, typer.Argument(metavar="BATCH", min=1, help="Id of the batch.")],
    as_json: AsJson = False,
) -> None:
    """Show a batch: its serial numbers, where they come from, where they went, and its labels now.

    Example: onetonne batch show 3
    """
    session = session_of(context)
    session.ledger.batch(BatchId(batch))  # refuses an unknown one in the contract's words
    found = facts_of(session).of(BatchId(batch))
    if as_json:
        show_json({**plain(found.batch), **standing(found)})
    else:
        facts(_facts(found))


def holdings(
    context: typer.Context,
    account: Annotated[
        str | None,
        typer.Argument(metavar="[ACCOUNT]", help="Name of a keystore, or address; else every key here."),
    ] = None,
    policy_file: PolicyFile = None,
    require: Required = None,
    show_all: ShowAll = False,
    as_json: AsJson = False,
) -> None:
    """Show what an account holds, batch by batch, or what all accounts on this machine hold.

    With a policy, only what it admits.

    Example: onetonne holdings airline --policy policy.toml
    """
    session = session_of(context)
    addresses = accounts_of(session, account)
    policy, found = demanded(session, policy_file, require)
    judged = [
        (one, _reasons(found.of(one.batch), found, policy, one.account))
        for address in addresses
        for one in session.index.holdings(address)
    ]
    shown = [(one, reasons) for one, reasons in judged if show_all or not reasons]
    if as_json:
        show_json([_holding(session, found, one, policy, reasons) for one, reasons in shown])
        return
    table(
        [
            "Account",
            "Batch>",
            "Project",
            "Vintage",
            "Tonnes>",
            "Frozen, t>",
            "Labels~",
            "Against it~",
            *(["Falls out~"] if policy and show_all else []),
        ],
        [
            (
                *_held(session, found, one),
                *(["; ".join(reasons)] if policy and show_all else []),
            )
            for one, reasons in shown
        ],
    )
    say(f"In all {tonnes(sum(one.kilograms for one, _ in shown))} t.")
    say(*([] if show_all else fallen_out(reasons for _, reasons in judged)))


def accounts_of(session: Session, account: str | None) -> list[Address]:
    """The one that is named, else every key here. Raises `BadInput` where there is none."""
    addresses = [session.account(account)] if account else list(session.names)
    if not addresses:
        raise BadInput(
            "There are no keys on this machine: name an account, or make one with `onetonne account new`."
        )
    return addresses


def _reasons(
    one: BatchFacts, found: Facts, policy: Policy | None, account: Address | None = None
) -> tuple[str, ...]:
    """Why a batch falls out of a policy, in an account's hands."""
    if policy is None:
        return ()
    reasons = policy.admits(one, found.today)
    if policy.exclude_frozen and account in found.frozen_accounts:
        reasons.append(frozen_in_words([FreezeScope.ACCOUNT]))
    return tuple(reasons)


def _verdict(policy: Policy | None, reasons: tuple[str, ...]) -> dict[str, object]:
    return {} if policy is None else {"admitted": not reasons, "reasons": reasons}


def _frozen_besides(found: Facts, account: Address) -> list[FreezeScope]:
    return [FreezeScope.ACCOUNT] if account in found.frozen_accounts else []


def _held(session: Session, found: Facts, holding: Holding) -> tuple[object, ...]:
    one = found.of(holding.batch)
    return (
        session.short(holding.account),
        holding.batch,
        f"{one.programme}:{one.project}",
        one.batch.vintage_year,
        tonnes(holding.kilograms),
        tonnes(holding.frozen) if holding.frozen else "",
        labels_in_words(one.labels),
        against(one, *_frozen_besides(found, holding.account)),
    )


def _holding(
    session: Session, found: Facts, holding: Holding, policy: Policy | None, reasons: tuple[str, ...]
) -> dict[str, object]:
    one = found.of(holding.batch)
    return {
        **plain(holding),
        "name": session.names.get(holding.account),
        "vintage_year": one.batch.vintage_year,
        **standing(one),
        "frozen_by": [*one.frozen, *_frozen_besides(found, holding.account)],
        **_verdict(policy, reasons),
    }


def _facts(found: BatchFacts) -> dict[str, object]:
    batch = found.batch
    return {
        "Batch": batch.id,
        "Serial numbers": f"{batch.prefix} {batch.first} to {batch.last}",
        "Vintage": f"{batch.vintage_year} ({batch.vintage_start} to {batch.vintage_end})",
        "Programme": f"{found.programme} ({batch.programme})",
        "Project": f"{found.project} ({batch.project})",
        "Country": found.country,
        "Methodology": f"{found.methodology} ({batch.methodology})",
        "Verification": batch.verification,
        "Issued": f"{format_quantity(batch.issued)} on {moment(batch.issued_at)}",
        "Retired": format_quantity(batch.retired),
        "Cancelled": format_quantity(batch.cancelled),
        "Redeemed": format_quantity(batch.redeemed),
        "In circulation": format_quantity(batch.in_circulation),
        "Labels": labels_in_words(found.labels, none="none"),
        "Over-issued": over_issued_in_words(found.over_issued) if found.over_issued else None,
        "Frozen": frozen_in_words(found.frozen).removeprefix("frozen: "),
    }
