"""The AccessManager's storage at one block: members of roles, roles of functions, and who changes them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from onetonne import artifacts
from onetonne.access.events import AccessEvents, Operation
from onetonne.chain import Chain, decode_event
from onetonne.chain.abi import signature
from onetonne.deploy import CONTRACTS, Deployment
from onetonne.deploy.roles import ADMIN, FUNCTIONS
from onetonne.terms import Address

Words = Callable[[Address, Sequence[bytes]], bytes]
"""The 32 bytes of each slot of a contract, in order, in one piece."""

_EXPIRES_AFTER = 604_800  # seconds; AccessManager.expiration()


@dataclass(frozen=True, slots=True)
class Member:
    """An account that has a role, or will have it."""

    role: int
    account: Address
    since: int
    """Seconds since 1970; later than `Access.time` where the grant waits."""
    delay: int
    """Seconds between scheduling a call and making it."""
    next_delay: int | None = None
    """Where the delay changes: what it will be."""
    next_from: int | None = None
    """Seconds since 1970."""

    @property
    def least_delay(self) -> int:
        """In seconds, of now and of what is to come."""
        return self.delay if self.next_delay is None else min(self.delay, self.next_delay)


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a contract of the deployment, and the role that may call it, where it asks for one."""

    contract: str
    name: str
    selector: bytes
    role: int


@dataclass(frozen=True, slots=True)
class RoleRule:
    """Who changes a role: its administrators grant it, its guardians cancel what its members schedule."""

    role: int
    admin: int
    guardian: int
    grant_delay: int
    """Seconds until a grant has its effect."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A scheduled call."""

    account: Address
    contract: str
    """Name, or the address of a contract that is not the deployment's."""
    function: str
    ready_at: int
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Access:
    """Everything that the AccessManager decides by, at one block."""

    time: int
    """Of the block, in seconds since 1970."""
    members: tuple[Member, ...]
    functions: tuple[Function, ...]
    rules: tuple[RoleRule, ...]
    closed: tuple[str, ...]
    """Contracts whose guarded functions nobody can call."""
    pending: tuple[Pending, ...]
    differences: tuple[str, ...]
    """Sentences: where events and storage say different things."""


def read_access(chain: Chain, deployment: Deployment) -> Access:
    """Read a deployment's access at the chain's head, by the events and the storage that the node gives."""
    block = chain.block("latest")
    manager = deployment.addresses["AccessManager"]
    events = AccessEvents()
    for page in chain.logs([manager], deployment.block, block.number):
        for log in page:
            event = decode_event(log)
            if event is not None:
                events.add(event.name, event.arguments)

    def words(address: Address, slots: Sequence[bytes]) -> bytes:
        return b"".join(chain.storage(address, [int.from_bytes(slot) for slot in slots], block.number))

    return read(events, deployment.addresses, words, block.time)


def read(events: AccessEvents, addresses: Mapping[str, Address], words: Words, time: int) -> Access:
    """Read what storage holds of everything that the events name, and of every function of the contracts."""
    manager = addresses["AccessManager"]
    names = {address: name for name, address in addresses.items()}
    asked = _functions(events, addresses, names)
    roles = sorted(events.roles | {role for role, _ in events.members} | set(FUNCTIONS))
    candidates = sorted(events.members)
    slots = _Slots()
    numbers = _numbers(
        words(
            manager,
            [
                *(slots.member(role, account) for role, account in candidates),
                *(slots.role(role) for role in roles),
                *(slots.function(addresses[contract], selector) for contract, _, selector in asked),
                *(slots.target(addresses[contract]) for contract in CONTRACTS),
            ],
        )
    )
    members = [_member(*candidate, next(numbers), time) for candidate in candidates]
    rules = tuple(_rule(role, next(numbers), time) for role in roles)
    functions = tuple(Function(*function, next(numbers) & (2**64 - 1)) for function in asked)
    closed = tuple(contract for contract in CONTRACTS if next(numbers) >> 112 & 1)
    held = tuple(member for member in members if member.since)
    operations = (one for one in events.operations.values() if time < one.ready_at + _EXPIRES_AFTER)
    return Access(
        time=time,
        members=held,
        functions=functions,
        rules=rules,
        closed=closed,
        pending=tuple(_pending(one, names) for one in operations),
        differences=tuple(_differences(events, members, functions, addresses)),
    )


