"""A row of an export, read: one dataclass for each thing that a row can state."""

from dataclasses import dataclass, field
from datetime import date

from onetonne.serials import ParsedSerial
from onetonne.terms import CancellationKind, Programme, Status, Tonnes


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row stands: `row` as a spreadsheet numbers it, the header being row 1."""

    file: str
    row: int

    def __str__(self) -> str:
        return f"{self.file} row {self.row}"


@dataclass(frozen=True, slots=True)
class Methodology:
    """A quantification rule. `code` is None where the programme uses a title that has no code here yet."""

    title: str
    code: str | None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class LabelFact:
    """What one cell says about a label: `holds` or not. `text` is the cell, `column` its header.

    `label` is CCP, CORSIA, CORSIA-PILOT, CORSIA-1, ARTICLE-6 or CORRESPONDING-ADJUSTMENT. A fact is the
    programme's statement in this export, not the label's own rule: that is held on chain.
    """

    label: str
    holds: bool
    text: str
    column: str
    origin: Origin = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRow:
    """What every row about credits states. Two rows are equal that state the same, wherever they stand.

    `tonnes` is the row's own quantity; with a `serial`, also the size of its block. The vintage's days are
    inclusive; `vintage_year` is there where the programme declares one, or both days lie in it.
    """

    origin: Origin = field(compare=False)
    programme: Programme
    serial: ParsedSerial | None
    tonnes: Tonnes
    project_id: str
    project_name: str
    country: str
    methodologies: tuple[Methodology, ...] = ()
    vintage_start: date | None = None
    vintage_end: date | None = None
    vintage_year: int | None = None
    issued_on: date | None = None
    certifications: tuple[str, ...] = ()
    labels: tuple[LabelFact, ...] = ()

    @property
    def status(self) -> Status | None:
        """None where the row doesn't say what became of its credits."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceRow(CreditRow):
    """Credits created. `live` where the file says that they still are, as VCS does block by block; GS, ACR,
    CAR and ART state only what was issued, whatever has become of it. `batch_tonnes` is the whole batch's
    total, repeated on each of its blocks: never sum it.
    """

    live: bool
    batch_tonnes: Tonnes | None = None
    buffer_tonnes: Tonnes | None = None

    @property
    def status(self) -> Status | None:
        return Status.LIVE if self.live else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetirementRow(CreditRow):
    """Credits used for good. The texts may name people; e-mail addresses have been taken out of them."""

    retired_on: date
    beneficiary: str = ""
    reason: str = ""
    details: str = ""

    @property
    def status(self) -> Status | None:
        return Status.RETIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationRow(CreditRow):
    """Credits removed for good without a claim. Some exports leave their date empty."""

    cancelled_on: date | None
    kind: CancellationKind
    reason: str = ""
    details: str = ""

    @property
    def status(self) -> Status | None:
        return Status.CANCELLED


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """One registration of an activity. `country` is as the file writes it: a name or a code."""

    origin: Origin = field(compare=False)
    programme: Programme
    project_id: str
    project_name: str
    proponent: str
    project_type: str
    project_status: str
    country: str
    methodologies: tuple[Methodology, ...] = ()
    registered_on: date | None = None
    crediting_start: date | None = None
    crediting_end: date | None = None


Row = IssuanceRow | RetirementRow | CancellationRow | ProjectRow
