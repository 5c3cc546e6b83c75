"""A buyer's commands, against a real node: labels and policies decide what is shown and what is retired."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import ADDRESSES, PASSPHRASE, Commands, up_to_accepted, with_keys

from onetonne.chain import LocalChain

FROM = ("--from", "proponent")
SOURCE = ("--source", "https://example.org/decision", "--from", "council")
CASE = ("--case", "2026/17", "--from", "authority")
HASH = "0x" + "0e" * 32


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("buying")


def mint(commands: Commands, year: int, first: int, last: int) -> None:
    """A batch of VM0007, which withholds no buffer."""
    count = len(commands.json("verify", "list")) + 1
    commands.ok(
        *("verify", "propose", "--project", "1", "--methodology", "VCS:VM0007:1.0", "--verified", "100t"),
        *("--period", f"{year}-01-01..{year}-12-31", "--evidence-hash", HASH, "--from", "aenor"),
    )
    commands.ok("verify", "accept", str(count), "--from", "verra")
    serial = f"19386-{first}-{last}-VCS-VCU-1507-VER-ET-14-1340-0101{year}-3112{year}-1"
    commands.ok(
        *("mint", "--serial", serial, "--verification", str(count), "--to", "proponent"),
        *("--record", "R", "--from", "verra"),
    )


@pytest.fixture(scope="module")
def told(home: Path) -> Iterator[Commands]:
    """Three batches of the proponent: 361.25 t of 2020 with CCP; 100 t of 2022 and 60 t of 2018 without.

    All have CCER, under a condition; nobody has CORSIA-1, which CORSIA's first phase demands.
    """
    local = LocalChain(home)
    local.up()
    commands = with_keys(home, local)
    up_to_accepted(commands)
    commands.mint()
    commands.ok("methodology", "register", "VM0007", "1.0", "--from", "verra")
    mint(commands, 2022, 1, 100)
    mint(commands, 2018, 201, 260)
    both = ("--tick", "programme", "--tick", "methodology")
    commands.ok("framework", "admit", "CCP", "--body", "council", *both, "--from", "council")
    for label in ("CCER", "CORSIA-1"):
        commands.ok(
            "framework", "admit", label, "--body", "council", "--tick", "programme", "--from", "council"
        )
    commands.ok("label", "approve", "CCP", "--programme", "VCS", *SOURCE)
    commands.ok("label", "approve", "CCP", "--methodology", "VCS:VM0048:1.0", *SOURCE)
    commands.ok("label", "approve", "CCER", "--programme", "VCS", "--condition", "report yearly", *SOURCE)
    commands.ok("label", "demand", "corsia-1", "CORSIA-1", "--from", "council")
    local.advance(1)  # what was approved counts from the next second on
    yield commands
    local.down()


@pytest.fixture
def commands(told: Commands, home: Path) -> Iterator[Commands]:
    """The chain is taken back after each test."""
    local = LocalChain(home)
    before = local.snapshot()
    yield told
    local.revert(before)


@pytest.fixture
def nothing_sent(told: Commands, home: Path) -> Iterator[Commands]:
    """Nothing that the test does may be on chain, or in the home."""
    chain = LocalChain(home).connect()
    before, files = chain.head(), set((home / "details").glob("*"))
    yield told
    assert chain.head() == before
    assert set((home / "details").glob("*")) == files


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text('labels = ["CCP"]\n')
    return path


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [one["batch"] if "batch" in one else one["id"] for one in found]


def test_labels_stand_with_every_batch(commands: Commands) -> None:
    listed = commands.json("batch", "list")
    assert [[one["label"] for one in batch["labels"]] for batch in listed] == [
        ["CCP", "CCER"],
        ["CCER"],
        ["CCER"],
    ]
    assert listed[0]["labels"][1] == {"label": "CCER", "conditional": True}
    for line in (("batch", "list"), ("batch", "show", "1"), ("holdings", "proponent")):
        assert "CCP, CCER (conditional)" in commands.ok(*line)
    assert "Labels          CCER (conditional)" in commands.ok("batch", "show", "2")


@pytest.mark.parametrize("line", [("batch", "list"), ("holdings", "proponent")])
def test_lists_show_what_a_policy_admits_and_why_the_rest_falls_out(
    commands: Commands, policy: Path, line: tuple[str, ...]
) -> None:
    for asked in (("--policy", str(policy)), ("--require", "ccp")):
        assert ids(commands.json(*line, *asked)) == [1]
        said = commands.ok(*line, *asked)
        assert "Falls out: 2 batches, has no label CCP." in said
        everything = commands.json(*line, *asked, "--all")
        assert [one["admitted"] for one in everything] == [True, False, False]
        assert everything[1]["reasons"] == ["has no label CCP"]
        assert "has no label CCP" in commands.ok(*line, *asked, "--all")
    assert "admitted" not in commands.json(*line)[0]


def test_holdings_add_up_what_is_admitted(commands: Commands, policy: Path) -> None:
    assert "In all 361.25 t." in commands.ok("holdings", "proponent", "--policy", str(policy))
    assert "In all 521.25 t." in commands.ok("holdings", "proponent")


def test_what_stands_against_a_batch_is_seen_everywhere(commands: Commands) -> None:
    commands.ok(
        "over-issuance", "mark", "1", "12.5t", "--evidence-hash", HASH, "--case", "A", "--from", "verra"
    )
    commands.ok("freeze", "batch", "1", "--reason", "inquiry", *CASE)
    commands.ok("freeze", "project", "1", "--reason", "inquiry", *CASE)
    commands.ok("freeze", "programme", "VCS", "--reason", "inquiry", *CASE)
    commands.ok("freeze", "account", "proponent", "--reason", "inquiry", *CASE)
    against = "12.5 t over-issued; frozen: batch, project, programme"
    assert against in commands.ok("batch", "list")
    assert f"{against}, account" in commands.ok("holdings", "proponent")
    shown = commands.ok("batch", "show", "1")
    assert "12.5 t over-issued" in shown
    assert "batch, project, programme" in shown
    found = commands.json("batch", "show", "1")
    assert (found["over_issued_kilograms"], found["frozen_by"]) == (12_500, ["batch", "project", "programme"])
    assert commands.json("holdings", "proponent")[1]["frozen_by"] == ["project", "programme", "account"]


def test_policy_leaves_out_what_is_frozen_or_over_issued(
    commands: Commands, policy: Path, tmp_path: Path
) -> None:
    commands.ok(
        "over-issuance", "mark", "1", "12.5t", "--evidence-hash", HASH, "--case", "A", "--from", "verra"
    )
    asked = ("batch", "list", "--policy", str(policy))
    assert commands.json(*asked) == []
    assert "12.5 t of it are marked as over-issued" in commands.ok(*asked)
    policy.write_text('labels = ["CCP"]\nexclude_over_issued = false\n')
    assert ids(commands.json(*asked)) == [1]
    assert ids(commands.json("batch", "list", "--require", "CCP")) == [1]
    commands.ok("freeze", "account", "proponent", "--reason", "inquiry", *CASE)
    said = commands.ok("holdings", "proponent", "--policy", str(policy))
    assert "Falls out: 3 batches, frozen: account." in said


def test_oldest_vintages_are_retired_first_in_one_transaction(commands: Commands) -> None:
    done = commands.json("retire", "--quantity", "430t", *FROM)
    assert [(one["batch"], one["kilograms"]) for one in done["retirements"]] == [
        (3, 60_000),
        (1, 361_250),
        (2, 8_750),
    ]
    assert isinstance(done["transaction"], str)
    assert commands.json("certificate", "show", "2")["claim"] == [1, 2, 3]


def test_plan_is_shown_and_retired_with_yes(commands: Commands, policy: Path) -> None:
    said = commands.ok("retire", "--policy", str(policy), "--quantity", "1.5t", "--yes", *FROM)
    assert "To be retired" in said
    (row,) = [line for line in said.splitlines() if "1,500" in line]
    assert [cell.strip() for cell in row.strip("│ ").split("│")] == [
        *("1", "VCS", "1340", "2020", "CCP, CCER (conditional)", "1,500")
    ]
    assert "Certificate 1: 1.5 t of batch 1" in said


def test_dry_run_shows_the_plan_and_sends_nothing(nothing_sent: Commands, policy: Path) -> None:
    line = ("retire", "--policy", str(policy), "--quantity", "10t", "--reason", "x", *FROM, "--dry-run")
    said = nothing_sent.ok(*line)
    assert "To be retired" in said
    assert "nothing was sent" in said
    assert nothing_sent.json(*line)["transaction"] is None


def test_without_a_terminal_nothing_is_retired_unasked(nothing_sent: Commands) -> None:
    result = nothing_sent.run("retire", "--quantity", "10t", "--reason", "x", *FROM)
    assert result.exit_code == 1
    assert result.stderr == (
        "Error: A retirement can't be taken back, and there is no terminal to ask in: "
        "add --yes, or --dry-run to send nothing.\n"
    )
    assert "To be retired" in result.stdout


def ask(home: Path, answer: str) -> tuple[int, str]:
    """The command in a terminal, answered: exit code, and stderr."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "ONETONNE_HOME": str(home), "ONETONNE_PASSPHRASE": PASSPHRASE}
    line = [sys.executable, "-m", "onetonne", "retire", "--quantity", "10t", *FROM]
    os.write(ours, answer.encode())
    try:
        done = subprocess.run(
            line, stdin=theirs, capture_output=True, text=True, env=environment, check=False
        )
    finally:
        os.close(ours)
        os.close(theirs)
    return done.returncode, done.stderr


