"""What differs between networks, as profiles: which chain, where its node is found, what its fees need.

Profiles come with the package (`networks.toml`); those in a home's own `networks.toml` come before them.
A chain that no profile names is treated as Ethereum is.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from onetonne.errors import BadInput, FileError, quoted
from onetonne.home import networks_path

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


def known(home: Path | None = None) -> dict[str, Network]:
    """The package's profiles, a home's own first. Raises `FileError` where that file can't be read."""
    path = networks_path(home) if home is not None else None
    if path is None or not path.exists():
        return dict(shipped())
    try:
        own = parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError) as problem:
        raise FileError(path, f"it holds no profiles of networks ({problem})") from problem
    return own | {name: network for name, network in shipped().items() if name not in own}


def named(name: str, home: Path | None = None) -> Network:
    """Raises `BadInput` where no profile has the name."""
    profiles = known(home)
    if name not in profiles:
        raise BadInput(f"There is no network {quoted(name)}: there are {', '.join(profiles)}.")
    return profiles[name]


def of_chain(chain_id: int, home: Path | None = None) -> Network:
    """The profile of a chain, else one with Ethereum's ways."""
    found = (network for network in known(home).values() if network.chain_id == chain_id)
    return next(found, Network(f"chain-{chain_id}", f"Chain {chain_id}", chain_id))
