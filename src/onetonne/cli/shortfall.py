"""`onetonne reversal`, `over-issuance` and `shortfall`: what went wrong, and what makes it good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.credits import lot_in_words
from onetonne.cli.decisions import Evidence, EvidenceHash, document_hash
from onetonne.cli.options import (
    AsJson,
    BatchArgument,
    DryRun,
    Holder,
    Lots,
    QuantityArgument,
    Reason,
    Sender,
    lots_of,
    parse_lot,
)
from onetonne.cli.output import cell, facts, moment, plain, show_json, table, tonnes
from onetonne.cli.references import PROJECT_HELP, project_named
from onetonne.cli.root import Misuse
from onetonne.cli.sending import report as report_sent
from onetonne.cli.session import Session, session_of
from onetonne.errors import Reverted
from onetonne.terms import (
    BatchId,
    Kilograms,
    Lot,
    ProjectId,
    ShortfallId,
    format_quantity,
    parse_quantity,
)

if TYPE_CHECKING:
    from onetonne.ledger.results import MadeGood

reversal = typer.Typer(no_args_is_help=True, help="Report stored carbon that was lost; cover it.")
over_issuance = typer.Typer(no_args_is_help=True, help="Mark tonnes that should not have been issued.")
shortfall = typer.Typer(no_args_is_help=True, help="List what is to be made good, and make it good.")

_ATTEMPTS = 5
_Shortfall = Annotated[int, typer.Argument(metavar="SHORTFALL", min=1, help="Id of the shortfall.")]
_Case = Annotated[str, typer.Option("--case", metavar="TEXT", help="Reference of the case; public for ever.")]
_BufferLots = Annotated[
    list[str] | None,
    typer.Option("--lot", metavar="BATCH:QUANTITY", help="Of the buffer; else the oldest vintages first."),
]


@reversal.command()
def report(
    context: typer.Context,
    project: Annotated[str, typer.Argument(metavar="PROJECT", help=PROJECT_HELP)],
    quantity: Annotated[str, typer.Argument(metavar="QUANTITY", help="What was lost, such as 120t.")],
    case: _Case,
    evidence: Evidence = None,
    evidence_hash: EvidenceHash = None,
    lost: Annotated[
        list[str] | None,
        typer.Option(
            "--lost",
            metavar="BATCH:QUANTITY",
            help="What was lost of a batch; else the oldest vintages first.",
        ),
    ] = None,
    lot: _BufferLots = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Report a reversal, and cancel the project's buffer credits against it, oldest vintage first.

    The project's operator only; governance alone can annul a report. What the buffer does not cover is
    outstanding, and stops issuance to the project until it is made good. No more can be reported of a batch
    than it was issued with.

    Example: onetonne reversal report VCS:1340 120t --evidence loss-event.pdf --case VCS-2026-4 --from verra
    """
    from onetonne.ledger.shortfalls import first_lots

    session = session_of(context)
    found, kilograms = project_named(session, project), parse_quantity(quantity)
    hashed = document_hash("--evidence", evidence, evidence_hash)
    signer = session.signer(sender)
    gone = _lost(session, found, kilograms, [parse_lot(text) for text in lost or []])
    lots = [parse_lot(text) for text in lot or []] or first_lots(session.ledger.buffer_lots(found), kilograms)
    done = session.ledger.report_reversal(found, gone, lots, hashed, case, signer=signer, dry_run=dry_run)
    covered = Kilograms(sum(one.kilograms for one in lots))
    outstanding = Kilograms(kilograms - covered)
    report_sent(
        done.sent,
        as_json,
        {
            "shortfall": done.shortfall,
            "project": found,
            "kilograms": kilograms,
            "lost": gone,
            "lots": lots,
            "outstanding_kilograms": outstanding,
            "evidence": hashed,
        },
        f"Shortfall {done.shortfall}: {format_quantity(kilograms)} of project {found} were lost.",
        *(f"Lost: {lot_in_words(one)}." for one in gone),
        *_cancelled(lots, "of the buffer"),
        f"Outstanding: {format_quantity(outstanding)}; nothing is issued to the project until that is made "
        "good."
        if outstanding
        else "The buffer covers all of it.",
    )


