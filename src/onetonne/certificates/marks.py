"""What a page is made of, in points from its top left corner: the same marks become SVG and PDF."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from fpdf.fonts import CORE_FONTS_CHARWIDTHS

WIDTH, HEIGHT = 842, 595  # A4, landscape
PAPER, INK, GREEN, MUTED, RULE = "#fbfbf7", "#10302a", "#2a6b57", "#5c776d", "#b4c6bd"
_MOST_CHARACTERS = 1300  # four of the smallest lines hold no more
_EM = 1000  # a font's widths are in thousandths of its size


class Font(StrEnum):
    """The faces used, by fpdf2's names of their standard PDF fonts."""

    SERIF = "times"
    ITALIC = "timesI"
    SANS = "helvetica"
    MONO = "courier"


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text. `fact` says what it states; `anchor` is the end of the line that lies at `x`."""

    fact: str
    x: float
    y: float
    content: str
    size: float
    font: Font = Font.SERIF
    colour: str = INK
    anchor: str = "start"
    spacing: float = 0
    width: float | None = None
    """Room that the line may take; a viewer with wider fonts must squeeze it."""


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Frame:
    x: float
    y: float
    stroke: float


@dataclass(frozen=True, slots=True)
class Wreath:
    """An ellipse turned around (x, y) `turns` times through half a circle, and circles of paper over it."""

    x: float
    y: float
    turns: int
    ellipses: tuple[tuple[int, int], ...]
    """Half axes."""
    circles: tuple[tuple[float, float], ...]
    """Radius and stroke width."""


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of `size` points."""

    x: float
    y: float
    size: float
    content: str


Mark = Text | Line | Frame | Wreath | Code


def width(text: str, font: Font, size: float, spacing: float = 0) -> float:
    """Points that `text` takes. Letters that the standard fonts lack count a full em: more than most take."""
    return sum(_width(font, character) for character in text) * size / _EM + spacing * len(text)


@cache
def _width(font: Font, character: str) -> int:
    try:
        return CORE_FONTS_CHARWIDTHS[font][character.encode("windows-1252").decode("latin-1")]
    except (UnicodeEncodeError, KeyError):
        return _EM


def fitting(text: str, font: Font, room: float, sizes: Iterable[float]) -> float:
    """The first of `sizes` at which `text` takes no more than `room`; the last if none."""
    size = 0.0
    for size in sizes:
        if width(text, font, size) <= room:
            break
    return size


def wrapped(text: str, font: Font, size: float, room: float, lines: int) -> list[str] | None:
    """`text` in at most `lines` lines, broken between words, inside one only where it must; None if more."""
    found = [""]
    for word in text.split(" "):
        joined = f"{found[-1]} {word}".strip()
        if width(joined, font, size) <= room:
            found[-1] = joined
            continue
        if width(word, font, size) <= room:
            found.append(word)
            continue
        pieces = _broken(joined, font, size, room)
        found[-1:] = pieces
        if len(found) > lines:
            return None
    return found if len(found) <= lines else None


def _broken(text: str, font: Font, size: float, room: float) -> list[str]:
    """`text` in pieces as long as fit."""
    pieces = [""]
    taken = 0.0
    for character in text:
        step = width(character, font, size)
        if pieces[-1] and taken + step > room:
            pieces.append("")
            taken = 0.0
        pieces[-1] += character
        taken += step
    return pieces


def block(text: str, font: Font, room: float, sizes: Iterable[tuple[float, int]]) -> tuple[float, list[str]]:
    """Size and lines of `text` for the first of `sizes`, each with the lines it may have, that holds it all.

    Where none does, the last one's lines, with an ellipsis: a face has an end, the details go on.
    """
    size, lines = 0.0, 1
    shorter = text[:_MOST_CHARACTERS]
    for size, lines in sizes:
        found = wrapped(text, font, size, room, lines) if shorter == text else None
        if found is not None:
            return size, found
    while (found := wrapped(f"{shorter}...", font, size, room, lines)) is None:
        shorter = shorter[: len(shorter) * 19 // 20].rstrip()
    return size, found
