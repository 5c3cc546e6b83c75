import pytest
from refusals import refused
from statements import approval, code, decision, hexadecimal, word
from story import CCP, CORSIA_1

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


def test_an_exclusion_can_be_ended(labels, icvcm, later):
    exclude(labels, icvcm)
    later()
    at = exclude(labels, icvcm, excluded=False).timestamp
    later()
    assert not labels.hasLabel(1, CCP, at)
    assert labels.hasLabel(1, CCP, at + 1)


def test_an_exclusion_is_of_one_type_and_one_label(labels, icvcm, later):
    at = exclude(labels, icvcm, RENEWABLES).timestamp
    exclude(labels, icvcm)
    later()
    assert labels.conditions(1, CORSIA_1, at + 1)[0] == 1 << Condition.PROGRAMME
    exclude(labels, icvcm, excluded=False)
    at = exclude(labels, icvcm, RENEWABLES, excluded=False).timestamp
    later()
    assert labels.hasLabel(1, CCP, at + 1)


def test_an_exclusion_of_no_type_is_of_the_projects_without_one(labels, icvcm, later):
    at = exclude(labels, icvcm, word("")).timestamp
    later()
    assert labels.hasLabel(1, CCP, at + 1), "project 1 has a type"


def test_an_exclusion_says_so(labels, icvcm):
    said = exclude(labels, icvcm).events["ActivityTypeExclusionSet"]
    assert (said["label"], said["programme"]) == (hexadecimal(CCP), 1)
    assert (said["activityType"], said["excluded"]) == (hexadecimal(AFOLU), True)


@pytest.mark.parametrize("who", ["governance", "icao", "operator", "stranger"])
def test_an_exclusion_reverts_for_all_but_the_body(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotBody", CCP, sender):
        exclude(labels, sender)


def test_an_exclusion_reverts_for_a_programme_that_nobody_admitted(labels, icvcm):
    with refused("ProgrammeUnknown", 2):
        labels.setActivityTypeExclusion(CCP, 2, AFOLU, True, decision(), {"from": icvcm})


def test_an_exclusion_reverts_for_a_malformed_type(labels, icvcm):
    with refused("CodeMalformed", word("afolu")):
        exclude(labels, icvcm, word("afolu"))


def test_an_exclusion_reverts_for_what_holds_already(labels, icvcm):
    with refused("LabelUnchanged", CCP):
        exclude(labels, icvcm, excluded=False)
    exclude(labels, icvcm)
    with refused("LabelUnchanged", CCP):
        exclude(labels, icvcm)


def test_an_exclusion_reverts_for_a_label_of_no_framework(labels, icvcm):
    with refused("FrameworkUnknown", code("CCP-2")):
        labels.setActivityTypeExclusion(code("CCP-2"), 1, AFOLU, True, decision(), {"from": icvcm})
