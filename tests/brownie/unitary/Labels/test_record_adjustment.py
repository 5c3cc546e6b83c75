import pytest
from refusals import refused
from statements import decision
from story import CORSIA_1

from onetonne.terms import Condition, Use

STORY = "frameworks"

WITHOUT = 1 << Condition.PROGRAMME
"""What CORSIA-1 asks besides, and batch 2 has not in these tests."""


@pytest.fixture(autouse=True)
def authorised(labels, host, later, isolation):
    labels.authorise(1, 2021, 1 << Use.INTERNATIONAL_MITIGATION, 10_000, [2], decision(), {"from": host})
    later()


def adjust(labels, sender, year=2021):
    return labels.recordAdjustment(1, year, decision(), {"from": sender})


def test_an_adjustment_counts_from_the_next_second(labels, host, later):
    at = adjust(labels, host).timestamp
    later()
    assert labels.conditions(2, CORSIA_1, at)[0] == WITHOUT | 1 << Condition.ADJUSTMENT
    assert labels.conditions(2, CORSIA_1, at + 1)[0] == WITHOUT


def test_an_adjustment_says_so(labels, host):
    said = adjust(labels, host).events["AdjustmentRecorded"]
    assert (said["project"], said["vintageYear"]) == (1, 2021)
    assert (said["uses"], said["cap"]) == (1 << Use.INTERNATIONAL_MITIGATION, 10_000)


@pytest.mark.parametrize("who", ["governance", "icao", "operator", "stranger"])
def test_an_adjustment_reverts_for_all_but_the_host_country(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotHost", b"ET", sender):
        adjust(labels, sender)
