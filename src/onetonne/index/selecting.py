"""Rows of the analysts' views that fit what somebody asks for, as SQL: the database does the looking."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from onetonne.terms import Address, BatchId, ProgrammeId, ProjectId, RetirementId

_STREAM = 5_000
_MOMENTS = {
    "batch_list": "issued_at",
    "retirement_list": "retired_at",
    "cancellation_list": "cancelled_at",
}
_ORDERS = {
    "batch_list": "batch",
    "holding_list": "account, batch",
    "retirement_list": "retirement",
    "cancellation_list": "cancellation",
}
_OF_PROJECT = """batch IN (SELECT ob.batch FROM batches ob
    JOIN verifications ov ON ov.verification = ob.verification WHERE ov.project = :project)"""
_OF_PROGRAMME = """batch IN (SELECT ob.batch FROM batches ob
    JOIN verifications ov ON ov.verification = ob.verification
    JOIN projects oj ON oj.project = ov.project WHERE oj.programme = :programme)"""
_RECEIVED = "batch IN (SELECT batch FROM movements WHERE recipient = :account)"
_BETWEEN_YEARS = "vintage_year BETWEEN :first_year AND :last_year"
_LABELLED = "batch IN (SELECT batch FROM batch_labels WHERE label = :label)"
_LABELLED_THEN = "retirement IN (SELECT retirement FROM retirement_labels WHERE label = :label)"


@dataclass(frozen=True, slots=True)
class Selection:
    """What rows are wanted: those that fit all that is not None. A view without such a column takes none."""

    programme: ProgrammeId | None = None
    project: ProjectId | None = None
    vintages: tuple[int, int] | None = None
    """First and last year."""
    country: str | None = None
    label: str | None = None
    """Held now; of a retirement, held at its second."""
    batch: BatchId | None = None
    account: Address | None = None
    """Who holds; of a batch, who ever held."""
    beneficiary: Address | None = None
    holder: Address | None = None
    """Whose credits were retired."""
    claim: RetirementId | None = None
    purpose: str | None = None
    """As the views spell it."""
    days: tuple[date, date] | None = None
    """First and last day, UTC, of the issuance or retirement."""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Rows with the names of their columns. `rows` are read as they are asked for."""

    columns: tuple[str, ...]
    rows: Iterator[Any]


def found(connection: Connection, view: str, wanted: Selection) -> Found:
    """The rows of a view that fit, in the order of their ids."""
    where, given = condition(view, wanted)
    query = f"SELECT * FROM {view}{where} ORDER BY {_ORDERS[view]}"
    if wanted.limit is not None:
        query, given = f"{query} LIMIT :most", given | {"most": wanted.limit}
    result = connection.execution_options(yield_per=_STREAM).execute(text(query), given)
    return Found(tuple(result.keys()), iter(result))


def sums(connection: Connection, view: str, wanted: Selection, column: str) -> tuple[int, int]:
    """How many rows fit, whatever the limit, and what a column of theirs adds up to."""
    where, given = condition(view, wanted)
    query = f"SELECT COUNT(*), COALESCE(SUM({column}), 0) FROM {view}{where}"
    count, total = connection.execute(text(query), given).one()
    return int(count), int(total)


def condition(view: str, wanted: Selection) -> tuple[str, dict[str, Any]]:
    """A WHERE clause for a view, perhaps empty, and its parameters."""
    parts: list[str] = []
    given: dict[str, Any] = {}
    if wanted.account is not None:
        parts.append(_RECEIVED if view == "batch_list" else "account = :account")
        given["account"] = wanted.account
    for name in ("batch", "country", "beneficiary", "holder", "claim", "purpose"):
        value = getattr(wanted, name)
        if value is not None:
            parts.append(f"{name} = :{name}")
            given[name] = value
    if wanted.project is not None:
        parts.append(_OF_PROJECT)
        given["project"] = wanted.project
    if wanted.programme is not None:
        parts.append(_OF_PROGRAMME)
        given["programme"] = wanted.programme
    if wanted.vintages is not None:
        parts.append(_BETWEEN_YEARS)
        given["first_year"], given["last_year"] = wanted.vintages
    if wanted.label is not None:
        parts.append(_LABELLED_THEN if view == "retirement_list" else _LABELLED)
        given["label"] = wanted.label
    if wanted.days is not None:
        first, last = wanted.days
        parts.append(f"{_MOMENTS[view]} >= :since")
        given["since"] = first.isoformat()
        if last != date.max:
            parts.append(f"{_MOMENTS[view]} < :until")
            given["until"] = (last + timedelta(days=1)).isoformat()
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), given
