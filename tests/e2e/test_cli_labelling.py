"""`label explain`, `tables` and `apply`, by commands alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import ADDRESSES, Commands, up_to_accepted, with_keys

from onetonne.chain import LocalChain

SERIAL_2021 = "19386-1-100-VCS-VCU-1507-VER-ET-14-1340-01012021-31122021-1"
SOURCE = ("--source", "https://icvcm.example/decisions", "--decided-on", "2024-11-15")
ICVCM, ICAO = ("--from", "icvcm"), ("--from", "icao")
LONG_AGO = "2020-05-01"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("labelling")


@pytest.fixture(scope="module")
def told(home: Path) -> Iterator[Commands]:
    """Batch 1 of 2021; CCP and CORSIA-1 admitted, nothing approved."""
    local = LocalChain(home)
    local.up()
    commands = with_keys(home, local)
    up_to_accepted(commands)
    commands.ok(
        *("verify", "propose", "--project", "VCS:1340", "--methodology", "VCS:VM0048:1.0"),
        *("--period", "2021-01-01..2021-12-31", "--verified", "100t", "--evidence-hash", "0x" + "02" * 32),
        *("--from", "aenor"),
    )
    commands.ok("verify", "accept", "2", "--from", "verra")
    mint = ("mint", "--serial", SERIAL_2021, "--verification", "2", "--to", "airline", "--record", "IMMO-18")
    commands.ok(*mint, "--from", "verra")
    ccp = ("framework", "admit", "CCP", "--body", "icvcm", "--tick", "programme", "--tick", "methodology")
    commands.ok(*ccp, "--from", "council")
    corsia = ("framework", "admit", "CORSIA-1", "--body", "icao", "--tick", "programme", "--use", "imp")
    commands.ok(*corsia, "--adjusted", "--from", "council")
    commands.ok("host", "set", "ET", "--authority", "ethiopia", "--from", "council")
    local.advance(1)  # what was said counts from the next second on
    yield commands
    local.down()


@pytest.fixture
def local(home: Path) -> LocalChain:
    return LocalChain(home)


@pytest.fixture
def commands(told: Commands, local: LocalChain) -> Iterator[Commands]:
    """The story; the chain is taken back after each test."""
    before = local.snapshot()
    yield told
    local.revert(before)


def approve(commands: Commands, local: LocalChain, label: str, subject: str, *more: str) -> None:
    option = "--methodology" if ":" in subject else "--programme"
    body = ICVCM if label == "CCP" else ICAO
    commands.ok("label", "approve", label, option, subject, *SOURCE, *more, *body)
    local.advance(1)


def answers(commands: Commands, label: str, *more: str) -> dict[str, str]:
    """Each condition's verdict."""
    found = commands.json("label", "explain", "1", "--label", label, *more)
    return {line["condition"]: line["answer"] for line in found["conditions"]}


def test_explain_tells_each_condition_and_what_decides_it(commands: Commands, local: LocalChain) -> None:
    approve(commands, local, "CCP", "VCS", "--vintages", "2016-01-01..2030-12-31")
    text = commands.ok("label", "explain", "1", "--label", "ccp")
    assert "framework: met. Governance admitted CCP and named the body that runs it." in text
    assert "programme: met. Programme VCS is approved for CCP." in text
    assert "programme's window: met. The approval covers vintages 2016-01-01 to 2030-12-31;" in text
    assert "methodology: not met. Methodology VM0048 1.0 has no approval for CCP." in text
    assert "methodology's window: not asked. Without an approval there is no window to lie in." in text
    assert "exclusions: met. Neither AFOLU activities of VCS nor methodology VM0048 1.0 is excluded" in text
    assert "authorisation: not asked. CCP asks for no authorisation." in text
    assert "adjustment: not asked. CCP asks for no corresponding adjustment." in text
    assert "source https://icvcm.example/decisions" in text
    assert "decided on 2024-11-15" in text
    assert f"by {ADDRESSES['icvcm']} (icvcm)" in text
    assert "transaction 0x" in text
    assert text.splitlines()[-1].startswith("Batch 1 does not hold CCP as of ")
    assert text.splitlines()[-1].endswith(" UTC. Missing: methodology.")
    approve(commands, local, "CCP", "VCS:VM0048:1.0")
    assert (
        commands.ok("label", "explain", "1", "--label", "CCP")
        .splitlines()[-1]
        .startswith("Batch 1 holds CCP, as of ")
    )


def test_explain_names_a_conditional_approval_and_the_hash_of_its_condition(
    commands: Commands, local: LocalChain
) -> None:
    approve(commands, local, "CCP", "VCS")
    approve(commands, local, "CCP", "VCS:VM0048:1.0", "--condition-hash", "0x" + "0c" * 32)
    text = commands.ok("label", "explain", "1", "--label", "CCP")
    assert "Methodology VM0048 1.0 is approved under a condition for CCP." in text
    assert "hash of the document 0x" + "0c" * 32 in text
    assert "Batch 1 holds CCP, on a conditional approval, as of" in text
    found = commands.json("label", "explain", "1", "--label", "CCP")
    assert (found["held"], found["conditional"]) == (True, True)


