"""`--prove`: options that name what is trusted, where a node is to be trusted for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.root import Misuse
from onetonne.cli.session import Session

if TYPE_CHECKING:
    from onetonne.chain.trusting import Trusted

Prove = Annotated[
    bool,
    typer.Option(
        "--prove", help="Verify what the node says against the header of a block that it can't choose."
    ),
]
BlockHash = Annotated[
    str | None,
    typer.Option("--block-hash", metavar="HASH", help="That block's hash, from a source that you trust."),
]
SecondRpc = Annotated[
    str | None,
    typer.Option(
        "--second-rpc",
        metavar="URL",
        envvar="ONETONNE_SECOND_RPC",
        help="Or a node of somebody else, which must have the same header.",
    ),
]


class Trust:
    """What the command line says is trusted. Calling it with a block's number asks for that header.

    Raises `BadInput` for what is no hash.
    """

    def __init__(self, session: Session, block_hash: str | None, second_rpc: str | None) -> None:
        from onetonne.chain.headers import block_hash as checked_hash
        from onetonne.chain.rpc import Node

        self._session = session
        self.block_hash = None if block_hash is None else f"0x{checked_hash(block_hash).hex()}"
        self._second = Node(second_rpc) if second_rpc else None

    def __call__(self, block: int) -> Trusted:
        from onetonne.chain.trusting import trust_hash, trust_second_node

        node = self._session.chain.node
        if self.block_hash is not None:
            return trust_hash(node, self.block_hash)
        assert self._second is not None
        return trust_second_node(node, self._second, block)


def trust_of(session: Session, prove: bool, block_hash: str | None, second_rpc: str | None) -> Trust | None:
    """None without --prove. Raises `Misuse` where nothing is named to be trusted."""
    if not prove:
        if block_hash is not None:
            raise Misuse("--block-hash says what --prove is to trust: give --prove with it.")
        return None
    if block_hash is None and second_rpc is None:
        raise Misuse(
            "--prove needs something to trust: give --block-hash HASH, from a source that you trust, "
            "or --second-rpc URL, a node of somebody else."
        )
    return Trust(session, block_hash, second_rpc)
