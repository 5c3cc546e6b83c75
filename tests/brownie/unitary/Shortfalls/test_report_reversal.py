import pytest
from refusals import refused
from statements import EVIDENCE, code, hexadecimal, issuance
from story import ACR, vintage

from onetonne.terms import CancellationKind, FreezeScope, ShortfallKind

STORY = "buffer"

IN_BUFFER = {3: 20_000, 4: 10_000}
"""Kilograms by batch of project 2."""


def report(shortfalls, sender, kilograms, lots=(), project=2, evidence=EVIDENCE):
    stated = (project, kilograms, list(lots), evidence, "fire of 2023")
    return shortfalls.reportReversal(*stated, {"from": sender})


def test_a_reversal_is_covered_by_the_projects_buffer(shortfalls, credits, projects, acr_operator):
    report(shortfalls, acr_operator, 25_000, [(3, 20_000), (4, 5_000)])
    buffer = credits.BUFFER()
    assert (credits.balanceOf(buffer, 3), credits.balanceOf(buffer, 4)) == (0, 5_000)
    assert (credits.batch(3)["cancelled"], credits.batch(4)["cancelled"]) == (20_000, 5_000)
    assert tuple(shortfalls.outstanding(2)) == (0, 0)
    assert projects.project(2)["outstanding"] == 0


def test_report_reversal_records_what_was_lost_and_what_is_missing(shortfalls, projects, acr_operator):
    receipt = report(shortfalls, acr_operator, 25_000, [(3, 20_000)])
    entry = shortfalls.shortfall(1)
    assert (entry["project"], entry["batch"], entry["kind"]) == (2, 0, ShortfallKind.REVERSAL)
    assert (entry["kilograms"], entry["madeGood"]) == (25_000, 20_000)
    assert entry["reportedAt"] == receipt.timestamp
    assert (shortfalls.count(), tuple(shortfalls.outstanding(2))) == (1, (5_000, 0))
    assert projects.project(2)["outstanding"] == 5_000


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


def test_what_is_outstanding_stops_issuance_to_that_project_only(
    shortfalls, credits, acr_operator, operator, alice
):
    order = {"root": code("ACR"), "prefix": ACR, "verification": 3, **vintage(2022)}
    report(shortfalls, acr_operator, 30_001, IN_BUFFER.items())
    with refused("ReversalNotMadeGood", 2, 1):
        credits.issue([issuance(first=151, last=160, **order)], alice, {"from": acr_operator})
    credits.issue([issuance(first=11, last=11)], alice, {"from": operator})


def test_a_reversal_passes_freezes(shortfalls, credits, acr_operator, regulator):
    credits.freeze(FreezeScope.BATCH, 3, bytes(32), "case 7", {"from": regulator})
    report(shortfalls, acr_operator, 20_000, [(3, 20_000)])
    assert credits.balanceOf(credits.BUFFER(), 3) == 0


def test_a_suspended_programme_still_reports(shortfalls, programmes, acr_operator, governance):
    programmes.suspendProgramme(2, "", {"from": governance})
    report(shortfalls, acr_operator, 1)


@pytest.mark.parametrize("who", ["operator", "governance", "vvb", "stranger"])
def test_report_reversal_reverts_for_all_but_the_projects_operator(shortfalls, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotOperatorOfProject", 2, sender):
        report(shortfalls, sender, 1)


def test_report_reversal_reverts_for_a_project_that_nobody_registered(shortfalls, acr_operator):
    with refused("ProjectUnknown", 3):
        report(shortfalls, acr_operator, 1, project=3)


def test_report_reversal_reverts_for_nothing(shortfalls, acr_operator):
    with refused("ShortfallEmpty"):
        report(shortfalls, acr_operator, 0)


def test_report_reversal_reverts_without_evidence(shortfalls, acr_operator):
    with refused("ShortfallWithoutEvidence"):
        report(shortfalls, acr_operator, 1, evidence=bytes(32))


def test_report_reversal_reverts_for_lots_beyond_what_was_lost(shortfalls, acr_operator):
    with refused("ShortfallExceeded", 1, 20_000, 19_999):
        report(shortfalls, acr_operator, 19_999, [(3, 20_000)])


def test_report_reversal_reverts_for_another_projects_batch(shortfalls, acr_operator):
    with refused("BatchOfOtherProject", 1, 2):
        report(shortfalls, acr_operator, 1_000, [(1, 1)])


def test_report_reversal_reverts_for_more_than_the_buffer_has(shortfalls, credits, acr_operator):
    with refused("ERC1155InsufficientBalance", credits.BUFFER(), 20_000, 20_001, 3):
        report(shortfalls, acr_operator, 50_000, [(3, 20_001)])


def test_report_reversal_reverts_for_more_than_can_be_counted(shortfalls, acr_operator):
    report(shortfalls, acr_operator, 2**48 - 1)
    with refused("ShortfallTooLarge", 2, 1):
        report(shortfalls, acr_operator, 1)


def test_shortfall_reverts_for_an_id_that_nobody_has(shortfalls):
    for number in (0, 1):
        with refused("ShortfallUnknown", number):
            shortfalls.shortfall(number)
