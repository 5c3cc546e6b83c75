"""An export's cells as typed columns: days, tonnes, years, projects, serial blocks, what became of them.

Where a cell has no sound value its column holds null; `judging` says so. A text that comes in many rows is
read once.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import polars as pl

from onetonne.errors import DateError, QuantityError
from onetonne.registries.dates import Convention
from onetonne.registries.dates import decide as decide_dates
from onetonne.registries.layout import CancellationRule, Kind, Layout
from onetonne.registries.numbers import NumberForm
from onetonne.registries.numbers import decide as decide_numbers
from onetonne.registries.serial_columns import COLUMNS, Serials, read_serials
from onetonne.registries.tables import Table
from onetonne.terms import CancellationKind, Status

T = TypeVar("T")

ISSUED = "issued"
DATES = (
    *("issued_on", "vintage_start", "vintage_end", "ended_on"),
    *("registered_on", "crediting_start", "crediting_end"),
)
_YES = {"yes", "true", "y", "1"}
_YEAR = re.compile(r"(?:19|20|21)[0-9]{2}")
_PROJECT = re.compile(r"([A-Z]*)([1-9][0-9]*)")
_PLAIN = "^[1-9][0-9]{0,14}$"
_COMMAS = "^[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}$"
_SMALL = 1000
_ISO = "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"
_PERIOD = r"^\s*(\S+)\s*[-\x{2013}]\s*(\S+)\s*$"


@dataclass(slots=True)
class Typed:
    """`frame` has, for each whole row: `row`; the text of each field; and, typed, `tonnes`, a day for each
    date field (`issued_on day`), `year`, `project`, the columns of `serial_columns`, `status` and `kind`.
    """

    table: Table
    layout: Layout
    convention: Convention
    numbers: NumberForm
    frame: pl.DataFrame
    serials: Serials | None
    names: dict[str, str] = field(default_factory=dict)

    def has(self, field_name: str) -> bool:
        return field_name in self.frame.columns

    def name(self, field_name: str) -> str:
        """The file's own name for a field, for messages."""
        return self.names.get(field_name) or self.layout.columns[field_name].names[0]


def day_of(field_name: str) -> str:
    return f"{field_name} day"


def type_columns(table: Table, layout: Layout, places: dict[str, int]) -> Typed:
    """Raises `FormatError` where the file's dates can't be read in a single way."""
    columns = [table.frame[str(place)].alias(name) for name, place in places.items()]
    frame = pl.DataFrame([table.frame["row"], *columns])
    names = {name: table.header[place] for name, place in places.items()}
    if "vintage" in frame.columns:
        frame = _split_period(frame)
        names |= {"vintage_start": names["vintage"], "vintage_end": names["vintage"]}
    dates = [name for name in DATES if name in frame.columns]
    masks = frame.lazy().select(_not_iso(name) for name in dates).collect()
    apart = {name: masks[name] for name in dates}
    convention = decide_dates(table.path, _examples(frame, apart), layout.dates, layout.two_digit_years)
    numbers = _number_form(frame["quantity"]) if "quantity" in frame.columns else NumberForm()
    typed = Typed(table, layout, convention, numbers, frame, None, names)
    plain = (
        frame.lazy().select(pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in dates).collect()
    )
    added = [_days(plain[name], frame[name], apart[name], convention).alias(day_of(name)) for name in dates]
    if "quantity" in frame.columns:
        added.append(_tonnes(frame["quantity"], numbers).alias("tonnes"))
    if "vintage_year" in frame.columns:
        added.append(_mapped(frame["vintage_year"], _year, pl.Int32).alias("year"))
    if "serial" in frame.columns:
        typed.serials = read_serials(frame["serial"])
        added += typed.serials.frame.get_columns()
    typed.frame = frame = frame.with_columns(added)
    if "project_id" in frame.columns:
        typed.frame = frame = frame.with_columns(_projects(frame["project_id"], layout.project_prefix))
    if layout.kind is not Kind.PROJECTS:
        typed.frame = _with_status(typed)
    return typed


