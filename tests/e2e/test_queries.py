"""Lists, filters, histories and files, on a small made-up market: each against a plain look at everything."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars
import pytest
from typer.testing import CliRunner

from onetonne.bench.replay import Scale, place, replay
from onetonne.cli.app import app
from onetonne.cli.output import progress
from onetonne.index import Index, Selection
from onetonne.index.fates import Fate
from onetonne.labels import Histories, labels_of
from onetonne.terms import Batch, BatchId, Kilograms, Purpose, Retirement, from_seconds

SCALE = Scale(issuances=200, retirements=900, transfers=300, seed=3, blocks=24)


@dataclass(frozen=True)
class Market:
    """A market whose chain still runs, and everything in it."""

    index: Index
    line: tuple[str, ...]
    batches: dict[BatchId, Batch]
    retirements: list[Retirement]

    def run(self, *words: str) -> Any:
        return CliRunner().invoke(
            app, [*words, *self.line], env={"COLUMNS": "300", "ONETONNE_TRACEBACK": "1"}
        )

    def ok(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    def rows(self, *words: str) -> list[dict[str, Any]]:
        return list(json.loads(self.ok(*words, "--json")))

    def refused(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code in (1, 2), result.output
        return str(result.stderr)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    home = tmp_path_factory.mktemp("market")
    with ExitStack() as stack:
        where = stack.enter_context(place(None, home, keep=False))
        file = home / f"index-{where.chain.chain_id}.sqlite"
        replay(SCALE, where, home, file, lambda doing: progress(doing, hidden=True))
        index = stack.enter_context(Index.open(file))
        line = ("--home", str(home), "--rpc", where.chain.url)
        yield Market(index, line, {one.id: one for one in index.batches()}, index.retirements())


def test_retirements_by_origin(market: Market) -> None:
    fits = [
        one.id
        for one in market.retirements
        if market.batches[one.batch].programme == 1 and 2018 <= market.batches[one.batch].vintage_year <= 2021
    ]
    found = market.rows("retirements", "--programme", "VCS", "--vintage", "2018..2021")
    assert [row["retirement"] for row in found] == fits
    assert fits
    assert market.rows("retirements", "--programme", "1", "--vintage", "2018..2021") == found


def test_retirements_by_project(market: Market) -> None:
    batch = market.batches[market.retirements[0].batch]
    (code,) = {
        f"{row['programme']}:{row['project']}" for row in market.rows("retirements", "--batch", str(batch.id))
    }
    fits = [one.id for one in market.retirements if market.batches[one.batch].project == batch.project]
    assert [row["retirement"] for row in market.rows("retirements", "--project", code)] == fits


def test_retirements_by_who_and_what_for(market: Market) -> None:
    one = next(one for one in market.retirements if one.purpose is Purpose.CORSIA_PHASE_1)
    for option, value in (
        ("--beneficiary", one.beneficiary),
        ("--claim", str(one.claim)),
        ("--purpose", "corsia-1"),
        ("--label", "corsia-1"),
    ):
        assert one.id in [row["retirement"] for row in market.rows("retirements", option, value)], option
    mine = [other.id for other in market.retirements if other.beneficiary == one.beneficiary]
    found = market.rows("retirements", "--beneficiary", one.beneficiary)
    assert [row["retirement"] for row in found] == mine
    holder = found[0]["holder"]
    assert {row["holder"] for row in market.rows("retirements", "--holder", holder)} == {holder}


def test_retirements_by_day_include_both_ends(market: Market) -> None:
    days = sorted({from_seconds(one.time).date() for one in market.retirements})
    first, last = days[3], days[6]
    fits = [one.id for one in market.retirements if first <= from_seconds(one.time).date() <= last]
    found = market.rows("retirements", "--dates", f"{first}..{last}")
    assert [row["retirement"] for row in found] == fits
    later = market.rows("retirements", "--dates", f"{last}..")
    assert later[0]["retirement"] <= found[-1]["retirement"] < later[-1]["retirement"]


def test_retirements_by_the_label_held_then(market: Market) -> None:
    histories = Histories.read(market.index)
    fits = [
        one.id
        for one in market.retirements
        if "CCP" in [held.label for held in labels_of(histories, one.batch, one.time)]
    ]
    end = market.retirements[-1].time + 1
    now = [
        one.id
        for one in market.retirements
        if "CCP" in [held.label for held in labels_of(histories, one.batch, end)]
    ]
    assert fits != now
    assert [row["retirement"] for row in market.rows("retirements", "--label", "ccp")] == fits


def test_every_format_says_the_same(market: Market, tmp_path: Path) -> None:
    line = ("retirements", "--programme", "GS", "--limit", "20")
    found = market.rows(*line)
    assert len(found) == 20
    text = list(csv.DictReader(io.StringIO(market.ok(*line, "--format", "csv"))))
    assert [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in found
    ] == text
    for ending in ("csv", "json", "parquet"):
        assert f"20 rows are in {tmp_path / f'out.{ending}'}." in market.ok(
            *line, "--out", str(tmp_path / f"out.{ending}")
        )
    assert json.loads((tmp_path / "out.json").read_text()) == found
    assert list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text()))) == text
    assert polars.read_parquet(tmp_path / "out.parquet").to_dicts() == found
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.json", "out.parquet"]


def test_a_table_says_how_much_it_leaves_out(market: Market) -> None:
    said = market.ok("retirements", "--limit", "5")
    assert "5 of 900 retirements are shown" in said
    total = sum(one.kilograms for one in market.retirements)
    assert f"In all {total // 1000:,}" in said
    assert "are shown" not in market.ok("retirements", "--claim", str(market.retirements[0].claim))


def test_batches_by_origin_and_label(market: Market, tmp_path: Path) -> None:
    everything = market.rows("batch", "list")
    assert len(everything) == 200
    fits = [
        one
        for one in everything
        if one["programme_code"] == "VCS"
        and one["vintage_year"] >= 2015
        and "CCP" in [held["label"] for held in one["labels"]]
    ]
    line = ("batch", "list", "--programme", "VCS", "--vintage", "2015..2030", "--label", "CCP")
    assert [one["id"] for one in market.rows(*line)] == [one["id"] for one in fits]
    assert fits
    file = tmp_path / "batches.parquet"
    market.ok(*line, "--out", str(file))
    frame = polars.read_parquet(file)
    assert frame["batch"].to_list() == [one["id"] for one in fits]
    assert frame["circulating_kilograms"].to_list() == [one["in_circulation_kilograms"] for one in fits]
    country = fits[0]["country"]
    assert {one["country"] for one in market.rows("batch", "list", "--country", country)} == {country}


def test_holdings_of_a_batch_and_of_an_account(market: Market) -> None:
    batch = max(market.batches.values(), key=lambda one: one.in_circulation)
    found = market.rows("holdings", "--batch", str(batch.id))
    assert sum(row["kilograms"] for row in found) == batch.in_circulation
    account = found[0]["account"]
    held = {one.batch: one.kilograms for one in market.index.holdings(account)}
    assert {row["batch"]: row["kilograms"] for row in market.rows("holdings", account)} == held
    assert market.rows("holdings", account, "--batch", str(batch.id)) == [found[0]]


def test_a_history_is_the_whole_block_without_a_gap(market: Market) -> None:
    fates = set()
    for batch in market.batches.values():
        found = market.index.history_of(batch.id)
        at = batch.first * 1000  # the next kilogram
        for one in found.stretches:
            assert one.first == at // 1000
            assert one.first_kilograms <= 1000 - at % 1000
            at += one.kilograms
            assert one.last == (at - 1) // 1000
            fates.add(one.fate)
        assert at == (batch.last + 1) * 1000
        live = sum(one.kilograms for one in found.stretches if one.fate is Fate.LIVE)
        assert live == batch.in_circulation == sum(kilograms for _, kilograms in found.holders)
        assert sum(one.kilograms for one in found.moves if one.sender is None) == batch.issued
    assert fates == {Fate.LIVE, Fate.RETIRED, Fate.CANCELLED, Fate.REDEEMED}


def test_history_names_who_held_and_who_used(market: Market, tmp_path: Path) -> None:
    one = market.retirements[-1]
    document = json.loads(market.ok("history", str(one.batch), "--json"))
    (stretch,) = [row for row in document["stretches"] if row["act"] == one.id and row["fate"] == "retired"]
    (row,) = [
        row for row in market.rows("retirements", "--batch", str(one.batch)) if row["retirement"] == one.id
    ]
    for name in ("holder", "beneficiary", "kilograms"):
        assert stretch[name] == row[name]
    assert (stretch["first"], stretch["last"]) == (row["first_serial"], row["last_serial"])
    assert "Who holds what circulates" in market.ok("history", str(one.batch))
    market.ok("history", str(one.batch), "--out", str(tmp_path / "history.csv"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "history.csv").read_text())))
    assert sum(int(row["kilograms"]) for row in rows) == market.batches[one.batch].issued


def test_selections_of_the_library(market: Market) -> None:
    wanted = Selection(batch=market.retirements[0].batch)
    fits = [one for one in market.retirements if one.batch == wanted.batch]
    assert market.index.sums("retirement_list", wanted, "kilograms") == (
        len(fits),
        Kilograms(sum(one.kilograms for one in fits)),
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("retirements", "--vintage", "20x"), "Vintage '20x' can't be read: write a year"),
        (("retirements", "--vintage", "2021..2018"), "can't be read"),
        (("retirements", "--programme", "VERRA"), "There is no programme"),
        (("retirements", "--project", "VCS:0"), "There is no project"),
        (("retirements", "--label", "NONE"), "There is no label"),
        (("retirements", "--dates", "2024"), "can't be read"),
        (("retirements", "--format", "parquet"), "Parquet is no text: give --out FILE."),
        (("retirements", "--json", "--format", "csv"), "contradict each other"),
        (("retirements", "--out", "rows.xls"), "rows.xls does not say its format"),
        (("retirements", "--out", "rows.csv", "--format", "table"), "A table is for the terminal"),
        (("retirements", "--out", "/nowhere/rows.csv"), "/nowhere/rows.csv"),
        (("batch", "list", "--country", "Kenya"), "is not two letters"),
        (("history", "9999"), "The index has no batch 9999"),
    ],
)
def test_what_cannot_be_is_one_sentence(market: Market, words: tuple[str, ...], sentence: str) -> None:
    said = market.refused(*words)
    assert sentence in said
    assert said.count("\n") == 1
