"""What buyers ask of batches: origin in codes, labels now, and what stands against them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from onetonne.index import Index
from onetonne.index.listings import Listings
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


class Facts:
    """All batches of an index, at one second."""

    def __init__(
        self,
        time: Seconds,
        histories: Histories,
        batches: Iterable[BatchFacts],
        frozen_accounts: frozenset[Address],
    ) -> None:
        self.time = time
        self.histories = histories
        self.frozen_accounts = frozen_accounts
        self._batches = {one.batch.id: one for one in batches}

    @classmethod
    def read(cls, index: Index, head: Seconds) -> Self:
        """As the block after the one of second `head` finds them: an entry counts from the next second on.

        From the index as it is: `sync` it first.
        """
        listings, histories = Listings(index.engine), Histories.read(index)
        time = Seconds(head + 1)
        frozen = {(one.scope, one.subject) for one in listings.freezes()}
        marked = listings.over_issued()
        facts = [
            _facts(batch, histories, marked.get(batch.id, _NOTHING), _frozen(batch, frozen), time)
            for batch in index.batches()
        ]
        accounts = {Address(str(subject)) for scope, subject in frozen if scope is FreezeScope.ACCOUNT}
        return cls(time, histories, facts, frozenset(accounts))

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


def _facts(
    batch: Batch, histories: Histories, marked: Kilograms, frozen: tuple[FreezeScope, ...], time: Seconds
) -> BatchFacts:
    project, methodology = histories.projects[batch.project], histories.methodologies[batch.methodology]
    programme = histories.programmes[batch.programme]
    return BatchFacts(
        batch,
        programme,
        project.code,
        project.country,
        f"{programme}:{methodology.code}:{methodology.version}",
        labels_of(histories, batch.id, time),
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
