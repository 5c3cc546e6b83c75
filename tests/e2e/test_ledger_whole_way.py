"""Every verb once on a real chain: from admission to what has left circulation."""

from datetime import date

import pytest
from eth_utils.crypto import keccak
from world import World, key, proposal

from onetonne import serials
from onetonne.chain import KeySigner, LocalChain
from onetonne.errors import Reverted
from onetonne.ledger import Ledger
from onetonne.terms import (
    BasisPoints,
    BatchId,
    CancellationKind,
    FreezeScope,
    Holding,
    Issuance,
    Kilograms,
    Lot,
    Purpose,
    RedemptionStatus,
    RetirementDetails,
    RetirementId,
    Serial,
    Standing,
    VerificationStatus,
)

FIRST, LAST = 941_467_001, 941_467_100
TONNE = Kilograms(1000)
DETAILS = RetirementDetails("Ethiopian Air", "Flights", date(2024, 1, 1), date(2024, 12, 31), "ET", "5a17")


def held(ledger: Ledger, signer: KeySigner, batch: int = 1) -> int:
    return ledger.holding(signer.address, BatchId(batch)).kilograms


def test_programmes_are_admitted_with_their_roots(ledger: Ledger, governance: KeySigner) -> None:
    vcs = ledger.admit_programme("vcs", key("operator").address, signer=governance).programme
    acr = ledger.admit_programme("ACR", key("acr_operator").address, signer=governance).programme
    assert ledger.register_roots(vcs, signer=governance).roots == ("VCS-VCU", "VCU")
    assert ledger.register_roots(acr, signer=governance).roots == ("ACR",)

    record = ledger.programme(vcs)
    assert (record.code, record.operator, record.standing) == (
        "VCS",
        key("operator").address,
        Standing.ACTIVE,
    )
    assert ledger.programme_id("ACR") == ledger.programme_of(key("acr_operator").address) == acr == 2
    root = ledger.contract("Programmes").functions.serialRoot(b"ACR".ljust(32, b"\0")).call()
    assert (root.programme, root.segments, root.numericSegments) == (acr, 5, 0b11100)


def test_registering_roots_again_passes_over_those_that_are_there(
    world: World, governance: KeySigner
) -> None:
    assert world.ledger.register_roots(world.vcs, signer=governance).roots == ()


def test_vvb_methodology_and_project_are_read_back(world: World, operator: KeySigner) -> None:
    ledger = world.ledger
    assert ledger.vvb(ledger.vvb_id("EARTHOOD")).account == key("vvb").address
    second = ledger.register_methodology("VM0048", "1.1", 3, BasisPoints(2000), signer=operator).methodology
    methodology = ledger.methodology(second)
    assert (methodology.code, methodology.version) == ("VM0048", "1.1")
    assert (methodology.monitoring_years, methodology.buffer_share) == (3, 2000)
    assert ledger.methodology_id(world.vcs, "VM0048", "1.1") == second
    project = ledger.project(ledger.project_id(world.vcs, "1340"))
    assert (project.code, project.activity_type, project.crediting_start) == (
        "1340",
        "AFOLU",
        date(2012, 1, 1),
    )
    activity = ledger.activity(project.activity)
    assert (activity.country, activity.site, activity.programmes) == ("ET", "BALE-ECO-REGION", 1)
    assert ledger.component(activity.first_component).active


def test_suspension_and_reinstatement_are_dated(
    world: World, governance: KeySigner, operator: KeySigner
) -> None:
    ledger = world.ledger
    ledger.suspend_programme(world.vcs, "Under review.", signer=governance)
    assert ledger.programme(world.vcs).standing is Standing.SUSPENDED
    with pytest.raises(
        Reverted, match=r"Programme 1 is suspended since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC, so"
    ):
        world.issue(FIRST, LAST, key("proponent"))
    ledger.reinstate_programme(world.vcs, "Reviewed.", signer=governance)
    ledger.suspend_vvb(world.vvb, "Accreditation lapsed.", signer=governance)
    assert ledger.vvb(world.vvb).standing is Standing.SUSPENDED
    ledger.reinstate_vvb(world.vvb, "Renewed.", signer=governance)
    ledger.suspend_methodology(world.methodology, "Being revised.", signer=operator)
    assert ledger.methodology(world.methodology).standing is Standing.SUSPENDED
    ledger.reinstate_methodology(world.methodology, "Revised.", signer=operator)
    assert world.issue(FIRST, LAST, key("proponent")) == 1


