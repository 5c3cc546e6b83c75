"""What only the ledger's own contracts may ask of it, and what it answers to anyone."""

import base64
import json

from refusals import refused

from onetonne.terms import CancellationKind

STORY = "batch"


def test_escrow_release_and_redeem_revert_for_all_but_redemptions(credits, batch, alice, operator):
    for sender in (alice, operator):
        with refused("OnlyRedemptions", sender):
            credits.escrow(alice, 1, 1_000, {"from": sender})
        with refused("OnlyRedemptions", sender):
            credits.release(alice, 1, 1_000, {"from": sender})
        with refused("OnlyRedemptions", sender):
            credits.redeem(alice, 1, 1_000, {"from": sender})


def test_cancel_for_and_release_buffer_revert_for_all_but_shortfalls(credits, batch, alice, operator):
    for sender in (alice, operator):
        with refused("OnlyShortfalls", sender):
            credits.cancelFor([(1, 1_000)], alice, CancellationKind.REPLACEMENT, {"from": sender})
        with refused("OnlyShortfalls", sender):
            credits.cancelFor([(1, 1_000)], credits.BUFFER(), CancellationKind.REVERSAL, {"from": sender})
        with refused("OnlyShortfalls", sender):
            credits.releaseBuffer([(1, 1_000)], alice, {"from": sender})


def test_set_purposes_demanding_label_reverts_for_all_but_labels(credits, governance):
    with refused("OnlyLabels", governance):
        credits.setPurposesDemandingLabel(31, {"from": governance})


def test_batch_reverts_for_an_id_that_nobody_has(credits, batch):
    with refused("BatchUnknown", 2):
        credits.batch(2)
    with refused("BatchUnknown", 0):
        credits.issuedKilograms(0)


def test_uri_tells_the_facts_of_a_batch(credits, batch):
    head, _, body = credits.uri(1).partition(",")
    assert head == "data:application/json;base64"
    facts = json.loads(base64.b64decode(body))
    assert facts["decimals"] == 3
    assert "941467001" in json.dumps(facts)


def test_uri_reverts_for_a_batch_that_nobody_issued(credits, batch):
    with refused("BatchUnknown", 2):
        credits.uri(2)


def test_supports_the_interfaces_of_a_multi_token_a_regulator_can_freeze(credits):
    for interface in ("0x01ffc9a7", "0xd9b67a26", "0x0e89341c", "0x41c4fbad"):
        assert credits.supportsInterface(interface)
    assert not credits.supportsInterface("0xffffffff")
