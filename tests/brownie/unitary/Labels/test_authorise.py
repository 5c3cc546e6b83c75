"""The host country's word: for which uses, up to how much, of a project's vintage year (I8)."""

import pytest
from refusals import refused
from statements import BLOCK_KILOGRAMS, decision, hexadecimal, issuance
from story import CORSIA_1, vintage

from onetonne.terms import Condition, Purpose, Use

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


def test_an_authorisation_counts_from_the_next_second(labels, host, later):
    at = authorise(labels, host).timestamp
    later()
    assert labels.conditions(2, CORSIA_1, at)[0] >> Condition.AUTHORISATION & 1
    assert not labels.conditions(2, CORSIA_1, at + 1)[0] >> Condition.AUTHORISATION & 1


def test_an_authorisation_is_for_the_uses_that_it_names(labels, host, later):
    at = authorise(labels, host, OTHER).timestamp
    later()
    assert labels.conditions(2, CORSIA_1, at + 1)[0] >> Condition.AUTHORISATION & 1


def test_a_vintage_before_the_first_ndc_needs_none(labels, later, chain):
    later()
    lacks = labels.conditions(1, CORSIA_1, chain[-1].timestamp)[0]
    assert lacks == 1 << Condition.PROGRAMME


def test_an_authorisation_may_be_widened_once_used(labels, credits, host, alice, later):
    authorise(labels, host, cap=4_000)
    later()
    retire(credits, alice, 4_000)
    authorise(labels, host, ABROAD | OTHER, ISSUED)
    assert tuple(labels.authorisation(1, 2021)) == (ABROAD | OTHER, ISSUED, 4_000, 0)
    authorise(labels, host, ABROAD | OTHER, 4_000)


def test_authorise_counts_all_the_batches_that_it_names(labels, credits, operator, host, alice):
    order = issuance(first=11, last=15, verification=2, **vintage(2021))
    credits.issue([order], alice, {"from": operator})
    with refused("AuthorisationCapInvalid", 1, 2021, 15_000, 0, ISSUED):
        authorise(labels, host, cap=15_000)
    authorise(labels, host, cap=15_000, batches=(2, 3))


@pytest.mark.parametrize("who", ["governance", "icao", "operator", "stranger"])
def test_authorise_reverts_for_all_but_the_host_country(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotHost", b"ET", sender):
        authorise(labels, sender)


def test_authorise_reverts_for_a_project_that_nobody_registered(labels, host):
    with refused("ProjectUnknown", 2):
        labels.authorise(2, 2021, ABROAD, 1, [2], decision(), {"from": host})


def test_authorise_reverts_for_a_year_that_needs_none(labels, host):
    with refused("AuthorisationNotNeeded", 1, 2020):
        authorise(labels, host, year=2020, batches=(1,))


@pytest.mark.parametrize("uses", [0, 1, 16, ABROAD | 1, 255])
def test_authorise_reverts_for_no_use_or_one_that_does_not_exist(labels, host, uses):
    with refused("UsesInvalid", uses):
        authorise(labels, host, uses)


def test_authorise_reverts_for_batches_of_another_year_or_named_twice(labels, host):
    with refused("AuthorisedBatchInvalid", 1):
        authorise(labels, host, batches=(1,))
    with refused("AuthorisedBatchInvalid", 2):
        authorise(labels, host, batches=(2, 2))
    with refused("BatchUnknown", 3):
        authorise(labels, host, batches=(2, 3))


def test_authorise_reverts_for_a_cap_beyond_what_was_issued(labels, host):
    with refused("AuthorisationCapInvalid", 1, 2021, ISSUED + 1, 0, ISSUED):
        authorise(labels, host, cap=ISSUED + 1)
    with refused("AuthorisationCapInvalid", 1, 2021, 1, 0, 0):
        authorise(labels, host, cap=1, batches=())


def test_authorise_reverts_for_no_cap(labels, host):
    with refused("AuthorisationCapInvalid", 1, 2021, 0, 0, ISSUED):
        authorise(labels, host, cap=0)


def test_authorise_reverts_for_what_the_host_used_itself(labels, credits, host, alice):
    retire(credits, alice, 3_000, Purpose.HOST_NDC)
    with refused("AuthorisationCapInvalid", 1, 2021, 7_001, 0, 7_000):
        authorise(labels, host, cap=7_001)
    authorise(labels, host, cap=7_000)


def test_authorise_reverts_for_less_than_was_transferred(labels, credits, host, alice, later):
    authorise(labels, host)
    later()
    retire(credits, alice, 4_000)
    with refused("AuthorisationCapInvalid", 1, 2021, 3_999, 4_000, ISSUED):
        authorise(labels, host, cap=3_999)


def test_authorise_reverts_when_it_takes_a_use_away_that_may_have_served(labels, credits, host, alice, later):
    authorise(labels, host, ABROAD | OTHER)
    later()
    retire(credits, alice, 4_000)
    with refused("AlreadyTransferred", 1, 2021, 4_000):
        authorise(labels, host, OTHER)


def test_a_use_may_be_taken_away_before_the_first_transfer(labels, host):
    authorise(labels, host, ABROAD | OTHER)
    authorise(labels, host, OTHER)
    assert labels.authorisation(1, 2021)["uses"] == OTHER


def test_a_block_of_another_year_has_nothing_to_do_with_it(labels, credits, host, alice, later):
    authorise(labels, host)
    later()
    retire(credits, alice, BLOCK_KILOGRAMS, Purpose.HOST_NDC, batch=1)
    assert tuple(labels.authorisation(1, 2021)) == (ABROAD, ISSUED, 0, 0)
