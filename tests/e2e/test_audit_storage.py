"""Whatever slot of a contract is altered, the audit finds it, and names the invariant and the batch."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path

import pytest
from altered_state import CopiedState, Storage, StorageInMemory, StorageOnChain, altered
from eth_utils.crypto import keccak
from labels_story import AFOLU, CCP, CORSIA, tell_labels
from saved_chains import SavedChains
from story import GS_PREFIX, HEAD, Teller, tell

from onetonne.audit import AuditReport, audit, replay, telling
from onetonne.audit.kinds import KINDS, Key
from onetonne.audit.places import STATEMENTS, Place, places, touched
from onetonne.audit.state import NodeState
from onetonne.audit.story import Story
from onetonne.audit.tonnage import Tonnage
from onetonne.index import Index
from onetonne.labels import Histories, labels_of
from onetonne.terms import KILOGRAMS_PER_TONNE, Batch, BatchId

VCS = keccak(text="VCS-VCU")
VCU = keccak(text="VCU")
GS = keccak(text=GS_PREFIX)


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
def story(index: Index, teller: Teller) -> Story:
    assert index.cursor is not None
    return replay(index, teller.deployment, index.cursor.block, lambda doing, done, total: None)


@pytest.fixture(scope="module")
def every_place(story: Story) -> list[Place]:
    return list(places(story))


@pytest.fixture
def on_chain(teller: Teller, index: Index) -> StorageOnChain:
    return StorageOnChain(teller, index)


@pytest.fixture(scope="module")
def in_memory(teller: Teller, index: Index, story: Story) -> StorageInMemory:
    assert index.cursor is not None
    block = teller.chain.block(index.cursor.block)
    return StorageInMemory(teller, story, block, CopiedState(NodeState(teller.chain, block)))


def held(histories: Histories, batch: Batch, time: int) -> set[str]:
    return {one.label for one in labels_of(histories, batch.id, time)}


def size(batch: Batch) -> int:
    return (batch.last - batch.first + 1) * KILOGRAMS_PER_TONNE


def gone(batch: Batch) -> int:
    return batch.retired + batch.cancelled + batch.redeemed


def account(teller: Teller, name: str) -> int:
    return int(teller.deployment.addresses.get(name) or teller.address(name), 16)


def test_an_audit_of_an_untouched_chain_holds(on_chain: StorageOnChain) -> None:
    report = on_chain.audit()
    assert report.findings == ()
    assert report.holds
    assert {result.id: result.count for result in report.results} == {
        "I1": 10,
        "I2": 10,
        "I3": 10,
        "I4": 20,
        "I5": 20,
        "I6": 10,
        "I7": 10,
        "I8": 6,
        "I9": 23,
        "I10": 10,
        "SHORTFALLS": 3,
        "STATE": 373,
        "CODE": 10,
        "ROLES": 97,
    }
    assert report.result("I1").kilograms == 365_000
    assert report.result("I8").kilograms == 21_000
    assert report.result("I9").kilograms == 14_000
    assert report.result("I10").kilograms == 25_834
    assert report.result("SHORTFALLS").kilograms == 26_000
    (note,) = report.notes
    assert note.startswith("Activity 1 has several components (1, 3): ")


def test_a_report_says_as_json_what_was_checked_and_where(on_chain: StorageOnChain, teller: Teller) -> None:
    content = on_chain.audit().to_json()
    assert content["schema"] == 3
    assert content["chain_id"] == 31337
    assert content["block"]["hash"] == teller.chain.block(content["block"]["number"]).hash
    assert content["addresses"]["Credits"] == teller.deployment.addresses["Credits"]
    assert content["verdict"] == "holds"
    first = content["invariants"][0]
    assert (first["id"], first["count"], first["of"], first["verdict"]) == ("I1", 10, "batches", "holds")
    assert first["findings"] == []


def test_a_report_sums_up_the_market(in_memory: StorageInMemory, index: Index) -> None:
    report = in_memory.audit()
    batches = index.batches()
    totals = Tonnage()
    for _, one in report.market.by_programme:
        totals.add(one)
    assert (totals.issued, totals.held) == (365_000, sum(one.held for _, one in report.market.by_vintage))
    assert totals.retired == sum(batch.retired for batch in batches) == 25_834
    assert totals.cancelled == sum(batch.cancelled for batch in batches)
    assert totals.redeemed == sum(batch.redeemed for batch in batches) == 3000
    assert [name for name, _ in report.market.by_programme] == ["VCS", "GS"]
    assert dict(report.market.by_vintage)["2022"].issued == 100_000
    assert [name for name, _ in report.market.by_label] == ["CCP", "CORSIA-1", "CCER"]
    histories = Histories.read(index)
    for label, one in report.market.by_label:
        having = [batch for batch in batches if label in held(histories, batch, report.time)]
        assert one.issued == sum(size(batch) for batch in having)
        assert one.held == sum(size(batch) - gone(batch) for batch in having)
    moments = report.market.over_time
    assert moments[-1] == (report.time, totals)
    assert moments[0][0] == min(batch.issued_at for batch in batches)
    assert all(
        earlier.issued <= later.issued and earlier.redeemed <= later.redeemed
        for (_, earlier), (_, later) in pairwise(moments)
    )


Altered = tuple[str, Key, str, int, set[str], int]
# Kind, key, field, the flipped bits of that field, the invariants that break, and the batch that is named.
ALTERED: list[Altered] = [
    ("balance", (1, "alice"), "value", 1 << 3, {"I1"}, 1),
    ("balance", (4, "Redemptions"), "value", 1000, {"I1"}, 4),
    ("balance", (4, "buffer"), "value", 1, {"I1"}, 4),
    ("batch", (1,), "first", 1, {"I1", "I2", "I3"}, 1),
    ("batch", (3,), "last", 1 << 9, {"I1", "I2", "I3", "I6"}, 3),
    ("batch", (1,), "taken", 1, {"I1", "I4", "I5"}, 1),
    ("batch", (2,), "cancelled", 1000, {"I1", "I5"}, 2),
    ("batch", (4,), "redeemed", 3000 ^ 2000, {"I1", "I4", "I5"}, 4),
    ("batch", (1,), "verification", 1 ^ 2, {"I6", "I7"}, 1),
    ("batch", (4,), "programme", 1 ^ 2, {"I2", "I7"}, 4),
    ("batch", (5,), "vintageEnd", 1 << 8, {"I6"}, 5),
    ("batch", (6,), "issuedAt", 1, {"I5"}, 6),
    ("retirement", (1,), "kilograms", 1, {"I1", "I4", "I5"}, 1),
    ("retirement", (2,), "from", 1500 ^ 1400, {"I4"}, 1),
    ("retirement", (3,), "batch", 4 ^ 3, {"I4", "I5"}, 4),
    ("retirement", (3,), "beneficiary", 1, {"I10"}, 4),
    ("retirement", (3,), "position", 1, {"I10"}, 4),
    ("retirement", (4,), "time", 1 << 20, {"I5"}, 5),
    ("retirement", (4,), "purpose", 1, {"I5"}, 5),
    ("retirement", (5,), "details", 1 << 100, {"I5"}, 4),
    ("cancellation", (1,), "kilograms", 1, {"I1", "I4", "I5"}, 1),
    ("cancellation", (2,), "batch", 2 ^ 3, {"I4", "I5"}, 2),
    ("cancellation", (2,), "kind", 1, {"I5"}, 2),
    ("redemption", (1,), "first", 18 ^ 17, {"I4"}, 4),
    ("redemption", (1,), "status", 1 ^ 2, {"I4", "I5"}, 4),
    ("redemption", (2,), "status", 3 ^ 2, {"I4", "I5"}, 3),
    ("redemption", (1,), "kilograms", 3000 ^ 2000, {"I1", "I4", "I5"}, 4),
    ("serial range", (VCS, "head"), "owner", 2 ^ 1, {"I2"}, 2),
    ("serial range", (VCS, 1010), "first", 1 << 5, {"I2"}, 1),
    ("serial range", (VCS, 1520), "next", 1010 ^ 6, {"I2"}, 1),
    ("serial range", (VCS, 2005), "last", 2005, {"I2"}, 2),
    ("serial range", (VCU, 4), "owner", 5, {"I2"}, 5),
    ("serial range", (GS, "head"), "next", 1, {"I2"}, 4),
    ("verification", (1,), "cap", 1 << 20, {"I6"}, 1),
    ("verification", (1,), "issued", 35_000, {"I6"}, 3),
    ("verification", (3,), "carried", 1, {"I6"}, 5),
    ("verification", (4,), "carried", 5_000, {"I6"}, 6),
    ("verification", (4,), "status", 2 ^ 3, {"I6"}, 6),
    ("verification", (2,), "periodEnd", 1, {"I6"}, 4),
    ("verification", (2,), "vvb", 2 ^ 1, {"I6", "I7"}, 4),
    ("verification", (4,), "supersedes", 3, {"I6"}, 6),
    ("period range", (1, "head"), "owner", 3 ^ 1, {"I6"}, 5),
    ("period range", (2, "head"), "first", 1, {"I6"}, 4),
    ("component", (3,), "activity", 1 ^ 2, {"I6"}, 7),
    ("certificate balance", ("airline",), "value", 1, {"I10"}, 5),
    ("key kind", ("verra",), "value", 1 ^ 2, {"I7"}, 1),
    ("key kind", ("aenor",), "value", 2, {"I7"}, 5),
    ("key kind", ("verra's second key",), "value", 1, {"I7"}, 1),
    ("operator's programme", ("scs",), "value", 1, {"I7"}, 4),
    ("programme", (2,), "operator", 1, {"I7"}, 4),
    ("vvb", (1,), "account", 1, {"I7"}, 1),
    ("root", (b"GS1".ljust(32, b"\0"),), "operator", 1, {"I7"}, 4),
    ("last successor", (3,), "value", 4 ^ 7, {"I6"}, 5),
    ("programme approval", (CCP, 1, 0), "state", 1 ^ 2, {"I9"}, 9),
    ("programme approval", (CORSIA, 1, 0), "key", 1, {"I9"}, 9),
    ("programme approval", (CORSIA, 1, 0), "vintageEnd", 1 << 3, {"I9"}, 9),
    ("programme approval count", (CCP, 1), "value", 1, {"I9"}, 9),
    ("methodology approval", (CCP, 1, 1), "state", 1, {"I9"}, 8),
    ("activity type exclusion count", (CORSIA, 2, AFOLU), "value", 3, {"I9"}, 4),
    ("methodology exclusion", (CCP, 2, 0), "set", 1, {"I9"}, 4),
    ("guarantee", (CORSIA, 4, 2021, 1), "set", 1, {"I9"}, 9),
    ("adjustment", (4, 2021, 0), "cap", 1, {"I9"}, 9),
    ("naming", (9, 0), "set", 1, {"I8", "I9"}, 9),
    ("host use of batch", (10,), "value", 1, {"I8"}, 10),
    ("monitored days", (1, 71), "value", 1, {"I6"}, 1),
    ("adjustment count", (4, 2020), "value", 1, {"I9"}, 8),
    ("authorisation", (4, 2021, 0), "cap", 1, {"I8", "I9"}, 9),
    ("authorisation", (4, 2021, 1), "uses", 4, {"I8", "I9"}, 9),
    ("vintage", (4, 2021), "transferred", 1, {"I8"}, 9),
    ("vintage", (4, 2022), "usedByHost", 4000, {"I8"}, 10),
    ("vintage", (4, 2021), "cap", 70_000, {"I8"}, 9),
    ("vintage", (4, 2021), "since", 1, {"I8"}, 9),
    ("vintage", (1, 2020), "transferred", 1, {"I8"}, 1),
    ("retirement", (6,), "purpose", 1 ^ 3, {"I5", "I8"}, 9),
    ("project", (4,), "outstanding", 7_000, {"I6", "SHORTFALLS"}, 9),
    ("shortfall", (1,), "madeGood", 1, {"SHORTFALLS"}, 9),
    ("shortfall", (2,), "batch", 3 ^ 1, {"SHORTFALLS"}, 3),
    ("shortfall", (3,), "kind", 1 ^ 2, {"SHORTFALLS"}, 9),
    ("reported", (3,), "overIssued", 1, {"SHORTFALLS"}, 3),
    ("reported", (3,), "madeGood", 1, {"SHORTFALLS"}, 3),
    ("reported", (5,), "reversed", 1, {"SHORTFALLS"}, 5),
    ("lost lot", (1, 0), "kilograms", 1, {"SHORTFALLS"}, 9),
    ("lost lot count", (1,), "value", 1, {"SHORTFALLS"}, 9),
    ("shortfall", (3,), "annulled", 1, {"SHORTFALLS"}, 9),
    ("over-issuances outstanding", (1,), "value", 3_000, {"SHORTFALLS"}, 3),
    ("cancellation", (3,), "kind", 3, {"I5", "SHORTFALLS"}, 9),
]


def named(alteration: Altered) -> str:
    kind, _, field, *_ = alteration
    return f"{kind}-{ALTERED.index(alteration)}-{field}"


def alter(
    storage: Storage, teller: Teller, kind: str, key: Key, field: str, change: int
) -> AbstractContextManager[None]:
    """Flip bits of one field of one storage variable. A key may end in an account's name."""
    if isinstance(key[-1], str) and key[-1] != "head":
        buffer = int.from_bytes(keccak(text="onetonne.buffer")[12:])
        key = (*key[:-1], buffer if key[-1] == "buffer" else account(teller, key[-1]))
    rule = KINDS[kind]
    place = next(one for one in rule.shape(key).fields if one.name == field)
    return altered(storage, rule.contract, rule.slot(key) + place.slot, change << place.shift)


