"""From the rows of an index to the story that they tell: of one moment of the index, up to one block."""

import heapq
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Table, func, select

from onetonne.audit import certifying, holding, labelling, making_good, one_claim, ordering
from onetonne.audit.report import Progress
from onetonne.audit.story import Story
from onetonne.errors import BadInput
from onetonne.index import Index, schema
from onetonne.index.store import translated
from onetonne.labels.entries import Place
from onetonne.labels.histories import FOLDS
from onetonne.terms import Seconds

_HANDLERS: dict[str, Callable[[Story, Any, int], None]] = {
    **certifying.HANDLERS,
    **holding.HANDLERS,
    **labelling.HANDLERS,
    **one_claim.HANDLERS,
    **making_good.HANDLERS,
    **ordering.HANDLERS,
}
_APART = (schema.movements, schema.certificates)
"""Tables that no other event asks for: told after all others, they need not be put among them."""

_STREAM = 5000  # rows


def tell(index: Index, last: int, progress: Progress) -> Story:
    """The story of all events up to the end of block `last`. Raises IndexStoreError."""
    story = Story()
    with translated(index.engine), index.engine.connect() as connection:
        # All queries see one moment of the index, whoever goes on writing it.
        teller = _Teller(story, connection.execution_options(isolation_level="SERIALIZABLE"), last, progress)
        apart = {table.name for table in _APART}
        others = [table for table in schema.EVENT_TABLES if table.name not in apart]
        teller.tell([table for table in others if table.name in _HANDLERS])
        one_claim.finish(story)
        for table in _APART:
            teller.tell([table])
        story.rows += teller.passed_over
    return story


class _Teller:
    def __init__(self, story: Story, connection: Connection, last: int, progress: Progress) -> None:
        self._story = story
        self._connection = connection
        self._last = last
        self._progress = progress
        columns = schema.blocks.c
        query = select(columns.number, columns.timestamp).where(columns.number <= last)
        self._times = {number: Seconds(time) for number, time in connection.execute(query)}
        counts = {table.name: self._count(table) for table in schema.EVENT_TABLES}
        self._total = sum(count for name, count in counts.items() if name in _HANDLERS)
        self.passed_over = sum(counts.values()) - self._total
        """How many rows nothing in storage follows from."""

    def tell(self, tables: Iterable[Table]) -> None:
        """The rows of some tables, in the order in which they happened."""
        story, times = self._story, self._times
        for block, log, name, row in heapq.merge(*(self._rows(table) for table in tables)):
            story.rows += 1
            if not story.rows % _STREAM:
                self._progress("Retelling events", story.rows, self._total)
            try:
                time = times[block]
                _HANDLERS[name](story, row, time)
                if name in FOLDS and name not in one_claim.USES:
                    story.histories.fold(name, row, Place(block, log, time))
            except (LookupError, ArithmeticError, ValueError, BadInput) as problem:
                where = f"block {block}, log {log}"
                message = f"the row of `{name}` at {where} can't follow ({problem!r} is not known)"
                story.wrong("STATE", where, (), message)

    def _count(self, table: Table) -> int:
        query = select(func.count()).select_from(table).where(table.c.block_number <= self._last)
        return int(self._connection.execute(query).scalar_one())

    def _rows(self, table: Table) -> Iterator[tuple[int, int, str, Any]]:
        """Block, log, the table's name, and the row. No two tables have a row of one log."""
        place = [table.c.block_number, table.c.log_index, *([table.c.item] if "item" in table.c else [])]
        rest = [column for column in table.c if column not in place]
        query = select(*place, *rest).where(table.c.block_number <= self._last).order_by(*place)
        name, named = table.name, namedtuple(table.name, [column.name for column in (*place, *rest)])
        for row in self._connection.execute(query.execution_options(yield_per=_STREAM)):
            yield row[0], row[1], name, named(*row)  # columns by name are found faster than in a `Row`
