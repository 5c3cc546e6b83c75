"""What a check found, as data: what each file was read as, each defect with its rows, and the tonnes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import polars as pl

from onetonne.registries.batches import Batches
from onetonne.registries.defects import Defect, DefectKind, Note
from onetonne.registries.export import Export
from onetonne.registries.rows import Row
from onetonne.registries.snapshots import Comparison
from onetonne.terms import Programme, Status, Tonnes


@dataclass(frozen=True, slots=True)
class TonnesReport:
    """Tonnes as the rows state them. `total` = `accepted` + `refused`, of rows whose quantity can be read.

    Of the accepted: `live`, `retired`, `cancelled`, and `issued` where a file tells only that. Retirements
    of a batch are part of what was issued of it: never add `issued` to the others.
    """

    total: Tonnes
    accepted: Tonnes
    refused: Tonnes
    live: Tonnes
    retired: Tonnes
    cancelled: Tonnes
    issued: Tonnes

    @classmethod
    def of(cls, accepted: Mapping[str | None, int], refused: int) -> "TonnesReport":
        """From the accepted tonnes by status, None being "issued"."""
        total = Tonnes(sum(accepted.values()))
        return cls(
            total=Tonnes(total + refused),
            accepted=total,
            refused=Tonnes(refused),
            live=Tonnes(accepted.get(Status.LIVE, 0)),
            retired=Tonnes(accepted.get(Status.RETIRED, 0)),
            cancelled=Tonnes(accepted.get(Status.CANCELLED, 0)),
            issued=Tonnes(accepted.get(None, 0)),
        )

    @classmethod
    def sum(cls, reports: Iterable["TonnesReport"]) -> "TonnesReport":
        parts = list(reports)
        return cls(*(Tonnes(sum(getattr(part, each.name) for part in parts)) for each in fields(cls)))

    def to_json(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file. `rows` = `accepted` + `refused`; `parsed` counts rows whose serial number could be read.

    `unmeasured` are refused rows whose quantity could not be read, and is in no sum of tonnes. `defects`
    gives the row numbers of each kind, as a spreadsheet numbers them; a row may have several defects.
    """

    path: str
    layout: str
    kind: str
    programmes: tuple[Programme, ...]
    encoding: str
    delimiter: str
    dates: str
    numbers: str
    rows: int
    accepted: int
    refused: int
    parsed: int
    blank_rows: tuple[int, ...]
    unmeasured: tuple[int, ...]
    defects: dict[DefectKind, tuple[int, ...]]
    tonnes: TonnesReport

    def to_json(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in self.__slots__}
        return plain | {
            "programmes": [str(programme) for programme in self.programmes],
            "blank_rows": list(self.blank_rows),
            "unmeasured": list(self.unmeasured),
            "defects": {str(kind): list(rows) for kind, rows in self.defects.items()},
            "tonnes": self.tonnes.to_json(),
        }


@dataclass(frozen=True)
class CheckReport:
    """All files together. `overlaps` counts all overlapping pairs; at most `overlaps.MAX_PAIRS` of them are
    listed as defects.

    `since` is there where files were compared with an earlier snapshot, `batches` where an export of
    issuances without serial numbers was given.
    """

    files: tuple[FileReport, ...]
    defects: tuple[Defect, ...]
    notes: tuple[Note, ...]
    overlaps: int
    tonnes: TonnesReport
    exports: tuple[Export, ...] = ()
    standing: tuple[pl.Series, ...] = field(default=(), repr=False)
    """For each export, which rows of its frame are accepted."""
    since: Comparison | None = None
    batches: Batches | None = None

    @cached_property
    def accepted(self) -> tuple[Row, ...]:
        """The sound rows themselves, in the order of the files: made when asked for."""
        pairs = zip(self.exports, self.standing, strict=True)
        return tuple(row for export, mask in pairs for row in export.build(mask))

    @property
    def sound(self) -> bool:
        return not self.refused

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def parsed(self) -> int:
        return sum(file.parsed for file in self.files)

    @property
    def refused(self) -> int:
        return sum(file.refused for file in self.files)

    def count(self, kind: DefectKind) -> int:
        """Rows that have a defect of this kind."""
        return sum(len(file.defects.get(kind, ())) for file in self.files)

    def to_json(self) -> dict[str, Any]:
        """Plain data for `json.dumps`: no beneficiaries, reasons or details, which may name people."""
        return {
            "sound": self.sound,
            "rows": self.rows,
            "parsed": self.parsed,
            "accepted": self.rows - self.refused,
            "refused": self.refused,
            "overlapping_pairs": self.overlaps,
            "counts": {str(kind): self.count(kind) for kind in DefectKind},
            "tonnes": self.tonnes.to_json(),
            "files": [file.to_json() for file in self.files],
            "defects": [_defect(defect) for defect in self.defects],
            "notes": [{"file": n.file, "text": n.text, "rows": list(n.rows)} for n in self.notes],
            "since": None if self.since is None else self.since.to_json(),
            "batches": None if self.batches is None else self.batches.to_json(),
        }


def _defect(defect: Defect) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "kind": str(defect.kind),
        "file": defect.origin.file,
        "row": defect.origin.row,
        "sentence": defect.sentence,
    }
    if defect.other is not None:
        plain["other"] = {"file": defect.other.file, "row": defect.other.row}
    return plain
