"""ACR. Separate files for issuances, retirements and cancellations; older exports hold rows of CAR too.

Issuances have no serial numbers: a batch is known only from the blocks of it that were retired or
cancelled, so what is live can't be told from these files. Their reasons also tell cancellations among the
"retirements".
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from json import loads
from typing import Any

from onetonne.registries.credits import read_common, read_end
from onetonne.registries.defects import DefectKind
from onetonne.registries.fields import Fields
from onetonne.registries.layout import Kind
from onetonne.registries.rows import IssuanceRow, Methodology, ProjectRow, Row
from onetonne.terms import CancellationKind, Programme

NO_SERIALS = "issued without serial numbers: their batches are known only from retirements and cancellations"
UNKNOWN_KIND = "cancellation of an unknown type, read as voluntary"

_PROJECT_ID = re.compile(r"[A-Z]+[1-9][0-9]*")


def issuance(fields: Fields) -> Row | None:
    common = read_common(fields, Programme.ACR, _project_id(fields), _methodologies(fields))
    common["certifications"] = _certifications(fields)
    if fields.defects:
        return None
    fields.notes.append(NO_SERIALS)
    return IssuanceRow(**common, live=False, buffer_tonnes=fields.side_tonnes("buffer_tonnes"))


def retirement(fields: Fields) -> Row | None:
    common = read_common(fields, Programme.ACR, _project_id(fields), _methodologies(fields))
    common["certifications"] = _certifications(fields)
    return read_end(fields, common, fields.day("ended_on"), fields.cancellation_kind())


def cancellation(fields: Fields) -> Row | None:
    common = read_common(fields, Programme.ACR, _project_id(fields), _methodologies(fields))
    common["certifications"] = _certifications(fields)
    kind = fields.cancellation_kind()
    if kind is None:
        fields.notes.append(UNKNOWN_KIND)
        kind = CancellationKind.VOLUNTARY
    return read_end(fields, common, fields.day("ended_on"), kind)


def project(fields: Fields) -> Row | None:
    row: dict[str, Any] = {
        "project_id": _project_id(fields),
        "project_name": fields.needed("project_name"),
        "crediting_start": fields.day("crediting_start"),
        "crediting_end": fields.day("crediting_end"),
        **{name: fields.text(name) for name in ("proponent", "project_type", "project_status", "country")},
    }
    if fields.defects:
        return None
    methodologies = _methodologies(fields)
    return ProjectRow(origin=fields.origin, programme=Programme.ACR, methodologies=methodologies, **row)


READERS: Mapping[Kind, Callable[[Fields], Row | None]] = {
    Kind.ISSUANCES: issuance,
    Kind.RETIREMENTS: retirement,
    Kind.CANCELLATIONS: cancellation,
    Kind.PROJECTS: project,
}


def _project_id(fields: Fields) -> str:
    text = fields.needed("project_id").upper()
    if text and not _PROJECT_ID.fullmatch(text):
        fields.refuse(DefectKind.PROJECT_MISMATCH, f"{fields.name('project_id')} {text!r} is no project id")
        return ""
    return text


def _certifications(fields: Fields) -> tuple[str, ...]:
    return ("CCP",) if fields.text("ccp").casefold() == "yes" else ()


def _methodologies(fields: Fields) -> tuple[Methodology, ...]:
    title = fields.text("methodology")
    if not title:
        return ()
    return (Methodology(title, _codes().get(title), _version(fields.text("methodology_version"))),)


@cache
def _codes() -> Mapping[str, str]:
    """ACR names methodologies by their titles; the codes are ours, for the chain."""
    text = (files("onetonne.registries") / "layouts" / "acr-methodology-codes.json").read_text("utf-8")
    codes: Mapping[str, str] = loads(text)["codes"]
    return codes


def _version(text: str) -> str | None:
    """`Version 2.0` as 2.0; ARB's `April 25, 2014` as 2014-04-25; anything else as it is."""
    try:
        return datetime.strptime(text, "%B %d, %Y").date().isoformat()
    except ValueError:
        return text.removeprefix("Version ").strip() or None
