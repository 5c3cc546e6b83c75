import pytest
from refusals import refused
from statements import EVIDENCE, hexadecimal

from onetonne.terms import CancellationKind

STORY = "buffer"

"""Kilograms by batch of project 2."""


def report(shortfalls, sender, kilograms, lots=(), project=2, evidence=EVIDENCE):
    lost = [(3, kilograms)]
    stated = (project, lost, list(lots), evidence, "fire of 2023")
    return shortfalls.reportReversal(*stated, {"from": sender})


def test_a_reversal_is_covered_by_the_projects_buffer(shortfalls, credits, projects, acr_operator):
    report(shortfalls, acr_operator, 25_000, [(3, 20_000), (4, 5_000)])
    buffer = credits.BUFFER()
    assert (credits.balanceOf(buffer, 3), credits.balanceOf(buffer, 4)) == (0, 5_000)
    assert (credits.batch(3)["cancelled"], credits.batch(4)["cancelled"]) == (20_000, 5_000)
    assert tuple(shortfalls.outstanding(2)) == (0, 0)
    assert projects.project(2)["outstanding"] == 0


def test_report_reversal_says_so(shortfalls, credits, acr_operator):
    receipt = report(shortfalls, acr_operator, 25_000, [(3, 20_000)])
    said = receipt.events["ReversalReported"]
    assert (said["shortfall"], said["project"], said["kilograms"]) == (1, 2, 25_000)
    assert (said["evidence"], said["caseReference"]) == (hexadecimal(EVIDENCE), "fire of 2023")
    good = receipt.events["MadeGood"]
    assert (good["shortfall"], good["cancellation"], good["kilograms"]) == (1, 1, 20_000)
    gone = receipt.events["Cancelled"]
    assert (gone["holder"], gone["kind"]) == (credits.BUFFER(), CancellationKind.REVERSAL)
    assert [said["kilograms"] for said in receipt.events["OutstandingSet"]] == [25_000, 5_000]


@pytest.mark.parametrize("who", ["operator", "governance", "vvb", "stranger"])
def test_report_reversal_reverts_for_all_but_the_projects_operator(shortfalls, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotOperatorOfProject", 2, sender):
        report(shortfalls, sender, 1)
