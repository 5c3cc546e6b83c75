import pytest
from refusals import refused
from statements import EVIDENCE, code, issuance
from story import ACR, vintage

from onetonne.terms import CancellationKind, FreezeScope

STORY = "buffer"

REVERSAL, OVER_ISSUANCE = 1, 2


@pytest.fixture(autouse=True)
def missing(shortfalls, acr_operator, isolation):
    """A reversal of 25 tonnes of project 2, the buffer covered 20; 30 tonnes of batch 3 over-issued."""
    shortfalls.reportReversal(2, 25_000, [(3, 20_000)], EVIDENCE, "", {"from": acr_operator})
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


def test_a_reversal_made_good_opens_the_project_again(shortfalls, credits, acr_operator, alice):
    order = issuance(root=code("ACR"), prefix=ACR, first=151, last=160, verification=3, **vintage(2022))
    make_good(shortfalls, alice, REVERSAL, (1, 4_999))
    with refused("ReversalNotMadeGood", 2, 1):
        credits.issue([order], alice, {"from": acr_operator})
    make_good(shortfalls, alice, REVERSAL, (2, 1))
    credits.issue([order], alice, {"from": acr_operator})


def test_an_over_issuance_stays_marked_when_it_is_made_good(shortfalls, alice):
    make_good(shortfalls, alice, OVER_ISSUANCE, (1, 10_000), (2, 10_000), (1, 10_000))
    assert tuple(shortfalls.outstanding(2)) == (5_000, 0)
    assert shortfalls.overIssued(3) == 30_000


def test_make_good_by_one_whom_the_holder_approved(shortfalls, credits, alice, stranger):
    credits.setApprovalForAll(stranger, True, {"from": alice})
    make_good(shortfalls, stranger, REVERSAL, (1, 1), holder=alice)
    assert credits.cancellation(2)["holder"] == alice


def test_make_good_reverts_for_a_stranger(shortfalls, alice, acr_operator, stranger):
    for sender in (stranger, acr_operator):
        with refused("NotHolderNorApproved", alice, sender):
            make_good(shortfalls, sender, REVERSAL, (1, 1), holder=alice)


def test_make_good_reverts_for_the_buffer_which_has_its_own_verb(shortfalls, credits, acr_operator):
    with refused("NotHolderNorApproved", credits.BUFFER(), acr_operator):
        make_good(shortfalls, acr_operator, OVER_ISSUANCE, (4, 1), holder=credits.BUFFER())


def test_make_good_reverts_for_more_than_is_outstanding(shortfalls, alice):
    with refused("ShortfallExceeded", REVERSAL, 5_001, 5_000):
        make_good(shortfalls, alice, REVERSAL, (1, 5_000), (2, 1))


def test_what_is_made_good_is_so_once(shortfalls, alice):
    make_good(shortfalls, alice, REVERSAL, (1, 5_000))
    with refused("ShortfallExceeded", REVERSAL, 1, 0):
        make_good(shortfalls, alice, REVERSAL, (1, 1))


def test_make_good_reverts_for_a_shortfall_that_nobody_reported(shortfalls, alice):
    with refused("ShortfallUnknown", 3):
        make_good(shortfalls, alice, 3, (1, 1))


def test_make_good_reverts_for_nothing(shortfalls, alice):
    with refused("LotsInvalid", 0):
        make_good(shortfalls, alice, REVERSAL)
    with refused("QuantityZero", 1):
        make_good(shortfalls, alice, REVERSAL, (1, 0))


def test_make_good_reverts_for_more_than_the_holder_has(shortfalls, alice):
    with refused("ERC1155InsufficientBalance", alice, 10_000, 10_001, 2):
        make_good(shortfalls, alice, OVER_ISSUANCE, (2, 10_001))


def test_make_good_reverts_while_a_freeze_is_in_force(shortfalls, credits, regulator, alice):
    credits.freeze(FreezeScope.BATCH, 1, bytes(32), "case 7", {"from": regulator})
    with refused("FrozenBy", int(FreezeScope.BATCH), 1):
        make_good(shortfalls, alice, REVERSAL, (1, 1))
