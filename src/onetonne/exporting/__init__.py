"""From the chain back into a programme's layout: an index's batches as the programme's own files have them.

Serial numbers, quantities and vintages are those that were imported. What was redeemed is the programme
registry's again and left out. A serial of which some kilograms are ended is live until the rest is, and its
row says so.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from onetonne.errors import BadInput
from onetonne.exporting.cells import cells
from onetonne.exporting.records import Record, records
from onetonne.exporting.spelling import REBUILT, Unspelled, spelled
from onetonne.index import Index
from onetonne.index.fates import Fate
from onetonne.registries import layouts
from onetonne.registries.layout import Kind, Layout
from onetonne.terms import Programme, Tonnes, format_quantity

__all__ = ["REBUILT", "ExportResult", "ExportedFile", "export"]

NOTE = "Note"
"""The column beside the programme's own: what a reader should know of the row."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
REDEEMED = "redeemed: the programme registry's again"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    path: str
    kind: str
    rows: int
    tonnes: Tonnes


@dataclass(frozen=True, slots=True)
class ExportResult:
    """Every serial on chain is in a file or in `left_out`, by why. `rebuilt` counts rows whose serial number
    had to be written anew.
    """

    files: tuple[ExportedFile, ...]
    rebuilt: int
    left_out: Mapping[str, Tonnes]

    @property
    def tonnes(self) -> Tonnes:
        return Tonnes(sum(file.tonnes for file in self.files) + sum(self.left_out.values()))


@dataclass(slots=True)
class _Sheet:
    layout: Layout
    rows: list[dict[str, str]] = field(default_factory=list)
    tonnes: int = 0


def export(index: Index, programme: Programme, to: str | PathLike[str]) -> ExportResult:
    """Writes all of a programme's batches. `sync` first.

    VCS has one file for all; other programmes have one for each kind of row, named `to` and the kind.
    Raises `BadInput` where the programme has no layout here, or no batch on chain.
    """
    sheets: dict[Kind, _Sheet] = {}
    left_out: dict[str, Tonnes] = {}
    rebuilt = 0
    for record in records(index, str(programme)):
        tonnes = record.run.last - record.run.first + 1
        try:
            if record.fate is Fate.REDEEMED:
                raise Unspelled(REDEEMED)
            serial, anew = spelled(record)
        except Unspelled as reason:
            left_out[str(reason)] = Tonnes(left_out.get(str(reason), 0) + tonnes)
            continue
        layout = _layout(programme, record.fate)
        sheet = sheets.setdefault(layout.kind, _Sheet(layout))
        sheet.rows.append(cells(record, layout, serial) | {NOTE: _note(record, anew)})
        sheet.tonnes += tonnes
        rebuilt += anew
    if not sheets and not left_out:
        raise BadInput(f"There is no batch of {programme} on chain: nothing was written.")
    files = tuple(_write(Path(to), sheet) for sheet in sheets.values())
    return ExportResult(files, rebuilt, left_out)


def _layout(programme: Programme, fate: Fate) -> Layout:
    """The programme's newest layout that has rows of this kind."""
    ended = {Fate.RETIRED: (Kind.RETIREMENTS,), Fate.CANCELLED: (Kind.CANCELLATIONS, Kind.RETIREMENTS)}
    wanted = (Kind.TRANSACTIONS, *ended.get(fate, (Kind.HOLDINGS, Kind.ISSUANCES)))
    own = [layout for layout in layouts() if layout.programme is programme and "serial" in layout.columns]
    for kind in wanted:
        fitting = [layout for layout in own if layout.kind is kind]
        if fitting:
            return max(fitting, key=lambda layout: layout.version)
    raise BadInput(f"No layout of {programme} is known here that could be written.")


def _write(to: Path, sheet: _Sheet) -> ExportedFile:
    kind = sheet.layout.kind
    path = to if kind is Kind.TRANSACTIONS else to.with_stem(f"{to.stem}-{kind}")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(sheet.rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({name: _inert(text) for name, text in row.items()} for row in sheet.rows)
    return ExportedFile(str(path), str(kind), len(sheet.rows), Tonnes(sheet.tonnes))


def _inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula: names on chain are whatever people wrote there."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _note(record: Record, rebuilt: bool) -> str:
    notes = [REBUILT] if rebuilt else []
    if record.fate is Fate.PARTLY:
        notes.append(f"{format_quantity(record.run.left)} of it circulates, the rest is ended on chain")
    return "; ".join(notes)
