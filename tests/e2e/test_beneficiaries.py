"""`retire --beneficiaries`: many beneficiaries from a table, each once, however often it is cut off."""

import fcntl
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from commands import ADDRESSES, Commands, up_to_accepted, with_keys

from onetonne import beneficiaries
from onetonne.chain import LOCAL_CHAIN_ID, LocalChain
from onetonne.chain.sending import Outbox
from onetonne.ledger import Ledger
from onetonne.networks import of_chain

FROM = ("--from", "proponent")
TABLE = """name,quantity,account,reason
Harbour Lights Ferries,1.5t,airline,Summer crossings
"Bäckerei Ölmann, Söhne",250kg,,
Harbour Lights Ferries,1.5t,airline,Summer crossings
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("beneficiaries")


@pytest.fixture(scope="module")
def told(home: Path) -> Iterator[Commands]:
    """One batch of 361.25 t, the proponent's."""
    local = LocalChain(home)
    local.up()
    commands = with_keys(home, local)
    up_to_accepted(commands)
    commands.mint()
    yield commands
    local.down()


@pytest.fixture
def commands(told: Commands, home: Path) -> Iterator[Commands]:
    """The chain is taken back after each test, and so are the rounds."""
    local = LocalChain(home)
    before = local.snapshot()
    yield told
    local.revert(before)
    for file in (home / "rounds").glob("*"):
        file.unlink()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "guests.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def line(path: Path, *more: str) -> tuple[str, ...]:
    return "retire", "--beneficiaries", str(path), *FROM, *more


def retired(commands: Commands) -> list[tuple[str, int]]:
    found = commands.json("retirements")
    return sorted((one["beneficiary"], one["kilograms"]) for one in found)


def test_each_beneficiary_gets_a_certificate_in_one_transaction(commands: Commands, path: Path) -> None:
    text = commands.ok(*line(path, "--reason", "Travel", "--period", "2025-01-01..2025-12-31", "--yes"))
    assert f"Harbour Lights Ferries: 1.5 t, certificate 1, of {ADDRESSES['airline']} (airline)." in text
    assert "Bäckerei Ölmann, Söhne: 250 kg, certificate 2, of" in text
    assert "\n1 transaction, " in text
    owners = (ADDRESSES["airline"], ADDRESSES["proponent"], ADDRESSES["airline"])
    assert retired(commands) == sorted(zip(owners, (1_500, 250, 1_500), strict=True))
    first, second = (commands.ok("certificate", "show", number) for number in ("1", "2"))
    assert "Summer crossings" in first
    assert "Travel" in second
    assert "2025-12-31" in second


def test_the_same_table_again_sends_nothing(commands: Commands, path: Path) -> None:
    first = commands.json(*line(path))
    again = commands.json(*line(path))
    assert again["transactions"] == []
    assert [one["retirements"] for one in again["beneficiaries"]] == [[1], [2], [3]]
    assert [one["retired_before"] for one in again["beneficiaries"]] == [True] * 3
    assert len(first["transactions"]) == 1
    text = commands.ok(*line(path, "--yes"))
    assert text == "3 of 3 beneficiaries had been retired for already: nothing was sent.\n"


@pytest.mark.parametrize("sent", [False, True])
def test_a_round_that_was_cut_off_goes_on(
    commands: Commands, path: Path, monkeypatch: pytest.MonkeyPatch, sent: bool
) -> None:
    """Before the second transaction is sent, or after, while it is waited for."""
    real_retire, real_wait, tries = Ledger.retire_for_each, Outbox._wait, list[int]()

    def retire(self: Ledger, claims: Any, *given: Any, **named: Any) -> Any:
        tries.append(len(tries))
        if not sent and len(tries) == 4:
            raise KeyboardInterrupt
        return real_retire(self, claims, *given, **named)

    def wait(*given: Any) -> Any:
        if len(tries) == 4:
            raise KeyboardInterrupt
        return real_wait(*given)

    monkeypatch.setattr(beneficiaries, "_GROUP", 1)
    monkeypatch.setattr(Ledger, "retire_for_each", retire)
    monkeypatch.setattr(Outbox, "_wait", wait)
    assert commands.run(*line(path, "--json")).exit_code == 130
    monkeypatch.undo()
    found = commands.json(*line(path))
    assert [one["retired_before"] for one in found["beneficiaries"]] == [True, sent, False]
    assert len(retired(commands)) == 3
    for number in ("1", "2", "3"):
        assert "Ferries" in (text := commands.ok("certificate", "show", number)) or "Ölmann" in text


