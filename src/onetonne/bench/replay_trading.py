"""The part of a made-up market that moves and uses credits: transfers, retirements, and other ways out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import Protocol

from onetonne.bench.replay_book import Book
from onetonne.bench.replay_calls import Call, Contracts
from onetonne.bench.replay_certifying import Certifying, IssuedBatch, account
from onetonne.bench.replay_facts import retired_kilograms
from onetonne.bench.replay_labelling import Labelling
from onetonne.terms import KILOGRAMS_PER_TONNE, Address, Purpose, RetirementDetails

_Lot = tuple[int, int]
"""Batch and kilograms."""

_SEVERAL_MOVED, _SEVERAL_RETIRED = 0.1, 0.2  # shares of calls with several lots
_LASTING = 0.8  # share of what circulates that all retirements to come may take
_BROKERED = 0.03  # share of claims that somebody else makes for the holder
_PUBLISHED, _WITH_DETAILS = 0.1, 0.7  # up to here; the others state none
_MOST_LOTS = 8


class _Scale(Protocol):
    @property
    def retirements(self) -> int: ...
    @property
    def seed(self) -> int: ...


class Trading:
    def __init__(
        self,
        random: Random,
        scale: _Scale,
        contracts: Contracts,
        certifying: Certifying,
        labelling: Labelling,
        book: Book,
        made: Counter[str],
    ) -> None:
        self._random = random
        self._contracts = contracts
        self._labelling = labelling
        self._book = book
        self._made = made
        self._codes = [one.facts.code for one in certifying.programmes]
        self._facts = {one.facts.code: one.facts for one in certifying.programmes}
        self._shares = [one.facts.retirements for one in certifying.programmes]
        self._retirements = scale.retirements
        self._traders = [account(scale.seed, "trader", n) for n in range(10 + scale.retirements // 1_000)]
        self._broker = account(scale.seed, "broker")
        self._approved: set[Address] = set()
        """Who approved the broker."""
        self._buyers = [account(scale.seed, "buyer", n) for n in range(20 + scale.retirements // 50)]

    def issued(self, batches: Sequence[IssuedBatch]) -> None:
        for batch in batches:
            held = batch.kilograms - batch.withheld
            self._book.issue(batch.project.programme.facts.code, batch.project.proponent, batch.id, held)

    def acts(self, transfers: int, retirements: int) -> Iterator[Call]:
        """What happens until there are so many in all; less where nobody holds anything."""
        todo = ["transfer"] * (transfers - self._made["transfers"])
        todo += ["retire"] * (retirements - self._made["retirements"])
        self._random.shuffle(todo)
        for act in todo:
            if act == "transfer" and self._made["transfers"] < transfers:
                yield from self._transfer(transfers - self._made["transfers"])
            elif act == "retire" and self._made["retirements"] < retirements:
                yield from self._retire(retirements - self._made["retirements"])

    def draw(self) -> tuple[Address, int] | None:
        """A holder and a batch, by what is traded most; None where nobody holds anything."""
        return self._book.draw(self._drawn_programme())

    def _transfer(self, most: int) -> Iterator[Call]:
        lot = self.draw()
        if lot is None:
            return
        holder, batch = lot
        to = self._random.choice(self._traders if self._random.random() < 0.5 else self._buyers)
        moved = [
            (number, self._part(self._book.held(holder, number)))
            for number in self._lots(holder, batch, most, _SEVERAL_MOVED)
        ]
        for number, kilograms in moved:
            self._book.take(holder, number, kilograms)
            self._book.give(to, number, kilograms)
        self._made["transfers"] += len(moved)
        self._made["transfer transactions"] += 1
        if len(moved) == 1:
            one = (holder, to, *moved[0], b"")
            yield self._contracts.call(holder, "Credits", "safeTransferFrom", *one)
        else:
            numbers, quantities = zip(*moved, strict=True)
            given = (holder, to, numbers, quantities, b"")
            yield self._contracts.call(holder, "Credits", "safeBatchTransferFrom", *given)

    def _retire(self, most: int) -> Iterator[Call]:
        code = self._drawn_programme()
        wanted = self._drawn_kilograms(code)
        lot = self._book.draw(code, wanted)
        if lot is None:
            return
        holder, batch = lot
        lots: list[_Lot] = []
        for number in self._lots(holder, batch, most, _SEVERAL_RETIRED):
            kilograms = min(self._drawn_kilograms(code) if lots else wanted, self._book.held(holder, number))
            self._book.take(holder, number, kilograms)
            lots.append((number, kilograms))
        purpose = self._labelling.purpose(*lots[0]) if len(lots) == 1 else Purpose.VOLUNTARY
        self._made["retirements"] += len(lots)
        self._made["retirement transactions"] += 1
        self._made[f"retirements for {purpose.name}"] += len(lots)
        self._made["retired kilograms"] += sum(kilograms for _, kilograms in lots)
        yield from self._claim(lots, holder, purpose)

    def _claim(self, lots: list[_Lot], holder: Address, purpose: Purpose) -> Iterator[Call]:
        """By the holder, or by a broker that it approves for this; with details mostly, published seldom."""
        sender, chance = holder, self._random.random()
        if self._random.random() < _BROKERED and holder != self._broker:
            sender = self._broker
            if holder not in self._approved:
                self._approved.add(holder)
                yield self._contracts.call(holder, "Credits", "setApprovalForAll", sender, True)
        number = self._random.randrange(len(self._buyers))
        details = RetirementDetails(f"Company {number}", "its emissions", salt=f"{self._made['retirements']}")
        given = (lots, holder, self._beneficiary(), int(purpose))
        if chance < _PUBLISHED:
            yield self._contracts.call(sender, "Credits", "retireWithDetails", *given, details.text())
        else:
            kept = details.hash() if chance < _WITH_DETAILS else bytes(32)
            yield self._contracts.call(sender, "Credits", "retire", *given, kept)

    def _lots(self, holder: Address, batch: int, most: int, several: float) -> list[int]:
        count = self._random.randint(2, _MOST_LOTS) if self._random.random() < several else 1
        return [batch, *self._book.others(holder, batch, min(count, most) - 1)]

    def _part(self, kilograms: int) -> int:
        """What is passed on of a lot: often all, mostly whole tonnes."""
        if self._random.random() < 0.3 or kilograms < 2 * KILOGRAMS_PER_TONNE:
            return kilograms
        tonnes = int(kilograms // KILOGRAMS_PER_TONNE * self._random.random())
        return max(1, tonnes) * KILOGRAMS_PER_TONNE

    def _drawn_kilograms(self, code: str) -> int:
        """Less than a programme's usual quantity where what is left would not last."""
        facts = self._facts[code]
        usual = facts.retired.mean * KILOGRAMS_PER_TONNE
        left = max(1, self._retirements - self._made["retirements"])
        share = min(1.0, _LASTING * self._book.in_circulation / left / usual)
        return max(1, int(retired_kilograms(facts, self._random) * share))

    def _drawn_programme(self) -> str:
        return self._random.choices(self._codes, self._shares)[0]

    def _beneficiary(self) -> Address:
        """Some benefit often, most once or twice."""
        place = int(len(self._buyers) * self._random.random() ** 3)
        return self._buyers[place]
