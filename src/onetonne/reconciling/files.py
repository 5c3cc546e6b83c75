"""The programmes' side: their exports, row by row, the damaged ones too as far as they can be read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Any

import polars as pl

from onetonne import registries
from onetonne.errors import FormatError
from onetonne.reconciling.statements import Side, State, Statement
from onetonne.registries import CheckReport
from onetonne.serials import check_prefix
from onetonne.terms import Serial, SerialBlock, Tonnes

NO_SERIALS = "without serial numbers"
UNREADABLE = "in rows whose serial numbers can't be read"

_ENDED = frozenset((State.RETIRED, State.CANCELLED))
# What a block would be found as in a file of this kind, if the programme had it so.
_COVERED = {
    "transactions": _ENDED | {State.LIVE},
    "holdings": frozenset((State.LIVE,)),
    "retirements": frozenset((State.RETIRED,)),
    "cancellations": frozenset((State.CANCELLED,)),
}
_COLUMNS = ("row", "programme", "prefix", "first", "last", "tonnes", "status word")
_DAYS = ("ended_on day", "issued_on day")


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
        report = registries.check([path])
        (export,) = report.exports
        if export.layout.kind == "projects":
            raise FormatError(path, "it lists projects, not credits; leave it out")
        found = list(_statements(report))
        statements += found
        stated = sum(one.tonnes for one in found)
        why = UNREADABLE if export.typed.has("serial") else NO_SERIALS
        apart[why] += sum(export.tonnes.values()) - stated
        rows += export.table.rows
        unmeasured += export.table.rows - len(export.tonnes)
        _cover(covers, str(export.layout.kind), found)
    shown = {why: Tonnes(tonnes) for why, tonnes in apart.items() if tonnes}
    name = ", ".join(Path(path).name for path in paths)
    return Side(name, tuple(statements), covers, shown, rows, unmeasured)


def _check_given_once(paths: Sequence[str | PathLike[str]]) -> None:
    seen: set[Path] = set()
    for path in paths:
        if Path(path).resolve() in seen:
            raise FormatError(path, "it is given twice; give each file once")
        seen.add(Path(path).resolve())


def _cover(covers: dict[str, frozenset[State]], kind: str, found: Iterable[Statement]) -> None:
    """Which states this file lists, of the programmes that it has rows of."""
    for one in found:
        if one.state is not State.DAMAGED:
            listed = _COVERED.get(kind) or {one.state}
            covers[one.programme] = covers.get(one.programme, frozenset()) | listed


def _statements(report: CheckReport) -> Iterator[Statement]:
    """Of every row whose serial number and quantity can be read; those that the check refuses as damaged."""
    (export,), (standing,) = report.exports, report.standing
    if not (export.typed.has("serial") and export.typed.has("quantity")):
        return
    frame = export.frame.with_columns(standing.alias("sound"))
    days = [day for day in _DAYS if day in frame.columns]
    legible = frame.filter(pl.col("first").is_not_null() & (pl.col("tonnes") > 0))
    defects = {defect.origin.row: str(defect.kind) for defect in reversed(report.defects)}
    path, name = export.table.path, Path(export.table.path).name
    for cells in legible.select(*_COLUMNS, *days, "sound").iter_rows(named=True):
        yield _statement(path, name, cells, defects)


def _statement(path: str, name: str, cells: dict[str, Any], defects: dict[int, str]) -> Statement:
    state = State(cells["status word"]) if cells["sound"] else State.DAMAGED
    prefix = cells["prefix"]
    return Statement(
        side=name,
        programme=cells["programme"],
        block=SerialBlock(prefix, _root(prefix), Serial(cells["first"]), Serial(cells["last"])),
        state=state,
        tonnes=Tonnes(cells["tonnes"]),
        since=cells.get("ended_on day") if state in _ENDED else None,
        created=cells.get("issued_on day"),
        file=path,
        row=cells["row"],
        defect="" if cells["sound"] else defects.get(cells["row"], ""),
    )


@cache
def _root(prefix: str) -> str:
    return check_prefix(prefix).name
