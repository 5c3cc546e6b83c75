"""One retirement, one certificate, never moved (I10)."""

import base64
import json

import pytest
from brownie import ZERO_ADDRESS
from refusals import refused
from statements import issuance

from onetonne.terms import Purpose

STORY = "batch"


@pytest.fixture
def certificate(credits, batch, alice, airline):
    """1,500 kg retired by alice on the airline's behalf: certificate 1."""
    credits.retire([(1, 1_500)], alice, airline, Purpose.CORSIA_PHASE_1, bytes(32), {"from": alice})
    return 1


def test_a_retirement_makes_one_certificate(certificates, credits, certificate, airline, alice):
    assert certificates.ownerOf(certificate) == airline
    assert (certificates.balanceOf(airline), certificates.balanceOf(alice)) == (1, 0)
    assert certificates.locked(certificate)


def test_a_retirement_announces_its_certificate(credits, batch, operator, alice, airline):
    credits.issue([issuance(first=1, last=5)], alice, {"from": operator})
    lots = [(1, 1_000), (2, 1_000)]
    receipt = credits.retire(lots, alice, airline, Purpose.CORSIA_PHASE_1, bytes(32), {"from": alice})
    made = receipt.events["Transfer"]
    assert [(said["from"], said["to"], said["tokenId"]) for said in made] == [
        (ZERO_ADDRESS, airline, 1),
        (ZERO_ADDRESS, airline, 2),
    ]
    assert [said["tokenId"] for said in receipt.events["Locked"]] == [1, 2]


@pytest.mark.parametrize("who", ["airline", "alice", "governance"])
def test_a_certificate_never_moves(certificates, certificate, airline, bob, who, request):
    sender = {"from": request.getfixturevalue(who)}
    with refused("CertificateNotTransferable", 1):
        certificates.transferFrom(airline, bob, 1, sender)
    with refused("CertificateNotTransferable", 1):
        certificates.safeTransferFrom(airline, bob, 1, sender)
    with refused("CertificateNotTransferable", 1):
        certificates.safeTransferFrom(airline, bob, 1, b"please", sender)
    assert certificates.ownerOf(1) == airline


def test_announce_reverts_for_all_but_credits(certificates, governance, alice):
    with refused("OnlyCredits", governance):
        certificates.announce(alice, 1, 1, {"from": governance})


def test_token_uri_tells_the_facts(certificates, certificate, airline):
    head, _, body = certificates.tokenURI(1).partition(",")
    assert head == "data:application/json;base64"
    facts = json.dumps(json.loads(base64.b64decode(body)))
    assert "941467001" in facts
    assert airline.address.lower() in facts.lower()
