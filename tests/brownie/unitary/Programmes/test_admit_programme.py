import pytest
from brownie import ZERO_ADDRESS
from refusals import refused
from statements import code, hexadecimal, word

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


def test_admit_programme_reverts_for_a_code_in_use(programmes, governance, operator, acr_operator):
    programmes.admitProgramme(code("VCS"), operator, {"from": governance})
    with refused("CodeTaken", code("VCS")):
        programmes.admitProgramme(code("VCS"), acr_operator, {"from": governance})


@pytest.mark.parametrize("text", ["", "vcs", "V CS", "V\0CS", "VÇS", " VCS"])
def test_admit_programme_reverts_for_a_malformed_code(programmes, governance, operator, text):
    with refused("CodeMalformed", word(text)):
        programmes.admitProgramme(word(text), operator, {"from": governance})


def test_admit_programme_reverts_without_an_operator(programmes, governance):
    with refused("AccountZero"):
        programmes.admitProgramme(code("VCS"), ZERO_ADDRESS, {"from": governance})


def test_admit_programme_reverts_for_an_operator_of_another(programmes, governance, operator):
    programmes.admitProgramme(code("VCS"), operator, {"from": governance})
    with refused("KeyTaken", operator, OPERATOR_KEY):
        programmes.admitProgramme(code("ACR"), operator, {"from": governance})


def test_admit_programme_reverts_for_a_vvbs_key(programmes, governance, vvb):
    programmes.admitVvb(code("VVB-1"), vvb, {"from": governance})
    with refused("KeyTaken", vvb, VVB_KEY):
        programmes.admitProgramme(code("VCS"), vvb, {"from": governance})


def test_programme_reverts_for_an_id_that_nobody_has(programmes):
    with refused("ProgrammeUnknown", 1):
        programmes.programme(1)
