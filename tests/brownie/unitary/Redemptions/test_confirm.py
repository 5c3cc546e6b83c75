"""Whole serial numbers leave from the back of the block; retirements take theirs from the front (I4)."""

import pytest
from refusals import refused
from statements import FIRST, LAST

from onetonne.terms import RedemptionStatus

STORY = "batch"


@pytest.fixture
def requested(redemptions, batch, alice):
    """2 tonnes of alice's in escrow (redemption 1)."""
    redemptions.request(1, 2_000, alice, {"from": alice})
    return 1


def test_confirm_takes_whole_serial_numbers_from_the_back(credits, redemptions, requested, operator):
    receipt = redemptions.confirm(1, LAST - 1, LAST, {"from": operator})
    entry = redemptions.redemption(1)
    assert (entry["status"], entry["first"], entry["last"]) == (RedemptionStatus.CONFIRMED, LAST - 1, LAST)
    assert credits.batch(1)["redeemed"] == 2_000
    assert credits.balanceOf(redemptions, 1) == 0
    said = receipt.events["RedemptionConfirmed"]
    assert (said["redemption"], said["first"], said["last"]) == (1, LAST - 1, LAST)
    said = receipt.events["Redeemed"]
    assert (said["batch"], said["kilograms"], said["first"], said["last"]) == (1, 2_000, LAST - 1, LAST)


@pytest.mark.parametrize(("first", "last"), [(LAST, LAST), (FIRST, FIRST + 1), (LAST - 2, LAST - 1), (0, 0)])
def test_confirm_reverts_for_other_serial_numbers(redemptions, requested, operator, first, last):
    with refused("RedemptionSerialsDiffer", 1, LAST - 1, LAST):
        redemptions.confirm(1, first, last, {"from": operator})


@pytest.mark.parametrize("who", ["alice", "vvb", "governance", "acr_operator"])
def test_confirm_reverts_for_all_but_the_programmes_operator(
    redemptions, requested, admit, acr_operator, who, request
):
    admit("ACR", acr_operator)
    sender = request.getfixturevalue(who)
    with refused("NotOperatorOfBatch", 1, sender):
        redemptions.confirm(1, LAST - 1, LAST, {"from": sender})
