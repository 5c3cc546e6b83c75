import pytest
from refusals import refused
from statements import approval, day, decision, hexadecimal
from story import CCP, CORSIA_1

from onetonne.terms import Condition

STORY = "frameworks"

WITHOUT = 1 << Condition.METHODOLOGY
"""CCP asks for the other tick too, which is missing in these tests."""


def approve(labels, icvcm, **changes):
    return labels.approveProgramme(CCP, 1, approval(**changes), decision(), {"from": icvcm})


def test_approve_programme_gives_the_tick_from_the_next_second(labels, icvcm, later):
    at = approve(labels, icvcm).timestamp
    later()
    assert labels.conditions(1, CCP, at)[0] == WITHOUT | 1 << Condition.PROGRAMME
    assert tuple(labels.conditions(1, CCP, at + 1)) == (WITHOUT, False)


def test_approve_programme_says_so(labels, icvcm):
    said = approve(labels, icvcm, recognises=CORSIA_1).events["ProgrammeApproved"]
    assert (said["label"], said["programme"]) == (hexadecimal(CCP), 1)
    assert tuple(said["approval"]) == (False, day(2016, 1, 1), day(2026, 12, 31), 0, hexadecimal(CORSIA_1))
    document, decided_on, source = decision()
    assert tuple(said["decision"]) == (hexadecimal(document), decided_on, source)


@pytest.mark.parametrize("who", ["governance", "icao", "operator", "stranger"])
def test_approve_programme_reverts_for_all_but_the_body(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotBody", CCP, sender):
        approve(labels, sender)
