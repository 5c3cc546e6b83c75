"""Who holds what in a market that is being made up, so that every transaction in it succeeds."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from random import Random

from onetonne.terms import Address

_Lot = tuple[Address, int]


class Book:
    """Kilograms by account and batch. Lots are drawn by programme, all of one alike."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._held: defaultdict[Address, dict[int, int]] = defaultdict(dict)
        self._lots: defaultdict[str, list[_Lot]] = defaultdict(list)
        self._places: dict[_Lot, int] = {}
        self._programmes: dict[int, str] = {}
        self.in_circulation = 0

    def issue(self, programme: str, account: Address, batch: int, kilograms: int) -> None:
        self._programmes[batch] = programme
        self.give(account, batch, kilograms)

    def give(self, account: Address, batch: int, kilograms: int) -> None:
        held = self._held[account]
        if batch not in held:
            lots = self._lots[self._programmes[batch]]
            self._places[account, batch] = len(lots)
            lots.append((account, batch))
        held[batch] = held.get(batch, 0) + kilograms
        self.in_circulation += kilograms

    def take(self, account: Address, batch: int, kilograms: int) -> None:
        held = self._held[account]
        held[batch] -= kilograms
        self.in_circulation -= kilograms
        if held[batch] == 0:
            del held[batch]
            self._forget((account, batch))

    def held(self, account: Address, batch: int) -> int:
        return self._held[account].get(batch, 0)

    def draw(self, programme: str) -> _Lot | None:
        """Any lot of a programme's, else of any other's; None where nobody holds anything."""
        lots = self._lots[programme] or next((some for some in self._lots.values() if some), [])
        return self._random.choice(lots) if lots else None

    def others(self, account: Address, batch: int, count: int) -> Iterator[int]:
        """Further batches that an account holds, those that it got first before others."""
        return islice((other for other in self._held[account] if other != batch), count)

    def _forget(self, lot: _Lot) -> None:
        """The last lot takes its place: drawing is by place."""
        lots = self._lots[self._programmes[lot[1]]]
        place, last = self._places.pop(lot), lots.pop()
        if last != lot:
            lots[place] = last
            self._places[last] = place
