"""One convention for a whole file."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetonne.errors import DateError, FormatError
from onetonne.registries.dates import decide

FIRST_OF_MAY = date(2024, 5, 1)


@pytest.mark.parametrize(
    ("text", "allowed", "name"),
    [
        ("2024-05-01", ["dmy"], "year-month-day"),
        ("2024-05-01T07:53:53.430", ["dmy"], "year-month-day"),
        ("2024-05-01T00:00", [], "year-month-day"),
        ("2024-05-01T12:23:30.703011", [], "year-month-day"),
        ("01/05/2024", ["dmy"], "day/month/year"),
        ("01-05-2024", ["dmy"], "day/month/year"),
        ("5/1/2024 10:13:11 PM", ["mdy"], "month/day/year"),
        ("05/01/2024", ["mdy"], "month/day/year"),
        ("45413", ["excel-day"], "Excel day numbers"),
        ("45413.79", ["excel-day"], "Excel day numbers"),
    ],
)
def test_convention_reads(text: str, allowed: list[str], name: str) -> None:
    convention = decide("a.csv", [text, "", " "], allowed)
    assert convention.read(text) == FIRST_OF_MAY
    assert convention.name == name


def test_convention_reads_two_digit_years_only_where_the_layout_has_them() -> None:
    assert decide("a.csv", ["5/1/24 7:47"], ["mdy"], True).read("5/1/24 7:47") == FIRST_OF_MAY
    with pytest.raises(DateError):
        decide("a.csv", ["5/1/24"], ["mdy"]).read("5/1/24")


@pytest.mark.parametrize(
    "text", ["31/12/2024", "2024-13-01", "2024-02-30", "0000-01-01", "x", "99999", "5.1.2024"]
)
def test_convention_refuses(text: str) -> None:
    convention = decide("a.csv", ["5/1/2024", "12/31/2024"], ["mdy"])
    with pytest.raises(DateError, match="is no date as this file writes them"):
        convention.read(text)


def test_decide_keeps_the_order_of_the_layout_when_one_date_is_damaged() -> None:
    cells = ["12/31/2024", "1/15/2024", "31/12/2024"]
    assert decide("a.csv", cells, ["mdy"]).order == "mdy"


def test_decide_refuses_a_file_that_a_spreadsheet_rewrote() -> None:
    with pytest.raises(FormatError, match="written month/day/year, which this export never does"):
        decide("a.csv", ["12/31/2024", "5/1/2024"], ["dmy"])


def test_decide_refuses_what_can_be_read_both_ways() -> None:
    with pytest.raises(FormatError, match="day first or month first"):
        decide("a.csv", ["5/1/2024"], ["dmy", "mdy"])
    assert decide("a.csv", ["5/1/2024", "31/1/2024"], ["dmy", "mdy"]).order == "dmy"


@given(st.lists(st.dates(date(2000, 1, 1), date(2099, 12, 31)), min_size=1), st.sampled_from(["dmy", "mdy"]))
def test_decide_never_reads_a_date_as_another(days: list[date], order: str) -> None:
    form = "%d/%m/%Y" if order == "dmy" else "%m/%d/%Y"
    texts = [day.strftime(form) for day in days]
    convention = decide("a.csv", texts, [order])
    assert [convention.read(text) for text in texts] == days


@given(st.text())
def test_convention_raises_only_date_error(text: str) -> None:
    convention = decide("a.csv", ["5/1/2024"], ["mdy", "excel-day"], True)
    try:
        convention.read(text)
    except DateError:
        return
