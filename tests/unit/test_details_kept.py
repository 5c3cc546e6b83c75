"""The text behind a retirement's hash, in a file of its owner's."""

from pathlib import Path

import pytest

from onetonne.certificates import details_from_file
from onetonne.details import keep, kept
from onetonne.errors import FileError
from onetonne.terms import RetirementDetails

DETAILS = RetirementDetails(beneficiary="Aéro SA", reason="Flights", salt="00ff")


def test_it_is_found_by_its_hash_and_read_again(tmp_path: Path) -> None:
    path = keep(tmp_path, DETAILS)
    assert kept(tmp_path, DETAILS.hash()) == path
    assert details_from_file(path) == DETAILS
    assert kept(tmp_path, bytes(32)) is None


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    assert keep(tmp_path / "home", DETAILS).stat().st_mode & 0o077 == 0


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    place = tmp_path / "details.json"
    keep(tmp_path, DETAILS, place)
    with pytest.raises(FileError, match="is there already"):
        keep(tmp_path, DETAILS.salted("11"), place)
    assert details_from_file(place) == DETAILS


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "details").write_text("a file")
    with pytest.raises(FileError, match="can't be kept"):
        keep(tmp_path, DETAILS)
