"""`onetonne label`: what a framework's body approves and excludes, and what purposes demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from onetonne.cli import label_lists, labelling
from onetonne.cli.decisions import DecidedOn, Source, decision
from onetonne.cli.options import (
    AsJson,
    DryRun,
    Sender,
    parse_date,
    parse_hash,
    parse_window,
    window_in_words,
)
from onetonne.cli.references import METHODOLOGY_HELP, PROGRAMME_HELP, methodology_named, programme_named
from onetonne.cli.root import Misuse
from onetonne.cli.sending import governing, report
from onetonne.cli.session import Session, session_of
from onetonne.cli.words import PurposeWord
from onetonne.terms import Approval, MethodologyId, ProgrammeId, type_code

app = typer.Typer(no_args_is_help=True, help="Approve, exclude, demand and explain labels.")
app.command("list")(label_lists.list_)
app.command()(label_lists.show)
app.command()(labelling.explain)
app.command()(labelling.tables)
app.command()(labelling.apply)

_Label = Annotated[str, typer.Argument(metavar="LABEL", help="Code of the label, such as CCP.")]
_Programme = Annotated[str | None, typer.Option("--programme", metavar="PROGRAMME", help=PROGRAMME_HELP)]
_Methodology = Annotated[
    str | None, typer.Option("--methodology", metavar="METHODOLOGY", help=METHODOLOGY_HELP)
]
_Type = Annotated[
    str | None,
    typer.Option(
        "--type",
        metavar="CODE",
        help="With --programme: its activity type, such as AFOLU; none for its projects without a type.",
    ),
]


@app.command()
def approve(
    context: typer.Context,
    label: _Label,
    source: Source,
    programme: _Programme = None,
    methodology: _Methodology = None,
    vintages: Annotated[
        str | None,
        typer.Option(
            "--vintages", metavar="DATE..DATE", help="Which it covers; either end may be left out. Else all."
        ),
    ] = None,
    crediting_from: Annotated[
        str | None,
        typer.Option(
            "--crediting-from",
            metavar="DATE",
            help="Only projects whose first crediting period starts then or later.",
        ),
    ] = None,
    condition: Annotated[
        str | None,
        typer.Option("--condition", metavar="TEXT", help="Only under this condition; its hash is recorded."),
    ] = None,
    condition_hash: Annotated[
        str | None, typer.Option("--condition-hash", metavar="0x...", help="Instead: the condition's hash.")
    ] = None,
    recognises: Annotated[
        str | None,
        typer.Option("--recognises", metavar="LABEL", help="The label whose approval this one recognises."),
    ] = None,
    decided_on: DecidedOn = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Approve a programme, or a methodology's version, for a label. The label's body only.

    It takes the place of an earlier approval, and counts from the next second on: nothing is backdated.
    Vintages let it cover batches that were issued before.

    Example: onetonne label approve CCP --programme VCS --vintages 2016-01-01..
    --source https://icvcm.org/assessment-status/ --decided-on 2024-04-05 --from icvcm
    """
    session = session_of(context)
    start, end = parse_window(vintages)
    document = _condition(condition, condition_hash)
    first_day = parse_date(crediting_from) if crediting_from else None
    approval = Approval(start, end, first_day, any(document), recognises)
    said = decision(source, decided_on, document)
    subject, ledger = _subject(session, programme, methodology), session.ledger
    signer = session.signer(sender)
    if subject.methodology:
        done = ledger.approve_methodology(
            label, subject.methodology, approval, said, signer=signer, dry_run=dry_run
        )
    else:
        done = ledger.approve_programme(
            label, subject.programme, approval, said, signer=signer, dry_run=dry_run
        )
    report(
        done.sent,
        as_json,
        {**subject.document(label), "approval": approval, "decision": said},
        f"{subject.words} is approved for {label.strip().upper()}: vintages {window_in_words(start, end)}"
        f"{', under a condition' if approval.conditional else ''}.",
        "It counts from the next second on.",
    )


