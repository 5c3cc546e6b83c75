import pytest
from refusals import refused
from statements import BLOCK_KILOGRAMS

from onetonne.terms import FreezeScope, Purpose, RedemptionStatus

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


def test_request_names_no_serial_number_yet(credits, redemptions, batch, alice):
    redemptions.request(1, 2_000, alice, {"from": alice})
    assert credits.batch(1)["redeemed"] == 0


def test_request_by_one_whom_the_holder_approved(credits, redemptions, batch, alice, stranger):
    credits.setApprovalForAll(stranger, True, {"from": alice})
    redemptions.request(1, 2_000, alice, {"from": stranger})
    assert redemptions.redemption(1)["holder"] == alice


@pytest.mark.parametrize("kilograms", [0, 1, 999, 1_500])
def test_request_reverts_for_a_part_of_a_tonne(redemptions, batch, alice, kilograms):
    with refused("RedemptionNotWholeTonnes", 1, kilograms):
        redemptions.request(1, kilograms, alice, {"from": alice})


def test_request_reverts_for_a_stranger(redemptions, batch, alice, stranger):
    with refused("NotHolderNorApproved", alice, stranger):
        redemptions.request(1, 1_000, alice, {"from": stranger})


def test_request_reverts_for_more_than_the_holder_has(redemptions, batch, alice):
    with refused("ERC1155InsufficientBalance", alice, BLOCK_KILOGRAMS, BLOCK_KILOGRAMS + 1_000, 1):
        redemptions.request(1, BLOCK_KILOGRAMS + 1_000, alice, {"from": alice})


def test_what_is_in_escrow_can_be_neither_retired_nor_transferred(credits, redemptions, batch, alice, bob):
    redemptions.request(1, BLOCK_KILOGRAMS, alice, {"from": alice})
    with refused("ERC1155InsufficientBalance", alice, 0, 1, 1):
        credits.retire([(1, 1)], alice, alice, Purpose.VOLUNTARY, bytes(32), {"from": alice})
    with refused("ERC1155InsufficientBalance", alice, 0, 1, 1):
        credits.safeTransferFrom(alice, bob, 1, 1, b"", {"from": alice})
    with refused("NotHolderNorApproved", redemptions, alice):
        credits.retire([(1, 1)], redemptions, alice, Purpose.VOLUNTARY, bytes(32), {"from": alice})


@pytest.mark.parametrize("scope", [FreezeScope.BATCH, FreezeScope.PROJECT, FreezeScope.PROGRAMME])
def test_request_reverts_while_a_freeze_is_in_force(credits, redemptions, batch, regulator, alice, scope):
    credits.freeze(scope, 1, bytes(32), "case 7", {"from": regulator})
    with refused("FrozenBy", int(scope), 1):
        redemptions.request(1, 1_000, alice, {"from": alice})


def test_request_reverts_for_a_frozen_holder(credits, redemptions, batch, regulator, alice):
    credits.freeze(FreezeScope.ACCOUNT, int(alice.address, 16), bytes(32), "", {"from": regulator})
    with refused("ERC7943CannotSend", alice):
        redemptions.request(1, 1_000, alice, {"from": alice})


def test_request_takes_none_of_the_frozen_amount(credits, redemptions, batch, regulator, alice):
    credits.setFrozenTokens(alice, 1, BLOCK_KILOGRAMS - 1_000, {"from": regulator})
    with refused("ERC7943InsufficientUnfrozenBalance", alice, 1, 2_000, 1_000):
        redemptions.request(1, 2_000, alice, {"from": alice})


def test_redemption_reverts_for_an_id_that_nobody_has(redemptions):
    with refused("RedemptionUnknown", 1):
        redemptions.redemption(1)
