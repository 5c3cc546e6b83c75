"""Sides compared serial by serial: as comparing every serial would, and with sums that add up."""

from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from exports import real_file, vcs_row, write_vcs
from hypothesis import given
from hypothesis import strategies as st

from onetonne.errors import BadInput, FileError
from onetonne.reconciling import (
    Comparison,
    Kind,
    Severity,
    Side,
    State,
    Statement,
    compare,
    doubles,
    list_side,
    programme_side,
    reconcile,
)
from onetonne.reconciling.layers import cells, layered, overlapping
from onetonne.terms import Serial, SerialBlock, Tonnes

TODAY = date(2026, 11, 23)
EVERY_STATE = frozenset((State.LIVE, State.RETIRED, State.CANCELLED))


def said(
    first: int, last: int, state: State = State.LIVE, row: int = 2, prefix: str = "VCU", **more: Any
) -> Statement:
    held = SerialBlock(prefix, prefix, Serial(first), Serial(last))
    given: dict[str, Any] = {
        "side": "a.csv",
        "programme": "VCS",
        "tonnes": held.tonnes,
        "file": "a.csv",
        "row": row,
    } | more
    return Statement(block=held, state=state, **given)


def on_chain(first: int, last: int, state: State = State.LIVE, batch: int = 1, **more: Any) -> Statement:
    place: dict[str, Any] = {"side": "chain", "batch": batch, "file": None, "row": None}
    return said(first, last, state, **(place | more))


def side(name: str, *statements: Statement, covers: frozenset[State] = EVERY_STATE) -> Side:
    return Side(name, statements, {"VCS": covers})


STATEMENTS = st.lists(
    st.tuples(
        st.integers(0, 25),
        st.integers(0, 8),
        st.sampled_from([state for state in State if state is not State.PARTLY]),
    ),
    max_size=10,
)


def _made(rows: list[tuple[int, int, State]]) -> list[Statement]:
    return [said(first, first + size, state, row) for row, (first, size, state) in enumerate(rows)]


@given(STATEMENTS)
def test_layers_leave_each_serial_with_what_stands_over_the_others(
    rows: list[tuple[int, int, State]],
) -> None:
    statements = _made(rows)
    order = [State.DAMAGED, State.REDEEMED, State.ISSUED, State.LIVE, State.CANCELLED, State.RETIRED]
    found = {
        serial: segment.statement.state
        for segment in layered(statements).get("VCU", [])
        for serial in range(segment.first, segment.last + 1)
    }
    expected: dict[int, State] = {}
    for one in statements:
        for serial in range(one.block.first, one.block.last + 1):
            expected[serial] = max(expected.get(serial, one.state), one.state, key=order.index)
    assert found == expected
    segments = layered(statements).get("VCU", [])
    assert len(segments) <= 2 * len(statements)
    assert all(one.last < other.first for one, other in pairwise(segments))


@given(STATEMENTS, STATEMENTS)
def test_cells_hold_every_serial_of_either_side_once(
    left: list[tuple[int, int, State]], right: list[tuple[int, int, State]]
) -> None:
    one, other = layered(_made(left)), layered(_made(right))

    def owners(segments: object) -> dict[int, int]:
        return {
            serial: id(segment.statement)
            for segment in segments  # type: ignore[attr-defined]
            for serial in range(segment.first, segment.last + 1)
        }

    mine, theirs = owners(one.get("VCU", [])), owners(other.get("VCU", []))
    seen: Counter[int] = Counter()
    for cell in cells(one, other):
        for serial in range(cell.block.first, cell.block.last + 1):
            seen[serial] += 1
            assert mine.get(serial) == (None if cell.one is None else id(cell.one))
            assert theirs.get(serial) == (None if cell.other is None else id(cell.other))
    assert set(seen) == mine.keys() | theirs.keys()
    assert set(seen.values()) <= {1}


@given(STATEMENTS, STATEMENTS)
def test_sums_add_up_whatever_the_sides_say(
    left: list[tuple[int, int, State]], right: list[tuple[int, int, State]]
) -> None:
    files, system = side("a.csv", *_made(left)), side("b", *_made(right))
    for made in (compare(files, system, TODAY, 30), doubles(files, system)):
        for tally in (made.one, made.other):
            assert sum(tally.parts.values()) == tally.total
            assert min(tally.parts.values(), default=Tonnes(1)) > 0
    assert compare(files, system, TODAY, 30).one.total == files.tonnes


