"""How a programme registry spells the serial numbers of a verification: what blocks on chain don't tell.

A block of VCS on chain is a range in one of two namespaces; the batch number, the VVB and the last digit
around it are not kept. They are put into the verification's source, so that an export can write serial
numbers as they were: a few of them, each with a range that spans those spelled alike.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from onetonne import serials
from onetonne.errors import SerialError
from onetonne.serials import ParsedSerial
from onetonne.terms import Serial, SerialBlock

MOST = 12
"""Spellings in one source, some 80 bytes each; what is beyond is written anew from what the chain keeps."""

_MARK = "; spelled "


def spellings(parsed: Iterable[ParsedSerial]) -> tuple[str, ...]:
    """Serial numbers whose ranges span the given ones; none for those that their block tells whole."""
    ordered = sorted(
        (one for one in parsed if not _is_told_by_block(one)),
        key=lambda one: (one.block.prefix, one.block.first),
    )
    return tuple(map(serials.format, _spans(ordered)))[:MOST]


def with_spellings(source: str, spelled: Iterable[str]) -> str:
    """A verification's source that tells them."""
    joined = ", ".join(spelled)
    return f"{source}{_MARK}{joined}" if joined else source


def spelled_in(source: str) -> tuple[ParsedSerial, ...]:
    """What a verification's source tells; nothing where it tells none that can be read."""
    found: list[ParsedSerial] = []
    for text in source.partition(_MARK)[2].split(", "):
        try:
            found.append(serials.parse(text))
        except SerialError:
            continue
    return tuple(found)


def _spans(ordered: Iterable[ParsedSerial]) -> Iterator[ParsedSerial]:
    """Neighbours that differ in their range alone as one."""
    span: ParsedSerial | None = None
    for one in ordered:
        if span is not None and _alike(span, one):
            span = _ranged(span, span.block.first, max(span.block.last, one.block.last))
            continue
        if span is not None:
            yield span
        span = one
    if span is not None:
        yield span


def _alike(one: ParsedSerial, other: ParsedSerial) -> bool:
    same = one.block.prefix == other.block.prefix
    return same and _ranged(one, other.block.first, other.block.last) == other


def _ranged(parsed: ParsedSerial, first: int, last: int) -> ParsedSerial:
    block = SerialBlock(parsed.block.prefix, parsed.block.root, Serial(first), Serial(last))
    return replace(parsed, block=block)


def _is_told_by_block(parsed: ParsedSerial) -> bool:
    return serials.format(parsed) == f"{parsed.block.prefix}-{parsed.block.first} to {parsed.block.last}" or (
        serials.format(parsed) == f"{parsed.block.prefix}-{parsed.block.first}-{parsed.block.last}"
    )
