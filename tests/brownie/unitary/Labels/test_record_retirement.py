"""What `Credits` asks of `Labels` at a retirement: the label that the purpose demands, and one claim (I8)."""

import pytest
from refusals import refused
from statements import approval, code, decision, rule
from story import CCP, CORSIA_1

from onetonne.terms import Condition, Purpose, Use

STORY = "frameworks"

ABROAD = 1 << Use.INTERNATIONAL_MITIGATION
INTERNATIONAL = int(Use.INTERNATIONAL_MITIGATION)


@pytest.fixture
def authorised(labels, host, later, isolation):
    """6 of the 10 tonnes of batch 2."""
    labels.authorise(1, 2021, ABROAD, 6_000, [2], decision(), {"from": host})
    later()


@pytest.fixture
def demanded(labels, governance, icao, later, isolation):
    """CORSIA-1 for its purpose, with VCS approved."""
    labels.demandLabel(Purpose.CORSIA_PHASE_1, CORSIA_1, {"from": governance})
    labels.approveProgramme(CORSIA_1, 1, approval(), decision(), {"from": icao})
    later()


def retire(credits, holder, kilograms, purpose, batch=2):
    return credits.retire([(batch, kilograms)], holder, holder, purpose, bytes(32), {"from": holder})


@pytest.mark.parametrize("purpose", [Purpose.CORSIA_PHASE_1, Purpose.CORSIA_PHASE_2])
def test_a_corsia_retirement_is_a_first_transfer(labels, credits, authorised, alice, purpose):
    retire(credits, alice, 1_000, purpose)
    said = retire(credits, alice, 2_000, purpose).events["FirstTransferred"]
    assert (said["project"], said["vintageYear"], said["use"]) == (1, 2021, INTERNATIONAL)
    assert (said["kilograms"], said["total"]) == (2_000, 3_000)
    assert tuple(labels.authorisation(1, 2021)) == (ABROAD, 6_000, 3_000, 0)


def test_a_host_retirement_is_the_hosts_use(labels, credits, alice):
    retire(credits, alice, 1_000, Purpose.HOST_NDC)
    said = retire(credits, alice, 2_000, Purpose.HOST_NDC).events["UsedByHost"]
    assert (said["project"], said["vintageYear"]) == (1, 2021)
    assert (said["kilograms"], said["total"]) == (2_000, 3_000)
    assert tuple(labels.authorisation(1, 2021)) == (0, 0, 0, 3_000)


@pytest.mark.parametrize("purpose", [Purpose.VOLUNTARY, Purpose.NATIONAL_SCHEME, Purpose.OTHER])
def test_a_purpose_that_demands_nothing_is_neither(labels, credits, authorised, alice, purpose):
    receipt = retire(credits, alice, 10_000, purpose)
    assert "FirstTransferred" not in receipt.events
    assert tuple(labels.authorisation(1, 2021)) == (ABROAD, 6_000, 0, 0)


def test_an_earlier_vintage_needs_no_authorisation(labels, credits, alice):
    said = retire(credits, alice, 1_000, Purpose.CORSIA_PHASE_1, batch=1).events["FirstTransferred"]
    assert (said["vintageYear"], said["total"]) == (2020, 1_000)


def test_a_label_that_names_a_use_makes_a_first_transfer(
    labels, credits, governance, host, icao, alice, later
):
    scheme, uses = code("SCHEME-1"), 1 << Use.OTHER_PURPOSES
    asks = rule(by_programme=False, by_methodology=False, use=Use.OTHER_PURPOSES)
    labels.admitFramework(scheme, icao, asks, {"from": governance})
    labels.demandLabel(Purpose.NATIONAL_SCHEME, scheme, {"from": governance})
    labels.authorise(1, 2021, uses, 6_000, [2], decision(), {"from": host})
    later()
    said = retire(credits, alice, 2_000, Purpose.NATIONAL_SCHEME).events["FirstTransferred"]
    assert (said["use"], said["total"]) == (Use.OTHER_PURPOSES, 2_000)


def test_a_label_that_names_no_use_makes_none(labels, credits, governance, icvcm, alice, later):
    labels.demandLabel(Purpose.VOLUNTARY, CCP, {"from": governance})
    labels.approveProgramme(CCP, 1, approval(), decision(), {"from": icvcm})
    labels.approveMethodology(CCP, 1, approval(), decision(), {"from": icvcm})
    later()
    receipt = retire(credits, alice, 2_000, Purpose.VOLUNTARY)
    assert "FirstTransferred" not in receipt.events


def test_record_retirement_reverts_for_all_but_credits(labels, alice, operator):
    for sender in (alice, operator):
        with refused("OnlyCredits", sender):
            labels.recordRetirement(2, Purpose.HOST_NDC, 1, {"from": sender})


