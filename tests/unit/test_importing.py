"""Plans: what an export would put on a chain, without one. The chain is a list of events."""

from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from exports import VCS_HEADER, real_file, vcs_row, write_layout, write_vcs

from onetonne import serials
from onetonne.chain import Event
from onetonne.errors import BadInput, FileError
from onetonne.importing import ChainState, ImportPlan, Seen, plan, read_source
from onetonne.importing.spellings import spelled_in, with_spellings
from onetonne.terms import Address, CancellationKind, Purpose, code_bytes32, to_days

OPERATOR = Address("0x" + "11" * 20)
VVB = Address("0x" + "22" * 20)
TODAY = date(2026, 11, 23)
FIRST = 990_000_001


def event(name: str, **arguments: Any) -> Event:
    return Event(name, "0x" + "00" * 20, arguments, 0)


def admitted(code: str = "VCS", operator: Address = OPERATOR) -> list[Event]:
    return [
        event("ProgrammeAdmitted", programme=1, code=code_bytes32(code), operator=operator),
        event("VvbAdmitted", vvb=1, code=code_bytes32("VVB-A"), account=VVB),
    ]


def chain_of(*events: Event, chain_id: int = 31337) -> ChainState:
    return ChainState.of(chain_id, TODAY, [*admitted(), *events])


def verified(
    cap_tonnes: int,
    *,
    start: date = date(2022, 1, 1),
    end: date = date(2022, 12, 31),
    accepted: bool = True,
    salt: bytes = bytes(32),
) -> list[Event]:
    """Project VCS9101 on chain, with a verification of its methodology VMR0006."""
    proposal = {
        "project": 1,
        "component": 1,
        "methodology": 1,
        "periodStart": to_days(start),
        "periodEnd": to_days(end),
        "verified": cap_tonnes * 1000,
        "salt": salt,
    }
    unstated = code_bytes32("UNSTATED")
    made = [
        event(
            "MethodologyRegistered",
            methodology=1,
            programme=1,
            code=code_bytes32("VMR0006"),
            version=unstated,
        ),
        event("ComponentProposed", component=1, activity=1),
        event("ProjectRegistered", project=1, programme=1, activity=1, code=code_bytes32("VCS9101")),
        event("VerificationProposed", verification=1, vvb=1, proposal=proposal),
    ]
    return [
        *made,
        *([event("VerificationAccepted", verification=1, cap=cap_tonnes * 1000)] if accepted else []),
    ]


def issued(first: int, last: int, batch: int = 1, **other: Any) -> Event:
    vintage = {"vintageStart": to_days(date(2022, 1, 1)), "vintageEnd": to_days(date(2022, 12, 31))}
    return event(
        "BatchIssued",
        **(
            {"batch": batch, "verification": 1, "prefix": "VCS-VCU", "first": first, "last": last}
            | vintage
            | other
        ),
    )


def row(first: int, last: int, **cells: str) -> dict[str, str]:
    return vcs_row(first, last, **({"Methodology": "VMR0006"} | cells))


def of_period(first: int, last: int, start: date, end: date, **cells: str) -> dict[str, str]:
    serial = f"21001-{first}-{last}-VCS-VCU-2001-VER-KE-3-9101-{start:%d%m%Y}-{end:%d%m%Y}-0"
    days = {"Vintage Start": start.isoformat(), "Vintage End": end.isoformat(), "Serial Number": serial}
    return row(first, last, **(days | cells))


RETIRED = {
    "Retirement/Cancellation Date": "2024-09-30",
    "Retirement Beneficiary": "Harbour Lights Ferries Ltd",
    "Retirement Reason": "Environmental Benefit",
    "Retirement Details": "for fuel; ask ann@ferries.example",
}
CANCELLED = {"Retirement/Cancellation Date": "2024-10-01", "Retirement Reason": "Cancellation"}


@pytest.fixture(autouse=True)
def _methodology_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exports.VCS_HEADER", [*VCS_HEADER, "Methodology"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.csv"


def planned(
    path: Path, rows: list[dict[str, str]], state: ChainState | None = None, *, history: bool = False
) -> ImportPlan:
    write_vcs(path, rows)
    return plan(read_source(path), state or chain_of(), OPERATOR, vvb=VVB, history=history)


