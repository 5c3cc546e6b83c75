import pytest
from refusals import refused
from statements import BLOCK_KILOGRAMS

from onetonne.terms import FreezeScope, RedemptionStatus

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


def test_refuse_gives_back_to_a_frozen_holder_too(
    credits, redemptions, requested, regulator, operator, alice
):
    credits.freeze(FreezeScope.ACCOUNT, int(alice.address, 16), bytes(32), "", {"from": regulator})
    redemptions.refuse(1, "", {"from": operator})
    assert credits.balanceOf(alice, 1) == BLOCK_KILOGRAMS


@pytest.mark.parametrize("who", ["alice", "vvb", "governance"])
def test_refuse_reverts_for_all_but_the_programmes_operator(redemptions, requested, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotOperatorOfBatch", 1, sender):
        redemptions.refuse(1, "", {"from": sender})


def test_refuse_reverts_a_second_time(redemptions, requested, operator):
    redemptions.refuse(1, "", {"from": operator})
    with refused("RedemptionStatusIs", 1, int(RedemptionStatus.REFUSED), int(RedemptionStatus.REQUESTED)):
        redemptions.refuse(1, "", {"from": operator})


def test_refuse_reverts_for_a_request_that_nobody_made(redemptions, batch, operator):
    with refused("RedemptionUnknown", 1):
        redemptions.refuse(1, "", {"from": operator})
