"""Where a contract keeps what: slots and packed fields, computed from the storage layout that solc wrote."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from typing import Any

from onetonne import artifacts
from onetonne.chain.keccak import keccak
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


@dataclass(frozen=True)
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

    def encode(self, values: Mapping[str, int]) -> bytes | None:
        """The words that decode to these values and to 0 elsewhere; None where there are none."""
        packed = 0
        for name, bits, shift in self._places:
            value = values.get(name, 0)
            if value >> bits:  # too large, or negative
                return None
            packed |= value << shift
        return packed.to_bytes(WORD_BYTES * self.slots)

    @cached_property
    def _places(self) -> tuple[tuple[str, int, int], ...]:
        """Name, bits and shift in all the words as one number, of which the first word has the high end."""
        return tuple(
            (one.name, one.bits, one.shift + 256 * (self.slots - 1 - one.slot)) for one in self.fields
        )


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
"""A checkpoint of `Checkpoints.Trace208` in `Labels`: an exclusion, a guarantee, a letter naming a batch."""
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
AUTHORISATION = Shape(
    (_KEY, Field("uses", 0, 48, 8), Field("cap", 0, 56, 48), Field("number", 0, 104, 32)), 1
)
"""A `Letter`; of an adjustment, the one that it covers."""


PARTS = Shape(tuple(Field(f"part {at}", 0, 32 * at, 32) for at in range(8)), 1)
"""The only word of a composed methodology's parts, of which there are 8 at most."""


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


@cache
def way_to(contract: str, variable: str, steps: tuple[type | str, ...]) -> Callable[..., int]:
    """From the steps of a path, of which these are given as for `shape_of`, to its first slot."""
    types, entry = _types(contract), _variable(contract, variable)
    type_name, taken = entry["type"], list[_Step]()
    for step in steps:
        if isinstance(step, str):
            slots, _, type_name = _member(types, type_name, step)
            taken.append(partial(_add, slots))
        elif types[type_name]["encoding"] == "dynamic_array":
            type_name = types[type_name]["base"]
            taken.append(_element)
        else:
            taken.append(_mapping(types[type_name]["key"], step))
            type_name = types[type_name]["value"]
    first = int(entry["slot"])
    if len(taken) == 1:
        return partial(taken[0], first)
    return partial(_walk, first, taken[:-1], taken[-1]) if taken else lambda: first


_Step = Callable[[int, Any], int]
"""From a slot and a key or a position to the slot there."""


def _walk(slot: int, before: Sequence[_Step], last: _Step, *path: Step) -> int:
    for take, step in zip(before, path, strict=False):
        slot = _kept(take, slot, step)
    return last(slot, path[-1])


@lru_cache(maxsize=65536)
def _kept(take: _Step, slot: int, key: Step) -> int:
    """Many paths begin alike."""
    return take(slot, key)


def _add(slots: int, slot: int, _member: str) -> int:
    return (slot + slots) % 2**256


def _element(slot: int, position: int) -> int:
    return (int.from_bytes(keccak(slot.to_bytes(WORD_BYTES))) + position) % 2**256


def _numbered(slot: int, key: int) -> int:
    return int.from_bytes(keccak(key.to_bytes(WORD_BYTES) + slot.to_bytes(WORD_BYTES)))


def _named(slot: int, key: bytes) -> int:
    return int.from_bytes(keccak(key.ljust(WORD_BYTES, b"\0") + slot.to_bytes(WORD_BYTES)))


def _mapping(key_type: str, given: type) -> _Step:
    if key_type.startswith("t_bytes") != (given is bytes):
        raise AuditError(
            f"The storage layout has a key of {key_type} where the audit gives {given.__name__}."
        )
    return _named if given is bytes else _numbered


def kinds_of(steps: Sequence[Step]) -> tuple[type | str, ...]:
    """A path with its keys replaced by their types, for `shape_of` and `way_to`."""
    kinds = tuple(map(type, steps))
    if str not in kinds:
        return kinds
    return tuple(step if isinstance(step, str) else type(step) for step in steps)


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
    """By name; or by name, colon and type, where contracts inherit two private variables of one name."""
    name, _, type_label = variable.partition(": ")
    types = _types(contract)
    for entry in _variables(contract):
        if entry["label"] == name and type_label in ("", types[entry["type"]]["label"]):
            return entry
    raise AuditError(f"The shipped storage layout of {contract} has no variable {variable}.")


def _variables(contract: str) -> Iterator[Mapping[str, Any]]:
    yield from artifacts.load(contract).storage_layout["storage"]
