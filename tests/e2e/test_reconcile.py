"""A programme's file against two real chains and a bridge's list: one planted case of each finding."""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner
from world import NAMES, World, key, proposal

from onetonne.chain import LocalChain
from onetonne.cli.app import app
from onetonne.deploy import Deployment, deploy
from onetonne.ledger import Ledger
from onetonne.terms import BatchId, CancellationKind, Kilograms, Lot, RetirementDetails, Serial

Command = Callable[..., tuple[int, str]]
HEADER = [
    *("Issuance Date", "Vintage Start", "Vintage End", "ID", "Name", "Quantity Issued", "Serial Number"),
    *("Retirement/Cancellation Date", "Retirement Beneficiary", "Retirement Reason", "Retirement Details"),
]
DAY = 24 * 60 * 60


def row(
    first: int, last: int, quantity: int | None = None, ended: str = "", reason: str = ""
) -> list[object]:
    serial = f"19385-{first}-{last}-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1"
    what = ["2021-05-01", "2020-01-01", "2020-12-31", "1340", "Bale Mountains"]
    details = "ask ann@ferries.example" if reason else ""
    size = last - first + 1
    return [*what, quantity or size, serial, ended, "", reason, details]


ROWS = [
    row(1, 10),  # as on chain
    row(21, 30, ended="2023-01-31", reason="Environmental Benefit"),  # tokenised after retirement
    row(31, 35),
    row(36, 40, ended="2024-06-30", reason="Cancellation"),  # tokenised after cancellation
    row(41, 50),  # retired on chain 40 days ago, in part
    row(51, 60),  # retired on chain just now, in part
    row(61, 70, quantity=9),  # another quantity
    row(71, 80),  # 1,500 kg retired on chain
    row(81, 90),  # also on a bridge's list
    row(91, 100),  # also on another chain
    row(101, 110, ended="2026-01-31", reason="Environmental Benefit"),  # redeemed, and retired since
    row(111, 120, ended="2026-01-31", reason="Environmental Benefit"),  # retired on both sides
    [*row(121, 130)[:-5], "not a serial number", "", "", "", ""],  # refused
    [*row(131, 140)[:1], "2021-01-01", *row(131, 140)[2:]],  # refused: another vintage than its serials
    row(1001, 1100),  # not on chain
]
FINDINGS = [
    ("critical", "on chain, not in the file", 11, 20),
    ("critical", "ended in the file, live on chain", 21, 30),
    ("critical", "ended in the file, live on chain", 36, 40),
    ("critical", "two tokenisations", 86, 90),
    ("critical", "two tokenisations", 91, 100),
    ("warning", "ended on chain, still immobilised at the programme", 41, 44),
    ("warning", "quantity differs", 61, 70),
    ("warning", "on chain, in the file as a damaged row only", 131, 140),
    ("notice", "ended on chain, live in the file", 51, 53),
    ("notice", "partly retired serial", 72, 72),
    ("notice", "ended on chain, live in the file", 71, 71),
]


@dataclass(frozen=True)
class Scene:
    world: World
    export: Path
    bridge: Path
    second: Ledger


@pytest.fixture(scope="module")
def second_chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalChain]:
    local = LocalChain(tmp_path_factory.mktemp("elsewhere"))
    local.up()
    yield local
    local.down()


@pytest.fixture(scope="module")
def second(second_chain: LocalChain) -> Ledger:
    """Another chain, whose operator issues the block 91 to 100 again, and one of its own."""
    chain = second_chain.connect()
    for name in NAMES:
        second_chain.fund(key(name).address)
    ledger = Ledger(chain, deployed(second_chain))
    programme = ledger.admit_programme("VCS", key("operator").address, signer=key("governance")).programme
    ledger.register_roots(programme, signer=key("governance"))
    ledger.admit_vvb("EARTHOOD", key("vvb").address, signer=key("governance"))
    method = ledger.register_methodology("VM0048", "1.0", signer=key("operator")).methodology
    start = date(2012, 1, 1)
    names = ("1340", "ET", "BALE-ECO-REGION", "AFOLU", start, "Bale Mountains")
    project = ledger.register_project(*names, signer=key("operator")).project
    stated = ledger.propose_verification(proposal(project, method), signer=key("vvb")).verification
    ledger.accept_verification(stated, signer=key("operator"))
    world = World(ledger, programme, programme, 1, method, project, stated)  # type: ignore[arg-type]
    world.issue(91, 100, key("proponent"))
    world.issue(2001, 2010, key("proponent"))
    return ledger


