import pytest
import signatures
from refusals import refused
from statements import EVIDENCE, code, day, hexadecimal, proposal

from onetonne.terms import VerificationStatus

STORY = "project_id"

FIELDS = {
    "project": "uint32",
    "component": "uint32",
    "methodology": "uint32",
    "periodStart": "uint32",
    "periodEnd": "uint32",
    "verified": "uint48",
    "evidenceHash": "bytes32",
    "dataRoot": "bytes32",
    "source": "string",
    "supersedes": "uint32",
    "deadline": "uint48",
    "salt": "bytes32",
}


def test_propose_verification_records_the_statement(projects, project_id, vvb):
    receipt = projects.proposeVerification(proposal(data_root=b"\1" * 32), {"from": vvb})
    entry = projects.verification(1)
    assert (entry["project"], entry["programme"], entry["methodology"]) == (1, 1, 1)
    assert (entry["component"], entry["vvb"], entry["supersedes"]) == (1, 1, 0)
    assert (entry["periodStart"], entry["periodEnd"]) == (day(2020, 1, 1), day(2020, 12, 31))
    assert (entry["cap"], entry["issued"], entry["carried"]) == (10_000_000, 0, 0)
    assert entry["status"] == VerificationStatus.PROPOSED
    assert (entry["proposedAt"], entry["acceptedAt"], entry["withdrawnAt"]) == (receipt.timestamp, 0, 0)
    assert (entry["evidenceHash"], entry["dataRoot"]) == (hexadecimal(EVIDENCE), "0x" + "01" * 32)


def test_propose_verification_says_so_and_names_the_component(projects, project_id, vvb):
    said = projects.proposeVerification(proposal(), {"from": vvb}).events["VerificationProposed"]
    assert (said["verification"], said["vvb"]) == (1, 1)
    assert said["proposal"][1] == 1, "the activity's first component, where the statement said 0"
    assert said["proposal"][8] == "https://registry.example/reports/1340-2020.pdf"


def test_propose_verification_claims_nothing_yet(projects, project_id, vvb):
    projects.proposeVerification(proposal(), {"from": vvb})
    projects.proposeVerification(proposal(salt=b"\1" * 32), {"from": vvb})
    assert tuple(projects.periodAt(1, day(2020, 6, 1))) == (0, 0, 0)


