"""Retirement: for ever, for one beneficiary, of exact serial numbers (I4, I5, I10)."""

import pytest
from brownie import ZERO_ADDRESS
from eth_utils.crypto import keccak
from refusals import refused
from statements import BLOCK_KILOGRAMS, FIRST, code, hexadecimal, issuance, rule

from onetonne.terms import Condition, FreezeScope, Purpose, RetirementDetails

STORY = "batch"

DETAILS = RetirementDetails(beneficiary="Example Airline", reason="Flights of 2020").text()
HASH = keccak(text=DETAILS)
CORSIA_1 = code("CORSIA-1")
CORSIA_1_MISSES = 1 << Condition.PROGRAMME | 1 << Condition.METHODOLOGY
NO_CASE = ("0x" + "00" * 32, "case 7")


def retire(credits, kilograms, holder, beneficiary, purpose=Purpose.VOLUNTARY, batch=1):
    return credits.retire([(batch, kilograms)], holder, beneficiary, purpose, HASH, {"from": holder})


def test_retire_takes_the_credits_out_of_circulation(credits, batch, alice, airline):
    retire(credits, 1_500, alice, airline)
    assert credits.balanceOf(alice, 1) == BLOCK_KILOGRAMS - 1_500
    assert credits.batch(1)["taken"] == 1_500
    assert credits.batch(1)["cancelled"] == 0


def test_retire_records_who_what_and_when(credits, batch, alice, airline):
    retire(credits, 1_500, alice, airline)
    receipt = retire(credits, 2_000, alice, airline, Purpose.CORSIA_PHASE_1)
    entry = credits.retirement(2)
    assert (entry["beneficiary"], entry["batch"]) == (airline, 1)
    assert (entry["from"], entry["kilograms"]) == (1_500, 2_000)
    assert (entry["time"], entry["purpose"]) == (receipt.timestamp, Purpose.CORSIA_PHASE_1)
    assert entry["position"] == 0
    assert entry["details"] == hexadecimal(HASH[:20])
    assert tuple(credits.counts()) == (1, 2, 0)


def test_retire_says_so(credits, batch, alice, airline):
    receipt = retire(credits, 1_500, alice, airline, Purpose.NATIONAL_SCHEME)
    said = receipt.events["Retired"]
    assert (said["retirement"], said["batch"], said["beneficiary"], said["holder"]) == (1, 1, airline, alice)
    assert (said["from"], said["kilograms"], said["purpose"]) == (0, 1_500, Purpose.NATIONAL_SCHEME)
    assert (said["claim"], said["details"]) == (1, hexadecimal(HASH))
    burnt = receipt.events["TransferSingle"]
    assert (burnt["from"], burnt["to"], burnt["value"]) == (alice, ZERO_ADDRESS, 1_500)


def test_retire_gives_the_beneficiary_a_certificate_of_exact_serial_numbers(
    credits, certificates, batch, alice, airline
):
    retire(credits, 1_500, alice, alice)
    retire(credits, 2_000, alice, airline)
    assert certificates.ownerOf(2) == airline
    assert tuple(certificates.serialsOf(1)) == (FIRST, FIRST + 1, 1_000, 500)
    assert tuple(certificates.serialsOf(2)) == (FIRST + 1, FIRST + 3, 500, 500)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_retire_for_each_purpose(credits, batch, alice, airline, purpose):
    """Nothing demands a label, and a vintage of 2020 needs no authorisation."""
    said = retire(credits, 1_500, alice, airline, purpose).events["Retired"]
    assert (said["purpose"], credits.retirement(1)["purpose"]) == (purpose, purpose)


def test_retire_of_several_batches_is_one_claim(credits, certificates, batch, operator, alice, airline):
    credits.issue([issuance(first=1, last=5)], alice, {"from": operator})
    retire(credits, 10, alice, alice)
    receipt = credits.retire(
        [(1, 1_000), (2, 5_000), (1, 500)], alice, airline, Purpose.VOLUNTARY, HASH, {"from": alice}
    )
    assert [said["retirement"] for said in receipt.events["Retired"]] == [2, 3, 4]
    assert {said["claim"] for said in receipt.events["Retired"]} == {2}
    assert [credits.retirement(number)["position"] for number in (2, 3, 4)] == [0, 1, 2]
    assert [credits.retirement(number)["from"] for number in (2, 3, 4)] == [10, 0, 1_010]
    assert certificates.balanceOf(airline) == 3


def test_retire_by_one_whom_the_holder_approved(credits, batch, alice, stranger, airline):
    credits.setApprovalForAll(stranger, True, {"from": alice})
    receipt = credits.retire([(1, 7)], alice, airline, Purpose.OTHER, HASH, {"from": stranger})
    assert receipt.events["Retired"]["holder"] == alice


def test_retire_frees_no_cap(credits, projects, batch, alice):
    retire(credits, BLOCK_KILOGRAMS, alice, alice)
    assert projects.verification(1)["issued"] == BLOCK_KILOGRAMS


def test_retire_reverts_the_second_time(credits, batch, alice):
    retire(credits, BLOCK_KILOGRAMS, alice, alice)
    with refused("ERC1155InsufficientBalance", alice, 0, BLOCK_KILOGRAMS, 1):
        retire(credits, BLOCK_KILOGRAMS, alice, alice)