def deployed(local: LocalChain) -> Deployment:
    return deploy(local.connect(), key("deployer"), governance=key("governance").address)


@pytest.fixture
def scene(world: World, second: Ledger, local_chain: LocalChain, tmp_path: Path) -> Scene:
    proponent, ledger = key("proponent"), world.ledger
    batches = {first: world.issue(first, first + 9, proponent) for first in range(1, 112, 10)}
    batches[131] = world.issue(131, 140, proponent)
    note = RetirementDetails(beneficiary="Ann of ann@ferries.example")

    def retire(first: int, kilograms: int) -> None:
        lots = [Lot(BatchId(batches[first]), Kilograms(kilograms))]
        ledger.retire(lots, proponent.address, details=note, signer=proponent, publish=True)

    retire(41, 4_000)
    retire(111, 6_000)
    cancelled = [Lot(batches[111], Kilograms(4_000))]
    ledger.cancel(cancelled, CancellationKind.AT_SOURCE, "at source", signer=proponent)
    asked = ledger.request_redemption(batches[101], Kilograms(10_000), signer=proponent)
    ledger.confirm_redemption(asked.redemption, Serial(101), Serial(110), signer=key("operator"))
    local_chain.advance(40 * DAY)
    retire(51, 3_000)
    retire(71, 1_500)
    export = tmp_path / "verra.csv"
    with export.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    bridge = tmp_path / "bridge.csv"
    serials = "Serial Number,Quantity of Credits\n"
    for first, last in ((86, 90), (101, 110), (3001, 3010)):
        serials += (
            f"19385-{first}-{last}-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1,{last - first + 1}\n"
        )
    bridge.write_text(serials)
    return Scene(world, export, bridge, second)


@pytest.fixture
def command(scene: Scene, home: Path) -> Command:
    ledger = scene.world.ledger
    own = ["--rpc", ledger.chain.url, "--credits", ledger.deployment.addresses["Credits"]]

    def run(*arguments: str) -> tuple[int, str]:
        line = ["--home", str(home), *own, "reconcile", *arguments]
        ended = CliRunner().invoke(app, line)
        return ended.exit_code, ended.stdout + ended.stderr

    return run


def other_chain(scene: Scene) -> str:
    return f"{scene.second.chain.url}#{scene.second.deployment.addresses['Credits']}"


def test_each_planted_case_is_found_and_nothing_else(command: Command, scene: Scene, tmp_path: Path) -> None:
    against = ("--against", str(scene.bridge), "--against", other_chain(scene))
    out = tmp_path / "findings.csv"
    code, shown = command(str(scene.export), *against, "--json", "--csv", str(out))
    document = json.loads(shown)
    found = [
        (one["severity"], one["kind"], one["first"], one["last"])
        for one in document["findings"]
        if one["kind"] != "on chain, not in the file" or one["first"] < 1_000
    ]
    # Of the bridge's list and the second chain against the file: blocks that it has not, and what it ended.
    elsewhere = [("critical", "ended in the file, live on chain", 101, 110)]
    assert sorted(found) == sorted([*FINDINGS, *elsewhere])
    absent = [one["first"] for one in document["findings"] if one["kind"] == "on chain, not in the file"]
    assert sorted(absent) == [11, 2001, 3001]
    assert code == 6
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["kind"], int(r["first"])) for r in rows] == [
        (one["kind"], one["first"]) for one in document["findings"]
    ]
    assert "ferries.example" not in shown + out.read_text()


def test_sums_add_up_to_the_tonne(command: Command, scene: Scene) -> None:
    _, shown = command(str(scene.export), "--json")
    ((files, chain),) = [one["sides"] for one in json.loads(shown)["summary"]]
    assert files["total_tonnes"] == 229  # with 9 for the 10 serials of row 8
    assert chain["total_tonnes"] == 130
    for side in (files, chain):
        assert sum(side["tonnes"].values()) == side["total_tonnes"]
    assert files["tonnes"]["not on chain"] == 110
    assert files["tonnes"]["in rows whose serial numbers can't be read"] == 10
    assert chain["tonnes"]["redeemed: no longer on chain"] == 10
    assert chain["tonnes"]["partly retired serial"] == files["tonnes"]["partly retired serial"] == 1


