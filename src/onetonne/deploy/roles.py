"""The roles of a deployment: which functions each may call, and the call that gives them away."""

from collections.abc import Mapping, Sequence
from typing import Any

from eth_utils.crypto import keccak
from web3.contract.contract import ContractFunction

from onetonne import artifacts
from onetonne.chain import Chain
from onetonne.chain.abi import signature
from onetonne.terms import Address

ADMIN, GOVERNANCE, REGULATOR = 0, 1, 2
NAMES = {ADMIN: "administrator", GOVERNANCE: "governance", REGULATOR: "regulator"}
LABELS = {GOVERNANCE: "GOVERNANCE", REGULATOR: "REGULATOR"}
FUNCTIONS: Mapping[int, Mapping[str, tuple[str, ...]]] = {
    GOVERNANCE: {
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
    REGULATOR: {"Credits": ("freeze", "lift", "setFrozenTokens", "forcedTransfer")},
}
"""By role and contract. The AccessManager itself obeys the administrator."""

Holders = Mapping[int, tuple[Address, int]]
"""By role: the account, and the seconds that it waits between scheduling and acting."""

_GAS_BASE, _GAS_FUNCTION, _GAS_CALL = 40_000, 27_000, 45_000


def hand_over(
    chain: Chain, addresses: Mapping[str, Address], deployer: Address, holders: Holders
) -> ContractFunction:
    """One `multicall` that gives every role to its holder with its delay: nobody ever sees half of it."""
    calls: list[tuple[Any, ...]] = [("labelRole", role, label) for role, label in LABELS.items()]
    for role, functions in FUNCTIONS.items():
        for name, names in functions.items():
            calls.append(("setTargetFunctionRole", addresses[name], selectors(name, names), role))
    # The administrator's comes last, for it binds the deployer too.
    for role in (GOVERNANCE, REGULATOR, ADMIN):
        calls.append(("grantRole", role, *holders[role]))
    if holders[ADMIN][0] != deployer:
        calls.append(("renounceRole", ADMIN, deployer))
    return multicall(chain, addresses["AccessManager"], calls)


def multicall(chain: Chain, manager: Address, calls: Sequence[tuple[Any, ...]]) -> ContractFunction:
    """Several calls of the AccessManager in one; each is a function's name and its arguments."""
    contract = chain.contract("AccessManager", manager)
    encoded = [chain.encoded(chain.function(contract, name, *given)) for name, *given in calls]
    return chain.function(contract, "multicall", encoded)


def hand_over_gas() -> int:
    """The most gas that `hand_over` uses, for a plan that is made before there is an AccessManager."""
    contracts = [names for functions in FUNCTIONS.values() for names in functions.values()]
    calls = len(LABELS) + len(contracts) + len(NAMES) + 1
    return _GAS_BASE + _GAS_FUNCTION * sum(map(len, contracts)) + _GAS_CALL * calls // 2


def selectors(contract: str, functions: Sequence[str]) -> list[bytes]:
    """The selectors of some of a contract's functions, in order."""
    by_name = {entry["name"]: entry for entry in artifacts.load(contract).abi if entry["type"] == "function"}
    return [keccak(text=signature(by_name[function]))[:4] for function in functions]


def are_given(chain: Chain, addresses: Mapping[str, Address]) -> bool:
    """Whether `hand_over` was done: it sets the functions' roles, once and for all."""
    contract, functions = next(iter(FUNCTIONS[GOVERNANCE].items()))
    (selector,) = selectors(contract, functions[:1])
    manager = chain.contract("AccessManager", addresses["AccessManager"])
    asked = chain.function(manager, "getTargetFunctionRole", addresses[contract], selector)
    return int(chain.call(asked)) == GOVERNANCE


def holds(chain: Chain, manager: Address, role: int, account: Address) -> tuple[bool, int]:
    """Whether an account has a role now, and the seconds that it waits."""
    contract = chain.contract("AccessManager", manager)
    found = chain.call(chain.function(contract, "hasRole", role, account))
    return bool(found[0]), int(found[1])