def reasons(made: ImportPlan) -> dict[int, str]:
    return {refusal.origin.row: refusal.reason for refusal in made.refused}


def check_totals(made: ImportPlan, rows: int, tonnes: int) -> None:
    assert made.rows == rows
    assert made.accepted_tonnes + made.refused_tonnes == made.tonnes == tonnes


def test_live_rows_become_batches_under_one_verification_a_period(path: Path) -> None:
    made = planned(path, [row(FIRST + 10, FIRST + 29), row(FIRST, FIRST + 9)])
    assert [one.block.first for one in made.batches] == [FIRST, FIRST + 10]  # ascending: cheap hints
    (verification,) = made.verifications
    assert verification.kilograms == 30_000
    assert (verification.period.start, verification.period.end) == (date(2022, 1, 1), date(2022, 12, 31))
    assert [project.code for project in made.projects] == ["VCS9101"]
    assert [str(key) for key in made.methodologies] == ["VMR0006 UNSTATED"]
    assert made.steps == 1 + 1 + 2 + 2
    check_totals(made, 2, 30)


def test_several_methodologies_of_a_row_are_composed(path: Path) -> None:
    both = of_period(11, 20, date(2021, 1, 1), date(2021, 12, 31), Methodology="VMR0006; VM0050")
    made = planned(path, [row(1, 10), both])
    assert [str(key) for key in made.methodologies] == [
        "VM0050 UNSTATED",
        "VMR0006 UNSTATED",
        "VM0050_VMR0006 UNSTATED",
    ]
    *single, composed = made.methodologies
    assert composed.parts == tuple(single)
    assert [one.period.methodology for one in made.batches] == [single[1], composed]


def test_parts_that_the_chain_has_are_not_registered_again(path: Path) -> None:
    both = of_period(1, 10, date(2021, 1, 1), date(2021, 12, 31), Methodology="VMR0006; VM0050")
    made = planned(path, [both], chain_of(*verified(10)))
    assert [key.code for key in made.methodologies] == ["VM0050", "VM0050_VMR0006"]


def test_a_methodology_named_twice_is_not_composed(path: Path) -> None:
    made = planned(path, [row(FIRST, FIRST + 9, **{"Methodology": "VMR0006; VMR0006"})])
    assert [key.parts for key in made.methodologies] == [()]


def test_more_methodologies_than_can_be_composed_are_refused(path: Path) -> None:
    codes = "; ".join(f"M{number}" for number in range(9))
    made = planned(path, [row(FIRST, FIRST + 9, **{"Methodology": codes})])
    assert reasons(made) == {2: "it names 9 methodologies, and one can be composed of 8 at most"}


def test_ended_credits_are_refused_with_their_day(path: Path) -> None:
    made = planned(path, [row(1, 10), row(11, 20, **RETIRED), row(21, 30, **CANCELLED)])
    assert reasons(made) == {
        3: "the programme registry shows it as retired since 2024-09-30: no token may stand for it",
        4: "the programme registry shows it as cancelled since 2024-10-01: no token may stand for it",
    }
    check_totals(made, 3, 30)


def test_ended_credits_that_are_live_on_chain_are_told_with_their_batch(path: Path) -> None:
    state = chain_of(*verified(10), issued(1, 10))
    made = planned(path, [row(1, 10, **RETIRED)], state)
    assert "yet batch 1 holds such serial numbers" in reasons(made)[2]
    assert made.refused[0].batch == 1


def test_history_brings_ended_credits_in_and_ends_them(path: Path) -> None:
    made = planned(path, [row(1, 10), row(11, 20, **RETIRED), row(21, 30, **CANCELLED)], history=True)
    assert not made.refused
    assert len(made.ending) == 2
    retired, cancelled = (one.ending for one in made.ending)
    assert retired is not None
    assert retired.details is not None
    assert retired.purpose is Purpose.VOLUNTARY
    assert retired.details.beneficiary == "Harbour Lights Ferries Ltd"
    assert retired.details.reason is not None
    assert retired.details.reason.startswith("simulated from export.csv row 3: Environmental Benefit")
    assert "ann@ferries.example" not in retired.details.text()
    assert cancelled is not None
    assert cancelled.kind is CancellationKind.VOLUNTARY
    assert cancelled.reason == "simulated from export.csv row 4: Cancellation"
    assert made.source == "simulated from export.csv"


