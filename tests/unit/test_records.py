"""What records compute: sizes, circulation, and the serials behind a quantity."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetonne.terms import (
    Batch,
    BatchId,
    ComponentId,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Seconds,
    Serial,
    Verification,
    VerificationId,
    VerificationStatus,
    VvbId,
    serials_of,
)

BATCH = Batch(
    id=BatchId(1),
    first=Serial(101),
    last=Serial(110),
    verification=VerificationId(1),
    project=ProjectId(1),
    programme=ProgrammeId(1),
    methodology=MethodologyId(1),
    vintage_start=date(2020, 1, 1),
    vintage_end=date(2020, 12, 31),
    vintage_year=2020,
    retired=Kilograms(1500),
    cancelled=Kilograms(1),
    redeemed=Kilograms(2000),
    issued_at=Seconds(1),
)


def test_batch_is_the_size_of_its_block() -> None:
    assert (BATCH.issued, BATCH.in_circulation) == (10_000, 6_499)


@pytest.mark.parametrize(
    ("status", "remaining"),
    [
        (VerificationStatus.PROPOSED, 0),
        (VerificationStatus.ACCEPTED, 700),
        (VerificationStatus.WITHDRAWN, 0),
        (VerificationStatus.SUPERSEDED, 0),
    ],
)
def test_only_an_accepted_verification_has_something_left(status: VerificationStatus, remaining: int) -> None:
    verification = Verification(
        id=VerificationId(1),
        project=ProjectId(1),
        programme=ProgrammeId(1),
        methodology=MethodologyId(1),
        component=ComponentId(1),
        vvb=VvbId(1),
        period_start=date(2020, 1, 1),
        period_end=date(2020, 12, 31),
        cap=Kilograms(1000),
        issued=Kilograms(300),
        carried=Kilograms(0),
        status=status,
        supersedes=VerificationId(0),
        proposed_at=Seconds(1),
        accepted_at=Seconds(2),
        withdrawn_at=Seconds(0),
        evidence_hash=bytes(32),
        data_root=bytes(32),
    )
    assert verification.remaining == remaining
    assert replace(verification, issued=Kilograms(1000)).remaining == 0


@pytest.mark.parametrize(
    ("start", "kilograms", "expected"),
    [
        (0, 1, (101, 101, 1, 1)),
        (0, 1000, (101, 101, 1000, 1000)),
        (0, 1500, (101, 102, 1000, 500)),
        (1500, 500, (102, 102, 500, 500)),
        (1500, 501, (102, 103, 500, 1)),
        (1999, 2, (102, 103, 1, 1)),
        (999, 2002, (101, 104, 1, 1)),
    ],
)
def test_serials_behind_a_quantity(start: int, kilograms: int, expected: tuple[int, int, int, int]) -> None:
    assert serials_of(Serial(101), Kilograms(start), Kilograms(kilograms)) == expected


@given(st.integers(0, 10**9), st.integers(1, 10**7))
def test_serials_behind_a_quantity_add_up_to_it(start: int, kilograms: int) -> None:
    first, last, of_first, of_last = serials_of(Serial(7), Kilograms(start), Kilograms(kilograms))
    assert 1 <= of_first <= 1000
    assert 1 <= of_last <= 1000
    whole = of_first if first == last else of_first + of_last + 1000 * (last - first - 1)
    assert whole == kilograms
    after = serials_of(Serial(7), Kilograms(start + kilograms), Kilograms(1))
    assert after[0] in (last, last + 1)
