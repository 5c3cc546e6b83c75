"""Quantities, serial blocks, dates, codes, and the contracts' enumerations."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import NewType

from onetonne.errors import CodeError, DateError, QuantityError, ReversedRange, SerialError, quoted

Kilograms = NewType("Kilograms", int)
"""Kilograms of CO2e, as on chain."""
Tonnes = NewType("Tonnes", int)
"""Whole tonnes of CO2e, as in programme registries."""
Serial = NewType("Serial", int)
"""One serial number: one tonne. Below 2^64 - 1."""
Days = NewType("Days", int)
"""Days since 1970-01-01, UTC."""
Seconds = NewType("Seconds", int)
"""Seconds since 1970-01-01T00:00:00, UTC."""
BasisPoints = NewType("BasisPoints", int)
"""Hundredths of a percent."""
Address = NewType("Address", str)
"""A checksummed account or contract address."""

ProgrammeId = NewType("ProgrammeId", int)
MethodologyId = NewType("MethodologyId", int)
VvbId = NewType("VvbId", int)
ActivityId = NewType("ActivityId", int)
ComponentId = NewType("ComponentId", int)
ProjectId = NewType("ProjectId", int)
VerificationId = NewType("VerificationId", int)
BatchId = NewType("BatchId", int)
RetirementId = NewType("RetirementId", int)
CancellationId = NewType("CancellationId", int)
RedemptionId = NewType("RedemptionId", int)
ShortfallId = NewType("ShortfallId", int)

KILOGRAMS_PER_TONNE = 1000
MAX_KILOGRAMS = 2**48 - 1  # the contracts' Kilograms
MAX_SERIAL = 2**64 - 2  # 2^64 - 1 is kept for the contracts' own marks
CODE_BYTES = 32
EPOCH = date(1970, 1, 1)
FIRST_NDC_YEAR = (
    2021  # the contracts': from this vintage year on, use elsewhere needs the host's authorisation
)

_QUANTITY = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,20}|[0-9]{1,3}(?:,[0-9]{3}){1,6})"
    r"(?:\.(?P<fraction>[0-9]{1,20}))?\s*(?P<unit>[A-Za-z]*)"
)
_UNITS = {"t": 1000, "tonne": 1000, "tonnes": 1000, "kg": 1, "kilogram": 1, "kilograms": 1}
_NOT_OF_A_CODE = re.compile(r"[^A-Z0-9._-]")
_ALPHABET = "A-Z, 0-9, full stop, underscore and hyphen"
_EXAMPLE = 'write a number and its unit, such as "1.5t" or "1500kg"'


class Programme(StrEnum):
    """A rule-setting body that certifies and issues credits, by its code."""

    VCS = "VCS"
    GS = "GS"
    ACR = "ACR"
    CAR = "CAR"
    ART = "ART"
    CDM = "CDM"
    CCER = "CCER"


class Status(StrEnum):
    """What has become of a block in the programme registry."""

    LIVE = "live"
    RETIRED = "retired"
    CANCELLED = "cancelled"


class Purpose(IntEnum):
    """What a retirement is used for. The numbers are the contracts'."""

    VOLUNTARY = 0
    CORSIA_PHASE_1 = 1
    CORSIA_PHASE_2 = 2
    HOST_NDC = 3
    NATIONAL_SCHEME = 4
    OTHER = 5


class CancellationKind(IntEnum):
    """Why credits were removed without a claim. The numbers are the contracts'.

    `CORSIA` is what programmes call a use that is a claim: the contracts refuse it, and a holder retires with
    that purpose. `REVERSAL` and `REPLACEMENT` are made by making a shortfall good.
    """

    VOLUNTARY = 0
    CORSIA = 1
    CONVERSION = 2
    REVERSAL = 3
    ERROR = 4
    AT_SOURCE = 5
    REPLACEMENT = 6


class Use(IntEnum):
    """What a host country authorises credits for. The numbers are the contracts'."""

    NDC = 1
    INTERNATIONAL_MITIGATION = 2
    OTHER_PURPOSES = 3


class Condition(IntEnum):
    """What a label asks of a batch. The numbers are the contracts'."""

    FRAMEWORK = 0
    ISSUED = 1
    PROGRAMME = 2
    PROGRAMME_WINDOW = 3
    METHODOLOGY = 4
    METHODOLOGY_WINDOW = 5
    EXCLUSION = 6
    AUTHORISATION = 7
    ADJUSTMENT = 8


class ShortfallKind(IntEnum):
    """What has to be made good. The numbers are the contracts'."""

    REVERSAL = 1
    OVER_ISSUANCE = 2


class Standing(IntEnum):
    """Whether a programme, a methodology or a VVB may act. The numbers are the contracts'."""

    ACTIVE = 1
    SUSPENDED = 2


class VerificationStatus(IntEnum):
    """The numbers are the contracts'."""

    PROPOSED = 1
    ACCEPTED = 2
    WITHDRAWN = 3
    SUPERSEDED = 4


class RedemptionStatus(IntEnum):
    """The numbers are the contracts'."""

    REQUESTED = 1
    CONFIRMED = 2
    REFUSED = 3
    WITHDRAWN = 4
    REACTIVATED = 5
    """Burnt, and reported as live again in the programme registry."""


class FreezeScope(IntEnum):
    """What a freeze stops. The numbers are the contracts'."""

    BATCH = 0
    PROJECT = 1
    PROGRAMME = 2
    ACCOUNT = 3


