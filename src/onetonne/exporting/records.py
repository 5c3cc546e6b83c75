"""What an export writes a row of: one run of serial numbers with one fate, and all that events tell of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from onetonne.index import Index, schema
from onetonne.index.fates import Fate, Run, TracedBatch, trace
from onetonne.index.listings import ListedProject, Listings
from onetonne.index.store import translated
from onetonne.terms import Address, BatchId, Methodology, MethodologyId, RetirementId


@dataclass(frozen=True, slots=True)
class Record:
    """`source` is the verification's; `beneficiary` the account that a retirement names; `details` the text
    of its claim, where that was published.
    """

    traced: TracedBatch
    run: Run
    project: ListedProject
    methodologies: tuple[Methodology, ...]
    """Parts, where composed."""
    source: str
    beneficiary: Address | None = None
    details: str | None = None

    @property
    def fate(self) -> Fate:
        return self.run.fate


def records(index: Index, programme: str) -> Iterator[Record]:
    """Of every batch of a programme, by its code; in the order of their serial numbers. `sync` first."""
    listings = Listings(index.engine)
    projects = {one.id: one for one in listings.projects()}
    methodologies = {one.id: one for one in listings.methodologies()}
    sources, details, beneficiaries = _texts(index)
    own = [traced for traced in trace(index.engine) if traced.programme == programme]
    for traced in sorted(own, key=lambda one: (one.batch.prefix or "", one.batch.first)):
        batch = traced.batch
        for run in traced.runs:
            act = run.acts[0] if run.acts else None
            claim = act.claim if act else None
            yield Record(
                traced,
                run,
                projects[batch.project],
                _single(methodologies, batch.methodology),
                sources[batch.verification],
                beneficiaries.get((batch.id, act.id)) if act and claim else None,
                details.get(claim) if claim else None,
            )


def _single(
    methodologies: Mapping[MethodologyId, Methodology], methodology: MethodologyId
) -> tuple[Methodology, ...]:
    found = methodologies[methodology]
    return tuple(methodologies[part] for part in found.parts) or (found,)


def _texts(
    index: Index,
) -> tuple[Mapping[int, str], Mapping[RetirementId, str], Mapping[tuple[BatchId, int], Address]]:
    """Sources by verification, published details by claim, beneficiaries by batch and retirement."""
    stated, published, retired = schema.verifications.c, schema.retirement_details.c, schema.retirements.c
    with translated(index.engine), index.engine.connect() as connection:

        def rows(*columns: Any) -> Any:
            return connection.execute(select(*columns))

        return (
            {row.verification: row.source for row in rows(stated.verification, stated.source)},
            {RetirementId(row.claim): row.details for row in rows(published.claim, published.details)},
            {
                (BatchId(row.batch), row.retirement): Address(row.beneficiary)
                for row in rows(retired.batch, retired.retirement, retired.beneficiary)
            },
        )