@pytest.mark.parametrize("details", ["Compensation for reversal", "CORSIA"])
def test_what_no_holder_cancels_is_cancelled_in_a_history_as_ended_at_its_source(
    path: Path, details: str
) -> None:
    cells = CANCELLED | {"Retirement Details": details}
    made = planned(path, [row(1, 10, **cells)], history=True)
    (one,) = made.batches
    assert one.ending is not None
    assert one.ending.kind is CancellationKind.AT_SOURCE


@pytest.mark.parametrize(
    ("start", "end", "year"),
    [
        (date(2020, 7, 1), date(2021, 6, 30), 2021),
        (date(2019, 7, 1), date(2020, 12, 31), 2020),
        (date(2020, 12, 31), date(2022, 1, 1), 2022),
    ],
)
def test_where_no_year_is_declared_it_is_that_of_the_last_day(
    path: Path, start: date, end: date, year: int
) -> None:
    """The first day's would let a vintage that spans New Year 2021 pass by its host country (I8)."""
    (one,) = planned(path, [of_period(1, 10, start, end)]).batches
    assert (one.vintage_start, one.vintage_end, one.vintage_year) == (start, end, year)


def test_history_is_refused_on_a_shared_chain(path: Path) -> None:
    with pytest.raises(BadInput, match="belongs on a local chain, chain 31337, not on chain 11155111"):
        planned(path, [row(1, 10)], chain_of(chain_id=11155111), history=True)


def test_defects_of_the_check_are_refusals_with_their_tonnes(path: Path) -> None:
    wrong = row(1, 10) | {"Quantity Issued": "11"}
    made = planned(path, [wrong, row(100, 199), row(150, 160), row(300, 309) | {"Serial Number": "?"}])
    assert sorted(reasons(made)) == [2, 3, 4, 5]
    assert "11 t, but serial numbers" in reasons(made)[2]
    assert "overlaps the block" in reasons(made)[3]
    assert "can't be read" in reasons(made)[5]
    check_totals(made, 4, 11 + 100 + 11 + 10)


def test_a_quantity_that_cannot_be_read_is_refused_without_tonnes(path: Path) -> None:
    made = planned(path, [row(1, 10) | {"Quantity Issued": "ten"}, row(20, 29)])
    assert [refusal.tonnes for refusal in made.refused] == [None]
    check_totals(made, 2, 10)


def test_what_is_on_chain_already_is_done(path: Path) -> None:
    state = chain_of(*verified(30), issued(1, 10))
    made = planned(path, [row(1, 10), row(11, 30)], state)
    assert [one.batch for one in made.batches] == [1, None]
    assert len(made.done) == 1
    (verification,) = made.verifications
    assert verification.accepted == 1
    assert made.steps == 1


def test_a_finished_import_has_nothing_left_to_do(path: Path) -> None:
    made = planned(path, [row(1, 10)], chain_of(*verified(10), issued(1, 10)))
    assert made.steps == 0
    check_totals(made, 1, 10)


@pytest.mark.parametrize(
    ("first", "last", "how"),
    [
        (1, 100, "its serial numbers are taken"),
        (45, 65, "its serial numbers are taken"),
        (20, 45, "its serial numbers are taken"),
    ],
)
def test_overlaps_with_the_chain_name_the_batch(path: Path, first: int, last: int, how: str) -> None:
    state = chain_of(*verified(1000), issued(41, 60, batch=1), issued(71, 80, batch=2))
    made = planned(path, [row(first, last)], state)
    assert reasons(made) == {2: f"{how}: batch 1 on chain holds VCS-VCU 41 to 60"}
    assert made.refused[0].batch == 1


SPLIT = [row(1, 4), row(5, 10), row(11, 20)]


def test_a_split_of_what_is_on_chain_is_no_second_issuance(path: Path) -> None:
    made = planned(path, SPLIT, chain_of(*verified(30), issued(1, 10)))
    assert [(one.batch, one.seen) for one in made.batches] == [(1, Seen.SPLIT), (1, Seen.SPLIT), (None, None)]
    assert not made.refused
    assert [one.block.first for one in made.new] == [11]
    check_totals(made, 3, 20)


def test_blocks_joined_since_are_no_second_issuance(path: Path) -> None:
    made = planned(path, [row(1, 20)], chain_of(*verified(30), issued(1, 10), issued(11, 20, batch=2)))
    assert [(one.batch, one.seen) for one in made.batches] == [(1, Seen.JOINED)]
    assert made.steps == 0
    check_totals(made, 1, 20)


