"""One serial, one batch (I2): what a block on chain keeps out, in any shape."""

from typing import Any

import pytest
from refusals import refused
from statements import FIRST, LAST, issuance, namespace

STORY = "verification"

VCU = "VCS-VCU"


def refused_for_overlap(first: int, last: int) -> Any:
    return refused("SerialBlockOverlaps", namespace(VCU), first, last, 1, FIRST, LAST)


OVERLAPPING = {
    "same block": (FIRST, LAST),
    "sub-range": (FIRST + 6, FIRST + 430),
    "range around": (FIRST - 1, LAST + 1),
    "first serial": (FIRST, FIRST),
    "last serial": (LAST, LAST),
    "lower edge": (FIRST - 100, FIRST),
    "upper edge": (LAST, LAST + 100),
    "one inside": (FIRST + 500, FIRST + 500),
}


@pytest.mark.parametrize(("first", "last"), OVERLAPPING.values(), ids=OVERLAPPING.keys())
def test_issue_reverts_for_any_serial_number_on_chain_already(credits, batch, operator, alice, first, last):
    with refused_for_overlap(first, last):
        credits.issue([issuance(first=first, last=last)], alice, {"from": operator})


def test_issue_takes_the_blocks_that_touch(credits, batch, operator, alice):
    credits.issue([issuance(first=FIRST - 10, last=FIRST - 1)], alice, {"from": operator})
    credits.issue([issuance(first=LAST + 1, last=LAST + 10)], alice, {"from": operator})
    assert credits.counts()[0] == 3
