"""Gas is exact, so that any change of a verb's cost shows in the review of its commit."""

import pytest
from gas.facts import UPDATE, differences, peers, snapshot
from gas.measuring import CASES, measure

BARS = {name: row["must"] for row in peers()["rows"] for name in row["cases"]}


@pytest.fixture(scope="module")
def costs() -> dict[str, int]:
    return measure()


def test_gas_is_as_committed(costs: dict[str, int]) -> None:
    changed = differences(snapshot(), costs)
    assert not changed, "\n".join(["gas changed; if that is meant, run", f"  {UPDATE}", *changed])


@pytest.mark.parametrize("name", BARS)
def test_gas_holds_the_bar(costs: dict[str, int], name: str) -> None:
    assert costs[name] <= BARS[name], f"{name}: {costs[name]:,}, and at most {BARS[name]:,} is allowed"


@pytest.mark.parametrize("order", ["the holder's first order", "a later order"])
def test_a_signed_retirement_costs_little_more_than_the_plain_one(costs: dict[str, int], order: str) -> None:
    plain = costs["retire: with names, a later certificate"]
    assert costs[f"signed retire: with names, a later certificate, {order}"] - plain <= 40_000


def test_the_snapshot_is_sorted_and_names_every_case() -> None:
    assert list(snapshot()) == sorted(CASES)


def test_a_difference_is_told_case_by_case() -> None:
    told = differences({"a": 1_000, "b": 5, "gone": 7}, {"a": 999, "b": 5, "new": 8})
    assert told == ["a: 1,000 -> 999 (-1)", "gone: 7 -> none", "new: none -> 8"]
