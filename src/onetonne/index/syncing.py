"""From a node into tables: each page with its cursor in one transaction; and back where blocks changed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select

from onetonne.chain import Block, Chain, Log, LogPage
from onetonne.errors import IndexStoreError
from onetonne.index import schema
from onetonne.index.decoding import decoders
from onetonne.index.events import rows_of
from onetonne.terms import Address, Seconds

Progress = Callable[[int, int, int], None]
"""Called after each page with the block reached, the last block to reach, and the logs read so far."""

_ATTEMPTS = 5
_ROWS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class SyncResult:
    """`first` is above `last` where there was nothing new."""

    first: int
    """First block that was read."""
    last: int
    """Block that the index has reached."""
    logs: int
    removed_blocks: int = 0
    """How many blocks of the index the chain had replaced."""


class _Replaced(Exception):
    """The chain replaced blocks while they were being read."""


@dataclass(frozen=True, slots=True)
class Synchroniser:
    """Brings one index up to the head of a chain. The caller holds the index's write lock."""

    engine: Engine
    chain: Chain
    contracts: dict[Address, str]
    """Names by address."""
    before: int
    """The block before the deployment's first."""

    def run(self, progress: Progress | None) -> SyncResult:
        """Raises IndexStoreError where the chain keeps replacing blocks, and errors of the chain."""
        removed = 0
        for _ in range(_ATTEMPTS):
            head = self.chain.block(
                "latest"
            )  # first: as long as it stands, all that is read after belongs to it
            last, gone = self._rewind()
            removed += gone
            try:
                count = self._read(last + 1, head, progress)
            except _Replaced:
                continue
            return SyncResult(last + 1, max(head.number, last), count, removed)
        raise IndexStoreError(
            f"The node kept replacing the blocks that the index was reading ({_ATTEMPTS} times); try "
            "again later."
        )

    def _read(self, first: int, head: Block, progress: Progress | None) -> int:
        count = 0
        for page in self.chain.logs(list(self.contracts), first, head.number) if first <= head.number else ():
            blocks = self._blocks(page)
            if not self._has(head.number, head.hash):
                raise _Replaced
            with self.engine.begin() as connection:
                self._write(connection, page.logs, blocks)
            count += len(page)
            if progress is not None:
                progress(page.last, head.number, count)
        return count

    def _rewind(self) -> tuple[int, int]:
        """Removes what the chain no longer has. Returns the last block kept, and how many went."""
        with self.engine.begin() as connection:
            stored = connection.execute(
                select(schema.blocks.c.number, schema.blocks.c.hash).order_by(schema.blocks.c.number)
            ).all()
            if not stored:
                return self.before, 0
            kept = self._common(stored)
            last = stored[kept - 1].number if kept else self.before
            gone = stored[-1].number - last
            if gone:
                for table in (*schema.EVENT_TABLES, schema.logs):
                    connection.execute(delete(table).where(table.c.block_number > last))
                connection.execute(delete(schema.blocks).where(schema.blocks.c.number > last))
        return last, gone

    def _common(self, stored: Sequence[Any]) -> int:
        """How many of the stored blocks, from the lowest up, the chain still has."""
        low, high = 0, len(stored)
        if self._still_has(stored[-1]):
            return high
        while low < high:  # all below a block that the chain has, it has
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._still_has(stored[middle]) else (low, middle)
        return low

    def _still_has(self, stored: Any) -> bool:
        return self._has(stored.number, "0x" + stored.hash.hex())

    def _has(self, number: int, block_hash: str) -> bool:
        found = self.chain.node.request("eth_getBlockByNumber", hex(number), False)
        return found is not None and found["hash"] == block_hash

    def _blocks(self, page: LogPage) -> dict[int, dict[str, Any]]:
        """The header of each block with logs, and of the page's last, which is the new cursor.

        Raises `_Replaced` where logs and headers contradict each other.
        """
        numbers = sorted({int(log["blockNumber"], 16) for log in page} | {page.last})
        headers = {block.number: block for block in self._headers(numbers)}
        for log in page:
            if log.get("removed") or headers[int(log["blockNumber"], 16)].hash != log["blockHash"]:
                raise _Replaced
        return {
            number: {"number": number, "hash": _word(block.hash), "timestamp": block.time}
            for number, block in headers.items()
        }

    def _headers(self, numbers: list[int]) -> Iterator[Block]:
        many = [[hex(number), False] for number in numbers]
        for found in self.chain.node.batch("eth_getBlockByNumber", many):
            if found is None:
                raise _Replaced
            time = Seconds(int(found["timestamp"], 16))
            yield Block(int(found["number"], 16), found["hash"], found["parentHash"], time)

    def _write(self, connection: Connection, logs: list[Log], blocks: dict[int, dict[str, Any]]) -> None:
        rows: dict[Table, list[dict[str, Any]]] = {schema.blocks: list(blocks.values())}
        for log in logs:
            for table, row in self._rows(log):
                rows.setdefault(table, []).append(row)
        for table, many in rows.items():
            for start in range(0, len(many), _ROWS_AT_ONCE):
                connection.execute(insert(table), many[start : start + _ROWS_AT_ONCE])

    def _rows(self, log: Log) -> Iterator[tuple[Table, dict[str, Any]]]:
        place = {"block_number": int(log["blockNumber"], 16), "log_index": int(log["logIndex"], 16)}
        topics, data = [_word(topic) for topic in log["topics"]], _word(log["data"])
        yield (
            schema.logs,
            place
            | {
                "block_hash": _word(log["blockHash"]),
                "transaction_hash": _word(log["transactionHash"]),
                "address": _word(log["address"]),
                "topics": b"".join(topics),
                "data": data,
            },
        )
        yield from decoded(self.contracts[Address(log["address"].lower())], place, topics, data)


def decoded(
    contract: str, place: dict[str, int], topics: Sequence[bytes], data: bytes
) -> Iterable[tuple[Table, dict[str, Any]]]:
    """The rows of one log; none for an event that this version does not know, whose raw log is kept."""
    decoder = decoders(contract).get(topics[0]) if topics else None
    if decoder is not None:
        for table, row in rows_of(contract, decoder.event, decoder.decode(topics, data)):
            yield table, place | row


def _word(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def reached(connection: Connection) -> int | None:
    number = connection.execute(select(func.max(schema.blocks.c.number))).scalar_one()
    return None if number is None else int(number)
