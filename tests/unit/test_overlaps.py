"""The sweep finds what comparing every pair would find."""

import time
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetonne.registries import overlaps
from onetonne.registries.overlaps import Claim, sweep
from onetonne.registries.rows import Origin
from onetonne.terms import Serial, SerialBlock


def _claim(row: int, first: int, last: int, prefix: str = "VCU", statement: object = "same") -> Claim:
    return Claim(SerialBlock(prefix, "VCU", Serial(first), Serial(last)), Origin("a.csv", row), statement)


CLAIMS = st.lists(
    st.tuples(st.integers(0, 25), st.integers(0, 8), st.sampled_from(["A", "B"]), st.sampled_from("xy")),
    max_size=12,
).map(
    lambda rows: [
        _claim(number, first, first + size, prefix, statement)
        for number, (first, size, prefix, statement) in enumerate(rows)
    ]
)


@given(CLAIMS)
def test_sweep_agrees_with_comparing_every_pair(claims: list[Claim]) -> None:
    found = sweep(claims)
    blocks = {claim.block for claim in claims}
    pairs = {frozenset(pair) for pair in combinations(blocks, 2) if pair[0].overlaps(pair[1])}
    assert {frozenset((one.block, other.block)) for one, other in found.overlaps} == pairs
    assert len(found.overlaps) == len(pairs)
    overlapping = {block for pair in pairs for block in pair}
    expected = set()
    for number, claim in enumerate(claims):
        others = [other for other in claims if other is not claim and other.block == claim.block]
        earlier = any(other.origin.row < number for other in others)
        differs = any(other.statement != claim.statement for other in others)
        if claim.block in overlapping or earlier or differs:
            expected.add(claim.origin)
    assert found.refused == expected


def test_sweep_keeps_the_first_of_rows_that_say_the_same() -> None:
    found = sweep([_claim(2, 1, 5), _claim(3, 1, 5), _claim(4, 1, 5)])
    assert [(claim.origin.row, first.origin.row) for claim, first in found.duplicates] == [(3, 2), (4, 2)]
    assert {origin.row for origin in found.refused} == {3, 4}


def test_sweep_keeps_none_of_rows_that_say_different_things() -> None:
    found = sweep([_claim(2, 1, 5), _claim(3, 1, 5, statement="other")])
    assert {origin.row for origin in found.refused} == {2, 3}


def test_sweep_lets_blocks_touch() -> None:
    assert sweep([_claim(2, 1, 5), _claim(3, 6, 9)]).refused == set()
    assert len(sweep([_claim(2, 1, 6), _claim(3, 6, 9)]).overlaps) == 1


def test_sweep_finds_every_pair_of_a_block_that_swallows_others() -> None:
    claims = [_claim(2, 0, 1000)] + [_claim(3 + i, i * 4, i * 4 + 3) for i in range(240)]
    found = sweep(claims)
    assert len(found.overlaps) == 240
    assert len(found.refused) == 241


def test_sweep_counts_the_pairs_that_it_does_not_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlaps, "MAX_PAIRS", 100)
    found = sweep([_claim(i, i, 10_000 + i) for i in range(100)])
    assert len(found.overlaps) == 100
    assert found.pairs_left_out == 100 * 99 // 2 - 100
    assert len(found.refused) == 100


def test_sweep_is_not_quadratic() -> None:
    claims = [_claim(i, i * 10, i * 10 + 9) for i in range(100_000)]
    start = time.perf_counter()
    assert sweep(claims).refused == set()
    assert time.perf_counter() - start < 10  # half a second here; every pair would take an hour
