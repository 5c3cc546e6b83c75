import pytest
from brownie import ZERO_ADDRESS
from refusals import refused
from statements import decision

STORY = "frameworks"


def test_set_host_says_who_speaks_for_a_country(labels, governance, stranger):
    said = labels.setHost(b"KE", stranger, {"from": governance}).events["HostSet"]
    assert (said["country"], said["authority"]) == ("0x" + b"KE".hex(), stranger)
    assert labels.hostOf(b"KE") == stranger


def test_set_host_ends_what_the_one_before_may_say(labels, governance, host, stranger):
    labels.setHost(b"ET", stranger, {"from": governance})
    with refused("NotHost", b"ET", host):
        labels.authorise(1, 2021, 4, 1_000, [2], decision(), {"from": host})
    labels.authorise(1, 2021, 4, 1_000, [2], decision(), {"from": stranger})


def test_a_country_may_be_left_without_a_voice(labels, governance, host):
    labels.setHost(b"ET", ZERO_ADDRESS, {"from": governance})
    assert labels.hostOf(b"ET") == ZERO_ADDRESS
    with refused("NotHost", b"ET", host):
        labels.authorise(1, 2021, 4, 1_000, [2], decision(), {"from": host})


@pytest.mark.parametrize("who", ["host", "regulator", "stranger"])
def test_set_host_reverts_for_all_but_governance(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        labels.setHost(b"KE", sender, {"from": sender})


def test_set_host_reverts_for_what_is_no_country(labels, governance, stranger):
    with refused("CountryMalformed", b"e1"):
        labels.setHost(b"e1", stranger, {"from": governance})


def test_set_host_reverts_for_the_same_account(labels, governance, host):
    with refused("HostUnchanged", b"ET", host):
        labels.setHost(b"ET", host, {"from": governance})
