"""The text behind a retirement's hash: one set of details, one text."""

import json
from datetime import date

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from onetonne.errors import BadInput, DateError
from onetonne.terms import RetirementDetails

TEXTS = st.none() | st.text(st.characters(blacklist_categories=["Cs"]))
DAYS = st.none() | st.dates(min_value=date(1970, 1, 1))


def test_text_is_canonical() -> None:
    details = RetirementDetails(
        beneficiary="Éthiopie Air", reason='"Flights"', claim_start=date(2024, 1, 1), salt="5a17"
    )
    assert details.text() == (
        '{"beneficiary":"Éthiopie Air","claim_start":"2024-01-01","reason":"\\"Flights\\"","salt":"5a17"}'
    )


def test_hash_is_that_of_the_text() -> None:
    details = RetirementDetails(beneficiary="Éthiopie Air")
    assert details.hash() == keccak('{"beneficiary":"Éthiopie Air"}'.encode())
    assert details.hash().hex() == "77d091243d28ed94b9e1ba64786c799e4947adb7c5ab967ea54a5ff7be277145"


def test_no_details_are_an_empty_object() -> None:
    assert RetirementDetails().text() == "{}"


def test_text_without_an_aeroplane_operator_is_what_it_always_was() -> None:
    details = RetirementDetails("A", "B", date(2024, 1, 1), date(2024, 12, 31), "ET", "5a17")
    assert RetirementDetails.from_text(details.text()) == details
    assert "aeroplane" not in details.text()


def test_aeroplane_operator_is_read_back_and_salted() -> None:
    details = RetirementDetails(aeroplane_operator="Aero SA").salted("5a17")
    assert details.text() == '{"aeroplane_operator":"Aero SA","salt":"5a17"}'
    assert RetirementDetails.from_text(details.text()) == details


def test_salt_changes_the_hash_and_nothing_else() -> None:
    plain = RetirementDetails("A", "B", date(2024, 1, 1), date(2024, 12, 31), "ET")
    salted = plain.salted("5a17")
    assert salted.hash() != plain.hash()
    assert json.loads(salted.text()) == json.loads(plain.text()) | {"salt": "5a17"}


@given(TEXTS, TEXTS, DAYS, TEXTS, TEXTS)
def test_text_is_read_back(
    beneficiary: str | None, reason: str | None, day: date | None, jurisdiction: str | None, salt: str | None
) -> None:
    details = RetirementDetails(beneficiary, reason, day, day, jurisdiction, salt)
    assert RetirementDetails.from_text(details.text()) == details


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "7",
        '{"beneficiary": "A"}',  # a blank
        '{"reason":"A","beneficiary":"B"}',  # not sorted
        '{"beneficiary":5}',
        '{"beneficiary":null}',
        '{"name":"A"}',
        '{"claim_start":"soon"}',
        '{"beneficiary":"\\u00c9"}',  # escaped without need
        '{"claim_end":"2023-01-01","claim_start":"2024-01-01"}',
    ],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        RetirementDetails.from_text(text)


def test_claim_that_ends_before_it_starts() -> None:
    with pytest.raises(
        BadInput, match="last day 2023-01-01 lies before its first, 2024-01-01: exchange them"
    ):
        RetirementDetails(claim_start=date(2024, 1, 1), claim_end=date(2023, 1, 1))


def test_claim_before_1970() -> None:
    with pytest.raises(DateError, match="lies before 1970-01-01"):
        RetirementDetails(claim_start=date(1969, 12, 31))


def test_text_that_is_no_unicode() -> None:
    with pytest.raises(BadInput, match="are not Unicode text"):
        RetirementDetails(beneficiary="\ud800")
