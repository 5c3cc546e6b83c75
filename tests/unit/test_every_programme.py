"""Every layout reads the rows written from it; the programmes' own ways with status, labels and CERs."""

from datetime import date
from pathlib import Path

import made_exports
import pytest
from made_exports import layout_named

from onetonne.registries import (
    CancellationRow,
    DefectKind,
    IssuanceRow,
    LabelFact,
    Methodology,
    ProjectRow,
    RetirementRow,
    Row,
    check,
    read,
)
from onetonne.registries.building import code_of_title
from onetonne.registries.layout import Kind, Layout, layouts
from onetonne.terms import CancellationKind, Programme, Status, code_bytes32


def _read(tmp_path: Path, name: str, **cells: str) -> Row:
    layout = layout_named(name)
    path = made_exports.write(tmp_path / "a.csv", layout, [made_exports.row(layout, 1, 10, **cells)])
    (row,) = read(path).rows
    return row


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.title)
def test_layout_reads_its_own_rows(tmp_path: Path, layout: Layout) -> None:
    path = made_exports.write(tmp_path / "a.csv", layout, made_exports.rows(layout, 3))
    report = check([path])
    assert (report.files[0].layout, report.rows, report.defects) == (layout.title, 3, ())
    kinds = {
        Kind.TRANSACTIONS: IssuanceRow,
        Kind.ISSUANCES: IssuanceRow,
        Kind.HOLDINGS: IssuanceRow,
        Kind.RETIREMENTS: RetirementRow,
        Kind.CANCELLATIONS: CancellationRow,
        Kind.PROJECTS: ProjectRow,
    }
    assert {type(row) for row in report.accepted} == {kinds[layout.kind]}
    live = {Kind.TRANSACTIONS, Kind.HOLDINGS}
    if layout.kind in live:
        assert report.tonnes.live == 30


def test_every_programme_has_every_kind_of_file() -> None:
    found = {(layout.programme, layout.kind) for layout in layouts()}
    for programme in (Programme.ACR, Programme.CAR, Programme.ART):
        for kind in set(Kind) - {Kind.TRANSACTIONS}:
            assert (programme, kind) in found
    assert {kind for programme, kind in found if programme is Programme.GS} == {
        *(Kind.ISSUANCES, Kind.RETIREMENTS, Kind.PROJECTS)
    }


def test_gold_standard_issuances_say_what_was_issued_not_what_is_live(tmp_path: Path) -> None:
    row = _read(tmp_path, "gs-issuances")
    assert isinstance(row, IssuanceRow)
    assert (row.live, row.status, row.project_id, row.country) == (False, None, "GS9101", "KE")


def test_gold_standard_issuances_and_retirements_may_state_the_same_tonnes(tmp_path: Path) -> None:
    issued, retired = layout_named("gs-issuances"), layout_named("gs-retirements")
    one = made_exports.write(tmp_path / "i.csv", issued, [made_exports.row(issued, 1, 100)])
    two = made_exports.write(tmp_path / "r.csv", retired, [made_exports.row(retired, 5, 10)])
    assert check([one, two]).sound


def test_gold_standard_retirements_hold_cancellations_without_a_date(tmp_path: Path) -> None:
    gone = _read(
        tmp_path, "gs-retirements", status="Canceled", ended_on="", details="Transferred to a scheme"
    )
    assert isinstance(gone, CancellationRow)
    assert (gone.kind, gone.cancelled_on) == (CancellationKind.CONVERSION, None)
    used = _read(tmp_path, "gs-retirements", beneficiary="", aeroplane_operator="Air Example")
    assert isinstance(used, RetirementRow)
    assert (used.beneficiary, used.retired_on) == ("Air Example", date(2024, 6, 1))


def test_gold_standard_status_that_is_unknown_is_refused(tmp_path: Path) -> None:
    layout = layout_named("gs-retirements")
    rows = [made_exports.row(layout, 1, 10, status="Pending"), made_exports.row(layout, 11, 20, ended_on="")]
    report = check([made_exports.write(tmp_path / "a.csv", layout, rows)])
    assert report.files[0].defects == {DefectKind.UNCLEAR_STATUS: (2,), DefectKind.MISSING_VALUE: (3,)}


def test_gold_standard_labels_cers_in_the_cdm_form(tmp_path: Path) -> None:
    serial = "RW-5-563731-2-2-0-6207\u00a0 - RW-5-563740-2-2-0-6207"
    layout = layout_named("gs-issuances")
    rows = [made_exports.row(layout, 1, 10, serial=serial)]
    report = check([made_exports.write(tmp_path / "a.csv", layout, rows)])
    (row,) = report.accepted
    assert isinstance(row, IssuanceRow)
    assert (row.programme, row.project_id) == (Programme.CDM, "GS9101")
    assert row.serial is not None
    assert row.serial.block.prefix == "CDM-RW-2"
    assert report.files[0].programmes == (Programme.CDM,)
    assert report.notes[0].text == "serial number cleaned: needless blanks removed"


def test_art_books_use_for_corsia_as_a_cancellation(tmp_path: Path) -> None:
    row = _read(tmp_path, "art-cancellations", reason="CORSIA Compliance")
    assert isinstance(row, CancellationRow)
    assert (row.kind, row.status, row.project_id) == (CancellationKind.CORSIA, Status.CANCELLED, "ART9101")


def test_art_issues_in_the_name_of_fcpf_too(tmp_path: Path) -> None:
    row = _read(tmp_path, "art-retirements", serial="FCPF-GY-9101-2022-20-1 to 10")
    assert isinstance(row, RetirementRow)
    assert row.programme is Programme.ART


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("ARB", CancellationKind.CONVERSION),
        ("WA ECO", CancellationKind.CONVERSION),
        ("?", CancellationKind.VOLUNTARY),
    ],
)
def test_car_cancels_for_compliance_programmes(tmp_path: Path, reason: str, kind: CancellationKind) -> None:
    row = _read(tmp_path, "car-cancellations", reason=reason)
    assert isinstance(row, CancellationRow)
    assert row.kind is kind


