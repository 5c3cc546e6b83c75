"""What accounts hold, or have retired, by share: labels, programmes, vintages, methodologies, countries.

portfolio_of(holdings(index, account), facts).labels    # "91% CCP"
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from onetonne.index import Index
from onetonne.labels import HeldLabel
from onetonne.policy import BatchFacts, Facts
from onetonne.terms import Address, Kilograms

NO_LABEL = "none"


@dataclass(frozen=True, slots=True)
class Position:
    """Part of a batch, with the labels that count for it: now, or at its retirement."""

    facts: BatchFacts
    kilograms: Kilograms
    labels: tuple[HeldLabel, ...]
    is_retired: bool = False

    @property
    def left(self) -> Kilograms | None:
        """What the host country's cap leaves of the project's vintage year; None where it limits nothing."""
        return None if self.is_retired else self.facts.authorised_left


@dataclass(frozen=True, slots=True)
class Share:
    """`percent` is rounded to one decimal; `conditional` is the part on a conditional approval.

    `usable` is what host countries' caps leave of it, if nobody else uses them first; all where none asks.
    """

    name: str
    kilograms: Kilograms
    percent: float
    conditional: Kilograms
    usable: Kilograms


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Shares by name. Those of labels add up to more than all where a batch holds several."""

    kilograms: Kilograms
    labels: tuple[Share, ...]
    """Largest first, then `NO_LABEL` where something has none."""
    programmes: tuple[Share, ...]
    vintages: tuple[Share, ...]
    """Oldest first."""
    methodologies: tuple[Share, ...]
    countries: tuple[Share, ...]


def held(index: Index, accounts: Iterable[Address], facts: Facts) -> list[Position]:
    """What accounts hold, with its labels now. From the index as it is."""
    return [
        Position(facts.of(one.batch), one.kilograms, facts.of(one.batch).labels)
        for account in accounts
        for one in index.holdings(account)
    ]


def retired(index: Index, beneficiaries: Iterable[Address], facts: Facts) -> list[Position]:
    """What was retired for accounts, with the labels it held then (I9). From the index as it is."""
    return [
        Position(facts.of(one.batch), one.kilograms, facts.labels_at(one.batch, one.time), True)
        for account in beneficiaries
        for one in index.retirements(beneficiary=account)
    ]


def portfolio_of(positions: Iterable[Position]) -> Portfolio:
    """The shares of some positions."""
    found = list(positions)
    total = Kilograms(sum(one.kilograms for one in found))

    def by(name: Callable[[BatchFacts], str]) -> tuple[Share, ...]:
        sums: dict[str, int] = defaultdict(int)
        for one in found:
            sums[name(one.facts)] += one.kilograms
        return _largest_first(_share(key, kilograms, total) for key, kilograms in sums.items())

    return Portfolio(
        total,
        _labels(found, total),
        by(lambda one: one.programme),
        tuple(sorted(by(lambda one: str(one.batch.vintage_year)), key=lambda share: share.name)),
        by(lambda one: one.methodology),
        by(lambda one: one.country),
    )


def _labels(positions: Iterable[Position], total: Kilograms) -> tuple[Share, ...]:
    sums: dict[str, int] = defaultdict(int)
    conditional: dict[str, int] = defaultdict(int)
    capped: dict[str, dict[tuple[int, int], tuple[int, int]]] = defaultdict(dict)
    without = 0
    for one in positions:
        for label in one.labels:
            sums[label.label] += one.kilograms
            if one.left is not None:
                year = one.facts.batch.project, one.facts.batch.vintage_year
                before, _ = capped[label.label].get(year, (0, 0))
                capped[label.label][year] = before + one.kilograms, one.left
            conditional[label.label] += one.kilograms if label.conditional else 0
        without += 0 if one.labels else one.kilograms
    over = {
        name: sum(max(kilograms - left, 0) for kilograms, left in years.values())
        for name, years in capped.items()
    }
    shares = _largest_first(
        _share(name, sums[name], total, conditional[name], over.get(name, 0)) for name in sums
    )
    return (*shares, _share(NO_LABEL, without, total)) if without else shares


def _largest_first(shares: Iterable[Share]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda share: (-share.kilograms, share.name)))


def _share(name: str, kilograms: int, total: Kilograms, conditional: int = 0, over: int = 0) -> Share:
    percent = round(kilograms * 100 / total, 1)
    return Share(name, Kilograms(kilograms), percent, Kilograms(conditional), Kilograms(kilograms - over))
