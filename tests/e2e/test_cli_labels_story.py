"""What a credit is good for, by commands alone: labels, host countries, and the years of monitoring."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import ADDRESSES, Commands, up_to_accepted, with_keys

from onetonne.chain import LocalChain

SERIAL_2021 = "19386-1-100-VCS-VCU-1507-VER-ET-14-1340-01012021-31122021-1"
"""100 tonnes, of which the buffer takes 15."""
SOURCE = ("--source", "https://icvcm.example/decisions")
LETTER = ("--letter-hash", "0x" + "07" * 32, "--source", "https://unfccc.example/letters")
FOR_CORSIA = ("--purpose", "corsia-1", "--from", "airline")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("labels")


@pytest.fixture(scope="module")
def told(home: Path) -> Iterator[Commands]:
    """The airline holds 85 t of 2021 as batch 1; CCP and CORSIA-1 are approved, nothing is authorised."""
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
    commands.ok(
        *("mint", "--serial", SERIAL_2021, "--verification", "2", "--to", "airline", "--record", "IMMO-18"),
        *("--from", "verra"),
    )
    _admit(commands)
    local.advance(1)  # what was said counts from the next second on
    yield commands
    local.down()


def _admit(commands: Commands) -> None:
    ccp = ("framework", "admit", "CCP", "--body", "icvcm", "--tick", "programme", "--tick", "methodology")
    commands.ok(*ccp, "--from", "council")
    corsia = ("framework", "admit", "CORSIA-1", "--body", "icao", "--tick", "programme", "--use", "imp")
    commands.ok(*corsia, "--adjusted", "--from", "council")
    commands.ok("label", "demand", "corsia-1", "CORSIA-1", "--from", "council")
    commands.ok("host", "set", "ET", "--authority", "ethiopia", "--from", "council")
    icvcm, icao = ("--from", "icvcm"), ("--from", "icao")
    commands.ok(
        "label", "approve", "CCP", "--programme", "VCS", *SOURCE, "--vintages", "2016-01-01..", *icvcm
    )
    commands.ok("label", "approve", "CCP", "--methodology", "VCS:VM0048:1.0", *SOURCE, *icvcm)
    window = ("--vintages", "2021-01-01..2023-12-31", "--crediting-from", "2012-01-01")
    commands.ok("label", "approve", "CORSIA-1", "--programme", "VCS", *SOURCE, *window, *icao)
    guarantee = ("article6", "guarantee", "VCS:1340", "2021", "--label", "CORSIA-1", *SOURCE)
    commands.ok(*guarantee, "--evidence-hash", "0x" + "09" * 32, *icao)


@pytest.fixture
def commands(told: Commands, home: Path) -> Iterator[Commands]:
    """The story; the chain is taken back after each test."""
    local = LocalChain(home)
    before = local.snapshot()
    yield told
    local.revert(before)


def _second(home: Path) -> None:
    LocalChain(home).advance(1)


def test_ccp_credits_are_retired_for_corsia_once_the_host_country_authorised_it(
    commands: Commands, home: Path
) -> None:
    said = commands.refused("retire", "1", "10t", *FOR_CORSIA)
    assert "Batch 1 can't be retired for CORSIA's first phase" in said
    assert "CORSIA-1 (the host country has not authorised this use)" in said
    assert "onetonne label explain 1 --label CORSIA-1" in said
    explained = commands.ok("label", "explain", "1", "--label", "CORSIA-1")
    assert "authorisation" in explained.lower()
    assert SOURCE[1] in explained

    authorise = ("article6", "authorise", "VCS:1340", "2021", "--use", "imp", "--cap", "40t", *LETTER)
    assert "does not speak for the host country ET" in commands.refused(*authorise, "--from", "mallory")
    assert "up to 40 t authorised for international mitigation" in commands.ok(
        *authorise, "--from", "ethiopia"
    )
    _second(home)
    (record,) = commands.json("retire", "1", "10t", *FOR_CORSIA)["retirements"]
    (year,) = commands.json("article6", "show", "VCS:1340")
    assert year["authorisation"]["transferred_kilograms"] == 10_000
    assert (year["guarantees"], year["adjusted"]) == (["CORSIA-1"], False)

    _second(home)
    withdraw = ("label", "withdraw", "CORSIA-1", "--programme", "VCS", *SOURCE)
    assert "is not the body that runs the label CORSIA-1" in commands.refused(*withdraw, "--from", "icvcm")
    commands.ok(*withdraw, "--from", "icao")
    _second(home)
    shown = commands.json("certificate", "show", str(record["certificate"]))
    assert [held["label"] for held in shown["labels"]] == ["CCP", "CORSIA-1"]
    said = commands.refused("retire", "1", "10t", *FOR_CORSIA, "--again")
    assert "CORSIA-1 (the programme is not approved)" in said
    commands.ok("retire", "1", "10t", "--from", "airline")  # voluntarily it goes on
    assert "Everything holds." in commands.ok("audit")


def test_an_authorisation_has_an_end(commands: Commands, home: Path) -> None:
    authorise = ("article6", "authorise", "VCS:1340", "2021", "--use", "imp", *LETTER, "--from", "ethiopia")
    said = commands.refused(*authorise, "--cap", "101t")
    assert "is above 100 t" in said
    commands.mint()
    said = commands.refused(*authorise, "--cap", "1t", "--batch", "2")
    assert "Batch 2 is not of project 1's vintage year 2021" in said
    commands.ok(*authorise, "--cap", "20t")
    revoke = ("article6", "revoke", "VCS:1340", "2021", *LETTER[2:], "--from", "ethiopia")
    commands.ok(*revoke)
    assert "has not authorised any use" in commands.refused(*revoke, "--again")
    assert "(done), so nothing was sent now" in commands.refused(*authorise, "--cap", "20t", code=7)
    commands.ok(*authorise, "--cap", "20t", "--again")
    _second(home)
    commands.ok("retire", "1", "15t", *FOR_CORSIA)
    said = commands.refused("retire", "1", "6t", *FOR_CORSIA)
    assert "has 5 t left, less than the 6 t asked for" in said
    assert "the host's cap leaves 5 t" in commands.ok("batch", "show", "1")
    assert commands.json("batch", "show", "1")["authorised_left_kilograms"] == 5000
    shown = commands.ok("portfolio", "--account", "airline")
    assert "5 t within the hosts' caps" in shown
    commands.ok("transfer", "1", "10t", "--to", "ethiopia", "--from", "airline")
    use = ("retire", "1", "10t", "--purpose", "host-ndc")
    said = commands.refused(*use, "--from", "ethiopia")
    assert "is authorised for use elsewhere (15 t of 20 t transferred)" in said
    commands.ok(*revoke, "--again")  # what was transferred stays so, the rest is the host's own
    assert "does not speak for the host country ET" in commands.refused(*use, "--from", "airline")
    commands.ok(*use, "--from", "ethiopia")
    (year,) = commands.json("article6", "show")
    assert year["authorisation"]["cap_kilograms"] == year["authorisation"]["transferred_kilograms"] == 15_000


def test_what_the_host_used_itself_is_not_used_elsewhere(commands: Commands, home: Path) -> None:
    commands.ok("transfer", "1", "40t", "--to", "ethiopia", "--from", "airline")
    commands.ok("retire", "1", "30t", "--purpose", "host-ndc", "--from", "ethiopia")
    authorise = ("article6", "authorise", "VCS:1340", "2021", "--use", "imp", *LETTER, "--from", "ethiopia")
    assert "is above 70 t" in commands.refused(*authorise, "--cap", "71t")
    commands.ok(*authorise, "--cap", "60t")
    _second(home)
    said = commands.refused("retire", "1", "1t", "--purpose", "host-ndc", "--from", "ethiopia")
    assert "is authorised for use elsewhere" in said
    commands.ok("retire", "1", "1t", *FOR_CORSIA)
    (year,) = commands.json("article6", "show")
    assert year["authorisation"]["used_by_host_kilograms"] == 30_000


def test_before_2021_nobody_is_asked(commands: Commands, home: Path) -> None:
    """Nothing was an NDC's then: no use needs the host's authorisation, and no host counts it."""
    commands.mint()
    window = ("--vintages", "2016-01-01..2023-12-31", *SOURCE, "--from", "icao")
    commands.ok("label", "approve", "CORSIA-1", "--programme", "VCS", *window)
    _second(home)
    line = ("retire", "2", "1t", "--from", "proponent")
    said = commands.refused(*line, "--purpose", "host-ndc")
    assert "lies before 2021, when the first NDCs begin" in said
    commands.ok(*line, "--purpose", "corsia-1")


def test_an_adjustment_takes_the_place_of_a_guarantee(commands: Commands, home: Path) -> None:
    line = ("article6", "guarantee", "VCS:1340", "2021", "--label", "CORSIA-1", *SOURCE, "--from", "icao")
    assert "accepts no guarantee any more" in commands.ok(*line, "--end")
    adjust = ("article6", "adjust", "VCS:1340", "2021", "--evidence-hash", "0x" + "08" * 32, *SOURCE)
    assert "has not authorised any use" in commands.refused(*adjust, "--from", "ethiopia")
    authorise = ("article6", "authorise", "VCS:1340", "2021", "--use", "imp", "--use", "ndc", *LETTER)
    commands.ok(*authorise, "--cap", "20t", "--batch", "1", "--from", "ethiopia")
    _second(home)
    said = commands.refused("retire", "1", "1t", *FOR_CORSIA)
    assert "(no corresponding adjustment is recorded and no guarantee accepted)" in said
    commands.ok(*adjust, "--from", "ethiopia")
    assert "is not adjusted for again" in commands.refused(*adjust, "--from", "ethiopia", "--again")
    revoke = ("article6", "revoke", "VCS:1340", "2021", *LETTER, "--from", "ethiopia")
    assert "adjustment" in commands.refused(*revoke)
    _second(home)
    commands.ok("retire", "1", "1t", *FOR_CORSIA)


def test_labels_are_listed_with_their_entries(commands: Commands, home: Path) -> None:
    ccp, corsia = commands.json("label", "list")
    assert (ccp["programmes"], ccp["methodologies"], ccp["demanded_for"]) == (
        ["VCS"],
        ["VCS:VM0048:1.0"],
        [],
    )
    assert corsia["demanded_for"] == ["corsia-1"]
    exclude = ("--programme", "VCS", "--type", "AFOLU", *SOURCE, "--from", "icao")
    commands.ok("label", "exclude", "CORSIA-1", *exclude, "--decided-on", "2026-03-01")
    assert commands.json("label", "list")[1]["exclusions"] == ["VCS type AFOLU"]
    commands.ok("label", "include", "CORSIA-1", *exclude)
    conditional = ("--condition", "leakage is monitored", "--recognises", "CCP", *SOURCE, "--from", "icao")
    commands.ok("label", "approve", "CORSIA-1", "--programme", "VCS", *conditional)
    shown = commands.json("label", "show", "CORSIA-1")
    entries = {one["subject"]: one for one in shown["entries"]}
    assert entries["VCS type AFOLU"]["entry"] == "included again"
    assert entries["VCS:1340 2021"]["entry"] == "guarantee accepted"
    approved = entries["VCS"]
    assert (approved["conditional"], approved["recognises"], approved["vintage_end"]) == (
        True,
        "CCP",
        "9999-12-31",
    )
    history = commands.json("label", "show", "CORSIA-1", "--history")["entries"]
    assert [one["entry"] for one in history] == [
        "approved",
        "guarantee accepted",
        "excluded",
        "included again",
        "approved",
    ]
    assert (history[2]["decided_on"], history[2]["source"]) == ("2026-03-01", SOURCE[1])
    assert "approved, conditional" in commands.ok("label", "show", "CORSIA-1")


def test_projects_without_a_type_are_excluded_and_listed(commands: Commands) -> None:
    plain = ("--country", "ET", "--site", "ABAYA", "--crediting-start", "2016-01-01", "--from", "verra")
    commands.ok("project", "register", "1399", "--name", "Lake Abaya", "--type", "none", *plain)
    assert commands.json("project", "list")[-1]["activity_type"] == ""
    typeless = ("--programme", "VCS", "--type", "none", *SOURCE, "--from", "icao")
    said = commands.ok("label", "exclude", "CORSIA-1", *typeless)
    assert "Programme VCS: what has no type is excluded from CORSIA-1." in said
    assert commands.json("label", "list")[1]["exclusions"] == ["VCS without a type"]
    commands.ok("label", "include", "CORSIA-1", *typeless)
    assert commands.json("label", "list")[1]["exclusions"] == []


def test_frameworks_and_hosts_are_listed(commands: Commands) -> None:
    shown = commands.json("framework", "show", "CORSIA-1")
    assert (shown["body"], shown["demanded_for"]) == (ADDRESSES["icao"], ["corsia-1"])
    assert shown["rule"]["use"] == "international-mitigation"
    assert "authorisation for international mitigation" in commands.ok("framework", "list")
    commands.ok("framework", "rotate", "CCP", "--body", "mallory", "--from", "council")
    assert commands.json("framework", "list")[0]["body"] == ADDRESSES["mallory"]
    assert commands.json("host", "list") == [{"country": "ET", "authority": ADDRESSES["ethiopia"]}]
    commands.ok("host", "set", "ET", "--authority", "none", "--from", "council")
    assert commands.json("host", "list") == []
    commands.ok("label", "demand", "corsia-1", "none", "--from", "council")
    assert commands.json("label", "list")[1]["demanded_for"] == []


AUTHORISE = ("article6", "authorise", "--use", "imp", "--cap", "1t", *LETTER, "--from", "ethiopia")
APPROVE = ("label", "approve", "CCP", *SOURCE, "--from", "icvcm")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (("framework", "show", "CCER"), "no framework with the label CCER"),
        (("framework", "admit", "CCP", "--body", "icvcm", "--from", "council"), "with the label CCP already"),
        (("framework", "admit", "X", "--body", "icvcm", "--from", "mallory"), "has no role that allows this"),
        (
            ("host", "set", "ET", "--authority", "ethiopia", "--from", "council"),
            "speaks for country ET already",
        ),
        (("host", "set", "Ethiopia", "--authority", "none", "--from", "council"), "is not two letters"),
        (("label", "demand", "other", "CCER", "--from", "council"), "no framework with the label CCER"),
        ((*APPROVE, "--programme", "GS"), "There is no programme 'GS'"),
        ((*APPROVE, "--methodology", "9"), "There is no methodology 9"),
        ((*APPROVE, "--programme", "VCS", "--vintages", "2023-01-01..2021-01-01"), "exchange the days"),
        ((*APPROVE, "--programme", "VCS", "--condition-hash", "0x12"), "is no hash"),
        ((*APPROVE, "--programme", "VCS", "--recognises", "CCER"), "no framework with the label CCER"),
        (
            ("label", "withdraw", "CORSIA-1", "--methodology", "1", *SOURCE, "--from", "icao"),
            "there is nothing to withdraw (label CORSIA-1)",
        ),
        (
            ("label", "include", "CCP", "--methodology", "1", *SOURCE, "--from", "icvcm"),
            "says what holds already",
        ),
        ((*AUTHORISE, "1", "2022"), "Nothing was issued to project 1 for 2022"),
        ((*AUTHORISE, "1", "2020", "--batch", "1"), "Vintage year 2020 of project 1 lies before 2021"),
    ],
)
def test_what_is_refused_says_why(commands: Commands, line: tuple[str, ...], problem: str) -> None:
    assert problem in commands.refused(*line, "--again")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (APPROVE, "either --programme PROGRAMME or --methodology"),
        ((*APPROVE, "--programme", "VCS", "--methodology", "1"), "either --programme PROGRAMME or"),
        (("label", "exclude", "CCP", "--programme", "VCS", *SOURCE, "--from", "icvcm"), "--type CODE"),
        (
            (*APPROVE, "--programme", "VCS", "--condition", "x", "--condition-hash", "0x" + "01" * 32),
            "not both",
        ),
        (
            ("article6", "authorise", "1", "2021", "--use", "imp", "--cap", "1t", *LETTER[2:]),
            "--letter FILE",
        ),
    ],
)
def test_what_is_misused_says_what_to_give(commands: Commands, line: tuple[str, ...], problem: str) -> None:
    assert problem in commands.refused(*line, code=2)


def _verify(commands: Commands, year: int, number: int, *more: str) -> tuple[str, ...]:
    """A year of monitoring of the second project, proposed; the command that accepts it."""
    commands.ok(
        *("verify", "propose", "--project", "VCS:2000", "--methodology", "VCS:VM0100:1.0"),
        *("--period", f"{year}-01-01..{year}-12-31", "--verified", "10t", "--from", "aenor"),
        *("--evidence-hash", "0x" + f"{year}".rjust(64, "0"), *more),
    )
    return "verify", "accept", str(number), "--from", "verra"


def test_a_gap_of_a_year_in_the_monitoring_is_named_and_filled(commands: Commands) -> None:
    """Three consecutive years of satellite data are demanded, and one of them is missing."""
    commands.ok("methodology", "register", "VM0100", "1.0", "--monitoring-years", "3", "--from", "verra")
    commands.ok(
        *("project", "register", "2000", "--name", "Kaffa", "--country", "ET", "--site", "KAFFA"),
        *("--type", "AFOLU", "--crediting-start", "2018-01-01", "--from", "verra"),
    )
    data = ("--data-root", "0x" + "0d" * 32)
    # the first years are accepted under a methodology that demands nothing
    for year, number in ((2018, 3), (2020, 4)):
        line = ("verify", "propose", "--project", "VCS:2000", "--methodology", "VCS:VM0048:1.0")
        period = ("--period", f"{year}-01-01..{year}-12-31", "--verified", "10t", "--from", "aenor")
        commands.ok(*line, *period, "--evidence-hash", "0x" + f"{year}".rjust(64, "0"), *data)
        commands.ok("verify", "accept", str(number), "--from", "verra")
    bare = _verify(commands, 2021, 5, "--salt", "0x" + "01" * 32)
    assert "has no Merkle root of them" in commands.refused(*bare)
    accept = _verify(commands, 2021, 6, *data)
    said = commands.refused(*accept)
    assert "demands 3 consecutive years of monitoring" in said
    assert "none is accepted for 2019-01-01 to 2019-12-31" in said
    shown = commands.json("verify", "show", "6")
    assert (shown["status"], shown["monitoring_years_demanded"]) == ("proposed", 3)
    assert "3 consecutive years up to 2021-12-31" in commands.ok("verify", "show", "6")
    again = ("verify", "propose", "--project", "VCS:2000", "--methodology", "VCS:VM0048:1.0", *data)
    period = ("--period", "2019-01-01..2019-12-31", "--verified", "10t", "--from", "aenor")
    commands.ok(*again, *period, "--evidence-hash", "0x" + "2019".rjust(64, "0"))
    commands.ok("verify", "accept", "7", "--from", "verra")
    commands.ok(*accept)
    assert commands.json("verify", "show", "6")["status"] == "accepted"
    assert "Everything holds." in commands.ok("audit")
