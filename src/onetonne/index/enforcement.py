"""Lists of labels, of what host countries let be used, and of what has to be made good."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from onetonne.index import schema
from onetonne.index.events import ZERO_ACCOUNT
from onetonne.index.rows import Rows
from onetonne.terms import (
    Address,
    Authorisation,
    BatchId,
    CancellationId,
    Framework,
    Kilograms,
    ProjectId,
    Purpose,
    Rule,
    Seconds,
    Shortfall,
    ShortfallId,
    ShortfallKind,
    Use,
)


@dataclass(frozen=True, slots=True)
class ListedShortfall:
    """A shortfall with what only its event has."""

    shortfall: Shortfall
    evidence: bytes
    case_reference: str


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What a project has still to make good."""

    reversals: Kilograms
    over_issuances: Kilograms


class EnforcementListings:
    """Reads an index's engine, as it is."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def frameworks(self) -> list[Framework]:
        """In the order in which they were admitted."""
        with self._reading() as rows:
            bodies = rows.last(schema.framework_bodies, "label")
            return [
                Framework(
                    row.label,
                    Address(bodies.get(row.label, row).body),
                    Seconds(row.timestamp),
                    Rule(
                        row.by_programme, row.by_methodology, Use(row.use) if row.use else None, row.adjusted
                    ),
                )
                for row in rows.all(schema.frameworks)
            ]

    def demanded_labels(self) -> dict[Purpose, str]:
        """Only purposes that demand one."""
        with self._reading() as rows:
            last = rows.last(schema.label_demands, "purpose")
        return {Purpose(purpose): row.label for purpose, row in sorted(last.items()) if row.label}

    def hosts(self) -> dict[str, Address]:
        """Authorities by country; only countries that have one."""
        with self._reading() as rows:
            last = rows.last(schema.hosts, "country")
        return {
            country: Address(row.authority)
            for country, row in sorted(last.items())
            if row.authority != ZERO_ACCOUNT
        }

    def authorisations(self) -> list[Authorisation]:
        """By project and vintage year: what is authorised now, and what was used, with or without."""
        with self._reading() as rows:
            given = rows.last(schema.authorisations, "project", "vintage_year")
            transferred = rows.last(schema.first_transfers, "project", "vintage_year")
            used = rows.last(schema.host_uses, "project", "vintage_year")
        return [
            _authorisation(key, given.get(key), transferred.get(key), used.get(key))
            for key in sorted(given.keys() | transferred.keys() | used.keys())
        ]

    def shortfalls(self) -> list[ListedShortfall]:
        with self._reading() as rows:
            good = rows.made_good()
            annulled = rows.last(schema.annulments, "shortfall")
            return [
                ListedShortfall(
                    Shortfall(
                        ShortfallId(row.shortfall),
                        ProjectId(row.project),
                        BatchId(row.batch),
                        ShortfallKind(row.kind),
                        Kilograms(row.kilograms),
                        Kilograms(good[row.shortfall]),
                        Seconds(row.timestamp),
                        row.shortfall in annulled,
                    ),
                    row.evidence,
                    row.case_reference,
                )
                for row in rows.all(schema.shortfalls)
            ]

    def made_good_by(self, shortfall: ShortfallId) -> list[tuple[CancellationId, Kilograms]]:
        """The cancellations that count for a shortfall, in their order."""
        with self._reading() as rows:
            return [
                (CancellationId(row.cancellation), Kilograms(row.kilograms))
                for row in rows.all(schema.shortfall_cancellations)
                if row.shortfall == shortfall
            ]

    def outstanding(self) -> dict[ProjectId, Outstanding]:
        """By project; only where something is to be made good."""
        sums: Counter[tuple[ProjectId, ShortfallKind]] = Counter()
        for one in self.shortfalls():
            sums[one.shortfall.project, one.shortfall.kind] += one.shortfall.outstanding
        projects = sorted({project for (project, _), kilograms in sums.items() if kilograms})
        return {
            project: Outstanding(
                Kilograms(sums[project, ShortfallKind.REVERSAL]),
                Kilograms(sums[project, ShortfallKind.OVER_ISSUANCE]),
            )
            for project in projects
        }

    def over_issued(self) -> dict[BatchId, Kilograms]:
        """Kilograms marked as over-issued, made good or not, by batch; only where a mark is in force."""
        sums: Counter[BatchId] = Counter()
        for one in self.shortfalls():
            if one.shortfall.kind is ShortfallKind.OVER_ISSUANCE and not one.shortfall.annulled:
                sums[one.shortfall.batch] += one.shortfall.kilograms
        return {batch: Kilograms(kilograms) for batch, kilograms in sorted(sums.items())}

    @contextmanager
    def _reading(self) -> Iterator[Rows]:
        with self._engine.connect() as connection:
            yield Rows(connection)


def _authorisation(key: tuple[int, int], given: Any, transferred: Any, used: Any) -> Authorisation:
    project, year = key
    return Authorisation(
        ProjectId(project),
        year,
        frozenset(use for use in Use if given is not None and given.uses >> use & 1),
        Kilograms(given.cap if given is not None else 0),
        Kilograms(transferred.total if transferred is not None else 0),
        Kilograms(used.total if used is not None else 0),
    )