def breaks(report: AuditReport, invariants: set[str], batch: int) -> None:
    assert not report.holds
    assert {finding.invariant for finding in report.findings} >= invariants
    for invariant in invariants:
        assert report.result(invariant).verdict == "broken"
    assert batch in {number for finding in report.findings for number in finding.batches}


@pytest.mark.parametrize("alteration", ALTERED, ids=named)
def test_an_altered_field_breaks_its_invariants_and_names_its_batch(
    teller: Teller, in_memory: StorageInMemory, alteration: Altered
) -> None:
    kind, key, field, change, invariants, batch = alteration
    with alter(in_memory, teller, kind, key, field, change):
        report = in_memory.audit()
    breaks(report, invariants, batch)


ON_CHAIN = [*ALTERED[3::4], *(one for one in ALTERED if one[0] == "certificate balance")]
"""Every contract and invariant among them: what is found in memory is found on a node."""


def test_alterations_on_chain_meet_every_contract_and_invariant() -> None:
    assert {KINDS[kind].contract for kind, *_ in ON_CHAIN} == {KINDS[kind].contract for kind, *_ in ALTERED}
    assert set().union(*(one[4] for one in ON_CHAIN)) == set().union(*(one[4] for one in ALTERED))


@pytest.mark.parametrize("alteration", ON_CHAIN, ids=named)
def test_an_altered_field_is_found_on_chain_as_in_memory(
    teller: Teller, on_chain: StorageOnChain, in_memory: StorageInMemory, alteration: Altered
) -> None:
    kind, key, field, change, invariants, batch = alteration
    with alter(on_chain, teller, kind, key, field, change):
        report = on_chain.audit()
    breaks(report, invariants, batch)
    with alter(in_memory, teller, kind, key, field, change):
        assert in_memory.audit().findings == report.findings


