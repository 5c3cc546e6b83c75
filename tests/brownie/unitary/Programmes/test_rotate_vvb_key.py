from refusals import refused

STORY = "methodology"


def test_rotate_vvb_key_gives_the_body_another_account(programmes, methodology, governance, vvb, other_vvb):
    receipt = programmes.rotateVvbKey(1, other_vvb, {"from": governance})
    said = receipt.events["VvbKeyRotated"]
    assert (said["vvb"], said["previous"], said["account"]) == (1, vvb, other_vvb)
    assert programmes.vvb(1)["account"] == other_vvb
    assert (programmes.vvbOf(other_vvb), programmes.vvbOf(vvb)) == (1, 0)


def test_rotate_vvb_key_reverts_for_all_but_governance(programmes, methodology, vvb, other_vvb):
    with refused("AccessManagedUnauthorized", vvb):
        programmes.rotateVvbKey(1, other_vvb, {"from": vvb})
