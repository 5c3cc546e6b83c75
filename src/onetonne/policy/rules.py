"""A buyer's policy: which batches it admits, and why not the others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from onetonne.policy.facts import BatchFacts
from onetonne.terms import FreezeScope, format_quantity


@dataclass(frozen=True, slots=True)
class Choice:
    """Codes that are in, or out. Where none is in, all are that are not out."""

    within: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def problem(self, kind: str, code: str) -> str | None:
        """Why a code is not chosen; None where it is. `VCS:VM0048` stands for all its versions."""
        if any(_covers(one, code) for one in self.without):
            return f"{kind} {code} is out"
        if self.within and not any(_covers(one, code) for one in self.within):
            return f"{kind} {code} is not among {', '.join(self.within)}"
        return None


_ALL = Choice()


@dataclass(frozen=True, slots=True)
class Policy:
    """What a batch must be. What is not said admits everything, but for what stands against a batch."""

    labels: tuple[str, ...] = ()
    """All of them."""
    no_conditional: bool = False
    """A label whose approval is conditional does not count."""
    vintage_from: int | None = None
    vintage_to: int | None = None
    programmes: Choice = _ALL
    methodologies: Choice = _ALL
    """`VCS:VM0048`, or `VCS:VM0048:1.0` for one version."""
    countries: Choice = _ALL
    maximum_age_years: int | None = None
    """Since the last day of the vintage."""
    exclude_over_issued: bool = True
    """Batches with tonnes marked as over-issued, made good or not."""
    exclude_frozen: bool = True

    def requiring(self, labels: Iterable[str]) -> "Policy":
        """The same, with more labels demanded."""
        return replace(self, labels=tuple(dict.fromkeys([*self.labels, *labels])))

    def admits(self, facts: BatchFacts, today: date) -> list[str]:
        """The reasons why it does not; none where it does."""
        return [
            *self._labels(facts),
            *self._vintage(facts, today),
            *self._origin(facts),
            *self._against(facts),
        ]

    def _labels(self, facts: BatchFacts) -> Iterator[str]:
        held = {one.label: one for one in facts.labels}
        for label in self.labels:
            if label not in held:
                yield f"has no label {label}"
            elif self.no_conditional and held[label].conditional:
                yield f"label {label} is conditional"

    def _vintage(self, facts: BatchFacts, today: date) -> Iterator[str]:
        year, end = facts.batch.vintage_year, facts.batch.vintage_end
        if self.vintage_from is not None and year < self.vintage_from:
            yield f"vintage {year} lies before {self.vintage_from}"
        if self.vintage_to is not None and year > self.vintage_to:
            yield f"vintage {year} lies after {self.vintage_to}"
        years = self.maximum_age_years
        age = today.year - end.year, today.month, today.day
        if years is not None and age > (years, end.month, end.day):
            yield f"vintage ended on {end.isoformat()}, more than {_counted(years)} ago"

    def _origin(self, facts: BatchFacts) -> Iterator[str]:
        problems = (
            self.programmes.problem("programme", facts.programme),
            self.methodologies.problem("methodology", facts.methodology),
            self.countries.problem("country", facts.country),
        )
        yield from (problem for problem in problems if problem)

    def _against(self, facts: BatchFacts) -> Iterator[str]:
        if self.exclude_over_issued and facts.over_issued:
            yield f"{format_quantity(facts.over_issued)} of it are marked as over-issued"
        if self.exclude_frozen and facts.frozen:
            yield frozen_in_words(facts.frozen)


ANY = Policy(exclude_over_issued=False, exclude_frozen=False)
"""Asks for nothing."""


def frozen_in_words(scopes: Iterable[FreezeScope]) -> str:
    """Empty where nothing is frozen."""
    found = ", ".join(scope.name.lower() for scope in scopes)
    return f"frozen: {found}" if found else ""


def _covers(chosen: str, code: str) -> bool:
    return code == chosen or code.startswith(f"{chosen}:")


def _counted(years: int) -> str:
    return "1 year" if years == 1 else f"{years} years"
