import pytest
from refusals import refused
from statements import EVIDENCE

from onetonne.terms import CancellationKind

STORY = "buffer"

REVERSAL, OVER_ISSUANCE = 1, 2


@pytest.fixture(autouse=True)
def missing(shortfalls, acr_operator, isolation):
    """A reversal of 25 tonnes of project 2, the buffer covered 20; 30 tonnes of batch 3 over-issued."""
    shortfalls.reportReversal(2, [(3, 25_000)], [(3, 20_000)], EVIDENCE, "", {"from": acr_operator})
    shortfalls.markOverIssued(3, 30_000, EVIDENCE, "", {"from": acr_operator})


def make_good(shortfalls, sender, number, *lots, holder=None):
    return shortfalls.makeGood(number, list(lots), holder or sender, {"from": sender})


@pytest.mark.parametrize(
    ("number", "kilograms", "kind", "left"),
    [
        (REVERSAL, 5_000, CancellationKind.REVERSAL, (0, 30_000)),
        (OVER_ISSUANCE, 30_000, CancellationKind.REPLACEMENT, (5_000, 0)),
    ],
    ids=["reversal", "over-issuance"],
)
def test_credits_of_any_batch_make_good(shortfalls, credits, alice, number, kilograms, kind, left):
    receipt = make_good(shortfalls, alice, number, (1, kilograms))
    assert shortfalls.shortfall(number)["madeGood"] == shortfalls.shortfall(number)["kilograms"]
    assert tuple(shortfalls.outstanding(2)) == left
    said = receipt.events["MadeGood"]
    assert (said["shortfall"], said["cancellation"], said["kilograms"]) == (number, 2, kilograms)
    gone = credits.cancellation(2)
    assert (gone["holder"], gone["batch"], gone["kilograms"], gone["kind"]) == (alice, 1, kilograms, kind)


def test_make_good_reverts_for_a_stranger(shortfalls, alice, acr_operator, stranger):
    for sender in (stranger, acr_operator):
        with refused("NotHolderNorApproved", alice, sender):
            make_good(shortfalls, sender, REVERSAL, (1, 1), holder=alice)
