"""Acceptance claims a monitoring period once and for all (I6), by the second key (I7)."""

import pytest
from refusals import refused
from statements import ABOVE_EVERYTHING, code, day, issuance, proposal, registration

from onetonne.terms import VerificationStatus

STORY = "project_id"

YEAR = (day(2020, 1, 1), day(2020, 12, 31))


def year(number: int) -> dict[str, int]:
    return {"period_start": day(number, 1, 1), "period_end": day(number, 12, 31)}


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


def test_accept_verification_reverts_for_another_programmes_operator(projects, proposed, admit, acr_operator):
    admit("ACR", acr_operator)
    with refused("VerificationOfOtherProgramme", 1, 2):
        accept(projects, acr_operator)


def test_accept_verification_reverts_a_second_time(projects, proposed, operator):
    accept(projects, operator)
    with refused("VerificationStatusIs", 1, 2, 1):
        accept(projects, operator)


def test_accept_verification_reverts_for_one_that_nobody_proposed(projects, project_id, operator):
    with refused("VerificationUnknown", 1):
        accept(projects, operator)


def test_accept_verification_reverts_after_the_vvb_lost_its_accreditation(
    projects, programmes, proposed, governance, operator
):
    receipt = programmes.suspendVvb(1, "", {"from": governance})
    with refused("VvbNotActive", 1, 2, receipt.timestamp):
        accept(projects, operator)


def test_accept_verification_reverts_while_the_methodology_is_suspended(
    projects, programmes, proposed, operator
):
    receipt = programmes.suspendMethodology(1, "", {"from": operator})
    with refused("MethodologyNotActive", 1, 2, receipt.timestamp):
        accept(projects, operator)


def test_accept_verification_reverts_while_the_programme_is_suspended(
    projects, programmes, proposed, governance, operator
):
    receipt = programmes.suspendProgramme(1, "", {"from": governance})
    with refused("ProgrammeNotActive", 1, 2, receipt.timestamp):
        accept(projects, operator)


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


def test_accept_verification_reverts_for_days_that_another_programme_claimed(
    projects, verification, shared_project, acr_operator, vvb
):
    projects.proposeVerification(proposal(project=shared_project, methodology=2), {"from": vvb})
    with refused("MonitoringPeriodOverlaps", 1, *YEAR, 1, *YEAR):
        accept(projects, acr_operator, 2)


def test_accept_verification_reverts_for_days_that_another_project_claimed(
    projects, verification, operator, vvb
):
    projects.registerProject(registration(code=code("1341")), {"from": operator})
    projects.proposeVerification(proposal(project=2), {"from": vvb})
    with refused("MonitoringPeriodOverlaps", 1, *YEAR, 1, *YEAR):
        accept(projects, operator, 2)


def test_accept_verification_takes_periods_that_touch(projects, verification, verify, operator):
    assert verify(operator, **year(2019)) == 2
    assert verify(operator, **year(2021)) == 3


def test_accept_verification_takes_a_hint_for_a_period_between_others(
    projects, verification, verify, operator, vvb
):
    verify(operator, **year(2022))
    projects.proposeVerification(proposal(**year(2019)), {"from": vvb})
    hint = projects.periodHint(3)
    assert hint == day(2020, 12, 31)
    accept(projects, operator, 3, hint)
    assert projects.periodAt(1, day(2019, 5, 5))[0] == 3


def withdrawn(projects, credits, operator, alice, tonnes):
    """Verification 1, withdrawn after some tonnes were issued against it."""
    if tonnes:
        credits.issue([issuance(first=1, last=tonnes)], alice, {"from": operator})
    projects.withdrawVerification(1, "typo", {"from": operator})


def propose_successor(projects, vvb, supersedes, **changes):
    return projects.proposeVerification(proposal(supersedes=supersedes, **changes), {"from": vvb})


def test_a_successor_has_its_cap_less_what_was_issued(projects, credits, verification, operator, vvb, alice):
    withdrawn(projects, credits, operator, alice, 6_000)
    propose_successor(projects, vvb, 1, verified=8_000_000)
    receipt = accept(projects, operator, 2)
    entry = projects.verification(2)
    assert (entry["cap"], entry["carried"], entry["supersedes"]) == (2_000_000, 6_000_000, 1)
    assert receipt.events["VerificationAccepted"]["cap"] == 2_000_000
    superseded = projects.verification(1)
    assert (superseded["status"], superseded["carried"]) == (VerificationStatus.SUPERSEDED, 6_000_000)
    assert tuple(projects.periodAt(1, day(2020, 6, 1))) == (1, *YEAR)
    order = issuance(first=6_001, last=8_001, verification=2)
    with refused("VerifiedQuantityExceeded", 2, 2_001_000, 2_000_000):
        credits.issue([order], alice, {"from": operator})


