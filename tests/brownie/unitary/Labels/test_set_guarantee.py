import pytest
from refusals import refused
from statements import code, decision, hexadecimal
from story import CCP, CORSIA_1

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


def test_a_guarantee_can_be_ended(labels, icao, later):
    set_guarantee(labels, icao)
    later()
    at = set_guarantee(labels, icao, accepted=False).timestamp
    later()
    assert labels.conditions(2, CORSIA_1, at)[0] == WITHOUT, "the past stands (I9)"
    assert labels.conditions(2, CORSIA_1, at + 1)[0] == WITHOUT | 1 << Condition.ADJUSTMENT


def test_a_guarantee_says_so(labels, icao):
    said = set_guarantee(labels, icao).events["GuaranteeSet"]
    assert (said["label"], said["project"]) == (hexadecimal(CORSIA_1), 1)
    assert (said["vintageYear"], said["accepted"]) == (2021, True)


@pytest.mark.parametrize("who", ["governance", "icvcm", "host", "operator"])
def test_a_guarantee_reverts_for_all_but_the_body(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotBody", CORSIA_1, sender):
        set_guarantee(labels, sender)


def test_a_guarantee_reverts_for_a_project_that_nobody_registered(labels, icao):
    with refused("ProjectUnknown", 2):
        labels.setGuarantee(CORSIA_1, 2, 2021, True, decision(), {"from": icao})


def test_a_guarantee_reverts_for_what_holds_already(labels, icao):
    with refused("LabelUnchanged", CORSIA_1):
        set_guarantee(labels, icao, accepted=False)
    set_guarantee(labels, icao)
    with refused("LabelUnchanged", CORSIA_1):
        set_guarantee(labels, icao)


def test_a_guarantee_reverts_for_a_label_of_no_framework(labels, icao):
    with refused("FrameworkUnknown", code("CORSIA-3")):
        labels.setGuarantee(code("CORSIA-3"), 1, 2021, True, decision(), {"from": icao})


def test_a_guarantee_is_nothing_to_a_label_that_asks_for_no_adjustment(labels, icvcm, later):
    at = labels.setGuarantee(CCP, 1, 2021, True, decision(), {"from": icvcm}).timestamp
    later()
    lacks = 1 << Condition.PROGRAMME | 1 << Condition.METHODOLOGY
    assert labels.conditions(2, CCP, at + 1)[0] == lacks
