"""What a holder signs, somebody else sends: a retirement, a transfer; and the holder voids it."""

import pytest
from refusals import refused
from signatures import key_of
from story import ACTORS

from onetonne.chain import KeySigner
from onetonne.ledger.typed_data import domain, order_message, order_tuple, order_types
from onetonne.terms import (
    Address,
    BatchId,
    Kilograms,
    Lot,
    Purpose,
    RetireOrder,
    Seconds,
    TransferOrder,
)

STORY = "batch"

LOTS = (Lot(BatchId(1), Kilograms(1_500)),)
NEVER = Seconds(2**48 - 1)
ALICE = KeySigner.from_key(key_of(ACTORS.index("alice")))


@pytest.fixture
def orders(contracts, isolation):
    return contracts.orders


def signed(orders, order):
    place = domain(31337, Address(orders.address))
    return ALICE.sign_typed(place, order_types(order), order_message(order))


def transfer_to(recipient, nonce=0):
    return TransferOrder(LOTS, ALICE.address, Address(str(recipient)), nonce, NEVER)


def test_transfer_moves_what_the_holder_signed(orders, credits, batch, alice, airline, stranger):
    before = credits.balanceOf(alice, 1)
    order = transfer_to(airline)
    receipt = orders.transfer(order_tuple(order), signed(orders, order), {"from": stranger})
    assert credits.balanceOf(airline, 1) == 1_500
    assert credits.balanceOf(alice, 1) == before - 1_500
    said = receipt.events["OrderExecuted"]
    assert (said["holder"], said["nonce"], said["relayer"]) == (alice, 0, stranger)
    assert said["digest"] == orders.transferDigest(order_tuple(order))
    with refused("InvalidAccountNonce", alice, 1):
        orders.transfer(order_tuple(order), signed(orders, order), {"from": stranger})


def test_retire_publishes_what_the_holder_signed(orders, certificates, batch, alice, airline, stranger, web3):
    text = '{"beneficiary":"Aero SA"}'
    beneficiary, details = Address(str(airline)), bytes(web3.keccak(text=text))
    order = RetireOrder(LOTS, ALICE.address, beneficiary, Purpose.VOLUNTARY, details, True, 0, NEVER)
    receipt = orders.retire(order_tuple(order), text, signed(orders, order), {"from": stranger})
    assert certificates.ownerOf(1) == airline
    assert receipt.events["RetirementDetailsPublished"]["details"] == text


def test_cancel_voids_an_order(orders, batch, alice, airline, stranger):
    order = transfer_to(airline)
    said = orders.cancel(0, {"from": alice}).events["OrderCancelled"]
    assert (said["holder"], said["nonce"]) == (alice, 0)
    with refused("InvalidAccountNonce", alice, 1):
        orders.transfer(order_tuple(order), signed(orders, order), {"from": stranger})
