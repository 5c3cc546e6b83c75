import pytest
from refusals import refused
from statements import BLOCK_KILOGRAMS

from onetonne.terms import RedemptionStatus

STORY = "batch"

WAITING_TIME = 14 * 86_400


@pytest.fixture
def requested(redemptions, batch, alice):
    """2 tonnes of alice's in escrow (redemption 1); the second of the request."""
    return redemptions.request(1, 2_000, alice, {"from": alice}).timestamp


def test_withdraw_gives_the_credits_back_after_the_waiting_time(
    credits, redemptions, requested, alice, chain
):
    chain.sleep(WAITING_TIME)
    receipt = redemptions.withdraw(1, {"from": alice})
    assert redemptions.redemption(1)["status"] == RedemptionStatus.WITHDRAWN
    assert credits.balanceOf(alice, 1) == BLOCK_KILOGRAMS
    assert receipt.events["RedemptionWithdrawn"]["redemption"] == 1
    assert redemptions.WAITING_TIME() == WAITING_TIME


def test_withdraw_reverts_before_the_waiting_time_is_over(redemptions, requested, alice, chain):
    chain.sleep(WAITING_TIME - 60)
    with refused("RedemptionWaiting", 1, requested + WAITING_TIME):
        redemptions.withdraw(1, {"from": alice})


def test_withdraw_reverts_for_all_but_the_holder_and_whom_it_approved(
    credits, redemptions, requested, alice, operator, stranger, chain
):
    chain.sleep(WAITING_TIME)
    for sender in (operator, stranger):
        with refused("NotHolderNorApproved", alice, sender):
            redemptions.withdraw(1, {"from": sender})
    credits.setApprovalForAll(stranger, True, {"from": alice})
    redemptions.withdraw(1, {"from": stranger})
    assert credits.balanceOf(alice, 1) == BLOCK_KILOGRAMS
