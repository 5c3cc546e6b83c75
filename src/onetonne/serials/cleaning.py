"""The noise that exports put into serial numbers, taken out by named rules, so that we can say what was done.

Met in real files: no-break spaces, and what becomes of them when UTF-8 is read as Windows-1252; zero-width
characters; blanks around hyphens and around the whole; typographic dashes; two dates joined by an underscore.
Nothing else is repaired: what is left over is for the grammar to refuse.
"""

import re
import unicodedata
from dataclasses import dataclass

_ALREADY_CLEAN = re.compile(r"[A-Z0-9-]+(?: to [0-9]+)?")
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
_NO_BREAK_SPACE = "\u00a0"
_MOJIBAKE = "\u00c2"  # the first byte of a UTF-8 no-break space, read as Windows-1252

INVISIBLE = "invisible characters removed"
BLANKS = "unusual blanks read as plain ones"
DASHES = "dashes read as hyphens"
UNDERSCORE = "underscore read as a hyphen"
CASE = "lower case read as upper case"
SPACING = "needless blanks removed"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`text` in the alphabet of the grammars; `origins[i]` is the place of its character i in `original`."""

    original: str
    text: str
    origins: tuple[int, ...] | range
    notes: tuple[str, ...]

    def origin(self, position: int) -> int:
        """Where in the original the character at `position` stood; its end for the end."""
        return self.origins[position] if position < len(self.origins) else len(self.original)


def clean(original: str) -> Cleaned:
    """Upper case, plain hyphens, single blanks between words and none around hyphens or the whole."""
    if _ALREADY_CLEAN.fullmatch(original):
        return Cleaned(original, original.upper(), range(len(original)), ())
    plain: list[str] = []
    origins: list[int] = []
    notes: dict[str, None] = {}
    for at, character in enumerate(original):
        kept, note = _plain(original, at, character)
        if note:
            notes[note] = None
        if kept:
            plain.append(kept)
            origins.append(at)
    text = "".join(plain)
    if re.search(r"[a-z]", re.sub(r" to ", "", text)):
        notes[CASE] = None
    kept_places = _places_kept(text)
    if len(kept_places) < len(text) and not _spaced_as_the_programmes_do(text):
        notes[SPACING] = None
    return Cleaned(
        original,
        "".join(_upper(text[place]) for place in kept_places),
        tuple(origins[place] for place in kept_places),
        tuple(notes),
    )


def _plain(original: str, at: int, character: str) -> tuple[str, str | None]:
    """The character to read in place of this one (none to drop it), and the rule that was applied."""
    if character == _MOJIBAKE and original[at + 1 : at + 2] == _NO_BREAK_SPACE:
        return "", BLANKS
    if character != " " and character.isspace():
        return " ", BLANKS
    if unicodedata.category(character) == "Cf":
        return "", INVISIBLE
    if character in _DASHES:
        return "-", DASHES
    if character == "_" and _is_digit(original[at - 1 : at]) and _is_digit(original[at + 1 : at + 2]):
        return "-", UNDERSCORE
    return character, None


def _places_kept(text: str) -> list[int]:
    """All places but those of blanks at either end, next to a hyphen, or after another blank."""
    dropped: set[int] = set()
    for run in re.finditer(r" +", text):
        outside = run.start() == 0 or run.end() == len(text)
        at_hyphen = outside or text[run.start() - 1] == "-" or text[run.end()] == "-"
        dropped.update(range(run.start() if at_hyphen else run.start() + 1, run.end()))
    return [place for place in range(len(text)) if place not in dropped]


def _spaced_as_the_programmes_do(text: str) -> bool:
    """CDM itself writes ` - ` between the two ends of a block: nothing was repaired then."""
    head, separator, tail = text.partition(" - ")
    return bool(separator) and " " not in head and " " not in tail


def _is_digit(character: str) -> bool:
    return character in set("0123456789")


def _upper(character: str) -> str:
    return character.upper() if "a" <= character <= "z" else character