def test_every_slot_of_the_story_is_missed_by_nobody(
    in_memory: StorageInMemory, every_place: list[Place], story: Story
) -> None:
    """One flipped bit, of a field where the slot has one, in each slot of each place, one after another."""
    count = 0
    for number, place in enumerate(every_place):
        shape = place.kind.shape(place.key)
        for slot in range(shape.slots):
            fields = [field for field in shape.fields if field.slot == slot]
            field = fields[number % len(fields)]
            change = 1 << (field.shift + number % field.bits)
            with altered(in_memory, place.kind.contract, place.kind.slot(place.key) + slot, change):
                report = in_memory.audit()
            count += 1
            found = {finding.invariant for finding in report.findings}
            name = f"{place.kind.name} {place.key}, `{field.name}`"
            needed = {"I6"} if place.expected is None else set(place.kind.broken_by(field.name))
            assert found >= needed, name
            batches = {one for finding in report.findings for one in finding.batches}
            assert batches >= set(touched(story, place.kind.name, place.key, place.expected)), name
    assert count > 350
    assert in_memory.audit().holds


def test_what_the_events_tell_is_packed_without_loss(every_place: list[Place]) -> None:
    """Else words could be the same where the figures are not."""
    for kind, key, expected in every_place:
        shape = kind.shape(key)
        if expected is not None:
            packed = shape.encode(expected)
            assert packed is not None, kind.name
            words = [int.from_bytes(packed[at : at + 32]) for at in range(0, len(packed), 32)]
            found = {name: value for name, value in shape.decode(words).items() if value}
            assert found == {name: value for name, value in expected.items() if value}, kind.name


