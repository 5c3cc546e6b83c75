"""Everything that decides labels, as the events tell it: per subject a list of entries in their order.

    histories = Histories.read(index)

or, event by event, `histories.fold(table, row, place)` with rows as the index has them: for who goes through
history in its order and asks in between.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import select

from onetonne.index import Index, schema
from onetonne.labels.entries import (
    Adjustment,
    Admission,
    Issued,
    Methodology,
    Permission,
    Place,
    Project,
    Said,
    Speaker,
    Switch,
    Tick,
    Window,
)
from onetonne.terms import (
    Address,
    BatchId,
    Days,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Purpose,
    Rule,
    Seconds,
    Use,
)

ProjectYear = tuple[ProjectId, int]
_NO_DOCUMENT = bytes(32)
_NOTHING = Kilograms(0)


@dataclass
class Used:
    """Of a project's vintage year, what was first transferred and what the host used. Neither ever falls."""

    transferred: Kilograms = _NOTHING
    by_host: Kilograms = _NOTHING


def _lists() -> Any:
    return defaultdict(list)


@dataclass
class Histories:
    """Lists are in the order of events. Keys are codes and ids."""

    frameworks: dict[str, list[Admission]] = field(default_factory=_lists)
    """By label; at most one admission each."""
    bodies: dict[str, list[Speaker]] = field(default_factory=_lists)
    hosts: dict[str, list[Speaker]] = field(default_factory=_lists)
    """By country."""
    demands: dict[Purpose, str | None] = field(default_factory=dict)
    """The label that each purpose demands now."""
    programme_ticks: dict[tuple[str, ProgrammeId], list[Tick]] = field(default_factory=_lists)
    methodology_ticks: dict[tuple[str, MethodologyId], list[Tick]] = field(default_factory=_lists)
    type_exclusions: dict[tuple[str, ProgrammeId, str], list[Switch]] = field(default_factory=_lists)
    """By label, programme and activity type."""
    methodology_exclusions: dict[tuple[str, MethodologyId], list[Switch]] = field(default_factory=_lists)
    guarantees: dict[tuple[str, ProjectYear], list[Switch]] = field(default_factory=_lists)
    authorisations: dict[ProjectYear, list[Permission]] = field(default_factory=_lists)
    adjustments: dict[ProjectYear, list[Adjustment]] = field(default_factory=_lists)
    used: dict[ProjectYear, Used] = field(default_factory=lambda: defaultdict(Used))
    programmes: dict[ProgrammeId, str] = field(default_factory=dict)
    """Their codes."""
    methodologies: dict[MethodologyId, Methodology] = field(default_factory=dict)
    parts: dict[MethodologyId, tuple[MethodologyId, ...]] = field(default_factory=dict)
    """Of composed methodologies."""
    projects: dict[ProjectId, Project] = field(default_factory=dict)
    batches: dict[BatchId, Issued] = field(default_factory=dict)
    _countries: dict[int, str] = field(default_factory=dict)
    _verified: dict[int, tuple[ProjectId, MethodologyId]] = field(default_factory=dict)

    @classmethod
    def read(cls, index: Index) -> Self:
        """From an index as it is: `sync` it first."""
        rows: list[tuple[Place, str, Any]] = []
        with index.engine.connect() as connection:
            for name in FOLDS:
                table = schema.metadata.tables[name]
                query = select(table, schema.blocks.c.timestamp).join_from(
                    table, schema.blocks, schema.blocks.c.number == table.c.block_number
                )
                for row in connection.execute(query):
                    rows.append((Place(row.block_number, row.log_index, Seconds(row.timestamp)), name, row))
        histories = cls()
        for place, name, row in sorted(rows, key=lambda entry: entry[0]):
            histories.fold(name, row, place)
        return histories

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label admitted so far, in the order of admission."""
        return tuple(label for label, admissions in self.frameworks.items() if admissions)

    def used_of(self, year: ProjectYear) -> Used:
        return self.used.get(year, Used())

    def parts_of(self, methodology: MethodologyId) -> tuple[MethodologyId, ...]:
        """The methodologies that a composed one consists of; of a single one, itself."""
        return self.parts.get(methodology, (methodology,))

    def host_of(self, country: str) -> Address | None:
        """The account that speaks for a host country now."""
        speakers = self.hosts.get(country, [])
        return speakers[-1].account if speakers else None

    def fold(self, table: str, row: Any, place: Place) -> None:
        """One event. Those of tables that have nothing to do with labels are passed over."""
        fold = FOLDS.get(table)
        if fold is not None:
            fold(self, row, place)


def _framework(histories: Histories, row: Any, place: Place) -> None:
    use = Use(row.use) if row.use else None
    rule = Rule(bool(row.by_programme), bool(row.by_methodology), use, bool(row.adjusted))
    histories.frameworks[row.label].append(Admission(Address(row.body), rule, place))
    histories.bodies[row.label].append(Speaker(Address(row.body), place))


def _body(histories: Histories, row: Any, place: Place) -> None:
    histories.bodies[row.label].append(Speaker(Address(row.body), place))


def _host(histories: Histories, row: Any, place: Place) -> None:
    histories.hosts[row.country].append(Speaker(Address(row.authority), place))


def _demand(histories: Histories, row: Any, _place: Place) -> None:
    histories.demands[Purpose(row.purpose)] = _code_or_none(row.label)


def _tick(histories: Histories, row: Any, place: Place) -> None:
    tick = Tick(
        Window(Days(row.vintage_start), Days(row.vintage_end), Days(row.crediting_from))
        if row.approved
        else None,
        bool(row.conditional),
        _code_or_none(row.recognises),
        _said(row),
        place,
    )
    if row.programme is not None:
        histories.programme_ticks[row.label, ProgrammeId(row.programme)].append(tick)
    else:
        histories.methodology_ticks[row.label, MethodologyId(row.methodology)].append(tick)


def _exclusion(histories: Histories, row: Any, place: Place) -> None:
    switch = Switch(bool(row.excluded), _said(row), place)
    if row.programme is not None:
        key = row.label, ProgrammeId(row.programme), _code_or_none(row.activity_type) or ""
        histories.type_exclusions[key].append(switch)
    else:
        histories.methodology_exclusions[row.label, MethodologyId(row.methodology)].append(switch)


def _guarantee(histories: Histories, row: Any, place: Place) -> None:
    switch = Switch(bool(row.accepted), _said(row), place)
    histories.guarantees[row.label, _year(row)].append(switch)


def _authorisation(histories: Histories, row: Any, place: Place) -> None:
    named = frozenset(BatchId(batch) for batch in json.loads(row.batches))
    permission = Permission(_uses(row), Kilograms(row.cap), named, _said(row), place)
    histories.authorisations[_year(row)].append(permission)


def _adjustment(histories: Histories, row: Any, place: Place) -> None:
    adjustment = Adjustment(_uses(row), Kilograms(row.cap), _said(row), place)
    histories.adjustments[_year(row)].append(adjustment)


def _transfer(histories: Histories, row: Any, _place: Place) -> None:
    histories.used[_year(row)].transferred = Kilograms(row.total)


def _host_use(histories: Histories, row: Any, _place: Place) -> None:
    histories.used[_year(row)].by_host = Kilograms(row.total)


def _programme(histories: Histories, row: Any, _place: Place) -> None:
    histories.programmes[ProgrammeId(row.programme)] = row.code


def _methodology(histories: Histories, row: Any, _place: Place) -> None:
    id_ = MethodologyId(row.methodology)
    histories.methodologies[id_] = Methodology(id_, ProgrammeId(row.programme), row.code, row.version)


def _parts(histories: Histories, row: Any, _place: Place) -> None:
    composed = MethodologyId(row.methodology)
    histories.parts[composed] = (*histories.parts.get(composed, ()), MethodologyId(row.part))


def _activity(histories: Histories, row: Any, _place: Place) -> None:
    histories._countries[row.activity] = row.country


def _project(histories: Histories, row: Any, _place: Place) -> None:
    id_ = ProjectId(row.project)
    histories.projects[id_] = Project(
        id_,
        ProgrammeId(row.programme),
        row.code,
        _code_or_none(row.activity_type) or "",
        histories._countries.get(row.activity, ""),
        Days(row.crediting_start),
    )


def _verification(histories: Histories, row: Any, _place: Place) -> None:
    histories._verified[row.verification] = ProjectId(row.project), MethodologyId(row.methodology)


def _batch(histories: Histories, row: Any, place: Place) -> None:
    project, methodology = histories._verified[row.verification]
    id_ = BatchId(row.batch)
    histories.batches[id_] = Issued(
        id_,
        histories.projects[project],
        methodology,
        Days(row.vintage_start),
        Days(row.vintage_end),
        int(row.vintage_year),
        place.time,
    )


def _said(row: Any) -> Said:
    return Said(row.source, Days(row.decided_on), row.document or _NO_DOCUMENT)


def _uses(row: Any) -> frozenset[Use]:
    return frozenset(use for use in Use if row.uses >> use & 1)


def _year(row: Any) -> ProjectYear:
    return ProjectId(row.project), int(row.vintage_year)


def _code_or_none(value: str | bytes | None) -> str | None:
    """A code; none where the word is 0, in whichever form a table keeps it."""
    if value is None or not value:
        return None
    if isinstance(value, bytes):
        return value.rstrip(b"\0").decode("ascii", "backslashreplace") or None
    return None if value.startswith("0x") and not int(value, 16) else value


FOLDS: dict[str, Callable[[Histories, Any, Place], None]] = {
    "frameworks": _framework,
    "framework_bodies": _body,
    "hosts": _host,
    "label_demands": _demand,
    "label_approvals": _tick,
    "label_exclusions": _exclusion,
    "label_guarantees": _guarantee,
    "authorisations": _authorisation,
    "adjustments": _adjustment,
    "first_transfers": _transfer,
    "host_uses": _host_use,
    "programmes": _programme,
    "methodologies": _methodology,
    "methodology_parts": _parts,
    "activities": _activity,
    "projects": _project,
    "verifications": _verification,
    "batches": _batch,
}
"""By the index's table."""