def test_plan_that_is_not_confirmed_is_not_retired(nothing_sent: Commands, home: Path) -> None:
    code, said = ask(home, "n\n")
    assert code == 1
    assert "Retire 10 t for good?" in said
    assert "Error: Nothing was retired: the plan was not confirmed.\n" in said


def test_plan_that_is_confirmed_is_retired(commands: Commands, home: Path) -> None:
    code, said = ask(home, "y\n")
    assert (code, "Error" in said) == (0, False)
    assert commands.json("batch", "show", "3")["retired_kilograms"] == 10_000


def test_too_little_is_said_with_what_is_lacking(nothing_sent: Commands, policy: Path) -> None:
    said = nothing_sent.refused("retire", "--policy", str(policy), "--quantity", "400t", *FROM, "--yes")
    assert said == (
        f"Error: Account {ADDRESSES['proponent']} (proponent) holds 361.25 t that fit, and 400 t are wanted: "
        "38.75 t are lacking; buy more, ask for less, or see why the rest falls out: "
        "batch 3 (60 t): has no label CCP; batch 2 (100 t): has no label CCP.\n"
    )
    nobody = nothing_sent.refused("retire", "--quantity", "1t", "--from", "mallory", "--yes")
    assert "holds 0 kg that fit, and 1 t are wanted: 1 t are lacking; buy more, or ask for less." in nobody


