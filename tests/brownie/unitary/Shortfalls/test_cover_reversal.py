import pytest
from refusals import refused
from statements import EVIDENCE

from onetonne.terms import FreezeScope

STORY = "buffer"


@pytest.fixture(autouse=True)
def reversal(shortfalls, acr_operator, isolation):
    """25 tonnes of project 2, with nothing covered yet."""
    shortfalls.reportReversal(2, 25_000, [], EVIDENCE, "", {"from": acr_operator})


def cover(shortfalls, sender, *lots, number=1):
    return shortfalls.coverReversal(number, list(lots), {"from": sender})


def test_cover_reversal_takes_from_the_buffer(shortfalls, credits, projects, acr_operator):
    good = cover(shortfalls, acr_operator, (3, 20_000)).events["MadeGood"]
    assert (good["shortfall"], good["cancellation"], good["kilograms"]) == (1, 1, 20_000)
    assert credits.balanceOf(credits.BUFFER(), 3) == 0
    assert (shortfalls.shortfall(1)["madeGood"], projects.project(2)["outstanding"]) == (20_000, 5_000)
    cover(shortfalls, acr_operator, (4, 5_000))
    assert projects.project(2)["outstanding"] == 0


def test_cover_reversal_passes_freezes(shortfalls, credits, acr_operator, regulator):
    credits.freeze(FreezeScope.PROGRAMME, 2, bytes(32), "case 7", {"from": regulator})
    cover(shortfalls, acr_operator, (3, 20_000))


@pytest.mark.parametrize("who", ["operator", "governance", "bob"])
def test_cover_reversal_reverts_for_all_but_the_projects_operator(shortfalls, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotOperatorOfProject", 2, sender):
        cover(shortfalls, sender, (3, 1))


def test_cover_reversal_reverts_for_more_than_is_outstanding(shortfalls, acr_operator):
    cover(shortfalls, acr_operator, (3, 20_000))
    with refused("ShortfallExceeded", 1, 5_001, 5_000):
        cover(shortfalls, acr_operator, (4, 5_001))


def test_cover_reversal_reverts_for_an_over_issuance(shortfalls, acr_operator):
    shortfalls.markOverIssued(3, 1_000, EVIDENCE, "", {"from": acr_operator})
    with refused("NotAReversal", 2):
        cover(shortfalls, acr_operator, (3, 1_000), number=2)


def test_cover_reversal_reverts_for_another_projects_batch(shortfalls, acr_operator):
    with refused("BatchOfOtherProject", 1, 2):
        cover(shortfalls, acr_operator, (1, 1))


def test_cover_reversal_reverts_for_a_shortfall_that_nobody_reported(shortfalls, acr_operator):
    with refused("ShortfallUnknown", 2):
        cover(shortfalls, acr_operator, (3, 1), number=2)


def test_cover_reversal_reverts_for_nothing(shortfalls, acr_operator):
    with refused("LotsInvalid", 0):
        cover(shortfalls, acr_operator)
    with refused("QuantityZero", 3):
        cover(shortfalls, acr_operator, (3, 0))


def test_cover_reversal_reverts_for_more_than_the_buffer_has(shortfalls, credits, acr_operator):
    with refused("ERC1155InsufficientBalance", credits.BUFFER(), 20_000, 20_001, 3):
        cover(shortfalls, acr_operator, (3, 20_001))
