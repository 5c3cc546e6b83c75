import pytest
from refusals import refused
from statements import code, hexadecimal

from onetonne.terms import Standing

OPERATOR_KEY, VVB_KEY = 1, 2


def test_admit_programme_gives_it_an_operator(programmes, governance, operator):
    receipt = programmes.admitProgramme(code("VCS"), operator, {"from": governance})
    body = programmes.programme(1)
    assert (body["operator"], body["standing"], body["since"]) == (
        operator,
        Standing.ACTIVE,
        receipt.timestamp,
    )
    assert programmes.programmeCode(1) == hexadecimal(code("VCS"))
    assert programmes.programmeByCode(code("VCS")) == 1
    assert programmes.programmeOf(operator) == 1
    assert programmes.isOperator(1, operator)
    assert programmes.keyKindOf(operator) == OPERATOR_KEY


def test_admit_programme_says_so(programmes, governance, operator):
    receipt = programmes.admitProgramme(code("VCS"), operator, {"from": governance})
    said = receipt.events["ProgrammeAdmitted"]
    assert (said["programme"], said["code"], said["operator"]) == (1, hexadecimal(code("VCS")), operator)


@pytest.mark.parametrize("who", ["operator", "regulator", "stranger"])
def test_admit_programme_reverts_for_all_but_governance(programmes, operator, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        programmes.admitProgramme(code("VCS"), operator, {"from": sender})
