import pytest
from refusals import refused
from statements import BLOCK_KILOGRAMS

from onetonne.terms import RedemptionStatus

STORY = "batch"


@pytest.fixture
def requested(redemptions, batch, alice):
    """2 tonnes of alice's in escrow (redemption 1)."""
    redemptions.request(1, 2_000, alice, {"from": alice})
    return 1


def test_refuse_gives_the_credits_back(credits, redemptions, requested, operator, alice):
    receipt = redemptions.refuse(1, "account closed", {"from": operator})
    assert redemptions.redemption(1)["status"] == RedemptionStatus.REFUSED
    assert credits.balanceOf(alice, 1) == BLOCK_KILOGRAMS
    assert credits.balanceOf(redemptions, 1) == 0
    said = receipt.events["RedemptionRefused"]
    assert (said["redemption"], said["reason"]) == (1, "account closed")


@pytest.mark.parametrize("who", ["alice", "vvb", "governance"])
def test_refuse_reverts_for_all_but_the_programmes_operator(redemptions, requested, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotOperatorOfBatch", 1, sender):
        redemptions.refuse(1, "", {"from": sender})
