"""`IntervalSet` read back: what its words must be, and a walk over the words that are there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from onetonne.audit.kinds import HEAD
from onetonne.audit.story import Fields, Figures

NONE = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Range:
    first: int
    last: int
    owner: int


def put_ranges(figures: Figures, kind: str, key: int | bytes, ranges: Iterable[Range]) -> None:
    """The words of one set: the topmost range in the head, each other one under its last position."""
    upward = sorted(ranges, key=lambda one: one.last)
    below = NONE
    for one in upward[:-1]:
        figures.put(kind, (key, one.last), _word(one, below))
        below = one.last
    if upward:
        figures.put(kind, (key, upward[-1].last), {})  # the topmost range is nowhere but in the head
    figures.put(kind, (key, HEAD), _word(upward[-1], below) if upward else {})


def overlaps(ranges: Iterable[Range]) -> Iterator[tuple[Range, Range]]:
    """Each range that overlaps one before it, with that one."""
    highest: Range | None = None
    for one in sorted(ranges, key=lambda one: (one.first, one.last)):
        if highest is not None and one.first <= highest.last:
            yield highest, one
        if highest is None or one.last > highest.last:
            highest = one


def walk(figures: Figures, kind: str, key: int | bytes) -> tuple[list[Range], list[str]]:
    """The ranges of a set as its links lead to them, from the top, and what is wrong with the links."""
    found: list[Range] = []
    problems: list[str] = []
    word, expected = figures.get(kind, key, HEAD), None
    if not any(word.values()):
        return found, problems
    seen: set[int] = set()
    while True:
        if not any(word.values()):
            problems.append(f"the link to {expected} leads nowhere")
            break
        one = Range(word["first"], word["last"], word["owner"])
        if expected is not None and one.last != expected:
            problems.append(f"the range under {expected} says that it ends at {one.last}")
        if one.first > one.last or not one.owner:
            problems.append(f"the range {one.first} to {one.last} is none, or has no owner")
        found.append(one)
        expected = word["next"]
        if expected == NONE:
            break
        if expected >= one.first or expected in seen:
            problems.append(f"the range {one.first} to {one.last} leads up to {expected}, not down")
            break
        seen.add(expected)
        word = figures.get(kind, key, expected)
    return found, problems


def _word(one: Range, below: int) -> Fields:
    return {"last": one.last, "first": one.first, "next": below, "owner": one.owner}