def test_bits_between_the_fields_are_found_too(in_memory: StorageInMemory) -> None:
    rule = KINDS["redemption"]
    with altered(in_memory, "Redemptions", rule.slot((1,)) + 1, 1 << 250):
        findings = in_memory.audit().findings
    assert [(one.invariant, one.batches) for one in findings] == [("I5", (4,))]


@pytest.mark.parametrize(
    ("kind", "key", "slot", "word", "invariant"),
    [
        ("batch", (11,), 1, 1 << 208, "I5"),
        ("retirement", (11,), 1, 1 << 32, "I5"),
        ("cancellation", (7,), 0, 7, "I5"),
        ("redemption", (5,), 1, 1, "I4"),
        ("verification", (11,), 0, 1, "I6"),
        ("shortfall", (4,), 0, 1 << 64, "SHORTFALLS"),
    ],
)
def test_a_record_that_no_event_announced_is_found(
    in_memory: StorageInMemory, kind: str, key: Key, slot: int, word: int, invariant: str
) -> None:
    rule = KINDS[kind]
    with altered(in_memory, rule.contract, rule.slot(key) + slot, word):
        assert invariant in {finding.invariant for finding in in_memory.audit().findings}


@pytest.mark.parametrize(
    ("kind", "key", "field", "change", "problem"),
    [
        ("retirement", (6,), "purpose", 1, "is 14,000 kg, and its retirements make 3,500 kg"),
        ("vintage", (4, 2021), "cap", 1, "is not what the host country said last"),
        ("vintage", (4, 2021), "cap", 70_000, "14,000 kg of project 4, vintage year 2021 were first"),
        ("vintage", (4, 2022), "usedByHost", 4_000 ^ 100_001, "more than the 100,000 kg issued"),
        ("shortfall", (1,), "madeGood", 15_000 ^ 15_001, "of 15,000 kg was made good with 15,001 kg"),
        ("reported", (3,), "overIssued", 4_000 ^ 4_001, "and its shortfalls make 4,000 kg"),
        ("over-issuances outstanding", (1,), "value", 1, "and its shortfalls leave 3,000 kg"),
        ("cancellation", (6,), "kilograms", 1_000 ^ 999, "is of 999 kg, not 1,000"),
    ],
)
def test_storage_alone_must_hold_too(
    teller: Teller, in_memory: StorageInMemory, kind: str, key: Key, field: str, change: int, problem: str
) -> None:
    with alter(in_memory, teller, kind, key, field, change):
        findings = in_memory.audit().findings
    without_events = [one.problem for one in findings if one.events is None]
    assert all(one.startswith("In storage, ") for one in without_events)
    assert problem in " ".join(without_events)