def test_keys_are_rotated_and_spent(world: World, governance: KeySigner) -> None:
    ledger, old, new = world.ledger, key("operator").address, KeySigner.new().address
    ledger.rotate_operator(world.vcs, new, signer=governance)
    assert ledger.programme(world.vcs).operator == new
    other = KeySigner.new().address
    ledger.rotate_vvb_key(world.vvb, other, signer=governance)
    assert ledger.vvb(world.vvb).account == other
    with pytest.raises(Reverted, match=f"Account {old} has been a key before \\(operator\\)"):
        ledger.admit_vvb("SCS", old, signer=governance)


def test_verification_signed_off_chain_is_carried_by_another_account(
    world: World, vvb: KeySigner, buyer: KeySigner, operator: KeySigner
) -> None:
    ledger = world.ledger
    statement = proposal(world.project, world.methodology, date(2021, 1, 1), date(2021, 12, 31))
    signature = ledger.sign_verification(statement, vvb)
    made = ledger.propose_signed(statement, vvb.address, signature, signer=buyer).verification
    assert ledger.verification(made).status is VerificationStatus.PROPOSED
    accepted = ledger.accept_verification(made, signer=operator)
    assert accepted.cap == 1_000_000
    verification = ledger.verification(made)
    assert (verification.status, verification.remaining) == (VerificationStatus.ACCEPTED, 1_000_000)
    assert (verification.period_start, verification.period_end) == (date(2021, 1, 1), date(2021, 12, 31))
    assert ledger.verification_on(verification.component, date(2021, 7, 1)) == made
    assert ledger.verification_on(verification.component, date(2022, 1, 1)) == 0


def test_signature_for_another_statement_is_refused(world: World, vvb: KeySigner, buyer: KeySigner) -> None:
    statement = proposal(world.project, world.methodology, date(2021, 1, 1), date(2021, 12, 31))
    altered = proposal(world.project, world.methodology, date(2021, 1, 1), date(2021, 12, 30))
    signature = world.ledger.sign_verification(statement, vvb)
    with pytest.raises(Reverted, match="signature is not VVB account"):
        world.ledger.propose_signed(altered, vvb.address, signature, signer=buyer)


def test_withdrawn_verification_is_superseded_once(
    world: World, vvb: KeySigner, operator: KeySigner, proponent: KeySigner
) -> None:
    ledger = world.ledger
    world.issue(FIRST, LAST, proponent)
    ledger.withdraw_verification(world.verification, "Typing error.", signer=vvb)
    assert ledger.verification(world.verification).status is VerificationStatus.WITHDRAWN
    again = proposal(world.project, world.methodology, supersedes=world.verification)
    second = ledger.propose_verification(again, signer=vvb).verification
    assert ledger.accept_verification(second, signer=operator).cap == 1_000_000 - 100_000
    superseded = ledger.verification(world.verification)
    assert (superseded.status, superseded.remaining) == (VerificationStatus.SUPERSEDED, 0)
    assert ledger.verification(second).carried == superseded.carried == 100_000
    half = proposal(world.project, world.methodology, end=date(2020, 6, 30), supersedes=world.verification)
    sibling = ledger.propose_verification(half, signer=vvb).verification
    with pytest.raises(Reverted) as refusal:
        ledger.accept_verification(sibling, signer=operator)
    assert refusal.value.error_name == "NotSupersedable"


def test_another_programme_joins_an_activity_and_shares_its_components(
    world: World, operator: KeySigner, acr_operator: KeySigner
) -> None:
    ledger = world.ledger
    activity = ledger.activity_id("ET", "BALE-ECO-REGION")
    place = ("ET", "bale-eco-region", "AFOLU", date(2015, 1, 1), "Bale, ACR")
    with pytest.raises(Reverted, match="Programme 2 is not on activity 1"):
        ledger.register_project("ACR900", *place, signer=acr_operator)
    ledger.consent_to_join(activity, world.acr, signer=operator)
    joined = ledger.register_project("ACR900", *place, signer=acr_operator)
    assert joined.activity == activity
    assert ledger.activity(activity).programmes == 2
    component = ledger.propose_component(activity, "second-area", signer=operator).component
    assert not ledger.component(component).active
    ledger.approve_component(component, signer=acr_operator)
    assert ledger.component(component).active


