"""A column of serial numbers says what `parse` says of each."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from serial_strategies import SERIAL_NUMBERS

from onetonne.errors import SerialError
from onetonne.registries.serial_columns import COLUMNS, read_serials
from onetonne.serials import ParsedSerial, parse


@st.composite
def damaged(draw: st.DrawFn) -> str:
    text = draw(SERIAL_NUMBERS)
    at = draw(st.integers(0, len(text) - 1))
    return text[:at] + draw(st.sampled_from(["", "0", "9", "-", "V", " ", "\u00a0"])) + text[at + 1 :]


def _parsed(text: str) -> tuple[ParsedSerial | None, str]:
    try:
        return parse(text), ""
    except SerialError as error:
        return None, str(error)


def test_column_refuses_ends_of_cers_that_differ() -> None:
    sound = "RW-5-1-2-2-0-6207 - RW-5-9-2-2-0-6207"
    places = [place for place, character in enumerate(sound) if character in "RW2670"]
    texts = [sound[:at] + ("X" if sound[at].isalpha() else "3") + sound[at + 1 :] for at in places]
    assert read_serials(pl.Series([sound])).failed == {}
    assert len(read_serials(pl.Series(texts)).failed) == len(texts)


@settings(deadline=None)
@given(st.lists(st.one_of(SERIAL_NUMBERS, damaged(), st.sampled_from(["", " ", "?"])), max_size=8))
def test_column_says_what_parse_says(texts: list[str]) -> None:
    found = read_serials(pl.Series(texts, dtype=pl.String))
    assert list(found.frame.columns) == list(COLUMNS)
    cleaned = {place for places in found.notes.values() for place in places}
    for place, (text, row) in enumerate(zip(texts, found.frame.iter_rows(named=True), strict=True)):
        parsed, problem = _parsed(text)
        if parsed is None:
            assert row["first"] is None
            assert (str(found.failed[place]) == problem) if text.strip() else (place not in found.failed)
            continue
        assert (row["prefix"], row["first"], row["last"]) == (
            parsed.block.prefix,
            parsed.block.first,
            parsed.block.last,
        )
        assert (row["programme"], row["serial_project"]) == (parsed.programme, parsed.project_id)
        assert (row["serial_start"], row["serial_end"]) == (parsed.vintage_start, parsed.vintage_end)
        assert row["serial_year"] == parsed.vintage_year
        assert (place in cleaned) is bool(parsed.notes)
