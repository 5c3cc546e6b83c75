"""Labels, host countries, shortfalls and the buffer, by the ledger's verbs on a real node."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from world import MOST, World, proposal

from onetonne.chain import KeySigner, LocalChain
from onetonne.errors import DeploymentError, FileError, QuantityError, Reverted
from onetonne.ledger.shortfalls import exactly, first_lots
from onetonne.ledger.statements import read_release, sign_release
from onetonne.terms import (
    FIRST_NDC_YEAR,
    Approval,
    BasisPoints,
    BatchId,
    BufferRelease,
    Condition,
    Decision,
    Issuance,
    Kilograms,
    Lot,
    Purpose,
    Reported,
    Rule,
    Seconds,
    ShortfallId,
    ShortfallKind,
    Use,
    VvbId,
)

DECISION = Decision("https://icvcm.example/decisions/1", date(2026, 3, 1))
ALWAYS = Approval(date(2000, 1, 1), date(2050, 12, 31))
LOSS = b"\x05" * 32


@pytest.fixture
def labelled(world: World, governance: KeySigner, regulator: KeySigner, local_chain: LocalChain) -> World:
    """CCP, run by the regulator's account, which has approved nothing yet."""
    world.ledger.admit_framework("CCP", regulator.address, Rule(True, True), signer=governance)
    local_chain.advance(1)  # it counts from the next second on, as every entry
    return world


def test_a_label_needs_both_ticks_and_counts_from_the_next_second(
    labelled: World, local_chain: LocalChain, regulator: KeySigner, buyer: KeySigner
) -> None:
    ledger, batch = labelled.ledger, labelled.issue(1, 10, buyer)
    both = frozenset({Condition.PROGRAMME, Condition.METHODOLOGY})
    assert ledger.label_conditions(batch, "CCP") == (both, False)
    conditional = replace(ALWAYS, conditional=True)
    condition = replace(DECISION, document=LOSS)
    ledger.approve_programme("ccp", labelled.vcs, conditional, condition, signer=regulator)
    ledger.approve_methodology("CCP", labelled.methodology, ALWAYS, DECISION, signer=regulator)
    approved_at = ledger.chain.block("latest").time
    assert not ledger.has_label(batch, "CCP", approved_at)
    local_chain.advance(1)
    assert ledger.has_label(batch, "CCP")
    assert ledger.label_conditions(batch, "CCP") == (frozenset(), True)
    assert ledger.labels_at(batch) == ("CCP",)
    assert ledger.labels_at(batch, approved_at) == ()
    ledger.exclude_activity_type("CCP", labelled.vcs, "AFOLU", True, DECISION, signer=regulator)
    ledger.exclude_methodology("CCP", labelled.methodology, True, DECISION, signer=regulator)
    ledger.exclude_methodology("CCP", labelled.methodology, False, DECISION, signer=regulator)
    local_chain.advance(1)
    assert ledger.label_conditions(batch, "CCP")[0] == {Condition.EXCLUSION}
    ledger.withdraw_programme("CCP", labelled.vcs, DECISION, signer=regulator)
    ledger.withdraw_methodology("CCP", labelled.methodology, DECISION, signer=regulator)
    local_chain.advance(1)
    assert ledger.label_conditions(batch, "CCP")[0] == both | {Condition.EXCLUSION}


@pytest.mark.parametrize(
    ("approval", "inside"),
    [
        (Approval(date(2020, 1, 1), date(2020, 12, 31)), True),
        (Approval(date(2020, 1, 2), date(2020, 12, 31)), False),
        (Approval(date(2020, 1, 1), date(2020, 12, 30)), False),
        (replace(ALWAYS, crediting_from=date(2012, 1, 1)), True),
        (replace(ALWAYS, crediting_from=date(2012, 1, 2)), False),
    ],
)
def test_an_approval_covers_its_window(
    labelled: World,
    local_chain: LocalChain,
    regulator: KeySigner,
    buyer: KeySigner,
    approval: Approval,
    inside: bool,
) -> None:
    """The batch's vintage is all of 2020, and its project is credited from 2012-01-01."""
    ledger, batch = labelled.ledger, labelled.issue(1, 10, buyer)
    ledger.approve_programme("CCP", labelled.vcs, approval, DECISION, signer=regulator)
    ledger.approve_methodology("CCP", labelled.methodology, ALWAYS, DECISION, signer=regulator)
    local_chain.advance(1)
    missing = set() if inside else {Condition.PROGRAMME_WINDOW}
    assert ledger.label_conditions(batch, "CCP")[0] == missing