def test_issue_makes_a_batch_of_the_blocks_size(
    world: World, operator: KeySigner, proponent: KeySigner
) -> None:
    ledger = world.ledger
    orders = [world.issuance(FIRST, LAST), world.issuance(LAST + 50, LAST + 59)]
    issued = ledger.issue(orders, proponent.address, signer=operator)
    assert issued.batches == (1, 2)
    batch = ledger.batch(issued.batches[0])
    assert (batch.first, batch.last, batch.issued, batch.in_circulation) == (FIRST, LAST, 100_000, 100_000)
    assert (batch.vintage_start, batch.vintage_year) == (date(2020, 1, 1), 2020)
    assert (batch.programme, batch.project, batch.verification) == (
        world.vcs,
        world.project,
        world.verification,
    )
    assert ledger.batch_of_serial("VCS-VCU", Serial(LAST)) == 1
    assert ledger.batch_of_serial("VCS-VCU", Serial(LAST + 1)) == 0
    between = ledger.issue([world.issuance(LAST + 1, LAST + 49)], proponent.address, signer=operator)
    assert [holding.kilograms for holding in ledger.holdings(proponent.address)] == [100_000, 10_000, 49_000]
    assert between.batches == (3,)


def test_issue_carries_the_custody_hash_of_its_record(
    world: World, operator: KeySigner, proponent: KeySigner
) -> None:
    order = world.issuance(FIRST, LAST)
    issued = world.ledger.issue([order], proponent.address, signer=operator)
    event = issued.sent.event("BatchIssued")
    assert event is not None
    assert event.arguments["custody"] == world.ledger.custody_hash(order)
    assert event.arguments["prefix"] == "VCS-VCU"


def test_issue_withholds_the_buffer_share(
    world: World, operator: KeySigner, vvb: KeySigner, proponent: KeySigner
) -> None:
    ledger = world.ledger
    share = ledger.register_methodology("VM0048", "2.0", 0, BasisPoints(1500), signer=operator).methodology
    statement = proposal(world.project, share, date(2021, 1, 1), date(2021, 12, 31))
    verification = ledger.propose_verification(statement, signer=vvb).verification
    ledger.accept_verification(verification, signer=operator)
    order = Issuance(
        block=serials.block("VCS-VCU", FIRST, LAST),
        verification=verification,
        vintage_start=date(2021, 1, 1),
        vintage_end=date(2021, 6, 30),
        vintage_year=2021,
        custody_record="VCS-IMMO-0002",
        custody_date=date(2024, 5, 2),
    )
    ledger.issue([order], proponent.address, signer=operator)
    assert held(ledger, proponent) == 85_000
    buffer = ledger.contract("Credits").functions.BUFFER().call()
    assert ledger.holding(buffer, BatchId(1)).kilograms == 15_000


def test_transfer_moves_kilograms(world: World, proponent: KeySigner, buyer: KeySigner) -> None:
    ledger = world.ledger
    world.issue(FIRST, LAST, proponent)
    world.issue(LAST + 1, LAST + 1, proponent)
    ledger.transfer(BatchId(1), Kilograms(1500), buyer.address, signer=proponent)
    ledger.transfer_many(
        [Lot(BatchId(1), Kilograms(1)), Lot(BatchId(2), TONNE)], buyer.address.lower(), signer=proponent
    )
    assert ledger.holdings(buyer.address) == (
        Holding(buyer.address, BatchId(1), Kilograms(1501)),
        Holding(buyer.address, BatchId(2), TONNE),
    )
    assert held(ledger, proponent) == 98_499


def test_approved_account_moves_and_retires_for_a_holder(
    world: World, proponent: KeySigner, buyer: KeySigner, airline: KeySigner
) -> None:
    ledger = world.ledger
    world.issue(FIRST, LAST, proponent)
    ledger.approve(buyer.address, signer=proponent)
    ledger.transfer(BatchId(1), TONNE, airline.address, holder=proponent.address, signer=buyer)
    ledger.transfer_many([Lot(BatchId(1), TONNE)], airline.address, holder=proponent.address, signer=buyer)
    retired = ledger.retire([Lot(BatchId(1), TONNE)], airline.address, holder=proponent.address, signer=buyer)
    ledger.cancel(
        [Lot(BatchId(1), TONNE)], CancellationKind.ERROR, "Mistake.", holder=proponent.address, signer=buyer
    )
    ledger.request_redemption(BatchId(1), TONNE, holder=proponent.address, signer=buyer)
    assert ledger.retirement(retired.retirements[0]).beneficiary == airline.address
    assert held(ledger, proponent) == 95_000
    assert held(ledger, airline) == 2_000
    ledger.approve(buyer.address, False, signer=proponent)
    with pytest.raises(Reverted, match="neither the holder"):
        ledger.retire([Lot(BatchId(1), TONNE)], airline.address, holder=proponent.address, signer=buyer)


