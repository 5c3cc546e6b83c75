"""The index against a real node: it resumes, repeats nothing, follows forks, and has one writer at a time."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from eth_utils.crypto import keccak
from postgresql import NewDatabase
from saved_chains import SavedChains
from sqlalchemy import delete, select, text
from story import Teller, tell

from onetonne.audit import audit
from onetonne.errors import IndexStoreError, NodeUnreachable, WrongChain
from onetonne.index import Index, schema
from onetonne.index.reading import LogReader
from onetonne.index.writing import write
from onetonne.terms import Address, BatchId, Kilograms, Purpose, RetirementId


@pytest.fixture(scope="module")
def teller(saved_chains: SavedChains, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    with saved_chains.loaded(tmp_path_factory.mktemp("home"), tell) as one:
        yield one


@pytest.fixture
def told(teller: Teller) -> Iterator[Teller]:
    """The story, with the chain taken back to its end after the test."""
    before = teller.local.snapshot()
    yield teller
    teller.local.revert(before)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "index.sqlite") as one:
        yield one


def rows(index: Index) -> dict[str, list[tuple[Any, ...]]]:
    """Everything but the block headers kept as cursors."""
    tables = [schema.logs, schema.transactions, *schema.EVENT_TABLES]
    with index.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in tables
        }


def fresh(teller: Teller, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    with Index.open(folder / "fresh.sqlite") as one:
        one.sync(teller.chain, teller.deployment)
        return rows(one)


def test_events_alone_tell_what_the_ledger_holds(teller: Teller, index: Index) -> None:
    index.sync(teller.chain, teller.deployment)
    ledger = teller.chain.contract("Credits", teller.deployment.addresses["Credits"])
    for name in ("alice", "bob", "carol"):
        held = {holding.batch: holding.kilograms for holding in index.holdings(teller.address(name))}
        for batch in range(1, 8):
            balance = teller.chain.call(
                teller.chain.function(ledger, "balanceOf", teller.address(name), batch)
            )
            assert held.get(BatchId(batch), 0) == balance
    frozen = {holding.batch: holding.frozen for holding in index.holdings(teller.address("bob"))}
    assert frozen[BatchId(3)] == 250
    first = index.batch(BatchId(1))
    assert (first.prefix, first.first, first.last) == ("VCS-VCU", 1001, 1010)
    assert (first.retired, first.cancelled, first.redeemed) == (3500, 250, 0)
    assert first.in_circulation == 6250
    assert len(index.batches()) == 7


def test_a_certificate_comes_with_its_retirement_batch_and_published_details(
    teller: Teller, index: Index
) -> None:
    index.sync(teller.chain, teller.deployment)
    certificate = index.certificate(RetirementId(5))
    assert certificate.owner == teller.address("carol")
    assert certificate.retirement.purpose is Purpose.NATIONAL_SCHEME
    assert certificate.retirement.details == keccak(text=certificate.details)
    assert certificate.batch.id == 4
    assert index.certificate(RetirementId(1)).details is None
    claimed = index.retirements(claim=RetirementId(2))
    assert [(one.id, one.batch, one.kilograms) for one in claimed] == [
        (2, 1, 2000),
        (3, 4, 333),
        (4, 5, 1000),
    ]
    assert len(index.retirements(beneficiary=teller.address("airline"))) == 4
    assert len(index.retirements(batch=BatchId(1))) == 2


def test_what_is_not_there_is_said_in_a_sentence(teller: Teller, index: Index) -> None:
    index.sync(teller.chain, teller.deployment)
    with pytest.raises(IndexStoreError, match="no batch 99"):
        index.batch(BatchId(99))
    with pytest.raises(IndexStoreError, match="no retirement 99"):
        index.certificate(RetirementId(99))


def test_views_agree_with_the_queries(teller: Teller, index: Index) -> None:
    index.sync(teller.chain, teller.deployment)
    alice = teller.address("alice")
    with index.engine.connect() as connection:
        found = connection.execute(
            text("SELECT batch, kilograms FROM balances WHERE account = :account AND kilograms > 0"),
            {"account": alice},
        ).all()
    assert dict(map(tuple, found)) == {one.batch: one.kilograms for one in index.holdings(alice)}


def test_every_raw_log_is_kept_and_gives_the_same_rows_again(teller: Teller, index: Index) -> None:
    result = index.sync(teller.chain, teller.deployment)
    before = rows(index)
    assert len(before["logs"]) == result.logs
    with index.engine.begin() as connection:
        for table in schema.EVENT_TABLES:
            connection.execute(delete(table))
    counts: list[tuple[int, int]] = []
    assert index.rederive(progress=lambda *done: counts.append(done)) == result.logs
    assert counts[-1] == (result.logs, result.logs)
    assert rows(index) == before


def test_an_index_of_an_earlier_version_is_made_again_from_its_raw_logs(
    teller: Teller, index: Index, tmp_path: Path
) -> None:
    index.sync(teller.chain, teller.deployment)
    with index.engine.begin() as connection:
        connection.execute(text("DROP VIEW balances"))
        connection.execute(text("DROP TABLE movements"))
        connection.execute(text("CREATE TABLE movements (of_an_earlier_version INTEGER)"))
        connection.execute(text("UPDATE index_state SET value = '3' WHERE name = 'schema'"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "SCHEMA_VERSION", 4)
        with Index.open(tmp_path / "index.sqlite") as later:  # no node: it has all it needs
            assert rows(later) == fresh(teller, tmp_path)
            assert later.sync(teller.chain, teller.deployment).logs == 0


def test_an_earlier_index_without_raw_logs_is_read_again(
    teller: Teller, index: Index, tmp_path: Path
) -> None:
    index.sync(teller.chain, teller.deployment, raw=False)
    assert rows(index) == fresh(teller, tmp_path) | {"logs": []}
    with pytest.raises(IndexStoreError, match="keeps no raw logs"):
        index.rederive()
    with pytest.raises(IndexStoreError, match="left out the raw logs"):
        index.sync(teller.chain, teller.deployment, raw=True)
    with index.engine.begin() as connection:
        connection.execute(text("UPDATE index_state SET value = '2' WHERE name = 'schema'"))
    with Index.open(tmp_path / "index.sqlite") as later:
        assert later.cursor is None
        later.sync(teller.chain, teller.deployment)
        assert rows(later) == fresh(teller, tmp_path)


def test_an_index_of_a_later_version_is_refused(teller: Teller, index: Index, tmp_path: Path) -> None:
    index.sync(teller.chain, teller.deployment)
    with index.engine.begin() as connection:
        connection.execute(text("UPDATE index_state SET value = '99' WHERE name = 'schema'"))
    with pytest.raises(IndexStoreError, match="made by a later version of onetonne"):
        Index.open(tmp_path / "index.sqlite")


def test_raw_logs_can_be_left_out_later(teller: Teller, index: Index) -> None:
    index.sync(teller.chain, teller.deployment)
    index.sync(teller.chain, teller.deployment, raw=False)
    assert rows(index)["logs"] == []
    index.sync(teller.chain, teller.deployment)
    assert rows(index)["logs"] == []


def test_a_second_sync_finds_nothing_new(teller: Teller, index: Index) -> None:
    first = index.sync(teller.chain, teller.deployment)
    before = rows(index)
    second = index.sync(teller.chain, teller.deployment)
    assert (second.logs, second.removed_blocks) == (0, 0)
    assert second.first > second.last == first.last
    assert rows(index) == before


def test_a_sync_goes_on_where_it_was_interrupted(
    teller: Teller, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetonne.chain.logs._FIRST_BLOCKS", 7)

    def stop(done: int, last: int, logs: int) -> None:
        if done >= 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.sync(teller.chain, teller.deployment, progress=stop)
    reached = index.cursor
    assert reached is not None
    assert 30 <= reached.block < teller.chain.head()
    result = index.sync(teller.chain, teller.deployment)
    assert result.first == reached.block + 1
    assert rows(index) == fresh(teller, tmp_path)


def test_a_page_that_fails_leaves_no_rows(
    teller: Teller, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetonne.index.syncing.write", _fail_after_writing)
    with pytest.raises(NodeUnreachable):
        index.sync(teller.chain, teller.deployment)
    assert index.cursor is None
    assert not any(rows(index).values())
    monkeypatch.undo()
    index.sync(teller.chain, teller.deployment)
    assert rows(index) == fresh(teller, tmp_path)


def _fail_after_writing(connection: Any, rows: Any) -> None:
    write(connection, rows)
    raise NodeUnreachable("http://127.0.0.1", "as if it broke off")


def test_blocks_that_the_chain_took_back_leave_the_index(told: Teller, index: Index, tmp_path: Path) -> None:
    index.sync(told.chain, told.deployment)
    before = rows(index)
    snapshot = told.local.snapshot()
    told.transfer("alice", "carol", 1, 10)
    told.retire("alice", "airline", (1, 10))
    index.sync(told.chain, told.deployment)
    assert rows(index) != before
    told.local.revert(snapshot)
    result = index.sync(told.chain, told.deployment)
    assert result.removed_blocks == 2
    assert rows(index) == before
    told.retire("alice", "airline", (1, 20))  # other blocks in the place of those
    told.transfer("alice", "carol", 1, 30)
    index.sync(told.chain, told.deployment)
    assert rows(index) == fresh(told, tmp_path)
    assert audit(told.chain, told.deployment, index).holds


def test_a_longer_fork_replaces_what_the_index_held(told: Teller, index: Index, tmp_path: Path) -> None:
    for number in range(3):
        told.transfer("alice", "carol", 1, 10 + number)
        index.sync(told.chain, told.deployment)
    told.chain.node.request("anvil_reorg", 3, [])  # three empty blocks in the place of the last three
    told.chain.node.request("evm_mine")
    result = index.sync(told.chain, told.deployment)
    assert result.removed_blocks == 3
    assert rows(index) == fresh(told, tmp_path)
    assert audit(told.chain, told.deployment, index).holds


def test_a_fork_deeper_than_the_index_starts_it_anew(told: Teller, index: Index, tmp_path: Path) -> None:
    index.sync(told.chain, told.deployment)
    with index.engine.begin() as connection:  # as if another chain had been read
        connection.execute(text("UPDATE blocks SET hash = :hash"), {"hash": "0x" + "11" * 32})
    result = index.sync(told.chain, told.deployment)
    assert result.removed_blocks == result.last - told.deployment.block + 1
    assert rows(index) == fresh(told, tmp_path)


def test_a_fork_in_the_middle_of_reading_is_read_again(
    told: Teller, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.transfer("alice", "carol", 1, 10)
    headers, forks = LogReader._headers, iter([1])

    def forked(self: LogReader, *arguments: Any) -> Any:
        if next(forks, None):
            told.chain.node.request("anvil_reorg", 1, [])
        return headers(self, *arguments)

    monkeypatch.setattr(LogReader, "_headers", forked)
    index.sync(told.chain, told.deployment)
    assert next(forks, None) is None
    monkeypatch.undo()
    assert rows(index) == fresh(told, tmp_path)


def test_text_that_is_none_stops_no_index(told: Teller, index: Index) -> None:
    emit_no_text(told, b"\x00\xff\x00\xc3")
    index.sync(told.chain, told.deployment)
    assert index.certificate(RetirementId(6)).details == "\\x00\\xff\\x00\\xc3"
    assert audit(told.chain, told.deployment, index).holds


def emit_no_text(told: Teller, details: bytes) -> None:
    """Anybody can retire a kilogram with details that are no UTF-8."""
    ledger = told.chain.contract("Credits", told.deployment.addresses["Credits"])
    mark = "M" * len(details)
    arguments = ([(1, 1)], told.address("alice"), told.address("alice"), 0, mark)
    data = told.chain.function(ledger, "retireWithDetails", *arguments)._encode_transaction_data()
    told.chain.node.request("anvil_impersonateAccount", told.address("alice"))
    call = {
        "from": told.address("alice"),
        "to": ledger.address,
        "data": data.replace(mark.encode().hex(), details.hex()),
    }
    sent = told.chain.node.request("eth_sendTransaction", call)  # answered before its block is there
    assert told.chain.web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.01)["status"] == 1


def test_another_writer_is_told_to_wait_in_one_sentence(teller: Teller, index: Index, tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from onetonne.index.store import engine_of, writer\n"
        "with writer(engine_of(sys.argv[1]), 0):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    path = tmp_path / "index.sqlite"
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(IndexStoreError, match=r"^Another process is writing the index at .*; wait"):
            index.sync(teller.chain, teller.deployment, wait=0.1)
        assert other.stdin is not None
        other.stdin.write("done\n")
        other.stdin.flush()
        assert index.sync(teller.chain, teller.deployment, wait=30).logs  # it waits for its turn


def test_processes_that_start_together_write_each_row_once(teller: Teller, tmp_path: Path) -> None:
    script = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from onetonne.chain import connect\n"
        "from onetonne.deploy import Deployment\n"
        "from onetonne.index import Index\n"
        "deployment = Deployment.load(Path(sys.argv[2]), 31337)\n"
        "with Index.open(sys.argv[1]) as index:\n"
        "    index.sync(connect(sys.argv[3]), deployment)\n"
    )
    teller.deployment.save(tmp_path)
    path = tmp_path / "index.sqlite"
    command = [sys.executable, "-c", script, str(path), str(tmp_path), teller.chain.url]
    several = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for one in several:
        _, problems = one.communicate(timeout=60)
        assert one.returncode == 0, problems
    with Index.open(path) as index:
        assert rows(index) == fresh(teller, tmp_path)


@pytest.mark.parametrize("lock", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_new_index_waits_while_another_process_prepares_it(tmp_path: Path, lock: str) -> None:
    path = tmp_path / "index.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute(f"BEGIN {lock}")
        release = Timer(0.5, other.execute, ["COMMIT"])
        release.start()
        with Index.open(path) as index:
            assert release.finished.is_set()
            assert index.cursor is None
        release.join()


def test_an_index_of_another_deployment_is_refused(teller: Teller, index: Index) -> None:
    index.sync(teller.chain, teller.deployment)
    elsewhere = Address("0x" + "ab" * 20)
    other = replace(teller.deployment, addresses={**teller.deployment.addresses, "Credits": elsewhere})
    with pytest.raises(IndexStoreError, match="name another index, or delete this one"):
        index.sync(teller.chain, other)


def test_a_deployment_of_another_chain_is_refused(teller: Teller, index: Index) -> None:
    with pytest.raises(WrongChain):
        index.sync(teller.chain, replace(teller.deployment, chain_id=1))


def test_a_file_that_is_no_index_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "text.sqlite"
    path.write_text("no database, but long enough to be taken for one" * 30)
    with pytest.raises(IndexStoreError, match="can't be read or written") as caught:
        Index.open(path)
    assert "\n" not in str(caught.value)


def test_progress_counts_up_to_the_head(teller: Teller, index: Index) -> None:
    seen: list[tuple[int, int, int]] = []
    result = index.sync(teller.chain, teller.deployment, progress=lambda *counts: seen.append(counts))
    assert seen[-1] == (result.last, result.last, result.logs)


def test_a_postgresql_server_holds_the_same_index(
    teller: Teller, tmp_path: Path, new_database: NewDatabase
) -> None:
    with Index.open(new_database()) as index:
        index.sync(teller.chain, teller.deployment)
        assert rows(index) == fresh(teller, tmp_path)
        alice = {one.batch: one.kilograms for one in index.holdings(teller.address("alice"))}
        assert alice[BatchId(1)] == Kilograms(3750)
        assert len(index.batches()) == 7
        assert audit(teller.chain, teller.deployment, index).holds
        assert index.rederive() == len(rows(index)["logs"])
        assert rows(index) == fresh(teller, tmp_path)


def test_postgresql_takes_what_anybody_can_emit(
    told: Teller, tmp_path: Path, new_database: NewDatabase
) -> None:
    emit_no_text(told, b"\x00\xff\x00\xc3\t\\n\r\n\\.\n")
    with Index.open(new_database()) as index:
        index.sync(told.chain, told.deployment, verify=True)
        assert rows(index) == fresh(told, tmp_path)
