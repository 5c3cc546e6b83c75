from brownie import ZERO_ADDRESS
from refusals import refused
from statements import code

STORY = "methodology"

OPERATOR_KEY, VVB_KEY = 1, 2


def test_rotate_operator_hands_the_programme_over(programmes, methodology, governance, operator, stranger):
    receipt = programmes.rotateOperator(1, stranger, {"from": governance})
    said = receipt.events["OperatorRotated"]
    assert (said["programme"], said["previous"], said["operator"]) == (1, operator, stranger)
    assert programmes.programme(1)["operator"] == stranger
    assert programmes.serialRoot(code("VCS-VCU"))["operator"] == stranger
    assert (programmes.programmeOf(stranger), programmes.programmeOf(operator)) == (1, 0)
    assert not programmes.isOperator(1, operator)


def test_rotate_operator_reverts_for_a_key_of_the_past(
    programmes, methodology, governance, operator, stranger
):
    programmes.rotateOperator(1, stranger, {"from": governance})
    with refused("KeyTaken", operator, OPERATOR_KEY):
        programmes.rotateOperator(1, operator, {"from": governance})
    with refused("KeyTaken", operator, OPERATOR_KEY):
        programmes.admitVvb(code("VVB-2"), operator, {"from": governance})


def test_rotate_operator_reverts_for_a_vvbs_key(programmes, methodology, governance, vvb):
    with refused("KeyTaken", vvb, VVB_KEY):
        programmes.rotateOperator(1, vvb, {"from": governance})


def test_rotate_operator_reverts_for_nobody(programmes, methodology, governance):
    with refused("AccountZero"):
        programmes.rotateOperator(1, ZERO_ADDRESS, {"from": governance})


def test_rotate_operator_reverts_for_all_but_governance(programmes, methodology, operator, stranger):
    with refused("AccessManagedUnauthorized", operator):
        programmes.rotateOperator(1, stranger, {"from": operator})


def test_rotate_operator_reverts_for_a_programme_that_nobody_admitted(programmes, governance, stranger):
    with refused("ProgrammeUnknown", 2):
        programmes.rotateOperator(2, stranger, {"from": governance})