def test_frameworks_and_hosts_are_read_as_they_were_admitted(
    labelled: World, governance: KeySigner, regulator: KeySigner, buyer: KeySigner
) -> None:
    ledger = labelled.ledger
    rule = Rule(True, False, Use.INTERNATIONAL_MITIGATION, True)
    ledger.admit_framework("corsia-1", buyer.address, rule, signer=governance)
    assert ledger.labels() == ["CCP", "CORSIA-1"]
    assert (ledger.framework("CORSIA-1").rule, ledger.framework("CORSIA-1").body) == (rule, buyer.address)
    assert ledger.framework("CCP").rule == Rule(True, True, None, False)
    assert ledger.framework_or_none("NONE") is None
    ledger.rotate_body("CORSIA-1", regulator.address, signer=governance)
    assert ledger.framework("CORSIA-1").body == regulator.address
    assert ledger.host_of("et") is None
    ledger.set_host("ET", buyer.address, signer=governance)
    assert ledger.host_of("ET") == buyer.address
    ledger.set_host("ET", None, signer=governance)
    assert ledger.host_of("ET") is None
    ledger.demand_label(Purpose.OTHER, "CCP", signer=governance)
    assert ledger.demanded_label(Purpose.OTHER) == "CCP"
    batch = labelled.issue(1, 10, buyer)
    with pytest.raises(Reverted, match="does not hold the label CCP"):
        ledger.retire([Lot(batch, Kilograms(1))], buyer.address, Purpose.OTHER, signer=buyer)
    ledger.demand_label(Purpose.OTHER, None, signer=governance)
    assert ledger.demanded_label(Purpose.OTHER) is None
    ledger.retire([Lot(batch, Kilograms(1))], buyer.address, Purpose.OTHER, signer=buyer)


def _issue_2021(world: World, operator: KeySigner, vvb: KeySigner, to: KeySigner) -> BatchId:
    statement = proposal(world.project, world.methodology, date(2021, 1, 1), date(2021, 12, 31))
    number = world.ledger.propose_verification(statement, signer=vvb).verification
    world.ledger.accept_verification(number, signer=operator)
    block = world.issuance(1, 10)
    order: Issuance = replace(
        block,
        verification=number,
        vintage_start=date(2021, 1, 1),
        vintage_end=date(2021, 12, 31),
        vintage_year=2021,
    )
    return world.ledger.issue([order], to.address, signer=operator).batches[0]


def test_a_host_authorises_and_what_is_used_is_counted(
    labelled: World,
    governance: KeySigner,
    regulator: KeySigner,
    operator: KeySigner,
    vvb: KeySigner,
    buyer: KeySigner,
    local_chain: LocalChain,
) -> None:
    ledger, project = labelled.ledger, labelled.project
    batch = _issue_2021(labelled, operator, vvb, buyer)
    ledger.set_host("ET", regulator.address, signer=governance)
    lot = [Lot(batch, Kilograms(4000))]
    with pytest.raises(Reverted, match="has not authorised use for international mitigation"):
        ledger.retire(lot, buyer.address, Purpose.CORSIA_PHASE_1, signer=buyer)
    uses = {Use.INTERNATIONAL_MITIGATION}
    with pytest.raises(Reverted, match="is above 10 t"):
        ledger.authorise(project, 2021, uses, Kilograms(10_001), [batch], DECISION, signer=regulator)
    ledger.authorise(project, 2021, uses, Kilograms(5000), [batch], DECISION, signer=regulator)
    # Entries of one second share a word: one that begins between estimate and block costs more gas.
    local_chain.advance(1)
    ledger.revoke(project, 2021, DECISION, signer=regulator)
    assert ledger.authorisation(project, 2021).uses == frozenset()
    local_chain.advance(1)
    ledger.authorise(project, 2021, uses, Kilograms(5000), [batch], DECISION, signer=regulator)
    ledger.record_adjustment(project, 2021, DECISION, signer=regulator)
    ledger.set_guarantee("CCP", project, 2021, True, DECISION, signer=regulator)
    local_chain.advance(1)
    ledger.retire(lot, buyer.address, Purpose.CORSIA_PHASE_1, signer=buyer)
    found = ledger.authorisation(project, 2021)
    assert (found.uses, found.cap, found.transferred, found.used_by_host) == (frozenset(uses), 5000, 4000, 0)
    with pytest.raises(Reverted, match="has 1 t left, less than the 4 t"):
        ledger.retire(lot, buyer.address, Purpose.CORSIA_PHASE_1, signer=buyer)
    with pytest.raises(Reverted, match="toward its own NDC"):
        ledger.retire(lot, buyer.address, Purpose.HOST_NDC, signer=buyer)
    with pytest.raises(Reverted, match="can't be revoked or narrowed"):
        ledger.revoke(project, 2021, DECISION, signer=regulator)
    assert FIRST_NDC_YEAR == 2021


@pytest.fixture
def buffered(world: World, operator: KeySigner, vvb: KeySigner, buyer: KeySigner) -> World:
    """Batch 1 of 2022 and batch 2 of 2019, with a tenth of each in the buffer: 1 t and 2 t."""
    ledger = world.ledger
    own = ledger.register_methodology("VM1", "1", 0, BasisPoints(1000), signer=operator).methodology
    for year, block in ((2022, (1, 10)), (2019, (101, 120))):
        period = date(year, 1, 1), date(year, 12, 31)
        statement = proposal(world.project, own, *period, MOST)
        number = ledger.propose_verification(statement, signer=vvb).verification
        ledger.accept_verification(number, signer=operator)
        order = replace(
            world.issuance(*block),
            verification=number,
            vintage_start=period[0],
            vintage_end=period[1],
            vintage_year=year,
        )
        ledger.issue([order], buyer.address, signer=operator)
    return world


