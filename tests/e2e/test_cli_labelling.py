"""`label explain`, `tables` and `apply`, by commands alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import ADDRESSES, Commands, up_to_accepted, with_keys

from onetonne.chain import LocalChain
from onetonne.labels import applying

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
    assert "no exclusion: met. Neither AFOLU activities of VCS nor methodology VM0048 1.0 is excluded" in text
    assert "authorisation: not asked. CCP asks for no authorisation." in text
    assert "adjustment: not asked. CCP asks for no corresponding adjustment." in text
    assert "source https://icvcm.example/decisions" in text
    assert "decided on 2024-11-15" in text
    assert f"by {ADDRESSES['icvcm']} (icvcm)" in text
    assert "transaction 0x" in text
    assert text.splitlines()[-1].startswith("Batch 1 does not hold CCP as of ")
    assert text.splitlines()[-1].endswith(" UTC. Not met: methodology.")
    approve(commands, local, "CCP", "VCS:VM0048:1.0", "--vintages", "2021-01-01..")
    text = commands.ok("label", "explain", "1", "--label", "CCP")
    assert "methodology's window: met. The approval covers vintages from 2021-01-01 on;" in text
    assert (
        commands.ok("label", "explain", "1", "--label", "CCP")
        .splitlines()[-1]
        .startswith("Batch 1 holds CCP, as of ")
    )


def test_explain_names_who_spoke_for_the_body_when_the_entry_was_made(
    commands: Commands, local: LocalChain
) -> None:
    approve(commands, local, "CCP", "VCS")
    commands.ok("framework", "rotate", "CCP", "--body", "mallory", "--from", "council")
    commands.ok("label", "approve", "CCP", "--methodology", "VCS:VM0048:1.0", *SOURCE, "--from", "mallory")
    local.advance(1)
    found = commands.json("label", "explain", "1", "--label", "CCP")
    said = {one["condition"]: one["entry"]["account"] for one in found["conditions"] if one["entry"]}
    assert (said["programme"], said["methodology"]) == (ADDRESSES["icvcm"], ADDRESSES["mallory"])


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
    assert text.splitlines()[-1].endswith("Not met: authorisation, adjustment.")
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
    adjust = ("article6", "adjust", "VCS:1340", "2021", "--evidence-hash", "0x" + "0a" * 32)
    commands.ok(*adjust, "--source", "https://unfccc.example/btr", "--from", "ethiopia")
    local.advance(1)
    text = commands.ok("label", "explain", "1", "--label", "CORSIA-1")
    assert "adjustment: met. ET has recorded a corresponding adjustment for vintage year 2021." in text
    assert "source https://unfccc.example/btr" in text


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
verified = true
"""
SAID = 'decided_on = 2024-06-06\nsource = "https://icvcm.example/1"\nverified = true\n'
VCS = f'[[programme]]\nprogramme = "VCS"\n{SAID}'
GONE = f'[[programme]]\nprogramme = "GS"\n{SAID}'
VM0048 = f'[[methodology]]\nprogramme = "VCS"\ncode = "VM0048"\nversions = ["1.0", "9.9"]\n{SAID}'
FORESTS = f'[[exclusion]]\nprogramme = "VCS"\nactivity_type = "WASTE"\n{SAID}'
TYPELESS = f'[[exclusion]]\nprogramme = "VCS"\nactivity_type = "none"\n{SAID}'
EVERY = f'[[exclusion]]\nprogramme = "VCS"\ncode = "VM0048"\nversions = ["*"]\n{SAID}'


def steps(commands: Commands, *line: str) -> dict[str, str]:
    """What a plan does with each subject."""
    found = commands.json("label", "apply", *line)
    return {
        f"{'exclusion of ' * step['exclusion']}{step['subject']}": step["action"] for step in found["steps"]
    }


def written(tmp_path: Path, *parts: str) -> str:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + "".join(parts))
    return str(path)


