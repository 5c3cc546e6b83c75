"""A plan as data: what goes on chain, what is there already, and what is refused and why."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from onetonne.registries.rows import CreditRow, Origin
from onetonne.terms import (
    Address,
    BatchId,
    CancellationKind,
    Kilograms,
    Programme,
    Purpose,
    RetirementDetails,
    SerialBlock,
    Tonnes,
    VerificationId,
)

EXPORTED, SIMULATED = "programme export", "simulated from"
"""How the source of a verification begins that an import made."""


@dataclass(frozen=True, slots=True, order=True)
class MethodologyKey:
    """A version of a methodology, or several that a row applies at once: composed of `parts`."""

    code: str
    version: str
    parts: tuple["MethodologyKey", ...] = ()

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A monitoring period of a project, days inclusive: what one verification is about."""

    project: str
    start: date
    end: date
    methodology: MethodologyKey

    def overlaps(self, other: "Period") -> bool:
        return self.project == other.project and self.start <= other.end and other.start <= self.end

    def __str__(self) -> str:
        return f"{self.start} to {self.end}"


class Seen(StrEnum):
    """How a row that is on chain already is there, where not as a batch of its own."""

    SPLIT = "parts of batches, split since"
    JOINED = "several batches, joined since"
    ENDED = "ended on both sides"


@dataclass(frozen=True, slots=True)
class Ending:
    """What is done with a batch after issuing it, in a simulated history or because it was ended at its
    source; `details` for a retirement only.
    """

    details: RetirementDetails | None = None
    purpose: Purpose = Purpose.VOLUNTARY
    kind: CancellationKind = CancellationKind.AT_SOURCE
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """A row that goes on chain or is there: `batch` is its id where it is, the first of several, and `seen`
    tells how, where not exactly so. `ending` is still to be done.
    """

    row: CreditRow
    block: SerialBlock
    vintage_start: date
    vintage_end: date
    vintage_year: int
    period: Period
    batch: BatchId | None = None
    ending: Ending | None = None
    seen: Seen | None = None

    @property
    def done(self) -> bool:
        return self.batch is not None and self.ending is None


@dataclass(frozen=True, slots=True)
class PlannedProject:
    code: str
    country: str
    activity_type: str
    crediting_start: date
    name: str
    registered: bool


@dataclass(frozen=True, slots=True)
class PlannedVerification:
    """What the VVB states. `accepted` or `proposed` is its id where it is on chain so far."""

    period: Period
    kilograms: Kilograms
    salt: bytes
    spellings: tuple[str, ...] = ()
    """Serial numbers as the programme registry writes them, whose ranges span the batches of the period: what
    their blocks alone don't tell.
    """
    merged: int = 1
    """How many periods of the file it spans: more than 1 in a simulated history only."""
    accepted: VerificationId | None = None
    proposed: VerificationId | None = None
    supersedes: VerificationId | None = None
    """The verification of an earlier import, for the same period, that it takes the place of."""
    withdrawn: bool = False
    """Whether that is withdrawn already."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that stays out. `tonnes` is None where its quantity can't be read."""

    origin: Origin
    tonnes: Tonnes | None
    reason: str
    batch: BatchId | None = None
    """The batch on chain that is in its way."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Every row of the file is in `batches` or in `refused`, or in parts in both, and with it every tonne.

    `batches` are in the order in which they are issued. Where nothing is to be done, `steps` is 0.
    """

    file: str
    file_hash: bytes
    programme: Programme
    operator: Address
    chain_id: int
    history: bool
    at_source: bool
    immobilised: date | None
    today: date
    batches: tuple[PlannedBatch, ...]
    projects: tuple[PlannedProject, ...]
    methodologies: tuple[MethodologyKey, ...]
    """Those not on chain yet."""
    verifications: tuple[PlannedVerification, ...]
    refused: tuple[Refusal, ...]

    @property
    def new(self) -> tuple[PlannedBatch, ...]:
        return tuple(one for one in self.batches if one.batch is None)

    @property
    def ending(self) -> tuple[PlannedBatch, ...]:
        """Batches to retire or cancel: of a simulated history, or of what was ended at its source."""
        return tuple(one for one in self.batches if one.ending is not None)

    @property
    def done(self) -> tuple[PlannedBatch, ...]:
        """On chain as the file has them, whole or in parts: skipped."""
        return tuple(one for one in self.batches if one.done)

    @property
    def rows(self) -> int:
        """Of the file; one may have parts that come on chain and others that don't."""
        refused = {one.origin for one in self.refused}
        return len(refused | {one.row.origin for one in self.batches})

    @property
    def tonnes(self) -> Tonnes:
        """Of the whole file, as far as quantities can be read."""
        return Tonnes(self.accepted_tonnes + self.refused_tonnes)

    @property
    def accepted_tonnes(self) -> Tonnes:
        return tonnes_of(self.batches)

    @property
    def refused_tonnes(self) -> Tonnes:
        return Tonnes(sum(refusal.tonnes or 0 for refusal in self.refused))

    @property
    def source(self) -> str:
        """What verifications name as their source."""
        return f"{SIMULATED if self.history else EXPORTED} {self.file}"

    @property
    def steps(self) -> int:
        """Acts that are still to be done."""
        to_verify = sum(1 for one in self.verifications if one.accepted is None)
        to_propose = sum(1 for one in self.verifications if one.accepted is None and one.proposed is None)
        to_withdraw = sum(1 for one in self.verifications if one.supersedes and not one.withdrawn)
        to_register = len(self.methodologies) + sum(1 for one in self.projects if not one.registered)
        return to_register + to_verify + to_propose + to_withdraw + len(self.new) + len(self.ending)

    def to_json(self) -> dict[str, Any]:
        """Plain data for `json.dumps`, without the texts of rows, which may name people."""
        return {
            "file": self.file,
            "programme": str(self.programme),
            "chain_id": self.chain_id,
            "history": self.history,
            "at_source": self.at_source,
            "rows": self.rows,
            "tonnes": self.tonnes,
            "new": {"batches": len(self.new), "tonnes": tonnes_of(self.new)},
            "on_chain": {"batches": len(self.done), "tonnes": tonnes_of(self.done)},
            "seen": [
                {"row": one.row.origin.row, "batch": one.batch, "as": str(one.seen)}
                for one in self.batches
                if one.seen is not None
            ],
            "to_end": {"batches": len(self.ending), "tonnes": tonnes_of(self.ending)},
            "refused": {"rows": len(self.refused), "tonnes": self.refused_tonnes},
            "steps": self.steps,
            "refusals": [
                {
                    "row": refusal.origin.row,
                    "tonnes": refusal.tonnes,
                    "reason": refusal.reason,
                    "batch": refusal.batch,
                }
                for refusal in self.refused
            ],
        }


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a run did. All zeros where everything was on chain already."""

    methodologies: int = 0
    projects: int = 0
    verifications: int = 0
    batches: tuple[BatchId, ...] = ()
    retirements: int = 0
    cancellations: int = 0
    transactions: int = 0
    gas_used: int = 0


def tonnes_of(batches: tuple[PlannedBatch, ...]) -> Tonnes:
    return Tonnes(sum(one.block.tonnes for one in batches))
