"""What differs between networks, as profiles: which chain, where its node is found, what its fees need.

Profiles come with the package (`networks.toml`); those in a home's own `networks.toml` come before them.
A chain that no profile names is treated as Ethereum is.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from onetonne.errors import BadInput, ChainError, FileError, quoted
from onetonne.home import networks_path

MOST_GAS = 2**24
"""Of one transaction (EIP-7825)."""
GWEI = 10**9

Kind = Literal["ethereum", "op-stack", "arbitrum"]
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_TEXTS = ("title", "coin", "rpc", "explorer")
_COUNTS = {"chain_id": 1, "gas_cap": 21_000, "confirmations": 1}
"""Members that are whole numbers, and the least of each."""


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
    for member, value in given.items():
        _check(name, member, value)
    for key in ("tip_floor", "fee_cap"):
        if key in given:
            given[key] = round(given.pop(key) * GWEI)
    return Network(name=name, **given)


def _check(name: str, member: str, value: Any) -> None:
    """Raise ValueError for a value of the wrong type or size. `Network` refuses unknown members."""
    number = isinstance(value, int) and not isinstance(value, bool)
    valid = {
        **{text: isinstance(value, str) and value != "" for text in _TEXTS},
        **{count: number and value >= least for count, least in _COUNTS.items()},
        "kind": value in get_args(Kind),
        "finality": value == "finalized" or (number and value >= 0),
        "tip_floor": (number or isinstance(value, float)) and 0 <= value < 10**9,
        "fee_cap": (number or isinstance(value, float)) and 0 < value < 10**9,
        "testnet": isinstance(value, bool),
    }
    if not valid.get(member, True):
        raise ValueError(f"{member} of {name} can't be {value!r}")


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


def node_url(network: Network, given: str | None = None) -> str:
    """Return `given`, else the URL in the network's variable. Raises `ChainError` where neither is set."""
    url = given or os.environ.get(network.variable)
    if not url:
        raise ChainError(
            f"No node of {network.title} is named: set {network.variable} to its URL, or give --rpc URL."
        )
    return url


def add(home: Path, name: str, members: Mapping[str, Any]) -> Network:
    """Append a profile to the home's networks.toml, fees in gwei, and return it.

    Raises `BadInput` where the name or a value is wrong, or the home has the name already; `FileError`.
    """
    path = networks_path(home)
    if not _NAME.fullmatch(name):
        raise BadInput(f"Name {quoted(name)} can't name a network: use a-z, 0-9 and hyphens, at most 64.")
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as problem:
        raise FileError(path, "it can't be read") from problem
    known(home)
    if name in tomllib.loads(before):
        raise BadInput(f"Network {name} is in {path} already: change it there, or choose another name.")
    lines = (f"{member} = {json.dumps(value, ensure_ascii=False)}\n" for member, value in members.items())
    table = f"[{name}]\n{''.join(lines)}"
    try:
        network = parse(table)[name]
    except (ValueError, TypeError) as problem:
        raise BadInput(f"Network {name} was not added: {problem}.") from problem
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(gap + table)
    except OSError as problem:
        raise FileError(path, f"it can't be written ({problem.strerror})") from problem
    return network
