"""Logs into rows, by functions that are written once from the ABI, one for each event.

Generic ABI code takes ten times as long: each of these functions unpacks the fixed part of the data in one
go, and makes the row of its table at once. `eth_abi` is what the tests compare them with.

Text stays bytes until `readable` has made it fit: anybody can make a contract emit bytes that are no UTF-8,
and that must not stop an index.
"""

import json
import re
from binascii import unhexlify
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from struct import Struct
from typing import Any

from eth_utils.address import to_checksum_address
from sqlalchemy import Column, Table

from onetonne import artifacts
from onetonne.chain.keccak import keccak
from onetonne.index import schema
from onetonne.index.columns import Code, PaddedNumber, Word, code_shown, readable
from onetonne.index.events import EVENTS, EventRows, Hash, NoneIfZero

Decode = Callable[[Callable[[Any], None], int, int, int, Sequence[str], bytes], None]
"""Appends the rows of one log: to what, then its block, its index, its transaction's index, topics, data."""

_CAPITAL = re.compile(r"(?<!^)([A-Z])")
_REMEMBERED = 1 << 16


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
    arguments: tuple[Argument, ...]
    table: Table
    """That its rows are for."""
    decode: Decode
    """Raises ValueError, OverflowError or struct.error for what no contract of ours emits."""


@cache
def decoders(contract: str) -> dict[str, EventDecoder]:
    """By first topic, as nodes write it."""
    abi = artifacts.load(contract).abi
    return dict(_decoder(contract, entry) for entry in abi if entry["type"] == "event")


def _decoder(contract: str, entry: dict[str, Any]) -> tuple[str, EventDecoder]:
    inputs, name = entry["inputs"], entry["name"]
    signature = f"{name}({','.join(_type(part) for part in inputs)})"
    indexed = [part for part in inputs if part["indexed"]]
    made = _Source()
    made.read_topics(indexed)
    made.unpack([part for part in inputs if not part["indexed"]], "0", "0")
    rows = EVENTS.get((contract, name))
    table = rows.table if rows else schema.other_events
    made.lines += _values(rows, made) if rows else _anything(contract, name, made)
    arguments = tuple(Argument(name, type_) for name, type_ in made.types.items())
    decoder = EventDecoder(contract, name, arguments, table, made.function())
    return f"0x{keccak(signature.encode()).hex()}", decoder


@dataclass
class _Source:
    """The text of a function that decodes an event, line by line."""

    lines: list[str] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    """Of the arguments, which are local variables by their names."""
    formats: list[Struct] = field(default_factory=list)

    def read_topics(self, parts: list[dict[str, Any]]) -> None:
        """Topics are text, as nodes give them: words that come again need not be read again."""
        names = []
        for part in parts:
            name = _name(part)
            names.append(name)
            self.types[name] = f"{part['type']} topic"
        self.lines.append(f"_, {''.join(f'{name}, ' for name in names)} = topics".replace(",  =", ", ="))

    def unpack(self, parts: list[dict[str, Any]], start: str, base: str) -> None:
        """Reads the words of `parts` from `start` on; what they only point at is counted from `base`."""
        codes, names, later = [], [], []
        for part in parts:
            for name, type_, components in _words(part):
                codes.append(_FORMATS.get(type_, "32s"))
                names.append(name)
                if _is_dynamic(type_):
                    codes[-1] = "24xQ"
                    later.append((name, type_, components))
                else:
                    self.types[name] = type_
        format_ = len(self.formats)
        self.formats.append(Struct(">" + "".join(codes)))
        if names:
            self.lines.append(f"{''.join(f'{name}, ' for name in names)} = unpack{format_}(data, {start})")
        for name, type_, components in later:
            if base != "0":
                self.lines.append(f"{name} += {base}")
            if type_ == "tuple":
                self.unpack(components, name, name)
            else:
                self.types[name] = type_
                given = f", {len(components)}" if type_ == "tuple[]" else ""
                read = "text" if type_ == "string" else "records" if given else "numbers"
                self.lines.append(f"{name} = {read}(data, {name}{given})")

    def function(self) -> Decode:
        body = "".join(f"    {line}\n" for line in self.lines)
        text = f"def decode(append, block, index, transaction, topics, data, item=0):\n{body}"
        given = {f"unpack{at}": one.unpack_from for at, one in enumerate(self.formats)}
        scope: dict[str, Any] = _SCOPE | given
        exec(compile(text, "<event>", "exec"), scope)
        return scope["decode"]  # type: ignore[no-any-return]


def _words(part: dict[str, Any]) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """What of an argument lies in the fixed part: itself, or a struct's members, or where it begins."""
    if part["type"] != "tuple":
        yield _name(part), part["type"], part.get("components", [])
    elif any(_is_dynamic(member["type"]) for member in part["components"]):
        yield _name(part), "tuple", part["components"]
    else:
        for member in part["components"]:
            yield from _words(member)


def _name(part: dict[str, Any]) -> str:
    name = _CAPITAL.sub(r"_\1", part["name"]).lower().strip("_")
    return _NAMES.get(name, name)


def _is_dynamic(type_: str) -> bool:
    return type_ in ("string", "tuple") or type_.endswith("[]")


