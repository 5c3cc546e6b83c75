"""Excel workbooks into rows of text."""

import warnings
from collections.abc import Iterator
from datetime import date, datetime
from os import PathLike

import openpyxl

from onetonne.errors import FormatError


def read_workbook(path: str | PathLike[str]) -> Iterator[list[str] | str]:
    """The rows of the one sheet that holds anything. Raises `FormatError`.

    Not in openpyxl's read-only mode: it trusts the sheet's declared dimension, and VCS declares one cell.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles, which don't matter here
            book = openpyxl.load_workbook(path, data_only=True)
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise FormatError(path, "it is no Excel workbook that can be read; export it again") from error
    sheets = [
        sheet for sheet in book.worksheets if any(any(row) for row in sheet.iter_rows(values_only=True))
    ]
    if len(sheets) != 1:
        raise FormatError(
            path, f"{len(sheets)} of its sheets hold something; save the one you mean on its own"
        )
    rows = [[_text(cell) for cell in row] for row in sheets[0].iter_rows(values_only=True)]
    width = max((place + 1 for place, name in enumerate(rows[0]) if name), default=0)
    return (row[:width] if not any(row[width:]) else row for row in rows)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)
