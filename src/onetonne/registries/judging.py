"""What is wrong with the rows of one export, each defect with its row and a sentence."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from onetonne.errors import DateError, QuantityError, ReversedRange, quoted
from onetonne.registries.defects import Defect, DefectKind
from onetonne.registries.layout import Kind
from onetonne.registries.redaction import redact
from onetonne.registries.rows import Origin
from onetonne.registries.typed import DATES, Typed, absent, collapsed, day_of, serial_column, stated
from onetonne.terms import Programme, Status

NO_SERIALS = (
    "issued without serial numbers: their batches are known only from retirements, cancellations and holdings"
)
UNKNOWN_KIND = "cancellation of an unknown type, read as voluntary"
UNSTATED_END = "dated without a reason or beneficiary: read as retired, though it may be a cancellation"
OUTSIDE_PERIOD = "its vintage year lies outside its vintage's days"
LOOSE_QUOTES = "quotes inside a quoted field were not doubled, and are read as they stand"
NO_CREDITS = "a reporting period without credits"

_Cells = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Rule:
    """Where `breaks` holds, a row has a defect of this kind; `problem` says it of the row's cells.

    A rule about what is missing or unreadable looks only at rows that lack a typed value: mostly few.
    """

    kind: DefectKind
    breaks: pl.Expr
    problem: Callable[[_Cells], str]
    among_gaps: bool = False


def judge(typed: Typed) -> list[Defect]:
    """The defects of each row, in the order of the rules. Pairs of rows are looked at in `check`."""
    frame, path = typed.frame, typed.table.path
    defects = [_defect(DefectKind.BROKEN_ROW, path, row, problem) for row, problem in typed.table.broken]
    if frame.is_empty():
        return defects
    gaps = frame.filter(_lacking(typed))
    for rule, among in _broken(_rules(typed), frame, gaps):
        if rule.kind is DefectKind.UNPARSEABLE_SERIAL:
            defects += _serial_defects(typed)
            continue
        for cells in among.filter(rule.breaks.fill_null(False)).iter_rows(named=True):
            defects.append(_defect(rule.kind, path, cells["row"], rule.problem(cells)))
    return defects


def _lacking(typed: Typed) -> pl.Expr:
    """Rows in which any column has no typed value."""
    columns = [day_of(name) for name in DATES] + ["tonnes", "year", "project", "first", "status word"]
    return pl.any_horizontal(
        pl.lit(False), *(pl.col(name).is_null() for name in columns if name in typed.frame.columns)
    )


def _broken(
    rules: Sequence[_Rule], frame: pl.DataFrame, gaps: pl.DataFrame
) -> Iterator[tuple[_Rule, pl.DataFrame]]:
    """Each rule that any row breaks, with the rows to look among."""
    for among, given in ((frame, False), (gaps, True)):
        some = [rule for rule in rules if rule.among_gaps is given]
        hits = among.lazy().select(rule.breaks.any().alias(str(n)) for n, rule in enumerate(some)).collect()
        yield from ((rule, among) for rule, hit in zip(some, hits.row(0), strict=True) if hit)


def notes(typed: Typed, sound: pl.Series) -> dict[str, list[int]]:
    """What was done or assumed with sound rows, with their numbers."""
    frame = typed.frame
    found: dict[str, list[int]] = {}
    if typed.table.loose_rows:
        kept_rows = set(frame["row"].filter(sound).to_list())
        found[LOOSE_QUOTES] = [row for row in typed.table.loose_rows if row in kept_rows]
    if typed.serials is not None:
        kept = sound.to_list() if typed.serials.notes else []
        for note, places in sorted(typed.serials.notes.items()):
            found[f"serial number cleaned: {note}"] = [frame["row"][place] for place in places if kept[place]]
    for note, holds in _assumptions(typed):
        mask = frame.select((holds & sound).fill_null(False).alias("m"))["m"]
        found[note] = frame["row"].filter(mask).to_list()
    return {note: rows for note, rows in found.items() if rows}


def _assumptions(typed: Typed) -> list[tuple[str, pl.Expr]]:
    frame, kind = typed.frame, typed.layout.kind
    if kind is Kind.PROJECTS:
        return []
    year = absent(frame, "year", pl.Int32)
    start, end = (absent(frame, day_of(name), pl.Date) for name in ("vintage_start", "vintage_end"))
    outside = (year < start.dt.year()) | (year > end.dt.year())
    found = [(OUTSIDE_PERIOD, outside)]
    if kind is Kind.ISSUANCES and not typed.has("serial"):
        found.append((NO_SERIALS, pl.lit(True)))
    if kind is Kind.CANCELLATIONS:
        found.append((UNKNOWN_KIND, pl.col("kind").is_null()))
    if kind is Kind.TRANSACTIONS:
        said = pl.any_horizontal(stated(frame, name) for name in ("reason", "beneficiary", "details"))
        found.append((UNSTATED_END, (pl.col("status word") == str(Status.RETIRED)) & ~said))
    if typed.has("no_credits"):
        found.append((NO_CREDITS, pl.col("tonnes") == 0))
    return found


def _defect(kind: DefectKind, path: str, row: int, problem: str) -> Defect:
    origin = Origin(path, row)
    return Defect(kind, origin, redact(f"{origin}: {problem}."))


def _serial_defects(typed: Typed) -> list[Defect]:
    failed = typed.serials.failed if typed.serials else {}
    rows = typed.frame["row"]
    return [
        _defect(
            DefectKind.REVERSED_RANGE if isinstance(error, ReversedRange) else DefectKind.UNPARSEABLE_SERIAL,
            typed.table.path,
            rows[place],
            str(error).rstrip("."),
        )
        for place, error in failed.items()
    ]


def _rules(typed: Typed) -> list[_Rule]:
    if typed.layout.kind is Kind.PROJECTS:
        return [*_missing(typed, "project_id", "project_name"), *_project_rules(typed), *_date_rules(typed)]
    return [
        *_serial_rules(typed),
        *_missing(typed, "quantity", *(("project_id",) if not typed.has("serial") else ())),
        *_quantity_rules(typed),
        *_date_rules(typed),
        *_project_rules(typed),
        *_vintage_rules(typed),
        *_end_rules(typed),
    ]


def _missing(typed: Typed, *fields: str) -> list[_Rule]:
    return [_missing_one(typed, name) for name in fields]


def _missing_one(typed: Typed, name: str) -> _Rule:
    empty = ~stated(typed.frame, name)
    # A project's name has no typed value.
    return _Rule(
        DefectKind.MISSING_VALUE, empty, lambda _: f"{typed.name(name)} is empty", name != "project_name"
    )


def _serial_rules(typed: Typed) -> list[_Rule]:
    if not typed.has("serial"):
        return []
    empty = ~stated(typed.frame, "serial")
    return [
        *_missing(typed, "serial"),
        _Rule(DefectKind.UNPARSEABLE_SERIAL, ~empty & pl.col("first").is_null(), lambda _: "", True),
    ]


def _quantity_rules(typed: Typed) -> list[_Rule]:
    name = typed.name("quantity")
    zero = pl.col("tonnes") <= 0
    if typed.has("no_credits"):
        zero = zero & ~pl.col("no_credits").str.contains("(?i)^\\s*(?:yes|true)\\s*$")

    def unread(cells: _Cells) -> str:
        try:
            typed.numbers.read(collapsed(cells["quantity"]))
        except QuantityError as error:
            return f"{name} {error}"
        return f"{name} {quoted(cells['quantity'])} is no number"

    illegible = stated(typed.frame, "quantity") & pl.col("tonnes").is_null()
    rules = [
        _Rule(DefectKind.BAD_QUANTITY, illegible, unread, True),
        _Rule(DefectKind.BAD_QUANTITY, zero, unread),
    ]
    if typed.has("serial"):
        size = (pl.col("last") - pl.col("first")).cast(pl.Int64, strict=False) + 1
        differs = pl.col("first").is_not_null() & (size.fill_null(-1) != pl.col("tonnes"))
        rules.append(
            _Rule(
                DefectKind.QUANTITY_MISMATCH,
                (pl.col("tonnes") != 0) & differs,
                lambda cells: (
                    f"{name} is {cells['tonnes']:,} t, but serial numbers {cells['first']} to "
                    f"{cells['last']} are {cells['last'] - cells['first'] + 1:,} t"
                ),
            )
        )
    return rules


def _date_rules(typed: Typed) -> list[_Rule]:
    rules = [_date_rule(typed, field) for field in DATES if typed.has(field)]
    if typed.has("vintage_year"):
        name = typed.name("vintage_year")
        rules.append(
            _Rule(
                DefectKind.BAD_DATE,
                stated(typed.frame, "vintage_year") & pl.col("year").is_null(),
                lambda cells: f"{name} {quoted(collapsed(cells['vintage_year']))} is no year",
                True,
            )
        )
    return rules


def _date_rule(typed: Typed, field: str) -> _Rule:
    def unread(cells: _Cells) -> str:
        try:
            typed.convention.read(collapsed(cells[field]))
        except DateError as error:
            return f"{typed.name(field)} {error}"
        return f"{typed.name(field)} {quoted(cells[field])} is no date"

    wrong = stated(typed.frame, field) & pl.col(day_of(field)).is_null()
    return _Rule(DefectKind.BAD_DATE, wrong, unread, True)


def _project_rules(typed: Typed) -> list[_Rule]:
    if not typed.has("project_id"):
        return []
    name, frame = typed.name("project_id"), typed.frame
    rules = [
        _Rule(
            DefectKind.PROJECT_MISMATCH,
            stated(frame, "project_id") & pl.col("project").is_null(),
            lambda cells: f"{name} {quoted(collapsed(cells['project_id']))} is no project id",
            True,
        )
    ]
    if typed.has("serial"):
        # A CER keeps the number of its CDM project, whatever the programme that labels it.
        labelled = pl.col("programme") == str(Programme.CDM)
        rules.append(
            _Rule(
                DefectKind.PROJECT_MISMATCH,
                (pl.col("project") != pl.col("serial_project")) & ~labelled,
                lambda cells: (
                    f"its project is {cells['project']}, but its serial number says {cells['serial_project']}"
                ),
            )
        )
    return rules


def _vintage_rules(typed: Typed) -> list[_Rule]:
    frame = typed.frame
    start, end = (absent(frame, day_of(name), pl.Date) for name in ("vintage_start", "vintage_end"))
    return [
        _vintage_rule(typed, "vintage_start", day_of("vintage_start"), "serial_start", pl.Date),
        _vintage_rule(typed, "vintage_end", day_of("vintage_end"), "serial_end", pl.Date),
        _vintage_rule(typed, "vintage_year", "year", "serial_year", pl.Int32),
        _Rule(
            DefectKind.BAD_DATE,
            end < start,
            lambda cells: (
                f"its vintage ends on {cells[day_of('vintage_end')]} before it starts on "
                f"{cells[day_of('vintage_start')]}"
            ),
        ),
    ]


def _vintage_rule(typed: Typed, field: str, column: str, said: str, kind: type[pl.DataType]) -> _Rule:
    return _Rule(
        DefectKind.VINTAGE_MISMATCH,
        absent(typed.frame, column, kind) != serial_column(typed.frame, said),
        lambda cells: f"{typed.name(field)} is {cells[column]}, but its serial number says {cells[said]}",
    )


def _end_rules(typed: Typed) -> list[_Rule]:
    frame = typed.frame
    issued, ended = (absent(frame, day_of(name), pl.Date) for name in ("issued_on", "ended_on"))
    status = pl.col("status word")
    rules = [
        _Rule(
            DefectKind.BAD_DATE,
            ended < issued,
            lambda cells: (
                f"it ended on {cells[day_of('ended_on')]}, before its issue on {cells[day_of('issued_on')]}"
            ),
        )
    ]
    if typed.has("ended_on"):
        rules.append(
            _Rule(
                DefectKind.MISSING_VALUE,
                (status == str(Status.RETIRED)) & ~stated(frame, "ended_on"),
                lambda _: f"{typed.name('ended_on')} is empty",
                True,
            )
        )
    if typed.has("status") and typed.layout.statuses:
        rules.append(
            _Rule(
                DefectKind.UNCLEAR_STATUS,
                status.is_null(),
                lambda cells: (
                    f"{typed.name('status')} {quoted(collapsed(cells['status']))} is no known status"
                ),
                True,
            )
        )
    if typed.layout.kind is Kind.TRANSACTIONS:
        rules += _unclear(typed)
    return rules


def _unclear(typed: Typed) -> list[_Rule]:
    """Live by its date, and used by its words."""
    frame = typed.frame
    fields = [name for name in ("reason", "beneficiary", "details") if typed.has(name)]
    live = (pl.col("status word") == str(Status.LIVE)) & ~stated(frame, "ended_on")
    marked = absent(frame, "is_ended").str.contains("(?i)^\\s*(?:yes|true|1)\\s*$").fill_null(False)

    def problem(cells: _Cells) -> str:
        given = next((name for name in fields if cells[name].strip()), "is_ended")
        return f"{typed.name(given)} is filled in, but {typed.name('ended_on')} is empty"

    said = pl.any_horizontal([marked, *(stated(frame, name) for name in fields)])
    return [_Rule(DefectKind.UNCLEAR_STATUS, live & said, problem, True)]
