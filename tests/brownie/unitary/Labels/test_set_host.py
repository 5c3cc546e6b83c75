import pytest
from refusals import refused

STORY = "frameworks"


def test_set_host_says_who_speaks_for_a_country(labels, governance, stranger):
    said = labels.setHost(b"KE", stranger, {"from": governance}).events["HostSet"]
    assert (said["country"], said["authority"]) == ("0x" + b"KE".hex(), stranger)
    assert labels.hostOf(b"KE") == stranger


@pytest.mark.parametrize("who", ["host", "regulator", "stranger"])
def test_set_host_reverts_for_all_but_governance(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("AccessManagedUnauthorized", sender):
        labels.setHost(b"KE", sender, {"from": sender})
