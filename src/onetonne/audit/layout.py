"""Where a contract keeps what: slots and packed fields, computed from the storage layout that solc wrote."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from eth_utils.crypto import keccak

from onetonne import artifacts
from onetonne.errors import AuditError

Step = int | str | bytes
"""A mapping's key or an array's position; or, as text, a struct's member."""

WORD_BYTES = 32


@dataclass(frozen=True, slots=True)
class Field:
    """Some bits of one slot of a place."""

    name: str
    slot: int
    """Counted from the first slot of the place."""
    shift: int
    """Bits from the low end."""
    bits: int


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of a place. What lies between them must be 0, unless other variables share the slot."""

    fields: tuple[Field, ...]
    slots: int
    shared: bool = False

    def decode(self, words: Sequence[int]) -> dict[str, int]:
        """Values by name, and under "padding" all bits that belong to no field."""
        found, rest = {}, list(words)
        for field in self.fields:
            mask = (1 << field.bits) - 1
            found[field.name] = (words[field.slot] >> field.shift) & mask
            rest[field.slot] &= ~(mask << field.shift)
        if not self.shared:
            found["padding"] = sum(word << (256 * number) for number, word in enumerate(rest))
        return found


RANGE = Shape(
    (
        Field("last", 0, 192, 64),
        Field("first", 0, 128, 64),
        Field("next", 0, 64, 64),
        Field("owner", 0, 0, 64),
    ),
    1,
)
"""A word of `IntervalSet`."""

_KEY = Field("key", 0, 0, 48)
MARK = Shape((_KEY, Field("set", 0, 48, 208)), 1)
"""A checkpoint of `Checkpoints.Trace208` in `Labels`: of an exclusion, a guarantee or an adjustment."""
APPROVAL = Shape(
    (
        _KEY,
        Field("state", 0, 48, 8),
        Field("vintageStart", 0, 56, 32),
        Field("vintageEnd", 0, 88, 32),
        Field("creditingFrom", 0, 120, 32),
    ),
    1,
)
AUTHORISATION = Shape((_KEY, Field("uses", 0, 48, 8), Field("cap", 0, 56, 48)), 1)


@cache
def shape_of(contract: str, variable: str, steps: tuple[type | str, ...]) -> Shape:
    """The shape at the end of a path; keys are given by their type only, so that this is worked out once."""
    types, entry = _types(contract), _variable(contract, variable)
    type_name, shared = entry["type"], True
    for step in steps:
        shared = False
        _, _, type_name = (
            _member(types, type_name, step) if isinstance(step, str) else (0, 0, _inner(types, type_name))
        )
    kind = types[type_name]
    if "members" in kind:
        return Shape(tuple(_fields(types, kind, 0)), int(kind["numberOfBytes"]) // WORD_BYTES)
    shift = 8 * entry["offset"] if shared else 0
    return Shape((Field("value", 0, shift, 8 * int(kind["numberOfBytes"])),), 1, shared)


def _fields(types: Mapping[str, Any], kind: Mapping[str, Any], first: int) -> Iterator[Field]:
    """Of a struct that begins at slot `first`; those of a struct inside it stand for it."""
    for member in kind["members"]:
        slot, inner = first + int(member["slot"]), types[member["type"]]
        if "members" in inner:
            yield from _fields(types, inner, slot)
        else:
            yield Field(member["label"], slot, 8 * member["offset"], 8 * int(inner["numberOfBytes"]))


def slot_of(contract: str, variable: str, steps: Sequence[Step]) -> int:
    """The first slot at the end of a path."""
    types, entry = _types(contract), _variable(contract, variable)
    slot, type_name = int(entry["slot"]), entry["type"]
    for step in steps:
        if isinstance(step, str):
            added, _, type_name = _member(types, type_name, step)
            slot += added
        elif types[type_name]["encoding"] == "dynamic_array":
            type_name, slot = (
                types[type_name]["base"],
                int.from_bytes(keccak(slot.to_bytes(WORD_BYTES))) + int(step),
            )
        else:
            slot, type_name = _mapped(slot, types[type_name]["key"], step), types[type_name]["value"]
    return slot % 2**256


def kinds_of(steps: Sequence[Step]) -> tuple[type | str, ...]:
    """A path with its keys replaced by their types, for `shape_of`."""
    return tuple(step if isinstance(step, str) else type(step) for step in steps)


@lru_cache(maxsize=65536)
def _mapped(slot: int, key_type: str, key: int | bytes) -> int:
    word = key.ljust(WORD_BYTES, b"\0") if isinstance(key, bytes) else key.to_bytes(WORD_BYTES)
    if isinstance(key, bytes) != key_type.startswith("t_bytes"):
        raise AuditError(
            f"The storage layout has a key of {key_type} where the audit gives {type(key).__name__}."
        )
    return int.from_bytes(keccak(word + slot.to_bytes(WORD_BYTES)))


def _inner(types: Mapping[str, Any], type_name: str) -> str:
    kind = types[type_name]
    return str(kind["base"] if kind["encoding"] == "dynamic_array" else kind["value"])


def _member(types: Mapping[str, Any], type_name: str, label: str) -> tuple[int, int, str]:
    for member in types[type_name].get("members", ()):
        if member["label"] == label:
            return int(member["slot"]), member["offset"], member["type"]
    raise AuditError(f"The shipped storage layout has no member {label} in {types[type_name]['label']}.")


def _types(contract: str) -> Mapping[str, Any]:
    types: Mapping[str, Any] = artifacts.load(contract).storage_layout["types"]
    return types


@cache
def _variable(contract: str, variable: str) -> Mapping[str, Any]:
    for entry in _variables(contract):
        if entry["label"] == variable:
            return entry
    raise AuditError(f"The shipped storage layout of {contract} has no variable {variable}.")


def _variables(contract: str) -> Iterator[Mapping[str, Any]]:
    yield from artifacts.load(contract).storage_layout["storage"]
