"""Serial numbers of a whole column at once.

Those in a programme's own canonical form, and sound, are cut by one pattern for each grammar. All others go
through `serials.parse`, one by one: it knows the noise and says what is wrong. Both give the same block for
the same text; a test holds them together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from onetonne.errors import SerialError
from onetonne.serials import ParsedSerial, parse
from onetonne.terms import Programme

_NUMBER = "[1-9][0-9]{0,17}"
_SERIAL = "0|[1-9][0-9]{0,17}"
_YEAR = "[0-9]{4}"
_DAY = "[0-9]{8}"
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_PLACE = "place"

COLUMNS: dict[str, type[pl.DataType]] = {
    "programme": pl.String,
    "prefix": pl.String,
    "first": pl.UInt64,
    "last": pl.UInt64,
    "serial_project": pl.String,
    "serial_start": pl.Date,
    "serial_end": pl.Date,
    "serial_year": pl.Int32,
}


@dataclass(slots=True)
class Serials:
    """`frame` has a row for each text, of nulls where it could not be read; then `failed` says why.

    `notes` tells what was cleaned in which places.
    """

    frame: pl.DataFrame
    failed: dict[int, SerialError] = field(default_factory=dict)
    notes: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Form:
    """A pattern for canonical serial numbers, and what they say: by its groups, or by the whole `text`."""

    pattern: str
    read: Callable[[pl.LazyFrame], pl.LazyFrame]
    grouped: bool = True


def read_serials(texts: pl.Series) -> Serials:
    """Every serial number in `texts`; empty texts are left out."""
    left = pl.DataFrame({_PLACE: pl.int_range(len(texts), dtype=pl.UInt32, eager=True), "text": texts})
    left = left.filter(pl.col("text").str.contains(r"\S"))
    parts: list[pl.DataFrame] = []
    for form in _FORMS:
        if left.is_empty():
            break
        fits = left["text"].str.contains(form.pattern)
        if not fits.any():
            continue
        cut = left if fits.all() else left.filter(fits)
        groups = cut.lazy()
        if form.grouped:
            groups = groups.select(_PLACE, pl.col("text").str.extract_groups(form.pattern)).unnest("text")
        read = (
            form.read(groups)
            .select(
                _PLACE,
                pl.col("sound").fill_null(False),
                *(pl.col(name).cast(kind) for name, kind in COLUMNS.items()),
            )
            .collect()
        )
        if read["sound"].all():
            left = left.clear() if len(cut) == len(left) else left.filter(~fits)
        else:
            read = read.filter("sound")
            left = left.join(read.select(_PLACE), on=_PLACE, how="anti", maintain_order="left")
        parts.append(read.drop("sound"))
    found = Serials(pl.DataFrame())
    parts.append(_one_by_one(left, found))
    found.frame = _in_place(pl.concat(parts), len(texts))
    return found


def _in_place(read: pl.DataFrame, height: int) -> pl.DataFrame:
    """As many rows as there were texts, in their order."""
    if len(read) < height:
        places = pl.DataFrame({_PLACE: pl.int_range(height, dtype=pl.UInt32, eager=True)})
        read = places.join(read, on=_PLACE, how="left", maintain_order="left")
    elif not read[_PLACE].is_sorted():
        read = read.sort(_PLACE)
    return read.drop(_PLACE)


def _one_by_one(left: pl.DataFrame, found: Serials) -> pl.DataFrame:
    read: list[tuple[object, ...]] = []
    for place, text in left.iter_rows():
        try:
            parsed = parse(text)
        except SerialError as error:
            found.failed[place] = error
            continue
        read.append((place, *_values(parsed)))
        for note in parsed.notes:
            found.notes.setdefault(note, []).append(place)
    return pl.DataFrame(read, schema={_PLACE: pl.UInt32, **COLUMNS}, orient="row")


def _values(parsed: ParsedSerial) -> Sequence[object]:
    block = parsed.block
    return (
        str(parsed.programme),
        block.prefix,
        block.first,
        block.last,
        parsed.project_id,
        parsed.vintage_start,
        parsed.vintage_end,
        parsed.vintage_year,
    )


_ABSENT = {
    "serial_start": pl.lit(None, pl.Date),
    "serial_end": pl.lit(None, pl.Date),
    "serial_year": pl.lit(None, pl.Int32),
}
_FORWARDS = pl.col("last").cast(pl.UInt64) >= pl.col("first").cast(pl.UInt64)
_IN_CALENDAR = pl.col("serial_year").cast(pl.Int32).is_between(_FIRST_YEAR, _LAST_YEAR)


def _vcs(texts: pl.LazyFrame) -> pl.LazyFrame:
    """From both ends, as the pattern has made sure of all between: ...-project-DDMMYYYY-DDMMYYYY-0."""
    text = pl.col("text")
    start, end = (
        text.str.slice(place, 8).str.to_date("%d%m%Y", strict=False).alias(name)
        for place, name in ((-19, "serial_start"), (-10, "serial_end"))
    )
    parts = text.str.splitn("-", 4)
    read = texts.with_columns(
        _ABSENT["serial_year"].alias("serial_year"),
        start,
        end,
        programme=pl.lit(str(Programme.VCS)),
        first=parts.struct.field("field_1"),
        last=parts.struct.field("field_2"),
        current=parts.struct.field("field_3").str.starts_with("VCS"),
        serial_project=pl.lit("VCS") + text.str.head(-20).str.tail(18).str.extract("([0-9]+)$"),
    )
    years = [
        pl.col(name).dt.year().is_between(_FIRST_YEAR, _LAST_YEAR) for name in ("serial_start", "serial_end")
    ]
    return read.with_columns(
        prefix=pl.when("current").then(pl.lit("VCS-VCU")).otherwise(pl.lit("VCU")),
        sound=_FORWARDS & (pl.col("serial_end") >= pl.col("serial_start")) & years[0] & years[1],
    )


def _gs(groups: pl.LazyFrame) -> pl.LazyFrame:
    segments = ("serial_country", "project", "kind", "serial_year", "batch")
    return _by_year(groups, Programme.GS, pl.lit("GS")).with_columns(
        prefix=pl.concat_str(pl.lit("GS1-1"), *segments, separator="-")
    )


def _acr(groups: pl.LazyFrame) -> pl.LazyFrame:
    return _by_year(groups, Programme.ACR, pl.lit("ACR"))


def _art(groups: pl.LazyFrame) -> pl.LazyFrame:
    return _by_year(groups, Programme.ART, pl.lit("ART"))


def _car(groups: pl.LazyFrame) -> pl.LazyFrame:
    return _by_year(groups, Programme.CAR, pl.lit("CAR"))


def _by_year(groups: pl.LazyFrame, programme: Programme, code: pl.Expr) -> pl.LazyFrame:
    return groups.with_columns(
        _ABSENT["serial_start"].alias("serial_start"),
        _ABSENT["serial_end"].alias("serial_end"),
        programme=pl.lit(str(programme)),
        serial_project=code + pl.col("project"),
        sound=_FORWARDS & _IN_CALENDAR,
    )


def _cdm(groups: pl.LazyFrame) -> pl.LazyFrame:
    same = (
        (pl.col("serial_country") == pl.col("country_again"))
        & (pl.col("period") == pl.col("period_2"))
        & (pl.col("period") == pl.col("period_3"))
        & (pl.col("period") == pl.col("period_4"))
        & (pl.col("project") == pl.col("project_again"))
    )
    return groups.with_columns(
        *(absent.alias(name) for name, absent in _ABSENT.items()),
        programme=pl.lit(str(Programme.CDM)),
        prefix=pl.concat_str(pl.lit("CDM"), "serial_country", "period", separator="-"),
        serial_project=pl.lit("CDM") + pl.col("project"),
        sound=_FORWARDS & same,
    )


def _group(name: str, pattern: str) -> str:
    return f"(?P<{name}>{pattern})"


_COUNTRY = _group("serial_country", "[A-Z]{2}")
_FIRST, _LAST = _group("first", _SERIAL), _group("last", _SERIAL)
_PROJECT = _group("project", _NUMBER)
_VINTAGE_YEAR = _group("serial_year", _YEAR)


def _prefixed(prefix: str) -> str:
    return f"^{_group('prefix', prefix)}-{_FIRST} to {_LAST}$"


_FORMS = (
    _Form(
        f"^{_NUMBER}-(?:{_SERIAL})-(?:{_SERIAL})-"
        f"(?:VCS-VCU-[0-9]{{1,20}}-VER-[A-Z]{{2}}-(?:{_NUMBER}-)?|"
        f"VCU-[0-9]{{1,20}}-(?:TZ1|CDC|APX|MER|VER)-[A-Z]{{2}}-{_NUMBER}-)"
        f"{_NUMBER}-{_DAY}-{_DAY}-[01]$",
        _vcs,
        grouped=False,
    ),
    _Form(
        f"^GS1-1-{_COUNTRY}-(?:GS)?{_PROJECT}-{_group('kind', _NUMBER)}-{_VINTAGE_YEAR}-"
        f"{_group('batch', _NUMBER)}-{_FIRST}-{_LAST}$",
        _gs,
    ),
    _Form(_prefixed(f"ACR-{_COUNTRY}-{_PROJECT}-{_VINTAGE_YEAR}-{_NUMBER}"), _acr),
    _Form(
        _prefixed(
            f"CAR-(?:1|ROC)-{_COUNTRY}-{_PROJECT}-{_NUMBER}-{_NUMBER}-[A-Z]{{2,3}}-{_VINTAGE_YEAR}-{_NUMBER}"
        ),
        _car,
    ),
    _Form(_prefixed(f"(?:ART|FCPF)-{_COUNTRY}-{_PROJECT}-{_VINTAGE_YEAR}-{_NUMBER}"), _art),
    _Form(
        f"^{_COUNTRY}-5-{_FIRST}-{_group('period', _NUMBER)}-{_group('period_2', _NUMBER)}-0-{_PROJECT} - "
        f"{_group('country_again', '[A-Z]{2}')}-5-{_LAST}-{_group('period_3', _NUMBER)}-"
        f"{_group('period_4', _NUMBER)}-0-{_group('project_again', _NUMBER)}$",
        _cdm,
    ),
)