def test_retire_reverts_without_the_authorisation(labels, credits, alice):
    with refused("NotAuthorised", 1, 2021, INTERNATIONAL):
        retire(credits, alice, 1, Purpose.CORSIA_PHASE_1)


def test_retire_reverts_for_a_use_that_is_not_authorised(labels, credits, host, alice, later):
    labels.authorise(1, 2021, 1 << Use.OTHER_PURPOSES, 6_000, [2], decision(), {"from": host})
    later()
    with refused("NotAuthorised", 1, 2021, INTERNATIONAL):
        retire(credits, alice, 1, Purpose.CORSIA_PHASE_1)


def test_retire_reverts_in_the_second_of_the_authorisation(labels, credits, host, alice, chain, in_second):
    at = chain[-1].timestamp + 10
    with in_second(at):
        labels.authorise(1, 2021, ABROAD, 6_000, [2], decision(), {"from": host})
    with in_second(at), refused("NotAuthorised", 1, 2021, INTERNATIONAL):
        retire(credits, alice, 1, Purpose.CORSIA_PHASE_1)
    with in_second(at + 1):
        retire(credits, alice, 1, Purpose.CORSIA_PHASE_1)


def test_retire_reverts_beyond_the_authorised_quantity(labels, credits, authorised, alice):
    retire(credits, alice, 4_000, Purpose.CORSIA_PHASE_1)
    with refused("AuthorisationExceeded", 1, 2021, 2_001, 2_000):
        retire(credits, alice, 2_001, Purpose.CORSIA_PHASE_2)
    retire(credits, alice, 2_000, Purpose.CORSIA_PHASE_2)


def test_lots_of_one_claim_count_together(labels, credits, authorised, alice):
    with refused("AuthorisationExceeded", 1, 2021, 3_001, 3_000):
        credits.retire(
            [(2, 3_000), (2, 3_001)], alice, alice, Purpose.CORSIA_PHASE_1, bytes(32), {"from": alice}
        )


def test_retire_for_the_host_reverts_for_what_is_authorised_abroad(labels, credits, authorised, alice):
    with refused("HostUseExcluded", 1, 2021):
        retire(credits, alice, 1, Purpose.HOST_NDC)


def test_retire_for_the_host_reverts_for_what_was_transferred(labels, credits, alice):
    retire(credits, alice, 1, Purpose.CORSIA_PHASE_1, batch=1)
    with refused("HostUseExcluded", 1, 2020):
        retire(credits, alice, 1, Purpose.HOST_NDC, batch=1)


def test_retire_abroad_reverts_for_what_the_host_used(labels, credits, alice):
    retire(credits, alice, 1, Purpose.HOST_NDC, batch=1)
    with refused("UsedByHostAlready", 1, 2020, 1):
        retire(credits, alice, 1, Purpose.CORSIA_PHASE_1, batch=1)


def test_retire_reverts_naming_the_missing_conditions(labels, credits, demanded, authorised, alice):
    lacks = 1 << Condition.ADJUSTMENT
    with refused("LabelMissing", 2, int(Purpose.CORSIA_PHASE_1), CORSIA_1, lacks):
        retire(credits, alice, 1, Purpose.CORSIA_PHASE_1)
    retire(credits, alice, 1, Purpose.CORSIA_PHASE_2)


def test_a_withdrawal_closes_the_purpose_and_leaves_what_was_retired(
    labels, credits, demanded, authorised, icao, host, alice, later
):
    labels.recordAdjustment(1, 2021, decision(), {"from": host})
    later()
    at = retire(credits, alice, 1_000, Purpose.CORSIA_PHASE_1).timestamp
    labels.withdrawProgramme(CORSIA_1, 1, decision(), {"from": icao})
    later()
    with refused("LabelMissing", 2, int(Purpose.CORSIA_PHASE_1), CORSIA_1, 1 << Condition.PROGRAMME):
        retire(credits, alice, 1, Purpose.CORSIA_PHASE_1)
    assert labels.hasLabel(2, CORSIA_1, at)
    assert credits.retirement(1)["purpose"] == Purpose.CORSIA_PHASE_1


def test_a_demanded_label_goes_before_the_hosts_own_use(labels, credits, governance, alice):
    labels.demandLabel(Purpose.HOST_NDC, CCP, {"from": governance})
    lacks = 1 << Condition.PROGRAMME | 1 << Condition.METHODOLOGY
    with refused("LabelMissing", 2, int(Purpose.HOST_NDC), CCP, lacks):
        retire(credits, alice, 1, Purpose.HOST_NDC)
