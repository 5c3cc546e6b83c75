"""Evidence: one root over files or rows, proofs as OpenZeppelin checks them, and what is refused."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from onetonne import evidence
from onetonne.cli.app import app
from onetonne.errors import BadInput, FileError
from onetonne.evidence import Evidence, FileItem, RowItem, of_files, of_rows, read_proof, read_tree
from onetonne.evidence.merkle import MerkleTree, leaf, pair, root_of

WORDS = st.binary(min_size=32, max_size=32)
TABLE = "day,plot,ndvi\n2022-06-01,A,0.71\n2023-06-01,A,0.69\n2024-06-01,B,0.80\n"


def run(*line: str | Path, code: int = 0) -> Any:
    result = CliRunner().invoke(app, [str(word) for word in line], env={"ONETONNE_TRACEBACK": "1"})
    assert result.exit_code == code, result.output
    return result


def refused(*line: str | Path, code: int = 1) -> str:
    result = run(*line, code=code)
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return str(result.stderr)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "data"
    (place / "2024").mkdir(parents=True)
    (place / "notes.txt").write_text("plot A was fenced")
    (place / "2024" / "june.csv").write_text("A,0.71")
    (place / "2024" / "july.csv").write_text("A,0.70")
    return place


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "satellite.csv"
    path.write_text(TABLE)
    return path


def test_root_is_the_one_of_openzeppelins_own_example() -> None:
    """The README of OpenZeppelin's merkle-tree prints this root for these two values."""
    values = [("0x" + "11" * 20, 5 * 10**18), ("0x" + "22" * 20, 25 * 10**17)]
    tree = MerkleTree(leaf(encode(["address", "uint256"], value)) for value in values)
    assert tree.root.hex() == "d4dee0beab2d53f2cc83e567171bd2820e49898130a22622b10ead383e90bd77"


def test_tree_has_the_shape_of_openzeppelins() -> None:
    """StandardMerkleTree sorts the leaves and lays them down from the end; an uneven one is the largest."""
    low, middle, high = (bytes([number]) * 32 for number in (1, 2, 3))
    assert MerkleTree([middle, high, low]).root == pair(pair(low, middle), high)


@given(st.sets(WORDS, min_size=1, max_size=40))
def test_every_leaf_is_proven_and_no_other(leaves: set[bytes]) -> None:
    tree = MerkleTree(leaves)
    assert MerkleTree(sorted(leaves)).root == tree.root
    for one in leaves:
        proof = tree.proof(one)
        assert root_of(one, proof) == tree.root
        assert root_of(keccak(one), proof) != tree.root
        assert len(proof) <= len(leaves).bit_length()


@given(st.text(st.characters(blacklist_categories=["Cs"])), WORDS, st.integers(1, 2**64))
def test_leaves_are_those_of_the_abi_hashed_twice(name: str, content: bytes, number: int) -> None:
    assert FileItem(name, content).leaf == keccak(keccak(encode(["string", "bytes32"], [name, content])))
    row = RowItem(number, (name, "x"))
    assert row.leaf == keccak(keccak(encode(["uint256", "string"], [number, row.text])))
    assert json.loads(row.text) == [name, "x"]


def test_root_of_files_is_that_of_their_names_and_contents(folder: Path) -> None:
    found = of_files([folder])
    assert [item.key for item in found.items] == ["2024/july.csv", "2024/june.csv", "notes.txt"]
    june = found.prove("2024/june.csv")
    assert isinstance(june.item, FileItem)
    assert june.item.content == keccak(text="A,0.71")
    assert june.root == found.root
    before = found.root
    (folder / "2024" / "june.csv").rename(folder / "2024" / "august.csv")
    assert of_files([folder]).root != before


def test_root_does_not_depend_on_where_the_folder_lies(folder: Path, tmp_path: Path) -> None:
    before = of_files([folder]).root
    elsewhere = folder.rename(tmp_path / "elsewhere")
    assert of_files([elsewhere]).root == before
    assert of_files([elsewhere / "notes.txt", elsewhere / "2024"]).root != before


def test_large_files_are_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onetonne.evidence.items._CHUNK", 7)
    path = tmp_path / "a"
    path.write_bytes(bytes(range(256)) * 3)
    assert evidence.hash_of(path) == keccak(bytes(range(256)) * 3)


def test_rows_are_numbered_as_a_spreadsheet_does(rows: Path) -> None:
    found = of_rows(rows)
    assert [item.key for item in found.items] == ["1", "2", "3", "4"]
    proof = found.prove("3")
    assert isinstance(proof.item, RowItem)
    assert proof.item.cells == ("2023-06-01", "A", "0.69")
    assert found.years == (2022, 2023, 2024)


