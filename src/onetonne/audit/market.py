"""Sums over the story of an audit: what there is of what, at its block and before."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from onetonne.audit.checks import BURNT, size
from onetonne.audit.story import Fields, Story
from onetonne.audit.tonnage import Market, Tonnage
from onetonne.labels import labels_of
from onetonne.terms import BatchId

_MOMENTS = 60
"""Into how many spans of one length history is cut."""


def market(story: Story, now: int) -> Market:
    """`now` is the second of the audited block."""
    programmes: defaultdict[int, Tonnage] = defaultdict(Tonnage)
    vintages: defaultdict[int, Tonnage] = defaultdict(Tonnage)
    labels = {label: Tonnage() for label in story.histories.labels}
    for number, fields in story.figures.numbered("batch"):
        if fields:
            one = _tonnage(fields)
            programmes[fields["programme"]].add(one)
            vintages[fields["vintageYear"]].add(one)
            if labels and BatchId(number) in story.histories.batches:
                for held in labels_of(story.histories, BatchId(number), now):
                    labels[held.label].add(one)
    codes = story.histories.programmes
    return Market(
        over_time=_over_time(story, now),
        by_programme=tuple((_code(codes, number), programmes[number]) for number in sorted(programmes)),
        by_vintage=tuple((str(year), vintages[year]) for year in sorted(vintages)),
        by_label=tuple(labels.items()),
    )


def _code(codes: Any, number: int) -> str:
    return str(codes.get(number, f"programme {number}"))


def _tonnage(fields: Fields) -> Tonnage:
    """Of one batch."""
    taken, cancelled = fields["taken"], fields["cancelled"]
    return Tonnage(size(fields), taken - cancelled, cancelled, fields["redeemed"])


def _over_time(story: Story, now: int) -> tuple[tuple[int, Tonnage], ...]:
    changes = list(_changes(story))
    if not changes:
        return ()
    start = min(second for second, _ in changes)
    length = max(now - start, 1)
    added = [Tonnage() for _ in range(_MOMENTS + 1)]
    for second, change in changes:
        at = -(-(second - start) * _MOMENTS // length)  # a moment has what was by then
        added[min(at, _MOMENTS)].add(change)
    total, found = Tonnage(), []
    for number, change in enumerate(added):
        total.add(change)
        so_far = Tonnage(total.issued, total.retired, total.cancelled, total.redeemed)
        found.append((start + number * length // _MOMENTS, so_far))
    return tuple(found)


def _changes(story: Story) -> Iterator[tuple[int, Tonnage]]:
    """With their seconds, in no order."""
    figures = story.figures
    for fields in figures.of("batch").values():
        if fields:
            yield fields["issuedAt"], Tonnage(issued=size(fields))
    for fields in figures.of("retirement").values():
        if fields:
            yield fields["time"], Tonnage(retired=fields["kilograms"])
    for fields in figures.of("cancellation").values():
        if fields:
            yield fields["time"], Tonnage(cancelled=fields["kilograms"])
    for number, fields in figures.numbered("redemption"):
        if fields.get("status") in BURNT:
            yield story.answered[number], Tonnage(redeemed=fields["kilograms"])
