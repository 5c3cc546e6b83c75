"""ACR rows: issuances without serial numbers, retirements, and cancellations of every kind."""

from datetime import date
from pathlib import Path

from exports import FIXTURES

from onetonne.registries import (
    CancellationRow,
    DefectKind,
    IssuanceRow,
    Methodology,
    RetirementRow,
    check,
    read,
)
from onetonne.terms import CancellationKind, Programme


def test_issuances_have_no_serial_numbers_and_say_so() -> None:
    report = check([FIXTURES / "acr_issuances.csv"])
    row = report.accepted[0]
    assert isinstance(row, IssuanceRow)
    assert (row.serial, row.status, row.tonnes, row.buffer_tonnes) == (None, None, 10_000, 1500)
    assert (row.project_id, row.country, row.vintage_year) == ("ACR9201", "US", 2023)
    assert (row.vintage_start, row.vintage_end) == (date(2023, 1, 1), date(2023, 12, 31))
    assert row.certifications == ("CCP",)
    assert report.tonnes.issued == report.tonnes.accepted == 17_000
    assert "known only from retirements, cancellations and holdings" in report.notes[0].text
    assert report.notes[0].rows == (2, 3, 4)
    assert report.files[0].encoding == "Windows-1252"


def test_issuances_give_methodologies_a_code_and_a_version() -> None:
    rows = [row for row in read(FIXTURES / "acr_issuances.csv").rows if isinstance(row, IssuanceRow)]
    assert rows[0].methodologies == (
        Methodology(
            "Improved Forest Management (IFM) on Non-Federal U.S. Forestlands",
            "ACR-IFM-US-NON-FEDERAL",
            "2.1",
        ),
    )
    assert rows[1].methodologies[0].version == "2014-04-25"


def test_retirements_are_read() -> None:
    report = check([FIXTURES / "acr_retirements.csv"])
    first, second, third, fourth = report.accepted
    assert isinstance(first, RetirementRow)
    assert (first.retired_on, first.issued_on) == (date(2024, 5, 2), date(2024, 3, 14))
    assert (first.beneficiary, first.details) == ("Harbour Lights Ferries Ltd", "Fuel of 2023")
    assert isinstance(second, RetirementRow)
    assert second.details == "write to [e-mail address removed]"
    assert isinstance(third, CancellationRow)
    assert third.kind is CancellationKind.VOLUNTARY
    assert isinstance(fourth, CancellationRow)
    assert fourth.kind is CancellationKind.REVERSAL
    assert report.files[0].defects == {DefectKind.MISSING_VALUE: (6,), DefectKind.VINTAGE_MISMATCH: (7,)}


def test_cancellations_have_kinds_and_perhaps_no_date() -> None:
    report = check([FIXTURES / "acr_cancellations.csv"])
    rows = [row for row in report.accepted if isinstance(row, CancellationRow)]
    assert [row.kind for row in rows] == [
        CancellationKind.CONVERSION,
        CancellationKind.ERROR,
        CancellationKind.VOLUNTARY,
        CancellationKind.VOLUNTARY,
    ]
    assert [row.cancelled_on for row in rows] == [date(2024, 5, 2), date(2024, 5, 2), None, date(2024, 5, 2)]
    assert [(note.text, note.rows) for note in report.notes] == [
        ("cancellation of an unknown type, read as voluntary", (5,))
    ]


def test_retirements_and_cancellations_are_compared_with_each_other() -> None:
    report = check([FIXTURES / "acr_retirements.csv", FIXTURES / "acr_cancellations.csv"])
    assert report.overlaps == 0
    assert {file.kind for file in report.files} == {"retirements", "cancellations"}


def test_older_exports_hold_rows_of_car_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Project ID,Vintage,Offset Credit Serial Numbers,Quantity of Offset Credits,Status Effective,"
        "Project Name,Project Site Country,Retirement Reason,Retirement Reason Details,Date Issued\n"
        "CAR9301,2023,CAR-1-US-9301-31-983-KS-2023-7001-1 to 50,50,45413,Prairie Gas,US,Other,,\n"
        "ACR9201,2023,ACR-US-9201-2023-5101-1 to 10,10,45413.5,Cedar Hollow,US,Cancellation,,4/30/24 18:14\n",
        "utf-8",
    )
    report = check([path])
    car, acr = report.accepted
    assert isinstance(car, RetirementRow)
    assert (car.programme, car.retired_on) == (Programme.CAR, date(2024, 5, 1))
    assert isinstance(acr, CancellationRow)
    assert (acr.programme, acr.issued_on) == (Programme.ACR, date(2024, 4, 30))
    assert report.files[0].dates == "month/day/year and Excel day numbers"
    assert report.files[0].programmes == (Programme.ACR, Programme.CAR)


def test_retirements_refuse_a_vintage_that_ends_before_it_starts(tmp_path: Path) -> None:
    text = (FIXTURES / "acr_retirements.csv").read_text("utf-8")
    path = tmp_path / "a.csv"
    path.write_text(text.replace("1/1/2023,12/31/2023", "12/31/2023,1/1/2023"), "utf-8")
    report = check([path])
    assert report.files[0].defects[DefectKind.BAD_DATE] == (2, 3)
    assert "ends on 2023-01-01 before it starts on 2023-12-31" in report.defects[0].sentence
