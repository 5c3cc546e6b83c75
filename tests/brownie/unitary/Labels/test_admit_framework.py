import pytest
from refusals import refused
from statements import code, hexadecimal, rule
from story import CORSIA_RULE

from onetonne.terms import Use

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


@pytest.mark.parametrize("who", ["regulator", "icvcm", "operator", "stranger"])
def test_admit_framework_reverts_for_all_but_governance(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        labels.admitFramework(CCP, sender, rule(), {"from": sender})
