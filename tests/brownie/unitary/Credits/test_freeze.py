import pytest
from eth_utils.crypto import keccak
from refusals import refused
from statements import hexadecimal, issuance

from onetonne.terms import FreezeScope

STORY = "verification"

REASON = keccak(text="court order")
EVERY_SUBJECT = [
    (FreezeScope.BATCH, 1),
    (FreezeScope.PROJECT, 1),
    (FreezeScope.PROGRAMME, 1),
    (FreezeScope.ACCOUNT, 0xA11CE),
]


@pytest.mark.parametrize(("scope", "subject"), EVERY_SUBJECT)
def test_freeze_stands_until_it_is_lifted(credits, regulator, scope, subject):
    said = credits.freeze(scope, subject, REASON, "case 7", {"from": regulator}).events["FreezeImposed"]
    assert (said["scope"], said["subject"]) == (scope, subject)
    assert (said["reasonHash"], said["caseReference"]) == (hexadecimal(REASON), "case 7")
    assert credits.isFrozen(scope, subject)
    assert credits.freezesInForce() == 1

    said = credits.lift(scope, subject, "case 8", {"from": regulator}).events["FreezeLifted"]
    assert (said["scope"], said["subject"], said["caseReference"]) == (scope, subject, "case 8")
    assert not credits.isFrozen(scope, subject)
    assert credits.freezesInForce() == 0


def test_a_frozen_account_can_neither_send_nor_receive(credits, regulator, alice, bob):
    assert credits.canSend(alice)
    credits.freeze(FreezeScope.ACCOUNT, int(alice.address, 16), REASON, "", {"from": regulator})
    assert not credits.canSend(alice)
    assert not credits.canReceive(alice)
    assert credits.canSend(bob)
    assert credits.canReceive(bob)


def test_escrow_and_buffer_can_neither_send_nor_receive(credits, redemptions):
    for reserve in (redemptions, credits.BUFFER()):
        assert not credits.canSend(reserve)
        assert not credits.canReceive(reserve)


def test_can_transfer_says_what_a_transfer_will_do(credits, batch, regulator, alice, bob):
    assert credits.canTransfer(alice, bob, 1, 1_000)
    credits.setFrozenTokens(alice, 1, 999_500, {"from": regulator})
    assert credits.canTransfer(alice, bob, 1, 500)
    assert not credits.canTransfer(alice, bob, 1, 501)
    credits.freeze(FreezeScope.PROJECT, 1, REASON, "", {"from": regulator})
    assert not credits.canTransfer(alice, bob, 1, 500)


def test_issue_reverts_to_a_frozen_account(credits, verification, operator, regulator, alice):
    credits.freeze(FreezeScope.ACCOUNT, int(alice.address, 16), REASON, "", {"from": regulator})
    with refused("ERC7943CannotReceive", alice):
        credits.issue([issuance()], alice, {"from": operator})


def test_issue_reverts_for_a_frozen_programme(credits, verification, operator, regulator, alice):
    credits.freeze(FreezeScope.PROGRAMME, 1, REASON, "", {"from": regulator})
    with refused("FrozenBy", int(FreezeScope.PROGRAMME), 1):
        credits.issue([issuance()], alice, {"from": operator})


@pytest.mark.parametrize("who", ["governance", "operator", "vvb", "alice"])
def test_freeze_and_lift_revert_for_all_but_the_regulator(credits, regulator, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        credits.freeze(FreezeScope.BATCH, 1, REASON, "", {"from": sender})
    credits.freeze(FreezeScope.BATCH, 1, REASON, "", {"from": regulator})
    with refused("AccessManagedUnauthorized", sender):
        credits.lift(FreezeScope.BATCH, 1, "", {"from": sender})


def test_freeze_reverts_for_what_is_frozen(credits, regulator):
    credits.freeze(FreezeScope.BATCH, 1, REASON, "", {"from": regulator})
    with refused("FreezeUnchanged", int(FreezeScope.BATCH), 1):
        credits.freeze(FreezeScope.BATCH, 1, REASON, "", {"from": regulator})


def test_lift_reverts_for_what_is_not_frozen(credits, regulator):
    with refused("FreezeUnchanged", int(FreezeScope.BATCH), 1):
        credits.lift(FreezeScope.BATCH, 1, "", {"from": regulator})


@pytest.mark.parametrize(
    ("scope", "subject"), [(FreezeScope.BATCH, 0), (FreezeScope.ACCOUNT, 0), (FreezeScope.ACCOUNT, 2**160)]
)
def test_freeze_reverts_for_a_subject_that_cannot_be(credits, regulator, scope, subject):
    with refused("FreezeSubjectInvalid", int(scope), subject):
        credits.freeze(scope, subject, REASON, "", {"from": regulator})