def test_retire_reverts_the_second_time_within_one_call(credits, batch, alice):
    lots = [(1, BLOCK_KILOGRAMS), (1, BLOCK_KILOGRAMS)]
    with refused("ERC1155InsufficientBalance", alice, 0, BLOCK_KILOGRAMS, 1):
        credits.retire(lots, alice, alice, Purpose.VOLUNTARY, HASH, {"from": alice})


def test_retired_credits_cannot_be_transferred_cancelled_or_redeemed(credits, redemptions, batch, alice, bob):
    retire(credits, BLOCK_KILOGRAMS, alice, alice)
    with refused("ERC1155InsufficientBalance", alice, 0, 1_000, 1):
        credits.safeTransferFrom(alice, bob, 1, 1_000, b"", {"from": alice})
    with refused("ERC1155InsufficientBalance", alice, 0, 1_000, 1):
        credits.cancel([(1, 1_000)], alice, 0, "", {"from": alice})
    with refused("ERC1155InsufficientBalance", alice, 0, 1_000, 1):
        redemptions.request(1, 1_000, alice, {"from": alice})


def test_retire_reverts_without_a_lot(credits, batch, alice):
    with refused("LotsInvalid", 0):
        credits.retire([], alice, alice, Purpose.VOLUNTARY, HASH, {"from": alice})


def test_retire_reverts_for_more_lots_than_a_claim_counts(credits, batch, alice):
    with refused("LotsInvalid", 257):
        credits.retire([(1, 1)] * 257, alice, alice, Purpose.VOLUNTARY, HASH, {"from": alice})


def test_retire_reverts_for_nothing(credits, batch, alice):
    with refused("QuantityZero", 1):
        retire(credits, 0, alice, alice)


def test_retire_reverts_for_a_batch_that_nobody_issued(credits, batch, alice):
    with refused("ERC1155InsufficientBalance", alice, 0, 1_000, 2):
        retire(credits, 1_000, alice, alice, batch=2)


def test_retire_reverts_for_a_stranger(credits, batch, alice, stranger):
    with refused("NotHolderNorApproved", alice, stranger):
        credits.retire([(1, 1)], alice, stranger, Purpose.VOLUNTARY, HASH, {"from": stranger})


def test_retire_reverts_for_a_beneficiary_that_is_no_one(credits, redemptions, batch, alice):
    for nobody in (ZERO_ADDRESS, redemptions.address, credits.BUFFER()):
        with refused("BeneficiaryInvalid", nobody):
            retire(credits, 1, alice, nobody)


@pytest.mark.parametrize("scope", [FreezeScope.BATCH, FreezeScope.PROJECT, FreezeScope.PROGRAMME])
def test_retire_reverts_while_a_freeze_is_in_force(credits, batch, regulator, alice, scope):
    credits.freeze(scope, 1, *NO_CASE, {"from": regulator})
    with refused("FrozenBy", int(scope), 1):
        retire(credits, 1, alice, alice)


def test_retire_reverts_for_a_frozen_holder(credits, batch, regulator, alice, airline):
    credits.freeze(FreezeScope.ACCOUNT, int(alice.address, 16), *NO_CASE, {"from": regulator})
    with refused("ERC7943CannotSend", alice):
        retire(credits, 1, alice, airline)


def test_retire_takes_none_of_the_frozen_amount(credits, batch, regulator, alice):
    credits.setFrozenTokens(alice, 1, BLOCK_KILOGRAMS - 10, {"from": regulator})
    with refused("ERC7943InsufficientUnfrozenBalance", alice, 1, 11, 10):
        retire(credits, 11, alice, alice)


def test_retire_reverts_for_a_purpose_that_demands_a_label(
    credits, labels, batch, governance, icao, alice, chain
):
    labels.admitFramework(CORSIA_1, icao, rule(), {"from": governance})
    labels.demandLabel(Purpose.CORSIA_PHASE_1, CORSIA_1, {"from": governance})
    chain.sleep(1)
    with refused("LabelMissing", 1, int(Purpose.CORSIA_PHASE_1), CORSIA_1, CORSIA_1_MISSES):
        retire(credits, 1, alice, alice, Purpose.CORSIA_PHASE_1)
    retire(credits, 1, alice, alice, Purpose.VOLUNTARY)
    assert credits.retirement(1)["purpose"] == Purpose.VOLUNTARY


def test_retirement_reverts_for_an_id_that_nobody_has(credits, batch):
    with refused("RetirementUnknown", 1):
        credits.retirement(1)


def test_retire_with_details_publishes_the_text_and_keeps_its_hash(credits, batch, alice, airline):
    receipt = credits.retireWithDetails(
        [(1, 1_000)], alice, airline, Purpose.VOLUNTARY, DETAILS, {"from": alice}
    )
    said = receipt.events["RetirementDetailsPublished"]
    assert (said["claim"], said["details"]) == (1, DETAILS)
    assert receipt.events["Retired"]["details"] == hexadecimal(HASH)
    assert credits.retirement(1)["details"] == hexadecimal(HASH[:20])


def test_retire_with_details_reverts_for_a_stranger(credits, batch, alice, stranger):
    with refused("NotHolderNorApproved", alice, stranger):
        credits.retireWithDetails([(1, 1)], alice, stranger, Purpose.OTHER, DETAILS, {"from": stranger})
