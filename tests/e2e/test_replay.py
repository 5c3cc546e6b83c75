"""A small made-up market on a chain of its own: what was asked for is there, and the audit holds."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from onetonne.bench.replay import Replayed, Scale, place, replay
from onetonne.cli.app import app
from onetonne.cli.output import progress
from onetonne.index import Index

SCALE = Scale(issuances=60, retirements=300, transfers=150, seed=7, blocks=12)


def written(home: Path, scale: Scale = SCALE) -> Replayed:
    with place(None, home, keep=False) as where:
        return replay(scale, where, home, home / "index.sqlite", lambda doing: progress(doing, hidden=True))


def rows(home: Path, query: str) -> list[Any]:
    with Index.open(home / "index.sqlite") as index, index.engine.connect() as connection:
        return list(connection.execute(text(query)))


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Replayed]:
    home = tmp_path_factory.mktemp("market")
    return home, written(home)


def test_the_market_has_what_was_asked_for_and_holds(market: tuple[Path, Replayed]) -> None:
    home, done = market
    assert done.report.holds, done.report.findings
    counts = {name: rows(home, f"SELECT COUNT(*) FROM {name}")[0][0] for name in ("batches", "retirements")}
    assert counts == {"batches": 60, "retirements": 300}
    nobody = "0x0000000000000000000000000000000000000000"
    moved = f"SELECT COUNT(*) FROM movements WHERE sender <> '{nobody}' AND recipient <> '{nobody}'"
    assert rows(home, moved)[0][0] == 150
    retired = rows(home, "SELECT SUM(kilograms) FROM retirements")[0][0]
    assert retired == done.made["retired kilograms"]


def test_the_table_says_what_was_done(market: tuple[Path, Replayed]) -> None:
    _, done = market
    writing, indexing, auditing = done.phases
    assert (writing.name, indexing.name, auditing.name) == ("write", "index", "audit")
    assert writing.count > 500
    assert indexing.count == rows(market[0], "SELECT COUNT(*) FROM logs")[0][0]
    assert auditing.count == done.report.slots
    assert all(phase.seconds > 0 and phase.own_peak for phase in done.phases)


def test_the_same_seed_gives_the_same_market_and_another_one_another(
    market: tuple[Path, Replayed], tmp_path: Path
) -> None:
    query = "SELECT address, topics, data FROM logs ORDER BY block_number, log_index"
    small = Scale(issuances=10, retirements=20, transfers=10, seed=7, blocks=3)
    found = []
    for number, seed in enumerate((7, 7, 8)):
        home = tmp_path / str(number)
        written(home, Scale(small.issuances, small.retirements, small.transfers, seed, small.blocks))
        found.append(rows(home, query))
    assert found[0] == found[1] != found[2]


def test_a_home_with_a_deployment_is_left_alone(market: tuple[Path, Replayed]) -> None:
    home, _ = market
    result = CliRunner().invoke(app, ["bench", "replay", "--home", str(home)])
    assert result.exit_code == 1
    assert "give another --home" in result.output


@pytest.mark.skipif(not Path("/proc").exists(), reason="no /proc tells which processes are left")
def test_the_chain_ends_with_a_replay_that_is_terminated(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "onetonne", "bench", "replay", "--home", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while not list(tmp_path.glob("deployments/*.json")):
            assert process.poll() is None
            time.sleep(0.02)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.terminate()
        _, said = process.communicate()
    assert process.returncode == 130
    assert b"Interrupted" in said
    assert children
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
