"""Who holds what in a market that is being made up, so that every transaction in it succeeds."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from random import Random

from onetonne.terms import Address

_Lot = tuple[Address, int]
_TRIES = 8


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

    def draw(self, programme: str, wanted: int = 1) -> _Lot | None:
        """Any lot of a programme's, else of any other's; None where nobody holds anything.

        The first of several with as many kilograms as are wanted: who retires much holds much.
        """
        lots = self._lots[programme] or next((some for some in self._lots.values() if some), [])
        if not lots:
            return None
        drawn = (self._random.choice(lots) for _ in range(_TRIES))
        return next((lot for lot in drawn if self.held(*lot) >= wanted), self._random.choice(lots))

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
