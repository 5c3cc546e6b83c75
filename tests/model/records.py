"""What the twin keeps: quantities in kilograms, days since 1970 and seconds as integers, ids from 1."""

from dataclasses import dataclass

from onetonne.terms import (
    CancellationKind,
    Purpose,
    RedemptionStatus,
    ShortfallKind,
    Use,
    VerificationStatus,
)

Account = str
BUFFER, ESCROW = "buffer", "escrow"
KILOGRAMS_PER_TONNE = 1_000


class Refused(Exception):
    """A verb broke a rule; `error` is the contracts' name for it."""

    def __init__(self, error: str) -> None:
        self.error = error
        super().__init__(error)


def require(condition: bool, error: str) -> None:
    if not condition:
        raise Refused(error)


@dataclass
class Programme:
    operator: Account
    active: bool = True


@dataclass
class Methodology:
    programme: int
    buffer_basis_points: int
    monitoring_years: int


@dataclass
class Vvb:
    account: Account
    active: bool = True


@dataclass
class Project:
    programme: int
    component: int
    country: str


@dataclass
class Verification:
    project: int
    vvb: int
    methodology: int
    start: int
    end: int
    verified: int
    supersedes: int
    monitored: bool
    status: VerificationStatus = VerificationStatus.PROPOSED
    accepted: bool = False
    cap: int = 0
    issued: int = 0
    carried: int = 0


@dataclass
class Order:
    """A block to issue; `vintage` is its first and last day."""

    namespace: str
    first: int
    last: int
    verification: int
    vintage: tuple[int, int]
    year: int


@dataclass
class Batch:
    order: Order
    programme: int
    project: int
    issued: int
    taken: int = 0
    cancelled: int = 0
    redeemed: int = 0


@dataclass
class Retirement:
    """`account` is the beneficiary; `use` what it was a first transfer for."""

    account: Account
    batch: int
    start: int
    kilograms: int
    purpose: Purpose
    use: Use | None


@dataclass
class Cancellation:
    """`account` is the holder, `shortfall` what it makes good: 0 for none."""

    account: Account
    batch: int
    start: int
    kilograms: int
    kind: CancellationKind
    shortfall: int = 0


@dataclass
class Shortfall:
    """`batch` is 0 for a reversal."""

    kind: ShortfallKind
    project: int
    batch: int
    kilograms: int


@dataclass
class Redemption:
    holder: Account
    batch: int
    kilograms: int
    requested_at: int
    status: RedemptionStatus = RedemptionStatus.REQUESTED
    first: int = 0
    last: int = 0