def test_explain_shows_the_chain_of_recognition_and_stops_where_it_turns(
    commands: Commands, local: LocalChain
) -> None:
    approve(commands, local, "CCP", "VCS", "--recognises", "CORSIA-1")
    approve(commands, local, "CORSIA-1", "VCS", "--recognises", "CCP")
    text = commands.ok("label", "explain", "1", "--label", "CORSIA-1")
    assert "It recognises CCP: there, programme VCS is approved." in text
    assert text.count("It recognises") == 1
    commands.ok("label", "withdraw", "CCP", "--programme", "VCS", *SOURCE, *ICVCM)
    local.advance(1)
    text = commands.ok("label", "explain", "1", "--label", "CORSIA-1")
    assert "It recognises CCP: there, programme VCS has had its approval withdrawn." in text
    assert "programme: met." in text


def test_explain_follows_the_host_country(commands: Commands, local: LocalChain) -> None:
    approve(commands, local, "CORSIA-1", "VCS")
    text = commands.ok("label", "explain", "1", "--label", "CORSIA-1")
    assert "ET has not authorised use for international mitigation of the project's vintage year 2021" in text
    assert "ET has recorded no corresponding adjustment for vintage year 2021, and no guarantee" in text
    assert text.splitlines()[-1].endswith("Missing: authorisation, adjustment.")
    letter = ("--letter-hash", "0x" + "07" * 32, "--source", "https://unfccc.example/letters")
    authorise = ("article6", "authorise", "VCS:1340", "2021", "--cap", "10t", *letter, "--from", "ethiopia")
    commands.ok(*authorise, "--use", "ndc")
    local.advance(1)
    assert "which is not use for international mitigation." in commands.ok(
        "label", "explain", "1", "--label", "CORSIA-1"
    )
    commands.ok(*authorise, "--use", "imp")
    guarantee = ("article6", "guarantee", "VCS:1340", "2021", "--label", "CORSIA-1", *SOURCE)
    commands.ok(*guarantee, "--evidence-hash", "0x" + "09" * 32, *ICAO)
    local.advance(1)
    text = commands.ok("label", "explain", "1", "--label", "CORSIA-1")
    assert (
        "ET has authorised use for international mitigation of the project's vintage year 2021, up to" in text
    )
    assert "CORSIA-1's body has accepted a guarantee instead." in text
    assert f"by {ADDRESSES['ethiopia']} (ethiopia)" in text
    assert "Batch 1 holds CORSIA-1, as of" in text


def test_explain_at_a_past_moment_does_not_know_what_came_later(
    commands: Commands, local: LocalChain
) -> None:
    approve(commands, local, "CORSIA-1", "VCS")
    before = _clock(local)
    local.advance(86_400 * 2)
    commands.ok("label", "withdraw", "CORSIA-1", "--programme", "VCS", *SOURCE, *ICAO)
    local.advance(1)
    assert answers(commands, "CORSIA-1")["programme"] == "not-met"
    assert answers(commands, "CORSIA-1", "--at", f"{before:%Y-%m-%d}")["programme"] == "met"
    assert answers(commands, "CORSIA-1", "--at", before.isoformat())["programme"] == "met"
    assert answers(commands, "CORSIA-1", "--at", LONG_AGO) == {"framework": "not-met"}
    today = f"{_clock(local):%Y-%m-%d}"
    assert answers(commands, "CORSIA-1", "--at", today)["programme"] == "not-met"


def test_explain_refuses_the_future_in_one_sentence(commands: Commands, local: LocalChain) -> None:
    tomorrow = f"{_clock(local) + timedelta(days=1):%Y-%m-%d}"
    for when in (tomorrow, f"{tomorrow}T00:00:00", "9999-12-31"):
        sentence = commands.refused("label", "explain", "1", "--label", "CCP", "--at", when)
        assert "lies in the future: the chain's clock stands at" in sentence
    assert "can't be read: write a day, such as 2026-01-31" in commands.refused(
        "label", "explain", "1", "--at", "yesterday"
    )


def test_explain_of_unknown_things_says_where_to_look(commands: Commands) -> None:
    assert "There is no batch 99 on this chain" in commands.refused("label", "explain", "99")
    assert "There is no label 'CPP' on this chain" in commands.refused(
        "label", "explain", "1", "--label", "CPP"
    )


def test_explain_without_a_label_lists_all_briefly(commands: Commands, local: LocalChain) -> None:
    approve(commands, local, "CCP", "VCS")
    approve(commands, local, "CCP", "VCS:VM0048:1.0")
    text = commands.ok("label", "explain", "1")
    assert "programme, authorisation, adjustment" in text
    found = commands.json("label", "explain", "1")
    assert {one["label"]: one["held"] for one in found["labels"]} == {"CCP": True, "CORSIA-1": False}


def _clock(local: LocalChain) -> datetime:
    return datetime.fromtimestamp(local.connect().block("latest").time, UTC)
