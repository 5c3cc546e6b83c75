import pytest
from refusals import refused

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


def test_withdraw_verification_reverts_for_anyone_else(
    projects, verification, admit, governance, acr_operator, stranger
):
    admit("ACR", acr_operator)
    for sender in (governance, acr_operator, stranger):
        with refused("NotAllowedToWithdraw", 1, sender):
            projects.withdrawVerification(1, "", {"from": sender})
