"""Lines with quotes that were not doubled, as in `"Project "Kariba", in the north",5`.

A quote ends a field only where a delimiter or the line's end follows; any other stands for itself. That is a
guess, so it counts only where it gives as many fields as the header has, and in one way.
"""


def cut_loosely(line: str, delimiter: str, width: int) -> list[str] | None:
    """The cells of a line; None where they are not `width` many, or could be cut in two ways."""
    found = [
        cells for last in (False, True) if (cells := _cut(line, delimiter, last)) and len(cells) == width
    ]
    return found[0] if found and all(cells == found[0] for cells in found) else None


def _cut(line: str, delimiter: str, pair_ends: bool) -> list[str] | None:
    """With `pair_ends`, two quotes before a delimiter are a literal one and the field's end."""
    cells: list[str] = []
    at = 0
    while True:
        if line.startswith('"', at):
            end = _end_of_quoted(line, at + 1, delimiter, pair_ends)
            if end is None:
                return None
            cells.append(line[at + 1 : end].replace('""', '"'))
            end += 1
        else:
            found = line.find(delimiter, at)
            end = len(line) if found < 0 else found
            cells.append(line[at:end])
        if end == len(line):
            return cells
        at = end + 1


def _end_of_quoted(line: str, at: int, delimiter: str, pair_ends: bool) -> int | None:
    """The place of the quote that ends the field; None where there is none."""
    while (quote := line.find('"', at)) >= 0:
        after = line[quote + 1 : quote + 2]
        if after in ("", delimiter):
            return quote
        beyond = line[quote + 2 : quote + 3]
        if after == '"' and pair_ends and beyond in ("", delimiter):
            return quote + 1
        at = quote + (2 if after == '"' else 1)
    return None
