"""What buyers ask of batches: origin in codes, labels now, and what stands against them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Self

from onetonne.index import Index, Origin
from onetonne.index.listings import Listings
from onetonne.index.selecting import Selection
from onetonne.labels import HeldLabel, Histories, labels_of
from onetonne.terms import (
    Address,
    Batch,
    BatchId,
    FreezeScope,
    Kilograms,
    ProgrammeId,
    ProjectId,
    Seconds,
    from_seconds,
)

_NOTHING = Kilograms(0)


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A batch by names. `over_issued` is what is marked, made good or not."""

    batch: Batch
    programme: str
    project: str
    country: str
    methodology: str
    """Programme, code and version, such as VCS:VM0048:1.0."""
    labels: tuple[HeldLabel, ...] = ()
    over_issued: Kilograms = _NOTHING
    frozen: tuple[FreezeScope, ...] = ()
    """Which of batch, project and programme a regulator has frozen."""
    authorised_left: Kilograms | None = None
    """What the host country's cap leaves to the batches of its letter; None where no label asks."""


class Facts:
    """Batches of an index, at one second. `histories` are all entries about labels, or how to read them."""

    def __init__(
        self,
        time: Seconds,
        histories: Histories | Callable[[], Histories],
        batches: Iterable[BatchFacts],
        frozen_accounts: frozenset[Address],
    ) -> None:
        self.time = time
        self._histories = histories
        self.frozen_accounts = frozen_accounts
        self._batches = {one.batch.id: one for one in batches}

    @classmethod
    def read(cls, index: Index, head: Seconds, wanted: Selection | None = None) -> Self:
        """As the block after the one of second `head` finds them: an entry counts from the next second on.

        All batches, or those that are wanted. From the index as it is: `sync` it first.
        """
        listings = Listings(index.engine)
        time = Seconds(head + 1)
        frozen = {(one.scope, one.subject) for one in listings.freezes()}
        marked = listings.over_issued()
        asking = {one.label for one in listings.frameworks() if one.rule.use is not None}
        left = {
            (one.project, one.vintage_year): Kilograms(one.cap - one.transferred)
            for one in listings.authorisations()
            if one.uses
        }
        facts = [
            replace(
                _facts(batch, origin, marked.get(batch.id, _NOTHING), _frozen(batch, frozen)),
                authorised_left=left.get((batch.project, batch.vintage_year))
                if asking.intersection(label for label, _ in origin.labels)
                else None,
            )
            for batch, origin in index.origins(wanted)
        ]
        accounts = {Address(str(subject)) for scope, subject in frozen if scope is FreezeScope.ACCOUNT}
        return cls(time, lambda: Histories.read(index), facts, frozenset(accounts))

    @cached_property
    def histories(self) -> Histories:
        return self._histories() if callable(self._histories) else self._histories

    @property
    def today(self) -> date:
        return from_seconds(self.time).date()

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label admitted so far."""
        return self.histories.labels

    def all(self) -> list[BatchFacts]:
        """In the order of their ids."""
        return list(self._batches.values())

    def of(self, batch: BatchId) -> BatchFacts:
        """Raises `KeyError` where there is no such batch."""
        return self._batches[batch]

    def labels_at(self, batch: BatchId, time: Seconds) -> tuple[HeldLabel, ...]:
        """What it held at another second."""
        return labels_of(self.histories, batch, time)


def _facts(batch: Batch, origin: Origin, marked: Kilograms, frozen: tuple[FreezeScope, ...]) -> BatchFacts:
    return BatchFacts(
        batch,
        origin.programme,
        origin.project,
        origin.country,
        f"{origin.programme}:{origin.methodology}:{origin.methodology_version}",
        tuple(HeldLabel(label, conditional) for label, conditional in origin.labels),
        marked,
        frozen,
    )


def _frozen(batch: Batch, frozen: set[tuple[FreezeScope, int | Address]]) -> tuple[FreezeScope, ...]:
    subjects: dict[FreezeScope, BatchId | ProjectId | ProgrammeId] = {
        FreezeScope.BATCH: batch.id,
        FreezeScope.PROJECT: batch.project,
        FreezeScope.PROGRAMME: batch.programme,
    }
    return tuple(scope for scope, subject in subjects.items() if (scope, subject) in frozen)
