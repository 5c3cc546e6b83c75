"""The rare part of a made-up market: cancellations, redemptions, reversals, over-issuance, freezes."""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

from eth_utils.crypto import keccak

from onetonne.bench.replay_book import Book
from onetonne.bench.replay_calls import Call, Contracts
from onetonne.bench.replay_certifying import IssuedBatch
from onetonne.terms import KILOGRAMS_PER_TONNE, Address, CancellationKind, FreezeScope

_REASONS = {
    CancellationKind.VOLUNTARY: "given up by its owner",
    CancellationKind.CONVERSION: "converted to a compliance programme",
    CancellationKind.ERROR: "issued in error",
    CancellationKind.AT_SOURCE: "retired in the programme registry before",
}
_CANCELLED, _REDEEMED, _RARE = 0.015, 0.003, 0.0005  # shares of the retirements; of the issuances
_CONFIRMED, _REFUSED = 0.8, 0.9  # up to here; the others wait for an answer


class Leaving:
    """What leaves other than by retirement. `draw` gives a holder and a batch, or None."""

    def __init__(
        self,
        random: Random,
        contracts: Contracts,
        governance: Address,
        book: Book,
        batches: list[IssuedBatch],
        draw: Callable[[], tuple[Address, int] | None],
        made: Counter[str],
    ) -> None:
        self._random = random
        self._contracts = contracts
        self._governance = governance
        self._book = book
        self._batches = batches
        self._draw = draw
        self._made = made
        self._asked: list[tuple[int, Address, int, int]] = []
        """Redemptions without an answer: id, holder, batch, kilograms."""
        self._redeemed: Counter[int] = Counter()
        """Tonnes by batch."""
        self._shortfalls = 0
        self._reversible = 0
        """The first batch that no reversal was looked for in."""

    def acts(self) -> Iterator[Call]:
        """What belongs to as many retirements and issuances as there are now."""
        asked, self._asked = self._asked, []
        for one in asked:
            yield from self._answer(*one)
        retired, issued = self._made["retirements"], len(self._batches)
        for act, name, wanted in (
            (self._cancel, "cancellations", retired * _CANCELLED),
            (self._redeem, "redemptions", retired * _REDEEMED),
            (self._reversal, "reversals", issued * _RARE),
            (self._over_issuance, "over-issuances", issued * _RARE),
            (self._freeze, "freezes", issued * _RARE),
        ):
            for _ in range(int(wanted) - self._made[name]):
                yield from act()

    def _cancel(self) -> Iterator[Call]:
        lot = self._draw()
        if lot is None:
            return
        holder, batch = lot
        kilograms = self._random.randint(1, self._book.held(holder, batch) // 50 + 1)
        self._book.take(holder, batch, kilograms)
        kind, reason = self._random.choice(list(_REASONS.items()))
        self._made["cancellations"] += 1
        given = ([(batch, kilograms)], holder, int(kind), reason)
        yield self._contracts.call(holder, "Credits", "cancel", *given)

    def _redeem(self) -> Iterator[Call]:
        lot = self._draw()
        tonnes = self._book.held(*lot) // KILOGRAMS_PER_TONNE if lot else 0
        if lot is None or tonnes == 0:
            return
        holder, batch = lot
        kilograms = self._random.randint(1, -(-tonnes // 20)) * KILOGRAMS_PER_TONNE
        self._book.take(holder, batch, kilograms)
        self._made["redemptions"] += 1
        self._asked.append((self._made["redemptions"], holder, batch, kilograms))
        yield self._contracts.call(holder, "Redemptions", "request", batch, kilograms, holder)

    def _answer(self, redemption: int, holder: Address, number: int, kilograms: int) -> Iterator[Call]:
        batch, chance = self._batches[number - 1], self._random.random()
        operator = batch.project.programme.operator
        if chance < _CONFIRMED:
            last = batch.last - self._redeemed[number]
            tonnes = kilograms // KILOGRAMS_PER_TONNE
            self._redeemed[number] += tonnes
            given = (redemption, last - tonnes + 1, last)
            yield self._contracts.call(operator, "Redemptions", "confirm", *given)
        elif chance < _REFUSED:
            self._book.give(holder, number, kilograms)
            yield self._contracts.call(operator, "Redemptions", "refuse", redemption, "not immobilised")

    def _reversal(self) -> Iterator[Call]:
        """Reported and covered from the buffer at once, so that its project can go on issuing."""
        later = self._batches[self._reversible :]
        batch = next((one for one in later if one.withheld), None)
        if batch is None:
            return
        self._reversible = batch.id
        self._shortfalls += 1
        self._made["reversals"] += 1
        lots = [(batch.id, self._random.randint(1, batch.withheld))]
        given = (batch.project.id, lots, lots, keccak(text="loss"), f"reversal {self._shortfalls}")
        operator = batch.project.programme.operator
        yield self._contracts.call(operator, "Shortfalls", "reportReversal", *given)

    def _over_issuance(self) -> Iterator[Call]:
        """Marked, and half of it made good by a holder."""
        batch, lot = self._random.choice(self._batches), self._draw()
        if lot is None:
            return
        holder, held = lot
        self._shortfalls += 1
        self._made["over-issuances"] += 1
        good = self._random.randint(1, min(KILOGRAMS_PER_TONNE // 2, self._book.held(holder, held)))
        marked = (batch.id, 2 * good, keccak(text="audit"), f"over-issuance {self._shortfalls}")
        operator = batch.project.programme.operator
        yield self._contracts.call(operator, "Shortfalls", "markOverIssued", *marked)
        self._book.take(holder, held, good)
        lots = [(held, good)]
        yield self._contracts.call(holder, "Shortfalls", "makeGood", self._shortfalls, lots, holder)

    def _freeze(self) -> Iterator[Call]:
        """Imposed and lifted in one block: the market goes on in between, and must not meet it."""
        batch = self._random.choice(self._batches).id
        self._made["freezes"] += 1
        place = (int(FreezeScope.BATCH), batch)
        reason = (keccak(text=f"case {batch}"), f"case {batch}")
        yield self._contracts.call(self._governance, "Credits", "freeze", *place, *reason)
        yield self._contracts.call(self._governance, "Credits", "lift", *place, reason[1])