@app.command()
def withdraw(
    context: typer.Context,
    label: _Label,
    source: Source,
    programme: _Programme = None,
    methodology: _Methodology = None,
    decided_on: DecidedOn = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """End an approval from the next second on; retirements made before keep the label. The body only.

    Example: onetonne label withdraw CCP --methodology VCS:VM0048:1.0
    --source https://icvcm.org/decisions/ --from icvcm
    """
    session = session_of(context)
    said = decision(source, decided_on)
    subject, ledger = _subject(session, programme, methodology), session.ledger
    signer = session.signer(sender)
    if subject.methodology:
        done = ledger.withdraw_methodology(label, subject.methodology, said, signer=signer, dry_run=dry_run)
    else:
        done = ledger.withdraw_programme(label, subject.programme, said, signer=signer, dry_run=dry_run)
    report(
        done.sent,
        as_json,
        {**subject.document(label), "approved": False, "decision": said},
        f"{subject.words} is no longer approved for {label.strip().upper()}.",
    )


@app.command()
def exclude(
    context: typer.Context,
    label: _Label,
    source: Source,
    programme: _Programme = None,
    activity_type: _Type = None,
    methodology: _Methodology = None,
    decided_on: DecidedOn = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Keep a label from a programme's activity type, or from a methodology's version. The label's body only.

    Example: onetonne label exclude CORSIA-1 --programme VCS --type AFOLU
    --source https://www.icao.int/CORSIA --from icao
    """
    session = session_of(context)
    what = (label, programme, activity_type, methodology)
    _switch(session, what, True, (source, decided_on), sender, dry_run, as_json)


@app.command()
def include(
    context: typer.Context,
    label: _Label,
    source: Source,
    programme: _Programme = None,
    activity_type: _Type = None,
    methodology: _Methodology = None,
    decided_on: DecidedOn = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """End an exclusion. The label's body only.

    Example: onetonne label include CORSIA-1 --programme VCS --type AFOLU
    --source https://www.icao.int/CORSIA --from icao
    """
    session = session_of(context)
    what = (label, programme, activity_type, methodology)
    _switch(session, what, False, (source, decided_on), sender, dry_run, as_json)


@app.command()
def demand(
    context: typer.Context,
    purpose: Annotated[PurposeWord, typer.Argument(metavar="PURPOSE", help="As `retire --purpose` has it.")],
    label: Annotated[str, typer.Argument(metavar="LABEL", help="Code of the label; none ends it.")],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Say which label retirements for a purpose demand, or that they demand none. Governance only.

    Example: onetonne label demand corsia-1 CORSIA-1 --from council
    """
    session = session_of(context)
    wanted = None if label.strip().lower() == "none" else label.strip().upper()
    with governing(as_json):
        done = session.ledger.demand_label(
            purpose.purpose, wanted, signer=session.signer(sender), dry_run=dry_run
        )
    report(
        done.sent,
        as_json,
        {"purpose": purpose.value, "label": wanted},
        f"Retirements for {purpose.value} demand {f'the label {wanted}' if wanted else 'no label'}.",
    )


@dataclass(frozen=True, slots=True)
class _Named:
    """What an entry is about: a programme, or a methodology's version; the other is 0."""

    programme: ProgrammeId
    methodology: MethodologyId
    words: str

    def document(self, label: str) -> dict[str, object]:
        return {
            "label": label.strip().upper(),
            "programme": self.programme or None,
            "methodology": self.methodology or None,
        }


def _subject(session: Session, programme: str | None, methodology: str | None) -> _Named:
    """Raises `Misuse` unless exactly one is named, and `BadInput` where there is none of that name."""
    if methodology is not None and programme is None:
        version = methodology_named(session, methodology)
        return _Named(ProgrammeId(0), version, f"Methodology {methodology.upper()}")
    if programme is not None and methodology is None:
        return _Named(programme_named(session, programme), MethodologyId(0), f"Programme {programme.upper()}")
    raise Misuse("Give either --programme PROGRAMME or --methodology METHODOLOGY.")


def _switch(
    session: Session,
    what: tuple[str, str | None, str | None, str | None],
    excluded: bool,
    said: tuple[str, str | None],
    sender: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """`what` is the label, the programme, its activity type, and the methodology."""
    label, programme, activity_type, methodology = what
    if (activity_type is None) != (methodology is not None):
        raise Misuse("Give either --programme PROGRAMME --type CODE, or --methodology METHODOLOGY.")
    subject, ledger = _subject(session, programme, methodology), session.ledger
    stated, signer = decision(*said), session.signer(sender)
    words = subject.words
    if activity_type is None:
        done = ledger.exclude_methodology(
            label, subject.methodology, excluded, stated, signer=signer, dry_run=dry_run
        )
    else:
        kind = type_code(activity_type)
        words = f"{words}'s type {kind}" if kind else f"{words}: what has no type"
        done = ledger.exclude_activity_type(
            label, subject.programme, kind, excluded, stated, signer=signer, dry_run=dry_run
        )
    report(
        done.sent,
        as_json,
        {
            **subject.document(label),
            "activity_type": None if activity_type is None else type_code(activity_type),
            "excluded": excluded,
            "decision": stated,
        },
        f"{words} {'is' if excluded else 'is no longer'} excluded from {label.strip().upper()}.",
    )


def _condition(text: str | None, given: str | None) -> bytes:
    """The hash of an approval's condition; zeros where it has none."""
    from eth_utils.crypto import keccak

    if text is not None and given is not None:
        raise Misuse("Give the condition with --condition TEXT or its --condition-hash, not both.")
    if text is not None:
        return bytes(keccak(text=text))
    return parse_hash(given, "Condition hash") if given is not None else bytes(32)
