"""Acceptance claims a monitoring period once and for all (I6), by the second key (I7)."""

import pytest
from refusals import refused
from statements import ABOVE_EVERYTHING, day, issuance, proposal

from onetonne.terms import VerificationStatus

STORY = "project_id"

YEAR = (day(2020, 1, 1), day(2020, 12, 31))


def accept(projects, operator, number=1, hint=ABOVE_EVERYTHING):
    return projects.acceptVerification(number, hint, {"from": operator})


@pytest.fixture
def proposed(projects, project_id, vvb):
    projects.proposeVerification(proposal(), {"from": vvb})
    return 1


def test_accept_verification_claims_the_period_and_fixes_the_cap(projects, proposed, operator):
    receipt = accept(projects, operator)
    entry = projects.verification(1)
    assert (entry["status"], entry["acceptedAt"]) == (VerificationStatus.ACCEPTED, receipt.timestamp)
    assert entry["cap"] == 10_000_000
    said = receipt.events["VerificationAccepted"]
    assert (said["verification"], said["cap"]) == (1, 10_000_000)
    assert tuple(projects.periodAt(1, day(2020, 6, 1))) == (1, *YEAR)
    assert tuple(projects.periodAt(1, day(2021, 1, 1))) == (0, 0, 0)


@pytest.mark.parametrize("who", ["vvb", "governance", "stranger"])
def test_accept_verification_reverts_with_one_key_alone(projects, proposed, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotAnOperator", sender):
        accept(projects, sender)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        YEAR,
        (day(2020, 3, 1), day(2020, 4, 30)),
        (day(2019, 1, 1), day(2021, 12, 31)),
        (day(2019, 1, 1), day(2020, 1, 1)),
        (day(2020, 12, 31), day(2021, 12, 31)),
    ],
    ids=["same", "within", "around", "first day", "last day"],
)
def test_accept_verification_reverts_for_days_that_are_claimed(
    projects, verification, operator, vvb, start, end
):
    projects.proposeVerification(proposal(period_start=start, period_end=end, salt=b"\1" * 32), {"from": vvb})
    with refused("MonitoringPeriodOverlaps", 1, start, end, 1, *YEAR):
        accept(projects, operator, 2)


def withdrawn(projects, credits, operator, alice, tonnes):
    """Verification 1, withdrawn after some tonnes were issued against it."""
    if tonnes:
        credits.issue([issuance(first=1, last=tonnes)], alice, {"from": operator})
    projects.withdrawVerification(1, "typo", {"from": operator})


"""A methodology that demands three consecutive years of monitoring."""
