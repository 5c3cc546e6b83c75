import pytest
from brownie import ZERO_ADDRESS
from refusals import refused
from statements import code, hexadecimal, rule, word
from story import CORSIA_RULE

from onetonne.terms import Condition, Use

STORY = "batch"

CCP = code("CCP")


def test_admit_framework_records_its_rule_and_its_body(labels, governance, icao):
    receipt = labels.admitFramework(code("CORSIA-1"), icao, CORSIA_RULE, {"from": governance})
    entry = labels.framework(code("CORSIA-1"))
    assert (entry["body"], entry["admittedAt"]) == (icao, receipt.timestamp)
    assert tuple(entry["rule"]) == (True, False, Use.INTERNATIONAL_MITIGATION, True)
    assert [str(label) for label in labels.labels()] == [hexadecimal(code("CORSIA-1"))]


def test_admit_framework_says_so(labels, governance, icvcm):
    said = labels.admitFramework(CCP, icvcm, rule(), {"from": governance}).events["FrameworkAdmitted"]
    assert (said["label"], said["body"]) == (hexadecimal(CCP), icvcm)
    assert tuple(said["rule"]) == (True, True, 0, False)


def test_a_framework_counts_from_the_next_second(labels, governance, icvcm, later):
    asks_nothing = rule(by_programme=False, by_methodology=False)
    at = labels.admitFramework(CCP, icvcm, asks_nothing, {"from": governance}).timestamp
    later()
    assert tuple(labels.conditions(1, CCP, at)) == (1 << Condition.FRAMEWORK, False)
    assert tuple(labels.conditions(1, CCP, at + 1)) == (0, False)


@pytest.mark.parametrize("who", ["regulator", "icvcm", "operator", "stranger"])
def test_admit_framework_reverts_for_all_but_governance(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        labels.admitFramework(CCP, sender, rule(), {"from": sender})


def test_admit_framework_reverts_for_a_label_that_is_there(labels, governance, icvcm, icao):
    labels.admitFramework(CCP, icvcm, rule(), {"from": governance})
    with refused("FrameworkTaken", CCP):
        labels.admitFramework(CCP, icao, rule(by_programme=False), {"from": governance})


def test_admit_framework_reverts_without_a_body(labels, governance):
    with refused("NotBody", CCP, ZERO_ADDRESS):
        labels.admitFramework(CCP, ZERO_ADDRESS, rule(), {"from": governance})


@pytest.mark.parametrize("text", ["", "ccp", "CCP 1"])
def test_admit_framework_reverts_for_a_malformed_label(labels, governance, icvcm, text):
    with refused("CodeMalformed", word(text)):
        labels.admitFramework(word(text), icvcm, rule(), {"from": governance})


def test_framework_reverts_for_a_label_that_nobody_admitted(labels):
    with refused("FrameworkUnknown", CCP):
        labels.framework(CCP)
