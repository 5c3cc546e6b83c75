import pytest
from brownie import ZERO_ADDRESS
from refusals import refused
from statements import issuance

from onetonne.terms import FreezeScope

STORY = "batch"

NO_CASE = ("0x" + "00" * 32, "case 7")


def test_transfer_moves_kilograms(credits, batch, alice, bob):
    receipt = credits.safeTransferFrom(alice, bob, 1, 1_500, b"", {"from": alice})
    assert (credits.balanceOf(alice, 1), credits.balanceOf(bob, 1)) == (998_500, 1_500)
    said = receipt.events["TransferSingle"]
    assert (said["operator"], said["from"], said["to"], said["id"], said["value"]) == (
        alice,
        alice,
        bob,
        1,
        1_500,
    )


def test_transfer_leaves_the_batch_as_it_is(credits, batch, alice, bob):
    before = tuple(credits.batch(1))
    credits.safeTransferFrom(alice, bob, 1, 1_500, b"", {"from": alice})
    assert tuple(credits.batch(1)) == before


def test_transfer_of_several_batches(credits, batch, operator, alice, bob):
    credits.issue([issuance(first=1, last=5)], alice, {"from": operator})
    credits.safeBatchTransferFrom(alice, bob, [1, 2], [10, 5_000], b"", {"from": alice})
    assert (credits.balanceOf(bob, 1), credits.balanceOf(bob, 2)) == (10, 5_000)
    assert (credits.balanceOf(alice, 1), credits.balanceOf(alice, 2)) == (999_990, 0)


def test_transfer_by_one_whom_the_holder_approved(credits, batch, alice, bob, stranger):
    credits.setApprovalForAll(stranger, True, {"from": alice})
    credits.safeTransferFrom(alice, bob, 1, 7, b"", {"from": stranger})
    assert credits.balanceOf(bob, 1) == 7


def test_transfer_reverts_for_a_stranger(credits, batch, alice, stranger):
    with refused("ERC1155MissingApprovalForAll", stranger, alice):
        credits.safeTransferFrom(alice, stranger, 1, 7, b"", {"from": stranger})


def test_transfer_reverts_for_more_than_the_holder_has(credits, batch, alice, bob):
    with refused("ERC1155InsufficientBalance", alice, 1_000_000, 1_000_001, 1):
        credits.safeTransferFrom(alice, bob, 1, 1_000_001, b"", {"from": alice})


def test_transfer_reverts_to_nobody(credits, batch, alice):
    with refused("ERC1155InvalidReceiver", ZERO_ADDRESS):
        credits.safeTransferFrom(alice, ZERO_ADDRESS, 1, 7, b"", {"from": alice})


def test_transfer_reverts_to_the_escrow_or_the_buffer(credits, redemptions, batch, alice):
    for reserve in (redemptions.address, credits.BUFFER()):
        with refused("ERC7943CannotReceive", reserve):
            credits.safeTransferFrom(alice, reserve, 1, 7, b"", {"from": alice})


def test_transfer_reverts_to_a_contract_that_does_not_answer(credits, programmes, batch, alice):
    with refused("ERC1155InvalidReceiver", programmes):
        credits.safeTransferFrom(alice, programmes, 1, 7, b"", {"from": alice})


@pytest.mark.parametrize(
    ("scope", "subject"), [(FreezeScope.BATCH, 1), (FreezeScope.PROJECT, 1), (FreezeScope.PROGRAMME, 1)]
)
def test_transfer_reverts_while_a_freeze_is_in_force(credits, batch, regulator, alice, bob, scope, subject):
    credits.freeze(scope, subject, *NO_CASE, {"from": regulator})
    with refused("FrozenBy", int(scope), subject):
        credits.safeTransferFrom(alice, bob, 1, 7, b"", {"from": alice})
    credits.lift(scope, subject, "case 7", {"from": regulator})
    credits.safeTransferFrom(alice, bob, 1, 7, b"", {"from": alice})
    assert credits.balanceOf(bob, 1) == 7


def test_transfer_reverts_for_a_frozen_sender(credits, batch, regulator, alice, bob):
    credits.freeze(FreezeScope.ACCOUNT, int(alice.address, 16), *NO_CASE, {"from": regulator})
    with refused("ERC7943CannotSend", alice):
        credits.safeTransferFrom(alice, bob, 1, 7, b"", {"from": alice})


def test_transfer_reverts_for_a_frozen_receiver(credits, batch, regulator, alice, bob):
    credits.freeze(FreezeScope.ACCOUNT, int(bob.address, 16), *NO_CASE, {"from": regulator})
    with refused("ERC7943CannotReceive", bob):
        credits.safeTransferFrom(alice, bob, 1, 7, b"", {"from": alice})


def test_transfer_passes_a_freeze_of_another_batch(credits, batch, operator, regulator, alice, bob):
    credits.issue([issuance(first=1, last=5)], alice, {"from": operator})
    credits.freeze(FreezeScope.BATCH, 2, *NO_CASE, {"from": regulator})
    credits.safeTransferFrom(alice, bob, 1, 7, b"", {"from": alice})
    assert credits.balanceOf(bob, 1) == 7


def test_transfer_moves_none_of_the_frozen_amount(credits, batch, regulator, alice, bob):
    credits.setFrozenTokens(alice, 1, 999_000, {"from": regulator})
    with refused("ERC7943InsufficientUnfrozenBalance", alice, 1, 1_001, 1_000):
        credits.safeTransferFrom(alice, bob, 1, 1_001, b"", {"from": alice})
    credits.safeTransferFrom(alice, bob, 1, 1_000, b"", {"from": alice})
    assert credits.balanceOf(alice, 1) == 999_000


def test_transfer_of_one_batch_in_parts_moves_none_of_the_frozen_amount(
    credits, batch, regulator, alice, bob
):
    credits.setFrozenTokens(alice, 1, 500_000, {"from": regulator})
    with refused("ERC7943InsufficientUnfrozenBalance", alice, 1, 300_000, 0):
        credits.safeBatchTransferFrom(alice, bob, [1, 1], [300_000, 300_000], b"", {"from": alice})


def test_a_batchs_transfers_go_on_while_its_programme_is_suspended(
    credits, batch, programmes, governance, alice, bob
):
    programmes.suspendProgramme(1, "under investigation", {"from": governance})
    credits.safeTransferFrom(alice, bob, 1, 7, b"", {"from": alice})
    assert credits.balanceOf(bob, 1) == 7


@pytest.mark.parametrize("freezes", [0, 1])
def test_transfer_reverts_for_lists_of_different_lengths(credits, batch, regulator, alice, bob, freezes):
    for _ in range(freezes):
        credits.freeze(FreezeScope.BATCH, 2, *NO_CASE, {"from": regulator})
    with refused("ERC1155InvalidArrayLength", 2, 1):
        credits.safeBatchTransferFrom(alice, bob, [1, 1], [7], b"", {"from": alice})
