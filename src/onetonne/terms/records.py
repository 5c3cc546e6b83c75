"""What the contracts keep, and what they are asked for, with units in Python's own types.

Days are `date`, moments are `Seconds`, quantities are `Kilograms`. An id of 0 is "none".
"""

import secrets
from dataclasses import dataclass, field
from datetime import date

from onetonne.terms.details import RetirementDetails
from onetonne.terms.vocabulary import (
    KILOGRAMS_PER_TONNE,
    ActivityId,
    Address,
    BasisPoints,
    BatchId,
    CancellationId,
    CancellationKind,
    ComponentId,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Purpose,
    RedemptionId,
    RedemptionStatus,
    RetirementId,
    Seconds,
    Serial,
    SerialBlock,
    ShortfallId,
    ShortfallKind,
    Standing,
    Use,
    VerificationId,
    VerificationStatus,
    VvbId,
)

NO_DEADLINE = Seconds(2**48 - 1)
SIGNING_DOMAIN = ("onetonne", "1")
"""Name and version in the EIP-712 domain of our contracts."""
_EMPTY_WORD = bytes(32)
_NO_COMPONENT = ComponentId(0)
_NO_VERIFICATION = VerificationId(0)
_NOTHING = Kilograms(0)


@dataclass(frozen=True, slots=True)
class ProgrammeRecord:
    """A programme as admitted on chain; `since` is when its standing began."""

    id: ProgrammeId
    code: str
    operator: Address
    standing: Standing
    since: Seconds


@dataclass(frozen=True, slots=True)
class Vvb:
    """A validation and verification body; `since` is when its standing began."""

    id: VvbId
    account: Address
    standing: Standing
    since: Seconds


@dataclass(frozen=True, slots=True)
class Methodology:
    """A version of a methodology; `since` is when its standing began."""

    id: MethodologyId
    programme: ProgrammeId
    code: str
    version: str
    monitoring_years: int
    """Consecutive years of monitoring that the programme demands, up to a verification's end."""
    buffer_share: BasisPoints
    standing: Standing
    since: Seconds
    parts: tuple[MethodologyId, ...] = ()
    """What a composed one consists of; none for a single one."""


@dataclass(frozen=True, slots=True)
class Activity:
    """The thing in the world that several programmes may have a project for."""

    id: ActivityId
    country: str
    site: str
    programmes: int
    """How many programmes have a project on it."""
    first_component: ComponentId


@dataclass(frozen=True, slots=True)
class Component:
    """Part of an activity. Monitoring periods are kept apart per component."""

    id: ComponentId
    activity: ActivityId
    name: str
    approvals: int
    active: bool


@dataclass(frozen=True, slots=True)
class Project:
    """A programme's registration of an activity."""

    id: ProjectId
    programme: ProgrammeId
    activity: ActivityId
    code: str
    activity_type: str
    crediting_start: date
    registered_at: Seconds
    outstanding: Kilograms = _NOTHING
    """Lost in reversals and not made good: nothing is issued to the project until it is 0."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A VVB's statement of what it verified; signed, it can be carried by anyone. Days are inclusive."""

    project: ProjectId
    methodology: MethodologyId
    period_start: date
    period_end: date
    verified: Kilograms
    evidence_hash: bytes
    """keccak256 of the verification report."""
    data_root: bytes = _EMPTY_WORD
    """Merkle root of the monitoring data."""
    source: str = ""
    """Where the report is published."""
    component: ComponentId = _NO_COMPONENT
    """0 for the activity's first."""
    supersedes: VerificationId = _NO_VERIFICATION
    deadline: Seconds = NO_DEADLINE
    """Last second at which it may be proposed."""
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    programme_code: str = ""
    """With the next six, what the ids mean: the contract refuses the statement where they disagree. Empty
    codes are read from the chain before the statement is signed or sent."""
    project_code: str = ""
    country: str = ""
    site: str = ""
    component_name: str = ""
    methodology_code: str = ""
    methodology_version: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """A verification on chain; `accepted_at` and `withdrawn_at` are 0 while it is not."""

    id: VerificationId
    project: ProjectId
    programme: ProgrammeId
    methodology: MethodologyId
    component: ComponentId
    vvb: VvbId
    period_start: date
    period_end: date
    cap: Kilograms
    issued: Kilograms
    carried: Kilograms
    """What withdrawn predecessors issued in this period, and was taken off the cap."""
    status: VerificationStatus
    supersedes: VerificationId
    proposed_at: Seconds
    accepted_at: Seconds
    withdrawn_at: Seconds
    evidence_hash: bytes
    data_root: bytes

    @property
    def remaining(self) -> Kilograms:
        """What may still be issued against it."""
        open_ = self.status is VerificationStatus.ACCEPTED
        return Kilograms(self.cap - self.issued if open_ else 0)


