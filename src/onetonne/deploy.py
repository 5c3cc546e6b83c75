"""Putting the contracts on a chain, and remembering where they are: one manifest a chain.

Contracts know each other as immutables, so the addresses of those still to come are predicted from the
deploying account's nonces, and checked afterwards.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eth_typing import HexAddress, HexStr
from eth_utils.crypto import keccak
from web3.types import Nonce
from web3.utils.address import get_create_address

from onetonne import __version__, artifacts
from onetonne.chain import LOCAL_CHAIN_ID, Chain, Sent, Signer, checked_address
from onetonne.chain.abi import signature
from onetonne.errors import AddressError, DeploymentError, NodeRefused
from onetonne.home import manifest_path
from onetonne.immutables import deployed_code, immutable_name
from onetonne.terms import Address

CONTRACTS = (
    "AccessManager",
    "Programmes",
    "Projects",
    "Labels",
    "Redemptions",
    "Shortfalls",
    "Renderer",
    "Certificates",
    "Credits",
    "SignedOrders",
)
"""In the order of their creation."""
SHORTEST_DELAY = 86_400  # seconds, on any chain but the local one
_ADMIN, _GOVERNANCE, _REGULATOR = 0, 1, 2
_LABELS = {_GOVERNANCE: "GOVERNANCE", _REGULATOR: "REGULATOR"}
_ROLES: Mapping[int, Mapping[str, tuple[str, ...]]] = {
    _GOVERNANCE: {
        "Programmes": (
            "admitProgramme",
            "suspendProgramme",
            "reinstateProgramme",
            "rotateOperator",
            "registerRoot",
            "admitVvb",
            "suspendVvb",
            "reinstateVvb",
            "rotateVvbKey",
        ),
        "Projects": ("consentForSuspended",),
        "Labels": ("admitFramework", "rotateBody", "setHost", "demandLabel"),
        "Shortfalls": ("annul",),
    },
    _REGULATOR: {"Credits": ("freeze", "lift", "setFrozenTokens", "forcedTransfer")},
}


@dataclass(frozen=True, slots=True)
class Transaction:
    """One step of a deployment; `hash` is None in a dry run."""

    step: str
    hash: str | None
    gas: int


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
        """Reads the manifest of a chain. Raises `DeploymentError` where there is none, or a damaged one."""
        path = manifest_path(home, chain_id)
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return _parsed(content, chain_id)
        except FileNotFoundError as problem:
            raise DeploymentError(
                f"There is no deployment on chain {chain_id} in {path.parent}: "
                "deploy first, or give the address of a Credits contract."
            ) from problem
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
        first = _first_block(chain, addresses["AccessManager"])
        return cls(chain.chain_id, __version__, first, addresses, nobody, nobody, 0)


def deploy(
    chain: Chain,
    signer: Signer,
    *,
    governance: Address | None = None,
    regulator: Address | None = None,
    delay: int | None = None,
    home: Path | None = None,
    dry_run: bool = False,
) -> Deployment:
    """Creates the contracts, gives the roles away and, where there is a `home`, writes the manifest.

    Governance and regulator are the signer where not named. What governance and the administrator do waits
    `delay` seconds: none on a local chain, at least a day elsewhere, which is the default. The regulator
    acts at once: a freeze that is announced a day ahead stops nobody. Raises `DeploymentError` for a shorter
    delay, and where the home's deployment on this chain is still there.
    """
    waiting = _delay(chain.chain_id, delay)
    if home is not None:
        _refuse_second(chain, home)
    at = _predicted(signer.address, chain.node.integer("eth_getTransactionCount", signer.address, "pending"))
    sent = {name: _create(chain, name, at, signer, dry_run) for name in CONTRACTS}
    governing = checked_address(governance or signer.address)
    regulating = checked_address(regulator or signer.address)
    if not dry_run:
        holders = {
            _ADMIN: (governing, waiting),
            _GOVERNANCE: (governing, waiting),
            _REGULATOR: (regulating, 0),
        }
        sent["roles"] = _hand_over(chain, at, signer, holders)
    steps = tuple(Transaction(step, done.transaction, done.gas_used) for step, done in sent.items())
    block = sent["AccessManager"].block or 0
    made = Deployment(chain.chain_id, __version__, block, at, governing, regulating, waiting, steps)
    if home is not None and not dry_run:
        made.save(home)
    return made


def _first_block(chain: Chain, address: Address) -> int:
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


def _delay(chain_id: int, delay: int | None) -> int:
    shortest = 0 if chain_id == LOCAL_CHAIN_ID else SHORTEST_DELAY
    if delay is not None and delay < shortest:
        raise DeploymentError(
            f"A delay of {delay} seconds is too short on chain {chain_id}: give at least {shortest}."
        )
    return shortest if delay is None else delay


def _refuse_second(chain: Chain, home: Path) -> None:
    if not manifest_path(home, chain.chain_id).exists():
        return
    existing = Deployment.load(home, chain.chain_id)
    credits = existing.addresses["Credits"]
    if chain.codes([credits])[0]:
        raise DeploymentError(
            f"There is a deployment on chain {chain.chain_id} already, with Credits at {credits}: "
            "use it, or give another home."
        )


def _arguments(name: str, at: Mapping[str, Address], admin: Address) -> list[Address]:
    """What a contract's constructor is given."""
    names = {
        "Programmes": ("AccessManager",),
        "Projects": ("AccessManager", "Programmes", "Credits", "Shortfalls"),
        "Labels": ("AccessManager", "Credits", "Programmes", "Projects"),
        "Redemptions": ("Credits", "Programmes"),
        "Shortfalls": ("AccessManager", "Credits", "Programmes", "Projects"),
        "Renderer": ("Credits", "Programmes", "Projects", "Labels", "Shortfalls"),
        "Certificates": ("Credits", "Renderer"),
        "Credits": (
            "AccessManager",
            "Programmes",
            "Projects",
            "Labels",
            "Certificates",
            "Redemptions",
            "Shortfalls",
            "Renderer",
            "SignedOrders",
        ),
        "SignedOrders": ("Credits",),
    }
    return [admin] if name == "AccessManager" else [at[other] for other in names[name]]


