"""`onetonne history`: every kilogram of a batch in serial order, and how it changed hands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onetonne.cli.files import Format, FormatWord, Out, format_of, write, write_document
from onetonne.cli.options import AsJson
from onetonne.cli.output import moment, plain, table, tonnes
from onetonne.cli.session import Session, session_of
from onetonne.cli.words import serials_in_words
from onetonne.terms import BatchId, format_quantity

if TYPE_CHECKING:
    from onetonne.index import BatchHistory
    from onetonne.index.history import Stretch

_COLUMNS = (
    *("fate", "kilograms", "first_serial", "last_serial", "first_serial_kilograms", "last_serial_kilograms"),
    *("act", "holder", "beneficiary", "why", "at", "transaction"),
)


def history(
    context: typer.Context,
    batch: Annotated[int, typer.Argument(metavar="BATCH", min=1, help="Id of the batch.")],
    format_: Format = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Show what became of every kilogram of a batch, in serial order: who held it, who used it, when.

    Then who holds what circulates, and how it changed hands. CSV and Parquet have the serial numbers only.

    Example: onetonne history 3 --out history.csv
    """
    from onetonne.index import Found

    spoken = format_of(format_, out, as_json)
    session = session_of(context)
    found = session.synced(quiet=spoken is not FormatWord.TABLE).history_of(BatchId(batch))
    if spoken is FormatWord.JSON:
        write_document(_document(found), out)
    elif spoken is FormatWord.TABLE:
        _show(session, found)
    else:
        write(Found(_COLUMNS, _rows(found)), spoken, out)


def _document(found: BatchHistory) -> dict[str, Any]:
    return {
        "batch": found.batch,
        "stretches": found.stretches,
        "holders": [{"account": account, "kilograms": kilograms} for account, kilograms in found.holders],
        "moves": found.moves,
    }


def _rows(found: BatchHistory) -> Iterator[Sequence[Any]]:
    for one in found.stretches:
        record = plain(one)
        yield (
            *(record["fate"], one.kilograms, one.first, one.last, one.first_kilograms, one.last_kilograms),
            *(one.act, one.holder, one.beneficiary, one.why, record["time"], one.transaction),
        )


def _show(session: Session, found: BatchHistory) -> None:
    batch = found.batch
    block = f"{batch.prefix} {batch.first} to {batch.last}"
    table(
        ["Serial numbers", "Tonnes>", "What", "Number>", "Held by", "On behalf of", "When", "Why~"],
        [_stretch(session, one) for one in found.stretches],
        title=f"Batch {batch.id}, {block}: {format_quantity(batch.issued)}",
    )
    table(
        ["Account", "Tonnes>"],
        [(session.short(account), tonnes(kilograms)) for account, kilograms in found.holders],
        title="Who holds what circulates",
    )
    table(
        ["When", "From", "To", "Tonnes>"],
        [
            (
                moment(one.time),
                session.short(one.sender) if one.sender else "issued",
                session.short(one.recipient),
                tonnes(one.kilograms),
            )
            for one in found.moves
        ],
        title="How it changed hands",
    )


def _stretch(session: Session, one: Stretch) -> tuple[object, ...]:
    return (
        serials_in_words(one.first, one.last, one.first_kilograms, one.last_kilograms),
        tonnes(one.kilograms),
        one.fate.value,
        one.act,
        session.short(one.holder) if one.holder else "",
        session.short(one.beneficiary) if one.beneficiary else "",
        moment(one.time),
        one.why,
    )
