"""Rows of one kind of event, in the order in which they happened: what lists are made of."""

from collections import Counter
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Table, func, select, union

from onetonne.index import schema
from onetonne.terms import KILOGRAMS_PER_TONNE


def transaction_at(connection: Connection, block: int, log_index: int) -> str | None:
    """The hash of the transaction that emitted an event, whichever event it was; None where there is none."""
    places = (
        select(table.c.transaction_index).where(table.c.block_number == block, table.c.log_index == log_index)
        for table in schema.EVENT_TABLES
    )
    sent = schema.transactions.c
    query = select(sent.hash).where(sent.block_number == block, sent.transaction_index.in_(union(*places)))
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else f"0x{found.hex()}"


class Rows:
    """The rows of a table with their blocks' times, in the order in which they happened."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, table: Table) -> list[Any]:
        query = (
            select(table, schema.blocks.c.timestamp)
            .join_from(table, schema.blocks, schema.blocks.c.number == table.c.block_number)
            .order_by(table.c.block_number, table.c.log_index)
        )
        return list(self._connection.execute(query))

    def last(self, table: Table, *key: str) -> dict[Any, Any]:
        """What was said last, by one column or by several."""
        by = attrgetter(*key)
        return {by(row): row for row in self.all(table)}

    def issued(self) -> dict[int, int]:
        """Kilograms by verification. Serials are text in the database, so Python does the sum."""
        columns = schema.batches.c
        totals: dict[int, int] = {}
        for row in self._connection.execute(select(columns.verification, columns.first, columns.last)):
            size = (row.last - row.first + 1) * KILOGRAMS_PER_TONNE
            totals[row.verification] = totals.get(row.verification, 0) + size
        return totals

    def made_good(self) -> Counter[int]:
        """Kilograms cancelled against it, by shortfall."""
        columns = schema.shortfall_cancellations.c
        query = select(columns.shortfall, func.sum(columns.kilograms).label("good")).group_by(
            columns.shortfall
        )
        return Counter({row.shortfall: int(row.good) for row in self._connection.execute(query)})
