"""The programmes' own exports, where they are at hand; they are no part of this repository."""

import csv

import pytest
from exports import real_file

from onetonne.errors import SerialError
from onetonne.registries import DefectKind, check
from onetonne.serials import check_prefix, format, parse


@pytest.mark.parametrize(
    ("name", "rows", "parsed", "tonnes"),
    [
        ("verra/odb_transactions.csv", 200, 200, 4_029_227),
        ("verra/odb_projects.csv", 50, 0, 0),
        ("acr/odb_issuances.csv", 100, 0, 7_749_713),
        ("acr/odb_retirements.csv", 100, 100, 298_881),
        ("acr/odb_cancellations.csv", 50, 50, 7_646_709),
        ("acr/odb_projects.csv", 50, 0, 0),
        ("vrod-v1_ACR_CAR_retirements.csv", 6761, 6761, 69_806_316),
        ("gold-standard/odb_issuances.csv", 100, 100, 5_380_873),
        ("gold-standard/odb_retirements.csv", 100, 100, 1_968_759),
        ("gold-standard/odb_projects.csv", 50, 0, 0),
        ("car/odb_issuances.csv", 100, 0, 10_275_056),
        ("car/odb_retirements.csv", 100, 100, 1_506_818),
        ("car/odb_cancellations.csv", 50, 50, 4_406_143),
        ("car/odb_projects.csv", 50, 0, 0),
        ("art/odb_issuances.csv", 11, 0, 62_322_618),
        ("art/odb_retirements.csv", 8, 8, 420_998),
        ("art/odb_cancellations.csv", 3, 3, 36_100),
        ("art/odb_projects.csv", 28, 0, 0),
        ("tokenised/moss_mco2_verra_data.csv", 161, 161, 3_041_044),
    ],
)
def test_check_accepts_every_row_of_a_sound_export(name: str, rows: int, parsed: int, tonnes: int) -> None:
    report = check([real_file(name)])
    assert (report.rows, report.parsed, report.tonnes.accepted) == (rows, parsed, tonnes)
    assert report.defects == ()


def test_check_finds_no_overlap_between_acr_retirements_and_cancellations() -> None:
    report = check([real_file("acr/odb_retirements.csv"), real_file("acr/odb_cancellations.csv")])
    assert (report.rows, report.overlaps) == (150, 0)


def test_check_counts_the_defects_of_an_old_export_by_kind() -> None:
    report = check([real_file("gold-standard/vrod-v1_GOLD_issuances.csv")])
    file = report.files[0]
    assert (file.rows, file.accepted, file.refused) == (6442, 6321, 121)
    assert {kind: len(rows) for kind, rows in file.defects.items()} == {
        DefectKind.UNPARSEABLE_SERIAL: 79,
        DefectKind.REVERSED_RANGE: 1,
        DefectKind.QUANTITY_MISMATCH: 34,
        DefectKind.BAD_DATE: 3,
        DefectKind.DUPLICATE: 2,
        DefectKind.OVERLAP: 2,
    }
    assert report.overlaps == 1
    assert file.defects[DefectKind.DUPLICATE] == (3296, 3301)
    assert file.defects[DefectKind.OVERLAP] == (3297, 3302)
    assert 3288 in file.defects[DefectKind.QUANTITY_MISMATCH]  # it would swallow 240 others


@pytest.mark.parametrize(
    ("name", "column", "read", "refused"),
    [
        ("tokenised/moss_mco2_verra_data.csv", "Serial Number", 161, 0),
        ("gold-standard/odb_retirements.csv", "Serial Number", 100, 0),
        ("car/odb_retirements.csv", "Offset Credit Serial Numbers", 100, 0),
        ("car/odb_cancellations.csv", "Offset Credit Serial Numbers", 50, 0),
        ("art/odb_retirements.csv", "Credit Serial Numbers", 8, 0),
        ("gold-standard/vrod-v1_GOLD_issuances.csv", "Serial Number", 6362, 80),
    ],
)
def test_parse_reads_the_serial_numbers_of_other_exports(
    name: str, column: str, read: int, refused: int
) -> None:
    with real_file(name).open(encoding="utf-8-sig", newline="") as file:
        texts = [row[column] for row in csv.DictReader(file)]
    sound, damaged = 0, 0
    for text in texts:
        try:
            parsed = parse(text)
        except SerialError:
            damaged += 1
            continue
        sound += 1
        assert parse(format(parsed)) == parsed
        check_prefix(parsed.block.prefix)
    assert (sound, damaged) == (read, refused)
