"""One serial, one batch (I2): what a block on chain keeps out, in any shape."""

from typing import Any

import pytest
from refusals import refused
from statements import ABOVE_EVERYTHING, FIRST, LAST, code, day, issuance, namespace

from onetonne.terms import Purpose

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


@pytest.mark.parametrize(("first", "last"), OVERLAPPING.values(), ids=OVERLAPPING.keys())
def test_issue_reverts_whatever_the_hint(credits, batch, operator, alice, first, last):
    credits.issue([issuance(first=LAST + 1_000, last=LAST + 1_999)], alice, {"from": operator})
    for hint in (LAST, LAST + 1_999, ABOVE_EVERYTHING):
        if hint >= first:
            with refused_for_overlap(first, last):
                credits.issue([issuance(first=first, last=last, hint=hint)], alice, {"from": operator})


@pytest.mark.parametrize("hint", [FIRST, LAST + 1, 0, 1])
def test_issue_reverts_for_a_hint_that_is_no_block(credits, batch, operator, alice, hint):
    with refused("IntervalHintUnknown", hint):
        credits.issue([issuance(first=1, last=10, hint=hint)], alice, {"from": operator})


def test_issue_reverts_for_a_hint_below_the_block(credits, batch, operator, alice):
    with refused("IntervalHintNotAbove", LAST, LAST + 1):
        credits.issue([issuance(first=LAST + 1, last=LAST + 9, hint=LAST)], alice, {"from": operator})


def test_issue_takes_the_blocks_that_touch(credits, batch, operator, alice):
    credits.issue([issuance(first=FIRST - 10, last=FIRST - 1)], alice, {"from": operator})
    credits.issue([issuance(first=LAST + 1, last=LAST + 10)], alice, {"from": operator})
    assert credits.counts()[0] == 3


def test_issue_takes_the_same_numbers_in_another_namespace(credits, batch, operator, alice):
    credits.issue([issuance(root=code("VCU"), prefix="VCU")], alice, {"from": operator})
    assert credits.batchOfSerial(namespace("VCU"), FIRST) == 2
    assert credits.batchOfSerial(namespace(VCU), FIRST) == 1


def test_issue_reverts_under_another_verification(credits, batch, verify, operator, alice):
    verify(operator, period_start=day(2021, 1, 1), period_end=day(2021, 12, 31))
    order = issuance(
        verification=2, vintage_start=day(2021, 1, 1), vintage_end=day(2021, 12, 31), vintage_year=2021
    )
    with refused_for_overlap(FIRST, LAST):
        credits.issue([order], alice, {"from": operator})


def test_issue_reverts_after_the_block_was_retired(credits, batch, operator, alice):
    credits.retire([(1, 1_000_000)], alice, alice, Purpose.VOLUNTARY, bytes(32), {"from": alice})
    with refused_for_overlap(FIRST, LAST):
        credits.issue([issuance()], alice, {"from": operator})


def test_issue_reverts_after_the_block_was_redeemed(credits, redemptions, batch, operator, alice):
    redemptions.request(1, 1_000_000, alice, {"from": alice})
    redemptions.confirm(1, FIRST, LAST, {"from": operator})
    with refused_for_overlap(FIRST, LAST):
        credits.issue([issuance()], alice, {"from": operator})


def test_issue_reverts_twice_in_one_call(credits, verification, operator, alice):
    with refused_for_overlap(FIRST, LAST):
        credits.issue([issuance(), issuance()], alice, {"from": operator})