def _values(rows: EventRows, made: _Source) -> list[str]:
    """The statement that appends the rows of an event."""
    types = made.types | dict.fromkeys(rows.each, "uint64")  # of a list, one number after another
    values = [
        _PLACE.get(column.name) or _value(column, rows.given.get(column.name, column.name), types)
        for column in rows.table.columns
    ]
    row = f"append(({', '.join(values)}))"
    if rows.unless_zero:
        row = f"if {_plain(rows.unless_zero, types[rows.unless_zero])}: {row}"
    if rows.each:
        names = ", ".join(rows.each)
        return [f"for item, ({names},) in enumerate(zip({names}, strict=True)):", f"    {row}"]
    return [row]


def _value(column: Column[Any], given: object, types: dict[str, str]) -> str:
    """The expression for a column's value as it lies in the database."""
    if isinstance(given, Hash):
        return f"'0x' + keccak({given.argument}).hex()"
    if isinstance(given, NoneIfZero):
        name = given.argument
        return f"({_value(column, name, types)} if any({_bytes(name, types[name])}) else None)"
    if not isinstance(given, str) or given not in types:
        return repr(given)
    type_ = types[given]
    if isinstance(column.type, PaddedNumber):
        return f"f'{{{_plain(given, type_)}:0{column.type.digits}}}'"
    if isinstance(column.type, Code):
        return f"codes[{_bytes(given, type_)}]"
    if isinstance(column.type, Word):
        return f"'0x' + {_bytes(given, type_)}.hex()"
    return _plain(given, type_)


def _plain(name: str, type_: str) -> str:
    """The expression for an argument as Python has it: a number, a flag, text."""
    kind, _, place = type_.partition(" ")
    if kind == "string":
        return f"readable({name})"
    if kind.endswith("[]"):
        return f"dumps({name})"
    if kind == "address":
        return f"accounts[{name}]"
    if kind.startswith("bytes"):
        return f"{_bytes(name, type_)}.decode('ascii', 'backslashreplace')"
    if place:
        return f"int({name}, 16)" + (" != 0" if kind == "bool" else "")
    return f"int_from({name})" if kind == "uint256" else name


def _bytes(name: str, type_: str) -> str:
    kind, _, place = type_.partition(" ")
    return f"unhexlify({name}[2:{2 + 2 * int(kind.removeprefix('bytes'))}])" if place else name


def _anything(contract: str, event: str, made: _Source) -> list[str]:
    """Of an event that no table wants: all it says, by name, so that nothing emitted is lost to a query."""
    pairs = ", ".join(f"{name!r}: {_told(name, type_)}" for name, type_ in made.types.items())
    arguments = f"dumps({{{pairs}}}, sort_keys=True)"
    return [f"append((block, index, transaction, {contract!r}, {event!r}, {arguments}))"]


def _told(name: str, type_: str) -> str:
    is_bytes = type_.startswith(("string", "bytes"))
    return f"'0x' + {_bytes(name, type_)}.hex()" if is_bytes else _plain(name, type_)


def _type(part: dict[str, Any]) -> str:
    if not part["type"].startswith("tuple"):
        return str(part["type"])
    members = ",".join(_type(member) for member in part["components"])
    return f"({members}){part['type'].removeprefix('tuple')}"


class _Remembered(dict[Any, str]):
    """What a function made of the last values: the same accounts and codes come again and again."""

    def __init__(self, make: Callable[[Any], str]) -> None:
        self._make = make

    def __missing__(self, value: Any) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        made = self[value] = self._make(value)
        return made


def _account(word: str | bytes) -> str:
    """From an address, or from a topic that ends in one, as nodes write them; or from its 20 bytes."""
    digits = word.hex() if isinstance(word, bytes) else word[-40:]
    return to_checksum_address(f"0x{digits}")


def _text(data: bytes, start: int) -> bytes:
    size = int.from_bytes(data[start : start + 32])
    text = data[start + 32 : start + 32 + size]
    if len(text) != size or len(data) < start + 32:
        raise ValueError("a text that ends before its end")
    return text


def _numbers(data: bytes, start: int) -> list[int]:
    size = int.from_bytes(data[start : start + 32])
    if len(data) < start + 32 + 32 * size:
        raise ValueError("a list that ends before its end")
    places = range(start + 32, start + 32 + 32 * size, 32)
    return [int.from_bytes(data[place : place + 32]) for place in places]


def _records(data: bytes, start: int, width: int) -> list[list[int]]:
    """A list of structs of `width` numbers each."""
    size = int.from_bytes(data[start : start + 32])
    end = start + 32 + 32 * size * width
    if len(data) < end:
        raise ValueError("a list that ends before its end")
    words = [int.from_bytes(data[place : place + 32]) for place in range(start + 32, end, 32)]
    return [words[at : at + width] for at in range(0, len(words), width)]


_PLACE = {"block_number": "block", "log_index": "index", "transaction_index": "transaction", "item": "item"}
_NAMES = {"from": "from_"}  # no variable of Python can have this name
_FORMATS = {"address": "12x20s", "bool": "31x?"}
_FORMATS |= {f"uint{bits}": "24xQ" for bits in range(8, 65, 8)}
_FORMATS |= {f"bytes{size}": f"{size}s{32 - size}x" for size in range(1, 32)}
accounts = _Remembered(_account)
_SCOPE = {
    "accounts": accounts,
    "codes": _Remembered(code_shown),
    "dumps": json.dumps,
    "int_from": int.from_bytes,
    "keccak": keccak,
    "numbers": _numbers,
    "readable": readable,
    "records": _records,
    "text": _text,
    "unhexlify": unhexlify,
}
