import pytest
from refusals import refused
from statements import decision
from story import CORSIA_1

from onetonne.terms import Condition, Purpose, Use

STORY = "frameworks"

ABROAD = 1 << Use.INTERNATIONAL_MITIGATION


@pytest.fixture(autouse=True)
def authorised(labels, host, later, isolation):
    labels.authorise(1, 2021, ABROAD, 10_000, [2], decision(), {"from": host})
    later()


def revoke(labels, sender):
    return labels.revoke(1, 2021, decision(), {"from": sender})


def test_revoke_ends_the_authorisation_from_the_next_second(labels, host, later):
    at = revoke(labels, host).timestamp
    later()
    assert tuple(labels.authorisation(1, 2021)) == (0, 0, 0, 0)
    assert not labels.conditions(2, CORSIA_1, at)[0] >> Condition.AUTHORISATION & 1, "the past stands (I9)"
    assert labels.conditions(2, CORSIA_1, at + 1)[0] >> Condition.AUTHORISATION & 1


def test_revoke_says_so(labels, host):
    said = revoke(labels, host).events["AuthorisationRevoked"]
    assert (said["project"], said["vintageYear"]) == (1, 2021)


def test_revoke_closes_the_way_abroad_and_opens_the_hosts(labels, credits, host, alice):
    revoke(labels, host)
    with refused("NotAuthorised", 1, 2021, int(Use.INTERNATIONAL_MITIGATION)):
        credits.retire([(2, 1)], alice, alice, Purpose.CORSIA_PHASE_1, bytes(32), {"from": alice})
    credits.retire([(2, 1)], alice, alice, Purpose.HOST_NDC, bytes(32), {"from": alice})


@pytest.mark.parametrize("who", ["governance", "icao", "operator", "stranger"])
def test_revoke_reverts_for_all_but_the_host_country(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotHost", b"ET", sender):
        revoke(labels, sender)


def test_revoke_reverts_after_the_first_transfer(labels, credits, host, alice):
    credits.retire([(2, 1)], alice, alice, Purpose.CORSIA_PHASE_1, bytes(32), {"from": alice})
    with refused("AlreadyTransferred", 1, 2021, 1):
        revoke(labels, host)


def test_revoke_reverts_where_nothing_is_authorised(labels, host):
    revoke(labels, host)
    with refused("NotAuthorised", 1, 2021, 0):
        revoke(labels, host)
    with refused("NotAuthorised", 1, 2022, 0):
        labels.revoke(1, 2022, decision(), {"from": host})


def test_revoke_reverts_once_the_adjustment_is_recorded(labels, host):
    labels.recordAdjustment(1, 2021, decision(), {"from": host})
    with refused("AlreadyAdjusted", 1, 2021):
        revoke(labels, host)


def test_an_authorisation_is_not_narrowed_once_the_adjustment_is_recorded(labels, host):
    labels.recordAdjustment(1, 2021, decision(), {"from": host})
    for uses, cap in ((1 << Use.NDC, 10_000), (ABROAD, 9_999)):
        with refused("AlreadyAdjusted", 1, 2021):
            labels.authorise(1, 2021, uses, cap, [2], decision(), {"from": host})
    labels.authorise(1, 2021, ABROAD | 1 << Use.NDC, 10_000, [2], decision(), {"from": host})
