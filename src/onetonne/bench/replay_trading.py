"""The part of a made-up market that moves and uses credits: transfers, retirements, and other ways out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import Protocol

from eth_utils.crypto import keccak

from onetonne.bench.replay_book import Book
from onetonne.bench.replay_calls import Call, Contracts
from onetonne.bench.replay_certifying import Certifying, IssuedBatch, account
from onetonne.bench.replay_facts import retired_kilograms
from onetonne.terms import KILOGRAMS_PER_TONNE, Address, Purpose, Seconds

_SEVERAL = 0.2  # share of claims over several lots
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
        book: Book,
        made: Counter[str],
    ) -> None:
        self._random = random
        self._contracts = contracts
        self._book = book
        self._made = made
        self._batches = certifying.batches
        self._codes = [one.facts.code for one in certifying.programmes]
        self._facts = {one.facts.code: one.facts for one in certifying.programmes}
        self._shares = [one.facts.retirements for one in certifying.programmes]
        self._retirements = scale.retirements
        self._traders = [account(scale.seed, "trader", n) for n in range(10 + scale.retirements // 1_000)]
        self._buyers = [account(scale.seed, "buyer", n) for n in range(20 + scale.retirements // 50)]

    def issued(self, batches: Sequence[IssuedBatch]) -> None:
        for batch in batches:
            held = batch.kilograms - batch.withheld
            self._book.issue(batch.project.programme.facts.code, batch.project.proponent, batch.id, held)

    def acts(self, transfers: int, retirements: int, time: Seconds) -> Iterator[Call]:
        """What happens until there are so many in all; less where nobody holds anything."""
        todo = ["transfer"] * (transfers - self._made["transfers"])
        todo += ["retire"] * (retirements - self._made["retirements"])
        self._random.shuffle(todo)
        for act in todo:
            if act == "transfer" and self._made["transfers"] < transfers:
                yield from self._transfer(transfers - self._made["transfers"])
            elif act == "retire" and self._made["retirements"] < retirements:
                yield from self._retire(retirements - self._made["retirements"])

    def _transfer(self, most: int) -> Iterator[Call]:
        lot = self._book.draw(self._drawn_programme())
        if lot is None:
            return
        holder, batch = lot
        to = self._random.choice(self._traders if self._random.random() < 0.5 else self._buyers)
        chosen = self._lots(holder, batch, most, 0.1)
        moved = [(number, self._part(self._book.held(holder, number))) for number in chosen]
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
        lot = self._book.draw(code)
        if lot is None:
            return
        holder, batch = lot
        lots = []
        for number in self._lots(holder, batch, most, _SEVERAL):
            kilograms = min(self._drawn_kilograms(code), self._book.held(holder, number))
            self._book.take(holder, number, kilograms)
            lots.append((number, kilograms))
        self._made["retirements"] += len(lots)
        self._made["retirement transactions"] += 1
        self._made["retired kilograms"] += sum(kilograms for _, kilograms in lots)
        beneficiary = self._beneficiary()
        details = keccak(text=f"details of claim {self._made['retirements']}")
        given = (lots, holder, beneficiary, int(Purpose.VOLUNTARY), details)
        yield self._contracts.call(holder, "Credits", "retire", *given)

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
        share = min(1.0, 0.5 * self._book.in_circulation / left / usual)
        return max(1, int(retired_kilograms(facts, self._random) * share))

    def _drawn_programme(self) -> str:
        return self._random.choices(self._codes, self._shares)[0]

    def _beneficiary(self) -> Address:
        """Some benefit often, most once or twice."""
        place = int(len(self._buyers) * self._random.random() ** 3)
        return self._buyers[place]
