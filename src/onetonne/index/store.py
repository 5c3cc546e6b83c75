"""Where the index lies: SQLite by default, PostgreSQL by URL; one writer at a time."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from onetonne.errors import IndexStoreError
from onetonne.index.migrating import bring_up, is_current

_ADVISORY_LOCK = 0x6F6E65746F6E6E65  # "onetonne"
_POLL_SECONDS = 0.2
_BUSY_SECONDS = 30
# Of large pages fewer are written; a checkpoint each 32 MiB of them, as each waits for the disk.
_PRAGMAS = (
    f"busy_timeout = {_BUSY_SECONDS * 1000}",
    "page_size = 16384",
    "synchronous = NORMAL",
    "wal_autocheckpoint = 2000",
)


def engine_of(url_or_path: str | Path) -> Engine:
    """An engine whose transactions are the database's. Raises IndexStoreError."""
    url = _url(url_or_path)
    try:
        engine = create_engine(url)
    except (NoSuchModuleError, ModuleNotFoundError) as problem:
        raise IndexStoreError(
            f"The index at {_shown(url)} needs a database driver that is not installed ({problem}); "
            "for PostgreSQL, pip install 'psycopg[binary]'."
        ) from problem
    if url.get_backend_name() == "sqlite":
        _prepare_sqlite(engine)
    return engine


def prepare(engine: Engine, wait: float) -> None:
    """Creates what a new index needs, and migrates one of an earlier version. Raises IndexStoreError."""
    with translated(engine):
        with engine.connect() as connection:
            if is_current(connection):
                return
        with writer(engine, wait), engine.begin() as connection:
            if not is_current(connection):
                bring_up(connection)


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turns what a database raises into IndexStoreError."""
    try:
        yield
    except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error) as problem:
        reason = str(problem.__cause__ or problem).splitlines()[0]
        raise IndexStoreError(
            f"The index at {_shown(engine.url)} can't be read or written: {reason}."
        ) from problem


@contextmanager
def writer(engine: Engine, wait: float) -> Iterator[None]:
    """The one writer of an index. Waits for another at most `wait` seconds, then raises IndexStoreError."""
    held = (
        _sqlite_lock(engine, wait)
        if engine.url.get_backend_name() == "sqlite"
        else _server_lock(engine, wait)
    )
    with held:
        yield


@contextmanager
def _sqlite_lock(engine: Engine, wait: float) -> Iterator[None]:
    database = engine.url.database
    if not database or database == ":memory:":
        yield
        return
    lock = FileLock(f"{database}.lock")
    try:
        lock.acquire(timeout=wait)
    except Timeout as problem:
        raise _busy(engine) from problem
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _server_lock(engine: Engine, wait: float) -> Iterator[None]:
    """An advisory lock, which the server takes back when this process dies."""
    until = time.monotonic() + wait
    with engine.connect() as connection:
        while not _try_lock(connection):
            if time.monotonic() >= until:
                raise _busy(engine)
            time.sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_LOCK})
            connection.commit()


def _try_lock(connection: Connection) -> bool:
    taken = connection.execute(
        text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_LOCK}
    ).scalar_one()
    connection.commit()
    return bool(taken)


def _busy(engine: Engine) -> IndexStoreError:
    return IndexStoreError(
        f"Another process is writing the index at {_shown(engine.url)}; wait until it is done, or name "
        "another index."
    )


def _url(url_or_path: str | Path) -> URL:
    if isinstance(url_or_path, str) and "://" in url_or_path:
        try:
            url = make_url(url_or_path)
        except ArgumentError as problem:
            raise IndexStoreError(
                "The index's URL can't be read; write sqlite:///path or postgresql://user@host/database."
            ) from problem
        return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url
    path = Path(url_or_path)
    path.parent.mkdir(parents=True, exist_ok=True)
    return URL.create("sqlite", database=str(path))


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _prepare_sqlite(engine: Engine) -> None:
    """Python's sqlite3 begins transactions late and ends them at will; here `begin` begins one."""

    @event.listens_for(engine, "connect")
    def _connect(connection, _record) -> None:  # type: ignore[no-untyped-def]
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        _switch_to_wal(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Turn on write-ahead logging, for which SQLite waits for no lock, whatever its busy timeout."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_POLL_SECONDS / 10)
        else:
            return