def test_retire_keeps_the_details_off_chain(world: World, proponent: KeySigner, airline: KeySigner) -> None:
    ledger = world.ledger
    world.issue(FIRST, LAST, proponent)
    retired = ledger.retire(
        [Lot(BatchId(1), Kilograms(1500))], airline.address, Purpose.OTHER, DETAILS, signer=proponent
    )
    record = ledger.retirement(retired.retirements[0])
    assert (record.beneficiary, record.kilograms, record.purpose) == (airline.address, 1500, Purpose.OTHER)
    assert record.details == DETAILS.hash()[:20]
    event = retired.sent.event("Retired")
    assert event is not None
    assert event.arguments["details"] == DETAILS.hash() == keccak(text=DETAILS.text())
    assert retired.sent.event("RetirementDetailsPublished") is None
    assert ledger.batch(BatchId(1)).retired == 1500


def test_retire_publishes_the_details_when_asked_to(
    world: World, proponent: KeySigner, airline: KeySigner
) -> None:
    ledger = world.ledger
    world.issue(FIRST, LAST, proponent)
    lots = [Lot(BatchId(1), Kilograms(1500)), Lot(BatchId(1), Kilograms(700))]
    retired = ledger.retire(lots, airline.address, details=DETAILS, publish=True, signer=proponent)
    assert retired.retirements == (1, 2)
    published = retired.sent.event("RetirementDetailsPublished")
    assert published is not None
    assert RetirementDetails.from_text(published.arguments["details"]) == DETAILS
    second = ledger.retirement(RetirementId(2))
    assert (second.claim, second.start, second.kilograms) == (1, 1500, 700)
    owner = ledger.contract("Certificates").functions.ownerOf(2).call()
    assert owner == airline.address


def test_retire_without_details_records_none(world: World, proponent: KeySigner, airline: KeySigner) -> None:
    world.issue(FIRST, LAST, proponent)
    retired = world.ledger.retire([Lot(BatchId(1), TONNE)], airline.address, signer=proponent)
    assert world.ledger.retirement(retired.retirements[0]).details == bytes(20)


def test_cancel_removes_lots_without_a_claim(world: World, proponent: KeySigner) -> None:
    ledger = world.ledger
    world.issue(FIRST, LAST, proponent)
    lots = [Lot(BatchId(1), TONNE), Lot(BatchId(1), Kilograms(1))]
    cancelled = ledger.cancel(lots, CancellationKind.CONVERSION, "To ARB.", signer=proponent)
    assert cancelled.cancellations == (1, 2)
    record = ledger.cancellation(cancelled.cancellations[1])
    assert (record.start, record.kilograms, record.kind) == (1000, 1, CancellationKind.CONVERSION)
    assert (record.holder, record.reason) == (proponent.address, keccak(text="To ARB.")[:20])
    assert (ledger.batch(BatchId(1)).cancelled, ledger.batch(BatchId(1)).retired) == (1001, 0)
    assert ledger.counts() == (1, 0, 2)


def test_redemption_is_confirmed_from_the_back_of_the_block(
    world: World, operator: KeySigner, proponent: KeySigner
) -> None:
    ledger = world.ledger
    world.issue(FIRST, LAST, proponent)
    asked = ledger.request_redemption(BatchId(1), Kilograms(3000), signer=proponent).redemption
    assert held(ledger, proponent) == 97_000
    assert ledger.next_serials(asked) == (LAST - 2, LAST)
    with pytest.raises(Reverted, match=f"takes next are {LAST - 2} to {LAST}; confirm those"):
        ledger.confirm_redemption(asked, Serial(FIRST), Serial(FIRST + 2), signer=operator)
    ledger.confirm_redemption(asked, *ledger.next_serials(asked), signer=operator)
    redemption = ledger.redemption(asked)
    assert (redemption.status, redemption.first, redemption.last) == (
        RedemptionStatus.CONFIRMED,
        LAST - 2,
        LAST,
    )
    assert ledger.batch(BatchId(1)).redeemed == 3000
    assert ledger.batch(BatchId(1)).in_circulation == 97_000
    again = ledger.request_redemption(BatchId(1), TONNE, signer=proponent).redemption
    assert ledger.next_serials(again) == (LAST - 3, LAST - 3)
    assert ledger.redemption_count() == 2


def test_redemption_is_refused(world: World, operator: KeySigner, proponent: KeySigner) -> None:
    ledger = world.ledger
    world.issue(FIRST, LAST, proponent)
    asked = ledger.request_redemption(BatchId(1), TONNE, signer=proponent).redemption
    ledger.refuse_redemption(asked, "The project's account is closed.", signer=operator)
    assert ledger.redemption(asked).status is RedemptionStatus.REFUSED
    assert held(ledger, proponent) == 100_000


