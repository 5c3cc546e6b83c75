import pytest
from refusals import refused
from statements import decision, hexadecimal
from story import CORSIA_1

from onetonne.terms import Condition

STORY = "frameworks"

WITHOUT = 1 << Condition.PROGRAMME | 1 << Condition.AUTHORISATION
"""What CORSIA-1 asks besides, and batch 2 has not in these tests."""


def set_guarantee(labels, sender, accepted=True):
    return labels.setGuarantee(CORSIA_1, 1, 2021, accepted, decision(), {"from": sender})


def test_a_guarantee_takes_the_place_of_an_adjustment_from_the_next_second(labels, icao, later):
    at = set_guarantee(labels, icao).timestamp
    later()
    assert labels.conditions(2, CORSIA_1, at)[0] == WITHOUT | 1 << Condition.ADJUSTMENT
    assert labels.conditions(2, CORSIA_1, at + 1)[0] == WITHOUT


def test_a_guarantee_says_so(labels, icao):
    said = set_guarantee(labels, icao).events["GuaranteeSet"]
    assert (said["label"], said["project"]) == (hexadecimal(CORSIA_1), 1)
    assert (said["vintageYear"], said["accepted"]) == (2021, True)


@pytest.mark.parametrize("who", ["governance", "icvcm", "host", "operator"])
def test_a_guarantee_reverts_for_all_but_the_body(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotBody", CORSIA_1, sender):
        set_guarantee(labels, sender)