def test_a_verification_found_by_two_statements_is_found(
    in_memory: StorageInMemory, story: Story, every_place: list[Place]
) -> None:
    free = next(
        place
        for place in every_place
        if place.kind.name == STATEMENTS and place.key[1] == story.statements[1][0]
    )
    with altered(in_memory, "Projects", free.kind.slot(free.key), 1):
        (finding,) = in_memory.audit().findings
    assert (finding.invariant, finding.subject) == ("I6", "verification 1")
    assert "both spellings" in finding.problem


def test_two_slots_altered_to_agree_with_each_other_are_found(
    teller: Teller, in_memory: StorageInMemory
) -> None:
    """Alice has a kilogram more, and the batch says that one less was retired: I1 holds in storage alone."""
    balance, batch = KINDS["balance"], KINDS["batch"]
    key = (1, account(teller, "alice"))
    before = in_memory.word("Credits", balance.slot(key))
    taken = next(field for field in batch.shape((1,)).fields if field.name == "taken")
    with (
        altered(in_memory, "Credits", balance.slot(key), before ^ (before + 1)),
        altered(in_memory, "Credits", batch.slot((1,)) + taken.slot, (3750 ^ 3749) << taken.shift),
    ):
        findings = in_memory.audit().findings
    by_events = [one for one in findings if one.invariant == "I1" and one.events is not None]
    assert {one.batches for one in by_events} == {(1,)}
    assert any(one.storage == str(before + 1) and one.events == str(before) for one in by_events)


def test_other_code_is_found(teller: Teller, on_chain: StorageOnChain) -> None:
    address = teller.deployment.addresses["Labels"]
    code = teller.chain.codes([address])[0]
    teller.chain.node.request("anvil_setCode", address, "0x" + code.hex() + "00")
    try:
        report = on_chain.audit()
    finally:
        teller.chain.node.request("anvil_setCode", address, "0x" + code.hex())
    assert [finding.invariant for finding in report.findings] == ["CODE"]


def test_hint_positions_of_the_story_reach_both_ends_of_the_serials(index: Index) -> None:
    assert index.batch(BatchId(5)).first == 0
    assert index.batch(BatchId(6)).last == HEAD - 1


def test_an_audit_reports_its_progress(teller: Teller, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "_STREAM", 10)  # rows from one call to the next
    seen: dict[str, tuple[int, int]] = {}

    def progress(doing: str, done: int, total: int) -> None:
        seen[doing] = (done, total)

    report = audit(teller.chain, teller.deployment, index, progress=progress)
    assert list(seen) == ["Retelling events", "Comparing storage", "Checking invariants"]
    told, events = seen.pop("Retelling events")
    assert told <= events < told + 10 < report.events
    assert seen["Comparing storage"] == (report.slots, report.slots)
    assert all(done == total for done, total in seen.values())


def test_an_audit_starts_from_an_empty_index(teller: Teller, tmp_path: Path) -> None:
    with Index.open(tmp_path / "new.sqlite") as index:
        assert audit(teller.chain, teller.deployment, index).holds
