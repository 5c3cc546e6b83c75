"""Retirement: for ever, for one beneficiary, of exact serial numbers (I4, I5, I10)."""

from brownie import ZERO_ADDRESS
from eth_utils.crypto import keccak
from refusals import refused
from statements import BLOCK_KILOGRAMS, FIRST, hexadecimal

from onetonne.terms import Purpose, RetirementDetails

STORY = "batch"

DETAILS = RetirementDetails(beneficiary="Example Airline", reason="Flights of 2020").text()
HASH = keccak(text=DETAILS)


def retire(credits, kilograms, holder, beneficiary, purpose=Purpose.VOLUNTARY, batch=1):
    return credits.retire([(batch, kilograms)], holder, beneficiary, purpose, HASH, {"from": holder})


def test_retire_takes_the_credits_out_of_circulation(credits, batch, alice, airline):
    retire(credits, 1_500, alice, airline)
    assert credits.balanceOf(alice, 1) == BLOCK_KILOGRAMS - 1_500
    assert credits.batch(1)["taken"] == 1_500
    assert credits.batch(1)["cancelled"] == 0


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


def test_retire_reverts_for_a_stranger(credits, batch, alice, stranger):
    with refused("NotHolderNorApproved", alice, stranger):
        credits.retire([(1, 1)], alice, stranger, Purpose.VOLUNTARY, HASH, {"from": stranger})


def test_retire_with_details_publishes_the_text_and_keeps_its_hash(credits, batch, alice, airline):
    receipt = credits.retireWithDetails(
        [(1, 1_000)], alice, airline, Purpose.VOLUNTARY, DETAILS, {"from": alice}
    )
    said = receipt.events["RetirementDetailsPublished"]
    assert (said["claim"], said["details"]) == (1, DETAILS)
    assert receipt.events["Retired"]["details"] == hexadecimal(HASH)
    assert credits.retirement(1)["details"] == hexadecimal(HASH[:20])
