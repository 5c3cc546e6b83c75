"""Marks as PDF, in the fonts that every PDF reader has. The same certificate always gives the same bytes."""

import io
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.fonts import TTFFont

from onetonne.certificates.layout import layout
from onetonne.certificates.marks import (
    GREEN,
    HEIGHT,
    INK,
    PAPER,
    RULE,
    WIDTH,
    Code,
    Font,
    Frame,
    Line,
    Mark,
    Text,
    Wreath,
    width,
)
from onetonne.certificates.record import Certificate
from onetonne.certificates.svg import NAMESPACE, modules, runs
from onetonne.certificates.wording import in_windows_1252
from onetonne.errors import FileError

OWN_FONT = "given"
_NAMES = {"beneficiary", "project", "claim", "aeroplane operator"}  # what people wrote
_SHOWN_LETTERS = 12


def to_pdf(certificate: Certificate, font: str | PathLike[str] | None = None) -> bytes:
    """The certificate as a PDF of one page, with what `verify` needs in its metadata.

    Standard PDF fonts have Western European letters only. Without `font`, names in others are printed as
    `wording.in_windows_1252` says; the exact text stays in the metadata, and `to_svg` prints every script.
    `font` is a TrueType or OpenType file: names that need it are set in it, and it is embedded.
    Raises `FileError` where the font can't be used.
    """
    page = _page(certificate)
    marks = layout(certificate, in_windows_1252 if font is None else str)
    if font is not None:
        _add_font(page, font)
        _check_letters(page, font, marks)
    for mark in marks:
        _draw(page, mark)
    return bytes(page.output())


def _page(certificate: Certificate) -> FPDF:
    page = FPDF(orientation="landscape", unit="pt", format=(HEIGHT, WIDTH))
    page.set_auto_page_break(False)
    page.set_margin(0)
    page.c_margin = 0
    page.core_fonts_encoding = "windows-1252"
    page.set_compression(False)  # zlib differs between machines; and a page of text is small
    page.set_creation_date(certificate.retired)
    page.set_producer("onetonne")
    page.set_title(f"Certificate of retirement No. {certificate.id}")
    page.set_subject(certificate.uri)
    page.set_xmp_metadata(_xmp(certificate))
    page.add_page()
    page.set_fill_color(PAPER)
    page.rect(0, 0, WIDTH, HEIGHT, style="F")
    return page


def _add_font(page: FPDF, font: str | PathLike[str]) -> None:
    if not Path(font).is_file():
        raise FileError(font, "there is no such font file; give a TrueType or OpenType font")
    try:
        # First by itself: fpdf2 2.8 leaves the file open where it is no font.
        TTFont(io.BytesIO(Path(font).read_bytes()), fontNumber=0, lazy=True).close()
        page.add_font(OWN_FONT, fname=Path(font))
    except Exception as problem:  # fontTools raises what it meets: KeyError, struct.error, TTLibError
        raise FileError(font, "it can't be read as a TrueType or OpenType font") from problem


def _check_letters(page: FPDF, font: str | PathLike[str], marks: Iterable[Mark]) -> None:
    given = page.fonts[OWN_FONT]
    known = given.cmap if isinstance(given, TTFFont) else {}
    needed = {
        letter for mark in marks if isinstance(mark, Text) and _needs_font(mark) for letter in mark.content
    }
    missing = sorted(letter for letter in needed if ord(letter) not in known)
    if missing:
        shown = " ".join(missing[:_SHOWN_LETTERS])
        raise FileError(
            font, f"the font has no letters for {shown}; give one of the script that the names are in"
        )


def _needs_font(mark: Text) -> bool:
    return mark.fact in _NAMES and in_windows_1252(mark.content) != mark.content


def _xmp(certificate: Certificate) -> str:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:onetonne="{NAMESPACE}">'
        f"<onetonne:certificate>{escape(certificate.identity())}</onetonne:certificate>"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )


def _draw(page: FPDF, mark: Mark) -> None:
    match mark:
        case Text():
            _text(page, mark)
        case Line(x1, y1, x2, y2):
            _pen(page, RULE, 0.6)
            page.line(x1, y1, x2, y2)
        case Frame(x, y, stroke):
            _pen(page, INK, stroke)
            page.rect(x, y, WIDTH - 2 * x, HEIGHT - 2 * y)
        case Wreath():
            _wreath(page, mark)
        case Code(x, y, size, content):
            page.set_fill_color(INK)
            rows = modules(content)
            side = size / len(rows)
            for column, row, length in runs(rows):
                page.rect(x + column * side, y + row * side, length * side, side, style="F")


def _pen(page: FPDF, colour: str, stroke: float) -> None:
    page.set_draw_color(colour)
    page.set_line_width(stroke)


def _text(page: FPDF, mark: Text) -> None:
    page.set_text_color(mark.colour)
    page.set_char_spacing(mark.spacing)
    own = OWN_FONT in page.fonts and _needs_font(mark)
    x = mark.x
    if mark.anchor != "start":
        taken = width(mark.content, mark.font, mark.size, mark.spacing) - mark.spacing
        x -= taken if mark.anchor == "end" else taken / 2
    for content, size, drop in _runs(mark):
        if own:
            page.set_font(OWN_FONT, size=size)
            taken = page.get_string_width(content)
            if mark.width is not None and taken > mark.width:
                page.set_font(OWN_FONT, size=size * mark.width / taken)
        else:
            style = "I" if mark.font is Font.ITALIC else ""
            page.set_font("times" if mark.font is Font.ITALIC else mark.font.value, style=style, size=size)
        page.text(x, mark.y + drop, content)
        x += width(content, mark.font, size, mark.spacing)


def _runs(mark: Text) -> Iterator[tuple[str, float, float]]:
    """Content, size and how much lower: a low 2 is set by hand, the standard fonts have none."""
    before, two, after = mark.content.partition("₂")
    if before:
        yield before, mark.size, 0
    if two:
        yield "2", mark.size * 0.68, mark.size * 0.18
    if after:
        yield after, mark.size, 0


def _wreath(page: FPDF, mark: Wreath) -> None:
    _pen(page, GREEN, 0.4)
    for turn in range(mark.turns):
        with page.rotation(-turn * 180 / mark.turns, mark.x, mark.y):
            for rx, ry in mark.ellipses:
                page.ellipse(mark.x - rx, mark.y - ry, 2 * rx, 2 * ry)
    page.set_fill_color(PAPER)
    for radius, stroke in mark.circles:
        page.set_line_width(stroke)
        page.ellipse(mark.x - radius, mark.y - radius, 2 * radius, 2 * radius, style="DF")


def printed(marks: Iterable[Mark]) -> list[tuple[str, str]]:
    """Fact and content of every run of text on a page, in order."""
    return [(mark.fact, content) for mark in marks if isinstance(mark, Text) for content, _, _ in _runs(mark)]
