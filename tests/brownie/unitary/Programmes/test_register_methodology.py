import pytest
from refusals import refused
from statements import code, hexadecimal, word

from onetonne.terms import Standing

STORY = "methodology"


def register(programmes, sender, name="VM0048", version="1.0", years=3, share=1_500):
    return programmes.registerMethodology(word(name), word(version), years, share, {"from": sender})


def test_register_methodology_records_its_version(programmes, methodology, operator):
    receipt = register(programmes, operator)
    rule = programmes.methodology(2)
    assert (rule["programme"], rule["standing"], rule["since"]) == (1, Standing.ACTIVE, receipt.timestamp)
    assert (rule["code"], rule["version"]) == (hexadecimal(code("VM0048")), hexadecimal(code("1.0")))
    assert (rule["monitoringYears"], rule["bufferBasisPoints"]) == (3, 1_500)
    assert programmes.methodologyByCode(1, code("VM0048"), code("1.0")) == 2


def test_register_methodology_says_so(programmes, methodology, operator):
    said = register(programmes, operator).events["MethodologyRegistered"]
    assert (said["methodology"], said["programme"]) == (2, 1)
    assert (said["code"], said["version"]) == (hexadecimal(code("VM0048")), hexadecimal(code("1.0")))
    assert (said["monitoringYears"], said["bufferBasisPoints"]) == (3, 1_500)


@pytest.mark.parametrize("who", ["vvb", "governance", "stranger"])
def test_register_methodology_reverts_for_all_but_operators(programmes, methodology, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotAnOperator", sender):
        register(programmes, sender)
