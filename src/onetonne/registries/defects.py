"""What can be wrong with a row. A refused row has at least one defect; nothing is repaired by guessing."""

from dataclasses import dataclass
from enum import StrEnum

from onetonne.registries.rows import Origin


class DefectKind(StrEnum):
    BROKEN_ROW = "broken row"
    MISSING_VALUE = "missing value"
    UNPARSEABLE_SERIAL = "unparseable serial"
    REVERSED_RANGE = "reversed range"
    BAD_QUANTITY = "bad quantity"
    QUANTITY_MISMATCH = "quantity mismatch"
    BAD_DATE = "bad date"
    VINTAGE_MISMATCH = "vintage mismatch"
    PROJECT_MISMATCH = "project mismatch"
    UNCLEAR_STATUS = "unclear status"
    DUPLICATE = "duplicate"
    OVERLAP = "overlap"


@dataclass(frozen=True, slots=True)
class Defect:
    """`sentence` says what is wrong with the row at `origin`; `other` is the second row of a pair."""

    kind: DefectKind
    origin: Origin
    sentence: str
    other: Origin | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something done or assumed with sound rows that a reader should know."""

    file: str
    text: str
    rows: tuple[int, ...] = ()
