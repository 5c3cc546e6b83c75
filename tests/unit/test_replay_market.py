"""A made-up market, before any chain has it."""

from collections.abc import Iterator

import pytest

from onetonne.bench.replay_calls import Call, Contracts
from onetonne.bench.replay_facts import Sizes
from onetonne.bench.replay_market import Market, Scale
from onetonne.deploy import CONTRACTS
from onetonne.errors import BadInput
from onetonne.terms import Address, Seconds

ADDRESSES = {name: Address(f"0x{number:040x}") for number, name in enumerate(CONTRACTS, 1)}


def blocks(scale: Scale) -> Iterator[tuple[Seconds, list[Call]]]:
    return Market(scale, Contracts(ADDRESSES), Address("0x" + "11" * 20), Seconds(1_577_836_800)).blocks()


def test_too_few_tonnes_for_so_many_retirements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sizes, "tonnes", lambda *_: 1)
    with pytest.raises(BadInput, match="1 issuances are too few for 1,001 retirements"):
        list(blocks(Scale(issuances=1, retirements=1_001, transfers=0, blocks=2)))


@pytest.mark.parametrize("numbers", [(0, 1, 1), (1, -1, 1), (1, 1, -1)])
def test_impossible_numbers_are_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(BadInput, match="at least one issuance"):
        Scale(*numbers)


def test_blocks_go_forward_in_time() -> None:
    times = [time for time, _ in blocks(Scale(issuances=20, retirements=40, transfers=20, blocks=9))]
    assert times == sorted(set(times))
    assert len(times) == 10
