"""Reading a cleaned serial number from left to right, and saying where it stopped."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NoReturn

from onetonne.errors import ReversedRange, SerialError, quoted
from onetonne.serials.cleaning import Cleaned
from onetonne.terms import MAX_SERIAL, Serial, reversed_range_problem

_DIGITS = re.compile(r"[0-9]+")
_LETTERS = re.compile(r"[A-Z]+")
_RUN = re.compile(r"[^- ]*")
_MAX_DIGITS = 20  # of 2^64
_FIRST_YEAR, _LAST_YEAR = 1970, 2199


class Scanner:
    """Each method reads one field at `at` and moves on, or raises `SerialError` where it is not there.

    `what` names the field in the message.
    """

    def __init__(self, cleaned: Cleaned) -> None:
        self.cleaned = cleaned
        self.text = cleaned.text
        self.at = 0

    def fail(self, problem: str, at: int | None = None) -> NoReturn:
        place = self.cleaned.origin(self.at if at is None else at)
        raise SerialError(self.cleaned.original, place, problem)

    def literal(self, literal: str) -> None:
        if not self.text.startswith(literal, self.at):
            self._expected(quoted(literal.replace(" TO ", " to ")))
        self.at += len(literal)

    def hyphen(self) -> None:
        self.literal("-")

    def end(self) -> None:
        if self.at != len(self.text):
            self._expected("the end")

    def choice(self, what: str, options: Sequence[str]) -> str:
        found = self._run()
        if found not in options:
            self._expected(f"{what} ({' or '.join(options)})")
        self.at += len(found)
        return found

    def digits(self, what: str, count: int | None = None) -> str:
        """Digits as written, leading zeros and all."""
        match = _DIGITS.match(self.text, self.at)
        if match is None or len(match.group()) > _MAX_DIGITS or count not in (None, len(match.group())):
            self._expected(f"{count} digits for {what}" if count else f"digits for {what}")
        self.at = match.end()
        return match.group()

    def number(self, what: str) -> int:
        """A number without leading zeros: another spelling of it would be another namespace."""
        start = self.at
        digits = self.digits(what)
        if digits[0] == "0":
            self.fail(f"{what} must not begin with 0, found {quoted(digits)}", start)
        return int(digits)

    def serial(self, what: str) -> Serial:
        start = self.at
        digits = self.digits(what)
        if len(digits) > 1 and digits[0] == "0":
            self.fail(f"{what} must not begin with 0, found {quoted(digits)}", start)
        if int(digits) > MAX_SERIAL:
            self.fail(f"{what} is above {MAX_SERIAL}", start)
        return Serial(int(digits))

    def letters(self, what: str, least: int, most: int) -> str:
        match = _LETTERS.match(self.text, self.at)
        if match is None or not least <= len(match.group()) <= most:
            count = f"{least}" if least == most else f"{least} to {most}"
            self._expected(f"{count} letters for {what}")
        self.at = match.end()
        return match.group()

    def country(self) -> str:
        return self.letters("the country", 2, 2)

    def year(self, what: str) -> int:
        start = self.at
        year = int(self.digits(what, 4))
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            self.fail(f"{what} must lie from {_FIRST_YEAR} to {_LAST_YEAR}", start)
        return year

    def day(self, what: str) -> date:
        """A date as DDMMYYYY."""
        start = self.at
        digits = self.digits(what, 8)
        try:
            day = date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
        except ValueError:
            self.fail(f"{what} must be a date as DDMMYYYY, found {quoted(digits)}", start)
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            self.fail(f"{what} must lie from {_FIRST_YEAR} to {_LAST_YEAR}, found {quoted(digits)}", start)
        return day

    def vintage(self) -> tuple[date, date]:
        """The first and the last day, with a hyphen between them."""
        start = self.day("the vintage's start")
        self.hyphen()
        end_at = self.at
        end = self.day("the vintage's end")
        if end < start:
            self.fail("the vintage ends before it starts", end_at)
        return start, end

    def range(self, separator: str) -> tuple[Serial, Serial]:
        first = self.serial("the first serial")
        self.literal(separator)
        last_at = self.at
        last = self.serial("the last serial")
        self.check_range(first, last, last_at)
        return first, last

    def check_range(self, first: Serial, last: Serial, at: int) -> None:
        """Refuses a reversed range: swapping its ends would be a guess."""
        if last < first:
            place = self.cleaned.origin(at)
            raise ReversedRange(self.cleaned.original, place, reversed_range_problem(first, last))

    def fields_left(self) -> int:
        """Fields from here to the end."""
        return self.text.count("-", self.at) + 1

    def _run(self) -> str:
        match = _RUN.match(self.text, self.at)
        return match.group() if match else ""

    def _expected(self, what: str) -> NoReturn:
        found = self._run() or self.text[self.at : self.at + 1]
        self.fail(f"expected {what}, found {quoted(found, 40) if found else 'the end'}")
