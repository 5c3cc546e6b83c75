"""An index that is disturbed again and again is in the end what an undisturbed one is.

Reorganisations of the chain, and kills of the command. `make fuzz` disturbs many more times.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lying_node import LyingNode, Refusal, lying_node
from postgresql import NewDatabase
from sqlalchemy import Table, select

from onetonne.bench.node import bench_node
from onetonne.bench.workload import Workload
from onetonne.index import Index, schema

FULL = os.environ.get("ONETONNE_FUZZ") == "full"
DEPTHS = range(1, 65) if FULL else (1, 2, 7, 64)
KILLS = 200 if FULL else 4
A_BLOCK = 8  # logs


@pytest.fixture(scope="module")
def market() -> Iterator[Workload]:
    with bench_node() as chain:
        one = Workload(chain)
        one.fill(70 * A_BLOCK, A_BLOCK)
        yield one


@pytest.fixture(params=["sqlite", "postgresql"])
def index(request: pytest.FixtureRequest, tmp_path: Path, new_database: NewDatabase) -> Iterator[Index]:
    with Index.open(tmp_path / "index.sqlite" if request.param == "sqlite" else new_database()) as one:
        yield one


def rows(index: Index) -> dict[str, list[Any]]:
    tables = (schema.logs, schema.transactions, *schema.EVENT_TABLES)
    with index.engine.connect() as connection:

        def ordered(table: Table) -> list[Any]:
            found = connection.execute(select(table).order_by(*table.primary_key))
            return [tuple(row) for row in found]

        return {table.name: ordered(table) for table in tables}


def undisturbed(market: Workload, folder: Path) -> dict[str, list[Any]]:
    path = folder / "undisturbed.sqlite"
    path.unlink(missing_ok=True)
    with Index.open(path) as one:
        one.sync(market.chain, market.deployment)
        return rows(one)


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_reorganisation_leaves_what_an_undisturbed_sync_reads(
    depth: int, tmp_path: Path, new_database: NewDatabase
) -> None:
    """A chain for each: anvil 1.7.1 forgets states where it is taken back again and again."""
    chance = Random(depth)
    with bench_node() as chain, ExitStack() as opened:
        places = (tmp_path / "index.sqlite", new_database())
        indexes = [opened.enter_context(Index.open(place)) for place in places]
        market, node = Workload(chain), chain.node
        market.fill(chance.randrange(5, 70) * A_BLOCK, A_BLOCK)
        fork, height = node.request("evm_snapshot"), chain.head()
        market.fill(depth * A_BLOCK, A_BLOCK)
        sync(indexes, market, chance)
        if chance.random() < 0.5:
            node.request("anvil_reorg", depth, [])
        else:
            assert node.request("evm_revert", fork)
            assert chain.head() == height
        for _ in range(chance.randrange(3)):
            market.fill(chance.randrange(1, depth + 2) * A_BLOCK, A_BLOCK)
        sync(indexes, market, chance)
        assert rows(indexes[0]) == rows(indexes[1]) == undisturbed(market, tmp_path)


def sync(indexes: Sequence[Index], market: Workload, chance: Random) -> None:
    for index in indexes:
        index.sync(market.chain, market.deployment, verify=chance.random() < 0.3)


def test_reorganisations_in_the_middle_of_a_sync(
    market: Workload, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetonne.chain.logs._FIRST_BLOCKS", 3)
    monkeypatch.setattr("onetonne.chain.logs._GROWTH", 1)  # three blocks a page, wherever the pages begin
    node, chance = market.chain.node, Random(8)
    for verify in (False, True):
        market.fill(30 * A_BLOCK, A_BLOCK)
        forks = iter(range(3))

        def reorganise(at: int, last: int, _logs: int, forks: Iterator[int] = forks) -> None:
            if at > last - 20 and next(forks, None) is not None:
                node.request("anvil_reorg", chance.randrange(1, 20), [])

        index.sync(market.chain, market.deployment, verify=verify, progress=reorganise)
        assert next(forks, None) is None
        assert rows(index) == undisturbed(market, tmp_path)


def test_finality_leaves_the_newest_blocks_out(market: Workload, index: Index) -> None:
    head = market.chain.head()
    assert index.sync(market.chain, market.deployment, finality=5).last == head - 5
    assert index.sync(market.chain, market.deployment, finality=6).last == head - 5  # never back
    market.chain.node.request("anvil_reorg", 3, [])
    assert index.sync(market.chain, market.deployment, finality=5).removed_blocks == 0


def slowly(method: str, parameters: list[Any], result: Any) -> Any:
    """Gives few blocks at once, and those slowly: so a sync has a middle."""
    if method == "eth_getLogs":
        if int(parameters[0]["toBlock"], 16) - int(parameters[0]["fromBlock"], 16) > 4:
            raise Refusal("at most 5 blocks")
        time.sleep(0.005)
    return result


@pytest.fixture
def slow_node(market: Workload) -> Iterator[LyingNode]:
    with lying_node(market.chain.url, slowly) as one:
        yield one


def started(node: LyingNode, home: Path, *more: str) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "onetonne",
        "--home",
        str(home),
        "--rpc",
        node.url,
        "index",
        "sync",
        *more,
    ]
    given = {**os.environ, "ONETONNE_INDEX": str(home / "index.sqlite")}
    return subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_sync_that_is_killed_goes_on_where_it_was(
    market: Workload, slow_node: LyingNode, tmp_path: Path
) -> None:
    market.deployment.save(tmp_path)
    expected, chance = undisturbed(market, tmp_path), Random(9)
    path, journal = tmp_path / "index.sqlite", tmp_path / "index.sqlite-wal"
    kills, finished = 0, 0
    while kills < KILLS or not finished:
        before = journal.stat().st_size if journal.exists() else 0
        with started(slow_node, tmp_path) as process:
            while process.poll() is None and (not journal.exists() or journal.stat().st_size == before):
                time.sleep(0.002)  # until it writes: most of its life it only imports
            time.sleep(chance.uniform(0, 0.15))
            if kills < KILLS and process.poll() is None:
                process.kill()
                process.communicate()
                kills += 1
                continue
            _, problem = process.communicate()
        assert process.returncode == 0, problem
        with Index.open(path) as index:
            assert rows(index) == expected
        finished += 1
        for file in (path, journal):
            file.unlink(missing_ok=True)


def test_following_ends_cleanly_at_an_interrupt(
    market: Workload, slow_node: LyingNode, tmp_path: Path
) -> None:
    market.deployment.save(tmp_path)
    with started(slow_node, tmp_path, "--follow") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Read ")
        market.fill(3 * A_BLOCK, A_BLOCK)
        assert process.stdout.readline().startswith("Read ")
        process.send_signal(2)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 0
    assert said == f"Stopped; the index is at block {market.chain.head():,}.\n"
    with Index.open(tmp_path / "index.sqlite") as index:
        assert rows(index) == undisturbed(market, tmp_path)
