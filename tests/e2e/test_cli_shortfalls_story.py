"""What went wrong and was made good, by commands alone: reversals, over-issuances, freezes, the buffer."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import ADDRESSES, Commands, up_to_accepted, with_keys

from onetonne.chain import LocalChain

YEARS = (2021, 2022)
CASE = ("--case", "VCS-2026-4", "--evidence-hash", "0x" + "0e" * 32)
LOSE = ("reversal", "report", "VCS:1340")
VERRA = ("--from", "verra")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shortfalls")


def _serial(year: int, first: int, last: int) -> str:
    return f"{first}-{first}-{last}-VCS-VCU-1507-VER-ET-14-1340-0101{year}-3112{year}-1"


def _mint(year: int, first: int, last: int, verification: int) -> tuple[str, ...]:
    serial = ("--serial", _serial(year, first, last), "--verification", str(verification))
    return "mint", *serial, "--to", "proponent", "--record", f"IMMO-{first}", *VERRA


@pytest.fixture(scope="module")
def told(home: Path) -> Iterator[Commands]:
    """Batch 1 of 2022 and batch 2 of 2021: 100 t each, of which 15 t are in the buffer."""
    local = LocalChain(home)
    local.up()
    commands = with_keys(home, local)
    up_to_accepted(commands)
    for number, year in enumerate(YEARS, start=2):
        commands.ok(
            *("verify", "propose", "--project", "VCS:1340", "--methodology", "VCS:VM0048:1.0"),
            *("--period", f"{year}-01-01..{year}-12-31", "--verified", "200t", "--from", "aenor"),
            *("--evidence-hash", "0x" + str(year).rjust(64, "0")),
        )
        commands.ok("verify", "accept", str(number), *VERRA)
    commands.ok(*_mint(2022, 1001, 1100, 3))
    commands.ok(*_mint(2021, 1, 100, 2))
    commands.ok("transfer", "1", "50t", "--to", "airline", "--from", "proponent")
    yield commands
    local.down()


@pytest.fixture
def commands(told: Commands, home: Path) -> Iterator[Commands]:
    """The story; the chain is taken back after each test."""
    local = LocalChain(home)
    before = local.snapshot()
    yield told
    local.revert(before)


def _holds(commands: Commands) -> None:
    assert "Everything holds." in commands.ok("audit")


def test_a_reversal_beyond_the_buffer_stops_issuance_until_it_is_made_good(commands: Commands) -> None:
    buffered = commands.json("buffer", "show", "VCS:1340")
    assert [(one["batch"], one["kilograms"]) for one in buffered] == [(2, 15_000), (1, 15_000)]
    dry = commands.ok(*LOSE, "40t", *CASE, *VERRA, "--dry-run")
    assert "15 t of batch 2 of the buffer" in dry
    assert commands.json("shortfall", "list") == []

    said = commands.ok(*LOSE, "40t", *CASE, *VERRA)
    assert "Cancelled: 15 t of batch 2 of the buffer." in said
    assert "Cancelled: 15 t of batch 1 of the buffer." in said
    assert "Outstanding: 10 t; nothing is issued to the project" in said
    assert commands.json("buffer", "show") == []
    assert commands.json("batch", "show", "2")["cancelled_kilograms"] == 15_000
    _holds(commands)

    (project,) = commands.json("project", "list")
    assert project["outstanding"] == {"reversals_kilograms": 10_000, "over_issuances_kilograms": 0}
    for line in (("project", "list"), ("project", "show", "1")):
        assert "10 t lost, not made good" in commands.ok(*line)
    more = _mint(2022, 1101, 1110, 3)
    said = commands.refused(*more)
    assert "Nothing can be issued to project 1: 10 t that it lost in reversals are not made good yet" in said
    assert "0 kg" not in commands.ok("transfer", "1", "1t", "--to", "airline", "--from", "proponent")

    said = commands.refused("shortfall", "make-good", "1", "1", "11t", "--from", "proponent")
    assert "Of shortfall 1, 10 t are outstanding, less than the 11 t" in said
    commands.ok("shortfall", "make-good", "1", "1", "4t", "--from", "proponent")
    assert "6 t that it lost" in commands.refused(*more)
    made = commands.json(
        "shortfall", "make-good", "1", "--lot", "1:2t", "--lot", "2:4t", "--from", "proponent"
    )
    assert (len(made["cancellations"]), made["outstanding_kilograms"]) == (2, 0)
    shown = commands.json("shortfall", "show", "1")
    assert (shown["kind"], shown["kilograms"], shown["made_good_kilograms"]) == ("reversal", 40_000, 40_000)
    assert shown["case_reference"] == "VCS-2026-4"
    assert [one["kilograms"] for one in shown["cancellations"]] == [15_000, 15_000, 4000, 2000, 4000]
    assert "cancellation 5 (4 t)" in commands.ok("shortfall", "show", "1")
    commands.ok(*more)
    assert commands.json("shortfall", "list", "--outstanding") == []
    _holds(commands)


def test_a_reversal_within_the_buffer_stops_nothing(commands: Commands) -> None:
    said = commands.ok(*LOSE, "20t", *CASE, *VERRA)
    assert "The buffer covers all of it." in said
    assert [one["kilograms"] for one in commands.json("buffer", "show")] == [10_000]
    commands.ok(*_mint(2022, 1101, 1110, 3))
    _holds(commands)


def test_a_reversal_is_covered_when_the_buffer_has_filled_again(commands: Commands) -> None:
    commands.ok(*LOSE, "20t", "--lot", "1:5t", *CASE, *VERRA)
    said = commands.refused("reversal", "cover", "1", "--lot", "2:16t", *VERRA)
    assert "Of shortfall 1, 15 t are outstanding, less than the 16 t" in said
    assert commands.json("reversal", "cover", "1", *VERRA)["outstanding_kilograms"] == 0
    (left,) = commands.json("buffer", "show")
    assert (left["batch"], left["kilograms"]) == (1, 10_000)
    _holds(commands)


def test_over_issued_tonnes_are_replaced_to_zero_and_certificates_say_so(commands: Commands) -> None:
    commands.ok("retire", "1", "5t", "--from", "airline")
    mark = ("over-issuance", "mark", "1", "10t", *CASE)
    assert "is not the operator of project 1's programme" in commands.refused(*mark, "--from", "airline")
    assert "10 t of batch 1 are over-issued" in commands.ok(*mark, *VERRA)
    _holds(commands)
    assert "10 t over-issued, not replaced" in commands.ok("project", "show", "1")
    assert commands.json("batch", "show", "1")["over_issued_kilograms"] == 10_000
    assert "over-issued" in commands.ok("certificate", "show", "1")
    commands.ok("transfer", "1", "1t", "--to", "mallory", "--from", "airline")  # it blocks nothing
    commands.ok(*_mint(2022, 1101, 1110, 3))
    commands.ok("transfer", "2", "20t", "--to", "verra", "--from", "proponent")
    commands.ok("shortfall", "make-good", "1", "2", "6t", *VERRA)
    assert commands.json("shortfall", "list", "--outstanding")[0]["outstanding_kilograms"] == 4000
    commands.ok("shortfall", "make-good", "1", "2", "4t", *VERRA)
    assert commands.json("shortfall", "list", "--outstanding") == []
    assert "over-issued" not in commands.ok("project", "show", "1")
    assert "over-issued" in commands.ok("certificate", "show", "1")  # replaced, not unmade
    said = commands.refused("over-issuance", "mark", "1", "91t", *CASE, *VERRA)
    assert "90 t can still be reported, less than the 91 t" in said
    _holds(commands)


def test_a_holder_lets_the_operator_cancel_in_replacement(commands: Commands) -> None:
    commands.ok("over-issuance", "mark", "1", "1t", *CASE, *VERRA)
    line = ("shortfall", "make-good", "1", "1", "1t", "--holder", "airline", *VERRA)
    assert "nor approved by it" in commands.refused(*line)
    commands.ok("approve", "verra", "--from", "airline")
    assert "Outstanding of shortfall 1: 0 kg." in commands.ok(*line)


@pytest.mark.parametrize(
    ("scope", "subject", "listed"),
    [
        ("project", "VCS:1340", ("project", "list")),
        ("programme", "VCS", ("programme", "list")),
        ("account", "airline", ("account", "list")),
        ("batch", "1", ("batch", "list")),
    ],
)
def test_the_regulator_freezes_and_lifts(
    commands: Commands, scope: str, subject: str, listed: tuple[str, ...]
) -> None:
    assert "frozen" not in commands.ok(*listed)
    case = ("--case", "2026/17", "--from", "authority")
    commands.ok("freeze", scope, subject, "--reason", "inquiry", *case)
    assert "frozen" in commands.ok(*listed)
    assert "frozen" in commands.ok("holdings", "airline")
    for line in (("retire", "1", "1t"), ("transfer", "1", "1t", "--to", "proponent")):
        assert "frozen by the regulator" in commands.refused(*line, "--from", "airline")
    _holds(commands)
    commands.ok("freeze", "lift", scope, subject, *case)
    assert "frozen" not in commands.ok(*listed)
    commands.ok("retire", "1", "1t", "--from", "airline")
    _holds(commands)


def test_a_freeze_does_not_shield_the_buffer_from_a_reversal(commands: Commands) -> None:
    commands.ok("freeze", "project", "1", "--case", "1", "--reason", "x", "--from", "authority")
    assert "project frozen" in commands.ok("project", "show", "VCS:1340")
    assert commands.json("project", "show", "1")["frozen_by"] == ["project"]
    commands.ok("freeze", "programme", "VCS", "--case", "1", "--reason", "x", "--from", "authority")
    assert commands.json("project", "list")[0]["frozen_by"] == ["project", "programme"]
    assert commands.json("programme", "show", "VCS")["frozen"] is True
    assert "frozen by the regulator" in commands.ok("programme", "show", "VCS")
    commands.ok(*LOSE, "30t", *CASE, *VERRA)
    _holds(commands)


def test_buffer_credits_are_released_by_operator_and_vvb(commands: Commands, tmp_path: Path) -> None:
    statement = tmp_path / "release.json"
    sign = ("buffer", "sign", "VCS:1340", "20t", "--output", str(statement), *CASE[2:], "--from", "aenor")
    assert "its operator can release them" in commands.ok(*sign)
    release = ("buffer", "release", str(statement), "--to", "proponent", *VERRA)
    assert "is not the operator of project 1's programme" in commands.refused(*release[:-1], "aenor")
    assert "15 t of batch 2 from the buffer" in commands.ok(*release, "--dry-run")
    said = commands.refused(*release, "--lot", "1:15t")
    assert "The lots add up to 15 t, and the VVB stated a release of 20 t" in said
    commands.ok(*release)
    assert [one["kilograms"] for one in commands.json("buffer", "show")] == [10_000]
    assert "was used already" in commands.refused(*release, "--lot", "1:10t", "--lot", "1:10t")
    assert "There are 10 t, less than the 20 t asked for" in commands.refused(*release)
    commands.ok(*sign, "--salt", "0x" + "01" * 32)
    content = json.loads(statement.read_text())
    content["buffer_release"]["kilograms"] = 1000
    statement.write_text(json.dumps(content))
    assert "signature is not VVB account" in commands.refused(*release)
    content["chain_id"] = 1
    statement.write_text(json.dumps(content))
    assert "signed for chain 1" in commands.refused(*release)
    statement.write_text("[]")
    assert "holds no signed release from the buffer" in commands.refused(*release)
    _holds(commands)


def test_a_release_waits_for_reversals_and_has_an_end(commands: Commands, tmp_path: Path) -> None:
    statement = tmp_path / "release.json"
    sign = ("buffer", "sign", "1", "1t", "--output", str(statement), *CASE[2:], "--from", "aenor")
    release = ("buffer", "release", str(statement), "--to", "proponent", *VERRA)
    signed = commands.json(*sign, "--deadline", "2020-01-01")
    assert signed["vvb"] == ADDRESSES["aenor"]
    assert "could be used until 2020-01-01 23:59:59 UTC" in commands.refused(*release)
    commands.ok(*sign)
    commands.ok(*LOSE, "40t", "--lot", "2:15t", *CASE, *VERRA)
    said = commands.refused(*release)
    assert "Project 1 has 25 t of reversals to make good, so nothing leaves its buffer" in said


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (("shortfall", "show", "9"), "There is no shortfall 9"),
        (("shortfall", "make-good", "9", "1", "1t", *VERRA), "There is no shortfall 9"),
        (("reversal", "cover", "9", *VERRA), "There is no shortfall 9"),
        ((*LOSE, "1t", *CASE, "--from", "aenor"), "is not the operator of project 1's programme"),
        ((*LOSE, "1t", "--lot", "1", *CASE, *VERRA), "can't be read"),
        (("over-issuance", "mark", "9", "1t", *CASE, *VERRA), "There is no batch 9"),
        (("over-issuance", "mark", "1", "101t", *CASE, *VERRA), "100 t can still be reported"),
        ((*LOSE, "1t", "--case", "x", "--evidence-hash", "0x" + "00" * 32, *VERRA), "names no evidence"),
        ((*LOSE, "1t", "--case", "x", "--evidence", "nowhere.pdf", *VERRA), "nowhere.pdf"),
        (("buffer", "release", "nowhere.json", "--to", "verra", *VERRA), "can't be read"),
    ],
)
def test_what_is_refused_says_why(commands: Commands, line: tuple[str, ...], problem: str) -> None:
    assert problem in commands.refused(*line)


def test_a_reversal_of_more_than_can_be_reported_is_refused(commands: Commands) -> None:
    said = commands.refused(*LOSE, "201t", *CASE, *VERRA, code=2)
    assert "is more than the 200 t that project 1 was issued and has not reported yet" in said
    said = commands.refused(*LOSE, "101t", "--lost", "1:101t", *CASE, *VERRA)
    assert "Of batch 1, 100 t can still be reported, less than the 101 t given" in said
    said = commands.refused(*LOSE, "2t", "--lost", "1:1t", *CASE, *VERRA, code=2)
    assert "--lost names 1 t, and 2 t were lost" in said
    commands.ok("over-issuance", "mark", "1", "90t", *CASE, *VERRA)
    said = commands.json(*LOSE, "12t", *CASE, *VERRA)  # batch 2 has the older vintage
    assert said["lost"] == [{"batch": 2, "kilograms": 12_000}]


def test_governance_annuls_a_report_that_was_an_error(commands: Commands) -> None:
    commands.ok(*LOSE, "120t", "--lot", "1:5t", *CASE, *VERRA)
    annul = ("shortfall", "annul", "1", "--reason", "kilograms typed for tonnes")
    assert "has no role that allows this" in commands.refused(*annul, *VERRA)
    commands.ok(*annul, "--from", "council")
    assert commands.json("shortfall", "list", "--outstanding") == []
    assert "Annulled" in commands.ok("shortfall", "show", "1")
    assert commands.json("shortfall", "show", "1")["annulled"] is True
    assert "was annulled by governance" in commands.refused(*annul, "--from", "council", "--again")
    assert "was annulled by governance" in commands.refused("reversal", "cover", "1", "--lot", "1:1t", *VERRA)
    commands.ok(*_mint(2022, 1101, 1110, 3))  # nothing stops issuance
    _holds(commands)


def test_the_buffer_is_for_the_project_s_own_reversals(commands: Commands) -> None:
    commands.ok("over-issuance", "mark", "1", "1t", *CASE, *VERRA)
    said = commands.refused("reversal", "cover", "1", "--lot", "1:1t", *VERRA)
    assert "is an over-issuance, and the buffer covers reversals only" in said
    commands.ok(
        *("project", "register", "2000", "--name", "Kaffa", "--country", "ET", "--site", "KAFFA"),
        *("--type", "AFOLU", "--crediting-start", "2018-01-01", *VERRA),
    )
    said = commands.refused("reversal", "report", "VCS:2000", "1t", "--lost", "1:1t", *CASE, *VERRA)
    assert "Batch 1 is not project 2's" in said


def test_evidence_is_a_file_or_its_hash(commands: Commands, tmp_path: Path) -> None:
    report = tmp_path / "loss.pdf"
    report.write_bytes(b"loss")
    said = commands.refused(*LOSE, "1t", "--case", "x", *VERRA, code=2)
    assert "--evidence FILE" in said
    done = commands.json(*LOSE, "1t", "--case", "x", "--evidence", str(report), *VERRA)
    assert commands.json("shortfall", "show", "1")["evidence"] == done["evidence"]