def test_apply_approves_excludes_and_names_what_is_not_on_this_chain(
    commands: Commands, local: LocalChain, tmp_path: Path
) -> None:
    path = written(tmp_path, VCS, GONE, VM0048, FORESTS, TYPELESS)
    text = commands.ok("label", "apply", path, "--yes", *ICVCM)
    assert "CCP, table as of 2026-03-31:" in text
    assert "Entries to make: 4." in text
    assert "Done: 4 entries," in text
    local.advance(1)
    assert set(answers(commands, "CCP").values()) == {"met", "not-asked"}
    assert steps(commands, path, "--dry-run") == {
        "VCS": "same",
        "GS": "elsewhere",
        "VCS:VM0048:1.0": "same",
        "VCS:VM0048:9.9": "elsewhere",
        "exclusion of VCS type WASTE": "same",
        "exclusion of VCS without a type": "same",
    }
    assert "Nothing is left to do." in commands.ok("label", "apply", path, "--yes", *ICVCM)
    explained = commands.ok("label", "explain", "1", "--label", "CCP")
    assert "source https://icvcm.example/1" in explained


def test_apply_changes_withdraws_and_includes_what_the_table_has_no_longer(
    commands: Commands, local: LocalChain, tmp_path: Path
) -> None:
    commands.ok("label", "apply", written(tmp_path, VCS, VM0048, FORESTS, TYPELESS, EVERY), "--yes", *ICVCM)
    local.advance(1)
    assert answers(commands, "CCP")["exclusion"] == "not-met"
    path = written(tmp_path, VCS + "vintage_end = 2020-12-31\n")
    wanted = {
        "VCS": "change",
        "VCS:VM0048:1.0": "withdraw",
        "exclusion of VCS type WASTE": "include",
        "exclusion of VCS without a type": "include",
        "exclusion of VCS:VM0048:1.0": "include",
    }
    assert steps(commands, path, "--dry-run") == wanted
    assert steps(commands, path, "--yes", *ICVCM) == wanted
    assert steps(commands, path, "--dry-run") == {"VCS": "same"}
    local.advance(1)
    found = answers(commands, "CCP")
    assert (found["programme-window"], found["methodology"], found["exclusion"]) == (
        "not-met",
        "not-met",
        "met",
    )


def test_apply_notices_another_condition_but_not_another_source(commands: Commands, tmp_path: Path) -> None:
    commands.ok("label", "apply", written(tmp_path, VCS, 'condition = "Small ones."\n'), "--yes", *ICVCM)
    other_source = VCS.replace("example/1", "example/2")
    path = written(tmp_path, other_source, 'condition = "Small ones."\n')
    assert steps(commands, path, "--dry-run") == {"VCS": "same"}
    path = written(tmp_path, VCS, 'condition = "Large ones."\n')
    assert steps(commands, path, "--dry-run") == {"VCS": "change"}


def test_apply_leaves_what_is_unverified_unless_told(commands: Commands, tmp_path: Path) -> None:
    doubtful = VM0048.replace("true", "false").replace(', "9.9"', "")
    path = written(tmp_path, VCS, doubtful)
    assert steps(commands, path, "--yes", *ICVCM) == {"VCS": "approve", "VCS:VM0048:1.0": "unverified"}
    told = (path, "--include-unverified")
    assert steps(commands, *told, "--yes", *ICVCM) == {"VCS": "same", "VCS:VM0048:1.0": "approve"}
    assert steps(commands, path, "--dry-run") == {"VCS": "same", "VCS:VM0048:1.0": "same"}


def test_apply_interrupted_goes_on_where_it_was(
    commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, VCS, VM0048, FORESTS)
    real = applying._send
    sent = list[str]()

    def cut(label: str, step: applying.Step, *rest: object) -> object:
        if sent:
            raise KeyboardInterrupt
        sent.append(str(step.subject))
        return real(label, step, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "_send", cut)
    assert commands.run("label", "apply", path, "--yes", *ICVCM).exit_code != 0
    monkeypatch.undo()
    assert sent == ["VCS"]
    assert steps(commands, path, "--yes", *ICVCM)["VCS"] == "same"
    assert set(steps(commands, path, "--dry-run").values()) == {"same", "elsewhere"}


