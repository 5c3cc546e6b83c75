"""Reading the index: terms for people and programs, and the events in their order for an audit."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, case, func, or_, select, text
from sqlalchemy.sql.elements import TextClause

from onetonne.index import schema
from onetonne.index.events import ZERO_ACCOUNT
from onetonne.index.selecting import Selection, condition
from onetonne.terms import (
    Address,
    Batch,
    BatchId,
    Holding,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Purpose,
    Retirement,
    RetirementId,
    Seconds,
    Serial,
    VerificationId,
    from_days,
)

_STREAM = 5000


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of events at its place in history."""

    place: tuple[int, int, int]
    """Block, log in the block, item in the log."""
    time: int
    """Of the block, in seconds since 1970-01-01."""
    table: str
    row: Any


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a batch comes from, in codes, and its labels now, in the order in which they were admitted."""

    programme: str
    project: str
    country: str
    methodology: str
    methodology_version: str
    labels: tuple[tuple[str, bool], ...]
    """With whether an approval that it rests on is conditional."""


def history(connection: Connection) -> Iterator[Entry]:
    """All events in the order in which they happened."""
    return heapq.merge(*(_entries(connection, one) for one in schema.EVENT_TABLES), key=attrgetter("place"))


def _entries(connection: Connection, source: Table) -> Iterator[Entry]:
    place = [source.c.block_number, source.c.log_index] + ([source.c.item] if "item" in source.c else [])
    query = (
        select(schema.blocks.c.timestamp.label("block_time"), source)
        .join_from(source, schema.blocks, schema.blocks.c.number == source.c.block_number)
        .order_by(*place)
        .execution_options(yield_per=_STREAM)
    )
    for row in connection.execute(query):
        item = row.item if len(place) > 2 else 0
        yield Entry((row.block_number, row.log_index, item), row.block_time, source.name, row)


def batches(connection: Connection, *conditions: ColumnElement[bool] | TextClause) -> list[Batch]:
    totals = schema.batch_totals
    issued, verified, projects = schema.batches, schema.verifications, schema.projects
    query: Select[Any] = (
        select(
            issued,
            verified.c.project,
            verified.c.methodology,
            projects.c.programme,
            schema.blocks.c.timestamp,
            totals.c.retired,
            totals.c.cancelled,
            totals.c.redeemed,
        )
        .select_from(issued)
        .join(schema.blocks, schema.blocks.c.number == issued.c.block_number)
        .join(verified, verified.c.verification == issued.c.verification)
        .join(projects, projects.c.project == verified.c.project)
        .join(totals, totals.c.batch == issued.c.batch)
        .where(*conditions)
        .order_by(issued.c.batch)
    )
    return [_batch(row) for row in connection.execute(query)]


def origins(connection: Connection, wanted: Selection) -> list[tuple[Batch, Origin]]:
    where, given = condition("batch_list", wanted)
    some = f"SELECT batch FROM batch_list{where}" + (
        f" ORDER BY batch LIMIT {wanted.limit:d}" if wanted.limit is not None else ""
    )
    labels: dict[int, list[tuple[str, bool]]] = {}
    held = f"""SELECT l.batch, l.label, l.conditional FROM batch_labels l
        JOIN frameworks f ON f.label = l.label WHERE l.batch IN ({some})
        ORDER BY f.block_number, f.log_index"""
    for row in connection.execute(text(held), given):
        labels.setdefault(row.batch, []).append((row.label, bool(row.conditional)))
    codes = f"""SELECT batch, programme, project, country, methodology, methodology_version
        FROM batch_list WHERE batch IN ({some})"""
    found = {
        row.batch: Origin(
            row.programme,
            row.project,
            row.country,
            row.methodology,
            row.methodology_version,
            tuple(labels.get(row.batch, ())),
        )
        for row in connection.execute(text(codes), given)
    }
    chosen = text(f"batches.batch IN ({some})").bindparams(**given)
    return [(batch, found[batch.id]) for batch in batches(connection, chosen)]


def holdings(connection: Connection, account: Address, batch: BatchId | None = None) -> list[Holding]:
    moved = schema.movements
    received = case((moved.c.recipient == account, moved.c.kilograms), else_=0)
    given = case((moved.c.sender == account, moved.c.kilograms), else_=0)
    conditions = [or_(moved.c.recipient == account, moved.c.sender == account)]
    if batch is not None:
        conditions.append(moved.c.batch == batch)
    query = (
        select(moved.c.batch, func.sum(received - given).label("kilograms"))
        .where(*conditions)
        .group_by(moved.c.batch)
    )
    frozen = _frozen(connection, account)
    rows = connection.execute(query.order_by(moved.c.batch))
    return [
        Holding(
            account, BatchId(row.batch), Kilograms(int(row.kilograms)), Kilograms(frozen.get(row.batch, 0))
        )
        for row in rows
        if row.kilograms
    ]


def held(connection: Connection, wanted: Selection) -> list[Holding]:
    where, given = condition("holding_list", wanted)
    query = f"SELECT account, batch, kilograms FROM holding_list{where} ORDER BY account, batch"
    rows = connection.execute(text(query), given).all()
    frozen = {account: _frozen(connection, account) for account in {row.account for row in rows}}
    return [
        Holding(
            Address(row.account),
            BatchId(row.batch),
            Kilograms(int(row.kilograms)),
            Kilograms(frozen[row.account].get(row.batch, 0)),
        )
        for row in rows
    ]


def _frozen(connection: Connection, account: Address) -> dict[int, int]:
    """The last amount set stands."""
    source = schema.frozen_amounts
    query = select(source.c.batch, source.c.amount).where(source.c.account == account)
    rows = connection.execute(query.order_by(source.c.block_number, source.c.log_index))
    return {row.batch: row.amount for row in rows}


def retirements(connection: Connection, *conditions: ColumnElement[bool]) -> list[Retirement]:
    source = schema.retirements
    query = (
        select(source, schema.blocks.c.timestamp)
        .join(schema.blocks, schema.blocks.c.number == source.c.block_number)
        .where(*conditions)
        .order_by(source.c.retirement)
    )
    return [
        Retirement(
            RetirementId(row.retirement),
            BatchId(row.batch),
            Address(row.beneficiary),
            Kilograms(row.from_kilogram),
            Kilograms(row.kilograms),
            Seconds(row.timestamp),
            Purpose(row.purpose),
            RetirementId(row.claim),
            row.details,
        )
        for row in connection.execute(query)
    ]


def owner(connection: Connection, certificate: RetirementId) -> Address | None:
    source = schema.certificates
    conditions = and_(source.c.certificate == certificate, source.c.sender == ZERO_ACCOUNT)
    found = connection.execute(select(source.c.recipient).where(conditions)).scalar_one_or_none()
    return None if found is None else Address(found)


def published_details(connection: Connection, claim: RetirementId) -> str | None:
    source = schema.retirement_details
    query = select(source.c.details).where(source.c.claim == claim)
    return connection.execute(query).scalar_one_or_none()


def _batch(row: Any) -> Batch:
    return Batch(
        id=BatchId(row.batch),
        first=Serial(row.first),
        last=Serial(row.last),
        verification=VerificationId(row.verification),
        project=ProjectId(row.project),
        programme=ProgrammeId(row.programme),
        methodology=MethodologyId(row.methodology),
        vintage_start=from_days(row.vintage_start),
        vintage_end=from_days(row.vintage_end),
        vintage_year=row.vintage_year,
        retired=Kilograms(row.retired),
        cancelled=Kilograms(row.cancelled),
        redeemed=Kilograms(row.redeemed),
        issued_at=Seconds(row.timestamp),
        prefix=row.prefix,
    )
