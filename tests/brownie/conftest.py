"""The whole system on brownie's chain, wired as `onetonne.deploy` does it, and the actors of the story.

Only the contracts and what `STORY` says outlive a test: each ends in a revert to there.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from brownie import Contract, project, web3
from eth_abi import encode
from statements import code, registration
from story import ACTORS, STAGES, Story

from onetonne import artifacts
from onetonne.deploy.roles import FUNCTIONS, GOVERNANCE, REGULATOR


def _actor(name: str) -> Any:
    @pytest.fixture(scope="session", name=name)
    def actor(accounts: Any) -> Any:
        return accounts[ACTORS.index(name)]

    return actor


for _name in ACTORS:
    globals()[_name] = _actor(_name)


def _deploy_manager(admin: Any) -> Any:
    shipped = artifacts.load("AccessManager")  # brownie compiles the files in contracts/ only
    argument = encode(["address"], [admin.address]).hex()
    receipt = admin.transfer(data=shipped.bytecode + argument)
    return Contract.from_abi(
        "AccessManager", receipt.contract_address, shipped.abi, owner=admin, persist=False
    )


def _give_roles(contracts: SimpleNamespace, governance: Any, regulator: Any) -> None:
    manager = contracts.manager
    calls = [
        manager.grantRole.encode_input(GOVERNANCE, governance, 0),
        manager.grantRole.encode_input(REGULATOR, regulator, 0),
    ]
    for role, functions_of in FUNCTIONS.items():
        for name, functions in functions_of.items():
            contract = getattr(contracts, name.lower())
            selectors = [contract.signatures[function] for function in functions]
            calls.append(manager.setTargetFunctionRole.encode_input(contract, selectors, role))
    manager.multicall(calls, {"from": governance})


@pytest.fixture(scope="module")
def module_isolation() -> None:
    """Nothing: brownie's own takes the chain back to before the deployment."""


@pytest.fixture(scope="session")
def contracts(governance: Any, regulator: Any) -> SimpleNamespace:
    (sources,) = project.get_loaded_projects()
    sender = {"from": governance}
    manager = _deploy_manager(governance)
    credits_, shortfalls_, orders_ = (
        governance.get_deployment_address(governance.nonce + ahead) for ahead in (7, 4, 8)
    )
    programmes = sources.Programmes.deploy(manager, sender)
    projects = sources.Projects.deploy(manager, programmes, credits_, shortfalls_, sender)
    labels = sources.Labels.deploy(manager, credits_, programmes, projects, sender)
    redemptions = sources.Redemptions.deploy(credits_, programmes, sender)
    shortfalls = sources.Shortfalls.deploy(manager, credits_, programmes, projects, sender)
    renderer = sources.Renderer.deploy(credits_, programmes, projects, labels, shortfalls, sender)
    certificates = sources.Certificates.deploy(credits_, renderer, sender)
    ledger = sources.Credits.deploy(
        manager,
        programmes,
        projects,
        labels,
        certificates,
        redemptions,
        shortfalls,
        renderer,
        orders_,
        sender,
    )
    orders = sources.SignedOrders.deploy(credits_, sender)
    assert (ledger.address, shortfalls.address, orders.address) == (credits_, shortfalls_, orders_)
    deployed = SimpleNamespace(
        manager=manager,
        programmes=programmes,
        projects=projects,
        labels=labels,
        redemptions=redemptions,
        shortfalls=shortfalls,
        renderer=renderer,
        certificates=certificates,
        credits=ledger,
        orders=orders,
    )
    _give_roles(deployed, governance, regulator)
    return deployed


@pytest.fixture(scope="session")
def programmes(contracts: SimpleNamespace) -> Any:
    return contracts.programmes


@pytest.fixture(scope="session")
def projects(contracts: SimpleNamespace) -> Any:
    return contracts.projects


@pytest.fixture(scope="session")
def labels(contracts: SimpleNamespace) -> Any:
    return contracts.labels


@pytest.fixture(scope="session")
def redemptions(contracts: SimpleNamespace) -> Any:
    return contracts.redemptions


@pytest.fixture(scope="session")
def shortfalls(contracts: SimpleNamespace) -> Any:
    return contracts.shortfalls


@pytest.fixture(scope="session")
def certificates(contracts: SimpleNamespace) -> Any:
    return contracts.certificates


@pytest.fixture(scope="session")
def credits(contracts: SimpleNamespace) -> Any:
    return contracts.credits


@pytest.fixture(scope="session")
def whole_story(contracts: SimpleNamespace, accounts: Any) -> Story:
    return Story(contracts, lambda name: accounts[ACTORS.index(name)])


@pytest.fixture(scope="module")
def told(whole_story: Story, request: pytest.FixtureRequest) -> Story:
    """The story as far as the module's `STORY` says, which is never less far than in the module before."""
    whole_story.tell(stage_of(request.module))
    # brownie 1.22.2 collects garbage at every revert: half of a test's time unless what lasts is set apart.
    gc.freeze()
    return whole_story


def stage_of(module: Any) -> str:
    return str(getattr(module, "STORY", "contracts"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run modules in the order of their stages: so the contracts are deployed, and the story told, once."""
    items.sort(key=lambda item: STAGES.index(stage_of(item.getparent(pytest.Module).obj)))


@pytest.fixture(autouse=True)
def isolation(told: Story, fn_isolation: None) -> Iterator[None]:
    stage = told.stage
    yield
    told.stage = stage


@pytest.fixture
def methodology(told: Story, isolation: None) -> int:
    return told.tell("methodology")


@pytest.fixture
def project_id(told: Story, isolation: None) -> int:
    return told.tell("project_id")


@pytest.fixture
def verification(told: Story, isolation: None) -> int:
    return told.tell("verification")


@pytest.fixture
def batch(told: Story, isolation: None) -> int:
    return told.tell("batch")


@pytest.fixture
def later(told: Story) -> Callable[[], None]:
    """`later()` goes on to a second in which what was entered counts."""
    return told.go_on


@pytest.fixture
def in_second(chain: Any) -> Callable[[int], AbstractContextManager[None]]:
    """`with in_second(time):` for one transaction in a block of that time, the last block's or later."""

    @contextmanager
    def at(time: int) -> Iterator[None]:
        web3.provider.make_request("evm_setNextBlockTimestamp", [time])
        yield
        assert chain[-1].timestamp == time

    return at


@pytest.fixture
def admit(told: Story) -> Any:
    return told.admit


@pytest.fixture
def verify(told: Story) -> Any:
    return told.verify


@pytest.fixture
def shared_project(told: Story, projects: Any, project_id: int, operator: Any, acr_operator: Any) -> int:
    """ACR project 991 on VCS project 1340's activity, with VCS's consent: methodology 2, programme 2."""
    told.admit("ACR", acr_operator)
    projects.consentToJoin(1, 2, {"from": operator})
    receipt = projects.registerProject(registration(code=code("991")), {"from": acr_operator})
    return int(receipt.events["ProjectRegistered"]["project"])
