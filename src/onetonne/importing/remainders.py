"""What is still live of rows that say only what was issued: their blocks less all that has ended since."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike

from onetonne.errors import FormatError
from onetonne.reconciling import State, programme_side
from onetonne.reconciling.files import UNREADABLE
from onetonne.reconciling.layers import layered
from onetonne.registries.rows import CreditRow, IssuanceRow
from onetonne.terms import SerialBlock, Tonnes


@dataclass(frozen=True, slots=True)
class Ended:
    """All blocks that a programme's retirements and cancellations name, by namespace, in order."""

    name: str
    blocks: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def cut(self, block: SerialBlock) -> Iterator[tuple[int, int]]:
        """The parts of a block that none of them names."""
        ended = self.blocks.get(block.prefix, [])
        at: int = block.first
        for first, last in ended[bisect_left(ended, at, key=lambda one: one[1]) :]:
            if first > block.last:
                break
            if first > at:
                yield at, first - 1
            at = last + 1
        if at <= block.last:
            yield at, block.last


@dataclass(frozen=True, slots=True)
class Remainder:
    """An issuance row's live parts as rows of their own, and the tonnes that have ended."""

    row: CreditRow
    parts: tuple[CreditRow, ...]
    ended: Tonnes


def read_ended(paths: Sequence[str | PathLike[str]]) -> Ended:
    """From exports of what ended. Rows that the check refuses count as ended, too: nothing live is guessed.

    Raises `FileError` where a file can't be used, or some of what ended can't be read.
    """
    side = programme_side(paths)
    if side.apart.get(UNREADABLE):
        raise FormatError(
            side.name,
            f"{side.apart[UNREADABLE]:,} t have serial numbers that can't be read: nobody knows what is live",
        )
    said = (one for one in side.statements if one.state.ended or one.state is State.DAMAGED)
    return Ended(
        side.name,
        {prefix: [(one.first, one.last) for one in segments] for prefix, segments in layered(said).items()},
    )


def remainders(rows: Iterable[CreditRow], ended: Ended) -> list[Remainder]:
    """Of every row that says only what was issued; any other row is its own single part."""
    return [_remainder(row, ended) for row in rows]


def _remainder(row: CreditRow, ended: Ended) -> Remainder:
    if not isinstance(row, IssuanceRow) or row.live or row.serial is None:
        return Remainder(row, (row,), Tonnes(0))
    parts = tuple(
        replace(row, serial=row.serial.within(first, last), tonnes=Tonnes(last - first + 1), live=True)
        for first, last in ended.cut(row.serial.block)
    )
    return Remainder(row, parts, Tonnes(row.tonnes - sum(part.tonnes for part in parts)))
