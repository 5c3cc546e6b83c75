"""What rows about credits have in common in every programme, and how their statements must agree."""

from datetime import date
from typing import Any

from onetonne.registries.defects import DefectKind
from onetonne.registries.fields import Fields
from onetonne.registries.rows import CancellationRow, Methodology, RetirementRow
from onetonne.serials import ParsedSerial
from onetonne.terms import CancellationKind, Programme, Tonnes


def read_common(
    fields: Fields, programme: Programme, project_id: str, methodologies: tuple[Methodology, ...]
) -> dict[str, Any]:
    """The fields of a `CreditRow`. What doesn't agree is refused in `fields`.

    A file may hold several programmes' rows: where there is a serial number, it says whose the row is.
    """
    serial = fields.serial() if "serial" in fields.layout.columns else None
    tonnes = fields.tonnes("quantity")
    start, end = fields.day("vintage_start"), fields.day("vintage_end")
    year, dated_year = fields.year("vintage_year"), _year_of(fields, start, end)
    if serial is not None:
        _check_block(fields, serial, tonnes)
        _check_vintage(fields, serial, start, end, year)
        _check_project(fields, serial, project_id)
    return {
        "origin": fields.origin,
        "programme": serial.programme if serial else programme,
        "serial": serial,
        "tonnes": tonnes,
        "project_id": project_id,
        "project_name": fields.needed("project_name"),
        "country": (serial.country if serial else None) or fields.text("country"),
        "methodologies": methodologies,
        "vintage_start": start,
        "vintage_end": end,
        "vintage_year": dated_year if year is None else year,
        "issued_on": fields.day("issued_on"),
    }


def read_end(
    fields: Fields, common: dict[str, Any], ended_on: date | None, kind: CancellationKind | None
) -> RetirementRow | CancellationRow | None:
    """A cancellation where there is a kind; else a retirement, which needs its date."""
    issued_on = common["issued_on"]
    if ended_on and issued_on and ended_on < issued_on:
        fields.refuse(DefectKind.BAD_DATE, f"it ended on {ended_on}, before its issue on {issued_on}")
    if kind is None and not fields.text("ended_on"):
        fields.refuse(DefectKind.MISSING_VALUE, f"{fields.name('ended_on')} is empty")
    if fields.defects:
        return None
    texts: dict[str, Any] = {name: fields.text(name) for name in ("reason", "details")}
    if kind is not None:
        return CancellationRow(**common, **texts, cancelled_on=ended_on, kind=kind)
    if ended_on is None:
        return None
    return RetirementRow(**common, **texts, retired_on=ended_on, beneficiary=fields.text("beneficiary"))


def _year_of(fields: Fields, start: date | None, end: date | None) -> int | None:
    """The year in which the whole vintage lies. Refuses one that ends before it starts."""
    if start is None or end is None:
        return None
    if end < start:
        fields.refuse(DefectKind.BAD_DATE, f"its vintage ends on {end} before it starts on {start}")
    return start.year if start.year == end.year else None


def _check_block(fields: Fields, serial: ParsedSerial, tonnes: Tonnes | None) -> None:
    if tonnes is not None and serial.tonnes != tonnes:
        fields.refuse(
            DefectKind.QUANTITY_MISMATCH,
            f"{fields.name('quantity')} is {tonnes:,} t, but serial numbers {serial.block.first} to "
            f"{serial.block.last} are {serial.tonnes:,} t",
        )


def _check_vintage(
    fields: Fields, serial: ParsedSerial, start: date | None, end: date | None, year: int | None
) -> None:
    for name, stated, in_serial in (
        ("vintage_start", start, serial.vintage_start),
        ("vintage_end", end, serial.vintage_end),
        ("vintage_year", year, serial.vintage_year),
    ):
        if stated is not None and in_serial is not None and stated != in_serial:
            fields.refuse(
                DefectKind.VINTAGE_MISMATCH,
                f"{fields.name(name)} is {stated}, but its serial number says {in_serial}",
            )


def _check_project(fields: Fields, serial: ParsedSerial, project_id: str) -> None:
    if project_id and serial.project_id not in (None, project_id):
        fields.refuse(
            DefectKind.PROJECT_MISMATCH,
            f"its project is {project_id}, but its serial number says {serial.project_id}",
        )
