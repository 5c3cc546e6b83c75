"""An index whose rows were changed contradicts itself, or the storage: the audit says where."""

from collections.abc import Iterator

import pytest
from altered_state import Rewritten
from labels_story import tell_labels
from saved_chains import SavedChains
from story import Teller, tell

from onetonne.audit import audit
from onetonne.index import Index, schema


@pytest.fixture(scope="module")
def teller(saved_chains: SavedChains, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    with saved_chains.loaded(tmp_path_factory.mktemp("home"), tell, tell_labels) as one:
        yield one


@pytest.fixture(scope="module")
def rewritten(teller: Teller, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rewritten]:
    folder = tmp_path_factory.mktemp("index")
    with Index.open(folder / "index.sqlite") as index:
        yield Rewritten(teller, index, folder)


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
    rewritten: Rewritten, change: str, invariants: set[str], batch: int
) -> None:
    findings = rewritten.by_events(change)
    assert {finding.invariant for finding in findings} >= invariants
    assert batch in {number for finding in findings for number in finding.batches}


def again(table: str) -> str:
    """The first row of a table a second time, later in its block."""
    others = ", ".join(one.name for one in schema.metadata.tables[table].columns if one.name != "log_index")
    first = f"SELECT {others}, 99 FROM {table} ORDER BY block_number LIMIT 1"
    return f"INSERT INTO {table} ({others}, log_index) {first}"


NO_HASH = "0x" + "00" * 32
LAST = "log_index = 99, block_number = (SELECT MAX(number) FROM blocks)"
BEFORE_REVOCATION = "log_index = 99, block_number = (SELECT block_number FROM authorisations WHERE uses = 2)"
FIRST = "WHERE kilograms = 10500"
OF_CORSIA = "label = 'CORSIA-1'"
WITH_THE_PROJECT = "log_index = 99, block_number = (SELECT block_number FROM projects WHERE project = 4)"
BLOCK_OF_APPROVAL = f"(SELECT block_number FROM label_approvals WHERE {OF_CORSIA})"


