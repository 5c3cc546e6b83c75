import pytest
from refusals import refused
from statements import approval, code, decision, hexadecimal
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


def test_what_was_withdrawn_may_be_approved_again(labels, icvcm, later):
    labels.withdrawMethodology(CCP, 1, decision(), {"from": icvcm})
    later()
    at = labels.approveMethodology(CCP, 1, approval(), decision(), {"from": icvcm}).timestamp
    later()
    assert not labels.hasLabel(1, CCP, at)
    assert labels.hasLabel(1, CCP, at + 1)


def test_of_two_entries_in_one_second_the_later_counts(labels, icvcm, chain, later, in_second):
    at = chain[-1].timestamp + 10
    with in_second(at):
        labels.withdrawMethodology(CCP, 1, decision(), {"from": icvcm})
    with in_second(at):
        labels.approveMethodology(CCP, 1, approval(conditional=True), decision(), {"from": icvcm})
    later()
    assert tuple(labels.conditions(1, CCP, at)) == (0, False)
    assert tuple(labels.conditions(1, CCP, at + 1)) == (0, True)


@pytest.mark.parametrize("who", ["governance", "icao", "operator", "stranger"])
def test_withdraw_methodology_reverts_for_all_but_the_body(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotBody", CCP, sender):
        labels.withdrawMethodology(CCP, 1, decision(), {"from": sender})


def test_withdraw_methodology_reverts_for_a_label_of_no_framework(labels, icvcm):
    with refused("FrameworkUnknown", code("CCP-2")):
        labels.withdrawMethodology(code("CCP-2"), 1, decision(), {"from": icvcm})


def test_withdraw_methodology_reverts_where_nothing_is_approved(labels, icvcm):
    with refused("LabelUnchanged", CCP):
        labels.withdrawMethodology(CCP, 2, decision(), {"from": icvcm})
    labels.withdrawMethodology(CCP, 1, decision(), {"from": icvcm})
    with refused("LabelUnchanged", CCP):
        labels.withdrawMethodology(CCP, 1, decision(), {"from": icvcm})
