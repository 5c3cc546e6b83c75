"""The events of a deployment in SQL: they alone tell its whole state, and SQL tells it fast.

    with Index.open(path) as index:
        index.sync(chain, deployment)
        index.holdings(account)

SQLite by a path, PostgreSQL by a URL. An index can be deleted at any time: `sync` makes it again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine, select

from onetonne.chain import Chain
from onetonne.deploy import Deployment
from onetonne.errors import IndexStoreError, WrongChain
from onetonne.index import queries, schema, selecting
from onetonne.index.history import BatchHistory, history_of
from onetonne.index.identity import Cursor, claim, verified
from onetonne.index.migrating import Rederived, rederive
from onetonne.index.queries import Entry, Origin
from onetonne.index.selecting import Found, Selection
from onetonne.index.store import engine_of, prepare, translated, writer
from onetonne.index.syncing import Progress, Synchroniser, SyncResult
from onetonne.terms import Address, Batch, BatchId, Holding, Retirement, RetirementId

__all__ = [
    "BatchHistory",
    "Certificate",
    "Cursor",
    "Entry",
    "Found",
    "Index",
    "Origin",
    "Progress",
    "Selection",
    "SyncResult",
]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate, as the events tell it."""

    owner: Address
    retirement: Retirement
    batch: Batch
    details: str | None
    """The text behind the details' hash, where it was published with the claim."""


class Index:
    """An index of one deployment's events. Every method raises `IndexStoreError`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url_or_path: str | Path, *, wait: float = 60.0) -> Self:
        """Opens or creates the index in a SQLite file, or at a database URL."""
        engine = engine_of(url_or_path)
        try:
            prepare(engine, wait)
        except IndexStoreError:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def sync(
        self,
        chain: Chain,
        deployment: Deployment,
        *,
        verify: bool = False,
        finality: int = 0,
        raw: bool | None = None,
        progress: Progress | None = None,
        wait: float = 60.0,
    ) -> SyncResult:
        """Reads what is new up to the chain's head, and takes back what the chain took back.

        With `verify` the node has to prove that the events are all there were, and what was read without is
        read again: raises `FalseAnswer`, which names the block and log, where it can't. Compare the hash in
        `verified` with what others say of that block: which chain it is, the node could still make up.
        `finality` is how many blocks the newest one that is read must have above it. With `raw=False` the
        logs themselves are left out: half the size, but a new version of the index must read the chain again.
        Goes on where it was interrupted. Where another process is writing, waits `wait` seconds for it.
        Raises WrongChain, IndexStoreError, and the chain's errors.
        """
        if chain.chain_id != deployment.chain_id:
            raise WrongChain(deployment.chain_id, chain.chain_id)
        contracts = {Address(address.lower()): name for name, address in deployment.addresses.items()}
        with translated(self.engine), writer(self.engine, wait):
            with self.engine.begin() as connection:
                kept = claim(connection, deployment, raw)
            before = deployment.block - 1
            one = Synchroniser(self.engine, chain, contracts, before, kept, verify, finality)
            return one.run(progress)

    def rederive(self, *, progress: Rederived | None = None, wait: float = 60.0) -> int:
        """Makes the tables of events again from the raw logs, without a node; returns how many there are.

        Raises IndexStoreError where the index keeps none.
        """
        with translated(self.engine), writer(self.engine, wait), self.engine.begin() as connection:
            return rederive(connection, progress)

    @property
    def cursor(self) -> Cursor | None:
        """None before the first `sync`."""
        with self._reading() as connection:
            query = select(schema.blocks).order_by(schema.blocks.c.number.desc()).limit(1)
            row = connection.execute(query).first()
        return None if row is None else Cursor(row.number, "0x" + row.hash.hex())

    @property
    def verified(self) -> Cursor | None:
        """The block up to which all events were proved, from the deployment on; None without any."""
        with self._reading() as connection:
            return verified(connection)

    @contextmanager
    def history(self) -> Iterator[Iterator[Entry]]:
        """All events in the order in which they happened, of one moment of the index."""
        with self._reading() as connection:
            yield queries.history(connection)

    def batches(self) -> list[Batch]:
        with self._reading() as connection:
            return queries.batches(connection)

    def origins(self, wanted: Selection | None = None) -> list[tuple[Batch, Origin]]:
        """Batches with their origin in codes and their labels now; all, or those that are wanted."""
        with self._reading() as connection:
            return queries.origins(connection, wanted or Selection())

    @contextmanager
    def found(self, view: str, wanted: Selection) -> Iterator[Found]:
        """The rows of an analysts' view that fit. They are read as they are asked for."""
        with self._reading() as connection:
            yield selecting.found(connection, view, wanted)

    def sums(self, view: str, wanted: Selection, column: str) -> tuple[int, int]:
        """How many rows of an analysts' view fit, and what a column of theirs adds up to."""
        with self._reading() as connection:
            return selecting.sums(connection, view, wanted, column)

    def history_of(self, batch: BatchId) -> BatchHistory:
        """What became of each kilogram of a batch. Raises IndexStoreError where the index has no such."""
        return history_of(self.engine, batch)

    def batch(self, batch: BatchId) -> Batch:
        """Raises IndexStoreError where the index has no such batch."""
        with self._reading() as connection:
            found = queries.batches(connection, schema.batches.c.batch == batch)
        return _one(found, f"batch {batch}")

    def holdings(self, account: Address) -> list[Holding]:
        """What an account holds, by batch; nothing of which it holds nothing."""
        with self._reading() as connection:
            return queries.holdings(connection, account)

    def held(self, wanted: Selection) -> list[Holding]:
        """What accounts hold, by account and batch: all, or what is wanted."""
        with self._reading() as connection:
            return queries.held(connection, wanted)

    def retirements(
        self,
        *,
        batch: BatchId | None = None,
        beneficiary: Address | None = None,
        claim: RetirementId | None = None,
    ) -> list[Retirement]:
        """Retirements that fit all that is given, in the order of their ids."""
        columns = schema.retirements.c
        given = ((columns.batch, batch), (columns.beneficiary, beneficiary), (columns.claim, claim))
        with self._reading() as connection:
            return queries.retirements(
                connection, *(column == value for column, value in given if value is not None)
            )

    def retirement(self, retirement: RetirementId) -> Retirement:
        """Raises IndexStoreError where the index has no such retirement."""
        with self._reading() as connection:
            found = queries.retirements(connection, schema.retirements.c.retirement == retirement)
        return _one(found, f"retirement {retirement}")

    def certificate(self, certificate: RetirementId) -> Certificate:
        """Raises IndexStoreError where the index has no such certificate."""
        record = self.retirement(certificate)
        with self._reading() as connection:
            owner = queries.owner(connection, certificate)
            details = queries.published_details(connection, record.claim)
        if owner is None:
            raise _unknown(f"certificate {certificate}")
        return Certificate(owner, record, self.batch(record.batch), details)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(self.engine), self.engine.connect() as connection:
            yield connection


def _one(found: list[_T], name: str) -> _T:
    if not found:
        raise _unknown(name)
    return found[0]


def _unknown(name: str) -> IndexStoreError:
    return IndexStoreError(f"The index has no {name}; is it synced up to now, and of the right deployment?")
