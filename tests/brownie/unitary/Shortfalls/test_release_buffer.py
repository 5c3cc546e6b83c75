"""What leaves the buffer needs the operator and a VVB's signature, and is used once."""

import pytest
from refusals import refused
from signatures import key_of, sign_release
from statements import EVIDENCE, hexadecimal, release
from story import ACTORS, PROJECT_991

STORY = "buffer"

KEY = key_of(ACTORS.index("vvb"))


def stated(**changes):
    """12 of the 30 tonnes of project 2 in the buffer."""
    return release(**{**PROJECT_991, "kilograms": 12_000, **changes})


def give(shortfalls, sender, vvb, recipient, statement=None, lots=((3, 10_000), (4, 2_000)), signature=None):
    statement = statement or stated()
    signature = signature or sign_release(shortfalls, KEY, statement)
    return shortfalls.releaseBuffer(statement, vvb, signature, list(lots), recipient, {"from": sender})


def test_release_buffer_gives_credits_back_into_circulation(shortfalls, credits, acr_operator, vvb, alice):
    give(shortfalls, acr_operator, vvb, alice)
    buffer = credits.BUFFER()
    assert (credits.balanceOf(alice, 3), credits.balanceOf(alice, 4)) == (10_000, 2_000)
    assert (credits.balanceOf(buffer, 3), credits.balanceOf(buffer, 4)) == (10_000, 8_000)
    assert credits.batch(3)["taken"] == 0


def test_release_buffer_says_so(shortfalls, acr_operator, vvb, alice):
    said = give(shortfalls, acr_operator, vvb, alice).events["BufferReleased"]
    digest = shortfalls.releaseDigest(stated())
    assert (said["project"], said["vvb"], said["recipient"]) == (2, vvb, alice)
    assert (said["statement"], said["kilograms"]) == (digest, 12_000)
    assert said["evidence"] == hexadecimal(EVIDENCE)
    assert shortfalls.isUsed(1, digest)
    assert not shortfalls.isUsed(2, digest)


@pytest.mark.parametrize("who", ["vvb", "governance", "stranger"])
def test_release_buffer_reverts_with_one_key_alone(shortfalls, vvb, alice, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotOperatorOfProject", 2, sender):
        give(shortfalls, sender, vvb, alice)
