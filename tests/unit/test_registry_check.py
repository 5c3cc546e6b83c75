"""`onetonne registry check`: a table for people, JSON for programs, and the exit code."""

import json
from pathlib import Path

import made_exports
from exports import vcs_row, write_vcs
from made_exports import layout_named
from typer.testing import CliRunner

from onetonne.cli.app import app


def _run(*arguments: str | Path) -> tuple[int, str]:
    ended = CliRunner().invoke(app, ["registry", "check", *map(str, arguments)])
    return ended.exit_code, ended.stdout


def test_sound_files_end_with_0_and_tell_how_they_were_read(tmp_path: Path) -> None:
    code, text = _run(write_vcs(tmp_path / "a.csv", [vcs_row(1, 5000)], "utf-8", ";"))
    assert code == 0
    assert "UTF-8; delimiter ';'; dates year-month-day; quantities plain digits and commas" in text
    assert "All 1 rows are sound." in text


def test_defects_are_counted_by_kind_and_listed_with_their_rows(tmp_path: Path) -> None:
    rows = [vcs_row(1, 10), vcs_row(5, 20), vcs_row(30, 40, **{"Quantity Issued": "12"})]
    code, text = _run(write_vcs(tmp_path / "a.csv", rows))
    assert code == 1
    counts = text[text.index("Defects by kind") : text.index("What is wrong")]
    assert [line.split()[1:-1] for line in counts.splitlines() if line.startswith("│")] == [
        ["quantity", "mismatch", "│", "1"],
        ["overlap", "│", "2"],
    ]
    assert "Quantity Issued is 12 t, but serial numbers 30 to 40 are 11 t." in text
    assert "3 of 3 rows are refused." in text


def test_json_has_every_defect(tmp_path: Path) -> None:
    path = write_vcs(tmp_path / "a.csv", [vcs_row(1, 10), vcs_row(1, 10)])
    code, text = _run(path, "--json")
    assert code == 1
    assert json.loads(text)["counts"]["duplicate"] == 1
    assert json.loads(text)["files"][0]["numbers"] == "plain digits"


def test_earlier_snapshot_shows_what_changed(tmp_path: Path) -> None:
    old = write_vcs(tmp_path / "old.csv", [vcs_row(1, 10), vcs_row(11, 20)])
    split = write_vcs(tmp_path / "split.csv", [vcs_row(1, 4), vcs_row(5, 10), vcs_row(11, 20)])
    code, text = _run(split, "--since", old)
    assert code == 0
    assert "has become 2 blocks." in text
    gone = write_vcs(tmp_path / "gone.csv", [vcs_row(1, 10)])
    code, text = _run(gone, "--since", old)
    assert code == 1
    assert "is there no more." in text


def test_batches_without_serial_numbers_say_what_stays_unknown(tmp_path: Path) -> None:
    issuances, retirements = layout_named("car-issuances"), layout_named("car-retirements")
    one = made_exports.write(tmp_path / "i.csv", issuances, [made_exports.row(issuances, 1, 100)])
    two = made_exports.write(tmp_path / "r.csv", retirements, [made_exports.row(retirements, 1, 130)])
    code, text = _run(one, two)
    assert code == 0
    assert "the serials of 100 t are known; those of 0 t are in no file given." in text
    assert "More in blocks than was issued" in text


def test_e_mail_addresses_are_never_printed(tmp_path: Path) -> None:
    cells = {"Retirement Details": "to a@b.example", "Issuance Date": "x@y.example", "ID": "p@q.example"}
    for arguments in ([], ["--json"]):
        _, text = _run(write_vcs(tmp_path / "a.csv", [vcs_row(1, 10, **cells)]), *arguments)
        assert "bad date" in text
        assert "@" not in text
