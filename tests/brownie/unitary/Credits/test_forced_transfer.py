import pytest
from refusals import refused

STORY = "batch"


def test_forced_transfer_takes_without_the_holders_consent(credits, batch, regulator, alice, bob):
    receipt = credits.forcedTransfer(alice, bob, 1, 1_500, {"from": regulator})
    said = receipt.events["ForcedTransfer"]
    assert (said["from"], said["to"], said["tokenId"], said["amount"]) == (alice, bob, 1, 1_500)
    assert (credits.balanceOf(alice, 1), credits.balanceOf(bob, 1)) == (998_500, 1_500)


@pytest.mark.parametrize("who", ["governance", "operator", "alice"])
def test_forced_transfer_reverts_for_all_but_the_regulator(credits, batch, alice, bob, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        credits.forcedTransfer(alice, bob, 1, 1, {"from": sender})