def used(name: str, kilograms: int, batch: int = 1) -> Event:
    return event(name, batch=batch, kilograms=kilograms)


def test_a_split_retired_on_both_sides_is_done(path: Path) -> None:
    state = chain_of(*verified(30), issued(1, 10), used("Retired", 4_000))
    made = planned(path, [row(1, 4, **RETIRED), row(5, 10)], state)
    assert [one.seen for one in made.batches] == [Seen.ENDED, Seen.SPLIT]
    assert made.steps == 0


@pytest.mark.parametrize("kilograms", [3_999, 0])
def test_a_split_retired_at_the_programme_alone_is_refused(path: Path, kilograms: int) -> None:
    state = chain_of(*verified(30), issued(1, 10), used("Cancelled", kilograms))
    made = planned(path, [row(1, 4, **RETIRED), row(5, 10)], state)
    assert "no token may stand for it, yet batch 1 holds such" in reasons(made)[2]
    assert [one.seen for one in made.batches] == [Seen.SPLIT]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([row(1, 9)], "of which the file has 9 t: a corrected quantity"),
        ([row(1, 4), row(7, 10)], "of which the file has 8 t: a corrected quantity"),
        ([row(1, 11)], "a corrected quantity: it states 11 t from 1 to 11, and batch 1 on chain holds"),
    ],
)
def test_a_corrected_quantity_is_told(path: Path, rows: list[dict[str, str]], says: str) -> None:
    made = planned(path, rows, chain_of(*verified(30), issued(1, 10)))
    assert not made.batches
    assert all(says in reason for reason in reasons(made).values())
    assert {refusal.batch for refusal in made.refused} == {1}


def at_source(path: Path, rows: list[dict[str, str]], state: ChainState | None = None) -> ImportPlan:
    write_vcs(path, rows)
    return plan(read_source(path), state or chain_of(), OPERATOR, vvb=VVB, at_source=True)


def test_what_the_programme_ended_comes_in_to_be_cancelled(path: Path) -> None:
    made = at_source(path, [row(1, 10), row(11, 20, **RETIRED), row(21, 30, **CANCELLED)])
    assert not made.refused
    assert [one.ending.kind for one in made.ending if one.ending] == [CancellationKind.AT_SOURCE] * 2
    assert not any("Ferries" in str(one.ending) for one in made.batches)
    check_totals(made, 3, 30)


def moved(kilograms: int, to: Address, batch: int = 1) -> Event:
    nobody = Address("0x" + "00" * 20)
    return event("TransferSingle", **{"from": nobody, "to": to, "id": batch, "value": kilograms})


def gs_row(first: int, last: int, **cells: str) -> dict[str, str]:
    return {
        "serial": f"GS1-1-KE-GS9301-16-2023-30256-{first}-{last}",
        "quantity": str(last - first + 1),
        "status": "Issued",
        "project_id": "9301",
        "project_name": "Tharaka Boreholes",
        "vintage_year": "2023",
        "vintage_start": "2023-01-01",
        "vintage_end": "2023-12-31",
        "methodology": "GS TPDDTEC v3.1",
    } | cells


def test_what_was_issued_and_has_not_ended_is_live(tmp_path: Path) -> None:
    issued_in = write_layout(tmp_path / "issued.csv", "gs-issuances", gs_row(1, 100), gs_row(201, 210))
    ended = {"status": "Retired", "ended_on": "2024-05-01", "reason": "Voluntary"}
    damaged = ended | {"quantity": "3"}
    rows = [gs_row(11, 20, **ended), gs_row(91, 100, **ended), gs_row(31, 32, **damaged)]
    retired = write_layout(tmp_path / "retired.csv", "gs-retirements", *rows)
    state = ChainState.of(31337, TODAY, admitted("GS"))
    unknown = plan(read_source(issued_in), state, OPERATOR)
    assert set(reasons(unknown).values()) == {"it says what was issued, not whether it is still live"}
    made = plan(read_source(issued_in, None, [retired]), state, OPERATOR)
    blocks = [(one.block.first, one.block.last) for one in made.batches]
    assert blocks == [(1, 10), (21, 30), (33, 90), (201, 210)]
    assert [(one.origin.row, one.tonnes) for one in made.refused] == [(2, 22)]
    assert made.refused[0].reason.startswith("retired or cancelled since")
    check_totals(made, 2, 110)


