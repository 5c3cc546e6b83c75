"""Each bad input at the command line, against a real node: one sentence on stderr, and nothing sent."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import ADDRESSES, MINT, PASSPHRASE, Commands, up_to_accepted, with_keys

from onetonne.chain import LocalChain
from onetonne.home import manifest_path

KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
FROM = ("--from", "proponent")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("refusals")


@pytest.fixture(scope="module")
def told(home: Path) -> Iterator[Commands]:
    """One batch of 425 t, of which the proponent holds what the buffer does not, and the airline 1 t."""
    local = LocalChain(home)
    local.up()
    commands = with_keys(home, local)
    up_to_accepted(commands)
    commands.mint()
    commands.ok("transfer", "1", "1t", "--to", "airline", *FROM)
    yield commands
    local.down()


def _documents(home: Path) -> set[Path]:
    """All but the state that the node writes down by itself, every few seconds."""
    return set(home.rglob("*.json")) - {home / "chain" / "state.json"}


@pytest.fixture
def commands(told: Commands, home: Path) -> Iterator[Commands]:
    """Nothing that a refused command does may be on chain, or in the home."""
    chain = LocalChain(home).connect()
    before, files = chain.head(), _documents(home)
    yield told
    assert chain.head() == before
    assert _documents(home) == files


def test_no_node_answers(commands: Commands) -> None:
    said = commands.refused("batch", "list", "--rpc", "http://127.0.0.1:9")
    assert "No node answers at http://127.0.0.1:9 (connection refused)" in said


def test_no_chain_is_named_and_none_is_up(tmp_path: Path) -> None:
    said = Commands(tmp_path).refused("batch", "list")
    assert "onetonne chain up" in said
    assert "--rpc" in said


def test_the_node_serves_another_chain(commands: Commands) -> None:
    said = commands.refused("transfer", "1", "1t", "--to", "airline", *FROM, "--chain-id", "1")
    assert "serves chain 31337" in said
    assert "chain 1 " in said


def test_there_is_no_deployment(commands: Commands, tmp_path: Path) -> None:
    url = commands.json("chain", "status")["used"]["url"]
    assert "no deployment on chain 31337" in Commands(tmp_path).refused("batch", "list", "--rpc", url)


def test_credits_names_no_contract(commands: Commands) -> None:
    assert "has no contract at" in commands.refused("audit", "--credits", ADDRESSES["airline"])


def test_the_manifest_is_damaged(commands: Commands, home: Path) -> None:
    path = manifest_path(home, 31337)
    content = path.read_text()
    path.write_text(content[:-40])
    try:
        assert "can't be read" in commands.refused("batch", "list")
    finally:
        path.write_text(content)


def test_nobody_is_named_to_sign(commands: Commands) -> None:
    assert "--from NAME" in commands.refused("transfer", "1", "1t", "--to", "airline")


def test_there_is_no_such_key(commands: Commands) -> None:
    said = commands.refused("transfer", "1", "1t", "--to", "airline", "--from", "nobody")
    assert "There is no key 'nobody'" in said


def test_the_passphrase_is_wrong(commands: Commands) -> None:
    said = commands.refused("transfer", "1", "1t", "--to", "airline", *FROM, ONETONNE_PASSPHRASE="wrong")
    assert "Key proponent can't be opened: the passphrase is wrong" in said
    assert "wrong horse" not in said


def test_there_is_no_passphrase_and_no_terminal(commands: Commands) -> None:
    said = commands.refused("transfer", "1", "1t", "--to", "airline", *FROM, ONETONNE_PASSPHRASE=None)
    assert "ONETONNE_PASSPHRASE_FILE" in said


def test_the_passphrase_file_is_read(commands: Commands, tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\n")
    line = ("transfer", "1", "1t", "--to", "airline", *FROM, "--dry-run")
    result = commands.run(*line, ONETONNE_PASSPHRASE=None, ONETONNE_PASSPHRASE_FILE=str(path))
    assert result.exit_code == 0


def test_the_passphrase_file_is_missing(commands: Commands, tmp_path: Path) -> None:
    line = ("transfer", "1", "1t", "--to", "airline", *FROM)
    assert "can't be read" in commands.refused(*line, ONETONNE_PASSPHRASE_FILE=str(tmp_path / "none"))


def test_the_key_in_the_environment_is_none(commands: Commands) -> None:
    said = commands.refused("transfer", "1", "1t", "--to", "airline", ONETONNE_KEY="0x1234")
    assert "can't be used" in said
    assert "0x1234" not in said


@pytest.mark.parametrize("option", ["--to", "--from", "--holder", "--rpc"])
def test_a_key_as_argument_is_refused(commands: Commands, option: str) -> None:
    said = commands.refused("transfer", "1", "1t", "--to", "airline", option, KEY, code=2)
    assert "looks like a private key" in said
    assert KEY not in said


def test_an_address_has_a_wrong_checksum(commands: Commands) -> None:
    address = ADDRESSES["airline"]
    at = next(place for place, letter in enumerate(address) if place > 1 and letter.isalpha())
    wrong = address[:at] + address[at].swapcase() + address[at + 1 :]
    said = commands.refused("transfer", "1", "1t", "--to", wrong, *FROM)
    assert "wrong checksum" in said


def test_an_address_is_cut_short(commands: Commands) -> None:
    said = commands.refused("holdings", ADDRESSES["airline"][:-1])
    assert "40 hexadecimal digits" in said


@pytest.mark.parametrize(
    ("quantity", "problem"),
    [
        ("1.5", "has no unit"),
        ("1.5lb", "unknown unit"),
        ("much", "can't be read"),
        ("0t", "not more than zero"),
        ("1.0005t", "fraction of a kilogram"),
        ("999999999999t", "above"),
    ],
)
def test_a_quantity_is_none(commands: Commands, quantity: str, problem: str) -> None:
    for verb in (("transfer", "1", quantity, "--to", "airline"), ("retire", "1", quantity)):
        assert problem in commands.refused(*verb, *FROM)
    assert problem in commands.refused("retire", "--lot", f"1:{quantity}", *FROM)


def test_a_lot_can_not_be_read(commands: Commands) -> None:
    assert '"3:1.5t"' in commands.refused("retire", "--lot", "1.5t", *FROM)


@pytest.mark.parametrize("line", [("retire",), ("retire", "1"), ("retire", "1", "1t", "--lot", "1:1t")])
def test_lots_are_missing_or_given_twice(commands: Commands, line: tuple[str, ...]) -> None:
    commands.refused(*line, *FROM, code=2)


@pytest.mark.parametrize("verb", ["transfer", "retire", "cancel"])
def test_more_is_asked_for_than_the_account_holds(commands: Commands, verb: str) -> None:
    more = {"transfer": ("--to", "verra"), "cancel": ("--kind", "voluntary", "--reason", "x")}.get(verb, ())
    said = commands.refused(verb, "1", "1.001t", *more, "--from", "airline")
    assert "holds 1 t of batch 1" in said
    assert "1.001 t" in said


def test_a_refused_retirement_keeps_no_details(commands: Commands, home: Path) -> None:
    commands.refused("retire", "1", "9t", "--reason", "Flights", "--from", "airline")
    assert not list(home.glob("details/*"))


def test_details_are_published_that_there_are_not(commands: Commands) -> None:
    assert "--beneficiary-name" in commands.refused("retire", "1", "1t", "--publish-details", *FROM, code=2)


def test_a_batch_is_unknown(commands: Commands) -> None:
    assert "There is no batch 99" in commands.refused("batch", "show", "99")
    commands.refused("retire", "99", "1t", *FROM)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (("certificate", "show", "99"), "no retirement 99"),
        (("verify", "show", "99"), "no verification 99"),
        (("project", "show", "VCS:99"), "no project 'VCS:99'"),
        (("project", "show", "1340"), "no project 1340"),
        (("programme", "show", "GS"), "onetonne programme list"),
        (("verify", "accept", "99", "--from", "verra"), "no verification 99"),
        (("redeem", "refuse", "99", "--reason", "x", "--from", "verra"), "no redemption 99"),
        (("methodology", "suspend", "VCS:VM0048", "--reason", "x", "--from", "verra"), "VCS:VM0048:1.0"),
    ],
)
def test_something_is_unknown(commands: Commands, line: tuple[str, ...], problem: str) -> None:
    assert problem in commands.refused(*line)


def test_the_same_block_is_minted_twice(commands: Commands) -> None:
    said = commands.refused("mint", *MINT, "--from", "verra", code=7)
    assert "The same was sent at" in said
    said = commands.refused("mint", *MINT, "--from", "verra", "--again")
    assert "941467007 to 941467431 overlap batch 1" in said


def test_the_same_statement_is_proposed_twice(commands: Commands) -> None:
    line = ("verify", "propose", "--project", "1", "--methodology", "1", "--period", "2020-01-01..2020-12-31")
    more = ("--verified", "425t", "--evidence-hash", "0x" + "01" * 32, "--from", "aenor")
    assert "has made this very statement before, as verification 1" in commands.refused(
        *line, *more, "--again"
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (("programme", "admit", "VCS", "--operator", "mallory", "--from", "council"), "admitted already"),
        (("programme", "admit", "GS", "--operator", "verra", "--from", "council"), "key"),
        (("verifier", "admit", "TUV", "--account", "verra", "--from", "council"), "key"),
        (("methodology", "register", "VM0048", "1.0", "--from", "verra"), "VM0048 is in use"),
        (("programme", "reinstate", "VCS", "--reason", "x", "--from", "council"), "already"),
        (("freeze", "lift", "batch", "1", "--case", "x", "--from", "authority"), "nothing to change"),
        (("deploy", "--from", "council"), "already"),
        (("account", "new", "airline"), "already"),
    ],
)
def test_the_same_thing_is_done_twice(commands: Commands, line: tuple[str, ...], problem: str) -> None:
    assert problem in commands.refused(*line)


@pytest.mark.parametrize(
    "line",
    [
        ("programme", "admit", "GS", "--operator", "verra"),
        ("verifier", "suspend", "AENOR", "--reason", "x"),
        ("freeze", "batch", "1", "--case", "x", "--reason", "y"),
        ("methodology", "register", "VM1", "1.0"),
        ("verify", "withdraw", "1", "--reason", "x"),
        ("mint", "--serial", "19386-1-10-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1", *MINT[2:]),
        ("force-transfer", "1", "1t", "--holder", "proponent", "--to", "mallory"),
    ],
)
def test_somebody_else_signs(commands: Commands, line: tuple[str, ...]) -> None:
    assert ADDRESSES["mallory"] in commands.refused(*line, "--from", "mallory")


def test_a_serial_number_can_not_be_read(commands: Commands) -> None:
    said = commands.refused("mint", "--serial", "19385-9414x", *MINT[2:], "--from", "verra")
    assert "can't be read" in said


def test_a_serial_number_does_not_say_its_vintage(commands: Commands) -> None:
    said = commands.refused(
        "mint", "--serial", "ACR-US-499-2022-2006-28173 to 28213", *MINT[2:], "--from", "verra"
    )
    assert "vintage 2022" in said
    assert "lies outside verification 1" in said


@pytest.mark.parametrize("period", ["2026", "2026-01-01", "2026-02-01..2026-01-01", "2026-13-01..2026-13-31"])
def test_a_period_is_none(commands: Commands, period: str) -> None:
    assert period[:7] in commands.refused("retire", "1", "1t", "--period", period, *FROM)


def test_a_monitoring_period_ends_before_it_starts(commands: Commands) -> None:
    line = ("verify", "propose", "--project", "1", "--methodology", "1", "--verified", "1t")
    more = ("--period", "2021-12-31..2021-01-01", "--evidence-hash", "0x" + "01" * 32, "--from", "aenor")
    assert "exchange the days" in commands.refused(*line, *more)


@pytest.mark.parametrize("line", [(), ("--evidence-hash", "0x12"), ("--evidence", "nowhere.pdf")])
def test_evidence_is_missing(commands: Commands, line: tuple[str, ...]) -> None:
    given = ("--project", "1", "--methodology", "1", "--period", "2021-01-01..2021-12-31", "--verified", "1t")
    result = commands.run("verify", "propose", *given, *line, "--from", "aenor")
    assert result.exit_code in (1, 2)
    assert "vidence" in result.stderr or "nowhere.pdf" in result.stderr


def test_a_certificate_is_none(commands: Commands, tmp_path: Path) -> None:
    file = tmp_path / "c.svg"
    assert str(file) in commands.refused("certificate", "verify", str(file))
    file.write_text("<svg/>")
    assert str(file) in commands.refused("certificate", "verify", str(file))


def test_a_sender_without_gas_money(commands: Commands, home: Path, told: Commands) -> None:
    url = told.json("chain", "status")["used"]["url"]
    node = LocalChain(home).connect().node
    balance = node.request("eth_getBalance", ADDRESSES["airline"], "latest")
    node.request("anvil_setBalance", ADDRESSES["airline"], "0x0")
    try:
        line = ("transfer", "1", "1t", "--to", "verra", "--from", "airline", "--rpc", url)
        said = commands.refused(*line)
    finally:
        node.request("anvil_setBalance", ADDRESSES["airline"], balance)
    assert "may need" in said
    assert "for gas" in said


def test_funding_is_for_the_local_chain(commands: Commands, tmp_path: Path) -> None:
    other = LocalChain(tmp_path)
    url = other.up().url
    try:
        said = commands.refused("account", "fund", "airline", "--rpc", url)
        assert other.connect().balance(ADDRESSES["airline"]) == 0
    finally:
        other.down()
    assert "another one is in use" in said


def test_a_frozen_account(told: Commands) -> None:
    case = ("--case", "1", "--from", "authority")
    told.ok("freeze", "account", "airline", "--reason", "x", *case)
    for line in (("transfer", "1", "1kg", "--to", "verra"), ("retire", "1", "1kg")):
        assert "frozen by the regulator" in told.refused(*line, "--from", "airline")
    assert "frozen by the regulator" in told.refused("transfer", "1", "1kg", "--to", "airline", *FROM)
    told.ok("freeze", "lift", "account", "airline", *case)


def test_an_index_that_is_none(commands: Commands, tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    path.write_text("this is no database, it is a sentence that is long enough to be taken for one")
    assert "not a database" in commands.refused("batch", "list", ONETONNE_INDEX=str(path))


def test_a_public_chain_makes_governance_wait(tmp_path: Path) -> None:
    local = LocalChain(tmp_path, chain_id=11155111)
    url = local.up().url
    try:
        commands = with_keys(tmp_path, local)
        commands.environment["ONETONNE_RPC"] = url
        assert "too short" in commands.refused("deploy", "--from", "council", "--delay", "60")
        commands.ok("deploy", "--from", "council", "--chain-id", "11155111")
        admit = ("programme", "admit", "VCS", "--operator", "verra", "--from", "council")
        first = commands.run(*admit)
        assert (first.exit_code, first.stderr) == (3, "")
        assert "scheduled, not done yet" in first.stdout
        assert json.loads(commands.run(*admit, "--json").stdout)["scheduled"] is True
        local.advance(86_401)
        assert len(commands.json("roles")["pending"]) == 3  # the admission and two roots, each once
        assert "VCS-VCU, VCU" in commands.ok(*admit)
        assert commands.json("programme", "show", "VCS")["roots"] == ["VCS-VCU", "VCU"]
        assert commands.json("roles")["pending"] == []
        assert "admitted already, operated by 0x" in commands.refused(*admit)
        assert commands.json("roles")["pending"] == []
    finally:
        local.down()


_HANGS = """
import os, signal, sys, time
from onetonne.cli import main
from onetonne.cli.session import Session

def hang(*_):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(30)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job's children ignore it
Session.account = hang
sys.argv = ["onetonne", "holdings", "airline"]
main()
"""


def test_ctrl_c_is_one_sentence(home: Path) -> None:
    environment = {**os.environ, "ONETONNE_HOME": str(home)}
    command = [sys.executable, "-c", _HANGS]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 130, done.stderr
    assert done.stderr.startswith("Error: Interrupted")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_has_gone_is_no_failure_to_tell_of(told: Commands) -> None:
    """As with `onetonne ... | head -1`."""
    environment = {**os.environ, "ONETONNE_HOME": str(told.home)}
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "onetonne", "batch", "list"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, env=environment, check=False)
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr == b""
