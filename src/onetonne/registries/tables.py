"""Files into tables of text: encoding, delimiter, quoting, workbooks. Every row comes out, read or refused.

A row whose fields differ in number from the header's, or whose quotes are not doubled, is refused, and
reading goes on at the very next line: a quote left open must not swallow the rows below it.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from onetonne.errors import FileError, FormatError
from onetonne.registries.workbooks import read_workbook

_DELIMITERS = ",;\t|"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"']+@[^\s@<>()\[\],;:\"']+\.[^\s@<>()\[\],;:\"'.]{2,}")
_REDACTED = "[e-mail address removed]"
_ZIP = b"PK\x03\x04"
_BINARY = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save it as .xlsx or CSV",
    b"%PDF": "a PDF, not a table",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One row of cells; `row` as a spreadsheet numbers it, the header being row 1."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header and rows. `broken` holds the rows that could not be cut into cells, and why.

    E-mail addresses have been taken out of the cells.
    """

    path: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    records: tuple[Record, ...]
    broken: tuple[tuple[int, str], ...] = ()
    blank_rows: tuple[int, ...] = ()


def read_table(path: str | PathLike[str]) -> Table:
    """The table in a CSV file or a workbook. Raises `FileError` and `FormatError`."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise FileError(path, f"it can't be opened ({error.strerror or error}); check its name") from error
    if data.startswith(_ZIP):
        return _of_rows(path, "workbook", "", read_workbook(path))
    for start, what in _BINARY.items():
        if data.startswith(start):
            raise FormatError(path, f"it is {what}")
    text, encoding = _decode(path, data)
    if not text.strip():
        raise FormatError(path, "it is empty; export it again")
    lines = _LINE.findall(text)
    delimiter = _delimiter(lines[0])
    return _of_rows(path, encoding, delimiter, _records(lines, delimiter))


def redact(text: str) -> str:
    """`text` without e-mail addresses."""
    return _EMAIL.sub(_REDACTED, text) if "@" in text else text


def _decode(path: str | PathLike[str], data: bytes) -> tuple[str, str]:
    """UTF-8 where it is that; else Windows-1252, which spreadsheets write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = {"utf-16": "UTF-16"}
    elif data.startswith(b"\xef\xbb\xbf"):
        encodings = {"utf-8-sig": "UTF-8 with BOM"}
    else:
        encodings = {"utf-8": "UTF-8", "cp1252": "Windows-1252"}
    for codec, name in encodings.items():
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, name
    raise FormatError(path, "it is no text in UTF-8 or Windows-1252; export it again as CSV")


def _delimiter(line: str) -> str:
    """The delimiter that cuts the header into most cells."""
    return max(_DELIMITERS, key=lambda delimiter: len(next(csv.reader([line], delimiter=delimiter), [])))


class _Lines(Iterator[str]):
    """Lines with a place that can be set back."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.place = 0

    def __next__(self) -> str:
        if self.place >= len(self.lines):
            raise StopIteration
        self.place += 1
        return self.lines[self.place - 1]


def _records(lines: Sequence[str], delimiter: str) -> Iterator[list[str] | str]:
    """Each row's cells, or the reason why it has none. The first is the header."""
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    width = 0
    while source.place < len(lines):
        start = source.place
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            source.place = start + 1
            yield "its quotes are broken: a quote inside a quoted field must be doubled"
            continue
        width = width or len(cells)
        if cells and len(cells) != width and source.place > start + 1:
            source.place = start + 1
            yield "a quote opens in it and is not closed on the row"
            continue
        yield cells


def _of_rows(
    path: str | PathLike[str], encoding: str, delimiter: str, rows: Iterator[list[str] | str]
) -> Table:
    header = next(rows, [])
    if isinstance(header, str) or len([name for name in header if name.strip()]) < 2:
        raise FormatError(path, "its first row is no header of several columns; export it again unchanged")
    records: list[Record] = []
    broken: list[tuple[int, str]] = []
    blank: list[int] = []
    for row, cells in enumerate(rows, start=2):
        if isinstance(cells, str):
            broken.append((row, cells))
        elif not any(cell.strip() for cell in cells):
            blank.append(row)
        else:
            records.append(Record(row, tuple(redact(cell) for cell in cells)))
    width = _width(len(header), records)
    broken += [
        (record.row, f"it has {len(record.cells)} fields where the header has {width}")
        for record in records
        if len(record.cells) != width
    ]
    names = tuple(redact(name.strip()) for name in header)
    whole = tuple(record for record in records if len(record.cells) == width)
    return Table(str(path), encoding, delimiter, names, whole, tuple(sorted(broken)), tuple(blank))


def _width(header: int, records: Sequence[Record]) -> int:
    """The header's width; one more where every row ends in a delimiter that the header lacks."""
    trailing = records and all(len(r.cells) == header + 1 and not r.cells[-1].strip() for r in records)
    return header + 1 if trailing else header
