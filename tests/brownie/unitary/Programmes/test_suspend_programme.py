import pytest
from refusals import refused
from statements import code

from onetonne.terms import Standing

STORY = "methodology"


def test_suspend_programme_dates_its_standing(programmes, methodology, governance):
    receipt = programmes.suspendProgramme(1, "under investigation", {"from": governance})
    body = programmes.programme(1)
    assert (body["standing"], body["since"]) == (Standing.SUSPENDED, receipt.timestamp)
    said = receipt.events["ProgrammeStandingSet"]
    assert (said["programme"], said["standing"], said["reason"]) == (
        1,
        Standing.SUSPENDED,
        "under investigation",
    )


def test_reinstate_programme_ends_a_suspension(programmes, methodology, governance):
    programmes.suspendProgramme(1, "", {"from": governance})
    receipt = programmes.reinstateProgramme(1, "cleared", {"from": governance})
    assert programmes.programme(1)["standing"] == Standing.ACTIVE
    assert programmes.serialRoot(code("VCS-VCU"))["standing"] == Standing.ACTIVE
    said = receipt.events["ProgrammeStandingSet"]
    assert (said["standing"], said["reason"]) == (Standing.ACTIVE, "cleared")


@pytest.mark.parametrize("verb", ["suspendProgramme", "reinstateProgramme"])
def test_a_programmes_standing_reverts_for_all_but_governance(programmes, methodology, operator, verb):
    with refused("AccessManagedUnauthorized", operator):
        getattr(programmes, verb)(1, "", {"from": operator})
