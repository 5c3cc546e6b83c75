"""A whole market as transactions, block by block: the same for the same seed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from onetonne.bench.replay_book import Book
from onetonne.bench.replay_calls import Call, Contracts
from onetonne.bench.replay_certifying import Certifying
from onetonne.bench.replay_labelling import Labelling
from onetonne.bench.replay_leaving import Leaving
from onetonne.bench.replay_trading import Trading
from onetonne.errors import BadInput
from onetonne.terms import Address, Seconds

SPAN = timedelta(days=6 * 365)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of each there is to be. Transfers and retirements are counted by lot."""

    issuances: int
    retirements: int
    transfers: int
    seed: int = 1
    blocks: int = 1

    def __post_init__(self) -> None:
        if self.issuances < 1 or self.retirements < 0 or self.transfers < 0 or self.blocks < 1:
            raise BadInput("A market needs at least one issuance and one block, and no negative numbers.")


class Market:
    """Made as it is asked for: `blocks` gives the calls of one block after the other."""

    def __init__(self, scale: Scale, contracts: Contracts, governance: Address, start: Seconds) -> None:
        self.scale = scale
        self.made: Counter[str] = Counter()
        """What there is on the chain now, by name."""
        self._random = Random(scale.seed)
        self._start = start
        book = Book(self._random)
        self._certifying = Certifying(self._random, scale.seed, contracts, governance)
        self._labelling = Labelling(self._random, scale.seed, contracts, governance, self._certifying)
        self._trading = Trading(
            self._random, scale, contracts, self._certifying, self._labelling, book, self.made
        )
        self._leaving = Leaving(
            self._random, contracts, governance, book, self._certifying.batches, self._trading.draw, self.made
        )

    def blocks(self) -> Iterator[tuple[Seconds, list[Call]]]:
        """Raises `BadInput` where so few issuances can't be retired so many times."""
        scale = self.scale
        yield (
            Seconds(self._start + 60),
            [
                *self._certifying.admissions(),
                *self._labelling.admissions(),
            ],
        )
        step = SPAN / scale.blocks
        for number in range(1, scale.blocks + 1):
            time = Seconds(self._start + 60 + int(step.total_seconds() * number))
            done = number / scale.blocks
            yield (
                time,
                [
                    *self._labelling.decisions(done),
                    *self._issue(round(scale.issuances * done), time),
                    *self._trading.acts(
                        round(scale.transfers * done**1.5), round(scale.retirements * done**2)
                    ),
                    *self._leaving.acts(),
                ],
            )
        if self.made["retirements"] < scale.retirements or self.made["transfers"] < scale.transfers:
            raise BadInput(
                f"{scale.issuances:,} issuances are too few for {scale.retirements:,} retirements: "
                "everything is retired."
            )

    def _issue(self, until: int, time: Seconds) -> Iterator[Call]:
        today = datetime.fromtimestamp(time, UTC).date()
        while self.made["issuances"] < until:
            calls, batches = self._certifying.next(until - self.made["issuances"], today)
            yield from calls
            self.made["issuances"] += len(batches)
            self._trading.issued(batches)
            self._labelling.issued(batches)
