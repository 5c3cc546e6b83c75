"""The parts of an audit that need no chain."""

from collections import Counter
from datetime import date
from itertools import combinations
from random import Random
from typing import Any

import pytest
from eth_utils.crypto import keccak

from onetonne import artifacts
from onetonne.audit.checks import Evidence
from onetonne.audit.kinds import DATED, HEAD, KINDS
from onetonne.audit.labelling import enter, entries
from onetonne.audit.layout import APPROVAL, AUTHORISATION, RANGE
from onetonne.audit.monitoring import missing
from onetonne.audit.notes import alike_names, notes
from onetonne.audit.ranges import Range, overlaps, put_ranges, walk
from onetonne.audit.report import TITLES, AuditReport, Finding, Result
from onetonne.audit.story import Figures, Story
from onetonne.audit.tonnage import Market
from onetonne.terms import to_days

# Variables that no event decides: set once at creation, or OpenZeppelin's own for another purpose.
NOT_DECIDED = {
    ("Credits", "_uri"),
    ("Credits", "_consumingSchedule"),
    ("Labels", "_consumingSchedule"),
    ("Programmes", "_consumingSchedule"),
    ("Projects", "_consumingSchedule"),
    ("Shortfalls", "_consumingSchedule"),
    ("Projects", "_nameFallback"),
    ("Projects", "_versionFallback"),
    ("Shortfalls", "_nameFallback"),
    ("Shortfalls", "_versionFallback"),
    ("SignedOrders", "_nameFallback"),
    ("SignedOrders", "_versionFallback"),
}
CONTRACTS = (
    "Credits",
    "Projects",
    "Programmes",
    "Labels",
    "Redemptions",
    "Shortfalls",
    "Certificates",
    "Renderer",
    "SignedOrders",
)


def test_every_state_variable_is_audited_or_known_not_to_be() -> None:
    variables = set[tuple[str, str]]()
    for name in CONTRACTS:
        layout = artifacts.load(name).storage_layout
        labels = Counter(entry["label"] for entry in layout["storage"])
        for entry in layout["storage"]:
            label, type_label = entry["label"], layout["types"][entry["type"]]["label"]
            variables.add((name, label if labels[label] == 1 else f"{label}: {type_label}"))
    assert {(kind.contract, kind.variable) for kind in KINDS.values()} | NOT_DECIDED == variables


def test_every_invariant_of_a_kind_is_reported() -> None:
    named = {
        one for kind in KINDS.values() for many in (kind.invariants, *kind.by_field.values()) for one in many
    }
    assert named <= TITLES.keys()


def test_fields_that_break_an_invariant_exist() -> None:
    for kind in KINDS.values():
        if kind.by_field:
            fields = {
                field.name for field in kind.shape((1,) if kind.name != "ledger counters" else ()).fields
            }
            assert kind.by_field.keys() <= fields, kind.name


def test_slots_of_mappings_follow_from_the_layout() -> None:
    batches = artifacts.load("Credits").slot("_batches")
    expected = keccak((7).to_bytes(32) + batches.to_bytes(32))
    assert KINDS["batch"].slot((7,)) == int.from_bytes(expected)
    serials = artifacts.load("Credits").slot("_serials")
    head = keccak(b"n" * 32 + serials.to_bytes(32))
    assert KINDS["serial range"].slot((b"n" * 32, HEAD)) == int.from_bytes(head)
    ranges = (int.from_bytes(head) + 1).to_bytes(32)
    assert KINDS["serial range"].slot((b"n" * 32, 9)) == int.from_bytes(keccak((9).to_bytes(32) + ranges))


def test_a_dated_entry_lies_in_the_list_of_its_subject() -> None:
    approvals = artifacts.load("Labels").slot("_programmeApprovals").to_bytes(32)
    of_label = keccak(b"CCP".ljust(32, b"\0") + approvals)
    length = keccak((7).to_bytes(32) + of_label)
    key = (b"CCP".ljust(32, b"\0"), 7)
    assert KINDS["programme approval count"].slot(key) == int.from_bytes(length)
    assert KINDS["programme approval"].slot((*key, 3)) == int.from_bytes(keccak(length)) + 3


def test_dated_entries_are_the_checkpoints_that_the_layout_has() -> None:
    types = artifacts.load("Labels").storage_layout["types"].values()
    (checkpoint,) = (kind for kind in types if kind["label"] == "struct Checkpoints.Checkpoint208")
    members = {one["label"]: (one["slot"], 8 * one["offset"]) for one in checkpoint["members"]}
    assert members == {"_key": ("0", 0), "_value": ("0", 48)}
    assert int(checkpoint["numberOfBytes"]) == 32
    assert set(DATED) == {
        "programme approval",
        "methodology approval",
        "activity type exclusion",
        "methodology exclusion",
        "guarantee",
        "authorisation",
        "naming",
        "adjustment",
    }


