"""The programmes' side: their exports, row by row, the damaged ones too as far as they can be read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path

from onetonne import registries, serials
from onetonne.errors import FormatError, SerialError
from onetonne.reconciling.statements import Side, State, Statement
from onetonne.registries import CancellationRow, CreditRow, DefectKind, Export, RetirementRow
from onetonne.registries.overlaps import sweep
from onetonne.terms import SerialBlock, Status, Tonnes

NO_SERIALS = "without serial numbers"
UNREADABLE = "in rows whose serial numbers can't be read"

_STATES = {
    Status.LIVE: State.LIVE,
    Status.RETIRED: State.RETIRED,
    Status.CANCELLED: State.CANCELLED,
    None: State.ISSUED,
}
# What a block would be found as in a file of this kind, if the programme had it so.
_COVERED = {
    "transactions": frozenset((State.LIVE, State.RETIRED, State.CANCELLED)),
    "retirements": frozenset((State.RETIRED,)),
    "cancellations": frozenset((State.CANCELLED,)),
}


def programme_side(paths: Sequence[str | PathLike[str]]) -> Side:
    """What the programmes' exports say together. Raises `FileError` where a file as a whole can't be used.

    Several files may state one block, such as an issuance and the retirements out of it: nothing is refused
    for that here.
    """
    _check_given_once(paths)
    statements: list[Statement] = []
    apart: Counter[str] = Counter()
    covers: dict[str, frozenset[State]] = {}
    rows = unmeasured = 0
    for path in paths:
        export = registries.read(path)
        if export.layout.kind == "projects":
            raise FormatError(path, "it lists projects, not credits; leave it out")
        found = list(_statements(export))
        statements += found
        stated = {one.row for one in found}
        serialless = {row.origin.row for row in _credits(export) if row.serial is None}
        for row, tonnes in export.tonnes.items():
            if row not in stated:
                apart[NO_SERIALS if row in serialless else UNREADABLE] += tonnes
        count = len(export.table.records) + len(export.table.broken)
        rows += count
        unmeasured += count - len(export.tonnes)
        _cover(covers, export, found)
    shown = {name: Tonnes(tonnes) for name, tonnes in apart.items()}
    name = ", ".join(Path(path).name for path in paths)
    return Side(name, tuple(statements), covers, shown, rows, unmeasured)


def _check_given_once(paths: Sequence[str | PathLike[str]]) -> None:
    seen: set[Path] = set()
    for path in paths:
        if Path(path).resolve() in seen:
            raise FormatError(path, "it is given twice; give each file once")
        seen.add(Path(path).resolve())


def _credits(export: Export) -> Iterator[CreditRow]:
    return (row for row in export.rows if isinstance(row, CreditRow))


def _cover(covers: dict[str, frozenset[State]], export: Export, found: Iterable[Statement]) -> None:
    """Which states this file lists, of the programmes that it has rows of."""
    listed = _COVERED.get(str(export.layout.kind))
    for one in found:
        if one.state is not State.DAMAGED:
            covers[one.programme] = covers.get(one.programme, frozenset()) | (listed or {one.state})


def _statements(export: Export) -> Iterator[Statement]:
    refused = sweep(export.claims).refused
    sound: set[int] = set()
    for row in _credits(export):
        if row.serial is not None and row.origin not in refused:
            sound.add(row.origin.row)
            yield _statement(row, row.serial.block)
    yield from _damaged(export, sound)


def _statement(row: CreditRow, block: SerialBlock) -> Statement:
    ended = None
    if isinstance(row, RetirementRow):
        ended = row.retired_on
    elif isinstance(row, CancellationRow):
        ended = row.cancelled_on
    return Statement(
        side=Path(row.origin.file).name,
        programme=str(row.programme),
        block=block,
        state=_STATES[row.status],
        tonnes=row.tonnes,
        since=ended,
        created=row.issued_on,
        file=row.origin.file,
        row=row.origin.row,
    )


def _damaged(export: Export, sound: set[int]) -> Iterator[Statement]:
    """Rows that are refused, of which block and quantity can be read."""
    place = export.layout.places(export.table.header).get("serial")
    if place is None:
        return
    defects = {d.origin.row: d for d in reversed(export.defects)}
    for record in export.table.records:
        tonnes = export.tonnes.get(record.row)
        if record.row in sound or tonnes is None:
            continue
        try:
            parsed = serials.parse(record.cells[place])
        except SerialError:
            continue
        defect = defects.get(record.row)
        problem = DefectKind.OVERLAP if defect is None else defect.kind
        yield Statement(
            side=Path(export.table.path).name,
            programme=str(parsed.programme),
            block=parsed.block,
            state=State.DAMAGED,
            tonnes=tonnes,
            file=export.table.path,
            row=record.row,
            defect=str(problem),
        )
