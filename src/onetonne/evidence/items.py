"""What evidence is made of: files of a folder, or rows of a table, each with its leaf."""

import csv
import json
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eth_hash.auto import keccak as hasher

from onetonne.errors import FileError, quoted
from onetonne.evidence.merkle import WORD, leaf, packed

Advance = Callable[[int, int], None]
"""Bytes done, of bytes in all."""

_CHUNK = 1 << 20
_ROWS_A_STEP = 5000
_DELIMITERS = ",;\t|"
_DAY = re.compile(r"([0-9]{4})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:[T ].*)?")
_SECOND_PLACE = (2 * WORD).to_bytes(WORD, "big")  # where an encoding's dynamic value starts


@dataclass(frozen=True, slots=True)
class FileItem:
    """A file: its name relative to the folder that was given, and keccak256 of its content."""

    name: str
    content: bytes

    @property
    def key(self) -> str:
        return self.name

    @property
    def leaf(self) -> bytes:
        """Of (string name, bytes32 content)."""
        return leaf(_SECOND_PLACE + self.content + packed(self.name.encode()))


@dataclass(frozen=True, slots=True)
class RowItem:
    """A row: its number as a spreadsheet counts, from 1, and its cells without blanks around them."""

    number: int
    cells: tuple[str, ...]

    @property
    def key(self) -> str:
        return str(self.number)

    @property
    def text(self) -> str:
        """The cells as a JSON array without blanks."""
        return json.dumps(self.cells, ensure_ascii=False, separators=(",", ":"))

    @property
    def leaf(self) -> bytes:
        """Of (uint256 number, string cells)."""
        return leaf(self.number.to_bytes(WORD, "big") + _SECOND_PLACE + packed(self.text.encode()))


Item = FileItem | RowItem


def files_in(paths: Sequence[Path], advance: Advance | None = None) -> list[FileItem]:
    """The items of some files and folders, by name. Raises `FileError`."""
    found: dict[str, Path] = {}
    for path in paths:
        for name, file in _walked(path):
            if name in found:
                raise FileError(
                    file, f"its name {quoted(name)} comes twice; give the folder that holds both, once"
                )
            found[name] = file
    if not found:
        raise FileError(paths[0] if paths else ".", "it holds no file; give data to hash")
    total = sum(file.stat().st_size for file in found.values())
    done = 0
    items = []
    for name in sorted(found):
        items.append(FileItem(name, hash_of(found[name])))
        done += found[name].stat().st_size
        if advance:
            advance(done, total)
    return items


def hash_of(path: Path) -> bytes:
    """keccak256 of a file's content, read piece by piece. Raises `FileError`, also where it is empty."""
    digest = hasher.new(b"")
    size = 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                digest.update(piece)
                size += len(piece)
    except OSError as problem:
        raise FileError(path, f"it can't be read ({problem.strerror})") from problem
    if not size:
        raise FileError(path, "it is empty, and proves nothing; leave it out")
    return digest.digest()


def _walked(path: Path) -> Iterator[tuple[str, Path]]:
    """Names and paths of a file, or of all files below a folder."""
    mode = _mode(path)
    if stat.S_ISREG(mode):
        yield _name(path, Path(path.name)), path
        return
    waiting = [path]
    while waiting:
        folder = waiting.pop()
        try:
            inner = sorted(folder.iterdir())
        except OSError as problem:
            raise FileError(folder, f"it can't be read ({problem.strerror})") from problem
        for one in inner:
            if stat.S_ISDIR(_mode(one)):
                waiting.append(one)
            else:
                yield _name(one, one.relative_to(path)), one


def _mode(path: Path) -> int:
    """Raises `FileError` for what is neither file nor folder."""
    try:
        mode = path.lstat().st_mode
    except OSError as problem:
        raise FileError(path, f"it can't be read ({problem.strerror})") from problem
    if stat.S_ISLNK(mode):
        raise FileError(path, "it is a symbolic link, which may lead elsewhere later; give the file itself")
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise FileError(path, "it is neither a file nor a folder; leave it out")
    return mode


def _name(path: Path, relative: Path) -> str:
    """The same on every machine: slashes, and one spelling of accents."""
    name = unicodedata.normalize("NFC", relative.as_posix())
    try:
        name.encode()
    except UnicodeEncodeError as problem:
        raise FileError(ascii(str(path)), "its name is not in UTF-8; rename it") from problem
    return name


def rows_in(path: Path, advance: Advance | None = None) -> Iterator[RowItem]:
    """The rows of a CSV file in UTF-8, the header being row 1; rows without any text are left out.

    Raises `FileError`: for another number of cells than the first row has, and for a row that comes twice.
    """
    if stat.S_ISDIR(_mode(path)):
        raise FileError(path, "it is a folder, not a table; give it without --rows")
    seen: dict[bytes, int] = {}
    width = 0
    for number, cells in _cells(path, advance):
        width = width or len(cells)
        if len(cells) != width:
            raise FileError(path, f"row {number} has {len(cells)} cells and the first {width}; correct it")
        item = RowItem(number, cells)
        digest = hasher(item.text.encode())
        if digest in seen:
            raise FileError(path, f"row {number} repeats row {seen[digest]}; leave one of them out")
        seen[digest] = number
        yield item
    if not seen:
        raise FileError(path, "it holds no row; give data to hash")


def _cells(path: Path, advance: Advance | None) -> Iterator[tuple[int, tuple[str, ...]]]:
    size = path.lstat().st_size
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            delimiter = max(_DELIMITERS, key=first.count)
            reader = csv.reader(file, delimiter=delimiter, skipinitialspace=True, strict=True)
            for number, row in enumerate(reader, 1):
                cells = tuple(_cell(text) for text in row)
                if any(cells):
                    yield number, cells
                if advance and number % _ROWS_A_STEP == 0:
                    advance(os.lseek(file.fileno(), 0, os.SEEK_CUR), size)
    except OSError as problem:
        raise FileError(path, f"it can't be read ({problem.strerror})") from problem
    except UnicodeDecodeError as problem:
        raise FileError(path, "it holds no text in UTF-8; export it as CSV in UTF-8") from problem
    except csv.Error as problem:
        raise FileError(
            path, f"it can't be read as CSV ({problem}); correct it, or hash the file"
        ) from problem


def _cell(text: str) -> str:
    """One spelling of accents and line ends, without blanks around."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip())


class Years:
    """The years of a table's first column that has a day, year-month-day, in every row below the first."""

    def __init__(self) -> None:
        self._columns: dict[int, set[int]] | None = None
        self._header: tuple[str, ...] | None = None

    def add(self, row: RowItem) -> None:
        if self._header is None:
            self._header = row.cells
            return
        columns = range(len(row.cells)) if self._columns is None else self._columns
        days = {column: _DAY.fullmatch(row.cells[column]) for column in columns}
        known = self._columns or {}
        self._columns = {
            column: known.get(column, set()) | {int(day[1])} for column, day in days.items() if day
        }

    @property
    def covered(self) -> tuple[int, ...]:
        """Empty where no column has days."""
        if not self._columns or self._header is None:
            return ()
        column = min(self._columns)
        first = _DAY.fullmatch(self._header[column])  # a table without a header
        return tuple(sorted(self._columns[column] | ({int(first[1])} if first else set())))
