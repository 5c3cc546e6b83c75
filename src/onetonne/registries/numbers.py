"""Quantities as exports write them. Whether a dot parts thousands or decimals is decided for a whole file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from onetonne.errors import QuantityError, quoted
from onetonne.terms import Tonnes

_PLAIN = re.compile(r"[0-9]{1,15}")
_DECIMALS = {",": ".", ".": ",", " ": ".,", "'": "."}
_NAMES = {",": "commas", ".": "dots", " ": "blanks", "'": "apostrophes"}


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How a file parts thousands. `name` tells what occurs in it."""

    thousands: str = ","
    name: str = "none"

    def read(self, text: str) -> Tonnes:
        """`1,459`, `1459` or a spreadsheet's `1459.0` as whole tonnes. Raises `QuantityError`."""
        tonnes = self.read_any(text)
        if tonnes == 0:
            raise QuantityError(f"{quoted(text)} is not more than zero")
        return tonnes

    def read_any(self, text: str) -> Tonnes:
        """The same where 0 is one too, as in totals beside a row's own quantity."""
        bare = text.strip()
        match = _PATTERNS[self.thousands].fullmatch(bare.replace("\u00a0", " ").replace("\u202f", " "))
        if match is None:
            raise QuantityError(f"{quoted(text)} is no number")
        sign, whole, fraction = match.groups()
        tonnes = int(whole.replace(self.thousands, ""))
        if (fraction or "").strip("0"):
            raise QuantityError(f"{quoted(text)} is not whole tonnes")
        if sign == "-" and tonnes:
            raise QuantityError(f"{quoted(text)} is not more than zero")
        return Tonnes(tonnes)


def parse_tonnes(text: str) -> Tonnes:
    """One quantity by itself, with commas between thousands or nothing. Raises `QuantityError`."""
    return NumberForm().read(text)


def _pattern(thousands: str) -> re.Pattern[str]:
    part = re.escape(thousands)
    return re.compile(
        rf"([+-]?)([0-9]{{1,15}}|[0-9]{{1,3}}(?:{part}[0-9]{{3}}){{1,5}})"
        rf"(?:[{_DECIMALS[thousands]}]([0-9]{{1,10}}))?"
    )


_PATTERNS = {thousands: _pattern(thousands) for thousands in _DECIMALS}


def decide(texts: Iterable[str]) -> NumberForm:
    """The form of a file whose quantities are `texts`: commas, unless another reads more of them."""
    parted = [text for text in texts if text.strip() and not _PLAIN.fullmatch(text.strip())]
    best = ","
    if not all(_reads(best, text) for text in parted):
        legible = {thousands: sum(_reads(thousands, text) for text in parted) for thousands in _DECIMALS}
        best = max(_DECIMALS, key=lambda thousands: legible[thousands])
    names = ["plain digits"]
    if any(best in text.strip().replace("\u00a0", " ").replace("\u202f", " ") for text in parted):
        names.append(f"{_NAMES[best]} between thousands")
    if any(re.fullmatch(rf".*[{_DECIMALS[best]}]0+", text.strip()) for text in parted):
        names.append("decimals of zero")
    return NumberForm(best, " and ".join(names))


def _reads(thousands: str, text: str) -> bool:
    try:
        NumberForm(thousands).read_any(text)
    except QuantityError:
        return False
    return True