def test_a_reversal_stops_issuance_until_it_is_made_good(
    buffered: World, operator: KeySigner, buyer: KeySigner
) -> None:
    ledger, project = buffered.ledger, buffered.project
    lots = ledger.buffer_lots(project)
    assert lots == (Lot(BatchId(2), Kilograms(2000)), Lot(BatchId(1), Kilograms(1000)))
    lost = first_lots(ledger.reportable_lots(project), Kilograms(5000))
    given = (project, lost, first_lots(lots, Kilograms(2500)), LOSS, "2026/4")
    dry = ledger.report_reversal(*given, signer=operator, dry_run=True)
    assert (dry.shortfall, dry.sent.transaction) == (1, None)
    reported = ledger.report_reversal(*given, signer=operator).shortfall
    assert ledger.outstanding(project) == (2500, 0)
    assert ledger.project(project).outstanding == 2500
    with pytest.raises(Reverted, match=r"2\.5 t that it lost in reversals are not made good"):
        buffered.issue(201, 210, buyer)
    assert ledger.cover_reversal(reported, ledger.buffer_lots(project), signer=operator).cancellations == (3,)
    made = ledger.make_good(reported, [Lot(BatchId(1), Kilograms(2000))], signer=buyer)
    assert made.cancellations == (4,)
    found = ledger.shortfall(reported)
    assert (found.kind, found.kilograms, found.made_good, found.outstanding) == (
        ShortfallKind.REVERSAL,
        5000,
        5000,
        0,
    )
    assert ledger.shortfall_count() == 1
    buffered.issue(201, 210, buyer)


def test_an_over_issuance_is_replaced(buffered: World, operator: KeySigner, buyer: KeySigner) -> None:
    ledger, batch = buffered.ledger, BatchId(1)
    marked = ledger.mark_over_issued(batch, Kilograms(3000), LOSS, "2026/5", signer=operator).shortfall
    assert (ledger.reported(batch).over_issued, ledger.outstanding(buffered.project)) == (3000, (0, 3000))
    lots = [Lot(BatchId(2), Kilograms(3000))]
    assert ledger.make_good(marked, lots, signer=buyer, dry_run=True).cancellations == ()
    ledger.make_good(marked, lots, signer=buyer)
    assert ledger.reported(batch) == Reported(over_issued=Kilograms(3000), made_good=Kilograms(3000))
    assert ledger.outstanding(buffered.project) == (0, 0)
    with pytest.raises(Reverted, match="0 kg are outstanding"):
        ledger.make_good(marked, lots, signer=buyer)
    with pytest.raises(Reverted, match="There is no shortfall 9"):
        ledger.shortfall(ShortfallId(9))


def test_a_signed_release_frees_the_buffer_once(
    buffered: World, operator: KeySigner, vvb: KeySigner, buyer: KeySigner, tmp_path: Path
) -> None:
    ledger = buffered.ledger
    release = BufferRelease(buffered.project, Kilograms(2500), LOSS)
    path = tmp_path / "release.json"
    path.write_text(sign_release(ledger, release, vvb).text())
    signed = read_release(path)
    assert signed.release == ledger.named_release(release)
    signed.check(ledger)
    lots = exactly(ledger.buffer_lots(buffered.project), signed.release.kilograms)
    given = (signed.release, signed.vvb, signed.signature, lots, buyer.address)
    assert not ledger.release_used(release, VvbId(1))
    ledger.release_buffer(*given, signer=operator)
    assert ledger.release_used(release, VvbId(1))
    assert ledger.buffer_lots(buffered.project) == (Lot(BatchId(1), Kilograms(500)),)
    with pytest.raises(Reverted, match="was used already"):
        ledger.release_buffer(*given, signer=operator)
    other = replace(release, kilograms=Kilograms(1), deadline=Seconds(1))
    with pytest.raises(Reverted, match="could be used until 1970-01-01 00:00:01 UTC"):
        ledger.release_buffer(other, *given[1:], signer=operator)
    with pytest.raises(Reverted, match="not VVB account"):
        ledger.release_buffer(replace(release, kilograms=Kilograms(1)), *given[1:], signer=operator)
    with pytest.raises(DeploymentError, match="ask the VVB to sign it for this one"):
        replace(signed, chain_id=1).check(ledger)
    with pytest.raises(QuantityError, match="There are 500 kg, less than the 1 t asked for"):
        exactly(ledger.buffer_lots(buffered.project), Kilograms(1000))
    path.write_text("{}")
    with pytest.raises(FileError, match="no signed release from the buffer"):
        read_release(path)