def test_an_approval_is_read_as_the_contract_packs_it() -> None:
    value = 2 | 16_801 << 8 | 22_279 << 40 | 16_802 << 72
    word = 1_790_000_001 | value << 48
    assert APPROVAL.decode([word]) == {
        "key": 1_790_000_001,
        "state": 2,
        "vintageStart": 16_801,
        "vintageEnd": 22_279,
        "creditingFrom": 16_802,
        "padding": 0,
    }
    letter = AUTHORISATION.decode([1 | (12 | 70_000 << 8 | 3 << 56) << 48 | 1 << 140])
    assert letter == {"key": 1, "uses": 12, "cap": 70_000, "number": 3, "padding": 1 << 140}


@pytest.mark.parametrize("kind", ["batch", "retirement", "redemption", "verification", "vvb", "vvb count"])
def test_values_that_fit_are_packed_without_loss_and_others_are_not(kind: str) -> None:
    shape = KINDS[kind].shape(() if kind == "vvb count" else (1,))
    chance = Random(kind)
    values = {field.name: chance.getrandbits(field.bits) for field in shape.fields}
    packed = shape.encode(values)
    assert packed is not None
    words = [int.from_bytes(packed[at : at + 32]) for at in range(0, len(packed), 32)]
    assert len(words) == shape.slots
    assert shape.decode(words) == values | ({} if shape.shared else {"padding": 0})
    for field in shape.fields:
        assert shape.encode(values | {field.name: 1 << field.bits}) is None
        assert shape.encode(values | {field.name: -1}) is None


def test_a_struct_inside_a_struct_has_its_fields() -> None:
    fields = {field.name: (field.slot, field.shift) for field in KINDS["framework"].shape((b"A",)).fields}
    assert fields == {
        "body": (0, 0),
        "admittedAt": (0, 160),
        "byProgramme": (1, 0),
        "byMethodology": (1, 8),
        "use": (1, 16),
        "adjusted": (1, 24),
    }


def test_entries_of_one_second_count_as_the_last() -> None:
    story = Story()
    for time, on in ((5, 1), (5, 0), (9, 1)):
        enter(story, "adjustment", (4, 2021), time, {"set": on})
    assert story.dated["adjustment"][4, 2021] == [{"key": 6, "set": 0}, {"key": 10, "set": 1}]


@pytest.mark.parametrize(("second", "holds"), [(7, True), (6, False), (5, False)])
def test_entries_on_one_subject_count_one_after_the_other(second: int, holds: bool) -> None:
    figures = Figures()
    for position, key in enumerate((6, second)):
        figures.put("adjustment", (4, 2021, position), {"key": key, "set": 1})
    figures.put("adjustment", (4, 2022, 0), {"key": 2, "set": 1})  # another subject
    findings = list(entries(Evidence(Story(), figures, True)))
    assert [one.invariant for one in findings] == ([] if holds else ["I9"])


def monitored(*periods: tuple[date, date], years: int, without_data: int = 0) -> list[str]:
    """What an acceptance of the last period lacks, after the others were accepted."""
    story = Story()
    story.figures.put("methodology", (1,), {"monitoringYears": years})
    for number, (start, end) in enumerate(periods, 1):
        fields = {"periodStart": to_days(start), "periodEnd": to_days(end), "status": 2, "supersedes": 0}
        fields |= {"methodology": 1, "component": 1, "dataRoot": int(number != without_data)}
        story.figures.put("verification", (number,), fields)
        story.claims[1].append(number)
    return list(missing(story, len(periods)))


def year(number: int) -> tuple[date, date]:
    return date(number, 1, 1), date(number, 12, 31)


def test_demanded_years_of_monitoring_must_follow_each_other() -> None:
    assert monitored(year(2021), year(2020), year(2022), years=3) == []
    assert monitored(year(2022), years=1) == []
    assert monitored(year(2022), years=0) == []
    (gap,) = monitored(year(2020), (date(2021, 1, 2), date(2021, 12, 31)), year(2022), years=3)
    assert gap.endswith("demands 3 years of monitoring, of which 2021-01-01 was in no accepted period")


def test_a_year_without_the_hash_of_its_data_was_not_monitored() -> None:
    years = (year(2020), year(2021), year(2022))
    (gap,) = monitored(*years, years=3, without_data=2)
    assert "of which 2021-12-31" in gap
    (own,) = monitored(*years, years=3, without_data=3)
    assert own == "verification 3 was accepted without the hash of its monitoring data"


def test_years_are_counted_over_29_february_and_before_1970() -> None:
    last = (date(2023, 3, 1), date(2024, 2, 28))  # the next day is 29 February, which 2023 had not
    assert monitored(last, years=1) == []
    assert monitored((date(2023, 3, 2), date(2024, 2, 28)), years=1)
    assert monitored((date(1970, 1, 1), date(1972, 12, 31)), years=200) == []