def test_apply_approves_the_parts_of_a_composed_methodology(commands: Commands, tmp_path: Path) -> None:
    for code in ("VM0042", "VM0047"):
        commands.ok("methodology", "register", code, "1.0", "--from", "verra")
    parts = ("--part", "VCS:VM0042:1.0", "--part", "VCS:VM0047:1.0")
    commands.ok("methodology", "compose", "VM0042_VM0047", "1.0", *parts, "--from", "verra")
    named = [
        f'[[methodology]]\nprogramme = "VCS"\ncode = "{code}"\nversions = ["*"]\n{SAID}'
        for code in ("VM0042", "VM0047", "VM0042_VM0047")
    ]
    path = written(tmp_path, VCS, *named)
    assert steps(commands, path, "--yes", *ICVCM) == {
        "VCS": "approve",
        "VCS:VM0042:1.0": "approve",
        "VCS:VM0047:1.0": "approve",
        "VCS:VM0042_VM0047:*": "elsewhere",
    }


def test_apply_keeps_to_one_programme(commands: Commands, tmp_path: Path) -> None:
    path = written(tmp_path, VCS, GONE)
    assert steps(commands, path, "--programme", "gs", "--dry-run") == {"GS": "elsewhere"}
    text = commands.ok("label", "apply", path, "--programme", "ART", "--dry-run")
    assert "Neither the table nor the chain says anything of ART for CCP." in text


def test_apply_is_refused_to_others_and_without_an_answer(commands: Commands, tmp_path: Path) -> None:
    path = written(tmp_path, VCS)
    refused = commands.run("label", "apply", path, "--yes", "--from", "mallory")
    assert refused.exit_code == 1
    assert "CCP" in refused.stderr
    assert refused.stderr.count("\n") == 1
    asked = commands.run("label", "apply", path, *ICVCM)
    assert "There is no terminal to ask in: add --yes" in asked.stderr
    assert steps(commands, path, "--dry-run") == {"VCS": "approve"}
    assert "There is no label CORSIA-2 on this chain: governance admits it first" in commands.refused(
        "label", "apply", "corsia-2", "--dry-run"
    )
    other = written(tmp_path, VCS).replace("mine", "other")
    Path(other).write_text((HEAD + VCS).replace("by_methodology = true", "by_methodology = false"))
    assert "admitted on this chain with another rule" in commands.ok("label", "apply", other, "--dry-run")


def test_apply_of_shipped_tables_makes_a_batch_ccp(commands: Commands, local: LocalChain) -> None:
    commands.ok("label", "apply", "ccp", "--programme", "VCS", "--yes", *ICVCM)
    commands.ok("label", "apply", "corsia-1", "--include-unverified", "--yes", *ICAO)
    local.advance(1)
    found = commands.json("label", "explain", "1", "--label", "CCP")
    assert (found["held"], found["conditional"]) == (True, False)
    assert answers(commands, "CORSIA-1")["programme-window"] == "not-met", "it is credited since 2012"


def test_tables_are_listed_and_shown_with_what_is_unverified(commands: Commands) -> None:
    found = commands.json("label", "tables")
    assert [one["table"] for one in found] == ["ccp", "corsia-1", "corsia-2"]
    text = commands.ok("label", "tables", "ccp")
    assert "VCS:VM0048:1.0" in text
    assert "unverified" in text
    assert "https://icvcm.org/integrity-council-approves-three-redd-methodologies/" in text
    assert "no decision known" in commands.ok("label", "tables", "corsia-2")
    document = commands.json("label", "tables", "corsia-1")
    assert document["rule"]["use"] == "international-mitigation"
