"""From a node into tables: each page with its cursor in one transaction; and back where blocks changed."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from onetonne.chain import Block, Chain
from onetonne.errors import IndexStoreError
from onetonne.index import schema
from onetonne.index.deriving import Derivation
from onetonne.index.forks import cut, newest, rewind
from onetonne.index.identity import set_verified, verified
from onetonne.index.reading import LogReader, Reader, Replaced
from onetonne.index.verifying import VerifiedReader
from onetonne.index.writing import write
from onetonne.terms import Address

Progress = Callable[[int, int, int], None]
"""Called after each page with the block reached, the last block to reach, and the logs read so far."""

_ATTEMPTS = 5


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


@dataclass(frozen=True, slots=True)
class Synchroniser:
    """Brings one index up to the head of a chain. The caller holds the index's write lock."""

    engine: Engine
    chain: Chain
    contracts: dict[Address, str]
    """Names by address, in small letters."""
    before: int
    """The block before the deployment's first."""
    raw: bool
    """Whether to keep the logs themselves."""
    verify: bool = False
    """Whether to have the node prove what it says."""
    finality: int = 0
    """How many blocks the newest one that is read must have above it."""

    def run(self, progress: Progress | None) -> SyncResult:
        """Raises IndexStoreError where the chain keeps replacing blocks, and errors of the chain."""
        removed = 0
        for _ in range(_ATTEMPTS):
            head = self._head()  # first: as long as it stands, all that is read after belongs to it
            with self.engine.begin() as connection:
                last, gone = rewind(connection, self.before, self._has)
                if self.verify:
                    last = self._back_to_verified(connection, last)
                known = newest(connection)
            removed += gone
            try:
                reader = self._reader(None if known is None else known.hash)
                count = self._read(reader, last + 1, head, progress)
            except Replaced:
                continue
            with self.engine.begin() as connection:
                schema.create_indexes(connection)
            return SyncResult(last + 1, max(head.number, last), count, removed)
        raise IndexStoreError(
            f"The node kept replacing the blocks that the index was reading ({_ATTEMPTS} times); try "
            "again later."
        )

    def _head(self) -> Block:
        latest = self.chain.block("latest")
        return self.chain.block(max(0, latest.number - self.finality)) if self.finality else latest

    def _back_to_verified(self, connection: Connection, last: int) -> int:
        """What was read without proof is read again. Returns the last block kept."""
        proved = verified(connection)
        kept = self.before if proved is None else proved.block
        if kept < last:
            cut(connection, kept)
        return kept

    def _read(self, reader: Reader, first: int, head: Block, progress: Progress | None) -> int:
        if first > head.number:
            return 0
        count, derived = 0, Derivation(self.contracts, raw=self.raw)
        with closing(reader.pages(first, head)) as pages:
            for page in pages:
                derived.add(page)
                with self.engine.begin() as connection:
                    write(connection, derived.rows)
                    if page.proved is not None:
                        set_verified(connection, page.last, page.proved)
                derived.clear()
                count += len(page.logs)
                if progress is not None:
                    progress(page.last, head.number, count)
        return count

    def _reader(self, previous: bytes | None) -> Reader:
        addresses = list(self.contracts)
        if self.verify:
            return VerifiedReader(self.chain, addresses, previous)
        return LogReader(self.chain, addresses)

    def _has(self, number: int, block_hash: bytes) -> bool:
        found = self.chain.node.request("eth_getBlockByNumber", hex(number), False)
        return found is not None and found["hash"] == "0x" + block_hash.hex()
