"""Statements of one side laid over each other: each serial is left with the one that says most of it.

Sorted and swept with a heap, so about as fast as sorting, however the blocks lie.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import groupby
from typing import Any, NamedTuple

from onetonne.reconciling.statements import State, Statement
from onetonne.terms import MAX_SERIAL, Serial, SerialBlock, Tonnes

# An end is for ever, so it stands over what an older or another file says; a damaged row says least.
_STANDS_OVER: Mapping[State, int] = {
    State.DAMAGED: 0,
    State.REDEEMED: 1,
    State.ISSUED: 2,
    State.LIVE: 3,
    State.PARTLY: 4,
    State.CANCELLED: 5,
    State.RETIRED: 6,
}


_NOBODY: Any = None


class Segment(NamedTuple):
    """Serials of which one statement is the last word."""

    first: int
    last: int
    statement: Statement


class Cell(NamedTuple):
    """Serials on which each of two sides has one last word, or none."""

    prefix: str
    first: int
    last: int
    one: Statement | None
    other: Statement | None

    @property
    def tonnes(self) -> Tonnes:
        return Tonnes(self.last - self.first + 1)

    @property
    def block(self) -> SerialBlock:
        said = self.one or self.other
        root = said.block.root if said else self.prefix
        return SerialBlock(self.prefix, root, Serial(self.first), Serial(self.last))


_BEYOND = Segment(MAX_SERIAL + 1, MAX_SERIAL + 1, _NOBODY)
"""What comes after the last segment of a side."""


def layered(statements: Iterable[Statement]) -> dict[str, list[Segment]]:
    """By namespace, the segments in order; none overlaps another."""
    ordered = sorted(statements, key=lambda one: (one.block.prefix, one.block.first))
    return {
        prefix: list(_joined(_swept(list(group))))
        for prefix, group in groupby(ordered, key=lambda one: one.block.prefix)
    }


def overlapping(statements: Iterable[Statement]) -> Iterator[tuple[SerialBlock, Statement, Statement]]:
    """Each statement that names serials which one before it names too, with that one and the serials."""
    widest: Statement | None = None
    for one in sorted(statements, key=lambda one: (one.block.prefix, one.block.first, one.block.last)):
        if widest is not None and widest.block.overlaps(one.block):
            last = Serial(min(widest.block.last, one.block.last))
            yield SerialBlock(one.block.prefix, one.block.root, one.block.first, last), widest, one
        if widest is None or widest.block.prefix != one.block.prefix or one.block.last > widest.block.last:
            widest = one


def cells(one: Mapping[str, Sequence[Segment]], other: Mapping[str, Sequence[Segment]]) -> Iterator[Cell]:
    """Both sides cut at each other's ends: every serial of either lies in exactly one cell."""
    for prefix in sorted(one.keys() | other.keys()):
        left, right = one.get(prefix, ()), other.get(prefix, ())
        yield from _cut(prefix, left, right)


def _swept(ordered: Sequence[Statement]) -> Iterator[Segment]:
    """Of one namespace's statements, sorted by their first serials."""
    waiting = 0
    open_: list[tuple[int, int]] = []  # a heap: what stands over the others on top, then what came first
    at: int = 0
    while waiting < len(ordered) or open_:
        while open_ and ordered[open_[0][1]].block.last < at:
            heappop(open_)
        if not open_:
            if waiting == len(ordered):
                return
            at = ordered[waiting].block.first
        while waiting < len(ordered) and ordered[waiting].block.first <= at:
            heappush(open_, (-_STANDS_OVER[ordered[waiting].state], waiting))
            waiting += 1
        top = ordered[open_[0][1]]
        end: int = top.block.last
        if waiting < len(ordered):
            end = min(end, ordered[waiting].block.first - 1)
        if end >= at:
            yield Segment(at, end, top)
            at = end + 1


def _joined(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Neighbours of one statement as one, where a lesser one that began between them changed nothing."""
    before: Segment | None = None
    for segment in segments:
        if before is not None and before.statement is segment.statement and before.last + 1 == segment.first:
            before = Segment(before.first, segment.last, before.statement)
            continue
        if before is not None:
            yield before
        before = segment
    if before is not None:
        yield before


def _cut(prefix: str, left: Sequence[Segment], right: Sequence[Segment]) -> Iterator[Cell]:
    here = there = at = 0
    while here < len(left) or there < len(right):
        one = left[here] if here < len(left) else _BEYOND
        other = right[there] if there < len(right) else _BEYOND
        at = max(at, min(one.first, other.first))
        mine, theirs = one.first <= at, other.first <= at
        end = min(one.last if mine else one.first - 1, other.last if theirs else other.first - 1)
        yield Cell(prefix, at, end, one.statement if mine else None, other.statement if theirs else None)
        at = end + 1
        here += mine and one.last < at
        there += theirs and other.last < at