def test_evidence_is_given_of_both_sides(command: Command, scene: Scene) -> None:
    _, shown = command(str(scene.export), "--json")
    (late,) = [
        one for one in json.loads(shown)["findings"] if one["kind"].startswith("ended on chain, still")
    ]
    file, chain = late["evidence"]
    assert (file["file"], file["row"], file["state"]) == (str(scene.export), 6, "live")
    assert (chain["batch"], chain["first"], chain["last"]) == (5, 41, 44)
    (act,) = chain["acts"]
    receipt = scene.world.ledger.chain.node.request("eth_getTransactionReceipt", act["transaction"])
    assert int(receipt["blockNumber"], 16) == act["block"]
    assert (act["kind"], act["kilograms"]) == ("retirement", 4_000)


AGREEING = [
    *(row(at, at + 9) for at in (1, 11, 21, 31, 61, 81, 91, 131)),
    *(row(first, last, ended="2026-01-31", reason="Use") for first, last in ((41, 44), (51, 53), (71, 71))),
    *(row(first, last) for first, last in ((45, 50), (54, 60), (72, 80))),
    row(111, 120, ended="2026-01-31", reason="Use"),
]


def test_the_exit_code_tells_the_worst(command: Command, scene: Scene) -> None:
    def code(*more: list[object], without: tuple[int, ...] = (), options: tuple[str, ...] = ()) -> int:
        with scene.export.open("w", newline="") as file:
            rows = [one for place, one in enumerate(AGREEING) if place not in without]
            csv.writer(file).writerows([HEADER, *rows, *more])
        return command(str(scene.export), *options)[0]

    assert code() == 4  # a serial that is retired in part
    rest = [Lot(BatchId(8), Kilograms(500))]
    scene.world.ledger.retire(rest, key("proponent").address, signer=key("proponent"))
    done = row(72, 72, ended="2026-01-31", reason="Use")
    rows = (done, row(73, 80))
    assert code(*rows, without=(13,)) == 0
    assert code(row(41, 44), *rows, without=(8, 13)) == 5  # not mirrored for 40 days
    assert code(row(41, 44), *rows, without=(8, 13), options=("--after", "60")) == 4
    assert code(*rows, without=(0, 13)) == 6


def test_two_deployments_on_one_chain_are_two_systems(
    command: Command, scene: Scene, ledger: Ledger, deployment: Deployment
) -> None:
    code, shown = command(str(scene.export), "--against", deployment.addresses["Credits"], "--json")
    assert code == 6
    assert len(json.loads(shown)["summary"]) == 3


def test_a_list_takes_the_place_of_a_chain(scene: Scene, tmp_path: Path) -> None:
    line = ["--home", str(tmp_path), "reconcile", str(scene.export), "--against", str(scene.bridge)]
    ended = CliRunner().invoke(app, line)
    assert ended.exit_code == 6
    assert "verra.csv against bridge.csv" in ended.stdout
    alone = CliRunner().invoke(app, line[:4])
    assert alone.exit_code == 1
    assert "No chain is named" in alone.stderr


def test_the_table_names_every_finding(command: Command, scene: Scene) -> None:
    _, shown = command(str(scene.export), "--against", str(scene.bridge))
    assert "500 kg of it circulate" in shown
    assert "is tokenised twice: in batch 9 of chain 31337" in shown
    assert "ferries.example" not in shown


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("nowhere.csv",), 1, "File nowhere.csv: it can't be opened"),
        (("{export}", "--against", "nowhere"), 1, "is no file, no chain's URL and no address"),
        (("{export}", "{export}"), 1, "it is given twice"),
        (("{export}", "--csv", "{export}"), 2, "--csv names one of the files"),
        (("{export}", "--as-of", "soon"), 1, "Date 'soon' can't be read"),
        (("{export}", "--against", "http://127.0.0.1:9"), 1, "No node answers at http://127.0.0.1:9"),
    ],
)
def test_bad_input_is_one_sentence(
    world: World, home: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    export = tmp_path / "verra.csv"
    with export.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, row(1, 10)])
    own = ["--rpc", world.ledger.chain.url, "--credits", world.ledger.deployment.addresses["Credits"]]
    given = [argument.format(export=export) for argument in arguments]
    ended = CliRunner().invoke(app, ["--home", str(home), *own, "reconcile", *given])
    assert ended.exit_code == code
    assert ended.stderr.startswith("Error: ")
    assert ended.stderr.count("\n") == 1
    assert says in ended.stderr
