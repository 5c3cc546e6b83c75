"""Every row accepted or refused, every defect with its row."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from exports import FIXTURES, vcs_row, write_vcs
from hypothesis import given, settings
from hypothesis import strategies as st

from onetonne.errors import FormatError
from onetonne.registries import CheckReport, DefectKind, check

ALL_DEFECTS = {
    DefectKind.UNCLEAR_STATUS: (8,),
    DefectKind.QUANTITY_MISMATCH: (9, 19),
    DefectKind.REVERSED_RANGE: (10,),
    DefectKind.UNPARSEABLE_SERIAL: (11,),
    DefectKind.DUPLICATE: (13,),
    DefectKind.OVERLAP: (14, 15),
    DefectKind.VINTAGE_MISMATCH: (16,),
    DefectKind.BAD_DATE: (17, 21),
    DefectKind.BAD_QUANTITY: (18,),
    DefectKind.PROJECT_MISMATCH: (20,),
    DefectKind.BROKEN_ROW: (23, 26),
}


@pytest.fixture(scope="module")
def damaged() -> CheckReport:
    return check([FIXTURES / "vcs_transactions.csv"])


def test_check_finds_every_defect_with_its_row(damaged: CheckReport) -> None:
    assert damaged.files[0].defects == ALL_DEFECTS


def test_check_accounts_for_every_row(damaged: CheckReport) -> None:
    file = damaged.files[0]
    assert (file.rows, file.accepted, file.refused, file.parsed) == (25, 10, 15, 21)
    assert [row.origin.row for row in damaged.accepted] == [2, 3, 4, 5, 6, 7, 12, 24, 25, 27]
    assert file.blank_rows == (22,)


def test_check_tells_how_the_file_was_read(damaged: CheckReport) -> None:
    file = damaged.files[0]
    assert (file.encoding, file.delimiter, file.dates) == ("UTF-8 with BOM", ",", "year-month-day")
    assert (file.layout, file.programmes) == ("vcs-transactions (2026-04)", ("VCS",))


def test_check_sums_tonnes_by_what_became_of_them(damaged: CheckReport) -> None:
    tonnes = damaged.tonnes
    assert (tonnes.live, tonnes.retired, tonnes.cancelled, tonnes.issued) == (700, 200, 100, 0)
    assert tonnes.accepted == 1000
    assert tonnes.total == tonnes.accepted + tonnes.refused == 2199
    assert damaged.files[0].unmeasured == (18, 23, 26)


def test_check_names_both_rows_of_a_pair(damaged: CheckReport) -> None:
    pairs = {(defect.kind, defect.origin.row, defect.other.row) for defect in damaged.defects if defect.other}
    assert pairs == {
        (DefectKind.DUPLICATE, 13, 12),
        (DefectKind.OVERLAP, 14, 15),
        (DefectKind.OVERLAP, 15, 14),
    }


def test_check_keeps_a_block_of_the_wrong_quantity_out_of_the_overlaps(damaged: CheckReport) -> None:
    assert damaged.overlaps == 1


def test_check_notes_what_it_cleaned_and_assumed(damaged: CheckReport) -> None:
    notes = {note.text: note.rows for note in damaged.notes}
    assert notes["serial number cleaned: unusual blanks read as plain ones"] == (3, 4)
    assert notes[
        "dated without a reason or beneficiary: read as retired, though it may be a cancellation"
    ] == (6,)
    assert notes["quotes inside a quoted field were not doubled, and are read as they stand"] == (25,)


def test_check_gives_plain_json_without_texts_that_name_people(damaged: CheckReport) -> None:
    text = json.dumps(damaged.to_json(), ensure_ascii=False)
    assert json.loads(text)["counts"]["overlap"] == 2
    assert "@" not in text
    assert "Bakery" not in text


def test_check_says_each_defect_in_one_sentence(damaged: CheckReport) -> None:
    for defect in damaged.defects:
        assert defect.sentence.startswith(str(defect.origin))
        assert defect.sentence.endswith(".")
        assert not defect.sentence.endswith("..")
        assert "\n" not in defect.sentence


def test_check_compares_blocks_over_files(tmp_path: Path) -> None:
    one = write_vcs(tmp_path / "one.csv", [vcs_row(1, 10)])
    two = write_vcs(tmp_path / "two.csv", [vcs_row(11, 20), vcs_row(5, 12)])
    report = check([one, two])
    assert {(Path(d.origin.file).name, d.origin.row) for d in report.defects} == {
        ("one.csv", 2),
        ("two.csv", 2),
        ("two.csv", 3),
    }
    assert report.overlaps == 2


def test_check_finds_one_block_in_two_spellings(tmp_path: Path) -> None:
    row = vcs_row(1, 10)
    respelled = row | {"Serial Number": f" {row['Serial Number'].lower()}\u00a0"}
    assert check([write_vcs(tmp_path / "a.csv", [row, respelled])]).count(DefectKind.DUPLICATE) == 1


def test_check_refuses_both_where_one_block_has_two_fates(tmp_path: Path) -> None:
    retired = vcs_row(1, 10, **{"Retirement/Cancellation Date": "2024-06-01", "Retirement Reason": "Other"})
    report = check([write_vcs(tmp_path / "a.csv", [vcs_row(1, 10), retired])])
    assert report.files[0].defects == {DefectKind.DUPLICATE: (2, 3)}
    assert "says something else about the block" in report.defects[0].sentence


def test_check_lets_no_row_pass_that_overlaps_a_row_refused_for_another_defect(tmp_path: Path) -> None:
    undated = vcs_row(1, 10, **{"Issuance Date": "?"})
    report = check([write_vcs(tmp_path / "a.csv", [undated, vcs_row(5, 20)])])
    assert report.files[0].defects == {DefectKind.BAD_DATE: (2,), DefectKind.OVERLAP: (2, 3)}
    assert report.accepted == ()


def test_check_tells_all_defects_of_a_row(tmp_path: Path) -> None:
    row = vcs_row(1, 10, **{"Issuance Date": "", "Quantity Issued": "1.5", "ID": "x", "Serial Number": " "})
    report = check([write_vcs(tmp_path / "a.csv", [row, {}])])
    assert {defect.kind for defect in report.defects} == {
        DefectKind.BAD_QUANTITY,
        DefectKind.PROJECT_MISMATCH,
        DefectKind.MISSING_VALUE,
    }
    assert report.files[0].blank_rows == (3,)


def test_check_refuses_a_file_given_twice(tmp_path: Path) -> None:
    path = write_vcs(tmp_path / "a.csv", [])
    with pytest.raises(FormatError, match="given twice"):
        check([path, tmp_path / "." / "a.csv"])


def test_check_of_nothing_is_sound() -> None:
    assert check([]).sound


CELLS = st.one_of(
    st.just("10"), st.text(max_size=12), st.sampled_from(["2022-01-01", "01/02/2022", "0", "1e5"])
)


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(sorted(vcs_row(1, 10))), CELLS), max_size=5))
def test_check_accounts_for_every_row_whatever_its_cells(
    tmp_path_factory: pytest.TempPathFactory, damage: list[dict[str, str]]
) -> None:
    rows = [vcs_row(1 + 10 * i, 10 + 10 * i) | cells for i, cells in enumerate(damage)]
    rows = [{name: _plain(text) for name, text in row.items()} for row in rows]
    path = write_vcs(tmp_path_factory.mktemp("fuzz") / "a.csv", rows)
    try:
        report = check([path])
    except FormatError as error:  # dates of the other order
        assert "written month/day/year" in str(error)  # noqa: PT017
        return
    file = report.files[0]
    assert file.rows + len(file.blank_rows) == len(rows)
    assert file.accepted + file.refused == file.rows
    refused = {defect.origin.row for defect in report.defects}
    assert len(refused) == file.refused
    assert refused.isdisjoint({row.origin.row for row in report.accepted})
    json.dumps(report.to_json())


def _plain(text: str) -> str:
    return text.encode("utf-8", "ignore").decode().replace("\0", "")


@pytest.mark.parametrize(
    ("name", "accepted", "defects"),
    [
        ("vcs_transactions.csv", 9, {DefectKind.QUANTITY_MISMATCH: (12,), DefectKind.OVERLAP: (11, 13)}),
        ("acr_retirements.csv", 5, {DefectKind.QUANTITY_MISMATCH: (8,), DefectKind.OVERLAP: (4, 9)}),
    ],
)
def test_examples_show_sound_rows_and_two_defects(
    name: str, accepted: int, defects: dict[DefectKind, tuple[int, ...]]
) -> None:
    report = check([str(files("onetonne") / "examples" / name)])
    assert len(report.accepted) == accepted
    assert report.files[0].defects == defects