@pytest.mark.parametrize("scope", [("batch", "3"), ("project", "VCS:1340"), ("account", "proponent")])
def test_what_is_frozen_is_not_picked(commands: Commands, scope: tuple[str, str]) -> None:
    commands.ok("freeze", *scope, "--reason", "inquiry", *CASE)
    line = ("retire", "--quantity", "10t", *FROM, "--dry-run")
    if scope[0] == "batch":
        assert [one["batch"] for one in commands.json(*line)["retirements"]] == [1]
    else:
        assert f"batch 3 (60 t): frozen: {scope[0]}" in commands.refused(*line, "--json")


def test_frozen_amounts_are_not_picked(commands: Commands) -> None:
    commands.ok("freeze", "amount", "proponent", "3", "50t", "--from", "authority")
    done = commands.json("retire", "--quantity", "12t", *FROM)
    assert [(one["batch"], one["kilograms"]) for one in done["retirements"]] == [(3, 10_000), (1, 2_000)]
    assert "batch 3 (50 t): frozen for this account" in commands.refused(
        "retire", "--quantity", "900t", *FROM, "--json"
    )


def test_named_batches_are_checked_before_anything_is_sent(nothing_sent: Commands, policy: Path) -> None:
    for asked in (("--require", "CCP"), ("--policy", str(policy))):
        said = nothing_sent.refused("retire", "2", "10t", "--reason", "x", *asked, *FROM)
        assert said == (
            "Error: Batch 2 is not what you ask for (has no label CCP): name another one, or ask for less.\n"
        )
    lots = ("--lot", "1:1t", "--lot", "3:1t")
    assert "Batch 3 is not" in nothing_sent.refused("retire", *lots, "--require", "CCP", *FROM)
    assert "There is no batch 9" in nothing_sent.refused("retire", "9", "1t", "--require", "CCP", *FROM)


