from refusals import refused
from statements import proposal

STORY = "methodology"

VVB_KEY = 2


def test_rotate_vvb_key_gives_the_body_another_account(programmes, methodology, governance, vvb, other_vvb):
    receipt = programmes.rotateVvbKey(1, other_vvb, {"from": governance})
    said = receipt.events["VvbKeyRotated"]
    assert (said["vvb"], said["previous"], said["account"]) == (1, vvb, other_vvb)
    assert programmes.vvb(1)["account"] == other_vvb
    assert (programmes.vvbOf(other_vvb), programmes.vvbOf(vvb)) == (1, 0)


def test_the_key_of_yesterday_verifies_nothing(programmes, projects, project_id, governance, vvb, other_vvb):
    programmes.rotateVvbKey(1, other_vvb, {"from": governance})
    with refused("NotAVvb", vvb):
        projects.proposeVerification(proposal(), {"from": vvb})


def test_rotate_vvb_key_reverts_for_a_key_of_the_past(programmes, methodology, governance, vvb, other_vvb):
    programmes.rotateVvbKey(1, other_vvb, {"from": governance})
    with refused("KeyTaken", vvb, VVB_KEY):
        programmes.rotateVvbKey(1, vvb, {"from": governance})


def test_rotate_vvb_key_reverts_for_an_operators_key(programmes, methodology, governance, operator):
    with refused("KeyTaken", operator, 1):
        programmes.rotateVvbKey(1, operator, {"from": governance})


def test_rotate_vvb_key_reverts_for_all_but_governance(programmes, methodology, vvb, other_vvb):
    with refused("AccessManagedUnauthorized", vvb):
        programmes.rotateVvbKey(1, other_vvb, {"from": vvb})


def test_rotate_vvb_key_reverts_for_an_id_that_nobody_has(programmes, governance, other_vvb):
    with refused("VvbUnknown", 2):
        programmes.rotateVvbKey(2, other_vvb, {"from": governance})