def test_a_chain_of_successors_issues_what_the_last_states(
    projects, credits, verification, operator, vvb, alice
):
    withdrawn(projects, credits, operator, alice, 6_000)
    propose_successor(projects, vvb, 1, verified=3_000_000)
    accept(projects, operator, 2)
    with refused("VerifiedQuantityExceeded", 2, 1_000, 0):
        credits.issue([issuance(first=6_001, last=6_001, verification=2)], alice, {"from": operator})
    projects.withdrawVerification(2, "typo again", {"from": operator})
    propose_successor(projects, vvb, 2, verified=10_000_000)
    accept(projects, operator, 3)
    assert projects.verification(3)["cap"] == 4_000_000
    credits.issue([issuance(first=6_001, last=10_000, verification=3)], alice, {"from": operator})
    with refused("VerifiedQuantityExceeded", 3, 1_000, 0):
        credits.issue([issuance(first=10_001, last=10_001, verification=3)], alice, {"from": operator})


def test_accept_verification_reverts_for_a_second_successor(
    projects, credits, verification, operator, vvb, alice
):
    withdrawn(projects, credits, operator, alice, 10_000)
    propose_successor(projects, vvb, 1, period_end=day(2020, 6, 30))
    propose_successor(projects, vvb, 1, period_start=day(2020, 7, 1), verified=9_200_000)
    accept(projects, operator, 2)
    with refused("NotSupersedable", 1):
        accept(projects, operator, 3)
    projects.withdrawVerification(2, "to free its cap", {"from": operator})
    with refused("NotSupersedable", 1):
        accept(projects, operator, 3)
    propose_successor(projects, vvb, 2)
    accept(projects, operator, 4)
    assert [projects.verification(number)["cap"] for number in (1, 2, 4)] == [10_000_000, 0, 0]


def test_a_successor_may_be_longer_than_its_predecessor_within_the_claim(
    projects, credits, verification, operator, vvb, alice
):
    withdrawn(projects, credits, operator, alice, 0)
    propose_successor(projects, vvb, 1, period_start=day(2020, 3, 1), period_end=day(2020, 6, 30))
    accept(projects, operator, 2)
    projects.withdrawVerification(2, "later days are verified", {"from": operator})
    propose_successor(projects, vvb, 2, period_end=day(2021, 1, 1))
    with refused("NotSupersedable", 2):
        accept(projects, operator, 3)
    propose_successor(projects, vvb, 2)
    accept(projects, operator, 4)
    assert projects.verification(4)["cap"] == 10_000_000


def test_accept_verification_reverts_for_a_withdrawn_ones_days_without_superseding_it(
    projects, credits, verification, operator, vvb, alice
):
    withdrawn(projects, credits, operator, alice, 0)
    projects.proposeVerification(proposal(salt=b"\1" * 32), {"from": vvb})
    with refused("MonitoringPeriodOverlaps", 1, *YEAR, 1, *YEAR):
        accept(projects, operator, 2)


def test_accept_verification_reverts_for_one_that_supersedes_what_stands(
    projects, verification, operator, vvb
):
    projects.proposeVerification(proposal(supersedes=1), {"from": vvb})
    with refused("NotSupersedable", 1):
        accept(projects, operator, 2)


def test_accept_verification_reverts_for_one_that_supersedes_what_was_never_accepted(
    projects, proposed, operator, vvb
):
    projects.withdrawVerification(1, "typo", {"from": vvb})
    projects.proposeVerification(proposal(supersedes=1), {"from": vvb})
    with refused("NotSupersedable", 1):
        accept(projects, operator, 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"period_end": day(2021, 1, 1)},
        {"period_start": day(2019, 12, 31)},
        {"project": 2},
        {"component": 2},
    ],
    ids=["ends later", "starts earlier", "other project", "other component"],
)
def test_accept_verification_reverts_for_one_that_goes_beyond_what_it_supersedes(
    projects, credits, verification, operator, vvb, alice, changes
):
    projects.registerProject(registration(code=code("1341")), {"from": operator})
    projects.proposeComponent(1, code("SECOND-AREA"), {"from": operator})
    withdrawn(projects, credits, operator, alice, 0)
    projects.proposeVerification(proposal(supersedes=1, **changes), {"from": vvb})
    with refused("NotSupersedable", 1):
        accept(projects, operator, 2)


DATA = b"\1" * 32
MONITORED = 2
"""A methodology that demands three consecutive years of monitoring."""


@pytest.fixture
def monitored(programmes, project_id, operator):
    programmes.registerMethodology(code("VCS-M2"), code("1.0"), 3, 0, {"from": operator})