def _create(chain: Chain, name: str, at: Mapping[str, Address], signer: Signer, dry_run: bool) -> Sent:
    sent = chain.create(name, _arguments(name, at, signer.address), signer, dry_run=dry_run)
    if not dry_run and sent.created != at[name]:
        raise DeploymentError(
            f"{name} was created at {sent.created}, not at {at[name]}: "
            f"{signer.address} sent something else meanwhile; deploy again, from an account of its own."
        )
    return sent


def _predicted(creator: Address, nonce: int) -> dict[str, Address]:
    """Where an account's next transactions, from this nonce on, will create the contracts."""
    created = (
        get_create_address(HexAddress(HexStr(creator)), Nonce(nonce + step)) for step in range(len(CONTRACTS))
    )
    return {name: Address(str(address)) for name, address in zip(CONTRACTS, created, strict=True)}


def _hand_over(
    chain: Chain, at: Mapping[str, Address], signer: Signer, holders: Mapping[int, tuple[Address, int]]
) -> Sent:
    """Gives every role to its holder, with its delay, in one `multicall`: nobody ever sees half of it."""
    calls: list[tuple[Any, ...]] = [("labelRole", role, label) for role, label in _LABELS.items()]
    for role, functions in _ROLES.items():
        for name, names in functions.items():
            calls.append(("setTargetFunctionRole", at[name], _selectors(name, names), role))
    # The administrator's comes last, for it binds the deployer too.
    for role in (_GOVERNANCE, _REGULATOR, _ADMIN):
        calls.append(("grantRole", role, *holders[role]))
    if holders[_ADMIN][0] != signer.address:
        calls.append(("renounceRole", _ADMIN, signer.address))
    manager = chain.contract("AccessManager", at["AccessManager"])
    encoded = [chain.encoded(chain.function(manager, name, *arguments)) for name, *arguments in calls]
    return chain.send(chain.function(manager, "multicall", encoded), signer)


def _selectors(contract: str, functions: Sequence[str]) -> list[bytes]:
    by_name = {entry["name"]: entry for entry in artifacts.load(contract).abi if entry["type"] == "function"}
    return [keccak(text=signature(by_name[function]))[:4] for function in functions]


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
    )
