import pytest
from refusals import refused

from onetonne.terms import Standing

STORY = "methodology"


def test_suspend_vvb_dates_its_standing(programmes, methodology, governance):
    receipt = programmes.suspendVvb(1, "accreditation lapsed", {"from": governance})
    body = programmes.vvb(1)
    assert (body["standing"], body["since"]) == (Standing.SUSPENDED, receipt.timestamp)
    said = receipt.events["VvbStandingSet"]
    assert (said["vvb"], said["standing"], said["reason"]) == (1, Standing.SUSPENDED, "accreditation lapsed")


def test_reinstate_vvb_ends_a_suspension(programmes, methodology, governance):
    programmes.suspendVvb(1, "", {"from": governance})
    receipt = programmes.reinstateVvb(1, "renewed", {"from": governance})
    assert programmes.vvb(1)["standing"] == Standing.ACTIVE
    assert receipt.events["VvbStandingSet"]["standing"] == Standing.ACTIVE


@pytest.mark.parametrize("verb", ["suspendVvb", "reinstateVvb"])
def test_a_vvbs_standing_reverts_for_all_but_governance(programmes, methodology, operator, verb):
    with refused("AccessManagedUnauthorized", operator):
        getattr(programmes, verb)(1, "", {"from": operator})
