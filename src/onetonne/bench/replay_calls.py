"""Calls of our contracts as transactions: they are many, so each function is prepared once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.registry import registry
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak

from onetonne import artifacts
from onetonne.chain.abi import signature
from onetonne.terms import Address


@dataclass(frozen=True, slots=True)
class Call:
    """One transaction to come. `data` is hexadecimal without 0x."""

    sender: Address
    to: Address
    data: str


class Contracts:
    """The contracts of a deployment, as something to call."""

    def __init__(self, addresses: Mapping[str, Address]) -> None:
        self._addresses = addresses

    def call(self, sender: Address, contract: str, function: str, *arguments: Any) -> Call:
        selector, encoder = _function(contract, function)
        return Call(sender, self._addresses[contract], selector + encoder(arguments).hex())


@cache
def _function(contract: str, name: str) -> tuple[str, Any]:
    """Selector and encoder. Our contracts overload no function."""
    entry = next(
        part for part in artifacts.load(contract).abi if part["type"] == "function" and part["name"] == name
    )
    types = ",".join(collapse_if_tuple(dict(part)) for part in entry["inputs"])
    return keccak(text=signature(entry))[:4].hex(), registry.get_encoder(f"({types})")
