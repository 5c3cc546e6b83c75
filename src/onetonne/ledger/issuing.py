"""From a programme registry's serial number to what is issued."""

from datetime import date

from onetonne import serials
from onetonne.errors import BadInput, DateError, quoted
from onetonne.serials import ParsedSerial
from onetonne.terms import BasisPoints, Issuance, Kilograms, Verification

_WHOLE = 10_000  # basis points


def issuance(
    serial: str,
    verification: Verification,
    custody_record: str,
    custody_date: date,
    *,
    vintage: tuple[date, date] | None = None,
    vintage_year: int | None = None,
) -> Issuance:
    """The issuance of a serial number's whole block; its quantity is the block's size, nobody types it.

    The vintage is what the serial number says: its days, or the part of its year that was verified. Where
    it says neither, give `vintage`; and `vintage_year`, where the programme declares another than its last:
    for a vintage that spans New Year 2021, the first would be one that asks no host country (I8).
    Raises `SerialError`, `DateError`, and `BadInput` where the record is empty.
    """
    parsed = serials.parse(serial)
    if not custody_record.strip():
        raise BadInput(
            "The immobilisation record is empty: give the programme registry's reference for the block."
        )
    start, end = vintage or _vintage(serial, parsed, verification)
    return Issuance(
        block=parsed.block,
        verification=verification.id,
        vintage_start=start,
        vintage_end=end,
        vintage_year=vintage_year or parsed.vintage_year or end.year,
        custody_record=custody_record,
        custody_date=custody_date,
    )


def withheld(kilograms: Kilograms, share: BasisPoints) -> Kilograms:
    """What goes to the buffer of an issuance: the share, rounded up to the kilogram."""
    return Kilograms(-(-kilograms * share // _WHOLE))


def _vintage(serial: str, parsed: ParsedSerial, verification: Verification) -> tuple[date, date]:
    if parsed.vintage_start and parsed.vintage_end:
        return parsed.vintage_start, parsed.vintage_end
    if parsed.vintage_year is None:
        raise DateError(
            f"Serial number {quoted(serial)} does not say its vintage: give its first and last day."
        )
    start = max(date(parsed.vintage_year, 1, 1), verification.period_start)
    end = min(date(parsed.vintage_year, 12, 31), verification.period_end)
    if end < start:
        raise DateError(
            f"The vintage {parsed.vintage_year} of serial number {quoted(serial)} lies outside verification "
            f"{verification.id}, {verification.period_start} to {verification.period_end}: name another."
        )
    return start, end
