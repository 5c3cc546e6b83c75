"""Figures in the README are those of the gas snapshot and of the shipped bytecode."""

import json
import re
from pathlib import Path

import pytest

from onetonne import artifacts

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GAS = json.loads((ROOT / "tests" / "gas" / "snapshot.json").read_text(encoding="utf-8"))

ROWS = {
    "put one verified block on chain": ["issue: one block, VCS"],
    "transfer, new / existing holder": ["transfer: to a new holder", "transfer: to an existing holder"],
    "retire with certificate and names, first / later": [
        "retire: with names, the beneficiary's first certificate",
        "retire: with names, a later certificate",
    ],
    "the same for CORSIA": [
        "retire for CORSIA: with names, the beneficiary's first certificate",
        "retire for CORSIA: with names, a later certificate",
    ],
    "the plain retirement on a signed order": [
        "signed retire: with names, a later certificate, the holder's first order",
        "signed retire: with names, a later certificate, a later order",
    ],
    "refuse an overlapping block": ["refuse an overlap: the same block"],
}


@pytest.mark.parametrize("row", ROWS)
def test_gas_is_the_snapshot_s(row: str) -> None:
    (line,) = [line for line in README.splitlines() if line.startswith(f"| {row}")]
    assert line.split(" | ")[1].strip() == " / ".join(f"{GAS[case]:,}" for case in ROWS[row])


def test_sizes_are_the_bytecode_s() -> None:
    sizes = dict(re.findall(r"`(\w+)` (\d+,\d{3})", README[README.index("Runtime code") :].split("\n\n")[0]))
    shipped = {name: artifacts.load(name).deployed_bytecode for name in sizes}
    assert sizes == {name: f"{len(bytes.fromhex(code[2:])):,}" for name, code in shipped.items()}
    assert len(sizes) == 9
