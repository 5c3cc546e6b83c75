import pytest
from refusals import refused
from statements import EVIDENCE, hexadecimal

from onetonne.terms import ShortfallKind

STORY = "buffer"


def mark(shortfalls, sender, kilograms, batch=3, evidence=EVIDENCE):
    return shortfalls.markOverIssued(batch, kilograms, evidence, "baseline", {"from": sender})


def test_mark_over_issued_records_what_is_to_be_replaced(shortfalls, acr_operator):
    receipt = mark(shortfalls, acr_operator, 30_000)
    entry = shortfalls.shortfall(1)
    assert (entry["project"], entry["batch"], entry["kind"]) == (2, 3, ShortfallKind.OVER_ISSUANCE)
    assert (entry["kilograms"], entry["madeGood"]) == (30_000, 0)
    assert entry["reportedAt"] == receipt.timestamp
    assert shortfalls.reported(3)["overIssued"] == 30_000
    assert tuple(shortfalls.outstanding(2)) == (0, 30_000)


def test_mark_over_issued_says_so(shortfalls, acr_operator):
    said = mark(shortfalls, acr_operator, 30_000).events["OverIssuanceMarked"]
    assert (said["shortfall"], said["batch"], said["project"], said["kilograms"]) == (1, 3, 2, 30_000)
    assert (said["evidence"], said["caseReference"]) == (hexadecimal(EVIDENCE), "baseline")


@pytest.mark.parametrize("who", ["operator", "governance", "bob"])
def test_mark_over_issued_reverts_for_all_but_the_projects_operator(shortfalls, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotOperatorOfProject", 2, sender):
        mark(shortfalls, sender, 1)
