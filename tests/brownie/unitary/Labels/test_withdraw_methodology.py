import pytest
from refusals import refused
from statements import approval, decision, hexadecimal
from story import CCP

from onetonne.terms import Condition

STORY = "frameworks"


@pytest.fixture(autouse=True)
def approved(labels, icvcm, later, isolation):
    """CCP's both ticks."""
    labels.approveProgramme(CCP, 1, approval(), decision(), {"from": icvcm})
    labels.approveMethodology(CCP, 1, approval(), decision(), {"from": icvcm})
    later()


def test_withdraw_methodology_ends_the_label_from_the_next_second(labels, icvcm, later):
    at = labels.withdrawMethodology(CCP, 1, decision(), {"from": icvcm}).timestamp
    later()
    assert labels.hasLabel(1, CCP, at), "the past stands (I9)"
    assert not labels.hasLabel(1, CCP, at + 1)
    assert tuple(labels.conditions(1, CCP, at + 1)) == (1 << Condition.METHODOLOGY, False)


def test_withdraw_methodology_says_so(labels, icvcm):
    said = labels.withdrawMethodology(CCP, 1, decision(), {"from": icvcm}).events[
        "MethodologyApprovalWithdrawn"
    ]
    assert (said["label"], said["methodology"]) == (hexadecimal(CCP), 1)
    assert said["decision"][2] == "https://framework.example/decisions/7"


@pytest.mark.parametrize("who", ["governance", "icao", "operator", "stranger"])
def test_withdraw_methodology_reverts_for_all_but_the_body(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotBody", CCP, sender):
        labels.withdrawMethodology(CCP, 1, decision(), {"from": sender})
