import pytest
from refusals import refused

from onetonne.terms import Standing

STORY = "methodology"


def test_suspend_methodology_dates_its_standing(programmes, methodology, operator):
    receipt = programmes.suspendMethodology(1, "superseded", {"from": operator})
    rule = programmes.methodology(1)
    assert (rule["standing"], rule["since"]) == (Standing.SUSPENDED, receipt.timestamp)
    said = receipt.events["MethodologyStandingSet"]
    assert (said["methodology"], said["standing"], said["reason"]) == (1, Standing.SUSPENDED, "superseded")


def test_reinstate_methodology_ends_a_suspension(programmes, methodology, operator):
    programmes.suspendMethodology(1, "", {"from": operator})
    receipt = programmes.reinstateMethodology(1, "error", {"from": operator})
    assert programmes.methodology(1)["standing"] == Standing.ACTIVE
    assert receipt.events["MethodologyStandingSet"]["standing"] == Standing.ACTIVE


@pytest.mark.parametrize("verb", ["suspendMethodology", "reinstateMethodology"])
def test_a_methodologys_standing_reverts_for_all_but_its_operator(
    programmes, methodology, admit, acr_operator, governance, verb
):
    admit("ACR", acr_operator)
    with refused("NotOperator", 1, acr_operator):
        getattr(programmes, verb)(1, "", {"from": acr_operator})
    with refused("NotAnOperator", governance):
        getattr(programmes, verb)(1, "", {"from": governance})
