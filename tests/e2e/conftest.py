"""A real node for every test: one anvil for the session on a free port, contracts deployed, accounts funded.

`ledger` is a deployment with nothing in it; `world` another one, with all that comes before an issuance.
Tests leave nothing behind: the chain is taken back after each.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from postgresql import NewDatabase, databases
from saved_chains import SavedChains
from world import NAMES, World, key, proposal

from onetonne.chain import Chain, KeySigner, LocalChain
from onetonne.deploy import Deployment, deploy
from onetonne.ledger import Ledger


@pytest.fixture(scope="session", autouse=True)
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nodes, servers and commands that tests start end with them. Looked for by their folder."""
    yield
    folder, until = str(tmp_path_factory.getbasetemp()), time.monotonic() + 10
    while left := running_in(folder):
        assert time.monotonic() < until, f"still running: {left}"
        time.sleep(0.1)


def running_in(folder: str) -> list[str]:
    """Command lines of the processes that name a folder; none where there is no /proc to read them from."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or another user's
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            if folder in line and process.name != str(os.getpid()):
                found.append(line)
    return found


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def saved_chains(tmp_path_factory: pytest.TempPathFactory) -> SavedChains:
    folder = tmp_path_factory.getbasetemp()
    # A worker of pytest-xdist has its own folder within the run's.
    return SavedChains(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


@pytest.fixture(scope="session")
def local_chain(home: Path) -> Iterator[LocalChain]:
    local = LocalChain(home)
    local.up()
    yield local
    local.down()


@pytest.fixture(scope="session")
def new_database() -> Iterator[NewDatabase]:
    """Makes empty databases on a PostgreSQL server."""
    with databases() as new:
        yield new


@pytest.fixture(scope="session")
def chain(local_chain: LocalChain) -> Chain:
    chain = local_chain.connect()
    for name in NAMES:
        local_chain.fund(key(name).address)
    return chain


@pytest.fixture(scope="session")
def deployment(chain: Chain, home: Path) -> Deployment:
    return deploy(
        chain,
        key("deployer"),
        governance=key("governance").address,
        regulator=key("regulator").address,
        home=home,
    )


@pytest.fixture(scope="session")
def shared_ledger(chain: Chain, deployment: Deployment) -> Ledger:
    return Ledger(chain, deployment)


@pytest.fixture(scope="session")
def shared_world(chain: Chain, deployment: Deployment) -> World:
    """On a deployment of its own, so that it is made once and not for every test."""
    governance, operator, vvb = key("governance"), key("operator"), key("vvb")
    second = deploy(
        chain,
        key("deployer"),
        governance=governance.address,
        regulator=key("regulator").address,
        salt=1,
    )
    ledger = Ledger(chain, second)
    vcs = ledger.admit_programme("VCS", operator.address, signer=governance).programme
    acr = ledger.admit_programme("ACR", key("acr_operator").address, signer=governance).programme
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


@pytest.fixture
def unchanged(local_chain: LocalChain, shared_ledger: Ledger, shared_world: World) -> Iterator[None]:
    """Takes the chain back to where it was, after the test. Everything that is shared is made before."""
    before = local_chain.snapshot()
    yield
    local_chain.revert(before)


@pytest.fixture
def ledger(shared_ledger: Ledger, unchanged: None) -> Ledger:
    return shared_ledger


@pytest.fixture
def world(shared_world: World, unchanged: None) -> World:
    return shared_world


@pytest.fixture
def governance() -> KeySigner:
    return key("governance")


@pytest.fixture
def regulator() -> KeySigner:
    return key("regulator")


@pytest.fixture
def operator() -> KeySigner:
    return key("operator")


@pytest.fixture
def acr_operator() -> KeySigner:
    return key("acr_operator")


@pytest.fixture
def vvb() -> KeySigner:
    return key("vvb")


@pytest.fixture
def proponent() -> KeySigner:
    return key("proponent")


@pytest.fixture
def buyer() -> KeySigner:
    return key("buyer")


@pytest.fixture
def airline() -> KeySigner:
    return key("airline")
