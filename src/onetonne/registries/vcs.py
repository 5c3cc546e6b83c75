"""VCS (Verra). One file tells of every block: what is live, and what was retired or cancelled.

The export has one date for retirement and cancellation and no column that tells them apart. Read here: a
row that says "cancel", "conversion" or the like in its reason, or in a column of its own, is a
cancellation, even without a date; any other row with a date is a retirement; a row with neither is live. A
dated row without any reason is read as a retirement, and noted. A row that gives a reason or a beneficiary
but no date is refused: it may be either.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from onetonne.registries.credits import read_common, read_end
from onetonne.registries.defects import DefectKind
from onetonne.registries.fields import Fields
from onetonne.registries.layout import Kind
from onetonne.registries.rows import IssuanceRow, Methodology, ProjectRow, Row
from onetonne.terms import CancellationKind, Programme

UNSTATED_END = "dated without a reason or beneficiary: read as retired, though it may be a cancellation"

_CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,31}")
_TRUE = {"yes", "true", "y", "1"}


def transaction(fields: Fields) -> Row | None:
    common = read_common(fields, Programme.VCS, _project_id(fields), _methodologies(fields))
    common["certifications"] = _listed(fields.text("certifications"))
    ended_on = fields.day("ended_on")
    kind = _cancellation_kind(fields)
    given = [name for name in ("reason", "beneficiary", "details") if fields.text(name)]
    if kind is not None or ended_on is not None:
        if kind is None and not given:
            fields.notes.append(UNSTATED_END)
        return read_end(fields, common, ended_on, kind)
    if given and not fields.text("ended_on"):
        fields.refuse(
            DefectKind.UNCLEAR_STATUS,
            f"{fields.name(given[0])} is filled in, but {fields.name('ended_on')} is empty",
        )
    if fields.defects:
        return None
    return IssuanceRow(**common, live=True, batch_tonnes=fields.side_tonnes("batch_tonnes"))


def project(fields: Fields) -> Row | None:
    row: dict[str, Any] = {
        "project_id": _project_id(fields),
        "project_name": fields.needed("project_name"),
        "registered_on": fields.day("registered_on"),
        "crediting_start": fields.day("crediting_start"),
        "crediting_end": fields.day("crediting_end"),
        **{name: fields.text(name) for name in ("proponent", "project_type", "project_status", "country")},
    }
    if fields.defects:
        return None
    methodologies = _methodologies(fields)
    return ProjectRow(origin=fields.origin, programme=Programme.VCS, methodologies=methodologies, **row)


READERS: Mapping[Kind, Callable[[Fields], Row | None]] = {
    Kind.TRANSACTIONS: transaction,
    Kind.PROJECTS: project,
}


def _project_id(fields: Fields) -> str:
    """The export gives a bare number; `VCS1340` is unique over programmes."""
    number = fields.needed("project_id").upper().removeprefix("VCS").removesuffix(".0")
    if number and not re.fullmatch(r"[1-9][0-9]*", number):
        fields.refuse(DefectKind.PROJECT_MISMATCH, f"{fields.name('project_id')} {number!r} is no number")
        return ""
    return f"VCS{number}" if number else ""


def _cancellation_kind(fields: Fields) -> CancellationKind | None:
    kind = fields.cancellation_kind()
    if kind is None and fields.text("is_cancelled").casefold() in _TRUE:
        return CancellationKind.VOLUNTARY
    return kind


def _methodologies(fields: Fields) -> tuple[Methodology, ...]:
    """Codes without versions. `AMS-I.E.` and `AMS-I.E` are one methodology: the last dot is left out."""
    titles = _listed(fields.text("methodology"))
    codes = [title.upper().rstrip(".") for title in titles]
    return tuple(
        Methodology(title, code if _CODE.fullmatch(code) else None)
        for title, code in zip(titles, codes, strict=True)
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
