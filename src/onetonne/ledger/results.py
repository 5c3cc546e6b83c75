"""What each verb did: ids, and what was sent. Of a dry run, what it would do; ids may differ by then."""

from dataclasses import dataclass

from onetonne.chain import Sent
from onetonne.errors import Scheduled
from onetonne.terms import (
    ActivityId,
    BatchId,
    CancellationId,
    ComponentId,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    RedemptionId,
    RetirementId,
    Serial,
    ShortfallId,
    VerificationId,
    VvbId,
)


@dataclass(frozen=True, slots=True)
class Done:
    """A verb that makes no new id."""

    sent: Sent


@dataclass(frozen=True, slots=True)
class ProgrammeAdmitted:
    programme: ProgrammeId
    sent: Sent


@dataclass(frozen=True, slots=True)
class ProgrammeWithRoots:
    """`roots` are those that the programme has now, or would have after a dry run."""

    programme: ProgrammeId
    roots: tuple[str, ...]
    sent: tuple[Sent, ...]
    """Without what only scheduled something."""
    waiting: Scheduled | None = None
    """Until when the other roots wait; None where all are registered."""


@dataclass(frozen=True, slots=True)
class RootsRegistered:
    """`roots` are the newly registered ones: those that the programme has already are left out."""

    roots: tuple[str, ...]
    sent: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class VvbAdmitted:
    vvb: VvbId
    sent: Sent


@dataclass(frozen=True, slots=True)
class MethodologyRegistered:
    methodology: MethodologyId
    sent: Sent


@dataclass(frozen=True, slots=True)
class ProjectRegistered:
    project: ProjectId
    activity: ActivityId
    """0 in a dry run of a new activity's first project."""
    sent: Sent


@dataclass(frozen=True, slots=True)
class ComponentProposed:
    component: ComponentId
    sent: Sent


@dataclass(frozen=True, slots=True)
class VerificationProposed:
    verification: VerificationId
    sent: Sent


@dataclass(frozen=True, slots=True)
class VerificationAccepted:
    verification: VerificationId
    cap: Kilograms
    """What may be issued against it; in a dry run, before anything is taken off for a superseded one."""
    sent: Sent


@dataclass(frozen=True, slots=True)
class Issued:
    batches: tuple[BatchId, ...]
    """One for each issuance, in its order."""
    sent: Sent


@dataclass(frozen=True, slots=True)
class Retired:
    retirements: tuple[RetirementId, ...]
    """One for each lot, in its order; the first is the claim's id. Certificates have the same ids."""
    sent: Sent


@dataclass(frozen=True, slots=True)
class RetiredForEach:
    retirements: tuple[tuple[RetirementId, ...], ...]
    """Of each claim, in the order of the claims; each as `Retired` has them."""
    sent: Sent


@dataclass(frozen=True, slots=True)
class Cancelled:
    cancellations: tuple[CancellationId, ...]
    """One for each lot, in its order."""
    sent: Sent


@dataclass(frozen=True, slots=True)
class ShortfallReported:
    shortfall: ShortfallId
    sent: Sent


@dataclass(frozen=True, slots=True)
class MadeGood:
    cancellations: tuple[CancellationId, ...]
    """One for each lot, in its order; none in a dry run."""
    sent: Sent


@dataclass(frozen=True, slots=True)
class RedemptionRequested:
    redemption: RedemptionId
    sent: Sent


@dataclass(frozen=True, slots=True)
class RedemptionConfirmed:
    redemption: RedemptionId
    first: Serial
    last: Serial
    sent: Sent