def test_overlapping_finds_each_statement_that_repeats_serials() -> None:
    found = [(str(held), one.row, other.row) for held, one, other in overlapping(
        [said(1, 10, row=2), said(5, 6, row=3), said(8, 12, row=4), said(13, 14, row=5)]
    )]  # fmt: skip
    assert found == [("VCU 5 to 6", 2, 3), ("VCU 8 to 10", 2, 4)]


def kinds(made: Comparison) -> list[tuple[Kind, int, int]]:
    return [(finding.kind, finding.block.first, finding.block.last) for finding in made.findings]


@pytest.mark.parametrize("state", [State.RETIRED, State.CANCELLED])
def test_ended_in_the_file_and_live_on_chain_is_found_by_exact_serials(state: State) -> None:
    file = said(4, 6, state, since=date(2025, 5, 1))
    chain = on_chain(1, 10, created=date(2026, 1, 1))
    made = compare(side("a.csv", said(1, 3), file, said(7, 10)), side("chain", chain), TODAY, 30)
    assert kinds(made) == [(Kind.ENDED_IN_FILE, 4, 6)]
    (finding,) = made.findings
    assert finding.severity is Severity.CRITICAL
    assert f"is {state} in a.csv row 2 since 2025-05-01, before it was issued" in finding.sentence
    assert made.one.parts == {"the same on both sides": 7, Kind.ENDED_IN_FILE: 3}


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 10, 24), Kind.LIVE_IN_FILE),
        (date(2026, 10, 23), Kind.NOT_MIRRORED),
        (date(2026, 12, 1), Kind.LIVE_IN_FILE),  # after the file was made
    ],
)
def test_an_end_on_chain_is_late_only_after_the_days(day: date, kind: Kind) -> None:
    chain = on_chain(4, 6, State.RETIRED, since=day)
    made = compare(side("a.csv", said(1, 10)), side("chain", on_chain(1, 3), chain), TODAY, 30)
    assert kinds(made) == [(kind, 4, 6)]


def test_ended_on_both_sides_and_redeemed_are_nothing() -> None:
    chain = [on_chain(1, 5, State.RETIRED), on_chain(6, 9, State.REDEEMED), on_chain(20, 21, State.REDEEMED)]
    files = [said(1, 5, State.CANCELLED), said(6, 7), said(8, 9, State.RETIRED)]
    made = compare(side("a.csv", *files), side("chain", *chain), TODAY, 30)
    assert not made.findings
    assert made.one.parts == {"the same on both sides": 5, "not on chain": 4}
    assert made.other.parts == {"the same on both sides": 5, "redeemed: no longer on chain": 6}


def test_an_issuance_and_the_retirements_out_of_it_are_one_block() -> None:
    files = [said(1, 100, State.ISSUED), said(11, 20, State.RETIRED, row=3)]
    made = compare(side("a.csv", *files), side("chain", on_chain(1, 100)), TODAY, 30)
    assert kinds(made) == [(Kind.ENDED_IN_FILE, 11, 20)]
    assert made.one.parts == {
        "the same on both sides": 90,
        Kind.ENDED_IN_FILE: 10,
        "stated by another row too": 10,
    }


def test_files_of_retirements_say_nothing_of_live_blocks() -> None:
    covers = frozenset((State.RETIRED, State.CANCELLED))
    chain = [on_chain(1, 5), on_chain(6, 9, State.RETIRED, since=date(2026, 1, 1))]
    made = compare(side("r.csv", said(20, 25, State.RETIRED), covers=covers), side("c", *chain), TODAY, 30)
    assert kinds(made) == [(Kind.NOT_MIRRORED, 6, 9)]
    assert made.other.parts == {Kind.NOT_MIRRORED: 4, "of a kind that the files do not list": 5}


def test_another_programmes_batches_are_set_apart() -> None:
    made = compare(side("a.csv"), side("chain", on_chain(1, 5, programme="GS")), TODAY, 30)
    assert not made.findings
    assert made.other.parts == {"of a programme without a file": 5}


def test_a_serial_on_two_systems_is_found_unless_it_was_redeemed() -> None:
    one = side("chain", on_chain(1, 10), on_chain(11, 20, State.REDEEMED))
    other = side("list.csv", said(8, 15))
    made = doubles(one, other)
    assert kinds(made) == [(Kind.TWO_TOKENISATIONS, 8, 10)]
    assert made.one.parts == {Kind.TWO_TOKENISATIONS: 3, "on this side only": 7,
                              "redeemed: no longer on chain": 10}  # fmt: skip
    assert made.other.parts == {Kind.TWO_TOKENISATIONS: 3, "on this side only": 5}


