"""Bytes from the chain into names and values, by the shipped ABIs: errors by selector, events by topic."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from onetonne import artifacts

Entry = Mapping[str, Any]
"""One element of an ABI, or one of its inputs."""


@dataclass(frozen=True, slots=True)
class Event:
    """A decoded log. `arguments` are by the contract's names; structs are mappings."""

    name: str
    contract: str
    """Address of who emitted it."""
    arguments: Mapping[str, Any]
    log_index: int


@cache
def errors_by_selector() -> Mapping[bytes, Entry]:
    return {keccak(text=signature(entry))[:4]: entry for entry in _entries("error")}


@cache
def events_by_topic() -> Mapping[tuple[bytes, int], Entry]:
    """By first topic and number of indexed arguments."""
    return {(keccak(text=signature(entry)), _indexed(entry)): entry for entry in _entries("event")}


def signature(entry: Entry) -> str:
    """Such as `BatchUnknown(uint32)`."""
    return f"{entry['name']}({','.join(collapse_if_tuple(dict(part)) for part in entry['inputs'])})"


def decode_arguments(inputs: Sequence[Entry], data: bytes) -> dict[str, Any]:
    """Values by name. Raises what eth_abi raises where `data` does not fit."""
    values = decode([collapse_if_tuple(dict(part)) for part in inputs], data)
    return {part["name"]: _named(part, value) for part, value in zip(inputs, values, strict=True)}


def decode_event(log: Mapping[str, Any]) -> Event | None:
    """A log as the node gave it in JSON; None where it is no event of ours."""
    topics = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
    entry = events_by_topic().get((topics[0], len(topics) - 1)) if topics else None
    if entry is None:
        return None
    indexed = [part for part in entry["inputs"] if part["indexed"]]
    plain = [part for part in entry["inputs"] if not part["indexed"]]
    try:
        arguments = decode_arguments(indexed, b"".join(topics[1:]))
        arguments |= decode_arguments(plain, bytes.fromhex(log["data"][2:]))
    except (
        DecodingError,
        ValueError,
        OverflowError,
    ):  # and text that is no UTF-8; anybody may emit these topics
        return None
    return Event(entry["name"], to_checksum_address(log["address"]), arguments, int(log["logIndex"], 16))


def _entries(kind: str) -> Iterator[Entry]:
    for name in artifacts.names():
        yield from (entry for entry in artifacts.load(name).abi if entry["type"] == kind)


def _indexed(entry: Entry) -> int:
    return sum(1 for part in entry["inputs"] if part["indexed"])


def _named(part: Entry, value: Any) -> Any:
    if part["type"] == "tuple":
        parts = part["components"]
        return {inner["name"]: _named(inner, one) for inner, one in zip(parts, value, strict=True)}
    if part["type"].endswith("[]"):
        element = {**part, "type": part["type"].removesuffix("[]")}
        return tuple(_named(element, one) for one in value)
    return to_checksum_address(value) if part["type"] == "address" else value
