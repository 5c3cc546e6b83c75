"""Reading the index: terms for people and programs."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from onetonne.index import schema
from onetonne.index.events import ZERO_ACCOUNT
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


def batches(connection: Connection, *conditions: ColumnElement[bool]) -> list[Batch]:
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
