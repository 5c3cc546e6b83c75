from brownie import ZERO_ADDRESS
from refusals import refused
from statements import code, hexadecimal, word

from onetonne.terms import Standing

OPERATOR_KEY, VVB_KEY = 1, 2


def test_admit_vvb_accredits_an_account(programmes, governance, vvb):
    receipt = programmes.admitVvb(code("VVB-1"), vvb, {"from": governance})
    body = programmes.vvb(1)
    assert (body["account"], body["standing"], body["since"]) == (vvb, Standing.ACTIVE, receipt.timestamp)
    assert (programmes.vvbOf(vvb), programmes.vvbByCode(code("VVB-1"))) == (1, 1)
    assert programmes.keyKindOf(vvb) == VVB_KEY
    said = receipt.events["VvbAdmitted"]
    assert (said["vvb"], said["code"], said["account"]) == (1, hexadecimal(code("VVB-1")), vvb)


def test_admit_vvb_reverts_for_an_operators_key(programmes, governance, methodology, operator):
    with refused("KeyTaken", operator, OPERATOR_KEY):
        programmes.admitVvb(code("VVB-2"), operator, {"from": governance})


def test_admit_vvb_reverts_for_another_vvbs_key(programmes, governance, methodology, vvb):
    with refused("KeyTaken", vvb, VVB_KEY):
        programmes.admitVvb(code("VVB-2"), vvb, {"from": governance})


def test_admit_vvb_reverts_for_a_code_in_use(programmes, governance, methodology, other_vvb):
    with refused("CodeTaken", code("VVB-1")):
        programmes.admitVvb(code("VVB-1"), other_vvb, {"from": governance})


def test_admit_vvb_reverts_for_a_malformed_code(programmes, governance, vvb):
    with refused("CodeMalformed", word("vvb")):
        programmes.admitVvb(word("vvb"), vvb, {"from": governance})


def test_admit_vvb_reverts_for_nobody(programmes, governance):
    with refused("AccountZero"):
        programmes.admitVvb(code("VVB-1"), ZERO_ADDRESS, {"from": governance})


def test_admit_vvb_reverts_for_all_but_governance(programmes, vvb):
    with refused("AccessManagedUnauthorized", vvb):
        programmes.admitVvb(code("VVB-1"), vvb, {"from": vvb})


def test_vvb_reverts_for_an_id_that_nobody_has(programmes):
    with refused("VvbUnknown", 1):
        programmes.vvb(1)