def test_unanswered_redemption_is_withdrawn_after_the_waiting_time(
    world: World, local_chain: LocalChain, proponent: KeySigner
) -> None:
    ledger = world.ledger
    world.issue(FIRST, LAST, proponent)
    asked = ledger.request_redemption(BatchId(1), TONNE, signer=proponent).redemption
    with pytest.raises(Reverted, match=r"Redemption 1 can be withdrawn from 20\d\d-\d\d-\d\d .* UTC on"):
        ledger.withdraw_redemption(asked, signer=proponent)
    local_chain.advance(14 * 86_400)
    ledger.withdraw_redemption(asked, signer=proponent)
    assert ledger.redemption(asked).status is RedemptionStatus.WITHDRAWN
    assert held(ledger, proponent) == 100_000


@pytest.mark.parametrize(
    ("scope", "subject"),
    [(FreezeScope.BATCH, 1), (FreezeScope.PROJECT, 1), (FreezeScope.PROGRAMME, "1")],
)
def test_freeze_stops_a_batch_until_it_is_lifted(
    world: World,
    regulator: KeySigner,
    proponent: KeySigner,
    buyer: KeySigner,
    scope: FreezeScope,
    subject: int | str,
) -> None:
    ledger = world.ledger
    world.issue(FIRST, LAST, proponent)
    ledger.freeze(scope, subject, "Suspected fraud.", "CASE-1", signer=regulator)
    assert ledger.is_frozen(scope, subject)
    with pytest.raises(Reverted, match=f"{scope.name.capitalize()} 1 is frozen by the regulator"):
        ledger.transfer(BatchId(1), TONNE, buyer.address, signer=proponent)
    ledger.lift(scope, subject, "CASE-1", signer=regulator)
    assert not ledger.is_frozen(scope, subject)
    ledger.transfer(BatchId(1), TONNE, buyer.address, signer=proponent)
    assert held(ledger, buyer) == 1000


def test_freeze_stops_an_account_until_it_is_lifted(
    world: World, regulator: KeySigner, proponent: KeySigner
) -> None:
    ledger = world.ledger
    world.issue(FIRST, LAST, proponent)
    ledger.freeze(FreezeScope.ACCOUNT, proponent.address, "Court order.", "CASE-2", signer=regulator)
    with pytest.raises(
        Reverted, match=f"Account {proponent.address} can't send, retire or cancel credits: it is frozen"
    ):
        ledger.retire([Lot(BatchId(1), TONNE)], proponent.address, signer=proponent)
    ledger.lift(FreezeScope.ACCOUNT, proponent.address, "CASE-2", signer=regulator)
    ledger.retire([Lot(BatchId(1), TONNE)], proponent.address, signer=proponent)
    assert ledger.freezes_in_force() == 0


def test_frozen_amount_stays_and_forced_transfer_takes_it(
    world: World, regulator: KeySigner, proponent: KeySigner, buyer: KeySigner
) -> None:
    ledger = world.ledger
    world.issue(FIRST, LAST, proponent)
    ledger.set_frozen(proponent.address, BatchId(1), Kilograms(99_500), signer=regulator)
    assert ledger.holding(proponent.address, BatchId(1)) == Holding(
        proponent.address, BatchId(1), Kilograms(100_000), Kilograms(99_500)
    )
    with pytest.raises(
        Reverted, match=r"of batch 1, 500 kg is not frozen by the regulator, less than the 1 t asked"
    ):
        ledger.transfer(BatchId(1), TONNE, buyer.address, signer=proponent)
    ledger.forced_transfer(BatchId(1), TONNE, proponent.address, buyer.address, signer=regulator)
    assert held(ledger, buyer) == 1000


def test_dry_run_sends_nothing_and_tells_what_would_be(
    world: World, proponent: KeySigner, operator: KeySigner
) -> None:
    ledger = world.ledger
    before = ledger.chain.head()
    planned = ledger.issue([world.issuance(FIRST, LAST)], proponent.address, signer=operator, dry_run=True)
    assert (planned.batches, planned.sent.transaction, planned.sent.block) == ((1,), None, None)
    assert planned.sent.gas_used > 50_000
    assert ledger.chain.head() == before
    issued = ledger.issue([world.issuance(FIRST, LAST)], proponent.address, signer=operator)
    assert issued.batches == planned.batches
    plan = ledger.retire([Lot(BatchId(1), TONNE)], proponent.address, signer=proponent, dry_run=True)
    assert plan.retirements == (1,)
    assert ledger.request_redemption(BatchId(1), TONNE, signer=proponent, dry_run=True).redemption == 1
    assert held(ledger, proponent) == 100_000