def test_nothing_is_live_where_what_ended_cannot_be_read(tmp_path: Path) -> None:
    issued_in = write_layout(tmp_path / "issued.csv", "gs-issuances", gs_row(1, 100))
    ended = {"status": "Retired", "ended_on": "2024-05-01", "reason": "Voluntary", "serial": "GS1-?"}
    retired = write_layout(tmp_path / "retired.csv", "gs-retirements", gs_row(11, 20, **ended))
    with pytest.raises(FileError, match="10 t have serial numbers that can't be read"):
        read_source(issued_in, None, [retired])


def test_what_was_cut_off_before_its_cancellation_is_cancelled_yet(path: Path) -> None:
    state = chain_of(*verified(30), issued(1, 10), moved(10_000, OPERATOR))
    made = at_source(path, [row(1, 10, **RETIRED)], state)
    assert [(one.batch, one.done) for one in made.batches] == [(1, False)]
    done = chain_of(*verified(30), issued(1, 10), moved(10_000, OPERATOR), used("Cancelled", 10_000))
    assert at_source(path, [row(1, 10, **RETIRED)], done).steps == 0


def test_credits_that_others_hold_are_not_cancelled_as_ended_at_source(path: Path) -> None:
    state = chain_of(*verified(30), issued(1, 10), moved(10_000, VVB))
    made = at_source(path, [row(1, 10, **RETIRED)], state)
    assert "live and not the operator's" in reasons(made)[2]


def test_a_history_and_an_end_at_source_exclude_each_other(path: Path) -> None:
    write_vcs(path, [row(1, 10)])
    with pytest.raises(BadInput, match="choose one of them"):
        plan(read_source(path), chain_of(), OPERATOR, history=True, at_source=True)


def test_the_source_tells_how_serial_numbers_are_spelled(path: Path) -> None:
    other = {"Serial Number": "21002-31-40-VCS-VCU-2001-VER-KE-3-9101-01012022-31122022-1"}
    made = planned(path, [row(11, 20), row(1, 10), row(31, 40, **other)])
    (verification,) = made.verifications
    spelled = (
        "21001-1-20-VCS-VCU-2001-VER-KE-3-9101-01012022-31122022-0",
        "21002-31-40-VCS-VCU-2001-VER-KE-3-9101-01012022-31122022-1",
    )
    assert verification.spellings == spelled
    told = spelled_in(with_spellings(made.source, spelled))
    assert [serials.format(one) for one in told] == list(spelled)
    assert spelled_in("programme export a.csv") == spelled_in("x; spelled nonsense, 5") == ()


def test_a_title_without_a_code_has_one_of_our_own(path: Path) -> None:
    made = planned(path, [row(1, 10, Methodology="Stoves, of any kind")])
    (key,) = made.methodologies
    assert key.code.startswith("STOVES-OF-ANY-KIND-")


def test_blocks_between_those_on_chain_come_in(path: Path) -> None:
    state = chain_of(*verified(1000), issued(41, 60, batch=1), issued(71, 80, batch=2))
    assert not planned(path, [row(61, 70), row(81, 90), row(1, 40)], state).refused


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"vintageStart": to_days(date(2022, 2, 1))}, "with the vintage 2022-02-01 to 2022-12-31"),
        ({"verification": 2}, "for project VCS77"),
    ],
)
def test_the_same_block_with_other_facts_is_refused(path: Path, change: dict[str, Any], says: str) -> None:
    other = verified(1000)[-2].arguments["proposal"] | {"project": 2, "component": 2}
    events = [
        *verified(1000),
        event("ProjectRegistered", project=2, programme=1, activity=2, code=code_bytes32("VCS77")),
        event("VerificationProposed", verification=2, vvb=1, proposal=other),
        event("VerificationAccepted", verification=2, cap=1_000_000),
        issued(1, 10, **change),
    ]
    assert says in reasons(planned(path, [row(1, 10)], chain_of(*events)))[2]


