"""A buyer's policy: its file, what it admits and why not the rest, and the lots that it picks."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from onetonne.errors import BadInput, FileError
from onetonne.labels import HeldLabel, Histories
from onetonne.labels.entries import Issued, Permission, Place, Project, Said
from onetonne.policy import ANY, BatchFacts, Choice, Facts, Policy, pick, read_policy
from onetonne.terms import (
    Address,
    Batch,
    BatchId,
    Days,
    FreezeScope,
    Holding,
    Kilograms,
    Lot,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Purpose,
    Seconds,
    Serial,
    Use,
    VerificationId,
    to_days,
)

TODAY = date(2026, 6, 15)
HOLDER = Address("0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045")
CCP, CORSIA = HeldLabel("CCP", False), HeldLabel("CORSIA-1", True)


def facts(number: int = 1, year: int = 2020, **fields: Any) -> BatchFacts:
    batch = Batch(
        id=BatchId(number),
        first=Serial(1),
        last=Serial(100),
        verification=VerificationId(1),
        project=ProjectId(1),
        programme=ProgrammeId(1),
        methodology=MethodologyId(1),
        vintage_start=date(year, 1, 1),
        vintage_end=date(year, 12, 31),
        vintage_year=year,
        retired=Kilograms(0),
        cancelled=Kilograms(0),
        redeemed=Kilograms(0),
        issued_at=Seconds(1),
    )
    given: dict[str, Any] = {"labels": (CCP, CORSIA), **fields}
    return BatchFacts(batch, "VCS", "1340", "ET", "VCS:VM0048:1.0", **given)


def all_facts(*batches: BatchFacts, frozen_accounts: frozenset[Address] = frozenset()) -> Facts:
    histories = Histories()
    project = Project(ProjectId(1), ProgrammeId(1), "1340", "AFOLU", "ET", Days(0))
    for one in batches:
        batch = one.batch
        days = to_days(batch.vintage_start), to_days(batch.vintage_end)
        histories.batches[batch.id] = Issued(
            batch.id, project, batch.methodology, *days, batch.vintage_year, batch.issued_at
        )
    return Facts(Seconds(1_781_500_000), histories, batches, frozen_accounts)


def holding(number: int, tonnes: int, frozen: int = 0) -> Holding:
    return Holding(HOLDER, BatchId(number), Kilograms(tonnes * 1000), Kilograms(frozen * 1000))


REASONS: list[tuple[Policy, BatchFacts, list[str]]] = [
    (Policy(), facts(), []),
    (Policy(labels=("CCP", "CORSIA-1")), facts(), []),
    (Policy(labels=("CCP", "CCER")), facts(), ["has no label CCER"]),
    (Policy(labels=("CCP",)), facts(labels=()), ["has no label CCP"]),
    (Policy(labels=("CORSIA-1",), no_conditional=True), facts(), ["label CORSIA-1 is conditional"]),
    (Policy(labels=("CCP",), no_conditional=True), facts(), []),
    (Policy(vintage_from=2021), facts(), ["vintage 2020 lies before 2021"]),
    (Policy(vintage_to=2019), facts(), ["vintage 2020 lies after 2019"]),
    (Policy(vintage_from=2020, vintage_to=2020), facts(), []),
    (Policy(programmes=Choice(("ART", "GS"))), facts(), ["programme VCS is not among ART, GS"]),
    (Policy(programmes=Choice((), ("VCS",))), facts(), ["programme VCS is out"]),
    (Policy(programmes=Choice(("VCS",), ("GS",))), facts(), []),
    (Policy(methodologies=Choice(("VCS:VM0048",))), facts(), []),
    (Policy(methodologies=Choice(("VCS:VM0048:1.0",))), facts(), []),
    (
        Policy(methodologies=Choice(("VCS:VM0048:1",))),
        facts(),
        ["methodology VCS:VM0048:1.0 is not among VCS:VM0048:1"],
    ),
    (Policy(methodologies=Choice((), ("VCS:VM0048",))), facts(), ["methodology VCS:VM0048:1.0 is out"]),
    (Policy(methodologies=Choice((), ("VCS:VM004",))), facts(), []),
    (Policy(countries=Choice(("KE",))), facts(), ["country ET is not among KE"]),
    (Policy(countries=Choice((), ("ET",))), facts(), ["country ET is out"]),
    (Policy(maximum_age_years=6), facts(), []),
    (Policy(maximum_age_years=5), facts(), ["vintage ended on 2020-12-31, more than 5 years ago"]),
    (Policy(maximum_age_years=1), facts(year=2025), []),
    (Policy(maximum_age_years=0), facts(year=2025), ["vintage ended on 2025-12-31, more than 0 years ago"]),
    (Policy(), facts(over_issued=Kilograms(1500)), ["1.5 t of it are marked as over-issued"]),
    (Policy(exclude_over_issued=False), facts(over_issued=Kilograms(1500)), []),
    (
        Policy(),
        facts(frozen=(FreezeScope.BATCH, FreezeScope.PROGRAMME)),
        ["frozen: batch, programme"],
    ),
    (Policy(exclude_frozen=False), facts(frozen=(FreezeScope.BATCH,)), []),
    (
        Policy(labels=("CCER",), vintage_from=2021, countries=Choice(("KE",))),
        facts(),
        ["has no label CCER", "vintage 2020 lies before 2021", "country ET is not among KE"],
    ),
]


@pytest.mark.parametrize(("policy", "batch", "reasons"), REASONS)
def test_policy_admits_or_says_why_not(policy: Policy, batch: BatchFacts, reasons: list[str]) -> None:
    assert policy.admits(batch, TODAY) == reasons


def test_age_counts_to_the_day() -> None:
    policy, batch = Policy(maximum_age_years=5), facts()
    assert policy.admits(batch, date(2025, 12, 31)) == []
    assert policy.admits(batch, date(2026, 1, 1)) != []


def test_labels_required_besides_are_added_once() -> None:
    assert Policy(labels=("CCP",)).requiring(["CCER", "CCP"]).labels == ("CCP", "CCER")


FULL = """
labels = ["ccp", "CORSIA-1"]
no_conditional = true
maximum_age_years = 8
exclude_over_issued = false
exclude_frozen = false
[vintages]
from = 2018
to = 2024
[programmes]
in = ["VCS", "ART"]
[methodologies]
in = ["VCS:VM0048"]
out = ["VCS:VM0048:1.0", "vcs:vm0007"]
[countries]
out = ["xx"]
"""
EXPECTED = Policy(
    labels=("CCP", "CORSIA-1"),
    no_conditional=True,
    vintage_from=2018,
    vintage_to=2024,
    programmes=Choice(("VCS", "ART")),
    methodologies=Choice(("VCS:VM0048",), ("VCS:VM0048:1.0", "VCS:VM0007")),
    countries=Choice((), ("XX",)),
    maximum_age_years=8,
    exclude_over_issued=False,
    exclude_frozen=False,
)


def written(folder: Path, text: str, name: str = "p.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_policy_is_read_from_toml_and_json(tmp_path: Path) -> None:
    assert read_policy(written(tmp_path, FULL)) == EXPECTED
    content = {
        "labels": ["CCP", "CORSIA-1"],
        "no_conditional": True,
        "maximum_age_years": 8,
        "exclude_over_issued": False,
        "exclude_frozen": False,
        "vintages": {"from": 2018, "to": 2024},
        "programmes": {"in": ["VCS", "ART"]},
        "methodologies": {"in": ["VCS:VM0048"], "out": ["VCS:VM0048:1.0", "VCS:VM0007"]},
        "countries": {"out": ["XX"]},
    }
    assert read_policy(written(tmp_path, json.dumps(content), "p.JSON")) == EXPECTED


def test_policy_that_says_nothing_leaves_out_what_is_frozen_or_over_issued(tmp_path: Path) -> None:
    found = read_policy(written(tmp_path, ""))
    assert found == Policy()
    assert found.exclude_over_issued
    assert found.exclude_frozen
    assert (ANY.exclude_over_issued, ANY.exclude_frozen) == (False, False)


REFUSED = [
    ("label = 1", "key 'label' is unknown; known are labels, no_conditional,"),
    ("[vintages]\nsince = 1", "key 'vintages.since' is unknown; known are from, to"),
    ("[programmes]\nincluded = 1", "key 'programmes.included' is unknown; known are in, out"),
    ('labels = "CCP"', 'key \'labels\' is no list of texts; write it as ["A", "B"]'),
    ("labels = [1]", "key 'labels' is no list of texts"),
    ("labels = []", "key 'labels' is empty; name at least one, or leave the key out"),
    ('labels = ["C P"]', "key 'labels' has 'C P', which can't be one; write a code such as VCS or CCP"),
    ("no_conditional = 1", "key 'no_conditional' is '1'; write true or false"),
    ("maximum_age_years = true", "key 'maximum_age_years' is 'True'; write a whole number from 0 to 1000"),
    ("maximum_age_years = -1", "key 'maximum_age_years' is '-1'"),
    ("maximum_age_years = 1.5", "key 'maximum_age_years' is '1.5'"),
    ("vintages = 2020", "key 'vintages' is no table; write from, to in it"),
    ("vintages = {from = 2024, to = 2020}", "key 'vintages' ends before it starts; exchange from and to"),
    ("vintages = {from = 20}", "key 'vintages.from' is '20'; write a whole number from 1970 to 9999"),
    ('programmes = {in = ["A"], out = ["a"]}', "key 'programmes' has 'A' both in and out; take one away"),
    ('methodologies = {in = ["VM0048"]}', "key 'methodologies.in' has 'VM0048', which can't be one"),
    ('methodologies = {in = ["VCS:"]}', "key 'methodologies.in' has 'VCS:', which can't be one"),
    (
        'countries = {in = ["Kenya"]}',
        "key 'countries.in' has 'Kenya', which can't be one; write the ISO 3166-1 alpha-2 code",
    ),
    ("labels = [", "it is no TOML ("),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_policy_file_is_refused_naming_the_key(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(FileError, match=re.escape(f"File {path}: {said}")) as refusal:
        read_policy(path)
    assert "\n" not in str(refusal.value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    for name, text, said in (
        ("p.yaml", "", "a policy is a TOML or JSON file; name it .toml or .json"),
        ("p.json", "[]", "it has no keys; write some of labels,"),
        ("p.json", "{", "it is no JSON ("),
        ("p.json", '{"labels": ["A"], "labels": ["B"]}', "it is no JSON (a key comes twice)"),
    ):
        with pytest.raises(FileError, match=re.escape(said)):
            read_policy(written(tmp_path, text, name))
    with pytest.raises(FileError, match=r"it can't be read \(No such file or directory\)"):
        read_policy(tmp_path / "none.toml")
    (tmp_path / "l.toml").write_bytes(b"\xff")
    with pytest.raises(FileError, match="no text in UTF-8"):
        read_policy(tmp_path / "l.toml")


def picked(
    holdings: list[Holding], found: Facts, tonnes: float, policy: Policy = ANY, purpose: int = 0
) -> list[Lot]:
    wanted = Kilograms(round(tonnes * 1000))
    return [one.lot for one in pick(holdings, found, policy, wanted, Purpose(purpose), "Account x")]


def test_oldest_vintage_is_picked_first_and_within_it_the_lowest_batch() -> None:
    found = all_facts(facts(1, 2022), facts(2, 2019), facts(3, 2021), facts(4, 2019))
    held = [holding(4, 5), holding(3, 5), holding(2, 5), holding(1, 5)]
    lots = [(lot.batch, lot.kilograms) for lot in picked(held, found, 12.5)]
    assert lots == [(2, 5000), (4, 5000), (3, 2500)]
    assert sum(lot.kilograms for lot in picked(held, found, 20)) == 20_000


def test_frozen_parts_and_batches_stay() -> None:
    found = all_facts(facts(1, 2019), facts(2, 2020, frozen=(FreezeScope.PROJECT,)), facts(3, 2021))
    held = [holding(1, 5, frozen=3), holding(2, 5), holding(3, 5, frozen=900)]
    assert picked(held, found, 2) == [Lot(BatchId(1), Kilograms(2000))]
    with pytest.raises(BadInput) as refusal:
        picked(held, found, 3)
    assert str(refusal.value) == (
        "Account x holds 2 t that fit, and 3 t are wanted: 1 t are lacking; buy more, ask for less, or see "
        "why the rest falls out: batch 1 (3 t): frozen for this account; batch 2 (5 t): frozen: project; "
        "batch 3 (5 t): frozen for this account."
    )


def test_frozen_account_retires_nothing() -> None:
    found = all_facts(facts(1), frozen_accounts=frozenset({HOLDER}))
    with pytest.raises(BadInput, match=r"batch 1 \(5 t\): frozen: account\."):
        picked([holding(1, 5)], found, 1)


def test_long_lists_of_what_falls_out_are_cut() -> None:
    batches = [facts(number, labels=()) for number in range(1, 9)]
    held = [holding(number, 1) for number in range(1, 9)]
    with pytest.raises(BadInput, match=r"batch 5 \(1 t\): has no label CCP; and 3 more\.$"):
        picked(held, all_facts(*batches), 1, Policy(labels=("CCP",)))


def test_more_lots_than_a_transaction_takes_are_refused() -> None:
    batches = [facts(number) for number in range(1, 301)]
    held = [holding(number, 1) for number in range(1, 301)]
    assert len(picked(held, all_facts(*batches), 150)) == 150
    with pytest.raises(BadInput) as refusal:
        picked(held, all_facts(*batches), 151)
    assert str(refusal.value) == (
        "151 t would take 151 batches, and one transaction retires 150 at most: "
        "retire 150 t first, then the rest."
    )


def test_vintages_that_no_host_has_authorised_are_not_for_corsia() -> None:
    found = all_facts(facts(1, 2020), facts(2, 2021))
    held = [holding(1, 5), holding(2, 5)]
    assert picked(held, found, 5, purpose=Purpose.CORSIA_PHASE_1) == [Lot(BatchId(1), Kilograms(5000))]
    with pytest.raises(BadInput, match=r"batch 2 \(5 t\): its host country has not authorised this use"):
        picked(held, found, 6, purpose=Purpose.CORSIA_PHASE_1)


def test_what_a_host_country_authorises_is_shared_by_batches() -> None:
    found = all_facts(facts(1, 2021), facts(2, 2021), facts(3, 2022))
    said, place = Said("", Days(0), bytes(32)), Place(1, 1, Seconds(1))
    uses = frozenset({Use.INTERNATIONAL_MITIGATION})
    named = frozenset(map(BatchId, (1, 2)))
    permission = Permission(uses, Kilograms(8000), named, said, place)
    found.histories.authorisations[ProjectId(1), 2021].append(permission)
    found.histories.used[ProjectId(1), 2021].transferred = Kilograms(2000)
    held = [holding(1, 5), holding(2, 5), holding(3, 5)]
    lots = picked(held, found, 6, purpose=Purpose.CORSIA_PHASE_1)
    assert [(lot.batch, lot.kilograms) for lot in lots] == [(1, 5000), (2, 1000)]
    with pytest.raises(
        BadInput, match=r"6 t that fit.*batch 2 \(4 t\): what its host .* is used up; batch 3"
    ):
        picked(held, found, 7, purpose=Purpose.CORSIA_PHASE_1)
    assert len(picked(held, found, 15)) == 3


def test_policy_with_its_own_label_names_it_once() -> None:
    batch = facts(1, labels=())
    found = all_facts(batch)
    found.histories.demands[Purpose.OTHER] = "CCP"
    for policy, said in (
        (Policy(labels=("CCP",)), "has no label CCP."),
        (replace(ANY), "has no label CCP, which the purpose demands."),
    ):
        with pytest.raises(BadInput, match=rf"batch 1 \(5 t\): {re.escape(said)}$"):
            picked([holding(1, 5)], found, 1, policy, Purpose.OTHER)
