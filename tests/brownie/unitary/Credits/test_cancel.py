import pytest
from eth_utils.crypto import keccak
from refusals import refused
from statements import BLOCK_KILOGRAMS, hexadecimal, issuance

from onetonne.terms import CancellationKind, FreezeScope, Purpose

STORY = "batch"


def cancel(credits, kilograms, holder, kind=CancellationKind.CONVERSION, reason="to ARB"):
    return credits.cancel([(1, kilograms)], holder, kind, reason, {"from": holder})


def test_cancel_takes_the_next_kilograms_from_the_front(credits, batch, alice):
    credits.retire([(1, 1_500)], alice, alice, Purpose.VOLUNTARY, bytes(32), {"from": alice})
    cancel(credits, 2_000, alice)
    assert credits.balanceOf(alice, 1) == BLOCK_KILOGRAMS - 3_500
    assert (credits.batch(1)["taken"], credits.batch(1)["cancelled"]) == (3_500, 2_000)
    assert credits.cancellation(1)["from"] == 1_500


def test_cancel_records_who_what_and_when(credits, batch, alice):
    receipt = cancel(credits, 2_000, alice, CancellationKind.VOLUNTARY, "a gift")
    entry = credits.cancellation(1)
    assert (entry["holder"], entry["batch"], entry["from"], entry["kilograms"]) == (alice, 1, 0, 2_000)
    assert (entry["time"], entry["kind"]) == (receipt.timestamp, CancellationKind.VOLUNTARY)
    assert entry["reason"] == hexadecimal(keccak(text="a gift")[:20])
    assert tuple(credits.counts()) == (1, 0, 1)


def test_cancel_says_so(credits, batch, alice):
    said = cancel(credits, 2_000, alice, CancellationKind.AT_SOURCE, "retired there").events["Cancelled"]
    assert (said["cancellation"], said["batch"], said["holder"]) == (1, 1, alice)
    assert (said["from"], said["kilograms"]) == (0, 2_000)
    assert (said["kind"], said["reason"]) == (CancellationKind.AT_SOURCE, "retired there")


def test_cancel_makes_no_certificate(credits, certificates, batch, alice):
    cancel(credits, 2_000, alice)
    assert certificates.balanceOf(alice) == 0


def test_cancel_of_several_lots(credits, batch, operator, alice):
    credits.issue([issuance(first=1, last=5)], alice, {"from": operator})
    credits.cancel([(1, 10), (2, 5_000), (1, 20)], alice, CancellationKind.ERROR, "", {"from": alice})
    assert [credits.cancellation(number)["from"] for number in (1, 2, 3)] == [0, 0, 10]
    assert (credits.batch(1)["cancelled"], credits.batch(2)["cancelled"]) == (30, 5_000)


@pytest.mark.parametrize(
    "kind", [CancellationKind.CORSIA, CancellationKind.REVERSAL, CancellationKind.REPLACEMENT]
)
def test_cancel_reverts_for_what_asks_the_host_or_makes_a_shortfall_good(credits, batch, alice, kind):
    with refused("CancellationKindReserved", int(kind)):
        cancel(credits, 1, alice, kind)


def test_cancel_reverts_for_a_stranger(credits, batch, alice, stranger):
    with refused("NotHolderNorApproved", alice, stranger):
        credits.cancel([(1, 1)], alice, CancellationKind.ERROR, "", {"from": stranger})


def test_cancel_reverts_for_more_than_the_holder_has(credits, batch, alice):
    cancel(credits, BLOCK_KILOGRAMS, alice)
    with refused("ERC1155InsufficientBalance", alice, 0, 1, 1):
        cancel(credits, 1, alice)


def test_cancel_reverts_without_a_lot(credits, batch, alice):
    with refused("LotsInvalid", 0):
        credits.cancel([], alice, CancellationKind.ERROR, "", {"from": alice})


def test_cancel_reverts_for_nothing(credits, batch, alice):
    with refused("QuantityZero", 1):
        cancel(credits, 0, alice)


@pytest.mark.parametrize("scope", [FreezeScope.BATCH, FreezeScope.PROJECT, FreezeScope.PROGRAMME])
def test_cancel_reverts_while_a_freeze_is_in_force(credits, batch, regulator, alice, scope):
    credits.freeze(scope, 1, bytes(32), "case 7", {"from": regulator})
    with refused("FrozenBy", int(scope), 1):
        cancel(credits, 1, alice)


def test_cancellation_reverts_for_an_id_that_nobody_has(credits, batch):
    with refused("CancellationUnknown", 1):
        credits.cancellation(1)
