"""Each error that the contracts declare is raised by one of them, and expected by a test of forge's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STANDARDS = {"ERC7943CannotTransfer"}
"""ERC-7943 declares it for tokens without errors of their own; a transfer here is refused with a reason."""


def sources(folder: str) -> Iterator[str]:
    for path in sorted((ROOT / folder).rglob("*.sol")):
        yield path.read_text(encoding="utf-8")


DECLARATION = re.compile(r"^\s*error (\w+)\([^;]*\);", re.MULTILINE)
CONTRACTS = list(sources("contracts"))
DECLARED = sorted({name for source in CONTRACTS for name in DECLARATION.findall(source)})
RAISED = re.compile(r"\b(\w+)\(")
RAISING = {name for source in CONTRACTS for name in RAISED.findall(DECLARATION.sub("", source))}
EXPECTED = {name for source in sources("tests/forge") for name in re.findall(r"\b(\w+)\.selector", source)}


@pytest.mark.parametrize("name", DECLARED)
def test_a_declared_error_is_raised_and_expected(name: str) -> None:
    assert (name in RAISING, name in EXPECTED) == (name not in STANDARDS, name not in STANDARDS)


def test_errors_are_found() -> None:
    assert len(DECLARED) > 140
