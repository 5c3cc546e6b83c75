"""An index whose rows were changed contradicts itself, or the storage: the audit says where."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from story import Teller, chain_of_its_own, tell

from onetonne.audit import Finding, audit
from onetonne.index import Index


@pytest.fixture(scope="module")
def teller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    with chain_of_its_own(tmp_path_factory.mktemp("home")) as one:
        tell(one)
        yield one


@pytest.fixture(scope="module")
def original(teller: Teller, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "index.sqlite"
    with Index.open(path) as index:
        index.sync(teller.chain, teller.deployment)
    return path


def found(
    teller: Teller, original: Path, folder: Path, change: str, *, by_events: bool = True
) -> list[Finding]:
    """What an audit finds after SQL changed a copy of the index; `by_events`: without looking at storage."""
    path = folder / "index.sqlite"
    shutil.copy(original, path)
    with Index.open(path) as index:
        with index.engine.begin() as connection:
            assert connection.execute(text(change)).rowcount
        findings = audit(teller.chain, teller.deployment, index).findings
    return [one for one in findings if not by_events or one.problem.startswith("By the events")]


@pytest.mark.parametrize(
    ("change", "invariants", "batch"),
    [
        ("UPDATE retirements SET kilograms = kilograms + 1 WHERE retirement = 1", {"I1", "I4"}, 1),
        ("UPDATE retirements SET from_kilogram = 0 WHERE retirement = 2", {"I4", "I5"}, 1),
        ("UPDATE retirements SET batch = 3 WHERE retirement = 4", {"I1", "I4"}, 3),
        ("UPDATE retirements SET beneficiary = holder WHERE retirement = 2", {"I10"}, 1),
        ("DELETE FROM retirements WHERE retirement = 3", {"I1", "I4", "I5", "I10"}, 4),
        ("DELETE FROM cancellations WHERE cancellation = 1", {"I1", "I4", "I5"}, 1),
        ("DELETE FROM redeemed_blocks", {"I1", "I4", "I5"}, 4),
        ("DELETE FROM redemption_answers WHERE status = 2", {"I4", "I5"}, 4),
        ("UPDATE redemption_answers SET redemption = 1 WHERE status = 3", {"I5"}, 4),
        (
            "UPDATE movements SET kilograms = 11000 WHERE batch = 1 AND kilograms = 10000",
            {"I1", "I3"},
            1,
        ),
        (
            "UPDATE batches SET first = '00000000000000001010' WHERE batch = 3",
            {"I1", "I2", "I3", "I6"},
            3,
        ),
        ("UPDATE batches SET prefix = 'vcs-VCU' WHERE batch = 2", {"I2"}, 2),
        ("UPDATE batches SET prefix = 'VCS-VCU-1' WHERE batch = 2", {"I2"}, 2),
        ("UPDATE batches SET verification = 2 WHERE batch = 1", {"I6", "I7"}, 1),
        ("UPDATE batches SET vintage_end = vintage_end + 1 WHERE batch = 5", {"I6"}, 5),
        ("UPDATE verification_acceptances SET cap = cap + 5000 WHERE verification = 4", {"I6"}, 6),
        ("UPDATE verifications SET verified = 4000 WHERE verification = 3", {"I6"}, 5),
        ("UPDATE verifications SET period_end = period_end + 1 WHERE verification = 1", {"I6"}, 1),
        ("UPDATE verifications SET supersedes = 0 WHERE verification = 4", {"I6"}, 6),
        ("DELETE FROM verification_acceptances WHERE verification = 2", {"I6", "I7"}, 4),
        ("UPDATE vvbs SET account = (SELECT operator FROM programmes WHERE programme = 1)", {"I7"}, 1),
        (
            "UPDATE operator_rotations SET operator = (SELECT account FROM vvbs WHERE vvb = 1)",
            {"I7"},
            1,
        ),
        ("DELETE FROM certificates WHERE certificate = 3", {"I10"}, 4),
        ("UPDATE certificates SET sender = recipient WHERE certificate = 5", {"I10"}, 4),
    ],
)
def test_events_that_contradict_each_other_are_found(
    teller: Teller, original: Path, tmp_path: Path, change: str, invariants: set[str], batch: int
) -> None:
    findings = found(teller, original, tmp_path, change)
    assert {finding.invariant for finding in findings} >= invariants
    assert batch in {number for finding in findings for number in finding.batches}


@pytest.mark.parametrize(
    ("change", "invariant"),
    [
        ("UPDATE movements SET kilograms = kilograms + 1 WHERE batch = 3 AND item = 1", "I1"),
        ("UPDATE retirements SET purpose = 5 WHERE retirement = 1", "I5"),
        ("UPDATE cancellations SET kind = 5 WHERE cancellation = 2", "I5"),
        ("UPDATE verifications SET evidence_hash = data_root WHERE verification = 2", "I6"),
        ("DELETE FROM frozen_amounts", "STATE"),
        ("UPDATE approvals SET approved = NOT approved", "STATE"),
        (
            "UPDATE blocks SET timestamp = timestamp + 1 WHERE number = (SELECT block_number FROM batches)",
            "I5",
        ),
    ],
)
def test_events_that_contradict_storage_only_are_found(
    teller: Teller, original: Path, tmp_path: Path, change: str, invariant: str
) -> None:
    assert found(teller, original, tmp_path, change) == []
    assert invariant in {one.invariant for one in found(teller, original, tmp_path, change, by_events=False)}


@pytest.mark.parametrize(
    "table",
    ["programmes", "roots", "vvbs", "activities", "components", "projects", "verifications", "batches"],
)
def test_events_that_refer_to_nothing_are_findings_not_crashes(
    teller: Teller, original: Path, tmp_path: Path, table: str
) -> None:
    assert found(teller, original, tmp_path, f"DELETE FROM {table}", by_events=False)


def test_verifications_that_supersede_in_a_circle_are_findings_and_end(
    teller: Teller, original: Path, tmp_path: Path
) -> None:
    change = "UPDATE verifications SET supersedes = 7 - verification WHERE verification IN (3, 4)"
    assert "I6" in {one.invariant for one in found(teller, original, tmp_path, change)}
