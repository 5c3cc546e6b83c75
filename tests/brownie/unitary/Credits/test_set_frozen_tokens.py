import pytest
from refusals import refused

from onetonne.terms import FreezeScope

STORY = "batch"


def test_set_frozen_tokens_replaces_the_amount(credits, batch, regulator, alice):
    said = credits.setFrozenTokens(alice, 1, 700, {"from": regulator}).events["Frozen"]
    assert (said["account"], said["tokenId"], said["amount"]) == (alice, 1, 700)
    credits.setFrozenTokens(alice, 1, 300, {"from": regulator})
    assert credits.getFrozenTokens(alice, 1) == 300
    assert credits.freezesInForce() == 1


def test_set_frozen_tokens_to_nothing_ends_it(credits, batch, regulator, alice):
    credits.setFrozenTokens(alice, 1, 700, {"from": regulator})
    credits.setFrozenTokens(alice, 1, 0, {"from": regulator})
    assert (credits.getFrozenTokens(alice, 1), credits.freezesInForce()) == (0, 0)


def test_set_frozen_tokens_may_exceed_the_balance_and_withholds_what_arrives(
    credits, batch, regulator, alice, bob
):
    credits.setFrozenTokens(bob, 1, 5_000, {"from": regulator})
    credits.safeTransferFrom(alice, bob, 1, 5_001, b"", {"from": alice})
    with refused("ERC7943InsufficientUnfrozenBalance", bob, 1, 2, 1):
        credits.safeTransferFrom(bob, alice, 1, 2, b"", {"from": bob})


@pytest.mark.parametrize("who", ["governance", "operator", "alice"])
def test_set_frozen_tokens_reverts_for_all_but_the_regulator(credits, batch, alice, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        credits.setFrozenTokens(alice, 1, 700, {"from": sender})


def test_set_frozen_tokens_reverts_for_a_batch_that_nobody_issued(credits, batch, regulator, alice):
    with refused("BatchUnknown", 2):
        credits.setFrozenTokens(alice, 2, 700, {"from": regulator})
    with refused("FreezeSubjectInvalid", int(FreezeScope.BATCH), 2**32):
        credits.setFrozenTokens(alice, 2**32, 700, {"from": regulator})
