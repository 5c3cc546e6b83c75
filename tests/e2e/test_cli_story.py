"""The whole way of a tonne by commands alone, each of which a person could type."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import ADDRESSES, PASSPHRASE, Commands, up_to_accepted, with_keys

from onetonne.chain import LocalChain, keystores
from onetonne.terms import RetirementDetails


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("story")


@pytest.fixture(scope="module")
def told(home: Path) -> Iterator[Commands]:
    """The story up to an issued batch, once; its chain stays up."""
    local = LocalChain(home)
    commands = Commands(home)
    assert "runs at http://127.0.0.1:" in commands.ok("chain", "up")
    with_keys(home, local)
    up_to_accepted(commands)
    commands.mint()
    yield commands
    assert "is down" in commands.ok("chain", "down")


@pytest.fixture
def commands(told: Commands, home: Path) -> Iterator[Commands]:
    """The story; the chain is taken back after each test."""
    local = LocalChain(home)
    before = local.snapshot()
    yield told
    local.revert(before)


def test_minting_takes_the_quantity_from_the_block(commands: Commands) -> None:
    (batch,) = commands.json("batch", "list")
    assert (batch["first"], batch["last"], batch["issued_kilograms"]) == (941467007, 941467431, 425_000)


def test_mint_prints_quantity_serials_and_buffer(commands: Commands) -> None:
    commands.ok(
        *("verify", "propose", "--project", "1", "--methodology", "1", "--verified", "10t"),
        *("--period", "2021-01-01..2021-12-31", "--evidence-hash", "0x" + "02" * 32, "--from", "aenor"),
    )
    commands.ok("verify", "accept", "2", "--from", "verra")
    serial = "19386-1-10-VCS-VCU-1507-VER-ET-14-1340-01012021-31122021-1"
    line = (
        "mint",
        "--serial",
        serial,
        "--verification",
        "2",
        "--to",
        "airline",
        "--record",
        "R",
        "--from",
        "verra",
    )
    dry = commands.ok(*line, "--dry-run")
    assert "nothing was sent" in dry
    assert len(commands.json("batch", "list")) == 1
    done = commands.ok(*line)
    for text in (dry, done):
        assert "10 t, the serial numbers 1 to 10 of VCS-VCU" in text
        assert f"For {ADDRESSES['airline']} (airline): 8.5 t; withheld in the buffer: 1.5 t." in text


def test_transfer_and_holdings(commands: Commands) -> None:
    said = commands.ok("transfer", "1", "100.5t", "--to", "airline", "--from", "proponent")
    assert f"100.5 t of batch 1 to {ADDRESSES['airline']} (airline)." in said
    commands.ok("transfer", "--lot", "1:1t", "--lot", "1:500kg", "--to", "airline", "--from", "proponent")
    (held,) = commands.json("holdings", "airline")
    expected = {
        "account": ADDRESSES["airline"],
        "name": "airline",
        "batch": 1,
        "kilograms": 102_000,
        "frozen_kilograms": 0,
    }
    assert expected.items() <= held.items()
    assert "In all 361.25 t." in commands.ok("holdings")


def test_an_approved_account_moves_what_is_not_its_own(commands: Commands) -> None:
    line = ("transfer", "1", "1t", "--to", "mallory", "--holder", "proponent", "--from", "airline")
    assert "must approve it" in commands.refused(*line)
    commands.ok("approve", "airline", "--from", "proponent")
    commands.ok(*line)
    retired = commands.json("retire", "1", "1t", "--holder", "proponent", "--from", "airline")
    assert retired["beneficiary"] == ADDRESSES["airline"]
    commands.ok("approve", "airline", "--revoke", "--from", "proponent")
    assert "must approve it" in commands.refused(*line, "--again")


def test_retire_keeps_the_details_and_hashes_them(commands: Commands, home: Path, tmp_path: Path) -> None:
    line = (
        "retire",
        "1",
        "1.5t",
        "--beneficiary-name",
        "Aero SA",
        "--reason",
        "Flights",
        "--from",
        "proponent",
    )
    done = commands.json(*line, "--period", "2026-01-01..2026-12-31", "--beneficiary", "airline")
    (record,) = done["retirements"]
    assert record["serials"] == "941467007 and 500 kg of 941467008"
    kept = RetirementDetails.from_text(Path(done["details_file"]).read_text().strip())
    assert (kept.beneficiary, kept.reason) == ("Aero SA", "Flights")
    assert kept.salt
    assert Path(done["details_file"]).stat().st_mode & 0o077 == 0
    shown = commands.json("certificate", "show", "1")
    assert shown["details_hash"] == f"0x{kept.hash().hex()}"
    assert shown["details"]["beneficiary"] == "Aero SA"
    assert shown["beneficiary"] == ADDRESSES["airline"]
    elsewhere = Commands(tmp_path, {"ONETONNE_RPC": commands.json("chain", "status")["used"]["url"]})
    (tmp_path / "deployments").mkdir()
    manifest = "deployments/31337.json"
    (tmp_path / manifest).write_text((home / manifest).read_text())
    assert elsewhere.json("certificate", "show", "1")["details"] is None


def test_retire_prints_certificates_and_where_the_details_are(commands: Commands, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    line = ("retire", "--lot", "1:2t", "--lot", "1:300kg", "--reason", "Flights", "--from", "proponent")
    said = commands.ok(*line, "--details-file", str(file))
    assert "Certificate 1: 2 t of batch 1, serial numbers 941467007 to 941467008." in said
    assert "Certificate 2: 300 kg of batch 1, serial numbers 300 kg of 941467009." in said
    assert f"Details kept in {file}" in said
    assert "Flights" in file.read_text()
    assert "is there already" in commands.refused(*line, "--details-file", str(file), "--again")


def test_published_details_are_on_chain_and_in_no_file(commands: Commands, home: Path) -> None:
    line = ("retire", "1", "1t", "--beneficiary-name", "Aero SA", "--publish-details", "--from", "proponent")
    before = set(home.glob("details/*"))
    done = commands.json(*line)
    assert done["details_published"] is True
    assert done["details_file"] is None
    assert set(home.glob("details/*")) == before
    assert commands.json("certificate", "show", "1")["details_published"] is True


def test_a_dry_run_of_a_retirement_changes_and_keeps_nothing(commands: Commands, home: Path) -> None:
    before = set(home.glob("details/*"))
    done = commands.json("retire", "1", "1t", "--reason", "x", "--from", "proponent", "--dry-run")
    assert done["transaction"] is None
    assert done["retirements"] == [{"certificate": 1, "batch": 1, "kilograms": 1000}]
    assert commands.json("batch", "show", "1")["retired_kilograms"] == 0
    assert set(home.glob("details/*")) == before


def test_cancel_is_no_claim(commands: Commands) -> None:
    said = commands.ok("cancel", "1", "1t", "--kind", "voluntary", "--reason", "gift", "--from", "proponent")
    assert "Cancellation 1: 1 t of batch 1." in said
    assert commands.json("batch", "show", "1")["cancelled_kilograms"] == 1000
    corsia = ("--kind", "corsia", "--reason", "flights", "--from", "proponent")
    refused = commands.refused("cancel", "1", "1t", *corsia, code=2)
    assert "use `onetonne retire` with `--purpose corsia-1`" in refused


def test_redeem_there_and_back(commands: Commands, home: Path) -> None:
    for quantity in ("10t", "2t", "1t"):
        commands.ok("redeem", "request", "1", quantity, "--from", "proponent")
    hint = commands.refused("redeem", "confirm", "1", "--from", "verra", code=2)
    assert "--first 941467422 --last 941467431" in hint
    assert "941467422 to 941467431" in commands.ok("redeem", "confirm", "1", "--from", "verra", "--dry-run")
    wrong = ("--first", "941467421", "--last", "941467430")
    assert "941467422 to 941467431" in commands.refused("redeem", "confirm", "1", *wrong, "--from", "verra")
    right = ("--first", "941467422", "--last", "941467431")
    assert "left this chain" in commands.ok("redeem", "confirm", "1", *right, "--from", "verra")
    commands.ok("redeem", "refuse", "2", "--reason", "closed", "--from", "verra")
    assert "can be withdrawn from" in commands.refused("redeem", "withdraw", "3", "--from", "proponent")
    LocalChain(home).advance(60 * 86_400)
    commands.ok("redeem", "withdraw", "3", "--from", "proponent")
    listed = commands.json("redeem", "list")
    assert [one["status"] for one in listed] == ["confirmed", "refused", "withdrawn"]
    assert (listed[0]["first"], listed[0]["last"]) == (941467422, 941467431)


@pytest.mark.parametrize(
    ("scope", "subject"),
    [("batch", "1"), ("project", "VCS:1340"), ("programme", "VCS"), ("account", "proponent")],
)
def test_a_freeze_stops_and_its_lifting_frees(commands: Commands, scope: str, subject: str) -> None:
    case = ("--case", "2026/17", "--from", "authority")
    commands.ok("freeze", scope, subject, "--reason", "inquiry", *case)
    (freeze,) = commands.json("freeze", "list")["freezes"]
    assert (freeze["scope"], freeze["case_reference"]) == (scope, "2026/17")
    said = commands.refused("transfer", "1", "1t", "--to", "airline", "--from", "proponent")
    assert "frozen by the regulator" in said
    commands.ok("freeze", "lift", scope, subject, *case)
    assert commands.json("freeze", "list") == {"freezes": [], "amounts": []}
    commands.ok("transfer", "1", "1t", "--to", "airline", "--from", "proponent")


def test_a_frozen_amount_stays_and_the_rest_moves(commands: Commands) -> None:
    commands.ok("freeze", "amount", "proponent", "1", "361t", "--from", "authority")
    said = commands.refused("transfer", "1", "1t", "--to", "airline", "--from", "proponent")
    assert "250 kg is not frozen" in said
    assert commands.json("freeze", "list")["amounts"][0]["frozen_kilograms"] == 361_000
    commands.ok(
        "force-transfer", "1", "1t", "--holder", "proponent", "--to", "airline", "--from", "authority"
    )
    commands.ok("freeze", "amount", "proponent", "1", "none", "--from", "authority")
    assert commands.json("freeze", "list")["amounts"] == []


def test_certificate_drawn_verified_and_altered(commands: Commands, tmp_path: Path) -> None:
    commands.ok("retire", "1", "1.5t", "--beneficiary-name", "Aero SA", "--from", "proponent")
    svg, pdf = tmp_path / "c.svg", tmp_path / "c.pdf"
    commands.ok("certificate", "svg", "1", "--output", str(svg))
    commands.ok("certificate", "pdf", "1", "--output", str(pdf))
    for file in (svg, pdf):
        assert "unaltered" in commands.ok("certificate", "verify", str(file))
    assert commands.json("certificate", "verify", "1")["passed"] is True
    svg.write_text(svg.read_text().replace("Aero SA", "Evil SA"))
    altered = commands.run("certificate", "verify", str(svg))
    assert altered.exit_code == 1
    assert "is not certificate 1" in altered.stdout


def test_a_verification_signed_here_is_carried_by_another(commands: Commands, tmp_path: Path) -> None:
    report, statement = tmp_path / "report.pdf", tmp_path / "statement.json"
    report.write_bytes(b"evidence")
    given = ("--project", "VCS:1340", "--methodology", "VCS:VM0048:1.0", "--period", "2021-01-01..2021-12-31")
    more = ("--verified", "10t", "--evidence", str(report), "--from", "aenor")
    commands.ok("verify", "sign", "--output", str(statement), *given, *more)
    assert "Verification 2: 10 t" in commands.ok("verify", "submit", str(statement), "--from", "mallory")
    shown = commands.json("verify", "show", "2")
    assert (shown["status"], shown["cap_kilograms"]) == ("proposed", 10_000)
    content = json.loads(statement.read_text())
    content["verification"]["verified_kilograms"] = 11_000
    statement.write_text(json.dumps(content))
    submit = ("verify", "submit", str(statement), "--from", "mallory")
    assert "signature is not" in commands.refused(*submit)
    content["chain_id"] = 1
    statement.write_text(json.dumps(content))
    assert "signed for chain 1" in commands.refused(*submit)
    statement.write_text("{}")
    assert "no signed verification" in commands.refused(
        "verify", "submit", str(statement), "--from", "mallory"
    )


def test_governance_suspends_reinstates_and_rotates(commands: Commands, home: Path) -> None:
    council = ("--from", "council")
    for noun, name in (("programme", "VCS"), ("verifier", "AENOR")):
        commands.ok(noun, "suspend", name, "--reason", "review", *council)
        assert "suspended" in commands.ok(noun, "list")
        commands.ok(noun, "reinstate", name, "--reason", "closed", *council)
        assert "suspended" not in commands.ok(noun, "list")
    commands.ok("methodology", "suspend", "VCS:VM0048:1.0", "--reason", "old", "--from", "verra")
    assert commands.json("methodology", "list")[0]["standing"] == "suspended"
    commands.ok("methodology", "reinstate", "1", "--reason", "new", "--from", "verra")
    commands.ok("programme", "rotate", "VCS", "--operator", "mallory", *council)
    assert commands.json("programme", "list")[0]["operator"] == ADDRESSES["mallory"]
    commands.ok("verifier", "rotate", "AENOR", "--account", "airline", *council)
    assert commands.json("verifier", "list")[0]["vvb"]["account"] == ADDRESSES["airline"]
    shown = commands.json("programme", "show", "VCS")
    assert shown["roots"] == ["VCS-VCU", "VCU"]
    assert commands.json("programme", "roots", "VCS", *council)["roots"] == []


def test_activities_are_shared_with_consent_and_components_approved(commands: Commands) -> None:
    commands.ok("programme", "admit", "GS", "--operator", "mallory", "--from", "council")
    project = ("project", "register", "11603", "--name", "Bale", "--country", "ET", "--site", "BALE")
    rest = ("--type", "AR", "--crediting-start", "2012-01-01", "--from", "mallory")
    assert "must consent first" in commands.refused(*project, *rest)
    commands.ok("project", "consent", "1", "GS", "--from", "verra")
    commands.ok(*project, *rest)
    commands.ok("project", "component", "propose", "1", "area-2", "--from", "verra")
    second = commands.json("project", "component", "list")[1]
    assert (second["name"], second["active"], second["approved_by"]) == ("AREA-2", False, [1])
    commands.ok("project", "component", "approve", "2", "--from", "mallory")
    assert commands.json("project", "component", "list")[1]["active"] is True
    assert commands.json("project", "show", "GS:11603")["activity"]["programmes"] == 2
    assert [one["name"] for one in commands.json("project", "list")] == ["Bale Mountains", "Bale"]


def test_audit_holds_from_the_address_alone(commands: Commands, home: Path, tmp_path: Path) -> None:
    commands.ok("retire", "1", "1.5t", "--from", "proponent")
    said = commands.ok("audit")
    assert "Everything holds." in said
    assert "425" in said
    manifest = json.loads((home / "deployments" / "31337.json").read_text())
    url = commands.json("chain", "status")["used"]["url"]
    stranger = Commands(tmp_path, {"ONETONNE_PASSPHRASE": None})
    line = ("audit", "--rpc", url, "--credits", manifest["addresses"]["Credits"])
    report = stranger.json(*line)
    assert report["verdict"] == "holds"
    page = tmp_path / "audit.html"
    block, number = report["block"]["hash"], str(report["block"]["number"])
    commands.ok("retire", "1", "1t", "--from", "proponent")
    assert stranger.json(*line, "--block", block, "--html", str(page)) == report
    assert block in page.read_text()
    assert f"The report is in {page}." in stranger.ok(*line, "--block", number, "--html", str(page))
    assert "give its number, or its hash" in stranger.refused(*line, "--block", "latest")
    assert "can't be audited yet" in stranger.refused(*line, "--block", "999999")
    assert "No such file" in stranger.refused(*line, "--html", str(tmp_path / "none" / "audit.html"))


def test_audit_that_finds_something_ends_with_1(commands: Commands, home: Path) -> None:
    manifest = json.loads((home / "deployments" / "31337.json").read_text())
    node = LocalChain(home).connect().node
    code = node.request("eth_getCode", manifest["addresses"]["Labels"], "latest")
    node.request("anvil_setCode", manifest["addresses"]["Labels"], code[:-2] + "00")
    result = commands.run("audit")
    assert result.exit_code == 1
    assert "CODE, Labels" in result.stdout
    assert "BROKEN" in result.stdout
    node.request("anvil_setCode", manifest["addresses"]["Labels"], code)


def test_index_tells_where_it_is(commands: Commands) -> None:
    commands.ok("index", "sync")
    assert "Nothing new" in commands.ok("index", "sync")
    status = commands.json("index", "status")
    assert status["cursor"]["block"] == status["head"]


def test_a_new_account_is_funded_on_the_local_chain_only(commands: Commands, tmp_path: Path) -> None:
    made = commands.json("account", "new", "carol")
    assert made["funded"] is True
    assert LocalChain(commands.home).connect().balance(made["address"]) > 0
    assert keystores.load(commands.home, "carol", PASSPHRASE).address == made["address"]
    assert "carol" in commands.ok("account", "list")
    assert "holds nothing yet" in Commands(tmp_path).ok("account", "new", "dave")
    commands.ok("account", "fund", "carol", "--ether", "0.5")
    (commands.home / "keystores" / "carol.json").unlink()


def test_a_key_of_the_environment_becomes_a_keystore(tmp_path: Path) -> None:
    commands = Commands(tmp_path, {"ONETONNE_KEY": "0x" + "11" * 32})
    made = commands.json("account", "import", "treasury")
    assert keystores.load(tmp_path, "treasury", PASSPHRASE).address == made["address"]
    assert "1111" not in commands.ok("account", "list")
    none = Commands(tmp_path)
    assert "ONETONNE_KEY" in none.refused("account", "import", "other")
