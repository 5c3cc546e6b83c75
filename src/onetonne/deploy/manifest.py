"""What is known of a deployment: its manifest in the home, or what its contracts say of each other."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from onetonne import __version__
from onetonne.chain import Chain, checked_address
from onetonne.deploy.contracts import CONTRACTS
from onetonne.errors import AddressError, DeploymentError, NodeRefused
from onetonne.home import manifest_path
from onetonne.immutables import deployed_code, immutable_name
from onetonne.terms import Address


@dataclass(frozen=True, slots=True)
class Transaction:
    """One step of a deployment; `hash` is None in a dry run."""

    step: str
    hash: str | None
    gas: int
    """Of a dry run, the most that it uses."""
    fee_wei: int = 0
    """Of a dry run, at the prices of now."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where the contracts are on a chain, and who was given which role when they were created."""

    chain_id: int
    version: str
    """Of the package that made it."""
    block: int
    """The first block that may hold one of its events."""
    addresses: Mapping[str, Address]
    """By contract name."""
    governance: Address
    regulator: Address
    delay: int
    """Seconds between scheduling and doing what governance does."""
    transactions: tuple[Transaction, ...] = ()
    state: Literal["finished", "unfinished"] = "finished"
    factory: Address | None = None
    """None where the deployment is known by its contracts only."""
    deployer: Address | None = None
    """The factory's owner, and the AccessManager's first administrator."""
    salt: int = 0
    """By which one deployer's deployments on a chain differ."""
    arguments: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)
    """Of the constructors, by contract name."""
    compiler: Mapping[str, Any] = field(default_factory=dict)
    """Settings, as in solc's standard JSON input."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Keccak-256 of each source file, by path."""

    def save(self, home: Path) -> Path:
        """Writes the manifest, in place of an earlier one. Raises `DeploymentError`."""
        path = manifest_path(home, self.chain_id)
        unfinished = path.with_suffix(".unfinished")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
            unfinished.replace(path)
        except OSError as problem:
            raise DeploymentError(f"The manifest {path} can't be written: {problem.strerror}.") from problem
        return path

    @classmethod
    def load(cls, home: Path, chain_id: int) -> "Deployment":
        """Read the manifest of a chain.

        Raises `DeploymentError` where there is none, a damaged one, or one of a deployment that stopped.
        """
        known = cls.read(home, chain_id)
        if known is None:
            raise DeploymentError(
                f"There is no deployment on chain {chain_id} in {manifest_path(home, chain_id).parent}: "
                "deploy first, or give the address of a Credits contract."
            )
        if known.state == "unfinished":
            raise DeploymentError(
                f"The deployment on chain {chain_id} is unfinished, after {len(known.transactions)} "
                "transactions: deploy again to go on."
            )
        return known

    @classmethod
    def read(cls, home: Path, chain_id: int) -> "Deployment | None":
        """Read the manifest of a chain, finished or not; None where there is none.

        Raises `DeploymentError` for a damaged one.
        """
        path = manifest_path(home, chain_id)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return _parsed(content, chain_id)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AddressError) as problem:
            raise DeploymentError(
                f"The manifest {path} can't be read: restore it, or make it again."
            ) from problem

    def check(self, chain: Chain) -> None:
        """Raises `DeploymentError` unless the chain is its own and has a contract at each address."""
        if chain.chain_id != self.chain_id:
            raise DeploymentError(
                f"The deployment is on chain {self.chain_id}, and the node serves {chain.chain_id}."
            )
        codes = chain.codes(list(self.addresses.values()))
        for (name, address), code in zip(self.addresses.items(), codes, strict=True):
            if not code:
                raise DeploymentError(
                    f"Chain {self.chain_id} has no contract {name} at {address}: "
                    "was the local chain's state removed since? Deploy again."
                )

    def altered(self, codes: Mapping[str, bytes]) -> tuple[str, ...]:
        """The contracts whose code, given by name, is not what this package ships for this deployment."""
        return tuple(
            name for name in CONTRACTS if codes[name] != deployed_code(name, self.chain_id, self.addresses)
        )

    @classmethod
    def of(cls, chain: Chain, credits: Address) -> "Deployment":
        """The deployment to which a Credits contract belongs, by what that says of itself.

        Raises `DeploymentError` where there is none. Roles may have changed since a deployment was made:
        they are left at the zero address here. `block` is 0 where the node does not keep past states.
        """
        ledger = chain.contract("Credits", credits)
        if not chain.codes([credits])[0]:
            raise DeploymentError(f"Chain {chain.chain_id} has no contract at {credits}.")
        getters = {
            name: immutable_name(name) for name in CONTRACTS if name not in ("AccessManager", "Credits")
        }
        getters["AccessManager"] = "authority"
        found = {name: chain.call(chain.function(ledger, getter)) for name, getter in getters.items()}
        addresses = {name: checked_address(found.get(name, credits)) for name in CONTRACTS}
        nobody = Address("0x" + "0" * 40)
        first = first_block(chain, addresses["AccessManager"])
        return cls(chain.chain_id, __version__, first, addresses, nobody, nobody, 0)


def first_block(chain: Chain, address: Address) -> int:
    """The block in which a contract was created, by halving."""
    low, high = 0, chain.head()
    try:
        while low < high:
            middle = (low + high) // 2
            if chain.codes([address], middle)[0]:
                high = middle
            else:
                low = middle + 1
    except NodeRefused:
        return 0
    return low


def _address(text: str | None) -> Address | None:
    return None if text is None else checked_address(text)


def _parsed(content: Mapping[str, Any], chain_id: int) -> Deployment:
    if content["chain_id"] != chain_id:
        raise ValueError("another chain's")
    return Deployment(
        chain_id=chain_id,
        version=str(content["version"]),
        block=int(content["block"]),
        addresses={name: checked_address(content["addresses"][name]) for name in CONTRACTS},
        governance=checked_address(content["governance"]),
        regulator=checked_address(content["regulator"]),
        delay=int(content["delay"]),
        transactions=tuple(Transaction(**step) for step in content["transactions"]),
        state="unfinished" if content.get("state") == "unfinished" else "finished",
        factory=_address(content.get("factory")),
        deployer=_address(content.get("deployer")),
        salt=int(content.get("salt", 0)),
        arguments={
            name: tuple(checked_address(address) for address in given)
            for name, given in content.get("arguments", {}).items()
        },
        compiler=dict(content.get("compiler", {})),
        sources=dict(content.get("sources", {})),
    )