def test_a_wider_verification_on_chain_is_used(path: Path) -> None:
    state = chain_of(*verified(100, start=date(2021, 1, 1), end=date(2023, 12, 31)))
    rows = [row(1, 10), of_period(11, 20, date(2023, 1, 1), date(2023, 12, 31))]
    made = planned(path, rows, state)
    assert [one.accepted for one in made.verifications] == [1, 1]


def test_a_verification_that_is_used_up_refuses(path: Path) -> None:
    state = chain_of(*verified(12), issued(1, 10))
    made = planned(path, [row(1, 10), row(11, 20)], state)
    assert reasons(made) == {
        3: "days of its monitoring period 2022-01-01 to 2022-12-31 are claimed by verification 1 "
        "(2022-01-01 to 2022-12-31, accepted), against which 2 t are left of the 10 t needed"
    }
    assert len(made.done) == 1


def test_room_is_counted_once_over_all_periods(path: Path) -> None:
    state = chain_of(*verified(15, start=date(2021, 1, 1), end=date(2023, 12, 31)))
    rows = [row(1, 10), of_period(11, 20, date(2023, 1, 1), date(2023, 12, 31))]
    made = planned(path, rows, state)
    assert len(made.batches) == 1
    assert "5 t are left of the 10 t needed" in reasons(made)[3]


def test_a_withdrawn_verification_keeps_its_period(path: Path) -> None:
    state = chain_of(*verified(100), event("VerificationWithdrawn", verification=1))
    assert "withdrawn" in reasons(planned(path, [row(1, 10)], state))[2]


def test_days_claimed_in_part_refuse(path: Path) -> None:
    state = chain_of(*verified(100, start=date(2022, 7, 1), end=date(2023, 6, 30)))
    assert "claimed by verification 1 (2022-07-01" in reasons(planned(path, [row(1, 10)], state))[2]


def test_a_proposal_made_before_is_accepted_not_made_again(path: Path) -> None:
    (first,) = planned(path, [row(1, 10)]).verifications
    state = chain_of(*verified(10, accepted=False, salt=first.salt))
    (again,) = plan(read_source(path), state, OPERATOR, vvb=VVB).verifications
    assert (again.proposed, again.accepted) == (1, None)
    (by_another,) = plan(read_source(path), state, OPERATOR).verifications
    assert by_another.proposed is None


OVERLAPPING = [
    of_period(1, 10, date(2022, 1, 1), date(2022, 12, 31)),
    of_period(11, 20, date(2022, 12, 31), date(2023, 12, 31)),
    of_period(21, 30, date(2024, 1, 1), date(2024, 12, 31)),
]


def test_overlapping_periods_of_a_file_are_refused_both(path: Path) -> None:
    made = planned(path, OVERLAPPING)
    assert reasons(made) == {
        2: "its monitoring period 2022-01-01 to 2022-12-31 overlaps that of row 3 of the same project, "
        "2022-12-31 to 2023-12-31",
        3: "its monitoring period 2022-12-31 to 2023-12-31 overlaps that of row 2 of the same project, "
        "2022-01-01 to 2022-12-31",
    }
    check_totals(made, 3, 30)


def test_overlapping_periods_of_a_history_are_joined(path: Path) -> None:
    made = planned(path, OVERLAPPING, history=True)
    assert not made.refused
    joined, alone = made.verifications
    assert (joined.period.start, joined.period.end, joined.merged) == (
        date(2022, 1, 1),
        date(2023, 12, 31),
        2,
    )
    assert (joined.kilograms, alone.kilograms) == (20_000, 10_000)


def test_one_period_under_two_methodologies_is_refused_even_in_a_history(path: Path) -> None:
    rows = [row(1, 10), row(11, 20, Methodology="VM0048")]
    assert "under VMR0006 UNSTATED" in reasons(planned(path, rows, history=True))[3]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"Methodology": ""}, "it names no methodology"),
        ({"Methodology": "AMS-III.C; ACM0002; AR-ACM0003; AR-AMS0007"}, "use at most 32"),
    ],
)
def test_rows_that_lack_what_the_contracts_need(path: Path, cells: dict[str, str], says: str) -> None:
    made = planned(path, [row(1, 10, **cells)])
    assert says in reasons(made)[2]
    check_totals(made, 1, 10)


def test_a_vintage_that_has_not_ended_is_refused(path: Path) -> None:
    made = planned(path, [of_period(1, 10, date(2026, 1, 1), date(2026, 12, 31))])
    assert reasons(made)[2] == "its vintage ends on 2026-12-31, after the chain's newest block"


