"""What leaves the buffer needs the operator and a VVB's signature, and is used once."""

import pytest
from brownie import ZERO_ADDRESS
from refusals import refused
from signatures import key_of, sign_release
from statements import EVIDENCE, hexadecimal, release
from story import ACTORS

from onetonne.terms import FreezeScope

STORY = "buffer"

KEY = key_of(ACTORS.index("vvb"))


def stated(**changes):
    """12 of the 30 tonnes of project 2 in the buffer."""
    return release(**{"project": 2, "kilograms": 12_000, **changes})


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


def test_release_buffer_reverts_a_second_time(shortfalls, acr_operator, vvb, alice):
    give(shortfalls, acr_operator, vvb, alice)
    with refused("ReleaseUsed", bytes.fromhex(str(shortfalls.releaseDigest(stated()))[2:])):
        give(shortfalls, acr_operator, vvb, alice)
    give(shortfalls, acr_operator, vvb, alice, stated(salt=b"\1" * 32))


@pytest.mark.parametrize("who", ["vvb", "governance", "stranger"])
def test_release_buffer_reverts_with_one_key_alone(shortfalls, vvb, alice, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotAnOperator", sender):
        give(shortfalls, sender, vvb, alice)


def test_release_buffer_reverts_for_another_programmes_operator(shortfalls, operator, vvb, alice):
    with refused("NotOperatorOfProject", 2, operator):
        give(shortfalls, operator, vvb, alice)


def test_release_buffer_reverts_while_the_programme_is_suspended(
    shortfalls, programmes, governance, acr_operator, vvb, alice
):
    at = programmes.suspendProgramme(2, "", {"from": governance}).timestamp
    with refused("ProgrammeNotActive", 2, 2, at):
        give(shortfalls, acr_operator, vvb, alice)


def test_release_buffer_reverts_while_the_vvb_is_suspended(
    shortfalls, programmes, governance, acr_operator, vvb, alice
):
    at = programmes.suspendVvb(1, "", {"from": governance}).timestamp
    with refused("VvbNotActive", 1, 2, at):
        give(shortfalls, acr_operator, vvb, alice)


def test_release_buffer_reverts_for_one_that_is_no_vvb(shortfalls, acr_operator, stranger, alice):
    signature = sign_release(shortfalls, key_of(ACTORS.index("stranger")), stated())
    with refused("NotAVvb", stranger):
        give(shortfalls, acr_operator, stranger, alice, signature=signature)


def test_release_buffer_reverts_when_a_word_of_it_was_changed(shortfalls, acr_operator, vvb, alice):
    signature = sign_release(shortfalls, KEY, stated())
    for altered in (stated(kilograms=12_001), stated(evidence=b"\1" * 32), stated(salt=b"\1" * 32)):
        with refused("ReleaseSignatureInvalid", vvb):
            give(shortfalls, acr_operator, vvb, alice, altered, signature=signature)


def test_release_buffer_reverts_for_a_statement_about_another_chain(shortfalls, acr_operator, vvb, alice):
    signature = sign_release(shortfalls, KEY, stated(), chain_id=1)
    with refused("ReleaseSignatureInvalid", vvb):
        give(shortfalls, acr_operator, vvb, alice, signature=signature)


def test_release_buffer_reverts_after_its_deadline(shortfalls, acr_operator, vvb, alice, chain, in_second):
    deadline = chain[-1].timestamp + 10
    with in_second(deadline + 1), refused("ReleaseExpired", deadline):
        give(shortfalls, acr_operator, vvb, alice, stated(deadline=deadline))


def test_release_buffer_serves_until_its_deadline(shortfalls, acr_operator, vvb, alice, chain, in_second):
    deadline = chain[-1].timestamp + 10
    with in_second(deadline):
        give(shortfalls, acr_operator, vvb, alice, stated(deadline=deadline))


def test_release_buffer_reverts_while_a_reversal_is_not_made_good(shortfalls, acr_operator, vvb, alice):
    shortfalls.reportReversal(2, 1_000, [], EVIDENCE, "", {"from": acr_operator})
    with refused("ReversalOutstanding", 2, 1_000):
        give(shortfalls, acr_operator, vvb, alice)
    shortfalls.coverReversal(1, [(3, 1_000)], {"from": acr_operator})
    give(shortfalls, acr_operator, vvb, alice, lots=[(3, 12_000)])


def test_release_buffer_reverts_for_another_quantity_than_was_stated(shortfalls, acr_operator, vvb, alice):
    with refused("ReleaseQuantityDiffers", 11_999, 12_000):
        give(shortfalls, acr_operator, vvb, alice, lots=[(3, 11_999)])


def test_release_buffer_reverts_for_another_projects_batch(shortfalls, acr_operator, vvb, alice):
    with refused("BatchOfOtherProject", 1, 2):
        give(shortfalls, acr_operator, vvb, alice, lots=[(1, 12_000)])


def test_release_buffer_reverts_for_more_than_is_there(shortfalls, credits, acr_operator, vvb, alice):
    with refused("ERC1155InsufficientBalance", credits.BUFFER(), 10_000, 12_000, 4):
        give(shortfalls, acr_operator, vvb, alice, lots=[(4, 12_000)])


def test_release_buffer_reverts_for_one_who_cannot_receive(shortfalls, credits, acr_operator, vvb):
    with refused("ERC7943CannotReceive", credits.BUFFER()):
        give(shortfalls, acr_operator, vvb, credits.BUFFER())
    with refused("ERC1155InvalidReceiver", ZERO_ADDRESS):
        give(shortfalls, acr_operator, vvb, ZERO_ADDRESS)


def test_release_buffer_reverts_while_a_freeze_is_in_force(
    shortfalls, credits, regulator, acr_operator, vvb, alice
):
    credits.freeze(FreezeScope.PROJECT, 2, bytes(32), "case 7", {"from": regulator})
    with refused("FrozenBy", int(FreezeScope.PROJECT), 2):
        give(shortfalls, acr_operator, vvb, alice)


def test_release_buffer_reverts_for_a_frozen_recipient(
    shortfalls, credits, regulator, acr_operator, vvb, alice
):
    credits.freeze(FreezeScope.ACCOUNT, int(alice.address, 16), bytes(32), "case 7", {"from": regulator})
    with refused("ERC7943CannotReceive", alice):
        give(shortfalls, acr_operator, vvb, alice)
