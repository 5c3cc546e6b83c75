"""Whole serial numbers leave from the back of the block; retirements take theirs from the front (I4)."""

import pytest
from refusals import refused
from statements import BLOCK_KILOGRAMS, FIRST, LAST, namespace

from onetonne.terms import FreezeScope, Purpose, RedemptionStatus

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


def test_the_next_redemption_goes_on_in_front_of_the_last(credits, redemptions, requested, operator, alice):
    redemptions.confirm(1, LAST - 1, LAST, {"from": operator})
    redemptions.request(1, 1_000, alice, {"from": alice})
    redemptions.confirm(2, LAST - 2, LAST - 2, {"from": operator})
    assert credits.batch(1)["redeemed"] == 3_000


def test_redeemed_serial_numbers_stay_closed_on_this_chain(credits, redemptions, requested, operator):
    redemptions.confirm(1, LAST - 1, LAST, {"from": operator})
    assert credits.batchOfSerial(namespace("VCS-VCU"), LAST) == 1


def test_retirements_and_redemptions_meet_and_never_cross(
    credits, certificates, redemptions, requested, operator, alice
):
    redemptions.confirm(1, LAST - 1, LAST, {"from": operator})
    credits.retire(
        [(1, BLOCK_KILOGRAMS - 2_000)], alice, alice, Purpose.VOLUNTARY, bytes(32), {"from": alice}
    )
    assert tuple(certificates.serialsOf(1)) == (FIRST, LAST - 2, 1_000, 1_000)
    assert credits.batch(1)["taken"] + credits.batch(1)["redeemed"] == BLOCK_KILOGRAMS


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


def test_confirm_reverts_a_second_time(redemptions, requested, operator):
    redemptions.confirm(1, LAST - 1, LAST, {"from": operator})
    with refused("RedemptionStatusIs", 1, int(RedemptionStatus.CONFIRMED), int(RedemptionStatus.REQUESTED)):
        redemptions.confirm(1, LAST - 1, LAST, {"from": operator})


def test_confirm_reverts_for_a_request_that_nobody_made(redemptions, batch, operator):
    with refused("RedemptionUnknown", 1):
        redemptions.confirm(1, LAST, LAST, {"from": operator})


def test_confirm_is_open_to_a_suspended_programme_so_that_holders_can_leave(
    credits, redemptions, programmes, requested, governance, operator
):
    programmes.suspendProgramme(1, "", {"from": governance})
    redemptions.confirm(1, LAST - 1, LAST, {"from": operator})
    assert credits.batch(1)["redeemed"] == 2_000


@pytest.mark.parametrize("scope", [FreezeScope.BATCH, FreezeScope.PROJECT, FreezeScope.PROGRAMME])
def test_confirm_reverts_while_a_freeze_is_in_force(
    credits, redemptions, requested, regulator, operator, scope
):
    credits.freeze(scope, 1, bytes(32), "case 7", {"from": regulator})
    with refused("FrozenBy", int(scope), 1):
        redemptions.confirm(1, LAST - 1, LAST, {"from": operator})


def test_confirm_reverts_for_a_frozen_holder(credits, redemptions, requested, regulator, operator, alice):
    credits.freeze(FreezeScope.ACCOUNT, int(alice.address, 16), bytes(32), "", {"from": regulator})
    with refused("ERC7943CannotSend", alice):
        redemptions.confirm(1, LAST - 1, LAST, {"from": operator})


def test_confirm_reverts_for_an_amount_frozen_since(
    credits, redemptions, requested, regulator, operator, alice
):
    credits.setFrozenTokens(alice, 1, BLOCK_KILOGRAMS - 1_999, {"from": regulator})
    with refused("ERC7943InsufficientUnfrozenBalance", alice, 1, 0, 0):
        redemptions.confirm(1, LAST - 1, LAST, {"from": operator})
