"""One namespace, one spelling (I2): a block does not come back under another spelling of its prefix."""

from typing import Any

import pytest
from refusals import refused
from statements import FIRST, LAST, code, issuance, namespace, registration

STORY = "project_id"

ACR = "ACR-US-499-2022-2006"
GS = "GS1-1-KE-11603-16-2025-30256"
CAR = "CAR-1-US-1335-31-983-KS-2025-9205"


@pytest.fixture
def acr_batch(
    credits: Any, project_id, admit: Any, projects: Any, verify: Any, acr_operator: Any, alice: Any
) -> int:
    """ACR's block 28173 to 28213, under verification 1."""
    return _issued(ACR, "ACR", acr_operator, credits, admit, projects, verify, alice)


@pytest.fixture
def gs_batch(
    credits: Any, project_id, admit: Any, projects: Any, verify: Any, gs_operator: Any, alice: Any
) -> int:
    return _issued(GS, "GS", gs_operator, credits, admit, projects, verify, alice)


@pytest.fixture
def car_batch(
    credits: Any, project_id, admit: Any, projects: Any, verify: Any, car_operator: Any, alice: Any
) -> int:
    return _issued(CAR, "CAR", car_operator, credits, admit, projects, verify, alice)


def _issued(
    prefix: str,
    programme: str,
    operator: Any,
    credits: Any,
    admit: Any,
    projects: Any,
    verify: Any,
    alice: Any,
) -> int:
    methodology = admit(programme, operator)
    projects.registerProject(registration(site=code(f"{programme}-SITE")), {"from": operator})
    verify(operator, project=2, methodology=methodology)
    credits.issue([_order(prefix)], alice, {"from": operator})
    return 1


def _order(prefix: str) -> tuple[Any, ...]:
    root = prefix.split("-")[0].strip().upper()
    return issuance(root=code(root), prefix=prefix, first=28_173, last=28_213)


@pytest.mark.parametrize("spelling", ["vcs-vcu", "VCS-vCU", "VCS_VCU", " VCS-VCU", "vCS-VCU-"])
def test_issue_reverts_for_another_spelling_of_the_root(credits, batch, operator, alice, spelling):
    with refused("SerialPrefixNotOfRoot", spelling, code("VCS-VCU")):
        credits.issue([issuance(prefix=spelling)], alice, {"from": operator})


@pytest.mark.parametrize(
    ("spelling", "position"),
    [
        ("ACR-us-499-2022-2006", 4),
        ("ACR-US -499-2022-2006", 6),
        ("ACR- US-499-2022-2006", 4),
        ("ACR-US-499-2022-2006 ", 20),
        ("ACR-US-499-2022-2006\t", 20),
        ("ACR-US-499-2022-2006\u00a0", 20),
        ("ACR-US-499-2022-2006\u200b", 20),
        ("ACR-US-499-2022-2006\0", 20),
        ("ACR-US-0499-2022-2006", 7),
        ("ACR-US-499-02022-2006", 11),
        ("ACR-US-499-2022-0", 16),
        ("ACR-US-499A-2022-2006", 10),
        ("ACR-US-499-2022-2oo6", 17),
        ("ACR-US-499-2022-\u0662006", 16),
        ("ACR-US--499-2022-2006", 7),
        ("ACR--US-499-2022-2006", 4),
        ("ACR-US-499-2022-2006-", 21),
        ("ACR-US-499-2022-", 16),
        ("ACR-", 4),
    ],
)
def test_issue_reverts_for_a_character_out_of_place(
    credits, acr_batch, acr_operator, alice, spelling, position
):
    with refused("SerialPrefixMalformed", spelling, position):
        credits.issue([_order(spelling)], alice, {"from": acr_operator})


@pytest.mark.parametrize(
    ("spelling", "segments"),
    [("ACR-US-499-2022-2006-1", 6), ("ACR-US-499-2022", 4), ("ACR", 1)],
    ids=["extra", "one less", "root alone"],
)
def test_issue_reverts_for_another_number_of_segments(
    credits, acr_batch, acr_operator, alice, spelling, segments
):
    with refused("SerialPrefixSegments", spelling, segments, 5):
        credits.issue([_order(spelling)], alice, {"from": acr_operator})


def test_issue_reverts_for_the_root_with_more_segments(credits, batch, operator, alice):
    with refused("SerialPrefixSegments", "VCS-VCU-1", 3, 2):
        credits.issue([issuance(prefix="VCS-VCU-1")], alice, {"from": operator})


def test_issue_reverts_for_gold_standards_optional_gs(credits, gs_batch, gs_operator, alice):
    with refused("SerialPrefixMalformed", "GS1-1-KE-GS11603-16-2025-30256", 9):
        credits.issue([_order("GS1-1-KE-GS11603-16-2025-30256")], alice, {"from": gs_operator})


@pytest.mark.parametrize(
    ("spelling", "position"),
    [("CAR-1-US-01335-31-983-KS-2025-9205", 9), ("CAR-1-US-1335-31-983-ks-2025-9205", 21)],
    ids=["leading zero", "case"],
)
def test_issue_reverts_for_another_spelling_of_nine_segments(
    credits, car_batch, car_operator, alice, spelling, position
):
    with refused("SerialPrefixMalformed", spelling, position):
        credits.issue([_order(spelling)], alice, {"from": car_operator})


def test_issue_reverts_for_a_prefix_of_another_root_of_the_same_operator(credits, batch, operator, alice):
    with refused("SerialPrefixNotOfRoot", "VCU", code("VCS-VCU")):
        credits.issue([issuance(prefix="VCU")], alice, {"from": operator})
    with refused("SerialPrefixSegments", "VCU-VCS", 2, 1):
        credits.issue([issuance(root=code("VCU"), prefix="VCU-VCS")], alice, {"from": operator})


def test_issue_reverts_for_another_programmes_prefix_under_ones_own_root(credits, acr_batch, operator, alice):
    order = issuance(root=code("VCS-VCU"), prefix="ACR-US-499-2022-2007")
    with refused("SerialPrefixNotOfRoot", "ACR-US-499-2022-2007", code("VCS-VCU")):
        credits.issue([order], alice, {"from": operator})


def test_issue_reverts_for_a_root_that_goes_on_without_a_hyphen(credits, batch, operator, alice):
    with refused("SerialPrefixNotOfRoot", "VCUX", code("VCU")):
        credits.issue([issuance(root=code("VCU"), prefix="VCUX")], alice, {"from": operator})


def test_issue_keeps_whole_prefixes_apart(credits, acr_batch, acr_operator, alice):
    """ACR used batch numbers again: the same numbers under another prefix are other tonnes."""
    credits.issue([_order("ACR-US-499-2023-2006")], alice, {"from": acr_operator})
    assert credits.batchOfSerial(namespace(ACR), 28_200) == 1
    assert credits.batchOfSerial(namespace("ACR-US-499-2023-2006"), 28_200) == 2


def test_issue_reverts_for_the_same_whole_prefix(credits, acr_batch, acr_operator, alice):
    with refused("SerialBlockOverlaps", namespace(ACR), 28_173, 28_213, 1, 28_173, 28_213):
        credits.issue([_order(ACR)], alice, {"from": acr_operator})


def test_issue_needs_no_root_to_refuse_a_serial_number(credits, batch, stranger):
    """The overlap comes first: whoever asks learns which batch holds the serial numbers."""
    with refused("SerialBlockOverlaps", namespace("VCS-VCU"), FIRST, LAST, 1, FIRST, LAST):
        credits.issue([issuance(root=code("XYZ"))], stranger, {"from": stranger})
