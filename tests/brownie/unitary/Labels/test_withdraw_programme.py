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


def test_withdraw_programme_ends_the_label_from_the_next_second(labels, icvcm, later):
    at = labels.withdrawProgramme(CCP, 1, decision(), {"from": icvcm}).timestamp
    later()
    assert labels.hasLabel(1, CCP, at), "the past stands (I9)"
    assert not labels.hasLabel(1, CCP, at + 1)
    assert tuple(labels.conditions(1, CCP, at + 1)) == (1 << Condition.PROGRAMME, False)


def test_withdraw_programme_says_so(labels, icvcm):
    said = labels.withdrawProgramme(CCP, 1, decision(), {"from": icvcm}).events["ProgrammeApprovalWithdrawn"]
    assert (said["label"], said["programme"]) == (hexadecimal(CCP), 1)
    assert said["decision"][2] == "https://framework.example/decisions/7"


@pytest.mark.parametrize("who", ["governance", "icao", "operator", "stranger"])
def test_withdraw_programme_reverts_for_all_but_the_body(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotBody", CCP, sender):
        labels.withdrawProgramme(CCP, 1, decision(), {"from": sender})
