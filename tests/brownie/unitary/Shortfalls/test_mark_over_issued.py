import pytest
from refusals import refused
from statements import EVIDENCE, code, hexadecimal, issuance
from story import ACR, vintage

from onetonne.terms import Purpose, ShortfallKind

STORY = "buffer"


def mark(shortfalls, sender, kilograms, batch=3, evidence=EVIDENCE):
    return shortfalls.markOverIssued(batch, kilograms, evidence, "baseline", {"from": sender})


def test_mark_over_issued_records_what_is_to_be_replaced(shortfalls, acr_operator):
    receipt = mark(shortfalls, acr_operator, 30_000)
    entry = shortfalls.shortfall(1)
    assert (entry["project"], entry["batch"], entry["kind"]) == (2, 3, ShortfallKind.OVER_ISSUANCE)
    assert (entry["kilograms"], entry["madeGood"]) == (30_000, 0)
    assert entry["reportedAt"] == receipt.timestamp
    assert shortfalls.overIssued(3) == 30_000
    assert tuple(shortfalls.outstanding(2)) == (0, 30_000)


def test_mark_over_issued_says_so(shortfalls, acr_operator):
    said = mark(shortfalls, acr_operator, 30_000).events["OverIssuanceMarked"]
    assert (said["shortfall"], said["batch"], said["project"], said["kilograms"]) == (1, 3, 2, 30_000)
    assert (said["evidence"], said["caseReference"]) == (hexadecimal(EVIDENCE), "baseline")


def test_a_mark_stops_no_movement_and_no_issuance(shortfalls, credits, acr_operator, alice, bob):
    mark(shortfalls, acr_operator, 100_000)
    credits.safeTransferFrom(bob, alice, 3, 1_000, b"", {"from": bob})
    credits.retire([(3, 1_000)], alice, alice, Purpose.VOLUNTARY, bytes(32), {"from": alice})
    order = issuance(root=code("ACR"), prefix=ACR, first=151, last=160, verification=3, **vintage(2022))
    credits.issue([order], alice, {"from": acr_operator})


def test_marks_of_a_batch_add_up_to_all_of_it(shortfalls, acr_operator):
    mark(shortfalls, acr_operator, 30_000)
    mark(shortfalls, acr_operator, 70_000)
    assert (shortfalls.count(), shortfalls.overIssued(3)) == (2, 100_000)
    with refused("OverIssuanceExceeded", 3, 1, 0):
        mark(shortfalls, acr_operator, 1)


def test_a_suspended_programme_still_marks(shortfalls, programmes, acr_operator, governance):
    programmes.suspendProgramme(2, "", {"from": governance})
    mark(shortfalls, acr_operator, 1)


@pytest.mark.parametrize("who", ["operator", "governance", "bob"])
def test_mark_over_issued_reverts_for_all_but_the_projects_operator(shortfalls, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotOperatorOfProject", 2, sender):
        mark(shortfalls, sender, 1)


def test_mark_over_issued_reverts_for_a_batch_that_nobody_issued(shortfalls, acr_operator):
    with refused("BatchUnknown", 5):
        mark(shortfalls, acr_operator, 1, batch=5)


def test_mark_over_issued_reverts_for_more_than_was_issued(shortfalls, acr_operator):
    with refused("OverIssuanceExceeded", 3, 100_001, 100_000):
        mark(shortfalls, acr_operator, 100_001)


def test_mark_over_issued_reverts_for_nothing(shortfalls, acr_operator):
    with refused("ShortfallEmpty"):
        mark(shortfalls, acr_operator, 0)


def test_mark_over_issued_reverts_without_evidence(shortfalls, acr_operator):
    with refused("ShortfallWithoutEvidence"):
        mark(shortfalls, acr_operator, 1, evidence=bytes(32))
