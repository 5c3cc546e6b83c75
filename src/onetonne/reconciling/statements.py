"""What a side says of blocks of serial numbers: one statement for each row of a file or run on a chain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from onetonne.index.fates import Act, Fate
from onetonne.terms import Kilograms, SerialBlock, Tonnes

_NOTHING = Kilograms(0)
_NOUNS = {Fate.RETIRED: "retirement", Fate.CANCELLED: "cancellation"}


class State(StrEnum):
    """Of every serial in a statement's block.

    `ISSUED` says that they were created, not what became of them. `PARTLY`: a serial on chain of which some
    kilograms are ended and others circulate. `REDEEMED`: taken back off chain. `DAMAGED`: a row that the
    check refuses, and all that is said of the block.
    """

    LIVE = "live"
    RETIRED = "retired"
    CANCELLED = "cancelled"
    ISSUED = "issued"
    PARTLY = "partly ended"
    REDEEMED = "redeemed"
    DAMAGED = "damaged"

    @property
    def ended(self) -> bool:
        return self in (State.RETIRED, State.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """`tonnes` is the quantity that the row states; a sound one is the size of its block.

    `since` is the day on which it ended; `created` the day of its issue on this side. A row of a file has
    `file` and `row`; a run on chain has `batch`, the `block_number` and `transaction` of its issue, and the
    `acts` that ended it. `defect` says what is wrong with a damaged row.
    """

    side: str
    programme: str
    block: SerialBlock
    state: State
    tonnes: Tonnes
    since: date | None = None
    created: date | None = None
    file: str | None = None
    row: int | None = None
    batch: int | None = None
    block_number: int | None = None
    transaction: str | None = None
    acts: tuple[Act, ...] = ()
    left: Kilograms = _NOTHING
    """Of a `PARTLY` ended serial: what circulates still."""
    defect: str = ""

    @property
    def sound(self) -> bool:
        return self.tonnes == self.block.tonnes

    @property
    def place(self) -> str:
        if self.batch is None:
            return f"{self.file} row {self.row}"
        shown = [f"batch {self.batch} of {self.side}"]
        for fate, noun in _NOUNS.items():
            ids = [str(act.id) for act in self.acts if act.fate is fate]
            shown += [f"{noun} {' and '.join(ids)}"] if ids else []
        return ", ".join(shown)


@dataclass(frozen=True, slots=True)
class Side:
    """All that one system says. Every tonne of it is in `statements` or in `apart`, by why it is there.

    `covers` tells, by programme, in which states a block would be found here if it had it: a file of
    retirements says nothing by leaving a live block out. `unmeasured` are rows whose quantity can't be read.
    """

    name: str
    statements: tuple[Statement, ...]
    covers: Mapping[str, frozenset[State]] = field(default_factory=dict)
    apart: Mapping[str, Tonnes] = field(default_factory=dict)
    rows: int = 0
    unmeasured: int = 0

    @property
    def tonnes(self) -> Tonnes:
        stated = sum(one.tonnes for one in self.statements)
        return Tonnes(stated + sum(self.apart.values()))
