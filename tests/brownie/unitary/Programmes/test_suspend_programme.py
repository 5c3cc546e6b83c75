import pytest
from refusals import refused
from statements import code, word

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


def test_suspend_programme_reaches_all_its_roots(programmes, methodology, governance):
    programmes.suspendProgramme(1, "", {"from": governance})
    for root in ("VCS-VCU", "VCU"):
        assert programmes.serialRoot(code(root))["standing"] == Standing.SUSPENDED


def test_a_root_registered_during_a_suspension_is_suspended(programmes, methodology, governance):
    programmes.suspendProgramme(1, "", {"from": governance})
    programmes.registerRoot(word("VCX"), 1, 1, 0, {"from": governance})
    assert programmes.serialRoot(word("VCX"))["standing"] == Standing.SUSPENDED


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


def test_a_programmes_standing_reverts_where_nothing_changes(programmes, methodology, governance):
    with refused("StandingUnchanged", int(Standing.ACTIVE)):
        programmes.reinstateProgramme(1, "", {"from": governance})
    programmes.suspendProgramme(1, "", {"from": governance})
    with refused("StandingUnchanged", int(Standing.SUSPENDED)):
        programmes.suspendProgramme(1, "", {"from": governance})


def test_suspend_programme_reverts_for_an_id_that_nobody_has(programmes, governance):
    with refused("ProgrammeUnknown", 2):
        programmes.suspendProgramme(2, "", {"from": governance})