def test_car_issues_nothing_for_some_periods(tmp_path: Path) -> None:
    layout = layout_named("car-issuances")
    rows = [
        made_exports.row(layout, 1, 10, quantity="0", no_credits="Yes"),
        made_exports.row(layout, 1, 10, quantity="0"),
    ]
    report = check([made_exports.write(tmp_path / "a.csv", layout, rows)])
    assert report.files[0].defects == {DefectKind.BAD_QUANTITY: (3,)}
    assert "a reporting period without credits" in {note.text for note in report.notes}


def test_methodologies_of_every_programme_have_a_code_that_fits_on_chain(tmp_path: Path) -> None:
    for name, text, expected in (
        ("gs-issuances", "GS TPDDTEC v3.1", Methodology("GS TPDDTEC", "GS-TPDDTEC", "3.1")),
        ("gs-issuances", "Metered cooking", Methodology("Metered cooking", "METERED-COOKING", None)),
        ("car-retirements", "Adipic Acid - Version 1.0", Methodology("Adipic Acid", "ADIPIC-ACID", "1.0")),
    ):
        row = _read(tmp_path, name, methodology=text)
        assert isinstance(row, IssuanceRow | RetirementRow)
        assert row.methodologies == (expected,)


@pytest.mark.parametrize(
    ("title", "other"),
    [
        (
            "A title much too long to fit into a word on chain",
            "A title much too long to fit into a word on chain?",
        ),
        ("Protocolo de Bosques de México", "Protocolo de Bosques de Mexico"),
        ("Adipic Acid", "Adipic, Acid"),
        ("日本", "日"),
    ],
)
def test_titles_that_are_not_the_same_have_codes_that_are_not_the_same(title: str, other: str) -> None:
    codes = {code_of_title(title), code_of_title(other)}
    assert len(codes) == 2
    assert all(code_bytes32(code) for code in codes)


def test_label_columns_become_facts_with_their_row(tmp_path: Path) -> None:
    layout = layout_named("acr-retirements")
    cells = {"label 0": "Yes", "label 1": "No", "label 3": "Yes"}
    rows = [made_exports.row(layout, 1, 10), made_exports.row(layout, 11, 20, **cells)]
    path = made_exports.write(tmp_path / "a.csv", layout, rows)
    plain, labelled = read(path).rows
    assert isinstance(plain, RetirementRow)
    assert isinstance(labelled, RetirementRow)
    assert plain.labels == ()
    assert [(fact.label, fact.holds, fact.column, fact.origin.row) for fact in labelled.labels] == [
        ("CCP", True, "ICVCM CCP Eligible", 3),
        ("CORSIA", False, "CORSIA Eligible", 3),
        (
            "CORSIA-1",
            True,
            "Eligible for CORSIA 2024-2026 Compliance Period (First Phase)",
            3,
        ),
    ]
    assert labelled.certifications == ("CCP",)


def test_listed_certifications_become_facts_too(tmp_path: Path) -> None:
    text = "CCB-Gold; ICVCM CCP; Article 6 Authorized - NDC Use"
    row = _read(tmp_path, "vcs-transactions", certifications=text)
    assert isinstance(row, IssuanceRow)
    assert row.certifications == ("CCB-Gold", "ICVCM CCP", "Article 6 Authorized - NDC Use")
    column = "Additional Certifications"
    assert row.labels == (
        LabelFact("CCP", True, "ICVCM CCP", column, row.origin),
        LabelFact("ARTICLE-6", True, "Article 6 Authorized - NDC Use", column, row.origin),
    )


def test_article_6_that_is_not_applicable_does_not_hold(tmp_path: Path) -> None:
    layout = layout_named("gs-issuances")
    cells = {"label 0": "ICVCM CCP, Emission Reduction", "label 1": "Not Applicable"}
    path = made_exports.write(tmp_path / "a.csv", layout, [made_exports.row(layout, 1, 10, **cells)])
    (row,) = read(path).rows
    assert isinstance(row, IssuanceRow)
    assert [(fact.label, fact.holds) for fact in row.labels] == [("CCP", True), ("ARTICLE-6", False)]


def test_holdings_of_vcs_are_live_and_their_vintage_is_one_cell(tmp_path: Path) -> None:
    row = _read(tmp_path, "vcs-holdings")
    assert isinstance(row, IssuanceRow)
    assert (row.live, row.vintage_start, row.vintage_end) == (True, date(2022, 1, 1), date(2022, 12, 31))


def test_retirements_without_their_date_are_not_taken_for_holdings(tmp_path: Path) -> None:
    from onetonne.errors import MissingColumn

    layout = layout_named("acr-retirements")
    row = made_exports.row(layout, 1, 10)
    del row["Status Effective (GMT)"]
    (tmp_path / "a.csv").write_bytes(made_exports.csv_bytes([row]))
    with pytest.raises(MissingColumn, match="Status Effective"):
        check([tmp_path / "a.csv"])


def test_vintage_outside_its_days_is_noted_not_refused(tmp_path: Path) -> None:
    layout = layout_named("gs-issuances")
    days = {"vintage_start": "2021-01-01", "vintage_end": "2021-12-31"}
    report = check(
        [made_exports.write(tmp_path / "a.csv", layout, [made_exports.row(layout, 1, 10, **days)])]
    )
    assert report.sound
    assert report.notes[0].text == "its vintage year lies outside its vintage's days"
