"""Back to where the index and the chain agree, after the chain replaced blocks."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, delete, select, update

from onetonne.index import schema

Has = Callable[[int, bytes], bool]
"""Whether the chain has a block of this number and hash."""


def rewind(connection: Connection, before: int, has: Has) -> tuple[int, int]:
    """Removes what the chain no longer has. Returns the last block kept, and how many went.

    `before` is the block before the deployment's first: where an index begins.
    """
    newest = _stored(connection)
    if newest is None:
        return before, 0
    if has(newest.number, newest.hash):
        return newest.number, 0
    last = _fork(connection, before, newest.number, has)
    for table in (*schema.EVENT_TABLES, schema.logs, schema.transactions):
        connection.execute(delete(table).where(table.c.block_number > last))
    connection.execute(delete(schema.blocks).where(schema.blocks.c.number > last))
    _rewind_verified(connection, last)
    return last, newest.number - last


def _fork(connection: Connection, low: int, high: int, has: Has) -> int:
    """The highest stored block that the chain still has; all below a block that it has, it has.

    It has `low`, or the index begins after it; `high` it has not. Most forks are short: it steps back from
    the top twice as far each time, and halves in between.
    """
    common, stepping, step = low, True, 1
    while high - low > 1:
        at = max(low + 1, high - step) if stepping else (low + high) // 2
        found = _stored(connection, at)
        if found is None or found.number <= low:
            low = at  # nothing is stored in between
        elif has(found.number, found.hash):
            common, low, stepping = found.number, at, False
        else:
            high, step = found.number, step * 2
    return common


def _stored(connection: Connection, at_most: int | None = None) -> Any:
    blocks = schema.blocks.c
    query = select(blocks.number, blocks.hash).order_by(blocks.number.desc()).limit(1)
    return connection.execute(query if at_most is None else query.where(blocks.number <= at_most)).first()


def _rewind_verified(connection: Connection, last: int) -> None:
    """Runs of verified blocks end where the index ends."""
    runs, kept = schema.verified_blocks, _stored(connection)
    connection.execute(delete(runs).where(runs.c.first > last))
    if kept is not None:
        cut = update(runs).where(runs.c.last > last)
        connection.execute(cut.values(last=last, last_hash=kept.hash))
