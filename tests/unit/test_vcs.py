"""VCS rows: what is live, retired, cancelled, and what can't be told."""

from datetime import date
from pathlib import Path

import pytest
from exports import vcs_row, write_vcs

from onetonne.registries import (
    CancellationRow,
    DefectKind,
    IssuanceRow,
    Methodology,
    ProjectRow,
    RetirementRow,
    Row,
    check,
    read,
)
from onetonne.terms import CancellationKind, Programme, Status

ENDED = {"Retirement/Cancellation Date": "2024-06-01"}


def _row(tmp_path: Path, **cells: str) -> Row:
    (row,) = read(write_vcs(tmp_path / "a.csv", [vcs_row(1, 10, **cells)])).rows
    return row


def test_row_without_an_end_is_live(tmp_path: Path) -> None:
    row = _row(tmp_path)
    assert isinstance(row, IssuanceRow)
    assert (row.programme, row.status, row.tonnes) == (Programme.VCS, Status.LIVE, 10)
    assert (row.project_id, row.country, row.vintage_year) == ("VCS9101", "KE", 2022)
    assert (row.vintage_start, row.vintage_end) == (date(2022, 1, 1), date(2022, 12, 31))
    assert row.issued_on == date(2024, 5, 14)
    assert row.origin.row == 2


def test_row_with_a_date_and_a_reason_is_retired(tmp_path: Path) -> None:
    cells = {
        "Retirement Reason": "Other",
        "Retirement Beneficiary": "B",
        "Retirement Details": "to a@b.example",
    }
    row = _row(tmp_path, **ENDED, **cells)
    assert isinstance(row, RetirementRow)
    assert (row.retired_on, row.beneficiary, row.reason) == (date(2024, 6, 1), "B", "Other")
    assert row.details == "to [e-mail address removed]"


@pytest.mark.parametrize("ended", [ENDED, {}])
@pytest.mark.parametrize(
    ("reason", "details", "kind"),
    [
        ("Cancellation", "", CancellationKind.VOLUNTARY),
        ("Cancelled", "to make good a reversal", CancellationKind.REVERSAL),
        ("Cancellation", "Issued in error", CancellationKind.ERROR),
        ("Conversion to another programme", "", CancellationKind.CONVERSION),
        ("Cancellation", "CORSIA", CancellationKind.CORSIA),
    ],
)
def test_row_whose_reason_says_so_is_cancelled_even_without_a_date(
    tmp_path: Path, ended: dict[str, str], reason: str, details: str, kind: CancellationKind
) -> None:
    row = _row(tmp_path, **ended, **{"Retirement Reason": reason, "Retirement Details": details})
    assert isinstance(row, CancellationRow)
    assert (row.kind, row.status) == (kind, Status.CANCELLED)
    assert row.cancelled_on == (date(2024, 6, 1) if ended else None)


def test_row_marked_in_a_column_of_its_own_is_cancelled(tmp_path: Path) -> None:
    path = write_vcs(tmp_path / "a.csv", [vcs_row(1, 10, **ENDED), vcs_row(11, 20, **ENDED)])
    lines = path.read_text("utf-8").splitlines()
    marked = [f"{line},{cell}" for line, cell in zip(lines, ("Is Cancelled", "True", "False"), strict=True)]
    path.write_text("\n".join(marked), "utf-8")
    assert [row.status for row in check([path]).accepted if not isinstance(row, ProjectRow)] == [
        Status.CANCELLED,
        Status.RETIRED,
    ]


@pytest.mark.parametrize("field", ["Retirement Reason", "Retirement Beneficiary", "Retirement Details"])
def test_row_with_a_claim_but_no_date_is_refused(tmp_path: Path, field: str) -> None:
    report = check([write_vcs(tmp_path / "a.csv", [vcs_row(1, 10, **{field: "something"})])])
    assert report.files[0].defects == {DefectKind.UNCLEAR_STATUS: (2,)}


def test_row_of_another_programme_is_refused(tmp_path: Path) -> None:
    row = vcs_row(1, 10, **{"Serial Number": "ACR-US-9101-2022-1-1 to 10"})
    assert check([write_vcs(tmp_path / "a.csv", [row])]).files[0].defects == {
        DefectKind.PROJECT_MISMATCH: (2,)
    }


def test_row_over_two_years_has_no_vintage_year(tmp_path: Path) -> None:
    serial = "21001-1-10-VCS-VCU-2001-VER-KE-3-9101-01072022-30062023-0"
    row = _row(
        tmp_path, **{"Serial Number": serial, "Vintage Start": "2022-07-01", "Vintage End": "2023-06-30"}
    )
    assert isinstance(row, IssuanceRow)
    assert row.vintage_year is None


def test_transactions_name_methodologies_by_code(tmp_path: Path) -> None:
    path = write_vcs(tmp_path / "a.csv", [vcs_row(1, 10)])
    header, line = path.read_text("utf-8").splitlines()
    path.write_text(
        f"{header},Methodology,Additional Certifications\n{line},VMR0006; AMS-I.E.;a b,X; Y\n", "utf-8"
    )
    (row,) = read(path).rows
    assert isinstance(row, IssuanceRow)
    assert row.methodologies == (
        Methodology("VMR0006", "VMR0006"),
        Methodology("AMS-I.E.", "AMS-I.E"),
        Methodology("a b", None),
    )
    assert row.certifications == ("X", "Y")


def test_transactions_written_day_first_are_read_so(tmp_path: Path) -> None:
    dates = {"Issuance Date": "03/04/2024", "Vintage Start": "01/01/2022", "Vintage End": "31/12/2022"}
    row = _row(tmp_path, **dates)
    assert isinstance(row, IssuanceRow)
    assert row.issued_on == date(2024, 4, 3)


def test_projects_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "ID,Name,Proponent,Project Type,Methodology,Status,Country/Area,Crediting Period Start Date\n"
        "9101,Turkwel,Turkwel Ltd,Energy demand,VMR0006,Registered,Kenya,2022-01-01\n"
        "x,Turkwel,Turkwel Ltd,Energy demand,VMR0006,Registered,Kenya,\n",
        "utf-8",
    )
    report = check([path])
    (row,) = report.accepted
    assert isinstance(row, ProjectRow)
    assert (row.project_id, row.proponent, row.country) == ("VCS9101", "Turkwel Ltd", "Kenya")
    assert row.crediting_start == date(2022, 1, 1)
    assert report.files[0].defects == {DefectKind.PROJECT_MISMATCH: (3,)}
