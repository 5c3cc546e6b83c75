"""The views that `docs/sql.md` describes: its columns, its queries, the same answers on both databases."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from postgresql import NewDatabase
from sqlalchemy import inspect, text

from onetonne.bench.replay import Scale, place, replay
from onetonne.cli.output import progress
from onetonne.cli.words import KindWord, PurposeWord
from onetonne.deploy import Deployment
from onetonne.index import Index
from onetonne.index.views import KINDS, PURPOSES, analysts_views
from onetonne.labels import Histories, labels_of
from onetonne.terms import serials_of

DOCUMENT = (Path(__file__).parents[2] / "docs" / "sql.md").read_text()
QUERIES = re.findall(r"```sql\n(.+?)```", DOCUMENT, re.DOTALL)
COLUMNS = {
    section.split("`")[0]: re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    for section in DOCUMENT.split("### `")[1:]
}
VIEWS = list(analysts_views("sqlite"))


@pytest.fixture(scope="module")
def indexes(
    tmp_path_factory: pytest.TempPathFactory, new_database: NewDatabase
) -> Iterator[dict[str, Index]]:
    """A market in SQLite and in PostgreSQL."""
    home = tmp_path_factory.mktemp("market")
    scale = Scale(issuances=200, retirements=900, transfers=300, seed=3, blocks=24)
    with ExitStack() as stack:
        where = stack.enter_context(place(None, home, keep=False))
        replay(scale, where, home, home / "index.sqlite", lambda doing: progress(doing, hidden=True))
        found = {"sqlite": stack.enter_context(Index.open(home / "index.sqlite"))}
        found["postgresql"] = stack.enter_context(Index.open(new_database()))
        found["postgresql"].sync(where.chain, Deployment.load(home, where.chain.chain_id))
        yield found


def answer(index: Index, query: str) -> list[tuple[Any, ...]]:
    with index.engine.connect() as connection:
        rows = connection.execute(text(query))
        return [tuple(float(one) if isinstance(one, Decimal) else one for one in row) for row in rows]


@pytest.mark.parametrize("view", VIEWS)
def test_every_column_is_described(indexes: dict[str, Index], view: str) -> None:
    for index in indexes.values():
        assert [column["name"] for column in inspect(index.engine).get_columns(view)] == COLUMNS[view]


@pytest.mark.parametrize("query", QUERIES, ids=[query.split("\n")[0] for query in QUERIES])
def test_every_example_finds_something(indexes: dict[str, Index], query: str) -> None:
    for index in indexes.values():
        assert answer(index, query)


@pytest.mark.parametrize("query", [f"SELECT * FROM {view}" for view in VIEWS] + QUERIES)
def test_both_databases_give_the_same_answer(indexes: dict[str, Index], query: str) -> None:
    answers = [sorted(answer(index, query), key=repr) for index in indexes.values()]
    assert answers[0] == answers[1]


def test_serial_numbers_are_those_of_the_certificate(indexes: dict[str, Index]) -> None:
    index = indexes["sqlite"]
    firsts = {batch.id: batch.first for batch in index.batches()}
    query = (
        "SELECT retirement, first_serial, last_serial, first_serial_kilograms, last_serial_kilograms "
        "FROM retirement_list ORDER BY retirement"
    )
    assert answer(index, query) == [
        (one.id, *serials_of(firsts[one.batch], one.start, one.kilograms)) for one in index.retirements()
    ]


def test_labels_are_those_of_the_rule_in_python(indexes: dict[str, Index]) -> None:
    index = indexes["sqlite"]
    histories, retirements = Histories.read(index), index.retirements()
    [(last,)] = answer(index, "SELECT MAX(timestamp) FROM blocks")
    now = {
        (batch, held.label, int(held.conditional))
        for batch in histories.batches
        for held in labels_of(histories, batch, last + 1)
    }
    then = {
        (one.id, held.label, int(held.conditional))
        for one in retirements
        for held in labels_of(histories, one.batch, one.time)
    }
    assert {label for _, label, _ in then} == {"CCP", "CORSIA-1"}
    assert sorted(now) == sorted(answer(index, "SELECT * FROM batch_labels"))
    assert sorted(then) == sorted(answer(index, "SELECT * FROM retirement_labels"))


def test_days_add_up_to_the_batches(indexes: dict[str, Index]) -> None:
    kinds = ("issued", "retired", "cancelled", "redeemed")
    sums = ", ".join(f"SUM({kind}_kilograms)" for kind in kinds)
    index = indexes["sqlite"]
    by_day, by_batch = (
        answer(index, f"SELECT {sums} FROM {view}") for view in ("daily_totals", "batch_list")
    )
    assert by_day == by_batch
    assert all(by_day[0])
    last = answer(index, "SELECT circulating_kilograms FROM daily_totals ORDER BY day DESC LIMIT 1")
    assert last == answer(index, "SELECT SUM(circulating_kilograms) FROM batch_list")
    assert last == answer(index, "SELECT SUM(kilograms) FROM holding_list")


def test_words_are_those_of_the_command_line() -> None:
    assert {PurposeWord[purpose.name].value for purpose in PURPOSES} == set(PURPOSES.values())
    assert {kind.value for kind in KindWord} <= set(KINDS.values())
