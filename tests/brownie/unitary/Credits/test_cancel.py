from refusals import refused
from statements import BLOCK_KILOGRAMS

from onetonne.terms import CancellationKind, Purpose

STORY = "batch"


def cancel(credits, kilograms, holder, kind=CancellationKind.CONVERSION, reason="to ARB"):
    return credits.cancel([(1, kilograms)], holder, kind, reason, {"from": holder})


def test_cancel_takes_the_next_kilograms_from_the_front(credits, batch, alice):
    credits.retire([(1, 1_500)], alice, alice, Purpose.VOLUNTARY, bytes(32), {"from": alice})
    cancel(credits, 2_000, alice)
    assert credits.balanceOf(alice, 1) == BLOCK_KILOGRAMS - 3_500
    assert (credits.batch(1)["taken"], credits.batch(1)["cancelled"]) == (3_500, 2_000)
    assert credits.cancellation(1)["from"] == 1_500


def test_cancel_says_so(credits, batch, alice):
    said = cancel(credits, 2_000, alice, CancellationKind.AT_SOURCE, "retired there").events["Cancelled"]
    assert (said["cancellation"], said["batch"], said["holder"]) == (1, 1, alice)
    assert (said["from"], said["kilograms"]) == (0, 2_000)
    assert (said["kind"], said["reason"]) == (CancellationKind.AT_SOURCE, "retired there")


def test_cancel_reverts_for_a_stranger(credits, batch, alice, stranger):
    with refused("NotHolderNorApproved", alice, stranger):
        credits.cancel([(1, 1)], alice, CancellationKind.ERROR, "", {"from": stranger})
