"""What people wrote, made fit to print: on one line, no letters hidden or reordered, no e-mail address."""

import unicodedata

from onetonne.registries.tables import redact

OTHER_LETTERS = "[...]"
_JOINERS = "\u200c\u200d"  # Persian and Indian names need them
_WITHOUT_DECOMPOSITION = str.maketrans(
    {"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "\u0131": "i", "ŋ": "n", "ẞ": "SS", "ŧ": "t"}
)
_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs"}


def printable(text: str) -> str:
    """`text` on one line, without control, bidirectional and unassigned characters, and e-mail addresses."""
    kept = (
        " " if character.isspace() else character
        for character in redact(text)
        if character.isspace() or character in _JOINERS or unicodedata.category(character) not in _INVISIBLE
    )
    return redact(" ".join("".join(kept).split()))  # again: invisible characters may have split an address


def in_windows_1252(text: str) -> str:
    """`text` in the letters that a PDF's standard fonts have.

    Other Latin letters lose their marks (Wałęsa is printed Walesa). What is left of other scripts becomes
    `OTHER_LETTERS`: guessing at a romanisation would print a name that nobody gave.
    """
    printed: list[str] = []
    for character in text.translate(_WITHOUT_DECOMPOSITION):
        if _encodable(character):
            printed.append(character)
            continue
        base = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
        if base and _encodable(base):
            printed.append(base)
        elif base and printed[-1:] != [OTHER_LETTERS]:
            printed.append(OTHER_LETTERS)
    found = " ".join("".join(printed).split())
    while f"{OTHER_LETTERS} {OTHER_LETTERS}" in found:
        found = found.replace(f"{OTHER_LETTERS} {OTHER_LETTERS}", OTHER_LETTERS)
    return "[in other letters]" if found == OTHER_LETTERS else found


def _encodable(text: str) -> bool:
    try:
        text.encode("windows-1252")
    except UnicodeEncodeError:
        return False
    return True
