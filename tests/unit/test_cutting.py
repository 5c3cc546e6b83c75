"""Cutting by blocks and by lines gives what Python's csv module gives, wherever the blocks end."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from onetonne.errors import FormatError
from onetonne.registries import blocks
from onetonne.registries.tables import Table, read_table

CELLS = st.text(alphabet='ab ",;\n\u00e9\u00a0\u2013\x1c\x0b\U0001f33f', max_size=6)


def _read(folder: Path, data: bytes) -> Table:
    path = folder / "export.csv"
    path.write_bytes(data)
    return read_table(path)


@settings(deadline=None)
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(8, 90),
)
@example([("", "b", ' "\n')] * 3, "utf-8", "\n", 8)
def test_cells_are_those_of_the_csv_module_wherever_blocks_end(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str]],
    codec: str,
    line_end: str,
    block: int,
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerow(["A", "B", "C"])
    writer.writerows(rows)
    folder = tmp_path_factory.mktemp("blocks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_BLOCK", block)
        table = _read(folder, text.getvalue().encode(codec))
    kept = [
        (number, tuple(cell.replace("\x1c", " ").replace("\x0b", " ") for cell in row))
        for number, row in enumerate(rows, start=2)
        if any(cell.strip() for cell in row)
    ]
    assert [(record.row, record.cells) for record in table.records] == kept
    assert table.broken == ()
    assert list(table.blank_rows) == sorted(set(range(2, len(rows) + 2)) - {number for number, _ in kept})


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a,b", '"a,b', 'a",b', '"a"x,b', ",", "", '"a\nb",c', "a", "a,b,c", "é,ü"])))
def test_damage_is_found_the_same_wherever_blocks_end(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("blocks")
    data = "\n".join(["A,B", *lines]).encode()
    whole = _read(folder, data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_BLOCK", 7)
        by_blocks = _read(folder, data)
    assert by_blocks.records == whole.records
    assert (by_blocks.broken, by_blocks.blank_rows) == (whole.broken, whole.blank_rows)
    numbers = [r.row for r in whole.records] + [row for row, _ in whole.broken] + list(whole.blank_rows)
    assert sorted(numbers) == list(range(2, len(numbers) + 2))


def test_one_byte_that_is_no_utf_8_makes_the_whole_file_windows_1252(tmp_path: Path) -> None:
    lines = b"A,B\n" + b"plain,1\n" * 50
    table = _read(tmp_path, lines + b"caf\xe9,2\n")
    assert table.encoding == "Windows-1252"
    assert table.records[-1].cells == ("café", "2")


def test_most_rows_decide_whether_a_trailing_delimiter_is_the_files_form(tmp_path: Path) -> None:
    table = _read(tmp_path, b"A,B\n1,2,\n3,4,\n5,6\n")
    assert [record.row for record in table.records] == [2, 3]
    assert table.broken == ((4, "it has 2 fields where the other rows have 3"),)


def test_old_line_ends_are_read(tmp_path: Path) -> None:
    assert len(_read(tmp_path, b"A,B\r1,2\r3,4\r").records) == 2


def test_header_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="has 500 columns"):
        _read(tmp_path, b",".join([b"A"] * 500) + b"\n")


def test_progress_tells_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"A,B\n" + b"1,2\n" * 100)
    told: list[tuple[int, int]] = []
    read_table(path, progress=lambda done, size: told.append((done, size)))
    assert told[-2:] == [(404, 404), (1, 1)]
