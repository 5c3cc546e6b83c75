"""From a serial number to an issuance, and what of it goes to the buffer."""

from datetime import date

import pytest

from onetonne.errors import BadInput, DateError, SerialError
from onetonne.ledger.issuing import issuance, withheld
from onetonne.terms import (
    BasisPoints,
    ComponentId,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Seconds,
    Verification,
    VerificationId,
    VerificationStatus,
    VvbId,
)

VCS = "19385-941467007-941467431-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1"
ACR = "ACR-US-499-2022-2006-28173 to 28213"
TODAY = date(2026, 5, 1)


def verification(start: date, end: date) -> Verification:
    return Verification(
        id=VerificationId(4),
        project=ProjectId(1),
        programme=ProgrammeId(1),
        methodology=MethodologyId(1),
        component=ComponentId(1),
        vvb=VvbId(1),
        period_start=start,
        period_end=end,
        cap=Kilograms(0),
        issued=Kilograms(0),
        carried=Kilograms(0),
        status=VerificationStatus.ACCEPTED,
        supersedes=VerificationId(0),
        proposed_at=Seconds(0),
        accepted_at=Seconds(0),
        withdrawn_at=Seconds(0),
        evidence_hash=bytes(32),
        data_root=bytes(32),
    )


PERIOD = verification(date(2021, 7, 1), date(2022, 6, 30))


def test_the_serial_number_says_quantity_and_vintage() -> None:
    made = issuance(VCS, PERIOD, "IMMO-17", TODAY)
    assert made.block.kilograms == 425_000
    assert (made.vintage_start, made.vintage_end, made.vintage_year) == (
        date(2020, 1, 1),
        date(2020, 12, 31),
        2020,
    )
    assert (made.verification, made.custody_record, made.custody_date) == (4, "IMMO-17", TODAY)


def test_a_year_alone_means_what_of_it_was_verified() -> None:
    made = issuance(ACR, PERIOD, "IMMO-17", TODAY)
    assert (made.vintage_start, made.vintage_end) == (date(2022, 1, 1), date(2022, 6, 30))
    assert made.vintage_year == 2022


def test_the_vintage_that_is_given_counts() -> None:
    vintage = (date(2022, 2, 1), date(2022, 2, 28))
    made = issuance(ACR, PERIOD, "IMMO-17", TODAY, vintage=vintage, vintage_year=2021)
    assert (made.vintage_start, made.vintage_end, made.vintage_year) == (*vintage, 2021)


def test_where_no_year_is_declared_it_is_that_of_the_last_day() -> None:
    """The first day's would let a vintage that spans New Year 2021 pass by its host country (I8)."""
    made = issuance(VCS.replace("31122020", "30062021"), PERIOD, "IMMO-17", TODAY)
    assert (made.vintage_start, made.vintage_end, made.vintage_year) == (
        date(2020, 1, 1),
        date(2021, 6, 30),
        2021,
    )


@pytest.mark.parametrize("year", [2020, 2023])
def test_a_year_that_was_not_verified_is_refused(year: int) -> None:
    with pytest.raises(DateError, match=f"vintage {year} .* outside verification 4"):
        issuance(ACR.replace("2022", str(year)), PERIOD, "IMMO-17", TODAY)


def test_a_serial_number_without_a_vintage_needs_one() -> None:
    serial = "RW-5-563732-2-2-0-6207 - RW-5-586300-2-2-0-6207"
    with pytest.raises(DateError, match="does not say its vintage"):
        issuance(serial, PERIOD, "IMMO-17", TODAY)


def test_there_must_be_a_record_and_a_serial_number() -> None:
    with pytest.raises(BadInput, match="immobilisation record is empty"):
        issuance(VCS, PERIOD, " ", TODAY)
    with pytest.raises(SerialError):
        issuance("19385-9", PERIOD, "IMMO-17", TODAY)


@pytest.mark.parametrize(("share", "kept"), [(0, 0), (1500, 63_750), (1, 43), (10_000, 425_000)])
def test_the_buffer_gets_its_share_rounded_up(share: int, kept: int) -> None:
    assert withheld(Kilograms(425_000), BasisPoints(share)) == kept
