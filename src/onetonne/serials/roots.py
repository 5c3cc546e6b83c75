"""The namespaces of serial numbers, as data: governance registers them on chain, `deploy` reads them.

A canonical prefix is a root followed by its further segments, joined by single hyphens, of `A-Z 0-9` only.
The number of segments is fixed for a root, and a numeric segment has digits only and no leading zero: one
namespace has one spelling, so that one block can't pass twice under two.
"""

import re
from dataclasses import dataclass

from onetonne.errors import SerialError
from onetonne.terms import Programme, Serial, SerialBlock

_SEGMENT = re.compile(r"[A-Z0-9]+")
_NUMERIC = re.compile(r"[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Root:
    """A registered root: whose it is, how many segments a prefix has in all (the root's own included), and
    which of them, counted from 0, are numeric. `shape` names them for people.
    """

    name: str
    programme: Programme
    segments: int
    numeric: tuple[int, ...]
    shape: str

    @property
    def numeric_mask(self) -> int:
        """`numeric` as the contracts take it: bit i set where segment i is numeric."""
        return sum(1 << position for position in self.numeric)


ROOTS: tuple[Root, ...] = (
    # One counter for all of VCS, and a second, independent one for the serial numbers before it.
    Root("VCS-VCU", Programme.VCS, 2, (), "VCS-VCU"),
    Root("VCU", Programme.VCS, 1, (), "VCU"),
    # Without the optional GS before the project: with it, one project would have two namespaces.
    Root("GS1", Programme.GS, 7, (1, 3, 4, 5, 6), "GS1-1-country-project-type-vintage-batch"),
    # ACR used batch numbers again after a change of platform: only the whole prefix tells blocks apart.
    Root("ACR", Programme.ACR, 5, (2, 3, 4), "ACR-country-project-vintage-batch"),
    Root(
        "CAR",
        Programme.CAR,
        9,
        (3, 4, 5, 7, 8),
        "CAR-{1,ROC}-country-project-type-developer-state-vintage-batch",
    ),
    Root("ART", Programme.ART, 5, (2, 3, 4), "ART-country-programme-vintage-batch"),
    Root("FCPF", Programme.ART, 5, (2, 3, 4), "FCPF-country-programme-vintage-batch"),
    Root("CDM", Programme.CDM, 3, (2,), "CDM-country-commitment period"),
    # No public grammar: the SHA-256 of the whole string, so exact match only.
    Root("CCER", Programme.CCER, 2, (), "CCER-hash"),
)

_BY_NAME = {root.name: root for root in ROOTS}


def root_named(name: str) -> Root:
    """Raises `SerialError` where no such root is registered."""
    if name not in _BY_NAME:
        raise SerialError(name, 0, f"no such root; the roots are {', '.join(_BY_NAME)}")
    return _BY_NAME[name]


def check_prefix(prefix: str) -> Root:
    """The root of a canonical prefix. Raises `SerialError` at the first character that is not canonical."""
    root = next((r for r in ROOTS if prefix == r.name or prefix.startswith(f"{r.name}-")), None)
    if root is None:
        raise SerialError(prefix, 0, f"it begins with none of the roots {', '.join(_BY_NAME)}")
    at = 0
    segments = prefix.split("-")
    for number, segment in enumerate(segments):
        pattern = _NUMERIC if number in root.numeric else _SEGMENT
        good = pattern.match(segment)
        if good is None or good.end() != len(segment):
            kind = "a number without a leading zero" if number in root.numeric else "A-Z and 0-9 only"
            raise SerialError(
                prefix, at + (good.end() if good else 0), f"segment {number + 1} must be {kind}"
            )
        at += len(segment) + 1
    if len(segments) != root.segments:
        raise SerialError(
            prefix,
            len(prefix),
            f"{root.name} has {root.segments} segments ({root.shape}), not {len(segments)}",
        )
    return root


def block(prefix: str, first: int, last: int) -> SerialBlock:
    """The block of a canonical prefix, as events give it. Raises `SerialError` and `ReversedRange`."""
    root = check_prefix(prefix)
    return SerialBlock(prefix, root.name, Serial(first), Serial(last))
