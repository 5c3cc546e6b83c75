import pytest
from refusals import refused
from statements import code, hexadecimal, word

from onetonne.serials.roots import ROOTS
from onetonne.terms import Standing


@pytest.fixture
def vcs(programmes, governance, operator):
    programmes.admitProgramme(code("VCS"), operator, {"from": governance})
    return 1


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_register_root_takes_every_root_of_the_real_programmes(programmes, vcs, governance, operator, root):
    receipt = programmes.registerRoot(
        code(root.name), vcs, root.segments, root.numeric_mask, {"from": governance}
    )
    entry = programmes.serialRoot(code(root.name))
    assert (entry["operator"], entry["standing"], entry["programme"]) == (operator, Standing.ACTIVE, vcs)
    assert (entry["segments"], entry["numericSegments"]) == (root.segments, root.numeric_mask)
    assert (entry["rootSegments"], entry["rootLength"]) == (root.name.count("-") + 1, len(root.name))
    said = receipt.events["SerialRootRegistered"]
    assert (said["root"], said["programme"]) == (hexadecimal(code(root.name)), vcs)
    assert (said["segments"], said["numericSegments"]) == (root.segments, root.numeric_mask)


def test_register_root_reverts_for_a_root_of_another_programme(
    programmes, vcs, governance, operator, acr_operator
):
    programmes.admitProgramme(code("ACR"), acr_operator, {"from": governance})
    programmes.registerRoot(code("VCU"), 1, 1, 0, {"from": governance})
    with refused("SerialRootTaken", code("VCU"), 1):
        programmes.registerRoot(code("VCU"), 2, 1, 0, {"from": governance})


def test_register_root_reverts_a_second_time(programmes, vcs, governance):
    programmes.registerRoot(code("VCU"), 1, 1, 0, {"from": governance})
    with refused("SerialRootTaken", code("VCU"), 1):
        programmes.registerRoot(code("VCU"), 1, 0, 0, {"from": governance})


@pytest.mark.parametrize(
    ("root", "position"),
    [("", 0), ("vcu", 0), ("VCS VCU", 3), ("VCU-", 4), ("-VCU", 0), ("VCS--VCU", 4), ("V\0CU", 1)],
)
def test_register_root_reverts_for_a_malformed_root(programmes, vcs, governance, root, position):
    with refused("SerialPrefixMalformed", root, position):
        programmes.registerRoot(word(root), vcs, 4, 0, {"from": governance})


def test_register_root_reverts_for_fewer_segments_than_its_own(programmes, vcs, governance):
    with refused("SerialPrefixSegments", "VCS-VCU", 2, 1):
        programmes.registerRoot(code("VCS-VCU"), vcs, 1, 0, {"from": governance})


def test_register_root_reverts_for_a_programme_that_nobody_admitted(programmes, governance):
    with refused("ProgrammeUnknown", 1):
        programmes.registerRoot(code("VCU"), 1, 1, 0, {"from": governance})


def test_register_root_reverts_for_all_but_governance(programmes, vcs, operator):
    with refused("AccessManagedUnauthorized", operator):
        programmes.registerRoot(code("VCU"), vcs, 1, 0, {"from": operator})


def test_serial_root_reverts_where_there_is_none(programmes):
    with refused("SerialRootUnknown", code("VCU")):
        programmes.serialRoot(code("VCU"))


@pytest.mark.parametrize(
    ("first", "second"), [("VCS-VCU", "VCS"), ("VCS", "VCS-VCU"), ("ACR", "ACR-US")], ids=lambda root: root
)
def test_register_root_reverts_when_two_roots_begin_alike(programmes, vcs, governance, first, second):
    programmes.registerRoot(code(first), vcs, 5, 0, {"from": governance})
    with refused("SerialRootNested", code(second), code(first)):
        programmes.registerRoot(code(second), vcs, 5, 0, {"from": governance})


def test_register_root_takes_roots_that_only_share_letters(programmes, vcs, governance):
    programmes.registerRoot(code("VC"), vcs, 5, 0, {"from": governance})
    programmes.registerRoot(code("VCU"), vcs, 5, 0, {"from": governance})
