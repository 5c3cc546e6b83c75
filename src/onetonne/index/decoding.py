"""Logs into named arguments. The decoder of each event is prepared once, from the shipped ABI.

Strings stay bytes here: anybody can make a contract emit bytes that are no UTF-8, and that must not stop an
index.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from eth_abi.decoding import ContextFramesBytesIO
from eth_abi.registry import registry
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from onetonne import artifacts

_CAPITAL = re.compile(r"(?<!^)([A-Z])")
_checksum = lru_cache(maxsize=65536)(to_checksum_address)


@dataclass(frozen=True, slots=True)
class Argument:
    name: str
    """In snake case; a struct's members stand for the struct."""
    type: str


@dataclass(frozen=True, slots=True)
class EventDecoder:
    """One event of one contract."""

    contract: str
    event: str
    indexed: tuple[tuple[Argument, Any], ...]
    arguments: tuple[tuple[Argument, ...], ...]
    body: Any

    def decode(self, topics: Sequence[bytes], data: bytes) -> dict[str, Any]:
        """Arguments by name. `topics` begins with the event's own."""
        found = {
            argument.name: _value(argument, decoder(_stream(topic)))
            for (argument, decoder), topic in zip(self.indexed, topics[1:], strict=True)
        }
        values = self.body(_stream(data)) if self.arguments else ()
        for names, value in zip(self.arguments, values, strict=True):
            parts = value if len(names) > 1 else (value,)
            found.update((name.name, _value(name, part)) for name, part in zip(names, parts, strict=True))
        return found


@cache
def decoders(contract: str) -> dict[bytes, EventDecoder]:
    """By first topic."""
    abi = artifacts.load(contract).abi
    return dict(_prepared(contract, entry) for entry in abi if entry["type"] == "event")


def _prepared(contract: str, entry: dict[str, Any]) -> tuple[bytes, EventDecoder]:
    inputs = entry["inputs"]
    signature = f"{entry['name']}({','.join(_type(part) for part in inputs)})"
    indexed = [part for part in inputs if part["indexed"]]
    plain = [part for part in inputs if not part["indexed"]]
    body = ",".join(_type(part).replace("string", "bytes") for part in plain)
    return keccak(text=signature), EventDecoder(
        contract,
        entry["name"],
        tuple(
            (argument, registry.get_decoder(argument.type)) for part in indexed for argument in _named(part)
        ),
        tuple(tuple(_named(part)) for part in plain),
        registry.get_decoder(f"({body})") if plain else None,
    )


def _named(part: dict[str, Any]) -> Iterator[Argument]:
    if part["type"] == "tuple":
        for member in part["components"]:
            yield from _named(member)
    else:
        yield Argument(_CAPITAL.sub(r"_\1", part["name"]).lower().strip("_"), part["type"])


def _type(part: dict[str, Any]) -> str:
    if not part["type"].startswith("tuple"):
        return str(part["type"])
    members = ",".join(_type(member) for member in part["components"])
    return f"({members}){part['type'].removeprefix('tuple')}"


def _stream(data: bytes) -> Any:
    return ContextFramesBytesIO(data)  # type: ignore[no-untyped-call]


def _value(argument: Argument, value: Any) -> Any:
    return _checksum(value) if argument.type == "address" else value
