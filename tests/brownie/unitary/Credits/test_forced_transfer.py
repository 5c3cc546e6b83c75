import pytest
from brownie import ZERO_ADDRESS
from refusals import refused

from onetonne.terms import FreezeScope

STORY = "batch"


def freeze_account(credits, account, regulator):
    credits.freeze(FreezeScope.ACCOUNT, int(account.address, 16), bytes(32), "case 7", {"from": regulator})


def test_forced_transfer_takes_without_the_holders_consent(credits, batch, regulator, alice, bob):
    receipt = credits.forcedTransfer(alice, bob, 1, 1_500, {"from": regulator})
    said = receipt.events["ForcedTransfer"]
    assert (said["from"], said["to"], said["tokenId"], said["amount"]) == (alice, bob, 1, 1_500)
    assert (credits.balanceOf(alice, 1), credits.balanceOf(bob, 1)) == (998_500, 1_500)


def test_forced_transfer_passes_freezes_of_holder_and_batch(credits, batch, regulator, alice, bob):
    freeze_account(credits, alice, regulator)
    credits.freeze(FreezeScope.BATCH, 1, bytes(32), "case 7", {"from": regulator})
    credits.forcedTransfer(alice, bob, 1, 1_500, {"from": regulator})
    assert credits.balanceOf(bob, 1) == 1_500


def test_forced_transfer_lowers_the_frozen_amount_to_what_is_left(credits, batch, regulator, alice, bob):
    credits.setFrozenTokens(alice, 1, 999_000, {"from": regulator})
    receipt = credits.forcedTransfer(alice, bob, 1, 1_500, {"from": regulator})
    assert receipt.events["Frozen"]["amount"] == 998_500
    assert credits.getFrozenTokens(alice, 1) == 998_500


def test_forced_transfer_asks_no_receiver(credits, programmes, batch, regulator, alice):
    credits.forcedTransfer(alice, programmes, 1, 1_500, {"from": regulator})
    assert credits.balanceOf(programmes, 1) == 1_500


@pytest.mark.parametrize("who", ["governance", "operator", "alice"])
def test_forced_transfer_reverts_for_all_but_the_regulator(credits, batch, alice, bob, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        credits.forcedTransfer(alice, bob, 1, 1, {"from": sender})


def test_forced_transfer_reverts_to_an_account_that_cannot_receive(
    credits, redemptions, batch, regulator, alice, bob
):
    freeze_account(credits, bob, regulator)
    for receiver in (bob, redemptions, credits.BUFFER()):
        with refused("ERC7943CannotReceive", receiver):
            credits.forcedTransfer(alice, receiver, 1, 1, {"from": regulator})


def test_forced_transfer_reverts_out_of_escrow_and_buffer(credits, redemptions, batch, regulator, alice, bob):
    redemptions.request(1, 1_000, alice, {"from": alice})
    for reserve in (redemptions, credits.BUFFER()):
        with refused("ERC7943CannotSend", reserve):
            credits.forcedTransfer(reserve, bob, 1, 1_000, {"from": regulator})


def test_forced_transfer_never_burns(credits, batch, regulator, alice):
    with refused("ERC1155InvalidReceiver", ZERO_ADDRESS):
        credits.forcedTransfer(alice, ZERO_ADDRESS, 1, 1, {"from": regulator})


def test_forced_transfer_reverts_for_more_than_the_holder_has(credits, batch, regulator, alice, bob):
    with refused("ERC1155InsufficientBalance", alice, 1_000_000, 1_000_001, 1):
        credits.forcedTransfer(alice, bob, 1, 1_000_001, {"from": regulator})


def test_forced_transfer_reverts_from_nobody(credits, batch, regulator, alice):
    with refused("ERC1155InvalidSender", ZERO_ADDRESS):
        credits.forcedTransfer(ZERO_ADDRESS, alice, 1, 0, {"from": regulator})


def test_forced_transfer_to_oneself_changes_nothing(credits, batch, regulator, alice):
    credits.setFrozenTokens(alice, 1, 1_000_000, {"from": regulator})
    credits.forcedTransfer(alice, alice, 1, 1_500, {"from": regulator})
    assert (credits.balanceOf(alice, 1), credits.getFrozenTokens(alice, 1)) == (1_000_000, 1_000_000)
