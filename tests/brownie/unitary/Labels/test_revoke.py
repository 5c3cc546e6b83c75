import pytest
from refusals import refused
from statements import decision
from story import CORSIA_1

from onetonne.terms import Condition, Use

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
    assert (said["project"], said["vintageYear"], said["transferred"]) == (1, 2021, 0)


@pytest.mark.parametrize("who", ["governance", "icao", "operator", "stranger"])
def test_revoke_reverts_for_all_but_the_host_country(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotHost", b"ET", sender):
        revoke(labels, sender)