def test_a_list_that_names_a_serial_twice_is_found() -> None:
    system = side("list.csv", said(1, 10, row=2), said(10, 12, row=3))
    made = compare(side("a.csv", said(1, 12)), system, TODAY, 30)
    assert kinds(made) == [(Kind.TWO_TOKENISATIONS, 10, 10)]
    assert made.other.parts == {"the same on both sides": 12, "stated by another row too": 1}


def test_a_row_with_a_wrong_quantity_is_found_where_it_is_on_chain(tmp_path: Path) -> None:
    rows = [vcs_row(1, 10) | {"Quantity Issued": "9"}, vcs_row(11, 20) | {"Quantity Issued": "7"}]
    files = programme_side([write_vcs(tmp_path / "export.csv", [*rows, vcs_row(21, 30)])])
    chain = [on_chain(6, 10, prefix="VCS-VCU"), on_chain(21, 30, prefix="VCS-VCU")]
    made = compare(files, side("chain", *chain), TODAY, 30)
    assert kinds(made) == [(Kind.QUANTITY, 6, 10)]
    assert "says 9 t of the 10 t from 1 to 10" in made.findings[0].sentence
    assert made.one.parts == {"the same on both sides": 10, Kind.QUANTITY: 9, "refused by the check": 7}
    assert made.one.total == 26


def test_a_row_that_swallows_others_stands_over_none_of_them(tmp_path: Path) -> None:
    """A dropped digit: its block is wrong, so its quantity is."""
    rows = [vcs_row(100, 9_999) | {"Quantity Issued": "900"}, *(vcs_row(at, at + 9) for at in (200, 300))]
    files = programme_side([write_vcs(tmp_path / "export.csv", rows)])
    chain = [on_chain(at, at + 9, prefix="VCS-VCU") for at in (200, 300)]
    made = compare(files, side("chain", *chain), TODAY, 30)
    assert not made.findings
    assert made.one.parts == {"the same on both sides": 20, "refused by the check": 900}


def test_a_file_is_given_once_and_holds_credits(tmp_path: Path) -> None:
    path = write_vcs(tmp_path / "export.csv", [vcs_row(1, 10)])
    with pytest.raises(FileError, match="it is given twice"):
        programme_side([path, path])


@pytest.mark.parametrize(
    ("name", "text", "tonnes"),
    [
        ("a.csv", "Serial Number,Quantity of Credits\n{serial},10\n", 10),
        ("a.csv", "Name;serial_no\nAnn;{serial}\n", 10),
        ("a.ndjson", '["x", 5, "{serial}", "ann@ferries.example"]\n', 10),
        ("a.jsonl", '{{"serialNumber": "{serial}", "quantity": 9}}\n', 9),
    ],
)
def test_lists_of_other_systems(tmp_path: Path, name: str, text: str, tonnes: int) -> None:
    path = tmp_path / name
    path.write_text(text.format(serial="8040-11-20-VCU-042-MER-PE-14-1360-01072013-30062014-1"))
    (found,) = list_side(path).statements
    assert str(found.block) == "VCU 11 to 20"
    assert found.tonnes == tonnes
    assert found.state is (State.LIVE if tonnes == 10 else State.DAMAGED)


def test_a_programmes_own_layout_is_a_list_too(tmp_path: Path) -> None:
    path = write_vcs(tmp_path / "export.csv", [vcs_row(1, 10)])
    (found,) = list_side(path).statements
    assert (found.state, found.row) == (State.LIVE, 2)


@pytest.mark.parametrize(
    ("name", "text"), [("a.csv", "Name,Quantity\nAnn,10\n"), ("a.ndjson", "5\n[]\n{\n"), ("a.csv", "")]
)
def test_a_list_without_serial_numbers_is_refused(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(FileError):
        list_side(path)
    with pytest.raises(BadInput):
        list_side(tmp_path / f"none-{name}")


def test_real_lists_are_read_whole() -> None:
    moss = list_side(real_file("tokenised/moss_mco2_verra_data.csv"))
    minted = list_side(real_file("tokenised/stellarcarbon_minted_blocks.ndjson"))
    assert (moss.rows, len(moss.statements), moss.tonnes) == (161, 161, 3_041_044)
    assert (minted.rows, minted.tonnes) == (9, 202)
    files = programme_side([real_file("verra/odb_transactions.csv")])
    made = reconcile(files, [moss, minted], TODAY)
    assert {finding.kind for finding in made.findings} == {Kind.NOT_IN_FILE}
    for comparison in made.comparisons:
        for tally in (comparison.one, comparison.other):
            assert sum(tally.parts.values()) == tally.total
