"""Round trips: from a programme's file onto a real chain and back, the same serial numbers and tonnes."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from exports import write_layout
from typer.testing import CliRunner
from world import World, key

from onetonne import importing, registries, serials
from onetonne.cli.app import app
from onetonne.errors import BadInput
from onetonne.exporting import REBUILT, export
from onetonne.index import Index
from onetonne.ledger import Ledger
from onetonne.registries import CreditRow
from onetonne.terms import (
    BatchId,
    CancellationKind,
    Kilograms,
    Lot,
    Programme,
    Purpose,
    RetirementDetails,
    Serial,
)

VCS_EXAMPLE = Path(importing.__file__).parents[1] / "examples" / "vcs_transactions.csv"
ENDED = {"ended_on": "2024-09-30", "reason": "Environmental Benefit", "beneficiary": "Norrby Paper AB"}


@dataclass(frozen=True)
class Trip:
    """A programme's files, by layout: rows with what they have besides serial number and quantity."""

    programme: str
    common: dict[str, str]
    files: dict[str, list[dict[str, str]]]


DAYS = {"vintage_start": "2022-01-01", "vintage_end": "2022-12-31"}
VCS = {**DAYS, "project_id": "9101", "project_name": "Turkwel Stoves", "methodology": "VMR0006"}
GS = {
    **DAYS,
    "vintage_year": "2022",
    "project_id": "9301",
    "project_name": "Boreholes",
    "methodology": "GS T v3.1",
}
ACR = {
    **DAYS,
    "vintage_year": "2022",
    "project_id": "ACR9401",
    "project_name": "Flare",
    "methodology": "Foam",
}
CAR = {
    "vintage_year": "2022",
    "project_id": "CAR9501",
    "project_name": "Ranch",
    "methodology": "Soil - Version 1.1",
}
ART = {"vintage_year": "2022", "project_id": "ART9601", "project_name": "Guyana", "methodology": "TREES"}
COMPOSED = {"project_id": "9102", "methodology": "VM0050; VMR0006"}
CANCELLED = {"ended_on": "2025-01-31", "reason": "Cancellation"}


def block(serial: str, tonnes: int, **cells: str) -> dict[str, str]:
    return {"serial": serial, "quantity": str(tonnes), **cells}


TRIPS = [
    Trip(
        "VCS",
        VCS,
        {
            "vcs-transactions": [
                block("21001-101-110-VCS-VCU-2001-VER-KE-3-9101-01012022-31122022-1", 10),
                block("21001-111-115-VCS-VCU-2001-VER-KE-3-9101-01012022-31122022-1", 5, **ENDED),
                block("21001-116-120-VCS-VCU-2001-VER-KE-3-9101-01012022-31122022-0", 5, **CANCELLED),
                block("8160-461651645-461651984-VCU-009-MER-KE-3-9101-01012022-31122022-1", 340),
                block("21003-121-130-VCS-VCU-500-VER-KE-9101-01012022-31122022-0", 10),
                block("21004-131-140-VCS-VCU-500-VER-KE-3-9102-01012022-31122022-0", 10, **COMPOSED),
            ]
        },
    ),
    Trip(
        "GS",
        GS,
        {
            "gs-retirements": [
                block("GS1-1-KE-GS9301-16-2022-30256-1-10", 10, status="Retired", **ENDED),
                block("GS1-1-KE-9301-16-2022-30257-1-5", 5, status="Cancelled", **CANCELLED),
            ]
        },
    ),
    Trip(
        "ACR",
        ACR,
        {
            "acr-holdings": [block("ACR-US-9401-2022-2006-1 to 90", 90)],
            "acr-retirements": [block("ACR-US-9401-2022-2006-91 to 100", 10, **ENDED)],
            "acr-cancellations": [
                block("ACR-US-9401-2022-2006-101 to 103", 3, ended_on="2025-01-31", reason="Convert to ARB")
            ],
        },
    ),
    Trip(
        "CAR",
        CAR,
        {
            "car-holdings": [block("CAR-1-US-9501-31-983-KS-2022-9205-1 to 90", 90)],
            "car-retirements": [block("CAR-1-US-9501-31-983-KS-2022-9205-91 to 100", 10, **ENDED)],
        },
    ),
    Trip(
        "ART",
        ART,
        {
            "art-holdings": [block("ART-GY-9601-2022-11-1 to 90", 90)],
            "art-retirements": [block("ART-GY-9601-2022-11-91 to 100", 10, **ENDED)],
        },
    ),
]


def admitted(ledger: Ledger, code: str) -> Ledger:
    governance = key("governance")
    programme = ledger.admit_programme(code, key("operator").address, signer=governance).programme
    ledger.register_roots(programme, signer=governance)
    ledger.admit_vvb("EARTHOOD", key("vvb").address, signer=governance)
    return ledger


def imported(ledger: Ledger, path: Path) -> importing.ImportPlan:
    """As a simulated history, by the accounts of the tests."""
    operator, vvb, proponent = key("operator"), key("vvb"), key("proponent")
    state = importing.read_state(ledger.chain, ledger.deployment)
    made = importing.plan(importing.read_source(path), state, operator.address, vvb=vvb.address, history=True)
    importing.run(made, ledger, operator, vvb, proponent.address, holder_signer=proponent)
    return made