def test_named_batch_that_fits_is_retired(commands: Commands, policy: Path) -> None:
    line = ("retire", "1", "10t", "--require", "CCP", "--policy", str(policy), *FROM)
    assert "Certificate 1: 10 t of batch 1" in commands.ok(*line)


def test_label_that_is_none_is_refused(nothing_sent: Commands, tmp_path: Path) -> None:
    for line in (("batch", "list"), ("holdings",), ("retire", "1", "1t", *FROM)):
        said = nothing_sent.refused(*line, "--require", "CPP")
        assert said == "Error: There is no label 'CPP' on this chain; see `onetonne label list`.\n"
    assert "Code 'C P' holds ' '" in nothing_sent.refused("batch", "list", "--require", "C P")
    missing = nothing_sent.refused("batch", "list", "--policy", str(tmp_path / "none.toml"))
    assert "none.toml: it can't be read (No such file or directory)." in missing


def test_batches_or_a_quantity_and_not_both(nothing_sent: Commands) -> None:
    assert "either batches or --quantity" in nothing_sent.refused(
        "retire", "1", "1t", "--quantity", "1t", *FROM, code=2
    )
    assert "has no unit" in nothing_sent.refused("retire", "--quantity", "250", *FROM)


def test_purpose_demands_its_label_of_what_is_picked(nothing_sent: Commands) -> None:
    line = ("retire", "--quantity", "10t", "--purpose", "corsia-1", *FROM, "--yes")
    said = nothing_sent.refused(*line)
    assert "batch 1 (361.25 t): has no label CORSIA-1, which the purpose demands" in said


def test_corsia_takes_only_what_host_countries_authorise(commands: Commands, home: Path) -> None:
    commands.ok("label", "approve", "CORSIA-1", "--programme", "VCS", *SOURCE)
    line = ("retire", "--purpose", "corsia-1", *FROM, "--yes", "--quantity")
    said = commands.refused(*line, "500t")
    assert "batch 2 (100 t): its host country has not authorised this use" in said
    commands.ok("host", "set", "ET", "--authority", "airline", "--from", "council")
    commands.ok(
        *("article6", "authorise", "VCS:1340", "2022", "--use", "imp", "--cap", "30t"),
        *("--letter-hash", HASH, "--source", "https://example.org", "--from", "airline"),
    )
    said = commands.refused(*line, "500t")
    assert "holds 451.25 t that fit" in said
    assert "batch 2 (70 t): what its host country authorised is used up" in said
    LocalChain(home).advance(1)  # an authorisation counts from the second after its block
    operator = ("--aeroplane-operator", "Aero SA")
    done = commands.json(*line, "451.25t", *operator)
    assert [one["batch"] for one in done["retirements"]] == [3, 1, 2]
    details = json.loads(Path(done["details_file"]).read_text())
    assert details["aeroplane_operator"] == "Aero SA"
    assert "Aero SA" in commands.ok("certificate", "show", "1")


def test_portfolio_tells_shares(commands: Commands) -> None:
    found = commands.json("portfolio", "--account", "proponent")
    assert found["kilograms"] == 521_250
    shares = {one["name"]: (one["kilograms"], one["percent"]) for one in found["labels"]}
    assert shares == {"CCP": (361_250, 69.3), "CCER": (521_250, 100.0)}
    assert [one["name"] for one in found["vintages"]] == ["2018", "2020", "2022"]
    assert [one["name"] for one in found["methodologies"]] == ["VCS:VM0048:1.0", "VCS:VM0007:1.0"]
    assert [one["name"] for one in found["countries"]] == ["ET"]
    said = commands.ok("portfolio", "--account", "proponent")
    assert "69.3%" in said
    assert "█" in said
    assert "conditional" in said


