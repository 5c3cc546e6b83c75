"""Files into rows of cells, whatever they are encoded in and however they are damaged."""

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onetonne.errors import FileError, FormatError
from onetonne.registries.tables import read_table, redact


def _file(tmp_path: Path, data: bytes | str) -> Path:
    path = tmp_path / "export.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")],
)
def test_read_table_tells_the_encoding(tmp_path: Path, codec: str, encoding: str) -> None:
    table = read_table(_file(tmp_path, "Name,ID\r\nRhône,1\r\n".encode(codec)))
    assert table.encoding == encoding
    assert table.header == ("Name", "ID")
    assert table.records[0].cells == ("Rhône", "1")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_read_table_tells_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    table = read_table(_file(tmp_path, f'Name{delimiter}ID\n"a{delimiter}b"{delimiter}1\n'))
    assert table.delimiter == delimiter
    assert table.records[0].cells == (f"a{delimiter}b", "1")


def test_read_table_counts_rows_as_a_spreadsheet_does(tmp_path: Path) -> None:
    table = read_table(_file(tmp_path, 'A,B\n"two\nlines",1\n\n,\nx,2\n'))
    assert [(record.row, record.cells) for record in table.records] == [
        (2, ("two\nlines", "1")),
        (5, ("x", "2")),
    ]
    assert table.blank_rows == (3, 4)


def test_read_table_refuses_rows_of_another_width(tmp_path: Path) -> None:
    table = read_table(_file(tmp_path, "A,B,C\n1,2\n1,2,3,4\n1,2,3\n"))
    assert [record.row for record in table.records] == [4]
    assert table.broken == (
        (2, "it has 2 fields where the header has 3"),
        (3, "it has 4 fields where the header has 3"),
    )


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('"a "big" name",1', 'a "big" name'),
        ('"a name "big"",1', 'a name "big"'),
        ('"a ""very "big" name",1', 'a "very "big" name'),
        ('"5" pipe, of "PVC"",1', '5" pipe, of "PVC"'),
    ],
)
def test_read_table_reads_quotes_that_are_not_doubled_and_says_so(
    tmp_path: Path, line: str, name: str
) -> None:
    table = read_table(_file(tmp_path, f"A,B\n{line}\nx,2\n"))
    assert [record.cells for record in table.records] == [(name, "1"), ("x", "2")]
    assert (table.broken, table.loose_rows) == ((), (2,))


@pytest.mark.parametrize("line", ['"a "big", old" name",1', '"a" b,1', '"a "b,1', '"a "b""', '""a"",",a"'])
def test_read_table_refuses_quotes_that_could_mean_something_else(tmp_path: Path, line: str) -> None:
    table = read_table(_file(tmp_path, f"A,B\n{line}\nx,2\n"))
    assert table.broken[0][0] == 2
    assert [record.cells for record in table.records] == [("x", "2")]


@pytest.mark.parametrize("end", ["", 'y,"4"\n', 'y,"say ""4"""\n'])
def test_read_table_loses_no_rows_to_a_quote_left_open(tmp_path: Path, end: str) -> None:
    table = read_table(_file(tmp_path, f'A,B\n"open,1\nx,2\nx,3\n{end}'))
    assert [row for row, _ in table.broken] == [2]
    assert [record.row for record in table.records] == ([3, 4, 5] if end else [3, 4])


def test_read_table_takes_a_trailing_delimiter_on_every_row(tmp_path: Path) -> None:
    assert len(read_table(_file(tmp_path, "A,B\n1,2,\n3,4,\n")).records) == 2
    assert read_table(_file(tmp_path, "A,B\n1,2,\n3,4\n")).broken == (
        (2, "it has 3 fields where the header has 2"),
    )


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "it is empty"),
        (b"\xef\xbb\xbf \r\n", "it is empty"),
        (b"one column\n1\n", "no header of several columns"),
        (b'"A,B\n1,2\n', "no header of several columns"),
        (b"A,B\n\x00\x81,2\n", "no text in UTF-8 or Windows-1252"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
        (b"PK\x03\x04 no workbook", "no Excel workbook that can be read"),
    ],
)
def test_read_table_refuses_what_is_no_table(tmp_path: Path, data: bytes, problem: str) -> None:
    with pytest.raises(FormatError, match=problem) as caught:
        read_table(_file(tmp_path, data))
    assert "export.csv" in str(caught.value)


def test_read_table_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="can't be opened"):
        read_table(tmp_path / "none.csv")


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_read_table_raises_only_file_error(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "export.csv"
    path.write_bytes(b"A,B\n" + data)
    try:
        table = read_table(path)
    except FileError:
        return
    rows = [r.row for r in table.records] + [row for row, _ in table.broken] + list(table.blank_rows)
    assert sorted(rows) == list(range(2, len(rows) + 2))


def test_read_table_takes_out_email_addresses(tmp_path: Path) -> None:
    table = read_table(_file(tmp_path, "A,B\nask pat.o'hara@mail.example.org.,Airports@Work:x\n"))
    assert "@" not in table.records[0].cells[0]
    assert table.records[0].cells[1] == "Airports@Work:x"


@pytest.mark.parametrize(
    "text", ["a@b.example", "<a@b.example>", "mailto:a.b+c@d-e.example;", "(é@b.example)"]
)
def test_redact_leaves_no_address(text: str) -> None:
    assert "@" not in redact(text)


def _workbook(tmp_path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = tmp_path / "export.xlsx"
    book.save(path)
    return path


def test_read_table_reads_a_workbook(tmp_path: Path) -> None:
    from datetime import date

    rows: list[list[object]] = [
        ["A", "B", "C"],
        [1459.0, date(2020, 2, 1), None],
        [None, None],
        ["x", 1.5, True],
    ]
    table = read_table(_workbook(tmp_path, {"one": rows, "empty": []}))
    assert table.encoding == "workbook"
    assert [record.cells for record in table.records] == [
        ("1459", "2020-02-01", ""),
        ("x", "1.5", "yes"),
    ]
    assert table.blank_rows == (3,)


def test_read_table_reads_a_workbook_that_declares_one_cell(tmp_path: Path) -> None:
    import zipfile

    sound = _workbook(tmp_path, {"one": [["A", "B"], ["x", "y"]]})
    lying = tmp_path / "lying.xlsx"
    with zipfile.ZipFile(sound) as source, zipfile.ZipFile(lying, "w") as target:
        for entry in source.namelist():
            target.writestr(entry, source.read(entry).replace(b'ref="A1:B2"', b'ref="A1"'))
    assert [record.cells for record in read_table(lying).records] == [("x", "y")]


def test_read_table_refuses_a_workbook_of_several_sheets(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="2 of its sheets hold something"):
        read_table(_workbook(tmp_path, {"one": [["A", "B"]], "two": [["A", "B"]]}))


def test_read_table_refuses_cells_beside_a_workbooks_header(tmp_path: Path) -> None:
    table = read_table(_workbook(tmp_path, {"one": [["A", "B"], ["x", "y", "z"]]}))
    assert table.broken == ((2, "it has 3 fields where the header has 2"),)
