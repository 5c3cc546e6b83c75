import pytest
from refusals import refused
from statements import code, hexadecimal

from onetonne.terms import Purpose

STORY = "batch"

PHASE_1 = code("CORSIA-P1")


def test_demand_label_closes_a_purpose(credits, labels, governance):
    receipt = labels.demandLabel(Purpose.CORSIA, PHASE_1, {"from": governance})
    assert labels.demandedLabel(Purpose.CORSIA) == hexadecimal(PHASE_1)
    assert credits.purposesDemandingLabel() == 1 << Purpose.CORSIA
    said = receipt.events["LabelDemanded"]
    assert (said["purpose"], said["label"]) == (Purpose.CORSIA, hexadecimal(PHASE_1))
    assert receipt.events["PurposesDemandingLabelSet"]["mask"] == 1 << Purpose.CORSIA


def test_demand_label_of_nothing_opens_only_that_purpose_again(credits, labels, governance):
    labels.demandLabel(Purpose.CORSIA, PHASE_1, {"from": governance})
    labels.demandLabel(Purpose.HOST_NDC, code("NDC"), {"from": governance})
    labels.demandLabel(Purpose.CORSIA, bytes(32), {"from": governance})
    assert credits.purposesDemandingLabel() == 1 << Purpose.HOST_NDC


@pytest.mark.parametrize("who", ["regulator", "operator", "stranger"])
def test_demand_label_reverts_for_all_but_governance(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        labels.demandLabel(Purpose.CORSIA, PHASE_1, {"from": sender})


def test_has_label_is_a_reading_of_the_past(labels, batch, chain):
    assert not labels.hasLabel(1, PHASE_1, chain.time() - 3_600)
    future = chain.time() + 3_600
    with refused("LabelTimeNotPast", future):
        labels.hasLabel(1, PHASE_1, future)
    with refused("BatchUnknown", 2):
        labels.hasLabel(2, PHASE_1, chain.time() - 3_600)