def limit_gas(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    local = replace(of_chain(LOCAL_CHAIN_ID), gas_cap=most)
    monkeypatch.setattr("onetonne.chain.client.of_chain", lambda *_: local)


def test_a_round_takes_as_many_transactions_as_its_gas_needs(
    commands: Commands, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"Guest {number},100kg\n" for number in range(1, 12))
    path.write_text(f"name;quantity\n{rows.replace(',', ';')}", encoding="utf-8-sig")
    limit_gas(monkeypatch, 600_000)
    found = commands.json(*line(path))
    assert len(found["transactions"]) > 2
    assert [one["retirements"] for one in found["beneficiaries"]] == [[number] for number in range(1, 12)]
    limit_gas(monkeypatch, 60_000)
    path.write_text("name,quantity\nGuest 12,1kg\n")
    assert "and a transaction has 60,000 at most (EIP-7825)" in commands.refused(*line(path, "--json"))


def test_a_beneficiary_may_take_several_batches(commands: Commands, path: Path) -> None:
    path.write_text("name,quantity\nA,361t\nB,250kg\n")
    assert [one["retirements"] for one in commands.json(*line(path))["beneficiaries"]] == [[1], [2]]
    path.write_text("name,quantity\nC,1kg\n")
    assert "holds 0 kg that fit, and 1 kg are wanted" in commands.refused(*line(path, "--yes"))


def test_details_can_be_published(commands: Commands, path: Path) -> None:
    text = commands.ok(*line(path, "--publish-details", "--yes"))
    assert "Details are kept" not in text
    assert "Harbour Lights Ferries" in commands.ok("certificate", "show", "3")


def test_dry_run_keeps_and_sends_nothing(commands: Commands, path: Path, home: Path) -> None:
    head, before = LocalChain(home).connect().head(), set(home.rglob("*"))
    assert "Dry run: nothing was sent. It would take 1 transaction, " in commands.ok(*line(path, "--dry-run"))
    assert LocalChain(home).connect().head() == head
    assert {one for one in home.rglob("*") if "index" not in one.name} <= before


def test_without_an_answer_nothing_is_sent(commands: Commands, path: Path) -> None:
    assert "add --yes" in commands.refused(*line(path))
    assert not any((commands.home / "rounds").glob("*"))
    assert retired(commands) == []


def test_a_round_keeps_its_terms(commands: Commands, path: Path) -> None:
    commands.ok(*line(path, "--reason", "Travel", "--yes"))
    said = commands.refused(*line(path, "--reason", "Freight", "--yes"))
    assert "This table was begun with another details" in said
    assert "change the table for another round" in said


def test_two_processes_do_not_retire_for_one_table(commands: Commands, path: Path, home: Path) -> None:
    commands.ok(*line(path, "--yes"))
    (place,) = (home / "rounds").iterdir()
    with place.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        said = commands.refused(*line(path, "--yes"))
    assert said == "Error: Another process retires for the same table: wait for it.\n"


def test_a_round_that_is_damaged_is_refused(commands: Commands, path: Path, home: Path) -> None:
    commands.ok(*line(path, "--yes"))
    (place,) = (home / "rounds").iterdir()
    assert oct(place.stat().st_mode & 0o777) == "0o600"
    assert "secret" in json.loads(place.read_text())
    place.write_text("[]")
    assert "it holds no round of beneficiaries" in commands.refused(*line(path, "--yes"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it has no column 'name'"),
        ("name\nA\n", "it has no column 'quantity'"),
        ("name,quantity,colour\nA,1t,red\n", "it has a column 'colour'"),
        ("name,quantity,name\nA,1t,B\n", "it has a column 'name'"),
        ("name,quantity\n", "it names no beneficiary"),
        ("name,quantity\nA,1\n", "line 2: Quantity '1' has no unit"),
        ("name,quantity\nA,0t\n", "line 2"),
        ("name,quantity\nA,-1t\n", "line 2"),
        ("name,quantity\n,1t\n", "line 2 has no name"),
        ("name,quantity\nA\n", "line 2 has not as many cells as the header"),
        ("name,quantity\nA,1t,B\n", "line 2 has not as many cells as the header"),
        ("name,quantity,account\nA,1t,0x12\n", "line 2: "),
        ("name,quantity,account\nA,1t,nobody\n", "line 2: "),
        ('name,quantity\n"A,1t\n', "is no CSV"),
        ("name,quantity\n" + "A,1kg\n" * 5_001, "it has more than 5,000 rows: divide it"),
        (b"name,quantity\n\xff,1t\n", "it is not UTF-8 (byte 14)"),
        (b"x" * 4_000_001, "it has more than 4,000,000 bytes: divide it"),
    ],
)
def test_tables_that_say_nothing(commands: Commands, path: Path, text: str | bytes, said: str) -> None:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert said in commands.refused(*line(path, "--yes"))


def test_tables_that_are_no_files(commands: Commands, tmp_path: Path) -> None:
    assert "it is no file" in commands.refused(*line(tmp_path, "--yes"))
    assert "it is not there" in commands.refused(*line(tmp_path / "none.csv", "--yes"))


def test_options_that_contradict_a_table(commands: Commands, path: Path) -> None:
    for more in (("1", "1t"), ("--quantity", "1t"), ("--beneficiary-name", "A"), ("--lot", "1:1t")):
        assert "--beneficiaries gives names" in commands.refused(*line(path, *more), code=2)


def test_signers_are_asked_before_anything_is_kept(commands: Commands, path: Path, home: Path) -> None:
    assert "Nobody signs" in commands.refused("retire", "--beneficiaries", str(path), "--yes")
    assert not any((home / "rounds").glob("*"))
