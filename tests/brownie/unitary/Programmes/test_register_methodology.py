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


def test_two_versions_are_two_methodologies(programmes, methodology, operator):
    register(programmes, operator)
    register(programmes, operator, version="1.1")
    assert programmes.methodologyByCode(1, code("VM0048"), code("1.1")) == 3


def test_register_methodology_reverts_a_second_time(programmes, methodology, operator):
    register(programmes, operator)
    with refused("CodeTaken", code("VM0048")):
        register(programmes, operator)


@pytest.mark.parametrize("who", ["vvb", "governance", "stranger"])
def test_register_methodology_reverts_for_all_but_operators(programmes, methodology, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotAnOperator", sender):
        register(programmes, sender)


def test_register_methodology_reverts_while_the_programme_is_suspended(
    programmes, methodology, governance, operator
):
    receipt = programmes.suspendProgramme(1, "", {"from": governance})
    with refused("ProgrammeNotActive", 1, 2, receipt.timestamp):
        register(programmes, operator)


def test_register_methodology_reverts_for_a_malformed_code_or_version(programmes, methodology, operator):
    with refused("CodeMalformed", word("vm48")):
        register(programmes, operator, name="vm48")
    with refused("CodeMalformed", word("v 1")):
        register(programmes, operator, version="v 1")


def test_register_methodology_reverts_for_a_buffer_share_above_the_whole(programmes, methodology, operator):
    with refused("BufferShareTooLarge", 10_001):
        register(programmes, operator, share=10_001)
    register(programmes, operator, share=10_000)
    assert programmes.methodology(2)["bufferBasisPoints"] == 10_000


def test_methodology_reverts_for_an_id_that_nobody_has(programmes, methodology):
    with refused("MethodologyUnknown", 2):
        programmes.methodology(2)
