import pytest
from eth_utils.crypto import keccak
from refusals import refused
from statements import hexadecimal

from onetonne.terms import FreezeScope

STORY = "batch"

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


@pytest.mark.parametrize("who", ["governance", "operator", "vvb", "alice"])
def test_freeze_and_lift_revert_for_all_but_the_regulator(credits, regulator, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        credits.freeze(FreezeScope.PROJECT, 1, REASON, "", {"from": sender})
    credits.freeze(FreezeScope.PROJECT, 1, REASON, "", {"from": regulator})
    with refused("AccessManagedUnauthorized", sender):
        credits.lift(FreezeScope.PROJECT, 1, "", {"from": sender})
