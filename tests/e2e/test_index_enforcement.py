"""Lists of labels, claims of host countries and shortfalls say what the contracts say."""

from collections.abc import Iterator
from typing import Any

import pytest
from eth_utils.crypto import keccak
from labels_story import FORESTS, NO_TYPE, OF_2021, OF_2022, tell_labels
from saved_chains import SavedChains
from sqlalchemy import select
from story import Teller, tell

from onetonne.index import Index, schema
from onetonne.index.enforcement import Outstanding
from onetonne.index.listings import Listings
from onetonne.terms import BatchId, Kilograms, ProjectId, Purpose, Rule, ShortfallKind, Use, code_bytes32


@pytest.fixture(scope="module")
def teller(saved_chains: SavedChains, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    with saved_chains.loaded(tmp_path_factory.mktemp("home"), tell, tell_labels) as one:
        yield one


@pytest.fixture(scope="module")
def index(teller: Teller, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("index") / "index.sqlite") as one:
        one.sync(teller.chain, teller.deployment)
        yield one


@pytest.fixture(scope="module")
def listings(index: Index) -> Listings:
    return Listings(index.engine)


def ask(teller: Teller, contract: str, function: str, *arguments: Any) -> Any:
    target = teller.chain.contract(contract, teller.deployment.addresses[contract])
    return teller.chain.call(teller.chain.function(target, function, *arguments))


def test_frameworks_have_their_rule_and_their_body_of_now(teller: Teller, listings: Listings) -> None:
    frameworks = {one.label: one for one in listings.frameworks()}
    assert list(frameworks) == ["CCP", "CORSIA-1", "CCER"]
    corsia = frameworks["CORSIA-1"]
    assert corsia.body == teller.address("icao")
    assert corsia.rule == Rule(True, False, Use.INTERNATIONAL_MITIGATION, True)
    assert frameworks["CCP"].rule == Rule(True, True, None, False)
    for label, one in frameworks.items():
        body, admitted_at, _ = ask(teller, "Labels", "framework", code_bytes32(label))
        assert (one.body, one.admitted_at) == (body, admitted_at)


def test_a_purpose_demands_the_label_that_was_set_last(listings: Listings) -> None:
    demanded = {Purpose.CORSIA_PHASE_1: "CORSIA-1", Purpose.NATIONAL_SCHEME: "CCER"}
    assert listings.demanded_labels() == demanded


def test_a_country_whose_authority_was_taken_away_has_none(teller: Teller, listings: Listings) -> None:
    assert listings.hosts() == {"KE": teller.address("kenya")}


def test_authorisations_are_what_the_contract_has_open(teller: Teller, listings: Listings) -> None:
    found = {one.vintage_year: one for one in listings.authorisations()}
    assert list(found) == [2020, 2021, 2022]
    assert found[2021].uses == {Use.INTERNATIONAL_MITIGATION, Use.OTHER_PURPOSES}
    assert found[2022].uses == frozenset()
    for year, one in found.items():
        uses, *figures = ask(teller, "Labels", "authorisation", FORESTS, year)
        assert [one.cap, one.transferred, one.used_by_host] == figures
        assert sum(1 << use for use in one.uses) == uses


def test_shortfalls_are_what_the_contract_keeps(teller: Teller, listings: Listings) -> None:
    found = listings.shortfalls()
    assert [one.case_reference for one in found] == ["fire 1", "area 1", "fire 2"]
    assert {one.evidence for one in found} == {keccak(text="report")}
    for one in found:
        record = one.shortfall
        fields = (record.project, record.batch, record.kind, record.kilograms, record.made_good)
        assert (*fields, record.reported_at, record.annulled) == tuple(
            ask(teller, "Shortfalls", "shortfall", record.id)
        )
    assert [one.shortfall.outstanding for one in found] == [0, 3_000, 7_000]
    assert found[1].shortfall.kind is ShortfallKind.OVER_ISSUANCE


def test_only_what_is_left_to_make_good_is_outstanding(teller: Teller, listings: Listings) -> None:
    found = listings.outstanding()
    assert list(found) == [1, FORESTS]
    for project in (1, 2, FORESTS):
        one = found.get(ProjectId(project), Outstanding(Kilograms(0), Kilograms(0)))
        kept = ask(teller, "Shortfalls", "outstanding", project)
        assert [one.reversals, one.over_issuances] == list(kept)
    assert listings.over_issued() == {3: 4_000}
    assert list(ask(teller, "Shortfalls", "reported", 3)) == [0, 4_000, 1_000]


def test_entries_come_with_the_decision_behind_them(index: Index) -> None:
    with index.engine.connect() as connection:
        rows = connection.execute(select(schema.label_approvals)).all()
        exclusions = connection.execute(select(schema.label_exclusions)).all()
        releases = connection.execute(select(schema.buffer_releases)).all()
    assert [(row.label, row.programme, row.methodology, row.approved) for row in rows] == [
        ("CCP", 1, None, True),
        ("CCP", None, 3, True),
        ("CCP", None, 4, True),
        ("CCP", None, 1, True),
        ("CCP", None, 1, False),
        ("CORSIA-1", 1, None, True),
    ]
    assert (rows[-1].conditional, rows[-1].document) == (True, keccak(text="the condition"))
    assert (rows[-1].recognises, rows[-1].source) == ("CCP", "https://example.org/decision")
    assert [(row.activity_type, row.methodology, row.excluded) for row in exclusions] == [
        ("AFOLU", None, True),
        ("AFOLU", None, False),
        (f"0x{NO_TYPE.hex()}", None, True),
        (None, 2, True),
        (None, 2, False),
        (None, 2, True),
    ]
    assert [(row.project, row.kilograms) for row in releases] == [(FORESTS, 1_000)]


def test_nothing_of_labels_and_shortfalls_is_kept_by_name_only(index: Index) -> None:
    with index.engine.connect() as connection:
        others = connection.execute(select(schema.other_events)).all()
    new = {(row.contract, row.event) for row in others if row.contract in ("Labels", "Shortfalls")}
    assert new == {("Labels", "AuthorityUpdated"), ("Shortfalls", "AuthorityUpdated")}


def test_what_reversals_cancelled_is_taken_off_their_batches(index: Index) -> None:
    assert {batch.id: batch.cancelled for batch in index.batches()}[BatchId(OF_2021)] == 10_000
    assert index.batch(BatchId(OF_2022)).cancelled == 2_000
