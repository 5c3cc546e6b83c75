from refusals import refused
from statements import issuance

STORY = "batch"


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


def test_transfer_of_several_batches(credits, batch, operator, alice, bob):
    credits.issue([issuance(first=1, last=5)], alice, {"from": operator})
    credits.safeBatchTransferFrom(alice, bob, [1, 2], [10, 5_000], b"", {"from": alice})
    assert (credits.balanceOf(bob, 1), credits.balanceOf(bob, 2)) == (10, 5_000)
    assert (credits.balanceOf(alice, 1), credits.balanceOf(alice, 2)) == (999_990, 0)


def test_transfer_reverts_for_a_stranger(credits, batch, alice, stranger):
    with refused("ERC1155MissingApprovalForAll", stranger, alice):
        credits.safeTransferFrom(alice, stranger, 1, 7, b"", {"from": stranger})
