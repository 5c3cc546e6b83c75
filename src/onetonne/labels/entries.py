"""What frameworks' bodies and host countries said, as dated entries; and what it was said about.

Days are numbers here, as on chain: a window may end after Python's calendar does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from onetonne.terms import (
    Address,
    BatchId,
    Days,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Rule,
    Seconds,
    Use,
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where on chain something was said."""

    block: int
    log_index: int
    time: Seconds
    """Of the block."""

    @property
    def counts_from(self) -> Seconds:
        """The second after the block's: an entry never changes the answer for a second that has come."""
        return Seconds(self.time + 1)


@dataclass(frozen=True, slots=True)
class Said:
    """Where a decision can be read."""

    source: str
    decided_on: Days
    """Information only."""
    document: bytes
    """Hash of the condition, the letter or the evidence; zeros for none."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which vintages an approval covers, both days included."""

    vintage_start: Days
    vintage_end: Days
    crediting_from: Days
    """First day on which a project's first crediting period may start; 0 for any."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Governance admitted a framework."""

    body: Address
    rule: Rule
    place: Place


@dataclass(frozen=True, slots=True)
class Speaker:
    """From its place on, the account that speaks for a framework or a host country."""

    account: Address
    place: Place


@dataclass(frozen=True, slots=True)
class Tick:
    """An approval of a programme or a methodology's version, or its withdrawal, which has no window."""

    window: Window | None
    conditional: bool
    recognises: str | None
    said: Said
    place: Place


@dataclass(frozen=True, slots=True)
class Switch:
    """An exclusion or a guarantee: on, or off again."""

    on: bool
    said: Said
    place: Place


@dataclass(frozen=True, slots=True)
class Permission:
    """A host country's letter of authorisation; a revocation has no uses and names no batch."""

    uses: frozenset[Use]
    cap: Kilograms
    batches: frozenset[BatchId]
    said: Said
    place: Place


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A corresponding adjustment, and what it covers."""

    uses: frozenset[Use]
    cap: Kilograms
    said: Said
    place: Place

    def covers(self, permission: Permission) -> bool:
        return permission.uses <= self.uses and permission.cap <= self.cap


@dataclass(frozen=True, slots=True)
class Project:
    """What labels ask of a project; nothing of it ever changes. `activity_type` is empty for none."""

    id: ProjectId
    programme: ProgrammeId
    code: str
    activity_type: str
    country: str
    crediting_start: Days


def type_in_words(activity_type: str) -> str:
    """A programme's activity type after its code: `type AFOLU`; empty is that of projects without one."""
    return f"type {activity_type}" if activity_type else "without a type"


@dataclass(frozen=True, slots=True)
class Methodology:
    """A version of a methodology, by its names."""

    id: MethodologyId
    programme: ProgrammeId
    code: str
    version: str


@dataclass(frozen=True, slots=True)
class Issued:
    """What labels ask of a batch; nothing of it ever changes."""

    id: BatchId
    project: Project
    methodology: MethodologyId
    vintage_start: Days
    vintage_end: Days
    vintage_year: int
    issued_at: Seconds

    @property
    def programme(self) -> ProgrammeId:
        return self.project.programme


Dated = TypeVar("Dated", Admission, Tick, Switch, Permission, Adjustment)


def at(entries: Sequence[Dated], time: int) -> Dated | None:
    """The entry that counts at a second: of several made in one second the last. `entries` are in order."""
    low, high = 0, len(entries)
    while low < high:
        middle = (low + high) // 2
        if entries[middle].place.counts_from <= time:
            low = middle + 1
        else:
            high = middle
    return entries[low - 1] if low else None


def latest(entries: Sequence[Dated]) -> Dated | None:
    """The entry made last, whether or not it counts yet."""
    return entries[-1] if entries else None


def speaker(speakers: Sequence[Speaker], place: Place) -> Address | None:
    """Who spoke for a framework or a country when an entry was made."""
    before = [one.account for one in speakers if one.place < place]
    return before[-1] if before else None
