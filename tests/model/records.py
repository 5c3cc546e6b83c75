"""What the twin keeps: quantities in kilograms, days and seconds as integers, ids from 1."""

from dataclasses import dataclass

from onetonne.terms import RedemptionStatus, VerificationStatus

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
    buffer_basis_points: int = 0
    active: bool = True


@dataclass
class Vvb:
    account: Account
    active: bool = True


@dataclass
class Project:
    programme: int
    component: int


@dataclass
class Verification:
    project: int
    vvb: int
    start: int
    end: int
    verified: int
    supersedes: int
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
class Record:
    """A retirement (`account` is the beneficiary) or a cancellation (the holder)."""

    account: Account
    batch: int
    start: int
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