@dataclass(frozen=True, slots=True)
class Issuance:
    """A block of serial numbers to put on chain, and the programme registry's immobilisation record."""

    block: SerialBlock
    verification: VerificationId
    vintage_start: date
    vintage_end: date
    vintage_year: int
    """The year that the programme declares; one that the vintage touches."""
    custody_record: str
    """The programme registry's reference for the immobilisation of exactly these serial numbers."""
    custody_date: date
    """Day on which they were immobilised."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One issuance on chain: one serial block, one token id.

    `prefix` is in the event only: None where a batch was read from storage.
    """

    id: BatchId
    first: Serial
    last: Serial
    verification: VerificationId
    project: ProjectId
    programme: ProgrammeId
    methodology: MethodologyId
    vintage_start: date
    vintage_end: date
    vintage_year: int
    retired: Kilograms
    cancelled: Kilograms
    redeemed: Kilograms
    issued_at: Seconds
    prefix: str | None = None

    @property
    def issued(self) -> Kilograms:
        """The size of the block (I3)."""
        return Kilograms((self.last - self.first + 1) * KILOGRAMS_PER_TONNE)

    @property
    def in_circulation(self) -> Kilograms:
        """What all accounts together hold, escrow and buffer included (I1)."""
        return Kilograms(self.issued - self.retired - self.cancelled - self.redeemed)


@dataclass(frozen=True, slots=True)
class Lot:
    """Part of a batch."""

    batch: BatchId
    kilograms: Kilograms


@dataclass(frozen=True, slots=True)
class Claim:
    """What is retired together for one beneficiary, whose account will own the certificates."""

    lots: tuple[Lot, ...]
    beneficiary: str
    details: RetirementDetails | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """What an account holds of a batch; `frozen` may exceed it, and then withholds what arrives later."""

    account: Address
    batch: BatchId
    kilograms: Kilograms
    frozen: Kilograms = _NOTHING


@dataclass(frozen=True, slots=True)
class Retirement:
    """A retirement, of kilograms `start .. start + kilograms` of its batch; its id is its certificate's."""

    id: RetirementId
    batch: BatchId
    beneficiary: Address
    start: Kilograms
    kilograms: Kilograms
    time: Seconds
    purpose: Purpose
    claim: RetirementId
    """Id of the first retirement of the same call."""
    details: bytes
    """The hash of the details: its first 20 bytes from storage, all 32 from the event; zeros for none."""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A removal without a claim. It covers kilograms `start .. start + kilograms` of its batch."""

    id: CancellationId
    batch: BatchId
    holder: Address
    start: Kilograms
    kilograms: Kilograms
    time: Seconds
    kind: CancellationKind
    reason: bytes
    """First 20 bytes of the reason's keccak256; the text is in the event."""


@dataclass(frozen=True, slots=True)
class Redemption:
    """A request to take whole serials back off chain; `first` and `last` are 0 until it is confirmed."""

    id: RedemptionId
    batch: BatchId
    holder: Address
    kilograms: Kilograms
    status: RedemptionStatus
    requested_at: Seconds
    first: Serial
    last: Serial