@pytest.mark.parametrize(
    "spelled",
    [
        TABLE.replace("\n", "\r\n"),
        "\ufeff" + TABLE,
        TABLE.replace(",", " ; ").replace("0.71", '"0.71"'),
        TABLE + "\n\n",
    ],
    ids=["line ends", "byte order mark", "delimiter, quotes and blanks", "empty rows"],
)
def test_the_same_cells_have_the_same_root(rows: Path, spelled: str) -> None:
    before = of_rows(rows).root
    rows.write_text(spelled, newline="")
    assert of_rows(rows).root == before


@pytest.mark.parametrize("before_and_after", [("0.71", "0.72"), ("A,0.71", "A0,.71"), ("ndvi", "evi")])
def test_another_cell_has_another_root(rows: Path, before_and_after: tuple[str, str]) -> None:
    before = of_rows(rows).root
    rows.write_text(TABLE.replace(*before_and_after))
    assert of_rows(rows).root != before


def test_years_are_said_only_where_every_row_has_a_day(rows: Path) -> None:
    rows.write_text(TABLE.replace("2023-06-01", "summer"))
    assert of_rows(rows).years == ()
    rows.write_text("2021-01-01,1\n2022-01-01,2\n")
    assert of_rows(rows).years == (2021, 2022)


def test_tree_and_proof_are_read_back(rows: Path, folder: Path, tmp_path: Path) -> None:
    for made in (of_rows(rows), of_files([folder])):
        path = tmp_path / "tree.json"
        path.write_text(made.text(), encoding="utf-8")
        assert read_tree(path) == made
        for item in made.items:
            proof = made.prove(item.key)
            path.write_text(json.dumps(proof.document()))
            assert read_proof(path) == proof


