"""The whole system on brownie's chain, wired as `onetonne.deploy` does it, and the actors of the story.

Fixtures build on each other: `methodology` has programme VCS, `project_id` its project, `verification` 10,000
tonnes accepted for 2020, `batch` 1,000 tonnes of them issued to alice. Only the contracts outlive a test: the
rest is made anew, after the snapshot to which each test reverts.
"""

from types import SimpleNamespace
from typing import Any

import pytest
from brownie import Contract, project
from eth_abi import encode
from statements import (
    ABOVE_EVERYTHING,
    GOVERNANCE_ROLE,
    REGULATOR_ROLE,
    RESTRICTED,
    code,
    issuance,
    proposal,
    registration,
    roots_of,
)

from onetonne import artifacts

ACTORS = (
    "governance",
    "regulator",
    "operator",
    "vvb",
    "acr_operator",
    "gs_operator",
    "car_operator",
    "other_vvb",
    "alice",
    "bob",
    "airline",
    "stranger",
)


def _actor(name: str) -> Any:
    @pytest.fixture(scope="session", name=name)
    def actor(accounts: Any) -> Any:
        return accounts[ACTORS.index(name)]

    return actor


for _name in ACTORS:
    globals()[_name] = _actor(_name)


@pytest.fixture(autouse=True)
def isolation(fn_isolation: None) -> None:
    """Every test starts from the module's fixtures."""


def _deploy_manager(admin: Any) -> Any:
    shipped = artifacts.load("AccessManager")  # brownie compiles the files in contracts/ only
    argument = encode(["address"], [admin.address]).hex()
    receipt = admin.transfer(data=shipped.bytecode + argument)
    return Contract.from_abi(
        "AccessManager", receipt.contract_address, shipped.abi, owner=admin, persist=False
    )


def _give_roles(contracts: SimpleNamespace, governance: Any, regulator: Any) -> None:
    for (name, role), functions in RESTRICTED.items():
        contract = getattr(contracts, name.lower())
        selectors = [contract.signatures[function] for function in functions]
        contracts.manager.setTargetFunctionRole(contract, selectors, role, {"from": governance})
    contracts.manager.grantRole(GOVERNANCE_ROLE, governance, 0, {"from": governance})
    contracts.manager.grantRole(REGULATOR_ROLE, regulator, 0, {"from": governance})


@pytest.fixture(scope="module")
def contracts(module_isolation: None, governance: Any, regulator: Any) -> SimpleNamespace:
    (sources,) = project.get_loaded_projects()
    sender = {"from": governance}
    manager = _deploy_manager(governance)
    credits_ = governance.get_deployment_address(governance.nonce + 6)
    programmes = sources.Programmes.deploy(manager, sender)
    projects = sources.Projects.deploy(programmes, credits_, sender)
    labels = sources.Labels.deploy(manager, credits_, sender)
    redemptions = sources.Redemptions.deploy(credits_, programmes, sender)
    renderer = sources.Renderer.deploy(credits_, programmes, projects, sender)
    certificates = sources.Certificates.deploy(credits_, renderer, sender)
    ledger = sources.Credits.deploy(
        manager, programmes, projects, labels, certificates, redemptions, renderer, sender
    )
    assert ledger.address == credits_
    deployed = SimpleNamespace(
        manager=manager,
        programmes=programmes,
        projects=projects,
        labels=labels,
        redemptions=redemptions,
        renderer=renderer,
        certificates=certificates,
        credits=ledger,
    )
    _give_roles(deployed, governance, regulator)
    return deployed


@pytest.fixture(scope="module")
def programmes(contracts: SimpleNamespace) -> Any:
    return contracts.programmes


@pytest.fixture(scope="module")
def projects(contracts: SimpleNamespace) -> Any:
    return contracts.projects


@pytest.fixture(scope="module")
def labels(contracts: SimpleNamespace) -> Any:
    return contracts.labels


@pytest.fixture(scope="module")
def redemptions(contracts: SimpleNamespace) -> Any:
    return contracts.redemptions


@pytest.fixture(scope="module")
def certificates(contracts: SimpleNamespace) -> Any:
    return contracts.certificates


@pytest.fixture(scope="module")
def credits(contracts: SimpleNamespace) -> Any:
    return contracts.credits


@pytest.fixture
def admit(programmes: Any, governance: Any) -> Any:
    """Admits a programme with all its roots and one methodology, whose id (also the programme's) it gives."""

    def admitted(programme: str, operator: Any, *, buffer_basis_points: int = 0) -> int:
        programmes.admitProgramme(code(programme), operator, {"from": governance})
        number = int(programmes.programmeByCode(code(programme)))
        for root, segments, numeric in roots_of(programme):
            programmes.registerRoot(root, number, segments, numeric, {"from": governance})
        receipt = programmes.registerMethodology(
            code(f"{programme}-M1"), code("1.0"), 0, buffer_basis_points, {"from": operator}
        )
        return int(receipt.events["MethodologyRegistered"]["methodology"])

    return admitted


@pytest.fixture
def methodology(admit: Any, programmes: Any, operator: Any, vvb: Any, governance: Any) -> int:
    """Programme VCS (id 1), its methodology (id 1), and an accredited VVB (id 1)."""
    programmes.admitVvb(code("VVB-1"), vvb, {"from": governance})
    return int(admit("VCS", operator))


@pytest.fixture
def project_id(projects: Any, methodology: int, operator: Any) -> int:
    """VCS project 1340 (id 1), on activity 1 with component 1."""
    receipt = projects.registerProject(registration(), {"from": operator})
    return int(receipt.events["ProjectRegistered"]["project"])


@pytest.fixture
def verify(projects: Any, vvb: Any) -> Any:
    """A verification with both keys: proposed by the VVB, accepted by the given operator."""

    def verified(operator: Any, **changes: Any) -> int:
        receipt = projects.proposeVerification(proposal(**changes), {"from": vvb})
        number = int(receipt.events["VerificationProposed"]["verification"])
        projects.acceptVerification(number, ABOVE_EVERYTHING, {"from": operator})
        return number

    return verified


@pytest.fixture
def verification(project_id: int, verify: Any, operator: Any) -> int:
    """10,000 tonnes for 2020, accepted (id 1)."""
    return int(verify(operator, project=project_id))


@pytest.fixture
def batch(credits: Any, verification: int, operator: Any, alice: Any) -> int:
    """Batch 1: 1,000 tonnes, serial numbers FIRST to LAST, all alice's."""
    receipt = credits.issue([issuance(verification=verification)], alice, {"from": operator})
    return int(receipt.events["BatchIssued"]["batch"])


@pytest.fixture
def shared_project(
    admit: Any, projects: Any, programmes: Any, project_id: int, operator: Any, acr_operator: Any
) -> int:
    """ACR project 991 on VCS project 1340's activity, with VCS's consent: methodology 2, programme 2."""
    admit("ACR", acr_operator)
    projects.consentToJoin(1, 2, {"from": operator})
    receipt = projects.registerProject(registration(code=code("991")), {"from": acr_operator})
    return int(receipt.events["ProjectRegistered"]["project"])
