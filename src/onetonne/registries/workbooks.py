"""Excel workbooks into rows of text.

Read by calamine, which looks at the cells that are there: VCS declares a sheet of one cell, and what trusts
that sees nothing.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from os import PathLike

import python_calamine

from onetonne.errors import FormatError


def read_workbook(path: str | PathLike[str]) -> list[list[str]]:
    """The rows of the one sheet that holds anything, all as long as the longest. Raises `FormatError`."""
    try:
        book = python_calamine.load_workbook(path)
        sheets = [
            sheet.to_python(skip_empty_area=False)
            for sheet in (book.get_sheet_by_index(place) for place in range(len(book.sheet_names)))
        ]
    except Exception as error:  # zip, XML and calamine's own, all of them about this file
        raise FormatError(path, "it is no Excel workbook that can be read; export it again") from error
    filled = [rows for rows in sheets if any(any(cell not in ("", None) for cell in row) for row in rows)]
    if len(filled) != 1:
        raise FormatError(
            path, f"{len(filled)} of its sheets hold something; save the one you mean on its own"
        )
    return [[_text(cell) for cell in row] for row in filled[0]]


def header_width(header: Sequence[str]) -> int:
    """Up to the last column that has a name."""
    return max((place + 1 for place, name in enumerate(header) if name.strip()), default=0)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)