def test_another_programmes_rows_are_refused(path: Path) -> None:
    write_vcs(path, [row(1, 10)])
    state = ChainState.of(31337, TODAY, admitted("ACR"))
    made = plan(read_source(path), state, OPERATOR)
    assert "it is of VCS, but this operator acts for ACR" in reasons(made)[2]


def test_an_account_that_operates_nothing_cannot_import(path: Path) -> None:
    write_vcs(path, [row(1, 10)])
    with pytest.raises(BadInput, match="operates no programme here"):
        plan(read_source(path), chain_of(), VVB)


@pytest.fixture
def projects(tmp_path: Path) -> Path:
    """VCS's list, with the one project of these tests."""
    cells = {
        "ID": "9101",
        "Name": "Turkwel Valley Clean Cooking Programme",
        "Proponent": "Turkwel Stoves Ltd",
        "Project Type": "Energy demand",
        "Methodology": "VMR0006",
        "Status": "Registered",
        "Country/Area": "Kenya",
        "Project Registration Date": "2021-03-01",
        "Crediting Period Start Date": "2020-05-13",
        "Crediting Period End Date": "2030-05-12",
    }
    path = tmp_path / "projects.csv"
    path.write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n")
    return path


def test_a_list_of_projects_is_no_export_of_credits(projects: Path) -> None:
    with pytest.raises(FileError, match="it lists projects, not credits"):
        read_source(projects)


def test_an_export_of_credits_is_no_list_of_projects(path: Path, projects: Path) -> None:
    write_vcs(path, [row(1, 10)])
    with pytest.raises(FileError, match="it is no list of projects"):
        read_source(path, write_vcs(projects, [row(11, 20)]))


def test_a_list_of_projects_tells_when_crediting_began(path: Path, projects: Path) -> None:
    write_vcs(path, [row(1, 10)])
    (unknown,) = plan(read_source(path), chain_of(), OPERATOR).projects
    (known,) = plan(read_source(path, projects), chain_of(), OPERATOR).projects
    assert unknown.crediting_start == date(1970, 1, 1)
    assert known.crediting_start == date(2020, 5, 13)
    check_totals(plan(read_source(path, projects), chain_of(), OPERATOR), 1, 10)


def test_retirements_without_live_rows_put_nothing_on_chain() -> None:
    example = Path(str(files("onetonne") / "examples" / "acr_retirements.csv"))
    made = plan(read_source(example), ChainState.of(31337, TODAY, admitted("ACR")), OPERATOR)
    assert not made.batches
    check_totals(made, 8, 14_150)


def test_the_example_accounts_for_every_tonne() -> None:
    example = Path(str(files("onetonne") / "examples" / "vcs_transactions.csv"))
    made = plan(read_source(example), chain_of(), OPERATOR)
    check_totals(made, 12, 54_250)
    assert made.accepted_tonnes == 36_000
    history = plan(read_source(example), chain_of(), OPERATOR, history=True)
    check_totals(history, 12, 54_250)
    assert history.accepted_tonnes == 51_000


@pytest.mark.parametrize(
    ("name", "programme", "rows", "live", "history", "total"),
    [
        ("verra/odb_transactions.csv", "VCS", 200, 3_891_681, 4_029_227, 4_029_227),
        # One project has overlapping periods under two versions of its methodology.
        ("acr/odb_retirements.csv", "ACR", 100, 0, 296_605, 298_881),
        ("acr/odb_cancellations.csv", "ACR", 50, 0, 7_646_709, 7_646_709),
    ],
)
def test_real_files_are_accounted_for_to_the_tonne(
    name: str, programme: str, rows: int, live: int, history: int, total: int
) -> None:
    source = read_source(real_file(name))
    state = ChainState.of(31337, TODAY, admitted(programme))
    for simulated, accepted in ((False, live), (True, history)):
        made = plan(source, state, OPERATOR, history=simulated)
        check_totals(made, rows, total)
        assert made.accepted_tonnes == accepted
        assert made.to_json()["tonnes"] == total


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def test_the_document_of_a_plan_names_nobody(path: Path) -> None:
    made = planned(path, [row(1, 10, **RETIRED)], history=True)
    assert not any("Ferries" in text for text in _texts(made.to_json()))
