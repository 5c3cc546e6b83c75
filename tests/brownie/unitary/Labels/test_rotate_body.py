import pytest
from refusals import refused
from statements import approval, decision
from story import CCP

STORY = "frameworks"


def test_rotate_body_leaves_what_the_body_said(labels, governance, icvcm, stranger, later):
    labels.approveProgramme(CCP, 1, approval(), decision(), {"from": icvcm})
    labels.approveMethodology(CCP, 1, approval(), decision(), {"from": icvcm})
    at = labels.rotateBody(CCP, stranger, {"from": governance}).timestamp
    later()
    assert labels.hasLabel(1, CCP, at + 1)


@pytest.mark.parametrize("who", ["icvcm", "regulator", "stranger"])
def test_rotate_body_reverts_for_all_but_governance(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        labels.rotateBody(CCP, sender, {"from": sender})
