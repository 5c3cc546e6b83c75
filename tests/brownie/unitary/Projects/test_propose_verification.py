import pytest
import signatures
from refusals import refused
from statements import EVIDENCE, code, day, hexadecimal, proposal

from onetonne.terms import VerificationStatus

STORY = "project_id"

FIELDS = {
    "project": "uint32",
    "programmeCode": "bytes32",
    "projectCode": "bytes32",
    "country": "bytes2",
    "site": "bytes32",
    "component": "uint32",
    "componentName": "bytes32",
    "methodology": "uint32",
    "methodologyCode": "bytes32",
    "methodologyVersion": "bytes32",
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
    assert said["proposal"][5] == 1, "the activity's first component, where the statement said 0"
    assert said["proposal"][15] == "https://registry.example/reports/1340-2020.pdf"


@pytest.mark.parametrize("who", ["operator", "governance", "stranger"])
def test_propose_verification_reverts_for_all_but_vvbs(projects, project_id, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotAVvb", sender):
        projects.proposeVerification(proposal(), {"from": sender})


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