def absent(frame: pl.DataFrame, column: str, kind: type[pl.DataType] = pl.String) -> pl.Expr:
    """The column, or nulls where the export doesn't have it."""
    return pl.col(column) if column in frame.columns else pl.lit(None, kind)


def stated(frame: pl.DataFrame, field_name: str) -> pl.Expr:
    """Whether a row has a text in the field."""
    if field_name not in frame.columns:
        return pl.lit(False)
    return pl.col(field_name).str.contains(r"\S")


def serial_column(frame: pl.DataFrame, column: str) -> pl.Expr:
    return absent(frame, column, COLUMNS[column])


def collapsed(text: str) -> str:
    return " ".join(text.split())


def _split_period(frame: pl.DataFrame) -> pl.DataFrame:
    """`01/07/2014-31/12/2014` as two texts; what is no period stays whole, to be refused."""
    halves = [pl.col("vintage").str.extract(_PERIOD, group) for group in (1, 2)]
    return frame.with_columns(
        vintage_start=halves[0].fill_null(pl.col("vintage")),
        vintage_end=halves[1].fill_null(pl.col("vintage")),
    )


def _mapped(texts: pl.Series, read: Callable[[str], T | None], kind: Any) -> pl.Series:
    """Every text read once. Null where it is empty or can't be read."""
    different = texts.unique()
    values = pl.Series([read(text) for text in different], dtype=kind)
    if len(different) == 1:
        return pl.Series([values[0]], dtype=kind).new_from_index(0, len(texts))
    if len(texts) <= _SMALL:
        known = dict(zip(different, values, strict=True))
        return pl.Series([known[text] for text in texts], dtype=kind)
    return texts.replace_strict(different, values, return_dtype=kind)


def _not_iso(name: str) -> pl.Expr:
    """Where there is a text, and it is no plain ISO date."""
    return (~pl.col(name).str.contains(_ISO) & (pl.col(name) != "")).alias(name)


def _examples(frame: pl.DataFrame, apart: Mapping[str, pl.Series]) -> list[str]:
    """Every date text that occurs, plain ISO dates but once in each column: there is one way to read them."""
    found: set[str] = set()
    for name, mask in apart.items():
        found.update(frame[name].filter(mask).unique())
        plain = frame[name].filter(~mask & (frame[name] != "")).head(1)
        found.update(plain)
    return list(found)


def _days(plain: pl.Series, texts: pl.Series, apart: pl.Series, convention: Convention) -> pl.Series:
    """ISO dates as they are in `plain`, those `apart` by `convention`."""
    if not apart.any():
        return plain
    return plain.scatter(apart.arg_true(), _mapped(texts.filter(apart), _day_reader(convention), pl.Date))


def _day_reader(convention: Convention) -> Callable[[str], date | None]:
    def read(text: str) -> date | None:
        try:
            return convention.read(text) if text.strip() else None
        except DateError:
            return None

    return read


def _number_form(texts: pl.Series) -> NumberForm:
    """Decided by all texts, where any is neither plain digits nor has commas between thousands."""
    plain, commas = texts.str.contains(_PLAIN), texts.str.contains(_COMMAS)
    if (plain | commas).all():
        return decide_numbers([*texts.filter(plain).head(1), *texts.filter(commas).head(1)])
    return decide_numbers(texts.unique())


def _tonnes(texts: pl.Series, numbers: NumberForm) -> pl.Series:
    """Plain digits and commas at once, the rest by `numbers`."""
    quick = texts.str.contains(f"{_PLAIN}|{_COMMAS}" if numbers.thousands == "," else _PLAIN)
    read = texts.str.replace_all(",", "", literal=True).cast(pl.Int64, strict=False)
    if quick.all():
        return read

    def slowly(text: str) -> int | None:
        try:
            return numbers.read_any(text)
        except QuantityError:
            return None

    rest = _mapped(texts.filter(~quick), slowly, pl.Int64)
    return read.set(~quick, None).scatter((~quick).arg_true(), rest)


def _year(text: str) -> int | None:
    bare = collapsed(text).removesuffix(".0")
    return int(bare) if _YEAR.fullmatch(bare) else None


