"""Text files cut into cells, block by block: every row comes out, whole or refused, however long the file.

A line whose quotes are sound and whose fields are as many as the header's is read by polars, many at a time.
Every other line is read by Python's csv module, alone: a row of several lines, a blank row, or a row that
is refused. After a refused row reading goes on at the very next line, so that a quote left open can't swallow
the rows below it.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import polars as pl

from onetonne.errors import FormatError
from onetonne.registries.blocks import Progress, blocks
from onetonne.registries.quoting import cut_loosely

Places = Callable[[Sequence[str]], Sequence[int]]
"""Which columns of a header are wanted, by their places."""

ROW = "row"
_LONGEST_ROW = 1 << 20
_MOST_COLUMNS = 400
_DELIMITERS = ",;\t|"
_MARK = "\0"  # stands in no text
_ODD = r"\x0b\x0c\r\x1c-\x1f"  # blanks and line ends to Python, not to polars
_ODD_BLANKS = re.compile(f"[{_ODD}]")

BROKEN_QUOTES = "its quotes are broken: a quote inside a quoted field must be doubled"
OPEN_QUOTE = "a quote opens in it and is not closed on the row"


@dataclass(slots=True)
class Cells:
    """A file's cells. `frame` has a column `row` and one of text for each wanted place, named by the place.

    `broken` holds the rows that could not be cut, and why.
    """

    header: tuple[str, ...]
    frame: pl.DataFrame
    broken: list[tuple[int, str]] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    loose: list[int] = field(default_factory=list)
    """Rows with quotes that were not doubled."""


def frame_of(places: Sequence[int], rows: Sequence[tuple[int, Sequence[str]]]) -> pl.DataFrame:
    """Rows of text, numbered, as a frame of the wanted places."""
    columns: dict[str, pl.Series] = {ROW: pl.Series([row for row, _ in rows], dtype=pl.UInt32)}
    for place in places:
        columns[str(place)] = pl.Series([_encodable(cells[place]) for _, cells in rows], dtype=pl.String)
    return pl.DataFrame(columns)


def wrong_width(found: int, usual: int, whose: str = "header") -> str:
    has = "has" if whose == "header" else "have"
    return f"it has {found} fields where the {whose} {has} {usual}"


def _encodable(text: str) -> str:
    """Without lone surrogates, which JSON can hold and UTF-8 can't."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@dataclass(slots=True)
