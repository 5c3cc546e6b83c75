"""JSON of the newer platforms, in each of its shapes."""

import json
from pathlib import Path

import made_exports
import pytest
from made_exports import layout_named

from onetonne.errors import FormatError
from onetonne.registries import IssuanceRow, RetirementRow, check, read
from onetonne.registries.tables import read_table

VCS = {
    "serialNo": "21001-1-10-VCS-VCU-2001-VER-KE-3-9101-01012022-31122022-0",
    "quantity": 10,
    "projectId": 9101,
    "projectName": "Turkwel",
    "vintageStart": "2022-01-01",
    "vintageEnd": "2022-12-31T00:00:00Z",
    "issuanceDate": "2023-05-14T08:00:00.123Z",
    "retirementDate": None,
    "methodology": ["VMR0006"],
}


def _written(tmp_path: Path, value: object) -> Path:
    path = tmp_path / "export.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return path


@pytest.mark.parametrize(
    "shape",
    [
        lambda rows: rows,
        lambda rows: {"data": rows},
        lambda rows: {"totalCount": len(rows), "facets": [{"a": 1}], "value": rows},
        lambda rows: "\n".join(map(json.dumps, rows)) + "\n",
        lambda rows: "\ufeff" + json.dumps(rows, indent=2),
    ],
)
@pytest.mark.parametrize("name", ["serialNo", "serial_no", "serialNumbers", "Serial Number"])
def test_records_are_found_in_every_shape(tmp_path: Path, shape: object, name: str) -> None:
    assert callable(shape)
    row = {name if key == "serialNo" else key: value for key, value in VCS.items()}
    second = row | {
        name: str(row[name]).replace("-1-10-", "-11-20-"),
        "retirementDate": "2024-06-01",
        "retirementReason": "Other",
    }
    report = check([_written(tmp_path, shape([row, second]))])
    live, retired = report.accepted
    assert isinstance(live, IssuanceRow)
    assert isinstance(retired, RetirementRow)
    assert (live.origin.row, retired.origin.row) == (1, 2)
    assert (live.live, live.project_id, live.methodologies[0].code) == (True, "VCS9101", "VMR0006")
    assert report.files[0].encoding.startswith("JSON, UTF-8")


def test_objects_within_objects_become_columns(tmp_path: Path) -> None:
    record = {
        "serial_number": "GS1-1-KE-GS9101-16-2022-7001-1-10",
        "number_of_credits": 10,
        "status": "ISSUED",
        "vintage": "2022",
        "project": {"sustaincert_id": 9101, "name": "Cookers", "country": "Kenya"},
    }
    (row,) = read(_written(tmp_path, [record])).rows
    assert isinstance(row, IssuanceRow)
    assert (row.project_id, row.project_name, row.vintage_year) == ("GS9101", "Cookers", 2022)


def test_records_may_lack_fields(tmp_path: Path) -> None:
    table = read_table(_written(tmp_path, [{"a": 1, "b": True}, {"b": None, "c": 1.5}]))
    assert table.header == ("a", "b", "c")
    assert [record.cells for record in table.records] == [("1", "yes", ""), ("", "", "1.5")]


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "[1]",
        '[{"a": 1, "b": 2}',
        '[{"a": 1}',
        '[{"a": 1}] x',
        '{"a": }',
        "[" * 100_000,
        '{"a": ' + "9" * 5000 + "}",
        "[]",
        "{}",
    ],
)
def test_what_is_no_list_of_records_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormatError):
        read_table(_written(tmp_path, text))


def test_damaged_rows_are_told_by_their_place(tmp_path: Path) -> None:
    layout = layout_named("acr-retirements")
    rows = [made_exports.row(layout, 1, 10), made_exports.row(layout, 11, 20, quantity="11")]
    report = check([_written(tmp_path, rows)])
    assert report.defects[0].origin.row == 2


def test_csv_and_json_of_one_export_say_the_same(tmp_path: Path) -> None:
    layout = layout_named("vcs-transactions")
    rows = [
        made_exports.row(layout, 1, 10),
        made_exports.row(layout, 11, 20, ended_on="2024-06-01", reason="Other"),
    ]
    (tmp_path / "a.csv").write_bytes(made_exports.csv_bytes(rows))
    assert read(tmp_path / "a.csv").rows == read(_written(tmp_path, rows)).rows
