"""The host country's word: for which uses, up to how much, of a project's vintage year (I8)."""

import pytest
from refusals import refused
from statements import decision, hexadecimal

from onetonne.terms import Purpose, Use

STORY = "frameworks"

ABROAD, OTHER = 1 << Use.INTERNATIONAL_MITIGATION, 1 << Use.OTHER_PURPOSES
ISSUED = 10_000
"""Kilograms of project 1's vintage 2021, in batch 2."""


def authorise(labels, host, uses=ABROAD, cap=ISSUED, batches=(2,), year=2021):
    return labels.authorise(1, year, uses, cap, list(batches), decision(), {"from": host})


def retire(credits, holder, kilograms, purpose=Purpose.CORSIA_PHASE_1, batch=2):
    return credits.retire([(batch, kilograms)], holder, holder, purpose, bytes(32), {"from": holder})


def test_authorise_records_uses_and_cap(labels, host):
    said = authorise(labels, host, ABROAD | OTHER, 6_000).events["Authorised"]
    assert tuple(said["batches"]) == (2,)
    assert (said["project"], said["vintageYear"], said["uses"], said["cap"]) == (
        1,
        2021,
        ABROAD | OTHER,
        6_000,
    )
    document, decided_on, source = decision()
    assert tuple(said["decision"]) == (hexadecimal(document), decided_on, source)
    assert tuple(labels.authorisation(1, 2021)) == (ABROAD | OTHER, 6_000, 0, 0)
    assert tuple(labels.authorisation(1, 2022)) == (0, 0, 0, 0)


@pytest.mark.parametrize("who", ["governance", "icao", "operator", "stranger"])
def test_authorise_reverts_for_all_but_the_host_country(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotHost", b"ET", sender):
        authorise(labels, sender)
