"""Marks as SVG. The same certificate always gives the same text."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

import segno

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

NAMESPACE = "urn:onetonne:certificate:1"
_FAMILIES = {
    Font.SERIF: "Times New Roman,Liberation Serif,Times,serif",
    Font.ITALIC: "Times New Roman,Liberation Serif,Times,serif",
    Font.SANS: "Helvetica,Arial,Liberation Sans,sans-serif",
    Font.MONO: "Courier New,Liberation Mono,Courier,monospace",
}
_MOST_OF = 0.8  # a line that takes more of its room is held to its width: other fonts may be wider


def to_svg(certificate: Certificate) -> str:
    """The certificate as an SVG document, with what `verify` needs in its metadata."""
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}pt" height="{HEIGHT}pt"'
    identity = f'<certificate xmlns="{NAMESPACE}">{escape(certificate.identity())}</certificate>'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f"<title>Certificate of retirement No. {certificate.id}</title>",
        f"<metadata>{identity}</metadata>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        *_drawn(layout(certificate)),
        "</svg>\n",
    ]
    return "\n".join(lines)


def _drawn(marks: Iterable[Mark]) -> Iterable[str]:
    for mark in marks:
        match mark:
            case Text():
                yield _text(mark)
            case Line(x1, y1, x2, y2):
                yield f'<path d="M{x1} {y1}L{x2} {y2}" stroke="{RULE}" stroke-width=".6"/>'
            case Frame(x, y, stroke):
                size = f'width="{WIDTH - 2 * x:g}" height="{HEIGHT - 2 * y:g}"'
                yield f'<rect x="{x}" y="{y}" {size} fill="none" stroke="{INK}" stroke-width="{stroke}"/>'
            case Wreath():
                yield _wreath(mark)
            case Code():
                yield _code(mark)


def _text(mark: Text) -> str:
    family = quoteattr(_FAMILIES[mark.font])
    parts = [f'x="{mark.x:g}" y="{mark.y:g}" font-family={family} font-size="{mark.size:g}"']
    parts.append(f'fill="{mark.colour}"')
    if mark.font is Font.ITALIC:
        parts.append('font-style="italic"')
    if mark.anchor != "start":
        parts.append(f'text-anchor="{mark.anchor}"')
    if mark.spacing:
        parts.append(f'letter-spacing="{mark.spacing:g}"')
    taken = width(mark.content, mark.font, mark.size, mark.spacing)
    if mark.width is not None and taken > mark.width * _MOST_OF:
        parts.append(f'textLength="{min(taken, mark.width):.1f}" lengthAdjust="spacingAndGlyphs"')
    before, two, after = escape(mark.content).partition("₂")
    if two:  # set low by hand: not every font has it
        drop = f"{mark.size * 0.18:.1f}"
        low = f'<tspan dy="{drop}" font-size="{mark.size * 0.68:.1f}">2</tspan>'
        after = f'{low}<tspan dy="-{drop}">{after}</tspan>'
    return f"<text {' '.join(parts)}>{before}{after}</text>"


def _wreath(mark: Wreath) -> str:
    ellipses = "".join(
        f'<ellipse rx="{rx}" ry="{ry}" transform="rotate({turn * 180 / mark.turns:.2f})"/>'
        for turn in range(mark.turns)
        for rx, ry in mark.ellipses
    )
    circles = "".join(
        f'<circle r="{radius:g}" fill="{PAPER}" stroke-width="{stroke:g}"/>'
        for radius, stroke in mark.circles
    )
    return (
        f'<g transform="translate({mark.x:g} {mark.y:g})" stroke="{GREEN}">'
        f'<g fill="none" stroke-width=".4">{ellipses}</g>{circles}</g>'
    )


def _code(mark: Code) -> str:
    rows = modules(mark.content)
    side = mark.size / len(rows)
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in runs(rows))
    place = f'transform="translate({mark.x:g} {mark.y:g}) scale({side:.4f})"'
    return f'<path {place} d="{path}" fill="{INK}" shape-rendering="crispEdges"/>'


def modules(content: str) -> tuple[bytearray, ...]:
    """The QR code's rows of 0 and 1; error correction M, so that a fold or a stamp does no harm."""
    return tuple(segno.make(content, error="m", micro=False, boost_error=False).matrix)


def runs(rows: Iterable[bytearray]) -> Iterable[tuple[int, int, int]]:
    """Dark modules as horizontal runs: x, y, length."""
    for y, row in enumerate(rows):
        start: int | None = None
        for x, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                yield start, y, x - start
                start = None
