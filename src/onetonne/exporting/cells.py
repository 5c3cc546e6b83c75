"""A record's cells in a layout of the programme: what the chain keeps, under the layout's own header names.

Every layout is data, so a new one needs no code here. What the chain does not keep is left empty. Days are
the chain's: of a batch's issue, and of its end.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress

from onetonne.errors import BadInput
from onetonne.exporting.records import Record
from onetonne.importing import UNSTATED
from onetonne.index.fates import Fate
from onetonne.registries.layout import CancellationRule, Layout
from onetonne.registries.redaction import redact
from onetonne.terms import CancellationKind, Purpose, RetirementDetails, Status, from_seconds

_PURPOSES = {
    Purpose.VOLUNTARY: "Voluntary",
    Purpose.CORSIA_PHASE_1: "CORSIA, first phase",
    Purpose.CORSIA_PHASE_2: "CORSIA, second phase",
    Purpose.HOST_NDC: "Host country's NDC",
    Purpose.NATIONAL_SCHEME: "National scheme",
    Purpose.OTHER: "Other",
}
_WORDS = {
    "cancel": "Cancellation",
    "conver": "Conversion",
    "corsia": "CORSIA",
    "reversal": "Reversal",
    "error": "Error",
    "removal of": "Removal of credits",
    "convert to": "Convert to another programme",
    "compensation": "Compensation",
    "transferred to": "Transferred to another programme",
}
_TITLE_FORMS = ("{title} - Version {version}", "{title} v{version}")


def cells(record: Record, layout: Layout, serial: str) -> dict[str, str]:
    """By header name, in the order of the layout's columns."""
    written = {name: write(record, layout) for name, write in _WRITERS.items()}
    written |= {"serial": serial} | _end(record, layout)
    if "methodology_version" not in layout.columns:
        written["methodology"] = _with_version(record, layout)
    return {column.names[0]: written.get(field, "") for field, column in layout.columns.items()}


def _quantity(record: Record, _layout: Layout) -> str:
    return str(record.run.last - record.run.first + 1)


def _issued_on(record: Record, _layout: Layout) -> str:
    return from_seconds(record.traced.batch.issued_at).date().isoformat()


def _project_id(record: Record, layout: Layout) -> str:
    """As the programme writes it: VCS and Gold Standard by the number alone."""
    code = record.project.code
    bare = layout.programme in ("VCS", "GS")
    return code.removeprefix(layout.project_prefix) if bare else code


def _methodology(record: Record, _layout: Layout) -> str:
    return "; ".join(one.code for one in record.methodologies if one.code != UNSTATED)


def _with_version(record: Record, layout: Layout) -> str:
    """With the version in the title, where the layout finds it there."""
    title, version = _methodology(record, layout), _version(record, layout)
    pattern = layout.methodologies.version_in_title
    if pattern and title and version:
        for form in _TITLE_FORMS:
            text = form.format(title=title, version=version)
            match = re.match(pattern, text)
            if match is not None and (match["title"], match["version"]) == (title, version):
                return text
    return title


def _version(record: Record, _layout: Layout) -> str:
    """The first's: layouts with versions name one methodology."""
    version = record.methodologies[0].version
    return "" if version == UNSTATED else version


_WRITERS: Mapping[str, Callable[[Record, Layout], str]] = {
    "quantity": _quantity,
    "issued_on": _issued_on,
    "vintage_start": lambda record, _: record.traced.batch.vintage_start.isoformat(),
    "vintage_end": lambda record, _: record.traced.batch.vintage_end.isoformat(),
    "vintage_year": lambda record, _: str(record.traced.batch.vintage_year),
    "project_id": _project_id,
    "project_name": lambda record, _: redact(record.project.name),
    "country": lambda record, _: record.project.country,
    "methodology": _methodology,
    "methodology_version": _version,
    "status": lambda record, layout: _status(record, layout),
}


def _status(record: Record, layout: Layout) -> str:
    """The layout's word for it."""
    wanted = {Fate.RETIRED: Status.RETIRED, Fate.CANCELLED: Status.CANCELLED}.get(record.fate)
    word = next((word for word, status in layout.statuses.items() if status is wanted), "")
    return "Cancelled" if wanted is Status.CANCELLED else word.capitalize()


def _end(record: Record, layout: Layout) -> dict[str, str]:
    """When, for whom and why a run was ended; nothing for one that circulates."""
    if record.fate not in (Fate.RETIRED, Fate.CANCELLED):
        return {}
    last = max(record.run.acts, key=lambda act: act.time)
    ended = {"ended_on": from_seconds(last.time).date().isoformat()}
    if record.fate is Fate.RETIRED:
        purpose = record.run.acts[0].purpose
        reason = _PURPOSES[purpose] if purpose is not None else ""
        return ended | {"beneficiary": _beneficiary(record), "reason": reason}
    kind = record.run.acts[0].kind or CancellationKind.VOLUNTARY
    return ended | _reasons(kind, layout)


def _beneficiary(record: Record) -> str:
    """The published name, else the account."""
    with suppress(BadInput):
        name = RetirementDetails.from_text(record.details or "").beneficiary
        if name:
            return redact(name)
    return record.beneficiary or ""


def _reasons(kind: CancellationKind, layout: Layout) -> dict[str, str]:
    """Words by which the layout reads the row as a cancellation of this kind, or else of any."""
    for wanted in (kind, CancellationKind.VOLUNTARY):
        for rule in layout.cancellations:
            words = {name: _WORDS.get(text, text) for name, text in rule.where.items() if name != "status"}
            if rule.kind is wanted and _first_to_hold(layout, rule, words) is rule:
                return words
    return {"reason": "Cancellation"}


def _first_to_hold(
    layout: Layout, rule: CancellationRule, words: Mapping[str, str]
) -> CancellationRule | None:
    said = {"status": "cancelled", **words}
    return next(
        (
            one
            for one in layout.cancellations
            if all(text in said.get(name, "").casefold() for name, text in one.where.items())
        ),
        None,
    )
