"""What differs between networks, as profiles: which chain, where its node is found, what its fees need.

Profiles come with the package (`networks.toml`); those in a home's own `networks.toml` come before them.
A chain that no profile names is treated as Ethereum is.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

MOST_GAS = 2**24
"""Of one transaction (EIP-7825)."""
GWEI = 10**9

Kind = Literal["ethereum", "op-stack", "arbitrum"]


@dataclass(frozen=True, slots=True)
class Network:
    """One chain's profile. Amounts are wei for each unit of gas."""

    name: str
    title: str
    """As the list of chains at ethereum-lists/chains has it."""
    chain_id: int
    kind: Kind = "ethereum"
    """What a transaction pays besides its gas, and how: rollups charge for its data."""
    coin: str = "ETH"
    rpc: str | None = None
    """The environment's variable with the URL of a node, where it is not `ONETONNE_RPC_` and the name."""
    tip_floor: int = 0
    """The least tip that the network's nodes take."""
    fee_cap: int | None = None
    """The most that is offered; a price above it stops the command."""
    gas_cap: int = MOST_GAS
    confirmations: int = 1
    """Blocks from the one with a transaction on, itself included, until it is taken as done."""
    finality: int | Literal["finalized"] = "finalized"
    """How a block is known that stays: by the node's tag, or by how many blocks came after it."""
    explorer: str | None = None
    testnet: bool = False

    @property
    def variable(self) -> str:
        """The environment's variable that has the URL of a node."""
        return self.rpc or f"ONETONNE_RPC_{self.name.upper().replace('-', '_')}"


def parse(content: str) -> dict[str, Network]:
    """Profiles of a TOML text, a table each, in gwei. Raises ValueError and TypeError."""
    return {name: _network(name, table) for name, table in tomllib.loads(content).items()}


def _network(name: str, table: Mapping[str, Any]) -> Network:
    given = dict(table)
    for key in ("tip_floor", "fee_cap"):
        if key in given:
            given[key] = int(given.pop(key) * GWEI)
    return Network(name=name, **given)


@cache
def shipped() -> Mapping[str, Network]:
    """The package's profiles, by name."""
    return parse(files("onetonne").joinpath("networks.toml").read_text(encoding="utf-8"))


def of_chain(chain_id: int) -> Network:
    """The package's profile of a chain, else one with Ethereum's ways."""
    named = (network for network in shipped().values() if network.chain_id == chain_id)
    return next(named, Network(f"chain-{chain_id}", f"Chain {chain_id}", chain_id))