class _Slots:
    """Where the AccessManager keeps what, by its storage layout."""

    def __init__(self) -> None:
        artifact = artifacts.load("AccessManager")
        self._roles, self._targets = artifact.slot("_roles"), artifact.slot("_targets")

    def member(self, role: int, account: Address) -> bytes:
        """`since` and `delay` of `Access`, from the low end."""
        return keccak(encode(["address", "uint256"], [account, int.from_bytes(self._role(role))]))

    def role(self, role: int) -> bytes:
        """`admin`, `guardian` and `grantDelay` of `Role`."""
        return _after(self._role(role))

    def function(self, target: Address, selector: bytes) -> bytes:
        return keccak(selector.ljust(32, b"\0") + self._target(target))

    def target(self, target: Address) -> bytes:
        """`adminDelay` and `closed` of `TargetConfig`."""
        return _after(self._target(target))

    def _role(self, role: int) -> bytes:
        return keccak(encode(["uint64", "uint256"], [role, self._roles]))

    def _target(self, target: Address) -> bytes:
        return keccak(encode(["address", "uint256"], [target, self._targets]))


def _after(slot: bytes) -> bytes:
    return (int.from_bytes(slot) + 1).to_bytes(32)


def _numbers(words: bytes) -> Iterator[int]:
    return (int.from_bytes(words[start : start + 32]) for start in range(0, len(words), 32))


def _member(role: int, account: Address, word: int, time: int) -> Member:
    since = word & (2**48 - 1)
    delay, following, effect = _delay(word >> 48, time)
    return Member(role, account, since, delay, following, effect)


def _rule(role: int, word: int, time: int) -> RoleRule:
    mask = 2**64 - 1
    return RoleRule(role, word & mask, word >> 64 & mask, _delay(word >> 128, time)[0])


def _delay(packed: int, time: int) -> tuple[int, int | None, int | None]:
    """OpenZeppelin's `Time.Delay`: the seconds now; those to come, and from when, where they change."""
    after, before, effect = packed & (2**32 - 1), packed >> 32 & (2**32 - 1), packed >> 64 & (2**48 - 1)
    return (after, None, None) if effect <= time else (before, after, effect)


def _functions(
    events: AccessEvents, addresses: Mapping[str, Address], names: Mapping[Address, str]
) -> list[tuple[str, str, bytes]]:
    """Every function that changes something, and whatever else was given a role: contract, name, selector."""
    found = {
        (contract, selector): name
        for contract in CONTRACTS
        for selector, name in function_names(contract).items()
    }
    for target, selector in events.functions:
        if target in names:
            found.setdefault((names[target], selector), f"0x{selector.hex()}")
    return [(contract, name, selector) for (contract, selector), name in found.items()]


def function_names(contract: str) -> dict[bytes, str]:
    """Names of a contract's functions that change its state, by selector."""
    return {
        keccak(text=signature(entry))[:4]: str(entry["name"])
        for entry in artifacts.load(contract).abi
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }


def _pending(operation: Operation, names: Mapping[Address, str]) -> Pending:
    contract = names.get(operation.target, operation.target)
    known = function_names(contract) if contract in names.values() else {}
    function = known.get(operation.selector, f"0x{operation.selector.hex()}")
    return Pending(operation.account, contract, function, operation.ready_at)


def _differences(
    events: AccessEvents,
    members: Iterable[Member],
    functions: Iterable[Function],
    addresses: Mapping[str, Address],
) -> Iterator[str]:
    for member in members:
        told = events.members[member.role, member.account]
        if told != bool(member.since):
            said = ("has" if told else "has not", "has" if member.since else "has not")
            yield f"By the events {member.account} {said[0]} role {member.role}, and by storage it {said[1]}."
    for function in functions:
        told_role = events.functions.get((addresses[function.contract], function.selector), ADMIN)
        if told_role != function.role:
            yield (
                f"By the events {function.contract}.{function.name} needs role {told_role}, and by storage "
                f"role {function.role}."
            )
