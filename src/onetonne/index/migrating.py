"""An index of an earlier version becomes one of this version: from the raw logs it kept, without the node."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, func, inspect, select, text, tuple_, update

from onetonne.errors import IndexStoreError
from onetonne.index import schema
from onetonne.index.deriving import Derivation
from onetonne.index.identity import CONTRACT, raw_kept, state_of
from onetonne.index.views import analysts_views
from onetonne.index.writing import write
from onetonne.terms import Address

_LOGS_AT_ONCE = 5_000

Rederived = Callable[[int, int], None]
"""Called now and then with how many logs are done, and how many there are."""


def is_current(connection: Connection) -> bool:
    """Whether the database holds an index of this version, perhaps an empty one."""
    found = inspect(connection)
    tables, views = set(found.get_table_names()), set(found.get_view_names())
    if not (tables >= schema.metadata.tables.keys() and views >= _views(connection).keys()):
        return False
    return _version(connection) in (None, schema.SCHEMA_VERSION)


def bring_up(connection: Connection) -> None:
    """Creates what a new index needs, or migrates an earlier version's. The caller is the one writer.

    Without raw logs of a form that is still known, the index is emptied: the next sync makes it again.
    Raises `IndexStoreError` for an index of a later version.
    """
    found = _version(connection) if _has_state(connection) else None
    if found is not None and found > schema.SCHEMA_VERSION:
        raise IndexStoreError(
            f"The index was made by a later version of onetonne (schema {found}, this one has "
            f"{schema.SCHEMA_VERSION}): update onetonne, or name another index."
        )
    _drop_views(connection)
    if found is not None and found < schema.SCHEMA_VERSION:
        if found >= schema.RAW_SINCE and raw_kept(connection):
            rederive(connection)
            return
        schema.metadata.drop_all(connection)
    schema.metadata.create_all(connection)
    _create_views(connection)


def rederive(connection: Connection, progress: Rederived | None = None) -> int:
    """Makes the tables of all events again, from the raw logs. Returns how many logs there are.

    Raises `IndexStoreError` where the index keeps none.
    """
    if not raw_kept(connection):
        raise IndexStoreError(
            "The index keeps no raw logs to make its tables from: delete it, and sync again."
        )
    _drop_views(connection)
    schema.metadata.drop_all(connection, tables=schema.EVENT_TABLES)
    schema.metadata.create_all(connection)
    names = state_of(connection)
    contracts = {
        Address(value.lower()): name.removeprefix(CONTRACT)
        for name, value in names.items()
        if name.startswith(CONTRACT)
    }
    count = _derive(connection, Derivation(contracts, raw=False), progress)
    schema.create_indexes(connection)
    _create_views(connection)
    version = update(schema.state).where(schema.state.c.name == "schema")
    connection.execute(version.values(value=str(schema.SCHEMA_VERSION)))
    return count


def _derive(connection: Connection, derived: Derivation, progress: Rederived | None) -> int:
    logs = schema.logs
    total = connection.execute(select(func.count()).select_from(logs)).scalar_one()
    place: Any = tuple_(logs.c.block_number, logs.c.log_index)
    query = select(logs).order_by(logs.c.block_number, logs.c.log_index).limit(_LOGS_AT_ONCE)
    done, after = 0, (-1, -1)
    while rows := connection.execute(query.where(place > after)).all():
        for row in rows:
            derived.add_raw(row)
        write(connection, derived.rows)
        derived.clear()
        done, after = done + len(rows), (rows[-1].block_number, rows[-1].log_index)
        if progress is not None:
            progress(done, total)
    return done


def _has_state(connection: Connection) -> bool:
    return inspect(connection).has_table(schema.state.name)


def _version(connection: Connection) -> int | None:
    """None where nothing was ever synced."""
    found = state_of(connection).get("schema")
    return None if found is None else int(found)


def _views(connection: Connection) -> dict[str, str]:
    """Their SQL by name, each after those that it reads."""
    return schema.VIEWS | analysts_views(connection.dialect.name)


def _drop_views(connection: Connection) -> None:
    for name in reversed(_views(connection)):
        connection.execute(text(f"DROP VIEW IF EXISTS {name}"))


def _create_views(connection: Connection) -> None:
    for name, query in _views(connection).items():
        colons = query.replace(":", r"\:")  # else the name of a parameter begins at each
        connection.execute(text(f"CREATE VIEW {name} AS {colons}"))
