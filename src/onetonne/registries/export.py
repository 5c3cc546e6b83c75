"""One export file into rows and defects."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from os import PathLike

from onetonne.errors import QuantityError
from onetonne.registries import acr, vcs
from onetonne.registries.dates import Convention, decide
from onetonne.registries.defects import Defect, DefectKind
from onetonne.registries.fields import Fields, parse_tonnes
from onetonne.registries.layout import Kind, Layout, layout_of
from onetonne.registries.overlaps import Claim
from onetonne.registries.rows import Origin, Row
from onetonne.registries.tables import Record, Table, read_table
from onetonne.terms import Tonnes

_READERS: Mapping[str, Mapping[Kind, Callable[[Fields], Row | None]]] = {
    "vcs": vcs.READERS,
    "acr": acr.READERS,
}


@dataclass(slots=True)
class Export:
    """A file, read. Every row is in `rows` or has a defect; `tonnes` holds each legible quantity by its
    row.

    `rows` have been checked one by one, not against each other. `claims` holds the blocks of all rows whose
    quantity is the size of their block, sound otherwise or not: a wrong quantity may mean a wrong block,
    which would seem to overlap hundreds of sound ones.
    """

    table: Table
    layout: Layout
    convention: Convention
    rows: list[Row] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    notes: dict[str, list[int]] = field(default_factory=dict)
    tonnes: dict[int, Tonnes] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    parsed: int = 0


def read(path: str | PathLike[str]) -> Export:
    """The rows of one export. Raises `FileError` where the file as a whole can't be used."""
    table = read_table(path)
    layout, places = layout_of(table)
    cells = (
        record.cells[place]
        for name, place in places.items()
        if layout.columns[name].form == "date"
        for record in table.records
    )
    convention = decide(table.path, cells, layout.dates, layout.two_digit_years)
    export = Export(table, layout, convention)
    for row, problem in table.broken:
        origin = Origin(table.path, row)
        export.defects.append(Defect(DefectKind.BROKEN_ROW, origin, f"{origin}: {problem}."))
    for record in table.records:
        _read_record(export, record, places)
    return export


def _read_record(export: Export, record: Record, places: Mapping[str, int]) -> None:
    layout = export.layout
    fields = Fields(record, Origin(export.table.path, record.row), layout, places, export.convention)
    row = _READERS[layout.reader][layout.kind](fields)
    if "quantity" in places:
        with suppress(QuantityError):
            export.tonnes[record.row] = parse_tonnes(fields.text("quantity"))
    if fields.parsed is not None:
        export.parsed += 1
        if fields.parsed.tonnes == export.tonnes.get(record.row):
            export.claims.append(Claim(fields.parsed.block, fields.origin, row or record.cells))
    if row is None or fields.defects:
        export.defects += fields.defects
        return
    export.rows.append(row)
    for note in dict.fromkeys(fields.notes):
        export.notes.setdefault(note, []).append(record.row)


def reader_names() -> tuple[str, ...]:
    """What a layout may name as its `reader`."""
    return tuple(_READERS)
