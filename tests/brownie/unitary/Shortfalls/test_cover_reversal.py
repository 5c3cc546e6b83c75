import pytest
from refusals import refused
from statements import EVIDENCE

STORY = "buffer"


@pytest.fixture(autouse=True)
def reversal(shortfalls, acr_operator, isolation):
    """25 tonnes of project 2, with nothing covered yet."""
    shortfalls.reportReversal(2, [(3, 25_000)], [], EVIDENCE, "", {"from": acr_operator})


def cover(shortfalls, sender, *lots, number=1):
    return shortfalls.coverReversal(number, list(lots), {"from": sender})


def test_cover_reversal_takes_from_the_buffer(shortfalls, credits, projects, acr_operator):
    good = cover(shortfalls, acr_operator, (3, 20_000)).events["MadeGood"]
    assert (good["shortfall"], good["cancellation"], good["kilograms"]) == (1, 1, 20_000)
    assert credits.balanceOf(credits.BUFFER(), 3) == 0
    assert (shortfalls.shortfall(1)["madeGood"], projects.project(2)["outstanding"]) == (20_000, 5_000)
    cover(shortfalls, acr_operator, (4, 5_000))
    assert projects.project(2)["outstanding"] == 0


@pytest.mark.parametrize("who", ["operator", "governance", "bob"])
def test_cover_reversal_reverts_for_all_but_the_projects_operator(shortfalls, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotOperatorOfProject", 2, sender):
        cover(shortfalls, sender, (3, 1))
