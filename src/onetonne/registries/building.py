"""Rows as dataclasses, made of an export's columns for those who ask for them."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from onetonne.errors import QuantityError
from onetonne.registries.layout import Kind, label_field
from onetonne.registries.redaction import redact
from onetonne.registries.rows import (
    CancellationRow,
    IssuanceRow,
    LabelFact,
    Methodology,
    Origin,
    ProjectRow,
    RetirementRow,
    Row,
)
from onetonne.registries.typed import Typed, collapsed, day_of
from onetonne.serials import parse
from onetonne.terms import CODE_BYTES, CancellationKind, Status, Tonnes

_CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,31}")
_NOT_OF_A_CODE = re.compile(r"[^A-Z0-9._]+")
_NO = {"no", "n", "false", "0", "none", "not applicable", "n/a", "not authorised", "not authorized"}
_DIGEST = 8  # hexadecimal digits that tell cut titles apart

_Cells = Mapping[str, Any]


def build(typed: Typed, frame: pl.DataFrame) -> Iterator[Row]:
    """The rows of `frame`, a part of `typed.frame`, all of them sound."""
    make = _project_row if typed.layout.kind is Kind.PROJECTS else _credit_row
    for cells in frame.iter_rows(named=True):
        yield make(typed, cells)


def _text(cells: _Cells, name: str) -> str:
    return redact(collapsed(cells.get(name) or ""))


def _credit_row(typed: Typed, cells: _Cells) -> Row:
    serial = parse(cells["serial"]) if "serial" in cells else None
    origin = Origin(typed.table.path, cells["row"])
    labels = _labels(typed, cells, origin)
    start, end = cells.get(day_of("vintage_start")), cells.get(day_of("vintage_end"))
    common: dict[str, Any] = {
        "origin": origin,
        "programme": serial.programme if serial else typed.layout.programme,
        "serial": serial,
        "tonnes": Tonnes(cells["tonnes"]),
        "project_id": cells.get("project") or (serial.project_id if serial else None) or "",
        "project_name": _text(cells, "project_name"),
        "country": (serial.country if serial else None) or _text(cells, "country"),
        "methodologies": _methodologies(typed, cells),
        "vintage_start": start,
        "vintage_end": end,
        "vintage_year": cells.get("year") or _year_of(start, end),
        "issued_on": cells.get(day_of("issued_on")),
        "certifications": _certifications(cells, labels),
        "labels": labels,
    }
    status, ended_on = cells["status word"], cells.get(day_of("ended_on"))
    texts: dict[str, Any] = {name: _text(cells, name) for name in ("reason", "details")}
    if status == str(Status.CANCELLED):
        kind = CancellationKind.VOLUNTARY if cells["kind"] is None else CancellationKind(cells["kind"])
        return CancellationRow(**common, **texts, cancelled_on=ended_on, kind=kind)
    if status == str(Status.RETIRED) and ended_on is not None:
        beneficiary = _text(cells, "beneficiary") or _text(cells, "aeroplane_operator")
        return RetirementRow(**common, **texts, retired_on=ended_on, beneficiary=beneficiary)
    totals: dict[str, Any] = {name: _total(typed, cells, name) for name in ("batch_tonnes", "buffer_tonnes")}
    return IssuanceRow(**common, **totals, live=status == str(Status.LIVE))


def _project_row(typed: Typed, cells: _Cells) -> Row:
    texts = ("project_name", "proponent", "project_type", "project_status", "country")
    days = ("registered_on", "crediting_start", "crediting_end")
    stated: dict[str, Any] = {name: _text(cells, name) for name in texts}
    stated |= {name: cells.get(day_of(name)) for name in days}
    return ProjectRow(
        origin=Origin(typed.table.path, cells["row"]),
        programme=typed.layout.programme,
        project_id=cells["project"],
        methodologies=_methodologies(typed, cells),
        **stated,
    )


def _year_of(start: date | None, end: date | None) -> int | None:
    """The year in which the whole vintage lies."""
    return start.year if start and end and start.year == end.year else None


def _total(typed: Typed, cells: _Cells, name: str) -> Tonnes | None:
    """A total beside the row's own quantity: it may be empty, and refuses no row."""
    try:
        return typed.numbers.read_any(cells.get(name) or "")
    except QuantityError:
        return None


def _labels(typed: Typed, cells: _Cells, origin: Origin) -> tuple[LabelFact, ...]:
    facts: list[LabelFact] = []
    for number, column in enumerate(typed.layout.labels):
        field = label_field(number)
        text = _text(cells, field)
        if not text:
            continue
        shown = typed.name(field)
        if column.label is not None:
            facts.append(LabelFact(column.label, text.casefold() not in _NO, text, shown, origin))
            continue
        for part in _listed(text):
            said = (label for words, label in column.words.items() if words in part.casefold())
            facts += [LabelFact(label, True, part, shown, origin) for label in dict.fromkeys(said)]
    return tuple(facts)


def _certifications(cells: _Cells, labels: tuple[LabelFact, ...]) -> tuple[str, ...]:
    """Those that the export lists, and CCP where it has a column of its own."""
    listed = _listed(_text(cells, "certifications"))
    ccp = any(fact.label == "CCP" and fact.holds and fact.text != "CCP" for fact in labels)
    return (*listed, "CCP") if ccp and not listed else listed


def _methodologies(typed: Typed, cells: _Cells) -> tuple[Methodology, ...]:
    text = _text(cells, "methodology")
    named = typed.layout.methodologies
    if not text:
        return ()
    if named.codes:
        return tuple(Methodology(title, _written_code(title)) for title in _listed(text))
    version = _version(_text(cells, "methodology_version"))
    title = text
    if named.version_in_title and (match := re.match(named.version_in_title, text)):
        title, version = match["title"], match["version"]
    known = _known_codes(named.known) if named.known else {}
    return (Methodology(title, known.get(title) or code_of_title(title), version),)


def _written_code(title: str) -> str | None:
    """`AMS-I.E.` and `AMS-I.E` are one methodology: the last dot is left out."""
    code = title.upper().rstrip(".")
    return code if _CODE.fullmatch(code) else None


def code_of_title(title: str) -> str:
    """A code of our own for a methodology that its programme names by a title alone: its words, as far as
    they fit a word on chain, and the beginning of the SHA-256 of the title where they are not all of it.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().upper()
    words = _NOT_OF_A_CODE.sub("-", plain).strip("-.")
    if words == title.upper().replace(" ", "-") and len(words) <= CODE_BYTES:
        return words
    digest = hashlib.sha256(title.encode()).hexdigest()[:_DIGEST].upper()
    return f"{words[: CODE_BYTES - _DIGEST - 1].strip('-.')}-{digest}".strip("-")


@cache
def _known_codes(name: str) -> Mapping[str, str]:
    text = (files("onetonne.registries") / "layouts" / name).read_text("utf-8")
    codes: Mapping[str, str] = json.loads(text)["codes"]
    return codes


def _version(text: str) -> str | None:
    """`Version 2.0` as 2.0; ARB's `April 25, 2014` as 2014-04-25; anything else as it is."""
    match = re.fullmatch(r"([A-Z][a-z]+) (\d{1,2}), (\d{4})", text)
    if match and match[1] in _MONTHS:
        return f"{match[3]}-{_MONTHS.index(match[1]) + 1:02}-{int(match[2]):02}"
    return text.removeprefix("Version ").strip() or None


_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
