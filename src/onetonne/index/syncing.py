"""From a node into tables: each page with its cursor in one transaction; and back where blocks changed."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from onetonne.chain import Chain
from onetonne.chain.wire import Wire
from onetonne.errors import ChainError, IndexStoreError
from onetonne.index import schema
from onetonne.index.deriving import Derivation
from onetonne.index.forks import cut, newest, rewind
from onetonne.index.identity import set_verified, verified
from onetonne.index.reading import Head, LogReader, Reader, Replaced, read_block
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
        with closing(Wire(self.chain.node)) as wire:
            removed = 0
            for _ in range(_ATTEMPTS):
                head = self._head(wire)  # first: as long as it stands, all that is read belongs to it
                last, known, gone = self._rewind(wire)
                removed += gone
                try:
                    count = self._read(self._reader(known), last + 1, head, progress)
                except Replaced:
                    continue
                with self.engine.begin() as connection:
                    schema.create_indexes(connection)
                return SyncResult(last + 1, max(head.number, last), count, removed)
        raise IndexStoreError(
            f"The node kept replacing the blocks that the index was reading ({_ATTEMPTS} times); try "
            "again later."
        )

    def _head(self, wire: Wire) -> Head:
        latest = read_block(wire)
        if latest is not None and self.finality:
            latest = read_block(wire, max(0, int(latest.number, 16) - self.finality))
        if latest is None:
            raise ChainError("The node has no latest block; is it still starting?")
        return Head(int(latest.number, 16), latest.hash)

    def _rewind(self, wire: Wire) -> tuple[int, bytes | None, int]:
        """The last block kept, its hash where it is known, and how many blocks the chain had replaced."""

        def has(number: int, block_hash: bytes) -> bool:
            found = read_block(wire, number)
            return found is not None and found.hash == f"0x{block_hash.hex()}"

        with self.engine.begin() as connection:
            last, gone = rewind(connection, self.before, has)
            if self.verify:
                last = self._back_to_verified(connection, last)
            known = newest(connection)
        return last, None if known is None else known.hash, gone

    def _back_to_verified(self, connection: Connection, last: int) -> int:
        """What was read without proof is read again. Returns the last block kept."""
        proved = verified(connection)
        kept = self.before if proved is None else proved.block
        if kept < last:
            cut(connection, kept)
        return kept

    def _read(self, reader: Reader, first: int, head: Head, progress: Progress | None) -> int:
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
