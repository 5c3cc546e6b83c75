"""The demonstration from end to end: it tells what it did, and fails where something is let through."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from onetonne.certificates import faces
from onetonne.chain import LocalChain

SCRIPTS = Path(__file__).parents[2] / "scripts"
ATTEMPTS = {
    "The airline retires for CORSIA, before the host country authorised it": "LabelMissing",
    "Somebody else counts tonnes of that year toward Kenya's NDC": "NotHost",
    "Kenya lowers its cap below what was used": "CapBelowTransferred",
    "The same block": "SerialBlockOverlaps",
    "A part of it": "SerialBlockOverlaps",
    "A larger block around it": "SerialBlockOverlaps",
    "A block that shares one serial number with it": "SerialBlockOverlaps",
    "The same block, by another programme": "SerialBlockOverlaps",
    "In lower case, 'vcs-vcu'": "SerialPrefixNotOfRoot",
    "With a blank at its end, 'VCS-VCU '": "SerialPrefixNotOfRoot",
    "With one segment more, 'VCS-VCU-1'": "SerialPrefixSegments",
    "With an empty segment at its end, 'VCS-VCU-'": "SerialPrefixMalformed",
    "With a leading zero, 'ACR-US-09201-2023-5104'": "SerialPrefixMalformed",
    "With an empty segment, 'ACR-US--9201-2023-5104'": "SerialPrefixMalformed",
    "With the optional GS, 'GS1-1-KE-GS9301-16-2023-30256'": "SerialPrefixMalformed",
    "Under another programme's root, 'ACR-US-9201-2023-7'": "NotOperator",
    "1,001 tonnes where 1,000 were verified": "VerifiedQuantityExceeded",
    "A year that nobody verified": "VintageOutsidePeriod",
    "The same days again, under another programme": "MonitoringPeriodOverlaps",
    "The same days again, under the same programme": "MonitoringPeriodOverlaps",
    "The same statement of the VVB again": "VerificationAlreadyProposed",
    "The operator issues what it has not accepted": "VerificationStatusIs",
    "The VVB issues": "NotOperator",
    "The operator verifies": "NotAVvb",
    "The VVB accepts its own verification": "NotAnOperator",
    "Governance makes the VVB's key an operator's, too": "KeyTaken",
    "Retire the same credits again": "ERC1155InsufficientBalance",
    "Sell what was retired": "ERC1155InsufficientBalance",
    "Retire another's credits for oneself": "NotHolderNorApproved",
    "Hand the certificate on": "CertificateNotTransferable",
    "Put the certificate up for sale": "CertificateNotTransferable",
}
WITH_A_HOLE = """
import sys
from dataclasses import replace
from demonstration import attacks
import demo

keep = attacks._serials

def with_a_hole(stage):
    first, second, *rest = keep(stage)
    # As if the contracts let the same block pass.
    right = attacks._issue("", stage, "", "VCS-VCU", attacks.FREE + 5_000, attacks.FREE + 5_999)
    return [replace(first, arguments=right.arguments), replace(second, error="NotOperator"), *rest]

attacks._serials = with_a_hole
sys.exit(demo.main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


def run(home: Path, *program: str) -> subprocess.CompletedProcess[str]:
    """As a person's shell would, without a terminal."""
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS), "NO_COLOR": "1"}
    ended = subprocess.run(
        [sys.executable, *program, "--home", str(home)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert LocalChain(home).status() is None
    return ended


def test_the_demonstration_runs_twice(home: Path) -> None:
    for _ in range(2):
        ended = run(home, str(SCRIPTS / "demo.py"))
        assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr
        check_story(ended.stdout)
        assert (
            faces.read("a.svg", (home / "certificates" / "certificate-1.svg").read_bytes()).certificate == 1
        )
        assert (home / "certificates" / "certificate-2.pdf").read_bytes().startswith(b"%PDF")
        assert not (home / "keystores").exists()


def steady(text: str) -> list[str]:
    """Lines that are the same in every run: no gas (zeros in keys save some), no times, no folders."""
    lines = (re.sub(r" \([\d,]+ gas\)", "", line).rstrip() for line in text.splitlines())
    return [line for line in lines if "certificates" not in line and "It took" not in line]


def check_story(text: str) -> None:
    for title, error in ATTEMPTS.items():
        assert f"  {title}: refused by {error} (" in text
    assert text.count(": refused by ") == len(ATTEMPTS)
    total = f"{len(ATTEMPTS)} attempts to count twice, {len(ATTEMPTS)} refused"
    assert total in text
    readme = (SCRIPTS.parent / "README.md").read_text(encoding="utf-8")
    assert set(steady(readme.split("```text\n")[1].split("\n```")[0])) - set(steady(text)) == {"…"}
    assert total in readme
    assert "1,000 verified tonnes that are nowhere else: goes through" in text
    for invariant in ("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I10"):
        assert re.search(rf"│ {invariant} +│.*holds", text), invariant
    assert "54,250 t in the file = 36,000 t for the chain + 18,250 t refused." in text
    assert "The audit finds nothing." in text
    assert "\x1b[" not in text


def test_a_hole_is_told_and_fails(home: Path) -> None:
    ended = run(home, "-c", WITH_A_HOLE)
    assert ended.returncode == 1, ended.stderr
    assert "Not as it must be: The same block (no error, not SerialBlockOverlaps)." in ended.stdout
    assert "Not as it must be: A part of it (SerialBlockOverlaps, not NotOperator)." in ended.stdout
    assert f"{len(ATTEMPTS)} attempts to count twice, {len(ATTEMPTS) - 2} refused" in ended.stdout


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    ended = run(tmp_path, str(SCRIPTS / "demo.py"))
    assert ended.returncode == 1
    assert ended.stderr == f"Error: Folder {tmp_path} holds something else: name another, or an empty one.\n"
    assert (tmp_path / "letter.txt").read_text() == "mine"
