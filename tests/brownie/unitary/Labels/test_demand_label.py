import pytest
from refusals import refused
from statements import code, hexadecimal, rule

from onetonne.terms import Purpose

STORY = "batch"

PHASE_1, NDC = code("CORSIA-1"), code("ARTICLE-6-NDC")


@pytest.fixture(autouse=True)
def frameworks(labels, governance, icao):
    for label in (PHASE_1, NDC):
        labels.admitFramework(label, icao, rule(), {"from": governance})


def test_demand_label_closes_a_purpose(credits, labels, governance):
    receipt = labels.demandLabel(Purpose.CORSIA_PHASE_1, PHASE_1, {"from": governance})
    assert labels.demandedLabel(Purpose.CORSIA_PHASE_1) == hexadecimal(PHASE_1)
    assert credits.purposesDemandingLabel() == 1 << Purpose.CORSIA_PHASE_1
    said = receipt.events["LabelDemanded"]
    assert (said["purpose"], said["label"]) == (Purpose.CORSIA_PHASE_1, hexadecimal(PHASE_1))
    assert receipt.events["PurposesDemandingLabelSet"]["mask"] == 1 << Purpose.CORSIA_PHASE_1


@pytest.mark.parametrize("who", ["regulator", "operator", "icao", "stranger"])
def test_demand_label_reverts_for_all_but_governance(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        labels.demandLabel(Purpose.CORSIA_PHASE_1, PHASE_1, {"from": sender})
