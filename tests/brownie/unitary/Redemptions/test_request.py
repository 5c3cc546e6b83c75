from refusals import refused
from statements import BLOCK_KILOGRAMS

from onetonne.terms import RedemptionStatus

STORY = "batch"


def test_request_moves_whole_tonnes_to_escrow(credits, redemptions, batch, alice):
    receipt = redemptions.request(1, 2_000, alice, {"from": alice})
    assert credits.balanceOf(alice, 1) == BLOCK_KILOGRAMS - 2_000
    assert credits.balanceOf(redemptions, 1) == 2_000
    entry = redemptions.redemption(1)
    assert (entry["holder"], entry["batch"], entry["kilograms"]) == (alice, 1, 2_000)
    assert (entry["requestedAt"], entry["status"]) == (receipt.timestamp, RedemptionStatus.REQUESTED)
    assert (entry["first"], entry["last"]) == (0, 0)
    assert redemptions.count() == 1
    said = receipt.events["RedemptionRequested"]
    assert (said["redemption"], said["batch"], said["holder"], said["kilograms"]) == (1, 1, alice, 2_000)


def test_request_reverts_for_a_stranger(redemptions, batch, alice, stranger):
    with refused("NotHolderNorApproved", alice, stranger):
        redemptions.request(1, 1_000, alice, {"from": stranger})
