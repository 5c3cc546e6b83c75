"""`onetonne freeze`: what the regulator stops, and lifts."""

from enum import StrEnum
from typing import Annotated

import typer

from onetonne.cli.options import AsJson, DryRun, Sender
from onetonne.cli.output import cell, moment, show_json, table, tonnes
from onetonne.cli.references import PROGRAMME_HELP, PROJECT_HELP, programme_named, project_named
from onetonne.cli.sending import governing, report
from onetonne.cli.session import Session, session_of
from onetonne.errors import BadInput, quoted
from onetonne.terms import BatchId, FreezeScope, Kilograms, format_quantity, parse_quantity

app = typer.Typer(no_args_is_help=True, help="Freeze batches, projects, programmes, accounts and amounts.")

_Case = Annotated[str, typer.Option("--case", metavar="TEXT", help="Reference of the case; public for ever.")]
_Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; only its hash goes on chain.")]


class ScopeWord(StrEnum):
    """What a freeze stops."""

    BATCH = "batch"
    PROJECT = "project"
    PROGRAMME = "programme"
    ACCOUNT = "account"


@app.command("batch")
def batch_(
    context: typer.Context,
    batch: Annotated[int, typer.Argument(metavar="BATCH", min=1, help="Id of the batch.")],
    case: _Case,
    reason: _Why,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Stop all movement of a batch. The regulator only.

    Example: onetonne freeze batch 3 --case 2026/17 --reason "Court order" --from authority
    """
    session = session_of(context)
    _freeze(session, (FreezeScope.BATCH, batch), (reason, case), sender, dry_run, as_json)


@app.command()
def project(
    context: typer.Context,
    project: Annotated[str, typer.Argument(metavar="PROJECT", help=PROJECT_HELP)],
    case: _Case,
    reason: _Why,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Stop all movement of a project's batches. The regulator only.

    Example: onetonne freeze project VCS:1340 --case 2026/17 --reason "Inquiry" --from authority
    """
    session = session_of(context)
    subject = project_named(session, project)
    _freeze(session, (FreezeScope.PROJECT, subject), (reason, case), sender, dry_run, as_json)


@app.command()
def programme(
    context: typer.Context,
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME", help=PROGRAMME_HELP)],
    case: _Case,
    reason: _Why,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Stop all movement of a programme's batches. The regulator only.

    Example: onetonne freeze programme VCS --case 2026/17 --reason "Inquiry" --from authority
    """
    session = session_of(context)
    subject = programme_named(session, programme)
    _freeze(session, (FreezeScope.PROGRAMME, subject), (reason, case), sender, dry_run, as_json)


@app.command()
def account(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Name of a keystore, or an address.")],
    case: _Case,
    reason: _Why,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Stop an account from sending, receiving, retiring and cancelling anything. The regulator only.

    Example: onetonne freeze account mallory --case 2026/17 --reason "Sanctions" --from authority
    """
    session = session_of(context)
    subject = session.account(account)
    _freeze(session, (FreezeScope.ACCOUNT, subject), (reason, case), sender, dry_run, as_json)


@app.command()
def amount(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Name of a keystore, or an address.")],
    batch: Annotated[int, typer.Argument(metavar="BATCH", min=1, help="Id of the batch.")],
    quantity: Annotated[
        str, typer.Argument(metavar="QUANTITY", help="Such as 10t, in place of what was; none ends it.")
    ],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Set how much of a batch may not leave an account, in place of what was set before. The regulator only.

    It may exceed what the account holds, and then withholds what arrives later.

    Example: onetonne freeze amount mallory 3 10t --from authority
    """
    session = session_of(context)
    address = session.account(account)
    kilograms = Kilograms(0) if quantity.strip().lower() == "none" else parse_quantity(quantity)
    with governing(as_json):
        done = session.ledger.set_frozen(
            address, BatchId(batch), kilograms, signer=session.signer(sender), dry_run=dry_run
        )
    report(
        done.sent,
        as_json,
        {"account": address, "batch": batch, "frozen_kilograms": kilograms},
        f"Of batch {batch}, {format_quantity(kilograms)} may not leave {session.shown(address)}.",
    )


@app.command()
def lift(
    context: typer.Context,
    scope: Annotated[
        ScopeWord, typer.Argument(metavar="SCOPE", help="batch, project, programme or account.")
    ],
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="As it was frozen: id, code, name or address.")
    ],
    case: _Case,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """End a freeze. The regulator only. (An amount ends with `freeze amount ACCOUNT BATCH none`.)

    Example: onetonne freeze lift batch 3 --case 2026/17 --from authority
    """
    session = session_of(context)
    found = _subject(session, scope, subject)
    with governing(as_json):
        done = session.ledger.lift(
            FreezeScope[scope.name], found, case, signer=session.signer(sender), dry_run=dry_run
        )
    report(
        done.sent,
        as_json,
        {"scope": scope.value, "subject": found, "frozen": False},
        f"{scope.value.capitalize()} {found} is free again.",
    )


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the freezes in force and the frozen amounts.

    Example: onetonne freeze list
    """
    session = session_of(context)
    listings = session.listings
    freezes, amounts = listings.freezes(), listings.frozen_amounts()
    if as_json:
        show_json({"freezes": freezes, "amounts": amounts})
        return
    table(
        ["What", "Subject", "Case~", "Since"],
        [(cell(one.scope), one.subject, one.case_reference, moment(one.since)) for one in freezes],
        title="Freezes in force",
    )
    table(
        ["Account", "Batch>", "Frozen, t>"],
        [(session.short(one.account), one.batch, tonnes(one.frozen)) for one in amounts],
        title="Frozen amounts",
    )


def _freeze(
    session: Session,
    what: tuple[FreezeScope, int | str],
    why: tuple[str, str],
    sender: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """`why` is the reason and the case."""
    with governing(as_json):
        done = session.ledger.freeze(*what, *why, signer=session.signer(sender), dry_run=dry_run)
    scope, subject = what
    report(
        done.sent,
        as_json,
        {"scope": cell(scope), "subject": subject, "frozen": True},
        f"{cell(scope).capitalize()} {subject} is frozen.",
    )


def _subject(session: Session, scope: ScopeWord, text: str) -> int | str:
    if scope is ScopeWord.PROJECT:
        return project_named(session, text)
    if scope is ScopeWord.PROGRAMME:
        return programme_named(session, text)
    if scope is ScopeWord.ACCOUNT:
        return session.account(text)
    if not text.isdecimal():
        raise BadInput(f"{quoted(text)} is no id of a batch: give its number.")
    return int(text)