@dataclass(frozen=True, slots=True)
class Rule:
    """What a framework asks; fixed for ever when it is admitted."""

    by_programme: bool
    by_methodology: bool
    """For the methodology's version; CCP needs both ticks."""
    use: Use | None = None
    """What the host country must have authorised, for vintages from `FIRST_NDC_YEAR` on."""
    adjusted: bool = False
    """With the authorisation, a corresponding adjustment or an accepted guarantee."""


@dataclass(frozen=True, slots=True)
class Framework:
    """Whose label it is; it counts from the second after `admitted_at`."""

    label: str
    body: Address
    admitted_at: Seconds
    rule: Rule


@dataclass(frozen=True, slots=True)
class Approval:
    """A body's tick for a programme or a methodology's version, for vintages inside the window."""

    vintage_start: date
    vintage_end: date
    crediting_from: date | None = None
    """First day on which a project's first crediting period may start."""
    conditional: bool = False
    """Then the decision's document is the condition's hash."""
    recognises: str | None = None
    """The label whose approval this one recognises."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a decision can be read. Its day is information only: an entry counts from when it is made."""

    source: str
    decided_on: date
    document: bytes = _EMPTY_WORD
    """Hash of the condition, the letter or the evidence; zeros for none."""


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What a host country lets be used elsewhere, of a project's vintage year, and what was used (I8)."""

    project: ProjectId
    vintage_year: int
    uses: frozenset[Use]
    cap: Kilograms
    transferred: Kilograms
    used_by_host: Kilograms


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A reversal or an over-issuance, and how much of it was made good; `batch` is 0 for a reversal."""

    id: ShortfallId
    project: ProjectId
    batch: BatchId
    kind: ShortfallKind
    kilograms: Kilograms
    made_good: Kilograms
    reported_at: Seconds
    annulled: bool = False
    """By governance: it counts as never made."""

    @property
    def outstanding(self) -> Kilograms:
        return Kilograms(0 if self.annulled else self.kilograms - self.made_good)


@dataclass(frozen=True, slots=True)
class Reported:
    """What was reported of a batch, annulled reports left out."""

    reversed: Kilograms = _NOTHING
    over_issued: Kilograms = _NOTHING
    made_good: Kilograms = _NOTHING
    """Of `over_issued`, cancelled in replacement so far."""


@dataclass(frozen=True, slots=True)
class BufferRelease:
    """A VVB's statement that buffer credits are no longer needed; signed, the operator uses it once."""

    project: ProjectId
    kilograms: Kilograms
    evidence: bytes
    deadline: Seconds = NO_DEADLINE
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    programme_code: str = ""
    """With the next, what the project's id means; empty codes are read from the chain."""
    project_code: str = ""


@dataclass(frozen=True, slots=True)
class RetireOrder:
    """A retirement that the holder signs and anybody sends."""

    lots: tuple[Lot, ...]
    holder: Address
    beneficiary: Address
    purpose: Purpose
    details: bytes
    """Hash of the details' text; 32 zero bytes for none."""
    publish: bool
    """Whether the text goes on chain."""
    nonce: int
    """Key in the upper 192 bits, and the next number of that key in the lower 64."""
    deadline: Seconds


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """A transfer that the holder signs and anybody sends."""

    lots: tuple[Lot, ...]
    holder: Address
    recipient: Address
    nonce: int
    """As in `RetireOrder`."""
    deadline: Seconds


def serials_of(
    block_first: Serial, start: Kilograms, kilograms: Kilograms
) -> tuple[Serial, Serial, Kilograms, Kilograms]:
    """The serials behind a record, and how much of the first and the last: the contracts' I4 arithmetic.

    `start` counts kilograms taken from the block before; `kilograms` is not 0. Where first and last are one
    serial, both quantities are the record's.
    """
    end = start + kilograms
    first = Serial(block_first + start // KILOGRAMS_PER_TONNE)
    last = Serial(block_first + (end - 1) // KILOGRAMS_PER_TONNE)
    if first == last:
        return first, last, kilograms, kilograms
    of_first = Kilograms(KILOGRAMS_PER_TONNE - start % KILOGRAMS_PER_TONNE)
    of_last = Kilograms((end - 1) % KILOGRAMS_PER_TONNE + 1)
    return first, last, of_first, of_last
