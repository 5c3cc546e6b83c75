"""Files into tables of text: CSV in any delimiter and encoding, workbooks, JSON. Every row comes out, read or
refused, with the number by which people find it.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import polars as pl

from onetonne.errors import FileError, FormatError
from onetonne.registries.blocks import Progress, encoding_name, encodings_of, no_text
from onetonne.registries.cutting import (
    ROW,
    Cells,
    Cutter,
    Places,
    frame_of,
    wrong_width,
)
from onetonne.registries.documents import looks_like_json, read_records
from onetonne.registries.redaction import redact
from onetonne.registries.workbooks import header_width, read_workbook

__all__ = ["Record", "Table", "read_table", "redact"]

_ZIP = b"PK\x03\x04"
_BINARY = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save it as .xlsx or CSV",
    b"%PDF": "a PDF, not a table",
}
_NO_HEADER = "its first row is no header of several columns; export it again unchanged"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of cells. `row` as a spreadsheet numbers it, the header being row 1; in JSON, counted from 1.

    E-mail addresses have been taken out of the cells.
    """

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's header and rows. `broken` holds the rows that could not be cut into cells, and why.

    `frame` has the number of each whole row, and the text of each wanted column under its place.
    """

    path: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    frame: pl.DataFrame
    broken: tuple[tuple[int, str], ...] = ()
    blank_rows: tuple[int, ...] = ()
    loose_rows: tuple[int, ...] = ()
    """Rows with quotes that were not doubled: read as they stand, as that gave the right number of cells."""

    @property
    def rows(self) -> int:
        """Blank ones left out."""
        return len(self.frame) + len(self.broken)

    @property
    def records(self) -> tuple[Record, ...]:
        """Every whole row, with an empty text where a column was not wanted."""
        places = [int(name) for name in self.frame.columns[1:]]
        width = max(len(self.header), 1 + max(places, default=-1))
        found: list[Record] = []
        for row, *texts in self.frame.iter_rows():
            cells = [""] * width
            for place, text in zip(places, texts, strict=True):
                cells[place] = redact(text)
            found.append(Record(row, tuple(cells)))
        return tuple(found)


def read_table(
    path: str | PathLike[str], places: Places | None = None, progress: Progress | None = None
) -> Table:
    """The table in a CSV file, a workbook or a JSON document; all columns, or those that `places` picks.

    Raises `FileError` and `FormatError`, and what `places` raises of a header that it doesn't know.
    """
    choose = places or (lambda header: range(len(header)))
    try:
        with Path(path).open("rb") as file:
            start = file.read(4096)
        return _read(Path(path), str(path), start, choose, progress)
    except OSError as error:
        raise FileError(path, f"it can't be opened ({error.strerror or error}); check its name") from error


def _read(path: Path, name: str, start: bytes, places: Places, progress: Progress | None) -> Table:
    if start.startswith(_ZIP):
        cells, encoding, delimiter = _of_workbook(path, places), "workbook", ""
    elif looks_like_json(start):
        cells, encoding, delimiter = *_of_json(path, places), ""
    else:
        for mark, what in _BINARY.items():
            if start.startswith(mark):
                raise FormatError(path, f"it is {what}")
        cells, encoding, delimiter = _of_text(path, places, progress)
    if progress is not None:
        progress(1, 1)
    header = tuple(redact(column) for column in cells.header)
    apart = tuple(cells.broken), tuple(cells.blank), tuple(cells.loose)
    return Table(name, encoding, delimiter, header, cells.frame, *apart)


def _of_workbook(path: Path, places: Places) -> Cells:
    rows = read_workbook(path)
    width = header_width(rows[0])
    if len([name for name in rows[0] if name.strip()]) < 2:
        raise FormatError(path, _NO_HEADER)
    header = tuple(name.strip() for name in rows[0][:width])
    cells = Cells(header, pl.DataFrame())
    whole: list[tuple[int, Sequence[str]]] = []
    for number, row in enumerate(rows[1:], start=2):
        used = header_width(row)
        if used == 0:
            cells.blank.append(number)
        elif used > width:
            cells.broken.append((number, wrong_width(used, width)))
        else:
            whole.append((number, row))
    cells.frame = frame_of(places(header), whole)
    return cells


def _of_text(path: Path, places: Places, progress: Progress | None) -> tuple[Cells, str, str]:
    """The cells, the encoding and the delimiter."""
    for codec in encodings_of(path):
        cutter = Cutter(path, codec, places, progress)
        with suppress(UnicodeError):
            return cutter.cut(), encoding_name(codec), cutter.delimiter
    raise no_text(path)


def _of_json(path: Path, places: Places) -> tuple[Cells, str]:
    """The cells and the encoding."""
    for codec in encodings_of(path):
        with suppress(UnicodeError):
            return _of_records(path, *read_records(path, codec), places), f"JSON, {encoding_name(codec)}"
    raise no_text(path)


def _of_records(
    path: Path, columns: Sequence[str], records: Sequence[dict[str, str]], places: Places
) -> Cells:
    if len(columns) < 2:
        raise FormatError(path, "it holds no records of several fields; export it again unchanged")
    wanted = places(columns)
    frame: dict[str, pl.Series] = {ROW: pl.int_range(1, len(records) + 1, dtype=pl.UInt32, eager=True)}
    for place in wanted:
        texts = [record.get(columns[place], "").encode("utf-8", "replace").decode() for record in records]
        frame[str(place)] = pl.Series(texts, dtype=pl.String)
    return Cells(tuple(column.strip() for column in columns), pl.DataFrame(frame))