def test_short_bytes_as_a_key_are_padded_on_the_right() -> None:
    by_site = artifacts.load("Projects").slot("_activityBySite").to_bytes(32)
    inner = keccak(b"KE".ljust(32, b"\0") + by_site)
    assert KINDS["activity by site"].slot((b"KE", b"s" * 32)) == int.from_bytes(keccak(b"s" * 32 + inner))


def test_bits_of_no_field_are_padding() -> None:
    shape = KINDS["redemption"].shape((1,))
    assert shape.decode([0, 1 << 255])["padding"] == 1 << (256 + 255)
    assert shape.decode([0, 0])["padding"] == 0


def set_of(*ranges: Range) -> Figures:
    figures = Figures()
    put_ranges(figures, "serial range", 1, ranges)
    return figures


def test_a_set_is_walked_from_the_top_down() -> None:
    some = [Range(10, 19, 1), Range(0, 0, 2), Range(30, 2**64 - 2, 3)]
    found, problems = walk(set_of(*some), "serial range", 1)
    assert (found, problems) == ([some[2], some[0], some[1]], [])
    assert walk(set_of(), "serial range", 1) == ([], [])


@pytest.mark.parametrize(
    ("key", "change", "problem"),
    [
        (HEAD, {"next": 18}, "the link to 18 leads nowhere"),
        (HEAD, {"next": 50}, "leads up to 50"),
        (19, {"last": 18}, "says that it ends at 18"),
        (19, {"owner": 0}, "has no owner"),
        (19, {"first": 25, "last": 24}, "the range 25 to 24 is none"),
    ],
)
def test_a_broken_list_is_named_and_ends(key: Any, change: dict[str, int], problem: str) -> None:
    figures = set_of(Range(10, 19, 1), Range(30, 40, 3))
    figures.get("serial range", 1, key).update(change)
    _, problems = walk(figures, "serial range", 1)
    assert problem in " ".join(problems)


def test_a_range_hidden_below_a_long_one_overlaps_it() -> None:
    long, short, after = Range(0, 100, 1), Range(10, 20, 2), Range(90, 120, 3)
    assert list(overlaps([after, short, long])) == [(long, short), (long, after)]
    assert not list(overlaps([Range(0, 9, 1), Range(10, 20, 2)]))


def test_a_word_of_the_set_has_four_fields() -> None:
    word = (4 << 192) | (3 << 128) | (2 << 64) | 1
    assert RANGE.decode([word]) == {"last": 4, "first": 3, "next": 2, "owner": 1, "padding": 0}


def two_projects(second_name: str, second_start: int, *, activity: int = 2) -> Story:
    story = Story()
    periods = [(0, 364), (second_start, second_start + 364)]
    for number, name in ((1, "Kisumu Cookstoves Project"), (2, second_name)):
        site = number if number == 1 else activity
        story.figures.put("activity", (site,), {"country": 0x4B45, "programmes": 1})
        story.figures.put("project", (number,), {"activity": site, "activityType": 5})
        story.project_names[number] = name
        start, end = periods[number - 1]
        fields = {"project": number, "acceptedAt": 9, "periodStart": start, "periodEnd": end}
        story.figures.put("verification", (number,), fields)
    return story


def test_likely_duplicates_are_noted() -> None:
    (note,) = notes(two_projects("Cookstoves of Kisumu", 100))
    assert note.startswith("Projects 1 and 2 are of different activities (1 and 2), in one country")


def test_projects_that_differ_in_name_period_or_share_an_activity_are_not() -> None:
    assert notes(two_projects("Mangroves of Lamu", 100)) == ()
    assert notes(two_projects("Cookstoves of Kisumu", 365)) == ()
    assert notes(two_projects("Cookstoves of Kisumu", 100, activity=1)) == ()


def test_a_report_holds_only_without_findings() -> None:
    finding = Finding("I1", "batch 3", (3,), "In storage, something is wrong.", "1", "2")
    good, bad = Result("I2", "all", 1, "batches", 1000), Result("I1", "all", 1, "batches", 1000, (finding,))
    nothing = Market((), (), (), ())
    report = AuditReport(1, 2, "0x03", 9, {}, (bad, good), 4, 5, "eth_call", ("the weather",), nothing)
    assert not report.holds
    assert report.to_json()["not_checked"] == ["the weather"]
    assert report.findings == (finding,)
    assert [one["verdict"] for one in report.to_json()["invariants"]] == ["broken", "holds"]
    assert report.to_json()["invariants"][0]["findings"][0]["batches"] == [3]
    with pytest.raises(KeyError):
        report.result("I9")


@pytest.mark.parametrize("seed", range(20))
def test_names_that_are_alike_are_all_found(seed: int) -> None:
    chance = Random(seed)
    names = [frozenset(chance.sample("abcdefghij", chance.randrange(7))) for _ in range(60)]
    pairs = combinations(range(len(names)), 2)
    alike = [
        (one, two)
        for one, two in pairs
        if 5 * len(names[one] & names[two]) >= 3 * len(names[one] | names[two])
    ]
    assert alike_names(names) == [(one, two) for one, two in alike if names[one]]
