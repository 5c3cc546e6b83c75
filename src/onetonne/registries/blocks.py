"""A text file as blocks of whole lines in UTF-8, whatever it is encoded in, so that no file is held whole."""

import codecs
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from onetonne.errors import FormatError

Progress = Callable[[int, int], None]
"""Told how much of how much has been read."""

_BLOCK = 1 << 24  # bytes
_UTF_8 = ("utf-8", "utf-8-sig")
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_NAMES = {"utf-16": "UTF-16", "utf-8-sig": "UTF-8 with BOM", "utf-8": "UTF-8", "cp1252": "Windows-1252"}


def encodings_of(path: Path) -> tuple[str, ...]:
    """The codecs that a text file may be in: UTF-8 first, then Windows-1252, which spreadsheets write."""
    with path.open("rb") as file:
        start = file.read(3)
    marked = next((codec for mark, codec in _BOMS.items() if start.startswith(mark)), None)
    return (marked,) if marked else ("utf-8", "cp1252")


def no_text(path: Path) -> FormatError:
    return FormatError(path, "it is no text in UTF-8 or Windows-1252; export it again as CSV")


def encoding_name(codec: str) -> str:
    return _NAMES[codec]


def blocks(path: Path, codec: str, progress: Progress | None = None) -> Iterator[tuple[bytes, bool]]:
    """A file's whole lines in UTF-8, and whether the block is the last one. Raises `UnicodeError`.

    What is said to be UTF-8 is not checked here: polars does it.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if codec in _UTF_8:
            place = len(codecs.BOM_UTF8) if codec == "utf-8-sig" else 0
            while place < size:
                data = _whole_lines(file, place)
                place += len(data) or size  # it may shrink while it is read
                yield _legible(data), place >= size
                if progress is not None:
                    progress(place, size)
            return
        decoder, rest = codecs.getincrementaldecoder(codec)(), b""
        while data := file.read(_BLOCK):
            rest += decoder.decode(data).encode()
            cut = rest.rfind(b"\n") + 1
            yield _legible(rest[:cut]), False
            rest = rest[cut:]
            if progress is not None:
                progress(file.tell(), size)
        yield _legible(rest + decoder.decode(b"", final=True).encode()), True


def _whole_lines(file: BinaryIO, place: int) -> bytes:
    """A block from a place up to the end of a line."""
    file.seek(place + _BLOCK)
    file.readline()
    end = file.tell()
    file.seek(place)
    return file.read(end - place)


def _legible(block: bytes) -> bytes:
    """With line ends that polars takes, which it does with or without a carriage return before them.

    Raises `UnicodeError` for what is no text.
    """
    if b"\0" in block:
        raise UnicodeError("there is a NUL in it")
    return block if b"\n" in block else block.replace(b"\r", b"\n")
