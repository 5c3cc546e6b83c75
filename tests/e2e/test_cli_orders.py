"""Orders by commands: the holder signs and pays nothing, somebody else relays; bad files are refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import ADDRESSES, Commands, up_to_accepted, with_keys

from onetonne.chain import LocalChain

HOLDER, RELAYER = ("--from", "proponent"), ("--from", "mallory")
TONNE = ("1", "1t")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("orders")


@pytest.fixture(scope="module")
def told(home: Path) -> Iterator[Commands]:
    """One batch, of which the proponent holds 361.25 t; its chain stays up."""
    local = LocalChain(home)
    local.up()
    commands = with_keys(home, local)
    up_to_accepted(commands)
    commands.mint()
    yield commands
    local.down()


@pytest.fixture
def commands(told: Commands, home: Path) -> Iterator[Commands]:
    """The story; the chain is taken back after each test."""
    local = LocalChain(home)
    before = local.snapshot()
    yield told
    local.revert(before)


@pytest.fixture
def order(tmp_path: Path) -> Path:
    return tmp_path / "order.json"


def ether(home: Path, name: str) -> int:
    return LocalChain(home).connect().node.integer("eth_getBalance", ADDRESSES[name], "latest")


def held(commands: Commands, name: str) -> int:
    return sum(one["kilograms"] for one in commands.json("holdings", name))


def change(order: Path, name: str, value: object) -> None:
    document = json.loads(order.read_text())
    *path, last = name.split(".")
    (document[path[0]] if path else document)[last] = value
    order.write_text(json.dumps(document))


def test_a_holder_retires_without_paying(commands: Commands, home: Path, order: Path) -> None:
    head, before, paying = LocalChain(home).connect().head(), ether(home, "proponent"), ether(home, "mallory")
    said = commands.ok(
        *("sign", "retire", "1", "1.5t", "--beneficiary", "airline", "--beneficiary-name", "Aero SA"),
        *("--reason", "Flights", "--output", str(order), "--valid-for", "12h", *HOLDER),
    )
    assert "Retire 1.5 t of batch 1 of" in said
    assert f"for {ADDRESSES['airline']} (airline), for good; purpose: voluntary" in said
    assert "details: by their hash only" in said
    assert LocalChain(home).connect().head() == head
    assert "Aero" not in order.read_text()
    kept = next(word for word in said.split() if word.startswith(str(home / "details"))).rstrip(";")
    assert "Aero SA" in Path(kept).read_text()

    plan = commands.ok("relay", str(order), *RELAYER, "--dry-run")
    assert "nothing was sent" in plan
    assert "Retire 1.5 t of batch 1" in plan
    assert LocalChain(home).connect().head() == head
    done = commands.json("relay", str(order), *RELAYER)
    assert (done["kind"], done["retirements"], done["dry_run"]) == ("retire", [1], False)
    assert done["relayer"] == ADDRESSES["mallory"]
    assert ether(home, "proponent") == before
    assert ether(home, "mallory") < paying
    (retired,) = commands.json("retirements")
    assert (retired["beneficiary"], retired["kilograms"]) == (ADDRESSES["airline"], 1_500)
    assert held(commands, "proponent") == 361_250 - 1_500
    assert commands.json("audit")["verdict"] == "holds"


def test_an_order_publishes_what_the_holder_chose(commands: Commands, order: Path) -> None:
    commands.ok(
        *("sign", "retire", *TONNE, "--beneficiary-name", "Aero SA", "--publish-details"),
        *("--purpose", "national-scheme", "--output", str(order), *HOLDER),
    )
    assert "Aero SA" in json.loads(order.read_text())["details"]
    assert "details: published" in commands.ok("relay", str(order), *RELAYER)
    assert "Aero SA" in commands.ok("certificate", "show", "1")


def test_a_holder_transfers_without_paying(commands: Commands, home: Path, order: Path) -> None:
    before = ether(home, "proponent")
    signed = commands.json(
        *("sign", "transfer", "--lot", "1:1t", "--lot", "1:500kg", "--to", "airline"),
        *("--output", str(order), "--deadline", "2999-12-31", *HOLDER),
    )
    assert (signed["kind"], signed["order"]["nonce"]) == ("transfer", "0")
    said = commands.ok("relay", str(order), *RELAYER)
    assert f"Transfer 1 t of batch 1, 500 kg of batch 1 from {ADDRESSES['proponent']} (proponent)" in said
    assert "to be sent until 2999-12-31 23:59:59 UTC" in said
    assert held(commands, "airline") == 1_500
    assert ether(home, "proponent") == before


def test_orders_of_two_keys_are_sent_in_any_order(commands: Commands, tmp_path: Path) -> None:
    files = [tmp_path / f"{key}.json" for key in ("0", "1", str(2**192 - 1))]
    for file in files:
        line = ("sign", "transfer", *TONNE, "--to", "airline", "--output", str(file), *HOLDER)
        commands.ok(*line, "--nonce-key", file.stem)
    for file in reversed(files):
        commands.ok("relay", str(file), *RELAYER)
    assert held(commands, "airline") == 3_000
    assert commands.json("audit")["verdict"] == "holds"


def sign(commands: Commands, order: Path, *more: str) -> None:
    line = ("sign", "transfer", *TONNE, "--to", "airline", "--output", str(order), *HOLDER)
    commands.ok(*line, *more)


def refused(commands: Commands, order: Path) -> str:
    """One sentence, also with --dry-run and --json; nothing is sent, and nobody needs a key for it."""
    said = commands.refused("relay", str(order), *RELAYER)
    assert commands.refused("relay", str(order), *RELAYER, "--dry-run", "--json") == said
    return said


def test_an_order_is_sent_once(commands: Commands, order: Path) -> None:
    sign(commands, order)
    commands.ok("relay", str(order), *RELAYER)
    assert "Nonce 0 of key 0" in (said := refused(commands, order))
    assert "sent or cancelled already" in said


def test_a_later_order_waits_for_the_earlier_one(commands: Commands, home: Path, tmp_path: Path) -> None:
    earlier, later = tmp_path / "earlier.json", tmp_path / "later.json"
    sign(commands, earlier)
    local = LocalChain(home)
    before = local.snapshot()
    commands.ok("relay", str(earlier), *RELAYER)
    sign(commands, later)
    local.revert(before)
    said = refused(commands, later)
    assert "The order has nonce 1 of key 0, and 0 comes first" in said
    commands.ok("relay", str(earlier), *RELAYER)
    commands.ok("relay", str(later), *RELAYER)


def test_the_holder_cancels_an_order(commands: Commands, order: Path) -> None:
    sign(commands, order)
    said = commands.refused("sign", "cancel", str(order), *RELAYER)
    assert "only the holder can cancel it" in said
    assert "nothing was sent" in commands.ok("sign", "cancel", str(order), *HOLDER, "--dry-run")
    assert "is void" in commands.ok("sign", "cancel", str(order), *HOLDER)
    assert "sent or cancelled already" in refused(commands, order)
    assert "sent or cancelled already" in commands.refused("sign", "cancel", str(order), *HOLDER)
    assert commands.json("audit")["verdict"] == "holds"


def test_an_expired_order(commands: Commands, order: Path) -> None:
    sign(commands, order, "--valid-for", "30m")
    node = LocalChain(commands.home).connect().node
    node.request("evm_increaseTime", 1_900)
    node.request("evm_mine")
    said = refused(commands, order)
    assert "The order could be sent until " in said
    assert "ask the holder to sign a new one" in said


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("chain_id", 1, "was signed for chain 1, and the node serves 31337"),
        ("signed_orders", ADDRESSES["airline"], f"was signed for contract {ADDRESSES['airline']}"),
        ("order.recipient", ADDRESSES["mallory"], "the file was changed since"),
        ("order.holder", ADDRESSES["mallory"], "the file was changed since"),
        ("order.lots", [{"batch": 1, "kilograms": 2_000}], "the file was changed since"),
        ("order.nonce", "5", "the file was changed since"),
        ("order.deadline", 2**47, "the file was changed since"),
        ("signature", "0x", "the file was changed since"),
        ("signature", "0x" + "11" * 65, "the file was changed since"),
        ("kind", "retire", "is missing"),
    ],
)
def test_a_changed_file(commands: Commands, order: Path, field: str, value: object, problem: str) -> None:
    sign(commands, order)
    change(order, field, value)
    assert problem in refused(commands, order)


@pytest.mark.parametrize("content", ["", "{", "[]", "no JSON"])
def test_a_file_that_holds_no_order(commands: Commands, order: Path, content: str) -> None:
    order.write_text(content)
    assert f"File {order}: " in refused(commands, order)


def test_a_missing_file(commands: Commands, order: Path) -> None:
    assert f"File {order}: it can't be read" in refused(commands, order)


def test_the_holder_has_too_little_by_now(commands: Commands, order: Path) -> None:
    sign(commands, order)
    commands.ok("transfer", "1", "361t", "--to", "verra", *HOLDER)
    said = refused(commands, order)
    assert "has 250 kg of batch 1, less than the 1 t of the order" in said


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (("--valid-for", "soon"), "Duration 'soon' can't be read"),
        (("--valid-for", "0d"), "Duration '0d' can't be read"),
        (("--deadline", "2020-01-01"), "has passed"),
        (("--deadline", "tomorrow"), "can't be read"),
        (("--nonce-key", str(2**192)), "Nonce key"),
        (("--holder", ADDRESSES["airline"]), "sign with the holder's key"),
    ],
)
def test_what_can_not_be_signed(commands: Commands, order: Path, more: tuple[str, ...], problem: str) -> None:
    commands.ok("transfer", *TONNE, "--to", "airline", *HOLDER)
    line: tuple[Any, ...] = ("sign", "transfer", *TONNE, "--to", "verra", "--output", str(order), *HOLDER)
    assert problem in commands.refused(*line, *more)
    assert not order.exists()


def test_deadline_and_duration_contradict_each_other(commands: Commands, order: Path) -> None:
    line = ("sign", "transfer", *TONNE, "--to", "verra", "--output", str(order), *HOLDER)
    assert "either --deadline or --valid-for" in commands.refused(
        *line, "--valid-for", "1d", "--deadline", "2999-01-01", code=2
    )


def test_more_than_the_holder_has_is_not_signed(commands: Commands, order: Path, home: Path) -> None:
    before = set(home.rglob("details/*"))
    line = ("sign", "retire", "1", "400t", "--reason", "R", "--output", str(order), *HOLDER)
    assert "has 361.25 t of batch 1" in commands.refused(*line)
    assert not order.exists()
    assert set(home.rglob("details/*")) == before


def test_an_order_that_can_not_be_written(commands: Commands, tmp_path: Path) -> None:
    place = tmp_path / "none" / "order.json"
    line = ("sign", "transfer", *TONNE, "--to", "airline", "--output", str(place), *HOLDER)
    assert f"File {place}: the order can't be written" in commands.refused(*line)