class Cutter:
    """Cuts one file. `delimiter` is the one that cuts the header into most cells."""

    path: Path
    encoding: str
    places: Places
    progress: Progress | None = None
    delimiter: str = ""
    header: tuple[str, ...] = ()
    wanted: tuple[int, ...] = ()
    width: int = 0
    row: int = 2
    reader: Executor | None = None
    """Reads cells while the next lines are looked at."""
    being_read: deque[Future[tuple[pl.DataFrame, list[int]]]] = field(default_factory=deque)
    parts: list[pl.DataFrame] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    loose: list[int] = field(default_factory=list)
    other_widths: list[tuple[int, list[str]]] = field(default_factory=list)

    def cut(self) -> Cells:
        """Raises `FormatError` where the file is no table, `UnicodeError` where it is in another encoding."""
        with ThreadPoolExecutor(1) as self.reader:
            return self._cut()

    def _cut(self) -> Cells:
        carried, read_header = b"", False
        for data, last in blocks(self.path, self.encoding, self.progress):
            block = carried + data
            if not read_header and block.strip():
                block, read_header = self._take_header(block), True
            carried = self._cut_block(block, last) if read_header else block
        if not read_header:
            raise FormatError(self.path, "it is empty; export it again")
        return self._cells()

    def _take_header(self, block: bytes) -> bytes:
        """Reads the header, and tells the file's width from the row below it. Returns what is below."""
        lines = (line.rstrip("\r").replace("\r", " ") + "\n" for line in block.decode().split("\n"))
        first = next(lines)
        self.delimiter = max(_DELIMITERS, key=lambda one: len(next(_cells_of([first], one), [])))
        reader = csv.reader(_chained(first, lines), delimiter=self.delimiter, strict=True)
        try:
            header = next(reader)
        except (csv.Error, StopIteration):
            header = []
        if len([name for name in header if name.strip()]) < 2:
            raise FormatError(
                self.path, "its first row is no header of several columns; export it again unchanged"
            )
        if len(header) > _MOST_COLUMNS:
            raise FormatError(self.path, f"its header has {len(header)} columns; no export has so many")
        below = _after_lines(block, reader.line_num)
        self.header = tuple(name.strip() for name in header)
        self.wanted = tuple(self.places(self.header))
        try:
            following = next((cells for cells in islice(reader, 100) if cells), [])
        except csv.Error:
            following = []
        trailing = len(following) == len(header) + 1 and not following[-1].strip()
        self.width = len(header) + trailing
        return below

    def _cut_block(self, block: bytes, last: bool) -> bytes:
        """Cuts the lines of a block. Returns those of a row that goes on in the next block."""
        if not block:
            return b""
        lines = self._lines(block)
        whole = lines.str.contains(self._pattern())
        if whole.all():
            self._add(
                block, pl.int_range(self.row, self.row + len(lines), dtype=pl.UInt32, eager=True), lines
            )
            self.row += len(lines)
            return b""
        return self._cut_uneven(lines, whole, last)

    def _cut_uneven(self, lines: pl.Series, whole: pl.Series, last: bool) -> bytes:
        starts = [1] * len(lines)
        place, end, apart, loose = 0, len(lines), [], []
        for at in (~whole).arg_true().to_list():
            if at < place:
                continue
            cells, used, unfinished = self._one(lines, at)
            if unfinished and not last and lines[at:].str.len_bytes().sum() < _LONGEST_ROW:
                end = at
                break
            apart.append((at, cells))
            if used == 0:
                loose.append(at)
                used = 1
            starts[at + 1 : at + used] = [0] * (used - 1)
            place = at + used
        begins = pl.Series(starts, dtype=pl.UInt32)[:end]
        rows = begins.cum_sum() + (self.row - 1)
        plain = whole[:end] & (begins == 1)
        if plain.any():
            kept = lines[:end].filter(plain)
            self._add(_joined(kept), rows.filter(plain), kept)
        self._add_apart([(rows[at], cells) for at, cells in apart])
        self.loose += [rows[at] for at in loose]
        self.row += int(begins.sum())
        return b"" if end == len(lines) else _joined(lines[end:])

    def _lines(self, block: bytes) -> pl.Series:
        """Raises `UnicodeError`."""
        try:
            return pl.read_csv(
                block,
                separator=_MARK,
                quote_char=None,
                has_header=False,
                schema={"line": pl.String},
                empty_string_is_null=False,
            )["line"]
        except pl.exceptions.ComputeError as problem:
            raise UnicodeError(str(problem)) from problem

    def _pattern(self) -> str:
        """A line of as many fields as the file is wide, each with sound quotes."""
        comma = re.escape(self.delimiter)
        one = rf'(?:[^"{comma}{_ODD}]*|"(?:[^"{_ODD}]|"")*")'
        extra = rf'{comma}(?:\s*|"\s*")' if self.width > len(self.header) else ""
        return f"^{one}(?:{comma}{one}){{{len(self.header) - 1}}}{extra}$"

    def _one(self, lines: pl.Series, at: int) -> tuple[list[str] | str, int, bool]:
        """The row that begins at a line, how many lines it takes, and whether the lines end before it.

        0 lines are one whose quotes were not doubled.
        """
        given = 0

        def following() -> Iterator[str]:
            nonlocal given
            for line in range(at, len(lines)):
                given += 1
                yield lines[line] + "\n"

        reader = csv.reader(following(), delimiter=self.delimiter, strict=True)
        try:
            cells = next(reader)
        except csv.Error:
            unfinished = given == len(lines) - at
            loose = cut_loosely(lines[at], self.delimiter, self.width)
            if loose is not None:
                return loose, 0, unfinished
            return BROKEN_QUOTES, 1, unfinished
        if given > 1 and len(cells) not in (self.width, len(self.header)):
            return OPEN_QUOTE, 1, False
        return [_ODD_BLANKS.sub(" ", cell) for cell in cells], given, False

    def _add(self, block: bytes, rows: pl.Series, lines: pl.Series) -> None:
        """Adds rows that are whole, in the background; at most two blocks are in memory for it."""
        assert self.reader is not None
        while len(self.being_read) > 1:
            self._take_read()
        self.being_read.append(self.reader.submit(self._read_cells, block, rows, lines))

    def _take_read(self) -> None:
        frame, blank = self.being_read.popleft().result()
        self.parts.append(frame)
        self.blank += blank

    def _read_cells(self, block: bytes, rows: pl.Series, lines: pl.Series) -> tuple[pl.DataFrame, list[int]]:
        """The cells of whole rows, and the numbers of those without any text."""
        schema = {str(place): pl.String for place in range(self.width)}
        frame = pl.read_csv(
            block,
            separator=self.delimiter,
            has_header=False,
            schema=schema,
            columns=list(self.wanted),
            empty_string_is_null=False,
        ).select([str(place) for place in self.wanted])
        frame.insert_column(0, rows.alias(ROW))
        blank = self._blank(frame, lines)
        if blank is None:
            return frame, []
        return frame.filter(~blank), frame.filter(blank)[ROW].to_list()

    def _blank(self, frame: pl.DataFrame, lines: pl.Series) -> pl.Series | None:
        """Which rows have no text at all; None where all have some, as is usual."""
        empty: pl.Series | None = None
        for place in self.wanted:
            column = frame[str(place)].str.contains(r"^\s*$")
            empty = column if empty is None else empty & column
            if not empty.any():
                return None
        return None if empty is None else empty & ~lines.str.contains(rf'[^\s"{re.escape(self.delimiter)}]')

    def _add_apart(self, rows: Sequence[tuple[int, list[str] | str]]) -> None:
        good: list[tuple[int, list[str]]] = []
        for row, cells in rows:
            if isinstance(cells, str):
                self.broken.append((row, cells))
            elif not any(cell.strip() for cell in cells):
                self.blank.append(row)
            elif len(cells) != self.width or (len(cells) > len(self.header) and cells[-1].strip()):
                self.other_widths.append((row, cells))
            else:
                good.append((row, cells))
        if good:
            self.parts.append(frame_of(self.wanted, good))

    def _cells(self) -> Cells:
        """All parts together. A trailing delimiter that the header lacks must stand on most rows."""
        while self.being_read:
            self._take_read()
        frame = pl.concat(self.parts) if self.parts else frame_of(self.wanted, [])
        wide = len(self.header)
        as_header = [(row, cells) for row, cells in self.other_widths if len(cells) == wide]
        if len(as_header) >= len(frame) > 0 and self.width > wide:
            self.broken += [(row, wrong_width(self.width, wide)) for row in frame[ROW]]
            frame = frame_of(self.wanted, as_header)
            self.other_widths = [one for one in self.other_widths if len(one[1]) != wide]
        for row, cells in self.other_widths:
            # As wide as the header, where most rows have a trailing delimiter.
            beside = (wide + 1, "other rows") if len(cells) == wide else (wide, "header")
            self.broken.append((row, wrong_width(len(cells), *beside)))
        if not frame[ROW].is_sorted():
            frame = frame.sort(ROW)
        return Cells(self.header, frame, sorted(self.broken), sorted(self.blank), sorted(self.loose))


def _cells_of(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter)


def _chained(first: str, others: Iterator[str]) -> Iterator[str]:
    yield first
    yield from others


def _after_lines(block: bytes, lines: int) -> bytes:
    """What follows after so many lines."""
    place = 0
    for _ in range(lines):
        place = block.find(b"\n", place) + 1
        if place == 0:
            return b""
    return block[place:]


def _joined(lines: pl.Series) -> bytes:
    return ("\n".join(lines.to_list()) + "\n").encode()
