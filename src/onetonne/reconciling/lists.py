"""Another system's list of what it has tokenised: CSV, a workbook, or JSON with one record a line.

Read are the serial numbers and, where there is one, the quantity; who holds what stays out. A programme's
own layout, as `onetonne export` writes it, is read as such, with what has ended since.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

from onetonne import serials
from onetonne.errors import FileError, FormatError, MissingColumn, QuantityError, SerialError, UnknownLayout
from onetonne.reconciling.files import UNREADABLE, programme_side
from onetonne.reconciling.statements import Side, State, Statement
from onetonne.registries.numbers import parse_tonnes
from onetonne.registries.tables import read_table
from onetonne.terms import SerialBlock, Tonnes

_SERIAL_NAMES = ("serialnumber", "serialnumbers", "serialno", "serial", "creditserialnumbers")
_QUANTITY_NAMES = ("quantityofcredits", "quantityissued", "quantity", "amount", "tonnes", "credits")
_JSON_LINES = (".ndjson", ".jsonl")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row: its serial number as written, its quantity where one is stated."""

    row: int
    serial: str
    tonnes: Tonnes | None


def list_side(path: str | PathLike[str]) -> Side:
    """What another system's list says. Raises `FileError` where it can't be used."""
    name = Path(path).name
    if Path(path).suffix.casefold() in _JSON_LINES:
        return _side(str(path), name, list(_json_entries(path)))
    with suppress(UnknownLayout, MissingColumn):
        return _of_export(programme_side([path]))
    return _side(str(path), name, list(_table_entries(path)))


def _of_export(side: Side) -> Side:
    """A list in a programme's layout: what it only says was issued is taken to be there still."""
    statements = (
        replace(one, state=State.LIVE) if one.state is State.ISSUED else one for one in side.statements
    )
    return replace(side, statements=tuple(statements))


def _side(path: str, name: str, entries: Sequence[_Entry]) -> Side:
    statements: list[Statement] = []
    unread = unmeasured = 0
    for entry in entries:
        try:
            parsed = serials.parse(entry.serial)
        except SerialError:
            unread += entry.tonnes or 0
            unmeasured += entry.tonnes is None
            continue
        tonnes = parsed.tonnes if entry.tonnes is None else entry.tonnes
        sound = tonnes == parsed.tonnes
        statements.append(
            _statement(path, name, entry.row, str(parsed.programme), parsed.block, tonnes, sound)
        )
    if not statements:
        raise FormatError(path, "it has no serial number that can be read; give a list of serial numbers")
    return Side(name, tuple(statements), {}, {UNREADABLE: Tonnes(unread)}, len(entries), unmeasured)


def _statement(
    path: str, name: str, row: int, programme: str, block: SerialBlock, tonnes: Tonnes, sound: bool
) -> Statement:
    return Statement(
        side=name,
        programme=programme,
        block=block,
        state=State.LIVE if sound else State.DAMAGED,
        tonnes=tonnes,
        file=path,
        row=row,
        defect="" if sound else "quantity mismatch",
    )


def _table_entries(path: str | PathLike[str]) -> Iterator[_Entry]:
    table = read_table(path)
    names = [_key(name) for name in table.header]
    serial = next((names.index(name) for name in _SERIAL_NAMES if name in names), None)
    if serial is None:
        raise FormatError(path, "no column holds serial numbers; name one 'Serial Number'")
    quantity = next((names.index(name) for name in _QUANTITY_NAMES if name in names), None)
    for record in table.records:
        tonnes = None if quantity is None else _tonnes(record.cells[quantity])
        yield _Entry(record.row, record.cells[serial], tonnes)
    for row, _problem in table.broken:
        yield _Entry(row, "", None)


def _json_entries(path: str | PathLike[str]) -> Iterator[_Entry]:
    """A record a line: an object with a serial number by name, or a list that has one in it."""
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except OSError as error:
        raise FileError(path, f"it can't be opened ({error.strerror or error}); check its name") from error
    except UnicodeDecodeError as error:
        raise FormatError(path, "it is no text in UTF-8; export it again") from error
    for row, line in enumerate(lines, start=1):
        if line.strip():
            yield _json_entry(row, line)


def _json_entry(row: int, line: str) -> _Entry:
    try:
        record: Any = json.loads(line)
    except ValueError:
        return _Entry(row, "", None)
    if isinstance(record, Mapping):
        plain = {
            "".join(c for c in str(name).casefold() if c.isalnum()): cell for name, cell in record.items()
        }
        serial = next((plain[name] for name in _SERIAL_NAMES if name in plain), "")
        stated = next((plain[name] for name in _QUANTITY_NAMES if name in plain), None)
        return _Entry(row, str(serial), None if stated is None else _tonnes(str(stated)))
    cells = record if isinstance(record, list) else []
    return _Entry(row, next((cell for cell in cells if isinstance(cell, str) and _is_serial(cell)), ""), None)


def _key(name: str) -> str:
    """A column's name without regard to case, blanks and punctuation."""
    return "".join(character for character in name.casefold() if character.isalnum())


def _is_serial(text: str) -> bool:
    try:
        serials.parse(text)
    except SerialError:
        return False
    return True


def _tonnes(text: str) -> Tonnes | None:
    try:
        return parse_tonnes(text)
    except QuantityError:
        return None
