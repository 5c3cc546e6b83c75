"""What becomes of a block between two snapshots: split, corrected, gone, or issued twice."""

import json
from pathlib import Path

import pytest
from exports import vcs_row, write_vcs

from onetonne.registries import Change, ChangeKind, CheckReport, check
from onetonne.registries.snapshots import SUSPECT

RETIRED = {"Retirement/Cancellation Date": "2024-06-01", "Retirement Reason": "Other"}


def _compared(tmp_path: Path, before: list[dict[str, str]], after: list[dict[str, str]]) -> CheckReport:
    old, new = write_vcs(tmp_path / "old.csv", before), write_vcs(tmp_path / "new.csv", after)
    return check([new], since=[old])


def _changes(tmp_path: Path, before: list[dict[str, str]], after: list[dict[str, str]]) -> list[Change]:
    since = _compared(tmp_path, before, after).since
    assert since is not None
    return list(since.changes)


def test_snapshots_that_are_the_same_have_no_changes(tmp_path: Path) -> None:
    rows = [vcs_row(1, 10), vcs_row(11, 20)]
    since = _compared(tmp_path, rows, rows).since
    assert since is not None
    assert (since.unchanged, since.new, since.changes) == (2, 0, ())


def test_split_is_told_from_a_double_issuance(tmp_path: Path) -> None:
    parts = [vcs_row(1, 4), vcs_row(5, 10, **RETIRED)]
    report = _compared(tmp_path, [vcs_row(1, 10)], parts)
    assert report.since is not None
    (change,) = report.since.changes
    assert (change.kind, change.before.row, [one.row for one in change.after]) == (
        ChangeKind.SPLIT,
        2,
        [2, 3],
    )
    assert (report.sound, report.since.suspect, report.since.new) == (True, (), 0)
    again = _compared(tmp_path, [vcs_row(1, 10)], [vcs_row(1, 10), *parts])
    assert again.overlaps == 2
    assert again.since is not None
    assert again.since.counts == {}


def test_blocks_are_merged(tmp_path: Path) -> None:
    changes = _changes(tmp_path, [vcs_row(1, 4), vcs_row(5, 10)], [vcs_row(1, 10)])
    assert [change.kind for change in changes] == [ChangeKind.MERGED, ChangeKind.MERGED]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({}, RETIRED, ChangeKind.RETIRED),
        ({}, {"Retirement Reason": "Cancellation"}, ChangeKind.CANCELLED),
        (RETIRED, {}, ChangeKind.CAME_BACK),
        (RETIRED, RETIRED | {"Retirement/Cancellation Date": "2024-06-02"}, ChangeKind.CORRECTED),
        ({}, {"Issuance Date": "2024-05-15"}, ChangeKind.CORRECTED),
        ({"Quantity Issued": "100"}, {}, ChangeKind.CORRECTED),
    ],
)
def test_what_is_said_of_a_block_changes(
    tmp_path: Path, before: dict[str, str], after: dict[str, str], kind: ChangeKind
) -> None:
    (change,) = _changes(tmp_path, [vcs_row(1, 10, **before)], [vcs_row(1, 10, **after)])
    assert change.kind is kind
    assert (kind in SUSPECT) is (kind is ChangeKind.CAME_BACK)


def test_corrected_quantity_names_both(tmp_path: Path) -> None:
    wrong = vcs_row(1, 10, **{"Quantity Issued": "1,000"})
    (change,) = _changes(tmp_path, [wrong], [vcs_row(1, 10)])
    assert "1,000 t has become 10 t" in change.sentence


@pytest.mark.parametrize(("first", "last"), [(1, 8), (1, 14)])
def test_block_with_another_end_is_corrected(tmp_path: Path, first: int, last: int) -> None:
    (change,) = _changes(tmp_path, [vcs_row(1, 10)], [vcs_row(first, last)])
    assert change.kind is ChangeKind.CORRECTED


def test_dropped_digit_is_corrected_and_hides_nothing(tmp_path: Path) -> None:
    wrong = vcs_row(100, 1099) | {"Quantity Issued": "100"}
    others = [vcs_row(200 + 10 * i, 209 + 10 * i) for i in range(5)]
    (change,) = _changes(tmp_path, [wrong, *others], [vcs_row(100, 199), *others])
    assert (change.kind, change.tonnes) == (ChangeKind.CORRECTED, 100)


def test_block_disappears_whole_or_in_part(tmp_path: Path) -> None:
    before = [vcs_row(1, 10), vcs_row(11, 30), vcs_row(31, 40)]
    after = [vcs_row(11, 15), vcs_row(17, 30), vcs_row(31, 40)]
    gone, partly = _changes(tmp_path, before, after)
    assert (gone.kind, gone.tonnes) == (ChangeKind.DISAPPEARED, 10)
    assert (partly.kind, partly.tonnes) == (ChangeKind.PARTLY_GONE, 1)


def test_serials_of_another_project_were_issued_twice(tmp_path: Path) -> None:
    other = vcs_row(5, 12)
    other |= {"ID": "9102", "Serial Number": other["Serial Number"].replace("9101", "9102")}
    report = _compared(tmp_path, [vcs_row(1, 10)], [other])
    assert report.since is not None
    (change,) = report.since.suspect
    assert change.kind is ChangeKind.REISSUED
    assert "was of project VCS9101, and is of VCS9102" in change.sentence


def test_new_blocks_are_counted(tmp_path: Path) -> None:
    since = _compared(tmp_path, [vcs_row(1, 10)], [vcs_row(1, 10), vcs_row(11, 30)]).since
    assert since is not None
    assert (since.unchanged, since.new, since.new_tonnes) == (1, 1, 20)


def test_comparison_is_plain_json(tmp_path: Path) -> None:
    report = _compared(tmp_path, [vcs_row(1, 10)], [vcs_row(1, 4), vcs_row(5, 10)])
    found = json.loads(json.dumps(report.to_json()))["since"]
    assert found["counts"] == {"split": 1}
    assert found["changes"][0]["suspect"] is False
    assert check([tmp_path / "new.csv"]).to_json()["since"] is None
