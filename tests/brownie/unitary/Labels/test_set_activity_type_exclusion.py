import pytest
from refusals import refused
from statements import approval, code, decision, hexadecimal
from story import CCP

from onetonne.terms import Condition

STORY = "frameworks"

AFOLU, RENEWABLES = code("AFOLU"), code("RENEWABLES")


@pytest.fixture(autouse=True)
def approved(labels, icvcm, later, isolation):
    """CCP's both ticks."""
    labels.approveProgramme(CCP, 1, approval(), decision(), {"from": icvcm})
    labels.approveMethodology(CCP, 1, approval(), decision(), {"from": icvcm})
    later()


def exclude(labels, sender, activity_type=AFOLU, excluded=True):
    return labels.setActivityTypeExclusion(CCP, 1, activity_type, excluded, decision(), {"from": sender})


def test_an_excluded_activity_type_has_no_label_from_the_next_second(labels, icvcm, later):
    at = exclude(labels, icvcm).timestamp
    later()
    assert labels.hasLabel(1, CCP, at), "the past stands (I9)"
    assert tuple(labels.conditions(1, CCP, at + 1)) == (1 << Condition.EXCLUSION, False)


def test_an_exclusion_says_so(labels, icvcm):
    said = exclude(labels, icvcm).events["ActivityTypeExclusionSet"]
    assert (said["label"], said["programme"]) == (hexadecimal(CCP), 1)
    assert (said["activityType"], said["excluded"]) == (hexadecimal(AFOLU), True)


@pytest.mark.parametrize("who", ["governance", "icao", "operator", "stranger"])
def test_an_exclusion_reverts_for_all_but_the_body(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotBody", CCP, sender):
        exclude(labels, sender)