@dataclass(frozen=True, slots=True, order=True)
class SerialBlock:
    """An inclusive range of serials in a namespace. Equal blocks are the same tonnes, however spelled.

    `prefix` is the canonical prefix: segments of `A-Z 0-9` joined by hyphens, the first of them `root`.
    Raises `ReversedRange` where last < first, `SerialError` where a serial is negative or above `MAX_SERIAL`.
    """

    prefix: str
    root: str
    first: Serial
    last: Serial

    def __post_init__(self) -> None:
        if not 0 <= self.first <= MAX_SERIAL or not 0 <= self.last <= MAX_SERIAL:
            raise SerialError(str(self), len(self.prefix) + 1, f"serials run from 0 to {MAX_SERIAL}")
        if self.last < self.first:
            raise ReversedRange(
                str(self), len(self.prefix) + 1, reversed_range_problem(self.first, self.last)
            )

    @property
    def namespace(self) -> str:
        """The canonical prefix: two blocks can only overlap where this is the same."""
        return self.prefix

    @property
    def tonnes(self) -> Tonnes:
        return Tonnes(self.last - self.first + 1)

    @property
    def kilograms(self) -> Kilograms:
        return Kilograms(self.tonnes * KILOGRAMS_PER_TONNE)

    def overlaps(self, other: "SerialBlock") -> bool:
        return self.prefix == other.prefix and self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        return f"{self.prefix} {self.first} to {self.last}"


def reversed_range_problem(first: int, last: int) -> str:
    return f"reversed range, the last serial {last} lies before the first {first}; correct it at its source"


def parse_quantity(text: str) -> Kilograms:
    """Kilograms of `1.5t`, `1500kg` or `1,500 kg`. Raises `QuantityError`."""
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise QuantityError(f"Quantity {quoted(text)} can't be read: {_EXAMPLE}.")
    unit = match["unit"].lower()
    if not unit:
        raise QuantityError(f"Quantity {quoted(text)} has no unit: {_EXAMPLE}.")
    if unit not in _UNITS:
        raise QuantityError(f"Quantity {quoted(text)} has the unknown unit {quoted(unit)}: {_EXAMPLE}.")
    fraction = match["fraction"] or ""
    digits = int(match["whole"].replace(",", "") + fraction)  # integers only: Decimal would round
    kilograms, rest = divmod(digits * _UNITS[unit], 10 ** len(fraction))
    if match["sign"] == "-" or digits == 0:
        raise QuantityError(f"Quantity {quoted(text)} is not more than zero: give at least 1 kg.")
    if rest:
        raise QuantityError(f"Quantity {quoted(text)} has a fraction of a kilogram: give whole kilograms.")
    if kilograms > MAX_KILOGRAMS:
        raise QuantityError(f"Quantity {quoted(text)} is above {MAX_KILOGRAMS} kg: split it.")
    return Kilograms(kilograms)


def format_quantity(kilograms: Kilograms) -> str:
    """`1,500.25 t` from one tonne up, `500 kg` below; `parse_quantity` reads it back."""
    if abs(kilograms) < KILOGRAMS_PER_TONNE:
        return f"{kilograms} kg"
    tonnes = Decimal(kilograms) / KILOGRAMS_PER_TONNE
    return f"{tonnes.normalize():,f} t"


def to_days(day: date) -> Days:
    """Days from 1970-01-01 to `day`. Raises `DateError` for an earlier day."""
    if day < EPOCH:
        raise DateError(f"Date {day.isoformat()} lies before {EPOCH.isoformat()}: give a later one.")
    return Days((day - EPOCH).days)


def from_days(days: Days) -> date:
    """The day that lies `days` after 1970-01-01. Raises `DateError` outside the calendar."""
    if not 0 <= days <= (date.max - EPOCH).days:
        raise DateError(f"Day {days} since {EPOCH.isoformat()} is not in the calendar: give 0 or more.")
    return EPOCH + timedelta(days=days)


def from_seconds(seconds: Seconds) -> datetime:
    """The moment `seconds` after 1970-01-01T00:00:00 UTC. Raises `DateError` outside the calendar."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError) as problem:
        raise DateError(f"Second {seconds} since {EPOCH.isoformat()} is not in the calendar.") from problem


def code_bytes32(text: str) -> bytes:
    """`text` in upper case and ASCII, zero-padded to 32 bytes. Raises `CodeError`."""
    code = text.strip().upper()
    if not code:
        raise CodeError(f"A code is empty: give 1 to 32 characters of {_ALPHABET}.")
    bad = _NOT_OF_A_CODE.search(code)
    if bad:
        raise CodeError(f"Code {quoted(text)} holds {quoted(bad.group())}: use only {_ALPHABET}.")
    if len(code) > CODE_BYTES:
        raise CodeError(f"Code {quoted(text)} has {len(code)} characters: use at most {CODE_BYTES}.")
    return code.encode("ascii").ljust(CODE_BYTES, b"\0")


def type_code(word: str) -> str:
    """A programme's activity type as people name it: its code, or empty for the word `none`."""
    code = word.strip().upper()
    return "" if code == "NONE" else code


def code_text(word: bytes) -> str:
    """The code in a word from the chain. Raises `CodeError` where it holds none."""
    text = word.rstrip(b"\0").decode("latin-1")
    if len(word) != CODE_BYTES or not text or _NOT_OF_A_CODE.search(text):
        raise CodeError(f"The word 0x{word[:CODE_BYTES].hex()} holds no code: check which contract gave it.")
    return text