def verify_year(projects, vvb, operator, number, *, data_root=DATA, methodology=1, **changes):
    """Proposed and accepted; gives its id."""
    stated = {**year(number), "methodology": methodology, "data_root": data_root, **changes}
    receipt = projects.proposeVerification(proposal(**stated), {"from": vvb})
    made = int(receipt.events["VerificationProposed"]["verification"])
    accept(projects, operator, made)
    return made


def test_three_years_that_follow_each_other_suffice(projects, monitored, vvb, operator):
    verify_year(projects, vvb, operator, 2019)
    verify_year(projects, vvb, operator, 2020)
    made = verify_year(projects, vvb, operator, 2021, methodology=MONITORED)
    assert projects.verification(made)["status"] == VerificationStatus.ACCEPTED


def test_one_period_of_three_years_suffices_in_itself(projects, monitored, vvb, operator):
    verify_year(projects, vvb, operator, 2021, methodology=MONITORED, period_start=day(2019, 1, 1))


def test_accept_verification_reverts_for_three_years_missing_naming_the_gap(
    projects, monitored, vvb, operator
):
    with refused("MonitoringGap", 1, 3, day(2019, 1, 1), day(2020, 12, 31)):
        verify_year(projects, vvb, operator, 2021, methodology=MONITORED)


def test_accept_verification_reverts_for_a_day_missing_in_between(projects, monitored, vvb, operator):
    verify_year(projects, vvb, operator, 2019, period_start=day(2018, 1, 1))
    verify_year(projects, vvb, operator, 2020, period_start=day(2020, 1, 2))
    with refused("MonitoringGap", 3, 3, day(2020, 1, 1), day(2020, 1, 1)):
        verify_year(projects, vvb, operator, 2021, methodology=MONITORED)


def test_accept_verification_reverts_for_a_day_missing_at_the_beginning(projects, monitored, vvb, operator):
    verify_year(projects, vvb, operator, 2020, period_start=day(2019, 1, 2))
    with refused("MonitoringGap", 2, 3, day(2019, 1, 1), day(2019, 1, 1)):
        verify_year(projects, vvb, operator, 2021, methodology=MONITORED)


def test_accept_verification_reverts_for_a_demanded_year_without_data(projects, monitored, vvb, operator):
    verify_year(projects, vvb, operator, 2019)
    verify_year(projects, vvb, operator, 2020, data_root=bytes(32))
    with refused("MonitoringGap", 3, 3, *YEAR):
        verify_year(projects, vvb, operator, 2021, methodology=MONITORED)


def test_accept_verification_reverts_without_data_of_its_own(projects, monitored, vvb, operator):
    three_years = {"period_start": day(2019, 1, 1), "data_root": bytes(32)}
    with refused("MonitoringDataMissing", 1):
        verify_year(projects, vvb, operator, 2021, methodology=MONITORED, **three_years)


def test_a_withdrawn_year_counts_no_more_and_its_successor_does(projects, monitored, vvb, operator):
    verify_year(projects, vvb, operator, 2019)
    verify_year(projects, vvb, operator, 2020)
    projects.withdrawVerification(2, "the report was wrong", {"from": operator})
    with refused("MonitoringGap", 3, 3, *YEAR):
        verify_year(projects, vvb, operator, 2021, methodology=MONITORED)
    verify_year(projects, vvb, operator, 2020, supersedes=2)
    accept(projects, operator, 3)


def test_a_successor_covers_only_its_own_days(projects, monitored, vvb, operator):
    verify_year(projects, vvb, operator, 2019)
    verify_year(projects, vvb, operator, 2020)
    projects.withdrawVerification(2, "the report was wrong", {"from": operator})
    verify_year(projects, vvb, operator, 2020, supersedes=2, period_start=day(2020, 3, 1))
    with refused("MonitoringGap", 4, 3, day(2020, 1, 1), day(2020, 2, 29)):
        verify_year(projects, vvb, operator, 2021, methodology=MONITORED)


def test_another_components_years_do_not_count(projects, monitored, vvb, operator):
    projects.proposeComponent(1, code("SECOND-AREA"), {"from": operator})
    verify_year(projects, vvb, operator, 2020, period_start=day(2019, 1, 1), component=2)
    with refused("MonitoringGap", 2, 3, day(2019, 1, 1), day(2020, 12, 31)):
        verify_year(projects, vvb, operator, 2021, methodology=MONITORED)


def test_a_methodology_that_demands_nothing_takes_any_period(projects, proposed, operator):
    accept(projects, operator)
    assert projects.verification(1)["dataRoot"] == "0x" + "00" * 32