def _projects(texts: pl.Series, prefix: str) -> pl.Series:
    """`VCS1340`, unique over programmes, of `1340`, `VCS1340` or a spreadsheet's `1340.0`."""

    def read(text: str) -> str | None:
        match = _PROJECT.fullmatch(collapsed(text).upper().removesuffix(".0"))
        return f"{match[1] or prefix}{match[2]}" if match else None

    if texts.str.contains("^[1-9][0-9]*$").all():
        return (prefix + texts).alias("project")
    return _mapped(texts, read, pl.String).alias("project")


def _with_status(typed: Typed) -> pl.DataFrame:
    """`kind` of a cancellation, and `status`; null where the row doesn't tell."""
    frame, layout = typed.frame, typed.layout
    kind = _cancellation_kinds(typed)
    if "is_cancelled" in frame.columns:
        marked = _mapped(frame["is_cancelled"], lambda text: collapsed(text).casefold() in _YES, pl.Boolean)
        kind = (
            pl.select(pl.when(kind.is_null() & marked).then(int(CancellationKind.VOLUNTARY)).otherwise(kind))
            .to_series()
            .cast(pl.Int8)
        )
    said = _said_statuses(typed) if "status" in frame.columns and layout.statuses else None
    frame = frame.with_columns(kind.alias("kind"))
    cancelled, retired, live = (pl.lit(str(one)) for one in (Status.CANCELLED, Status.RETIRED, Status.LIVE))
    by_kind = pl.col("kind").is_not_null()
    if layout.kind is Kind.CANCELLATIONS:
        status = cancelled
    elif layout.kind is Kind.HOLDINGS:
        status = live
    elif layout.kind is Kind.ISSUANCES:
        status = pl.lit(ISSUED)
    elif layout.kind is Kind.RETIREMENTS:
        status = pl.when(by_kind).then(cancelled).otherwise(retired)
    else:
        over = pl.col(day_of("ended_on")).is_not_null()
        status = pl.when(by_kind).then(cancelled).when(over).then(retired).otherwise(live)
    frame = frame.with_columns(status.alias("status word"))
    if said is not None:
        frame = frame.with_columns(said.alias("status word"))
    return frame


def _said_statuses(typed: Typed) -> pl.Series:
    """What the words of the status column mean; null where the layout doesn't know them."""

    def read(text: str) -> str | None:
        bare = collapsed(text).casefold()
        for words, status in typed.layout.statuses.items():
            if words in bare:
                return ISSUED if status is None else str(status)
        return None

    return _mapped(typed.frame["status"], read, pl.String)


def _cancellation_kinds(typed: Typed) -> pl.Series:
    """The kind that the first of the layout's rules gives to a row; null where none holds."""
    frame = typed.frame
    kinds = pl.repeat(None, len(frame), dtype=pl.Int8, eager=True)
    if not typed.layout.cancellations or frame.is_empty():
        return kinds
    open_ = _mentioned(frame, typed.layout.cancellations)
    for rule in typed.layout.cancellations:
        holds = open_
        for name, words in rule.where.items():
            if not holds.any():
                break
            holds = holds & _contains(frame, name, words)
        if holds.any():
            kinds = kinds.scatter(holds.arg_true(), int(rule.kind))
            open_ = open_ & ~holds
    return kinds


def _mentioned(frame: pl.DataFrame, rules: Sequence[CancellationRule]) -> pl.Series:
    """Rows in which the first word of any rule occurs: most rows have none, and are done with."""
    words: dict[str, list[str]] = {}
    for rule in rules:
        name, first = next(iter(rule.where.items()))
        words.setdefault(name, []).append(first.split()[0])
    found = pl.repeat(False, len(frame), dtype=pl.Boolean, eager=True)
    for name, any_of in words.items():
        if name in frame.columns:
            occurs = pl.col(name).str.contains_any(any_of, ascii_case_insensitive=True)
            found = found | frame.select(occurs)[name]
    return found


def _contains(frame: pl.DataFrame, name: str, words: str) -> pl.Series:
    """Where a field contains the words, case and the width of blanks disregarded."""
    if name not in frame.columns:
        return pl.repeat(False, len(frame), dtype=pl.Boolean, eager=True)
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    return frame[name].str.contains(f"(?i){pattern}")
