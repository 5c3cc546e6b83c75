"""Exports of every layout, written from the layout itself: sound rows, for tests to damage."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import openpyxl

from onetonne.registries.layout import Kind, Layout, layouts
from onetonne.terms import Programme

PROJECT = 9101
_ENDED = {Kind.RETIREMENTS, Kind.CANCELLATIONS}
_TEXTS = {
    "project_name": "Turkwel Valley, Café",
    "status": "Issued",
    "account": "42",
    "reason": "Other",
    "country": "Kenya",
}


def layout_named(name: str, version: str | None = None) -> Layout:
    """The newest version, or the one given."""
    found = [one for one in layouts() if one.name == name and version in (None, one.version)]
    return max(found, key=lambda one: one.version)


def serial_of(programme: Programme, first: int, last: int, batch: int = 7001) -> str:
    """A sound serial number of a vintage of 2022."""
    return {
        Programme.VCS: f"{batch}-{first}-{last}-VCS-VCU-2001-VER-KE-3-{PROJECT}-01012022-31122022-0",
        Programme.GS: f"GS1-1-KE-GS{PROJECT}-16-2022-{batch}-{first}-{last}",
        Programme.ACR: f"ACR-US-{PROJECT}-2022-{batch}-{first} to {last}",
        Programme.CAR: f"CAR-1-US-{PROJECT}-31-983-KS-2022-{batch}-{first} to {last}",
        Programme.ART: f"ART-GY-{PROJECT}-2022-{batch}-{first} to {last}",
    }[programme]


def day_of(layout: Layout, day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}" if "mdy" in layout.dates else day.isoformat()


def header(layout: Layout) -> list[str]:
    names = [column.names[0] for column in layout.columns.values()]
    return list(dict.fromkeys([*names, *(label.names[0] for label in layout.labels)]))


def row(layout: Layout, first: int, last: int, **cells: str) -> dict[str, str]:
    """A sound row, by the file's own column names; `cells` replaces fields, by ours."""
    found: dict[str, str] = {}
    for field, column in layout.columns.items():
        found[column.names[0]] = cells.get(field, _cell(layout, field, column.form, first, last))
    for number, label in enumerate(layout.labels):
        if f"label {number}" in cells or label.names[0] not in found:
            found[label.names[0]] = cells.get(f"label {number}", "")
    return found


def _cell(layout: Layout, field: str, form: str, first: int, last: int) -> str:
    days = {
        "issued_on": date(2023, 5, 14),
        "vintage_start": date(2022, 1, 1),
        "vintage_end": date(2022, 12, 31),
        "ended_on": date(2024, 6, 1),
    }
    if field == "ended_on" and layout.kind not in _ENDED:
        return ""
    if form == "date":
        return day_of(layout, days.get(field, date(2021, 3, 4)))
    if form == "period":
        return "01/01/2022-31/12/2022"
    if field == "serial":
        return serial_of(layout.programme, first, last)
    if field == "quantity":
        return str(last - first + 1)
    if field == "project_id":
        return f"{layout.project_prefix}{PROJECT}"
    if field in ("vintage_year", "issuance_year"):
        return "2022"
    if field == "status" and layout.kind is Kind.RETIREMENTS:
        return "Retired"
    if field == "reason" and layout.kind not in _ENDED:
        return ""
    return _TEXTS.get(field, "")


def rows(layout: Layout, count: int) -> list[dict[str, str]]:
    return [row(layout, 10 * number + 1, 10 * number + 10) for number in range(count)]


def csv_bytes(found: list[dict[str, str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(found[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(found)
    return text.getvalue().encode(encoding)


def json_bytes(found: list[dict[str, str]], within: str | None = None) -> bytes:
    return json.dumps({within: found, "count": len(found)} if within else found).encode()


def xlsx_bytes(found: list[dict[str, str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(found[0]))
    for one in found:
        sheet.append(list(one.values()))
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def write(path: Path, layout: Layout, found: list[dict[str, str]]) -> Path:
    path.write_bytes(csv_bytes(found or [dict.fromkeys(header(layout), "")]))
    return path
