"""The HTML report: well formed, nothing loaded, nothing run, every figure inside its chart."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from onetonne.access import Member
from onetonne.audit import AuditReport, Finding, Result, charts, to_html
from onetonne.audit.report import NOT_CHECKED, TITLES
from onetonne.audit.tonnage import Market, Tonnage
from onetonne.terms import Address

YEAR = 366 * 86_400
VOID = {"meta", "line", "rect", "polyline"}


class Reader(HTMLParser):
    """Tags that are open, all attributes, and the text of each cell."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.cells[-1] += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def tonnage(number: int) -> Tonnage:
    return Tonnage(1000 * number, 300 * number, 20 * number, 100 * number)


def report(
    vintages: int = 1,
    *,
    findings: tuple[Finding, ...] = (),
    span: int = 3 * YEAR,
    notes: tuple[str, ...] = (),
    programme: str = "VCS",
) -> AuditReport:
    over_time = tuple((1_600_000_000 + span * step // 60, tonnage(step)) for step in range(61))
    market = Market(
        over_time,
        ((programme, tonnage(60)),),
        tuple((str(1996 + step), tonnage(step + 1)) for step in range(vintages)),
        (("CCP", tonnage(20)),),
    )
    results = tuple(
        Result(
            name, "On `all` of it.", 7, "batches", 60_000, tuple(f for f in findings if f.invariant == name)
        )
        for name in TITLES
    )
    addresses = {"Credits": "0x5FbDB2315678afecb367f032d93F642f64180aa3"}
    return AuditReport(
        1,
        2345,
        "0x" + "ab" * 32,
        1_700_000_000,
        addresses,
        results,
        4,
        5,
        "eth_call",
        NOT_CHECKED,
        market,
        (Member(1, Address("0x" + "ab" * 20), 1_700_000_000, 86_400),),
        notes,
    )


@pytest.mark.parametrize("vintages", [1, 40])
def test_a_page_has_every_figure_and_is_well_formed(vintages: int) -> None:
    page = to_html(report(vintages))
    cells = read(page).cells
    last = cells.index(str(1995 + vintages))
    expected = [f"{vintages * share:,.3f}" for share in (1, 0.58, 0.3, 0.02, 0.1)]
    assert cells[last : last + 7] == [str(1995 + vintages), "", *expected]
    assert cells.count("holds") == len(TITLES)
    assert "Everything that was checked holds." in page
    for sentence in NOT_CHECKED:
        assert re.sub("`([^`]*)`", r"<code>\1</code>", sentence).replace("'", "&#x27;") in page


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    page = to_html(report())
    names = {name for name, _ in read(page).attributes}
    assert not names & {"src", "href", "style", "srcset", "action"}
    assert not {name for name in names if name.startswith("on")}
    assert "<script" not in page
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_text_of_the_chain_is_text_on_the_page() -> None:
    hostile = '<script>alert("1")</script>'
    finding = Finding("I2", hostile, (1,), f"the prefix {hostile} is none")
    page = to_html(report(findings=(finding,), notes=(hostile,), programme=hostile))
    reader = read(page)
    assert "<script" not in page
    assert hostile in reader.cells
    assert "Broken: 1 findings." in page
    assert reader.cells.count("broken") == 1


def test_a_page_shows_the_first_of_very_many_findings() -> None:
    findings = tuple(Finding("I1", f"batch {number}", (number,), "It is wrong.") for number in range(501))
    page = to_html(report(findings=findings))
    cells = read(page).cells
    assert "batch 499" in cells
    assert "batch 500" not in cells
    assert "And 1 more, in the JSON report." in page


def test_a_page_before_anything_was_issued_says_so() -> None:
    nothing = replace(report(), market=Market((), (), (), ()))
    assert "Nothing was issued yet." in to_html(nothing)


@pytest.mark.parametrize("span", [0, 1, 100, 86_400, 30 * YEAR])
@pytest.mark.parametrize("kilograms", [0, 1, 7, 999, 1000, 2**48 * 1000])
def test_lines_and_their_labels_lie_inside_the_chart(span: int, kilograms: int) -> None:
    moments = [(1_600_000_000 + span * step // 60, Tonnage(kilograms * step // 60)) for step in range(61)]
    chart = ET.fromstring(charts.lines(moments))
    _, _, width, height = map(float, chart.attrib["viewBox"].split())
    for line in chart.iter("polyline"):
        points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
        assert len(points) == 61
        assert all(0 <= x <= width and 0 <= y <= height - 25 for x, y in points)
    texts = list(chart.iter("text"))
    assert len({(one.attrib["x"], one.attrib["y"]) for one in texts}) == len(texts)
    below = [one.text for one in texts if "class" not in one.attrib]
    assert 1 <= len(below) == len(set(below))
    grid = list(chart.iter("line"))
    assert 2 <= len(grid) <= 7


def test_a_bar_is_as_long_as_what_was_issued_and_its_parts_add_up() -> None:
    rows = [("2020", tonnage(50)), ("2021", tonnage(100)), ("2022", Tonnage())]
    bars = re.findall(r"<svg.*?</svg>", charts.bars("Vintage", rows))
    parts = [[float(one.attrib["width"]) for one in ET.fromstring(bar)] for bar in bars]
    assert parts == [[290, 150, 10, 50], [580, 300, 20, 100], []]
    starts = [float(one.attrib["x"]) for one in ET.fromstring(bars[1])]
    assert starts == [0, 580, 880, 900]


@pytest.mark.parametrize(
    ("kilograms", "shown"),
    [(0, "0"), (500, "500 kg"), (1000, "1 t"), (2_500_000, "2.5 kt"), (3_000_000_000, "3 Mt")],
)
def test_an_axis_is_short(kilograms: int, shown: str) -> None:
    assert charts.short(kilograms) == shown
