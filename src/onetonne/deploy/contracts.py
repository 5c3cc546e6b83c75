"""The contracts of a deployment: their order, their constructors' arguments, and what they are made of."""

from collections.abc import Mapping
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from onetonne import artifacts
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

_ARGUMENTS = {
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


def arguments(addresses: Mapping[str, Address], admin: Address) -> dict[str, tuple[Address, ...]]:
    """The constructors' arguments, by contract: `admin` is the AccessManager's first administrator."""
    others = {name: tuple(addresses[other] for other in names) for name, names in _ARGUMENTS.items()}
    return {"AccessManager": (admin,)} | others


def encoded(addresses: tuple[Address, ...]) -> bytes:
    """Constructor arguments, all of them addresses, as they stand behind the creation code."""
    return encode(["address"] * len(addresses), addresses)


def init_code(name: str, addresses: tuple[Address, ...]) -> bytes:
    """A contract's creation code with its arguments."""
    return bytes.fromhex(artifacts.load(name).bytecode[2:]) + encoded(addresses)


def compiler() -> dict[str, Any]:
    """The compiler's version, and its settings as in the standard JSON input, for what the package ships."""
    settings = artifacts.standard_json()["settings"]
    kept = {name: value for name, value in settings.items() if name != "outputSelection"}
    return {"version": artifacts.load("Factory").compiler} | kept


def sources() -> dict[str, str]:
    """Keccak-256 of each source file's text, by path, as compilers' metadata have it."""
    shipped = artifacts.standard_json()["sources"]
    return {path: f"0x{keccak(text=source['content']).hex()}" for path, source in sorted(shipped.items())}