def facts(path: Path) -> set[tuple[object, ...]]:
    """What must survive, of every sound row: the serial number as written, tonnes, vintage, state."""
    rows = (row for row in registries.check([path]).accepted if isinstance(row, CreditRow))
    return {
        (
            serials.format(row.serial) if row.serial else "",
            row.tonnes,
            *((row.vintage_start, row.vintage_end) if row.vintage_start else ()),
            row.vintage_year,
            row.status,
            row.project_id,
            row.project_name,
            row.country,
            tuple((one.code, one.version) for one in row.methodologies),
        )
        for row in rows
    }


@pytest.mark.parametrize("trip", TRIPS, ids=lambda trip: str(trip.programme))
def test_what_was_imported_is_exported_the_same(trip: Trip, ledger: Ledger, tmp_path: Path) -> None:
    admitted(ledger, trip.programme)
    given = [
        write_layout(tmp_path / f"{name}.csv", name, *({**trip.common, **row} for row in rows))
        for name, rows in trip.files.items()
    ]
    for path in given:
        made = imported(ledger, path)
        assert not made.refused, made.refused
    with Index.open(tmp_path / "index.sqlite") as index:
        index.sync(ledger.chain, ledger.deployment)
        result = export(index, Programme(trip.programme), tmp_path / "back.csv")
    assert result.rebuilt == 0
    written = [Path(file.path) for file in result.files]
    for path in written:
        assert registries.check([path]).sound, [str(d) for d in registries.check([path]).defects]
    back = set().union(*map(facts, written))
    there = set().union(*map(facts, given))
    if trip.programme in ("CAR", "ART"):  # their files give the year alone
        assert {fact[:2] + fact[-6:-1] for fact in back} == {fact[:2] + fact[-6:-1] for fact in there}
    else:
        assert back == there
    assert result.tonnes == sum(fact[1] for fact in there)  # type: ignore[misc]


def test_the_command_writes_the_example_back(ledger: Ledger, home: Path, tmp_path: Path) -> None:
    admitted(ledger, "VCS")
    imported(ledger, VCS_EXAMPLE)
    to = tmp_path / "back.csv"
    line = ["--home", str(home), "--rpc", ledger.chain.url, "export", "--as", "vcs", "--to", str(to)]
    ended = CliRunner().invoke(app, line)
    assert ended.exit_code == 0, ended.stderr
    assert "On chain in all: 51,000 t." in ended.stdout
    assert {fact[:5] for fact in facts(to)} == {fact[:5] for fact in facts(VCS_EXAMPLE)}
    assert "Ferries" not in to.read_text()


def test_what_no_event_tells_is_written_anew_and_said(world: World, tmp_path: Path) -> None:
    """Serials of a batch that was minted by hand, used in every way."""
    proponent = key("proponent")
    world.issue(941_467_007, 941_467_016, proponent)
    lots = [Lot(BatchId(1), Kilograms(2_500))]
    note = RetirementDetails(beneficiary="=Ann of ann@ferries.example")
    world.ledger.retire(lots, proponent.address, Purpose.OTHER, note, signer=proponent, publish=True)
    world.issue(1, 4, proponent)
    world.ledger.cancel(
        [Lot(BatchId(2), Kilograms(4_000))], CancellationKind.CONVERSION, "", signer=proponent
    )
    asked = world.ledger.request_redemption(BatchId(1), Kilograms(1_000), signer=proponent)
    last = Serial(941_467_016)
    world.ledger.confirm_redemption(asked.redemption, last, last, signer=key("operator"))
    to = tmp_path / "back.csv"
    with Index.open(tmp_path / "index.sqlite") as index:
        index.sync(world.ledger.chain, world.ledger.deployment)
        result = export(index, Programme.VCS, to)
        with pytest.raises(BadInput, match="no batch of GS on chain"):
            export(index, Programme.GS, to)
    assert (result.rebuilt, result.tonnes) == (4, 14)
    assert result.left_out == {"redeemed: the programme registry's again": 1}
    with to.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Serial Number"] for row in rows] == [
        "2-1-4-VCS-VCU-0-VER-ET-1340-01012020-31122020-0",
        "1-941467007-941467008-VCS-VCU-0-VER-ET-1340-01012020-31122020-0",
        "1-941467009-941467009-VCS-VCU-0-VER-ET-1340-01012020-31122020-0",
        "1-941467010-941467015-VCS-VCU-0-VER-ET-1340-01012020-31122020-0",
    ]
    assert [row["Quantity Issued"] for row in rows] == ["4", "2", "1", "6"]
    assert [row["Retirement Reason"] for row in rows] == ["Conversion", "Other", "", ""]
    assert rows[1]["Retirement Beneficiary"] == "'=Ann of [e-mail address removed]"
    assert rows[2]["Note"] == f"{REBUILT}; 500 kg of it circulates, the rest is ended on chain"
    statuses = [str(row.status) for row in registries.check([to]).accepted if isinstance(row, CreditRow)]
    assert statuses == ["cancelled", "retired", "live", "live"]
    assert {row["Vintage Start"] for row in rows} == {date(2020, 1, 1).isoformat()}
