"""What an index is of: one deployment on one chain, with raw logs or without. Its first use says which."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from onetonne.deploy import Deployment
from onetonne.errors import IndexStoreError
from onetonne.index import schema

CONTRACT = "contract "
"""Before a contract's name, in the names of `index_state`."""
_RAW = "raw logs"
_VERIFIED, _VERIFIED_HASH = "verified to block", "hash of that block"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A block that an index has reached."""

    block: int
    hash: str


def state_of(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(schema.state))}


def raw_kept(connection: Connection) -> bool:
    return state_of(connection).get(_RAW) == "kept"


def verified(connection: Connection) -> Cursor | None:
    """The block up to which all events were proved, from the deployment on; None without any."""
    found = state_of(connection)
    return Cursor(int(found[_VERIFIED]), found[_VERIFIED_HASH]) if _VERIFIED in found else None


def set_verified(connection: Connection, block: int | None, block_hash: bytes = b"") -> None:
    names = schema.state.c.name
    connection.execute(delete(schema.state).where(names.in_((_VERIFIED, _VERIFIED_HASH))))
    if block is not None:
        told = {_VERIFIED: str(block), _VERIFIED_HASH: f"0x{block_hash.hex()}"}
        connection.execute(insert(schema.state), [{"name": n, "value": v} for n, v in told.items()])


def claim(connection: Connection, deployment: Deployment, raw: bool | None) -> bool:
    """Makes a new index the deployment's. Returns whether it keeps raw logs: it does where nobody says.

    Raises `IndexStoreError` where it is another's, or should keep what it has left out.
    """
    own = {
        "schema": str(schema.SCHEMA_VERSION),
        "chain": str(deployment.chain_id),
        "credits": deployment.addresses["Credits"],
    }
    found = state_of(connection)
    if not found:
        addresses = {CONTRACT + name: address for name, address in deployment.addresses.items()}
        all_of_it = own | addresses | {_RAW: "left out" if raw is False else "kept"}
        connection.execute(insert(schema.state), [{"name": n, "value": v} for n, v in all_of_it.items()])
        return raw is not False
    if any(found[name] != value for name, value in own.items()):
        raise IndexStoreError(
            f"The index holds the deployment at {found['credits']} on chain {found['chain']}, not the one at "
            f"{own['credits']} on chain {own['chain']}; name another index, or delete this one."
        )
    return _raw(connection, found[_RAW] == "kept", raw)


def _raw(connection: Connection, kept: bool, wanted: bool | None) -> bool:
    if wanted and not kept:
        raise IndexStoreError(
            "The index has left out the raw logs of what it read: delete it, and sync again to keep them."
        )
    if kept and wanted is False:
        connection.execute(delete(schema.logs))
        connection.execute(update(schema.state).where(schema.state.c.name == _RAW).values(value="left out"))
        return False
    return kept