def test_portfolio_of_retirements_has_the_labels_of_their_day(commands: Commands) -> None:
    commands.ok("retire", "1", "91t", "--beneficiary", "airline", *FROM)
    commands.ok("retire", "2", "9t", "--beneficiary", "airline", *FROM)
    commands.ok("label", "withdraw", "CCP", "--programme", "VCS", *SOURCE)
    commands.ok("retire", "3", "1t", "--beneficiary", "mallory", *FROM)
    found = commands.json("portfolio", "--account", "airline", "--retired")
    assert {one["name"]: one["percent"] for one in found["labels"]} == {"CCP": 91.0, "CCER": 100.0}
    commands.ok("label", "withdraw", "CCER", "--programme", "VCS", *SOURCE)
    assert [one["name"] for one in commands.json("portfolio")["labels"]] == ["none"]
    assert "Nothing" in commands.ok("portfolio", "--account", "council")


def test_certificate_tells_labels_and_what_came_later(commands: Commands, tmp_path: Path) -> None:
    commands.ok("retire", "1", "10t", *FROM)
    file = tmp_path / "certificate.svg"
    commands.ok("certificate", "svg", "1", "--output", str(file))
    mark = ("over-issuance", "mark", "1", "12.5t", "--evidence-hash", HASH, "--case", "A", "--from", "verra")
    commands.ok(*mark)
    commands.ok("freeze", "account", "proponent", "--reason", "inquiry", *CASE)
    commands.ok("label", "withdraw", "CCP", "--programme", "VCS", *SOURCE)
    shown = commands.ok("certificate", "show", "1")
    assert "CCP, CCER (conditional)" in shown
    assert "12.5 t of the batch were over-issued" in shown
    assert "Frozen now      account" in shown
    found = commands.json("certificate", "show", "1")
    assert found["labels"] == [
        {"label": "CCP", "conditional": False},
        {"label": "CCER", "conditional": True},
    ]
    assert (found["over_issued_kilograms"], found["frozen_by"]) == (12_500, ["account"])
    said = commands.ok("certificate", "verify", str(file))
    assert "unaltered" in said
    assert "Of batch 1, 12.5 t are marked as over-issued; the certificate stays." in said
    assert "Now frozen by the regulator: account; the retirement stays." in said
    assert len(commands.json("certificate", "verify", str(file))["remarks"]) == 2
    file.write_text(file.read_text().replace("CCP, CCER (conditional)", "CCP, CORSIA-1"))
    altered = commands.run("certificate", "verify", str(file))
    assert altered.exit_code == 1
    assert (
        "labels: the file prints 'CCP, CORSIA-1', the chain says 'CCP, CCER (conditional)'" in altered.stdout
    )


def test_evidence_is_proven_against_a_verification(commands: Commands, tmp_path: Path) -> None:
    rows, tree, proof = (tmp_path / name for name in ("ndvi.csv", "tree.json", "proof.json"))
    rows.write_text("day,ndvi\n2024-06-01,0.71\n2024-07-01,0.69\n")
    made = commands.json("evidence", "hash", "--rows", str(rows), "--tree", str(tree))
    assert made["years"] == [2024]
    commands.ok("evidence", "prove", "3", "--tree", str(tree), "--output", str(proof))
    check = ("evidence", "check", str(proof), "--verification")
    assert "Verification 1 names no root of monitoring data on chain." in commands.refused(*check, "1")
    commands.ok(
        *("verify", "propose", "--project", "1", "--methodology", "VCS:VM0007:1.0", "--verified", "1t"),
        *("--period", "2024-01-01..2024-12-31", "--evidence-hash", HASH, "--data-root", made["root"]),
        *("--from", "aenor"),
    )
    assert "Row 3 is in the data that verification 4 names." in commands.ok(*check, "4")
    proof.write_text(proof.read_text().replace("0.69", "0.70"))
    result = commands.run(*check, "4")
    assert (result.exit_code, "Row 3 is not proven" in result.stdout) == (1, True)
    assert "There is no verification 9" in commands.refused(*check, "9")
