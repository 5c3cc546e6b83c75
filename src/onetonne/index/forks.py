"""Back to where the index and the chain agree, after the chain replaced blocks."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, delete, select

from onetonne.index import schema
from onetonne.index.identity import set_verified, verified

Has = Callable[[int, bytes], bool]
"""Whether the chain has a block of this number and hash."""


def rewind(connection: Connection, before: int, has: Has) -> tuple[int, int]:
    """Removes what the chain no longer has. Returns the last block kept, and how many went.

    `before` is the block before the deployment's first: where an index begins.
    """
    top = newest(connection)
    if top is None:
        return before, 0
    if has(top.number, top.hash):
        return int(top.number), 0
    last = _fork(connection, before, top.number, has)
    cut(connection, last)
    return last, top.number - last


def cut(connection: Connection, last: int) -> None:
    """Removes all after a block that is stored, or after the one before the deployment's first."""
    for table in (*schema.EVENT_TABLES, schema.logs, schema.transactions):
        connection.execute(delete(table).where(table.c.block_number > last))
    connection.execute(delete(schema.blocks).where(schema.blocks.c.number > last))
    proved, kept = verified(connection), newest(connection)
    if proved is not None and proved.block > last:
        set_verified(connection, *((last, kept.hash) if kept is not None else (None,)))


def newest(connection: Connection, at_most: int | None = None) -> Any:
    """Number and hash of the highest block that is stored; None without any."""
    blocks = schema.blocks.c
    query = select(blocks.number, blocks.hash).order_by(blocks.number.desc()).limit(1)
    return connection.execute(query if at_most is None else query.where(blocks.number <= at_most)).first()


def _fork(connection: Connection, low: int, high: int, has: Has) -> int:
    """The highest stored block that the chain still has; all below a block that it has, it has.

    It has `low`, or the index begins after it; `high` it has not. Most forks are short: it steps back from
    the top twice as far each time, and halves in between.
    """
    common, stepping, step = low, True, 1
    while high - low > 1:
        at = max(low + 1, high - step) if stepping else (low + high) // 2
        found = newest(connection, at)
        if found is None or found.number <= low:
            low = at  # nothing is stored in between
        elif has(found.number, found.hash):
            common, low, stepping = found.number, at, False
        else:
            high, step = found.number, step * 2
    return common