@pytest.mark.parametrize(
    ("change", "invariant", "batch", "problem"),
    [
        ("DELETE FROM authorisations WHERE vintage_year = 2021", "I8", 9, "of 0 kg authorised"),
        ("DELETE FROM authorisations WHERE vintage_year = 2021", "I9", 9, "not met are authorisation"),
        ("UPDATE authorisations SET cap = 11000 WHERE uses = 12", "I8", 9, "than the host country's cap"),
        ("UPDATE authorisations SET cap = 100001 WHERE uses = 12", "I8", 9, "issued with 100,000 kg"),
        (
            "UPDATE authorisations SET vintage_year = 2020 WHERE uses = 2",
            "I8",
            8,
            "lies before the first NDCs",
        ),
        ("UPDATE authorisations SET vintage_year = 2021 WHERE uses = 0", "I8", 9, "of 0 kg authorised"),
        ("DELETE FROM authorisations WHERE uses = 0", "I8", 10, "left that batch open to use elsewhere"),
        ("DELETE FROM authorisations WHERE uses = 2", "I8", 10, "revoked where there was none"),
        (
            f"UPDATE first_transfers SET kilograms = 10501 {FIRST}",
            "I8",
            9,
            "the events say a first transfer of",
        ),
        (f"UPDATE first_transfers SET total = total + 1 {FIRST}", "I8", 9, "and the event says 10,501"),
        (f"UPDATE first_transfers SET use = 3 {FIRST}", "I8", 9, "for use 3"),
        (f"UPDATE first_transfers SET vintage_year = 2020 {FIRST}", "I8", 9, "vintage year 2020 for use 2"),
        ("DELETE FROM first_transfers WHERE vintage_year = 2020", "I8", 8, "and the events say none"),
        ("DELETE FROM host_uses", "I8", 10, "is a use by the host of 4,000 kg"),
        ("UPDATE retirements SET purpose = 0 WHERE purpose = 3", "I8", 10, "is no use"),
        ("UPDATE retirements SET purpose = 3 WHERE purpose = 2", "I8", 8, "for purpose host ndc is"),
        ("DELETE FROM retirements WHERE purpose = 3", "I8", 10, "of project 4, vintage year 2022 without"),
        (f"UPDATE label_approvals SET approved = false WHERE {OF_CORSIA}", "I9", 9, "not met are programme"),
        (f"UPDATE label_approvals SET vintage_start = 19000 WHERE {OF_CORSIA}", "I9", 9, "programme window"),
        (
            f"UPDATE label_approvals SET vintage_start = 40000 WHERE {OF_CORSIA}",
            "I9",
            9,
            "ends before it starts",
        ),
        (f"UPDATE label_exclusions SET programme = 1 WHERE excluded AND {OF_CORSIA}", "I9", 9, "exclusion"),
        ("DELETE FROM label_approvals WHERE approved AND methodology = 1", "I9", 8, "what was not approved"),
        ("DELETE FROM label_guarantees WHERE accepted", "I9", 9, "says what held before"),
        (f"UPDATE adjustments SET vintage_year = 2022, {BEFORE_REVOCATION}", "I8", 10, "after an adjustment"),
        ("UPDATE adjustments SET vintage_year = 2022", "I9", 10, "of which nothing was authorised"),
        (f"UPDATE authorisations SET uses = 8, {LAST} WHERE uses = 12", "I8", 9, "narrowed after an adj"),
        (f"UPDATE authorisations SET cap = 59999, {LAST} WHERE uses = 12", "I8", 9, "narrowed after an adj"),
        ("UPDATE cancellations SET kind = 1 WHERE kind = 4", "I8", 1, "of which no host country was asked"),
        (f"UPDATE label_approvals SET programme = 2 WHERE {OF_CORSIA}", "I9", 9, "not met are programme"),
        (f"UPDATE label_approvals SET document = '{NO_HASH}' WHERE {OF_CORSIA}", "I9", 1, "without its hash"),
        (f"UPDATE label_guarantees SET project = 9, {LAST} WHERE accepted", "I9", None, "never registered"),
        (again("frameworks"), "I9", None, "the rule of label CCP was set twice"),
        (again("shortfalls"), "SHORTFALLS", 9, "shortfall 1 was reported twice"),
        (again("buffer_releases"), "SHORTFALLS", 10, "let credits of project 4 out of the buffer twice"),
        ("DELETE FROM retirements WHERE purpose = 2", "I8", 8, "vintage year 2020 without a retirement"),
        ("DELETE FROM adjustments", "I9", 9, "not met are adjustment"),
        ("DELETE FROM frameworks WHERE label = 'CORSIA-1'", "I9", 9, "not met are framework"),
        (
            f"UPDATE blocks SET timestamp = timestamp + 900 WHERE number = {BLOCK_OF_APPROVAL}",
            "I9",
            9,
            "not met are programme",
        ),
        (
            "UPDATE shortfalls SET kilograms = 14000 WHERE shortfall = 1",
            "SHORTFALLS",
            9,
            "was made good with",
        ),
        (
            "UPDATE shortfalls SET kilograms = 20001 WHERE shortfall = 2",
            "SHORTFALLS",
            3,
            "of 20,000 kg issued",
        ),
        ("UPDATE shortfalls SET batch = 9 WHERE shortfall = 2", "SHORTFALLS", 9, "which is of another"),
        ("DELETE FROM shortfalls WHERE shortfall = 3", "SHORTFALLS", 9, "7,000 kg of reversals to make good"),
        (
            "DELETE FROM shortfall_cancellations WHERE shortfall = 2",
            "SHORTFALLS",
            3,
            "makes no shortfall good",
        ),
        (
            "UPDATE shortfall_cancellations SET cancellation = 3 WHERE cancellation = 4",
            "SHORTFALLS",
            9,
            "makes good both shortfall 1 and 1",
        ),
        (
            "UPDATE shortfall_cancellations SET kilograms = 999 WHERE shortfall = 2",
            "SHORTFALLS",
            3,
            "is of 1,000 kg, not 999",
        ),
        ("UPDATE cancellations SET kind = 0 WHERE kind = 6", "SHORTFALLS", 3, "is of another kind"),
        ("UPDATE cancellations SET kind = 6 WHERE kind = 4", "SHORTFALLS", 1, "makes no shortfall good"),
        (
            "UPDATE cancellations SET batch = 4 WHERE cancellation = 3",
            "SHORTFALLS",
            4,
            "the buffer of project 2",
        ),
        ("DELETE FROM buffer_releases", "SHORTFALLS", 10, "verifiers let 0 kg out"),
        ("UPDATE buffer_releases SET vvb = recipient", "SHORTFALLS", 10, "then no verifier's account"),
        ("UPDATE project_outstanding SET kilograms = 0", "SHORTFALLS", 9, "has 0 kg of reversals"),
        (
            "UPDATE methodologies SET buffer_basis_points = 999 WHERE methodology = 3",
            "SHORTFALLS",
            9,
            "9,990 kg",
        ),
        (
            "UPDATE methodologies SET monitoring_years = 3 WHERE methodology = 3",
            "I6",
            9,
            "of which 2019-12-31",
        ),
        (
            f"UPDATE project_outstanding SET {WITH_THE_PROJECT} WHERE kilograms = 15000",
            "I6",
            9,
            "was issued while 15,000 kg lost",
        ),
        (
            f"UPDATE buffer_releases SET {LAST}",
            "SHORTFALLS",
            9,
            "left the buffer while 7,000 kg lost",
        ),
    ],
)
def test_claims_labels_and_shortfalls_that_cannot_be_are_found_by_the_events(
    rewritten: Rewritten,
    change: str,
    invariant: str,
    batch: int | None,
    problem: str,
) -> None:
    findings = [one for one in rewritten.by_events(change) if one.invariant == invariant]
    assert problem in " ".join(one.problem for one in findings if batch is None or batch in one.batches)


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
    rewritten: Rewritten, change: str, invariant: str
) -> None:
    assert rewritten.by_events(change) == []
    assert invariant in {one.invariant for one in rewritten.findings(change)}


