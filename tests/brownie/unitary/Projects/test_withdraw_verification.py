import pytest
from refusals import refused
from statements import ABOVE_EVERYTHING, BLOCK_KILOGRAMS, day, proposal

from onetonne.terms import VerificationStatus

STORY = "verification"


@pytest.mark.parametrize("who", ["vvb", "operator"])
def test_withdraw_verification_is_open_to_either_key(projects, verification, who, request):
    sender = request.getfixturevalue(who)
    receipt = projects.withdrawVerification(1, "typo", {"from": sender})
    entry = projects.verification(1)
    assert (entry["status"], entry["withdrawnAt"]) == (VerificationStatus.WITHDRAWN, receipt.timestamp)
    said = receipt.events["VerificationWithdrawn"]
    assert (said["verification"], said["by"], said["reason"]) == (1, sender, "typo")


def test_withdraw_verification_leaves_what_was_issued_and_the_claim(
    projects, credits, batch, operator, alice
):
    projects.withdrawVerification(1, "typo", {"from": operator})
    entry = projects.verification(1)
    assert (entry["issued"], entry["carried"]) == (BLOCK_KILOGRAMS, BLOCK_KILOGRAMS)
    assert credits.balanceOf(alice, 1) == BLOCK_KILOGRAMS
    assert projects.periodAt(1, day(2020, 6, 1))[0] == 1


def test_withdraw_verification_before_it_was_accepted(projects, verification, vvb, operator):
    projects.proposeVerification(proposal(salt=b"\1" * 32), {"from": vvb})
    projects.withdrawVerification(2, "typo", {"from": vvb})
    with refused("VerificationStatusIs", 2, 3, 1):
        projects.acceptVerification(2, ABOVE_EVERYTHING, {"from": operator})


def test_withdraw_verification_is_open_to_suspended_keys(
    projects, programmes, verification, governance, operator
):
    programmes.suspendProgramme(1, "", {"from": governance})
    projects.withdrawVerification(1, "typo", {"from": operator})
    assert projects.verification(1)["status"] == VerificationStatus.WITHDRAWN


def test_withdraw_verification_reverts_for_anyone_else(
    projects, verification, admit, governance, acr_operator, stranger
):
    admit("ACR", acr_operator)
    for sender in (governance, acr_operator, stranger):
        with refused("NotAllowedToWithdraw", 1, sender):
            projects.withdrawVerification(1, "", {"from": sender})


def test_withdraw_verification_reverts_a_second_time(projects, verification, operator):
    projects.withdrawVerification(1, "", {"from": operator})
    with refused("VerificationStatusIs", 1, 3, 2):
        projects.withdrawVerification(1, "", {"from": operator})


def test_withdraw_verification_reverts_for_one_that_is_superseded(projects, verification, operator, vvb):
    projects.withdrawVerification(1, "typo", {"from": operator})
    projects.proposeVerification(proposal(supersedes=1), {"from": vvb})
    projects.acceptVerification(2, ABOVE_EVERYTHING, {"from": operator})
    with refused("VerificationStatusIs", 1, 4, 2):
        projects.withdrawVerification(1, "", {"from": operator})


def test_withdraw_verification_reverts_for_one_that_nobody_proposed(projects, verification, operator):
    with refused("VerificationUnknown", 2):
        projects.withdrawVerification(2, "", {"from": operator})


def test_record_issuance_reverts_for_all_but_credits(projects, verification, operator):
    with refused("OnlyCredits", operator):
        projects.recordIssuance(1, 1, day(2020, 1, 1), day(2020, 12, 31), 1_000, {"from": operator})
