"""An audit reports who has a role, and finds one that nobody named."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from saved_chains import SavedChains
from story import Teller, tell

from onetonne.access import read_roles_file
from onetonne.audit import AuditReport, audit, to_html
from onetonne.audit.report import NOBODY_NAMED
from onetonne.deploy import Deployment
from onetonne.deploy.roles import ADMIN, GOVERNANCE, REGULATOR, selectors
from onetonne.index import Index


@pytest.fixture(scope="module")
def told(saved_chains: SavedChains, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    with saved_chains.loaded(tmp_path_factory.mktemp("home"), tell) as teller:
        yield teller


@pytest.fixture
def teller(told: Teller) -> Iterator[Teller]:
    """Taken back after the test."""
    before = told.local.snapshot()
    yield told
    told.local.revert(before)


@pytest.fixture
def index(teller: Teller, tmp_path: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "index.sqlite") as opened:
        yield opened


def found(report: AuditReport) -> list[tuple[str, str]]:
    return [(finding.invariant, finding.subject) for finding in report.findings]


def test_every_holder_is_reported(teller: Teller, index: Index) -> None:
    report = audit(teller.chain, teller.deployment, index)
    governor = teller.address("governor")
    assert report.holds
    assert [(one.role, one.account, one.delay) for one in report.holders] == [
        (ADMIN, governor, 0),
        (GOVERNANCE, governor, 0),
        (REGULATOR, governor, 0),
    ]
    assert [role["role"] for role in report.to_json()["roles"]] == [
        "administrator",
        "governance",
        "regulator",
    ]
    assert "<h2>Who may do what</h2>" in to_html(report)
    assert NOBODY_NAMED not in report.not_checked


def test_a_stranger_with_a_role_is_found_from_its_block_on(
    teller: Teller, index: Index, tmp_path: Path
) -> None:
    governor, stranger = teller.address("governor"), teller.address("mallory")
    before = teller.chain.head()
    teller.send("governor", "AccessManager", "grantRole", ADMIN, stranger, 0)
    report = audit(teller.chain, teller.deployment, index)
    assert found(report) == [("ROLES", f"administrator, {stranger}")]
    assert "the manifest does not name it" in report.findings[0].problem
    assert audit(teller.chain, teller.deployment, index, block=before).holds
    file = tmp_path / "roles.toml"
    file.write_text(
        f'administrator = ["{governor}", "{stranger}"]\n'
        f'governance = ["{governor}"]\nregulator = ["{governor}"]\n'
    )
    assert audit(teller.chain, teller.deployment, index, roles=read_roles_file(file)).holds
    teller.send("governor", "AccessManager", "revokeRole", ADMIN, stranger)
    assert audit(teller.chain, teller.deployment, index).holds


def test_a_strangers_freezes_are_found_and_a_function_for_everybody(teller: Teller, index: Index) -> None:
    stranger = teller.address("mallory")
    teller.send("governor", "AccessManager", "grantRole", REGULATOR, stranger, 0)
    freeze = selectors("Credits", ["freeze"])
    credits = teller.deployment.addresses["Credits"]
    teller.send("governor", "AccessManager", "setTargetFunctionRole", credits, freeze, 2**64 - 1)
    assert found(audit(teller.chain, teller.deployment, index)) == [
        ("ROLES", f"regulator, {stranger}"),
        ("ROLES", "Credits"),
    ]


def test_without_manifest_holders_are_reported_and_not_judged(teller: Teller, index: Index) -> None:
    teller.send("governor", "AccessManager", "grantRole", ADMIN, teller.address("mallory"), 0)
    known = Deployment.of(teller.chain, teller.deployment.addresses["Credits"])
    report = audit(teller.chain, known, index)
    assert report.holds
    assert len(report.holders) == 4
    assert NOBODY_NAMED in report.not_checked


def test_a_delay_shorter_than_the_manifests_is_found(teller: Teller, index: Index) -> None:
    report = audit(teller.chain, replace(teller.deployment, delay=60), index)
    assert {subject.split(",")[0] for _, subject in found(report)} == {"administrator", "governance"}
