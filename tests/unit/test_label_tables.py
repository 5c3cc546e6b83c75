"""The shipped tables of who approved what, and what a table must be like."""

from datetime import date

import pytest
from eth_utils.crypto import keccak

from onetonne.errors import BadInput, FileError
from onetonne.labels.table_files import SHIPPED, parse, read, shipped
from onetonne.labels.tables import shown, unverified
from onetonne.terms import Approval, Rule, Use

HEAD = """
[framework]
label = "CCP"
name = "Core Carbon Principles"
by_programme = true
by_methodology = true
adjusted = false
as_of = 2026-03-31
decided_on = 2023-07-27
source = "https://icvcm.example"
verified = false
"""
SAID = 'decided_on = 2024-06-06\nsource = "https://icvcm.example/1"\nverified = true\n'
PROGRAMME = f'[[programme]]\nprogramme = "VCS"\n{SAID}'
METHODOLOGY = f'[[methodology]]\nprogramme = "VCS"\ncode = "vm0048"\nversions = ["1.0", "1.1"]\n{SAID}'


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_table_says_of_each_entry_where_it_is_from_and_when(name: str) -> None:
    table = shipped(name)
    assert table.label == name.upper()
    for one in table.all_stated:
        assert one.source.startswith("https://")
        assert date(2020, 1, 1) <= one.decided_on <= table.as_of
        assert one.verified or one.note, "what is unverified says what could not be checked"


def test_shipped_tables_ask_what_the_frameworks_ask() -> None:
    assert shipped("ccp").rule == Rule(True, True)
    corsia = Rule(True, False, Use.INTERNATIONAL_MITIGATION, True)
    assert [shipped(name).rule for name in ("corsia-1", "corsia-2")] == [corsia, corsia]


def test_shipped_tables_know_the_programmes_with_a_label() -> None:
    ccp, first, second = (shipped(name) for name in SHIPPED)
    assert {"ACR", "ART", "CAR", "GS", "VCS"} <= {one.programme for one in ccp.programmes}
    assert ("VCS", "VM0048", "1.0") in {(one.programme, one.code, one.version) for one in ccp.methodologies}
    window = date(2021, 1, 1), date(2026, 12, 31), date(2016, 1, 1)
    assert {
        (one.approval.vintage_start, one.approval.vintage_end, one.approval.crediting_from)
        for one in first.programmes
    } == {window}
    assert not second.programmes
    assert len(second.pending) == 4


def test_shipped_ccp_table_approves_methodologies_of_programmes_that_it_has() -> None:
    table = shipped("ccp")
    assert {one.programme for one in table.methodologies} <= {one.programme for one in table.programmes}


def test_read_takes_a_file_or_a_name(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + PROGRAMME)
    assert [one.programme for one in read(str(path)).programmes] == ["VCS"]
    assert read("CCP").label == "CCP"
    with pytest.raises(BadInput, match="There is no table 'vcs': name one of ccp, corsia-1, corsia-2, or a"):
        read("vcs")
    with pytest.raises(FileError, match="it can't be read, No such file or directory"):
        read(str(tmp_path / "none.toml"))


def test_entry_has_its_window_condition_and_versions() -> None:
    window = "vintage_start = 2021-01-01\ncrediting_from = 2016-01-01\n"
    condition = 'condition = "Only small ones."\nrecognises = "corsia-1"\n'
    table = parse(HEAD + PROGRAMME + window + condition + METHODOLOGY, "mine.toml")
    (programme,) = table.programmes
    assert programme.approval == Approval(
        date(2021, 1, 1), date.max, date(2016, 1, 1), conditional=True, recognises="CORSIA-1"
    )
    decision = programme.stated.decision(programme.condition)
    assert decision.document == keccak(text="Only small ones.")
    assert [(one.code, one.version) for one in table.methodologies] == [("VM0048", "1.0"), ("VM0048", "1.1")]
    assert not table.methodologies[0].approval.conditional
    assert unverified(table.all_stated) == 1
    (row,) = shown(table)["Programmes"]
    assert row[1] == (
        "vintages from 2021-01-01, credited from 2016-01-01 on, recognises CORSIA-1, "
        "conditional: Only small ones."
    )


BAD = {
    "= 1": "it is no TOML",
    "": "the file has no framework",
    HEAD.replace("as_of = 2026-03-31", ""): "framework has no as_of",
    HEAD + 'color = "red"': "framework has the unknown key 'color'",
    HEAD + 'use = "fun"': "framework.use is 'fun': write one of ndc, international-mitigation",
    HEAD.replace('"CCP"', '"C C"'): "framework.label can't be used",
    HEAD + "[extra]\n": "the file has the unknown key 'extra'",
    HEAD + "[programme]\n": "mine.toml: programme is no list",
    HEAD + 'programme = "VCS"\n': "framework has the unknown key 'programme'",
    HEAD + PROGRAMME.replace("2024-06-06", '"2024-06-06"'): r"programme\[1\].decided_on is no day, such as",
    HEAD + PROGRAMME.replace("2024-06-06", "2024-06-06T00:00:00Z"): r"programme\[1\].decided_on is no day",
    HEAD + PROGRAMME.replace("2024-06-06", "1969-06-06"): r"programme\[1\].decided_on can't be used",
    HEAD + PROGRAMME.replace("true", "1"): r"programme\[1\].verified is no true or false",
    HEAD + PROGRAMME.replace("https://icvcm.example/1", " "): r"programme\[1\].source is empty",
    HEAD + PROGRAMME.replace("source", "sauce"): r"programme\[1\] has the unknown key 'sauce'",
    HEAD + PROGRAMME + PROGRAMME: "programme VCS is there twice",
    HEAD + PROGRAMME + "vintage_start = 2021-01-01\nvintage_end = 2020-01-01": "window ends before it starts",
    HEAD + METHODOLOGY.replace('["1.0", "1.1"]', "[]"): r"methodology\[1\].versions is no list of texts",
    HEAD + METHODOLOGY.replace('"1.1"', '"1.0"'): "methodology VCS VM0048 1.0 is there twice",
    HEAD + f'[[exclusion]]\nprogramme = "VCS"\n{SAID}': r"exclusion\[1\] names neither or both",
    HEAD + f'[[exclusion]]\nprogramme = "VCS"\ncode = "A"\n{SAID}': r"exclusion\[1\].versions is no list",
}


@pytest.mark.parametrize("text", BAD, ids=BAD.values())
def test_bad_table_is_refused_in_one_sentence_with_file_and_key(text: str) -> None:
    with pytest.raises(FileError, match=BAD[text]) as refused:
        parse(text, "mine.toml")
    assert str(refused.value).startswith("File mine.toml: ")
    assert "\n" not in str(refused.value)
