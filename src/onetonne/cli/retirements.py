"""`onetonne retirements`: what was used, for whom, with exact serial numbers."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from onetonne.cli.buying import label_named
from onetonne.cli.files import Format, FormatWord, Out, format_of, write
from onetonne.cli.options import AsJson
from onetonne.cli.output import say, table, tonnes
from onetonne.cli.selecting import (
    IN_A_TABLE,
    Dates,
    Limit,
    OfBatch,
    OfProgramme,
    OfProject,
    OfVintage,
    days_of,
    origin,
    say_how_many,
)
from onetonne.cli.session import Session, session_of
from onetonne.cli.words import PurposeWord, serials_in_words
from onetonne.terms import Address, BatchId, Kilograms, RetirementId, Serial

_VIEW = "retirement_list"


def retirements(
    context: typer.Context,
    beneficiary: Annotated[
        str | None,
        typer.Option(
            "--beneficiary", metavar="ACCOUNT", help="Only on behalf of this account: a name or an address."
        ),
    ] = None,
    holder: Annotated[
        str | None,
        typer.Option("--holder", metavar="ACCOUNT", help="Only what this account held."),
    ] = None,
    batch: OfBatch = None,
    claim: Annotated[
        int | None,
        typer.Option("--claim", metavar="CLAIM", min=1, help="Only of this claim: its first certificate."),
    ] = None,
    programme: OfProgramme = None,
    project: OfProject = None,
    vintage: OfVintage = None,
    label: Annotated[
        str | None,
        typer.Option("--label", metavar="LABEL", help="Only what held this label when it was retired."),
    ] = None,
    purpose: Annotated[PurposeWord | None, typer.Option("--purpose", help="Only for this use.")] = None,
    dates: Dates = None,
    limit: Limit = None,
    format_: Format = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """List retirements: which serial numbers, how much, for whom, when. Each has one certificate.

    Example: onetonne retirements --beneficiary airline --dates 2026-01-01..2026-12-31 --out retired.csv
    """
    spoken = format_of(format_, out, as_json)
    session = session_of(context)
    index = session.synced(quiet=spoken is not FormatWord.TABLE)
    wanted = replace(
        origin(session, programme, project, vintage),
        beneficiary=session.account(beneficiary) if beneficiary else None,
        holder=session.account(holder) if holder else None,
        batch=BatchId(batch) if batch else None,
        claim=RetirementId(claim) if claim else None,
        label=label_named(session, label) if label else None,
        purpose=purpose.value if purpose else None,
        days=days_of(dates),
        limit=limit,
    )
    if spoken is not FormatWord.TABLE:
        with index.found(_VIEW, wanted) as found:
            write(found, spoken, out)
        return
    with index.found(_VIEW, replace(wanted, limit=limit or IN_A_TABLE)) as found:
        rows = list(found.rows)
    table(
        [
            "Certificate>",
            "Day",
            "Tonnes>",
            "Batch>",
            "Project",
            "Vintage",
            "Serial numbers",
            "For",
            "Beneficiary",
        ],
        [_row(session, row) for row in rows],
    )
    count, kilograms = index.sums(_VIEW, wanted, "kilograms")
    say_how_many(len(rows), count, "retirements")
    say(f"In all {tonnes(kilograms)} t.")


def _row(session: Session, row: Any) -> tuple[object, ...]:
    return (
        row.retirement,
        row.retired_at[:10],
        tonnes(row.kilograms),
        row.batch,
        f"{row.programme}:{row.project}",
        row.vintage_year,
        _serials(row),
        row.purpose,
        session.short(Address(row.beneficiary)),
    )


def _serials(row: Any) -> str:
    if row.first_serial is None:
        return f"see `onetonne certificate show {row.retirement}`"
    return serials_in_words(
        Serial(row.first_serial),
        Serial(row.last_serial),
        Kilograms(row.first_serial_kilograms),
        Kilograms(row.last_serial_kilograms),
    )
