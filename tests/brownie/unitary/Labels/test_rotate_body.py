import pytest
from brownie import ZERO_ADDRESS
from refusals import refused
from statements import approval, code, decision, hexadecimal
from story import CCP

STORY = "frameworks"


def test_rotate_body_hands_the_framework_over(labels, governance, icvcm, stranger):
    said = labels.rotateBody(CCP, stranger, {"from": governance}).events["BodyRotated"]
    assert (said["label"], said["previous"], said["body"]) == (hexadecimal(CCP), icvcm, stranger)
    assert labels.framework(CCP)["body"] == stranger
    labels.approveProgramme(CCP, 1, approval(), decision(), {"from": stranger})
    with refused("NotBody", CCP, icvcm):
        labels.withdrawProgramme(CCP, 1, decision(), {"from": icvcm})


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


def test_rotate_body_reverts_for_a_label_of_no_framework(labels, governance, stranger):
    with refused("FrameworkUnknown", code("CCP-2")):
        labels.rotateBody(code("CCP-2"), stranger, {"from": governance})


def test_rotate_body_reverts_for_nobody(labels, governance):
    with refused("NotBody", CCP, ZERO_ADDRESS):
        labels.rotateBody(CCP, ZERO_ADDRESS, {"from": governance})


def test_rotate_body_reverts_for_the_same_one(labels, governance, icvcm):
    with refused("LabelUnchanged", CCP):
        labels.rotateBody(CCP, icvcm, {"from": governance})
