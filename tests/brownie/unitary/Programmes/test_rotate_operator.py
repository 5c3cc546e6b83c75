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


def test_rotate_operator_reverts_for_all_but_governance(programmes, methodology, operator, stranger):
    with refused("AccessManagedUnauthorized", operator):
        programmes.rotateOperator(1, stranger, {"from": operator})
