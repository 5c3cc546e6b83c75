"""Dates as exports write them. Whether 04/05 is in April or May is decided for a whole file, never a row."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from os import PathLike

from onetonne.errors import DateError, FormatError, quoted

_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?: ?[AaPp][Mm]|Z|[+-]\d{2}:\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}}){_TIME}", re.ASCII)
_ORDERED = re.compile(rf"(\d{{1,2}})([/-])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}", re.ASCII)
_EXCEL_DAY = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_EXCEL_EPOCH = date(1899, 12, 30)  # Excel counts a 29 February 1900 that never was
_CENTURY = 2000
_ORDERS = {"dmy": "day/month/year", "mdy": "month/day/year"}


@dataclass(frozen=True, slots=True)
class Convention:
    """How a file writes its dates. `order` is `dmy` or `mdy` where dates without a leading year occur."""

    order: str | None
    excel_days: bool = False
    two_digit_years: bool = False
    name: str = "none"

    def read(self, text: str) -> date:
        """Raises `DateError`. The time of day is left out."""
        try:
            found = self._read(text.strip())
        except (ValueError, OverflowError):
            found = None
        if found is None:
            raise DateError(f"{quoted(text)} is no date as this file writes them ({self.name})")
        return found

    def _read(self, text: str) -> date | None:
        if match := _ISO.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if self.order and (match := _ORDERED.fullmatch(text)):
            return _ordered(match, self.order, self.two_digit_years)
        if self.excel_days and (match := _EXCEL_DAY.fullmatch(text)):
            return _EXCEL_EPOCH + timedelta(days=int(match[1]))
        return None


def decide(
    path: str | PathLike[str], texts: Iterable[str], allowed: Sequence[str], two_digit_years: bool = False
) -> Convention:
    """The convention of a file whose date cells are `texts`, by a layout that allows these.

    Raises `FormatError` where the dates fit another order better than any that the layout allows: a
    spreadsheet has then rewritten the file, and some of its dates are swapped without a trace.
    """
    cells = [text.strip() for text in texts if text.strip()]
    matches = [match for cell in cells if (match := _ORDERED.fullmatch(cell))]
    fits = {order: sum(_fits(match, order, two_digit_years) for match in matches) for order in _ORDERS}
    best = max(fits.values())
    fitting = [order for order in allowed if fits.get(order) == best]
    if matches and not fitting:
        order = max(fits, key=lambda one: fits[one])
        raise FormatError(
            path,
            f"its dates are written {_ORDERS[order]}, which this export never does; "
            "export it again and don't open it in a spreadsheet first",
        )
    if len(fitting) > 1 and matches:
        raise FormatError(path, "its dates can be read day first or month first; export it with ISO dates")
    excel_days = "excel-day" in allowed
    names = [
        "year-month-day" if any(_ISO.fullmatch(cell) for cell in cells) else "",
        _ORDERS[fitting[0]] if matches else "",
        "Excel day numbers" if excel_days and any(_EXCEL_DAY.fullmatch(cell) for cell in cells) else "",
    ]
    name = " and ".join(filter(None, names)) or "none"
    return Convention(fitting[0] if matches else None, excel_days, two_digit_years, name)


def _fits(match: re.Match[str], order: str, two_digit_years: bool) -> bool:
    try:
        return _ordered(match, order, two_digit_years) is not None
    except ValueError:
        return False


def _ordered(match: re.Match[str], order: str, two_digit_years: bool) -> date | None:
    if len(match[4]) == 2 and not two_digit_years:
        return None
    year = int(match[4]) + (_CENTURY if len(match[4]) == 2 else 0)
    day, month = (match[1], match[3]) if order == "dmy" else (match[3], match[1])
    return date(year, int(month), int(day))