def test_progress_is_told_in_bytes(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    of_files([folder], lambda done, total: told.append((done, total)))
    assert told[-1] == (29, 29)


REFUSED_ROWS = [
    ("", "it holds no row"),
    (",,\n", "it holds no row"),
    ("a,b\n1,2\n1,2\n", "row 3 repeats row 2; leave one of them out"),
    ("a,b\n1\n", "row 2 has 1 cells and the first 2; correct it"),
    ('a,b\n1,"2\n', "it can't be read as CSV"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED_ROWS)
def test_table_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    assert said in refused("evidence", "hash", "--rows", path)


def test_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("Plöt,1\n".encode("cp1252"))
    assert "it holds no text in UTF-8; export it as CSV in UTF-8" in refused(
        "evidence", "hash", "--rows", path
    )


def test_folder_as_a_table_is_refused(folder: Path) -> None:
    assert "it is a folder, not a table" in refused("evidence", "hash", "--rows", folder)


def test_symbolic_links_are_refused(folder: Path, tmp_path: Path, rows: Path) -> None:
    link = folder / "link.csv"
    link.symlink_to(rows)
    for line in ((folder,), (link,), ("--rows", link)):
        assert f"File {link}: it is a symbolic link" in refused("evidence", "hash", *line)
    link.unlink()
    (tmp_path / "other").symlink_to(folder)
    assert "it is a symbolic link" in refused("evidence", "hash", tmp_path / "other")


def test_what_is_neither_file_nor_folder_is_refused(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert "neither a file nor a folder" in refused("evidence", "hash", folder)


def test_nothing_and_empty_files_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "it holds no file" in refused("evidence", "hash", tmp_path / "empty")
    (folder / "nothing.csv").touch()
    assert f"File {folder / 'nothing.csv'}: it is empty" in refused("evidence", "hash", folder)
    assert "it can't be read (No such file" in refused("evidence", "hash", tmp_path / "none")


def test_two_files_of_one_name_are_refused(folder: Path) -> None:
    june = folder / "2024" / "june.csv"
    for more in (june, folder / "2024"):
        said = refused("evidence", "hash", folder / "2024", more)
        assert "comes twice; give the folder that holds both, once" in said
    accents = [folder / "caf\u00e9", folder / "cafe\u0301"]
    for path in accents:
        path.write_text(str(path))
    assert [item.key for item in of_files(accents[1:]).items] == ["caf\u00e9"]
    assert "comes twice" in refused("evidence", "hash", folder)


def test_paths_or_rows_and_not_both(folder: Path, rows: Path) -> None:
    assert "either PATH once or more, or --rows FILE" in refused("evidence", "hash", code=2)
    assert "either PATH" in refused("evidence", "hash", folder, "--rows", rows, code=2)


def test_the_whole_way_by_commands(folder: Path, tmp_path: Path) -> None:
    tree, proof = tmp_path / "tree.json", tmp_path / "proof.json"
    said = run("evidence", "hash", folder, "--tree", tree).stdout
    root = f"0x{of_files([folder]).root.hex()}"
    assert root in said
    assert json.loads(run("evidence", "hash", folder, "--json").stdout)["root"] == root
    printed = json.loads(run("evidence", "prove", "notes.txt", "--tree", tree).stdout)
    run("evidence", "prove", "notes.txt", "--tree", tree, "--output", proof)
    assert json.loads(proof.read_text()) == printed
    line = ("evidence", "check", proof, "--root", root)
    assert f"File notes.txt is in the data that root {root} is of." in run(*line).stdout
    assert "is in the data" in run(*line, "--file", folder / "notes.txt").stdout
    other = run(*line, "--file", folder / "2024" / "june.csv", code=1).stdout
    assert "is not the one that is proven" in other
    wrong = run(*line[:-1], "0x" + "ab" * 32, code=1)
    assert "is not proven: the proof leads to root" in wrong.stdout
    assert json.loads(run(*line[:-1], "0x" + "ab" * 32, "--json", code=1).stdout)["passed"] is False


def test_years_of_a_table_are_shown(rows: Path) -> None:
    assert "2022, 2023, 2024" in run("evidence", "hash", "--rows", rows).stdout
    rows.write_text("day\n" + "".join(f"{year}-01-01\n" for year in range(2000, 2020)))
    assert "20 years from 2000 to 2019" in run("evidence", "hash", "--rows", rows).stdout


def test_altered_proof_leads_elsewhere(rows: Path, tmp_path: Path) -> None:
    made = of_rows(rows)
    document = made.prove("3").document()
    document["item"]["cells"][2] = "0.99"
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(document))
    root = f"0x{made.root.hex()}"
    assert "Row 3 is not proven" in run("evidence", "check", path, "--root", root, code=1).stdout


def test_item_that_is_not_there_is_refused(rows: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"There is no row '9' in this evidence: it has 4, from '1' to '4'\."):
        of_rows(rows).prove("9")
    path = tmp_path / "tree.json"
    path.write_text(of_rows(rows).text())
    assert "There is no row 'x'" in refused("evidence", "prove", "x", "--tree", path)


def test_file_of_a_row_is_misuse(rows: Path, tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(of_rows(rows).prove("2").document()))
    line = ("evidence", "check", path, "--root", f"0x{of_rows(rows).root.hex()}", "--file", rows)
    assert "this one is of a row" in refused(*line, code=2)
    assert "Give either --root" in refused("evidence", "check", path, code=2)
    assert "is no hash" in refused("evidence", "check", path, "--root", "0x12")


def _tampered(tree: Evidence, change: Any) -> str:
    document = json.loads(tree.text())
    change(document)
    return json.dumps(document)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["items"].pop(), "its items do not make its root"),
        (lambda d: d["items"].append(d["items"][0]), "its items do not make its root"),
        (lambda d: d["items"].clear(), "its items do not make its root"),
        (lambda d: d["items"][0].update(row=-1), "it is damaged"),
        (lambda d: d["items"][0].update(row=True), "it is damaged"),
        (lambda d: d["items"][0].update(cells=[1]), "it is damaged"),
        (lambda d: d["items"][0].update(cells=["\ud800"]), "it is damaged"),
        (lambda d: d.update(items=[{"file": 5, "content": "0x"}]), "it is damaged"),
        (lambda d: d.update(root="0x12"), "it is damaged"),
        (lambda d: d.update(format="other"), "it is no tree of evidence"),
    ],
)
def test_tree_that_was_altered_is_refused(rows: Path, tmp_path: Path, change: Any, said: str) -> None:
    path = tmp_path / "tree.json"
    path.write_text(_tampered(of_rows(rows), change))
    with pytest.raises(FileError, match=said):
        read_tree(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000, '{"format": "onetonne-evidence-tree-1"}'])
def test_file_that_is_no_proof_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "proof.json"
    path.write_text(text)
    with pytest.raises(FileError, match="it is no proof of evidence; give what `onetonne evidence prove`"):
        read_proof(path)
    path.write_text('{"format": "onetonne-evidence-proof-1", "item": {}, "proof": []}')
    with pytest.raises(FileError, match="it is damaged; ask for it again"):
        read_proof(path)