@reversal.command()
def cover(
    context: typer.Context,
    number: _Shortfall,
    lot: _BufferLots = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Cancel further credits of the project's buffer against a reversal. The project's operator only.

    Without --lot it covers what is left when it is sent: anybody may have made a part good meanwhile.

    Example: onetonne reversal cover 1 --from verra
    """
    from onetonne.ledger.shortfalls import first_lots

    session = session_of(context)
    ledger, id_, signer = session.ledger, ShortfallId(number), session.signer(sender)
    given = [parse_lot(text) for text in lot or []]
    for attempt in range(_ATTEMPTS):
        before = ledger.shortfall(id_)
        lots = given or first_lots(ledger.buffer_lots(before.project), before.outstanding)
        try:
            done = ledger.cover_reversal(id_, lots, signer=signer, dry_run=dry_run)
            break
        except Reverted as refusal:
            if given or refusal.error_name != "ShortfallExceeded" or attempt + 1 == _ATTEMPTS:
                raise
    _report_made_good(id_, before.outstanding, lots, done, as_json, "of the buffer")


@over_issuance.command()
def mark(
    context: typer.Context,
    batch: Annotated[int, typer.Argument(metavar="BATCH", min=1, help="Id of the batch.")],
    quantity: Annotated[str, typer.Argument(metavar="QUANTITY", help="Such as 10t.")],
    case: _Case,
    evidence: Evidence = None,
    evidence_hash: EvidenceHash = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Mark tonnes of a batch as over-issued, until other credits are cancelled in their place.

    The programme's operator only; governance alone can annul a mark. It stops no transfer; certificates from
    that batch say so when they are read, and stay.

    Example: onetonne over-issuance mark 3 10t --evidence review.pdf --case VCS-2026-5 --from verra
    """
    session = session_of(context)
    kilograms, hashed = parse_quantity(quantity), document_hash("--evidence", evidence, evidence_hash)
    done = session.ledger.mark_over_issued(
        BatchId(batch), kilograms, hashed, case, signer=session.signer(sender), dry_run=dry_run
    )
    report_sent(
        done.sent,
        as_json,
        {"shortfall": done.shortfall, "batch": batch, "kilograms": kilograms, "evidence": hashed},
        f"Shortfall {done.shortfall}: {format_quantity(kilograms)} of batch {batch} are over-issued.",
        f"Outstanding: {format_quantity(kilograms)}; see `onetonne shortfall make-good`.",
    )


@shortfall.command("list")
def list_(
    context: typer.Context,
    outstanding: Annotated[
        bool, typer.Option("--outstanding", help="Only what is not made good yet.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List reversals and over-issuances, and how much of each is made good.

    Example: onetonne shortfall list --outstanding
    """
    found = [
        one
        for one in session_of(context).listings.shortfalls()
        if one.shortfall.outstanding or not outstanding
    ]
    if as_json:
        show_json([_document(one) for one in found])
        return
    table(
        [
            *("Id>", "Kind", "Project>", "Batch>", "Reported, t>", "Made good, t>", "Outstanding, t>"),
            *("Reported", "Case~"),
        ],
        [
            (
                one.shortfall.id,
                cell(one.shortfall.kind),
                one.shortfall.project,
                one.shortfall.batch or "",
                tonnes(one.shortfall.kilograms),
                tonnes(one.shortfall.made_good),
                tonnes(one.shortfall.outstanding),
                moment(one.shortfall.reported_at),
                one.case_reference,
            )
            for one in found
        ],
    )


@shortfall.command()
def show(context: typer.Context, number: _Shortfall, as_json: AsJson = False) -> None:
    """Show a reversal or an over-issuance: its evidence, what made it good, and what is outstanding.

    Example: onetonne shortfall show 1
    """
    session = session_of(context)
    session.ledger.shortfall(ShortfallId(number))  # refuses an unknown one in the contract's words
    listings = session.listings
    found = next(one for one in listings.shortfalls() if one.shortfall.id == number)
    made_good = listings.made_good_by(ShortfallId(number))
    if as_json:
        cancellations = [{"cancellation": id_, "kilograms": quantity} for id_, quantity in made_good]
        show_json({**_document(found), "cancellations": cancellations})
        return
    entry = found.shortfall
    facts(
        {
            "Shortfall": entry.id,
            "Kind": cell(entry.kind),
            "Project": entry.project,
            "Batch": entry.batch or None,
            "Reported": f"{format_quantity(entry.kilograms)} on {moment(entry.reported_at)}",
            "Made good": format_quantity(entry.made_good),
            "Made good by": ", ".join(
                f"cancellation {id_} ({format_quantity(quantity)})" for id_, quantity in made_good
            ),
            "Outstanding": format_quantity(entry.outstanding),
            "Annulled": "by governance: it counts as never made" if entry.annulled else None,
            "Case": found.case_reference,
            "Evidence": found.evidence,
        }
    )


@shortfall.command()
def annul(
    context: typer.Context,
    number: _Shortfall,
    reason: Reason,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Annul a report, which then counts as never made. Governance only, with its delay.

    Credits that were cancelled against it stay cancelled.

    Example: onetonne shortfall annul 2 --reason "Kilograms typed for tonnes" --from governance
    """
    session = session_of(context)
    done = session.ledger.annul(ShortfallId(number), reason, signer=session.signer(sender), dry_run=dry_run)
    report_sent(done.sent, as_json, {"shortfall": number}, f"Shortfall {number} is annulled.")


@shortfall.command("make-good")
def make_good(
    context: typer.Context,
    number: _Shortfall,
    batch: BatchArgument = None,
    quantity: QuantityArgument = None,
    lot: Lots = None,
    holder: Holder = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Cancel credits of any batch to make a shortfall good. Nothing takes it back.

    Whoever holds credits may; they count for this shortfall and for no other.

    Example: onetonne shortfall make-good 1 3 10t --from verra
    """
    session = session_of(context)
    id_, lots = ShortfallId(number), lots_of(batch, quantity, lot)
    before = session.ledger.shortfall(id_)
    done = session.ledger.make_good(
        id_,
        lots,
        signer=session.signer(sender),
        holder=session.account(holder) if holder else None,
        dry_run=dry_run,
    )
    _report_made_good(id_, before.outstanding, lots, done, as_json, "")


def _report_made_good(
    shortfall: ShortfallId,
    before: Kilograms,
    lots: Sequence[Lot],
    done: MadeGood,
    as_json: bool,
    whose: str,
) -> None:
    outstanding = Kilograms(before - sum(one.kilograms for one in lots))
    report_sent(
        done.sent,
        as_json,
        {
            "shortfall": shortfall,
            "lots": lots,
            "cancellations": done.cancellations,
            "outstanding_kilograms": outstanding,
        },
        *_cancelled(lots, whose),
        f"Outstanding of shortfall {shortfall}: {format_quantity(outstanding)}.",
    )


def _cancelled(lots: Sequence[Lot], whose: str) -> list[str]:
    return [f"Cancelled: {lot_in_words(one)}{f' {whose}' if whose else ''}." for one in lots]


def _lost(session: Session, project: ProjectId, kilograms: Kilograms, given: Sequence[Lot]) -> Sequence[Lot]:
    """What was lost of each batch: as given, or of the oldest vintages that have something left to report."""
    from onetonne.ledger.shortfalls import first_lots

    if given:
        named = Kilograms(sum(lot.kilograms for lot in given))
        if named != kilograms:
            raise Misuse(
                f"--lost names {format_quantity(named)}, and {format_quantity(kilograms)} were lost."
            )
        return given
    lots = first_lots(session.ledger.reportable_lots(project), kilograms)
    left = Kilograms(sum(lot.kilograms for lot in lots))
    if left < kilograms:
        raise Misuse(
            f"The reversal of {format_quantity(kilograms)} is more than the {format_quantity(left)} that "
            f"project {project} was issued and has not reported yet: correct the quantity."
        )
    return lots


def _document(found: object) -> dict[str, object]:
    """One flat record."""
    record = plain(found)
    return {**record.pop("shortfall"), **record}
