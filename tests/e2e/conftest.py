"""A real node for every test: one anvil for the session on a free port, contracts deployed, accounts funded.

`ledger` is the deployment with nothing in it, `world` one with all that comes before an issuance. Tests start
from what their fixtures made, and leave nothing behind: the chain is taken back after each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from onetonne import serials
from onetonne.chain import Chain, KeySigner, LocalChain
from onetonne.deploy import Deployment, deploy
from onetonne.ledger import Ledger
from onetonne.terms import (
    BatchId,
    Issuance,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Proposal,
    VerificationId,
    VvbId,
)

NAMES = ("governance", "regulator", "operator", "acr_operator", "vvb", "proponent", "buyer", "airline")


def _key(name: str) -> KeySigner:
    """A key of this name: the same in every run, so that a failure can be repeated."""
    return KeySigner.from_key(name.encode().rjust(32, b"-"))


@dataclass(frozen=True)
class World:
    """Two programmes with their roots, a VVB, methodology, project, and an accepted verification of 1,000 t."""

    ledger: Ledger
    vcs: ProgrammeId
    acr: ProgrammeId
    vvb: VvbId
    methodology: MethodologyId
    project: ProjectId
    verification: VerificationId

    def issuance(self, first: int, last: int) -> Issuance:
        return Issuance(
            block=serials.block("VCS-VCU", first, last),
            verification=self.verification,
            vintage_start=date(2020, 1, 1),
            vintage_end=date(2020, 12, 31),
            vintage_year=2020,
            custody_record="VCS-IMMO-0001",
            custody_date=date(2024, 5, 1),
        )

    def issue(self, first: int, last: int, recipient: KeySigner) -> BatchId:
        issued = self.ledger.issue([self.issuance(first, last)], recipient.address, signer=_key("operator"))
        return issued.batches[0]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def local_chain(home: Path) -> Iterator[LocalChain]:
    local = LocalChain(home)
    local.up()
    yield local
    local.down()


@pytest.fixture(scope="session")
def chain(local_chain: LocalChain) -> Chain:
    chain = local_chain.connect()
    for name in (*NAMES, "deployer"):
        local_chain.fund(_key(name).address)
    return chain


@pytest.fixture(scope="session")
def deployment(chain: Chain, home: Path) -> Deployment:
    return deploy(
        chain,
        _key("deployer"),
        governance=_key("governance").address,
        regulator=_key("regulator").address,
        home=home,
    )


@pytest.fixture(scope="session")
def shared_ledger(chain: Chain, deployment: Deployment) -> Ledger:
    return Ledger(chain, deployment)


@pytest.fixture
def ledger(shared_ledger: Ledger, local_chain: LocalChain) -> Iterator[Ledger]:
    """The deployment as it was made; the chain is taken back after the test."""
    before = local_chain.snapshot()
    yield shared_ledger
    local_chain.revert(before)


@pytest.fixture
def world(ledger: Ledger) -> World:
    governance, operator, vvb = _key("governance"), _key("operator"), _key("vvb")
    vcs = ledger.admit_programme("VCS", operator.address, signer=governance).programme
    acr = ledger.admit_programme("ACR", _key("acr_operator").address, signer=governance).programme
    for programme in (vcs, acr):
        ledger.register_roots(programme, signer=governance)
    body = ledger.admit_vvb("EARTHOOD", vvb.address, signer=governance).vvb
    methodology = ledger.register_methodology("VM0048", "1.0", signer=operator).methodology
    project = ledger.register_project(
        "1340", "ET", "BALE-ECO-REGION", "AFOLU", date(2012, 1, 1), "Bale Mountains", signer=operator
    ).project
    statement = proposal(project, methodology)
    verification = ledger.propose_verification(statement, signer=vvb).verification
    ledger.accept_verification(verification, signer=operator)
    return World(ledger, vcs, acr, body, methodology, project, verification)


def proposal(
    project: ProjectId,
    methodology: MethodologyId,
    start: date = date(2020, 1, 1),
    end: date = date(2020, 12, 31),
    verified: Kilograms = Kilograms(1_000_000),
) -> Proposal:
    return Proposal(
        project=project,
        methodology=methodology,
        period_start=start,
        period_end=end,
        verified=verified,
        evidence_hash=b"\x01" * 32,
        source="https://registry.example/1340/report.pdf",
        salt=bytes(32),
    )


@pytest.fixture
def governance() -> KeySigner:
    return _key("governance")


@pytest.fixture
def regulator() -> KeySigner:
    return _key("regulator")


@pytest.fixture
def operator() -> KeySigner:
    return _key("operator")


@pytest.fixture
def acr_operator() -> KeySigner:
    return _key("acr_operator")


@pytest.fixture
def vvb() -> KeySigner:
    return _key("vvb")


@pytest.fixture
def proponent() -> KeySigner:
    return _key("proponent")


@pytest.fixture
def buyer() -> KeySigner:
    return _key("buyer")


@pytest.fixture
def airline() -> KeySigner:
    return _key("airline")
