"""Options that many commands take, and readings of what people write in them."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from onetonne.cli.root import Misuse
from onetonne.errors import BadInput, DateError, quoted
from onetonne.terms import EPOCH, NO_DEADLINE, BatchId, Lot, Seconds, parse_quantity, to_days

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Try it on the chain's state and estimate the gas; send nothing.")
]
Sender = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="NAME",
        envvar="ONETONNE_FROM",
        help="Keystore that signs, or an address at ONETONNE_SIGNER; without it, the key in ONETONNE_KEY.",
    ),
]
VvbAccount = Annotated[
    str | None,
    typer.Option(
        "--vvb", metavar="ACCOUNT", help="The VVB's contract wallet, where the sender is one of its owners."
    ),
]
RolesFile = Annotated[
    Path | None,
    typer.Option(
        "--roles",
        metavar="FILE",
        help="TOML that names who should have which role, in place of the manifest: a line such as "
        'governance = ["0x..."] for each.',
    ),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; public for ever.")]
BatchArgument = Annotated[int | None, typer.Argument(metavar="[BATCH]", min=1, help="Id of the batch.")]
QuantityArgument = Annotated[str | None, typer.Argument(metavar="[QUANTITY]", help="Such as 1.5t or 1500kg.")]
Lots = Annotated[
    list[str] | None,
    typer.Option(
        "--lot", metavar="BATCH:QUANTITY", help="Instead of BATCH QUANTITY; several times for several."
    ),
]
Holder = Annotated[
    str | None,
    typer.Option("--holder", metavar="ACCOUNT", help="Whose credits, where the holder approved the sender."),
]


def lots_of(batch: int | None, quantity: str | None, lots: list[str] | None) -> list[Lot]:
    """One lot of two arguments, or the lots of `--lot`. Raises `Misuse` and `QuantityError`."""
    if bool(lots) == (batch is not None):
        raise Misuse("Give either BATCH and QUANTITY, or --lot BATCH:QUANTITY once or more.")
    if lots:
        return [parse_lot(text) for text in lots]
    if batch is None or quantity is None:
        raise Misuse("Missing the quantity after the batch, such as 1.5t or 1500kg.")
    return [Lot(BatchId(batch), parse_quantity(quantity))]


def parse_lot(text: str) -> Lot:
    """`3:1.5t`. Raises `BadInput` and `QuantityError`."""
    batch, colon, quantity = text.partition(":")
    if not colon or not batch.strip().isdecimal():
        raise BadInput(
            f'Lot {quoted(text)} can\'t be read: write batch, colon and quantity, such as "3:1.5t".'
        )
    return Lot(BatchId(int(batch)), parse_quantity(quantity))


def parse_date(text: str) -> date:
    """`2026-01-31`. Raises `DateError`."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as problem:
        raise DateError(
            f"Date {quoted(text)} can't be read: write year-month-day, such as 2026-01-31."
        ) from problem
    to_days(day)
    return day


def parse_period(text: str) -> tuple[date, date]:
    """`2026-01-01..2026-12-31`, both days included. Raises `DateError`."""
    first, dots, last = text.partition("..")
    if not dots:
        raise DateError(
            f"Period {quoted(text)} can't be read: write first day..last day, such as 2026-01-01..2026-12-31."
        )
    period = parse_date(first), parse_date(last)
    if period[1] < period[0]:
        raise DateError(f"Period {quoted(text)} ends before it starts: exchange the days.")
    return period


def parse_window(text: str | None) -> tuple[date, date]:
    """As `parse_period`, with either end left out where there is none; all days for None."""
    first, dots, last = (text or "..").partition("..")
    return parse_period(f"{first.strip() or EPOCH}{dots}{last.strip() or date.max}")


def window_in_words(start: date, end: date) -> str:
    """`2016-01-01 to 2030-12-31`, `from 2016-01-01 on`, `all`: as `parse_window` reads it."""
    if end == date.max:
        return "all" if start == EPOCH else f"from {start} on"
    return f"until {end}" if start == EPOCH else f"{start} to {end}"


def end_of(day: str | None) -> Seconds:
    """The last second of a day, UTC; `NO_DEADLINE` for None. Raises `DateError`."""
    if day is None:
        return NO_DEADLINE
    return Seconds(int(datetime.combine(parse_date(day), time(23, 59, 59), UTC).timestamp()))


def parse_hash(text: str, what: str) -> bytes:
    """32 bytes of `0x` and 64 hexadecimal digits. Raises `BadInput`."""
    digits = text.strip().removeprefix("0x")
    try:
        value = bytes.fromhex(digits)
    except ValueError:
        value = b""
    if len(value) != 32:
        raise BadInput(f"{what} {quoted(text)} is no hash: write 0x and 64 hexadecimal digits.")
    return value
