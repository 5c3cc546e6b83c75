import pytest
from refusals import refused
from statements import code, hexadecimal

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


def test_register_root_reverts_for_all_but_governance(programmes, vcs, operator):
    with refused("AccessManagedUnauthorized", operator):
        programmes.registerRoot(code("VCU"), vcs, 1, 0, {"from": operator})
