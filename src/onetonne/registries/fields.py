"""One row's cells as typed values. What can't be read is kept as a defect: a row shows all that it has."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from onetonne.errors import DateError, QuantityError, ReversedRange, SerialError, quoted
from onetonne.registries.dates import Convention
from onetonne.registries.defects import Defect, DefectKind
from onetonne.registries.layout import CancellationRule, Layout
from onetonne.registries.rows import Origin
from onetonne.registries.tables import Record
from onetonne.serials import ParsedSerial, parse
from onetonne.terms import CancellationKind, Tonnes

_TONNES = re.compile(r"([+-]?)([0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,5})(?:\.([0-9]{1,10}))?")


@dataclass(slots=True)
class Fields:
    """A row under a layout. Each reader returns None, or an empty text, where there is no sound value."""

    record: Record
    origin: Origin
    layout: Layout
    places: Mapping[str, int]
    convention: Convention
    defects: list[Defect] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    parsed: ParsedSerial | None = None

    def refuse(self, kind: DefectKind, problem: str) -> None:
        self.defects.append(Defect(kind, self.origin, f"{self.origin}: {problem}."))

    def name(self, field_name: str) -> str:
        """The header's name for a field, for messages."""
        return self.layout.columns[field_name].names[0]

    def text(self, field_name: str) -> str:
        place = self.places.get(field_name)
        return "" if place is None else " ".join(self.record.cells[place].split())

    def needed(self, field_name: str) -> str:
        text = self.text(field_name)
        if not text:
            self.refuse(DefectKind.MISSING_VALUE, f"{self.name(field_name)} is empty")
        return text

    def day(self, field_name: str, needed: bool = False) -> date | None:
        text = self.needed(field_name) if needed else self.text(field_name)
        if not text:
            return None
        try:
            return self.convention.read(text)
        except DateError as error:
            self.refuse(DefectKind.BAD_DATE, f"{self.name(field_name)} {error}")
            return None

    def year(self, field_name: str) -> int | None:
        text = self.text(field_name).removesuffix(".0")
        if not text:
            return None
        if not re.fullmatch(r"(19|20|21)[0-9]{2}", text):
            self.refuse(DefectKind.BAD_DATE, f"{self.name(field_name)} {quoted(text)} is no year")
            return None
        return int(text)

    def tonnes(self, field_name: str) -> Tonnes | None:
        """More than zero, and whole."""
        text = self.needed(field_name)
        if not text:
            return None
        try:
            return parse_tonnes(text)
        except QuantityError as error:
            self.refuse(DefectKind.BAD_QUANTITY, f"{self.name(field_name)} {error}")
            return None

    def side_tonnes(self, field_name: str) -> Tonnes | None:
        """A total beside the row's own quantity: it may be empty or zero, and refuses no row."""
        try:
            return parse_tonnes(self.text(field_name))
        except QuantityError:
            return None

    def serial(self) -> ParsedSerial | None:
        place = self.places["serial"]
        text = self.record.cells[place]
        if not text.strip():
            self.refuse(DefectKind.MISSING_VALUE, f"{self.name('serial')} is empty")
            return None
        try:
            parsed = parse(text)
        except ReversedRange as error:
            self.refuse(DefectKind.REVERSED_RANGE, str(error).rstrip("."))
        except SerialError as error:
            self.refuse(DefectKind.UNPARSEABLE_SERIAL, str(error).rstrip("."))
        else:
            self.parsed = parsed
            self.notes += [f"serial number cleaned: {note}" for note in parsed.notes]
            return parsed
        return None

    def cancellation_kind(self) -> CancellationKind | None:
        """The kind that the layout's rules give this row; None where none holds."""
        return next((rule.kind for rule in self.layout.cancellations if self._holds(rule)), None)

    def _holds(self, rule: CancellationRule) -> bool:
        return all(words in self.text(name).casefold() for name, words in rule.where.items())


def parse_tonnes(text: str) -> Tonnes:
    """`1,459`, `1459` or a spreadsheet's `1459.0` as whole tonnes. Raises `QuantityError`."""
    match = _TONNES.fullmatch(text.strip())
    if match is None:
        raise QuantityError(f"{quoted(text)} is no number")
    sign, whole, fraction = match.groups()
    tonnes = int(whole.replace(",", ""))
    if (fraction or "").strip("0"):
        raise QuantityError(f"{quoted(text)} is not whole tonnes")
    if sign == "-" or tonnes == 0:
        raise QuantityError(f"{quoted(text)} is not more than zero")
    return Tonnes(tonnes)
