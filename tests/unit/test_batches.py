"""Batches without serial numbers, rebuilt as far as the blocks go."""

import json
from datetime import date
from pathlib import Path

import made_exports
import pytest
from made_exports import layout_named, serial_of

from onetonne.registries import Batches, check
from onetonne.terms import Programme

CODES = {"acr": Programme.ACR, "car": Programme.CAR, "art": Programme.ART}


def _rebuilt(
    tmp_path: Path, code: str, issued: list[int], blocks: list[tuple[str, int, int, int]]
) -> Batches:
    """`issued` are tonnes; `blocks` name the kind of file, the batch, the first and the last serial."""
    layout = layout_named(f"{code}-issuances")
    rows = [made_exports.row(layout, 1, tonnes) for tonnes in issued]
    paths = [made_exports.write(tmp_path / "issuances.csv", layout, rows)]
    for kind in dict.fromkeys(kind for kind, *_ in blocks):
        layout = layout_named(f"{code}-{kind}")
        rows = [
            made_exports.row(layout, first, last, serial=serial_of(CODES[code], first, last, batch))
            for one, batch, first, last in blocks
            if one == kind
        ]
        paths.append(made_exports.write(tmp_path / f"{kind}.csv", layout, rows))
    batches = check(paths).batches
    assert batches is not None
    return batches


@pytest.mark.parametrize("code", ["acr", "car", "art"])
def test_batch_is_known_as_far_as_its_blocks_go(tmp_path: Path, code: str) -> None:
    blocks = [
        ("retirements", 7001, 1, 30),
        ("cancellations", 7001, 51, 60),
        ("holdings", 7001, 61, 80),
    ]
    found = _rebuilt(tmp_path, code, [100], blocks)
    (batch,) = found.batches
    assert (batch.first, batch.last, batch.blocks, batch.known, batch.gaps) == (1, 80, 3, 60, 20)
    assert (batch.retired, batch.cancelled, batch.live) == (30, 10, 20)
    assert (found.issued, found.known, found.unknown, found.excess, found.unmatched) == (100, 60, 40, (), ())
    assert batch.project_id == f"{CODES[code]}9101"


def test_issuances_without_blocks_are_wholly_unknown(tmp_path: Path) -> None:
    found = _rebuilt(tmp_path, "acr", [100, 50], [])
    assert (found.batches, found.issued, found.unknown) == ((), 150, 150)
    (group,) = found.groups
    assert (group.issuances, group.prefixes) == (2, ())


def test_more_in_blocks_than_was_issued_is_said(tmp_path: Path) -> None:
    blocks = [("retirements", 7001, 1, 80), ("retirements", 7002, 1, 40)]
    found = _rebuilt(tmp_path, "car", [100], blocks)
    (group,) = found.excess
    assert (group.excess, group.unknown, len(group.prefixes)) == (20, 0, 2)
    assert (found.known, found.unknown) == (100, 0)


def test_batch_of_another_day_matches_no_issuance(tmp_path: Path) -> None:
    issuances, retirements = layout_named("acr-issuances"), layout_named("acr-retirements")
    one = made_exports.write(tmp_path / "i.csv", issuances, [made_exports.row(issuances, 1, 100)])
    row = made_exports.row(retirements, 1, 10, issued_on=made_exports.day_of(retirements, date(2023, 5, 13)))
    two = made_exports.write(tmp_path / "r.csv", retirements, [row])
    found = check([one, two]).batches
    assert found is not None
    assert (found.unmatched, found.unknown) == (("ACR-US-9101-2022-7001",), 100)


def test_batches_are_plain_json_and_only_there_where_issuances_are(tmp_path: Path) -> None:
    found = _rebuilt(tmp_path, "art", [100], [("retirements", 7001, 1, 30)])
    plain = json.loads(json.dumps(found.to_json()))
    assert plain["unknown"] == 70
    assert plain["batches"][0]["prefix"] == "ART-GY-9101-2022-7001"
    assert check([tmp_path / "retirements.csv"]).batches is None