@pytest.mark.parametrize(
    "table",
    [
        "programmes",
        "roots",
        "vvbs",
        "methodologies",
        "activities",
        "components",
        "projects",
        "verifications",
        "batches",
        "retirements",
        "cancellations",
        "frameworks",
        "label_demands",
        "label_approvals",
        "authorisations",
        "shortfalls",
        "project_outstanding",
    ],
)
def test_events_that_refer_to_nothing_are_findings_not_crashes(rewritten: Rewritten, table: str) -> None:
    assert rewritten.findings(f"DELETE FROM {table}")


def test_verifications_that_supersede_in_a_circle_are_findings_and_end(rewritten: Rewritten) -> None:
    change = "UPDATE verifications SET supersedes = 7 - verification WHERE verification IN (3, 4)"
    assert "I6" in {one.invariant for one in rewritten.by_events(change)}


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM retirements WHERE retirement = 3",
        "UPDATE batches SET verification = 2 WHERE batch = 1",
        "UPDATE shortfalls SET kilograms = 20001 WHERE shortfall = 2",
        "DELETE FROM frozen_amounts",
        f"UPDATE label_guarantees SET project = 9, {LAST} WHERE accepted",
    ],
)
def test_a_whole_audit_on_the_chain_finds_the_same(teller: Teller, rewritten: Rewritten, change: str) -> None:
    with rewritten.changed(change) as index:
        findings = audit(teller.chain, teller.deployment, index).findings
    assert findings
    assert findings == rewritten.findings(change)