@pytest.mark.parametrize("who", ["operator", "governance", "stranger"])
def test_propose_verification_reverts_for_all_but_vvbs(projects, project_id, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotAVvb", sender):
        projects.proposeVerification(proposal(), {"from": sender})


def test_propose_verification_reverts_while_the_vvb_is_suspended(
    projects, programmes, project_id, governance, vvb
):
    receipt = programmes.suspendVvb(1, "", {"from": governance})
    with refused("VvbNotActive", 1, 2, receipt.timestamp):
        projects.proposeVerification(proposal(), {"from": vvb})


def test_propose_verification_reverts_for_the_same_statement(projects, project_id, vvb):
    projects.proposeVerification(proposal(), {"from": vvb})
    with refused("VerificationAlreadyProposed", 1):
        projects.proposeVerification(proposal(), {"from": vvb})


def test_propose_verification_reverts_after_its_deadline(projects, project_id, vvb, chain):
    deadline = chain.time() - 100
    with refused("VerificationExpired", deadline):
        projects.proposeVerification(proposal(deadline=deadline), {"from": vvb})


def test_propose_verification_reverts_for_a_reversed_period(projects, project_id, vvb):
    start, end = day(2020, 12, 31), day(2020, 1, 1)
    with refused("VerificationPeriodInvalid", start, end):
        projects.proposeVerification(proposal(period_start=start, period_end=end), {"from": vvb})


def test_propose_verification_reverts_for_days_that_have_not_been(projects, project_id, vvb, chain):
    start, end = day(2020, 1, 1), chain.time() // 86_400 + 2
    with refused("VerificationPeriodInvalid", start, end):
        projects.proposeVerification(proposal(period_end=end), {"from": vvb})


def test_propose_verification_reverts_for_no_tonnes(projects, project_id, vvb):
    with refused("VerificationEmpty"):
        projects.proposeVerification(proposal(verified=0), {"from": vvb})


def test_propose_verification_reverts_without_evidence(projects, project_id, vvb):
    with refused("VerificationWithoutEvidence"):
        projects.proposeVerification(proposal(evidence_hash=bytes(32)), {"from": vvb})


def test_propose_verification_reverts_for_another_programmes_methodology(
    projects, project_id, admit, acr_operator, vvb
):
    admit("ACR", acr_operator)
    with refused("MethodologyOfOtherProgramme", 2, 2):
        projects.proposeVerification(proposal(methodology=2), {"from": vvb})


def test_propose_verification_reverts_for_a_methodology_or_project_that_nobody_registered(
    projects, project_id, vvb
):
    with refused("MethodologyUnknown", 2):
        projects.proposeVerification(proposal(methodology=2), {"from": vvb})
    with refused("ProjectUnknown", 2):
        projects.proposeVerification(proposal(project=2), {"from": vvb})


def sign(projects, key, values, chain_id=31337):
    return signatures.sign(projects, key, "Verification", FIELDS, values, chain_id)


@pytest.fixture
def signing_vvb(accounts, programmes, methodology, governance):
    """An accredited VVB whose key is at hand (VVB 2)."""
    account = accounts.add()
    programmes.admitVvb(code("VVB-2"), account, {"from": governance})
    return account


def test_a_signed_verification_is_carried_by_anyone(projects, project_id, signing_vvb, stranger):
    statement = proposal(component=1)
    signature = sign(projects, signing_vvb.private_key, statement)
    receipt = projects.proposeVerificationSigned(statement, signing_vvb, signature, {"from": stranger})
    assert receipt.events["VerificationProposed"]["vvb"] == 2
    assert projects.verification(1)["vvb"] == 2


def test_a_signed_verification_is_carried_once(projects, project_id, signing_vvb, stranger):
    signature = sign(projects, signing_vvb.private_key, proposal())
    projects.proposeVerificationSigned(proposal(), signing_vvb, signature, {"from": stranger})
    with refused("VerificationAlreadyProposed", 1):
        projects.proposeVerificationSigned(proposal(), signing_vvb, signature, {"from": stranger})


def test_a_signed_verification_reverts_when_a_word_of_it_was_changed(
    projects, project_id, signing_vvb, stranger
):
    signature = sign(projects, signing_vvb.private_key, proposal())
    for altered in (proposal(verified=10_000_001), proposal(source="elsewhere"), proposal(component=1)):
        with refused("VerificationSignatureInvalid", signing_vvb):
            projects.proposeVerificationSigned(altered, signing_vvb, signature, {"from": stranger})


def test_a_signed_verification_reverts_when_made_for_another_chain(
    projects, project_id, signing_vvb, stranger
):
    signature = sign(projects, signing_vvb.private_key, proposal(), chain_id=1)
    with refused("VerificationSignatureInvalid", signing_vvb):
        projects.proposeVerificationSigned(proposal(), signing_vvb, signature, {"from": stranger})


def test_a_signed_verification_reverts_in_another_vvbs_name(projects, project_id, signing_vvb, vvb, stranger):
    signature = sign(projects, signing_vvb.private_key, proposal())
    with refused("VerificationSignatureInvalid", vvb):
        projects.proposeVerificationSigned(proposal(), vvb, signature, {"from": stranger})


def test_a_signed_verification_reverts_from_one_that_is_no_vvb(projects, project_id, accounts, stranger):
    impostor = accounts.add()
    signature = sign(projects, impostor.private_key, proposal())
    with refused("NotAVvb", impostor):
        projects.proposeVerificationSigned(proposal(), impostor, signature, {"from": stranger})
