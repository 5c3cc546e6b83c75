from refusals import refused
from statements import code, hexadecimal

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


def test_admit_vvb_reverts_for_all_but_governance(programmes, vvb):
    with refused("AccessManagedUnauthorized", vvb):
        programmes.admitVvb(code("VVB-1"), vvb, {"from": vvb})
