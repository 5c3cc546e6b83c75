"""Layouts are data; files find theirs by header names."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from exports import VCS_HEADER, vcs_row, write_vcs

from onetonne.errors import FormatError, MissingColumn, UnknownLayout
from onetonne.registries import read
from onetonne.registries.layout import Kind, layouts
from onetonne.registries.typed import DATES


def _table(tmp_path: Path, header: list[str]) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(",".join(header) + "\n", "utf-8")
    return path


def test_layouts_are_complete() -> None:
    for layout in layouts():
        assert layout.kind in Kind
        assert {column.form for column in layout.columns.values()} <= {"text", "date", "tonnes", "period"}
        dated = {name for name, column in layout.columns.items() if column.form == "date"}
        assert dated <= set(DATES)
        assert set(layout.dates) <= {"dmy", "mdy", "excel-day"}
        for rule in layout.cancellations:
            assert set(rule.where) <= set(layout.columns)
            assert all(words == words.casefold() for words in rule.where.values())


def test_layouts_have_unique_titles_and_no_header_name_twice() -> None:
    assert len({layout.title for layout in layouts()}) == len(layouts())
    for layout in layouts():
        names = [name for column in layout.columns.values() for name in column.names]
        assert len(names) == len(set(names))


def test_methodology_codes_fit_a_word_on_chain() -> None:
    from onetonne.terms import code_bytes32

    text = (files("onetonne.registries") / "layouts" / "acr-methodology-codes.json").read_text("utf-8")
    codes = list(json.loads(text)["codes"].values())
    assert len(codes) == len(set(codes))
    assert all(code_bytes32(code) for code in codes)


def test_layout_is_found_whatever_case_blanks_and_order_the_header_has(tmp_path: Path) -> None:
    header = [f" {name.upper().replace(' ', '  ')}\u00a0" for name in reversed(VCS_HEADER)] + [
        "",
        "Unnamed: 12",
    ]
    assert read(_table(tmp_path, header)).layout.name == "vcs-transactions"


def test_layout_that_knows_most_columns_is_taken_where_several_fit(tmp_path: Path) -> None:
    small, large = sorted(
        (layout for layout in layouts() if layout.name in ("vcs-projects", "vcs-transactions")),
        key=lambda layout: len(layout.columns),
    )
    header = [column.names[0] for layout in (small, large) for column in layout.columns.values()]
    assert read(_table(tmp_path, list(dict.fromkeys(header)))).layout is large


def test_layout_unknown_names_the_columns_found_and_the_kinds_known(tmp_path: Path) -> None:
    with pytest.raises(UnknownLayout, match=r"'Fruit', 'Price'.*'vcs-transactions \(2026-04\)'"):
        read(_table(tmp_path, ["Fruit", "Price"]))


def test_layout_names_the_column_that_is_missing(tmp_path: Path) -> None:
    header = [name for name in VCS_HEADER if name != "Serial Number"]
    with pytest.raises(MissingColumn, match=r"looks like vcs-transactions .* lacks 'Serial Number'"):
        read(_table(tmp_path, header))


def test_layout_refuses_a_column_that_is_there_twice(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="column 'Serial Number' is there twice"):
        read(_table(tmp_path, [*VCS_HEADER, "Serial Number"]))


def test_layout_of_an_export_without_rows_is_found(tmp_path: Path) -> None:
    export = read(write_vcs(tmp_path / "a.csv", []))
    assert (export.rows, export.defects) == ([], [])


def test_layout_reads_semicolons_and_windows_1252(tmp_path: Path) -> None:
    path = write_vcs(tmp_path / "a.csv", [vcs_row(1, 5, Name="Café")], "cp1252", ";")
    assert read(path).rows[0].project_name == "Café"
