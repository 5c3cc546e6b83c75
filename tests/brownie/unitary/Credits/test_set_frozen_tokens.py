import pytest
from refusals import refused

STORY = "batch"


def test_set_frozen_tokens_replaces_the_amount(credits, batch, regulator, alice):
    said = credits.setFrozenTokens(alice, 1, 700, {"from": regulator}).events["Frozen"]
    assert (said["account"], said["tokenId"], said["amount"]) == (alice, 1, 700)
    credits.setFrozenTokens(alice, 1, 300, {"from": regulator})
    assert credits.getFrozenTokens(alice, 1) == 300
    assert credits.freezesInForce() == 1


@pytest.mark.parametrize("who", ["governance", "operator", "alice"])
def test_set_frozen_tokens_reverts_for_all_but_the_regulator(credits, batch, alice, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        credits.setFrozenTokens(alice, 1, 700, {"from": sender})
