"""Deploying: addresses, roles, delays, the manifest, and what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from world import key

from onetonne.access import read_access
from onetonne.artifacts import load
from onetonne.chain import Chain, KeySigner, LocalChain
from onetonne.deploy import CONTRACTS, Deployment, deploy
from onetonne.errors import BadInput, DeploymentError, Scheduled
from onetonne.home import manifest_path
from onetonne.ledger import Ledger
from onetonne.ledger.results import ProgrammeWithRoots
from onetonne.terms import ProgrammeId

PUBLIC_CHAIN = 11_155_111
DAY = 86_400


@pytest.fixture
def public_chain(tmp_path: Path) -> Iterator[LocalChain]:
    """As a public chain, where governance has to wait."""
    local = LocalChain(tmp_path / "public", PUBLIC_CHAIN)
    local.up()
    for name in ("deployer", "governance"):
        local.fund(key(name).address)
    yield local
    local.down()


def codes(chain: Chain, deployment: Deployment) -> dict[str, bytes]:
    return dict(zip(deployment.addresses, chain.codes(list(deployment.addresses.values())), strict=True))


def test_contracts_are_where_they_were_predicted_and_are_ours(chain: Chain, deployment: Deployment) -> None:
    deployment.check(chain)
    assert deployment.altered(codes(chain, deployment)) == ()
    assert [step.step for step in deployment.transactions] == ["Factory", *CONTRACTS, "roles"]
    assert all(step.gas > 0 and step.hash for step in deployment.transactions)


def test_contracts_know_each_other(chain: Chain, deployment: Deployment) -> None:
    found = Deployment.of(chain, deployment.addresses["Credits"])
    assert (found.addresses, found.block) == (deployment.addresses, deployment.block)
    for name in ("Projects", "Labels", "Redemptions", "Renderer", "Certificates"):
        contract = chain.contract(name, deployment.addresses[name])
        assert chain.call(contract.functions.credits()) == deployment.addresses["Credits"]


def test_roles_are_given_away(chain: Chain, deployment: Deployment) -> None:
    manager = chain.contract("AccessManager", deployment.addresses["AccessManager"])

    def roles(name: str) -> list[int]:
        account = key(name).address
        return [role for role in (0, 1, 2) if chain.call(manager.functions.hasRole(role, account)).isMember]

    assert (roles("deployer"), roles("governance"), roles("regulator")) == ([], [0, 1], [2])


def test_every_guarded_function_has_a_role(chain: Chain, deployment: Deployment) -> None:
    """Without one, only the administrator could call it."""
    manager = chain.contract("AccessManager", deployment.addresses["AccessManager"])
    roles = {}
    for name in ("Programmes", "Labels", "Credits"):
        contract = chain.contract(name, deployment.addresses[name])
        for function in contract.all_functions():
            selector = bytes.fromhex(chain.web3.keccak(text=function.signature).hex().removeprefix("0x"))[:4]
            role = chain.call(manager.functions.getTargetFunctionRole(deployment.addresses[name], selector))
            if role:
                roles[f"{name}.{function.fn_name}"] = role
    assert roles == dict.fromkeys(
        [
            *(f"Programmes.{verb}Programme" for verb in ("admit", "suspend", "reinstate")),
            *(f"Programmes.{verb}Vvb" for verb in ("admit", "suspend", "reinstate")),
            *("Programmes.rotateOperator", "Programmes.registerRoot", "Programmes.rotateVvbKey"),
            *(f"Labels.{verb}" for verb in ("admitFramework", "rotateBody", "setHost", "demandLabel")),
        ],
        1,
    ) | dict.fromkeys(
        [f"Credits.{verb}" for verb in ("freeze", "lift", "setFrozenTokens", "forcedTransfer")], 2
    )


def test_manifest_is_read_back(chain: Chain, deployment: Deployment, home: Path) -> None:
    assert Deployment.load(home, chain.chain_id) == deployment


def test_second_deployment_in_a_home_is_refused(chain: Chain, deployment: Deployment, home: Path) -> None:
    with pytest.raises(DeploymentError) as caught:
        deploy(chain, key("deployer"), home=home)
    assert str(caught.value) == (
        f"There is a deployment on chain 31337 already, with Credits at {deployment.addresses['Credits']}: "
        "use it, or give another home."
    )


def test_manifest_of_a_chain_that_was_lost_is_replaced(
    chain: Chain, deployment: Deployment, tmp_path: Path
) -> None:
    lost = LocalChain(tmp_path / "new")
    lost.up()
    try:
        deployment.save(tmp_path)
        fresh = lost.connect()
        with pytest.raises(DeploymentError, match=r"has no contract AccessManager at .* Deploy again"):
            Deployment.load(tmp_path, 31337).check(fresh)
        lost.fund(key("airline").address)
        made = deploy(fresh, key("airline"), home=tmp_path)
        assert Deployment.load(tmp_path, 31337) == made != deployment
    finally:
        lost.down()


def test_dry_run_sends_and_writes_nothing(chain: Chain, tmp_path: Path) -> None:
    before = chain.head()
    planned = deploy(chain, key("deployer"), salt=7, home=tmp_path, dry_run=True)
    assert (chain.head(), list(tmp_path.iterdir())) == (before, [])
    assert sum(step.gas for step in planned.transactions) > 10_000_000
    assert all(step.hash is None for step in planned.transactions)


def test_altered_code_is_found(chain: Chain, local_chain: LocalChain, deployment: Deployment) -> None:
    address = deployment.addresses["Labels"]
    code = chain.codes([address])[0]
    before = local_chain.snapshot()
    chain.node.request("anvil_setCode", address, f"0x{bytes([code[0] ^ 1]).hex()}{code[1:].hex()}")
    assert deployment.altered(codes(chain, deployment)) == ("Labels",)
    local_chain.revert(before)


def test_every_immutable_counts(chain: Chain, deployment: Deployment) -> None:
    """Code that leads to another contract, signing domain or chain is not ours."""
    held = codes(chain, deployment)
    for name in CONTRACTS:
        for place in load(name).immutables:
            code = bytearray(held[name])
            code[place.start + place.length - 1] ^= 1
            assert deployment.altered(held | {name: bytes(code)}) == (name,), place.name


@pytest.mark.parametrize("damage", ["not json", "[]", "{}", '{"chain_id": 1}'])
def test_damaged_manifest(deployment: Deployment, tmp_path: Path, damage: str) -> None:
    deployment.save(tmp_path).write_text(damage)
    with pytest.raises(DeploymentError, match=r"31337\.json can't be read: restore it, or make it again\."):
        Deployment.load(tmp_path, 31337)


def test_manifest_with_a_mistyped_address(deployment: Deployment, tmp_path: Path) -> None:
    path = deployment.save(tmp_path)
    content = json.loads(path.read_text())
    content["addresses"]["Credits"] = content["addresses"]["Credits"][:-1] + "x"
    path.write_text(json.dumps(content))
    with pytest.raises(DeploymentError, match="can't be read"):
        Deployment.load(tmp_path, 31337)


def test_manifest_of_another_chain(deployment: Deployment, tmp_path: Path) -> None:
    deployment.save(tmp_path).rename(manifest_path(tmp_path, 5))
    with pytest.raises(DeploymentError, match=r"5\.json can't be read"):
        Deployment.load(tmp_path, 5)


def test_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match=r"There is no deployment on chain 5 in .*: deploy first"):
        Deployment.load(tmp_path, 5)


def test_ledger_on_another_chain_than_its_deployment(
    public_chain: LocalChain, deployment: Deployment
) -> None:
    with pytest.raises(DeploymentError, match="is on chain 31337, and the node serves 11155111"):
        Ledger(public_chain.connect(), deployment)


def test_no_contract_to_start_from(chain: Chain) -> None:
    with pytest.raises(DeploymentError, match="Chain 31337 has no contract at 0x"):
        Deployment.of(chain, key("buyer").address)


def test_delay_on_a_public_chain_is_a_day_at_least(public_chain: LocalChain) -> None:
    chain = public_chain.connect()
    with pytest.raises(
        DeploymentError, match=r"86399 seconds is too short on chain 11155111: give at least 86400"
    ):
        deploy(chain, key("deployer"), delay=DAY - 1)
    assert deploy(chain, key("deployer"), dry_run=True).delay == DAY


def test_governance_on_a_public_chain_waits(public_chain: LocalChain, tmp_path: Path) -> None:
    chain, governance = public_chain.connect(), key("governance")
    deployment = deploy(chain, key("deployer"), governance=governance.address, home=tmp_path)
    assert manifest_path(tmp_path, PUBLIC_CHAIN).exists()
    ledger = Ledger(chain, deployment)

    def admit(**options: bool) -> int:
        return ledger.admit_programme(
            "VCS", KeySigner.from_key(b"\x07" * 32).address, signer=governance, **options
        ).programme

    with pytest.raises(
        Scheduled, match="This must be scheduled first: scheduled now, it can be done from 20"
    ):
        admit(dry_run=True)
    with pytest.raises(
        Scheduled, match="This is scheduled, not done yet: do the same again from 20"
    ) as caught:
        admit()
    assert caught.value.transaction is not None
    assert 0 <= caught.value.ready_at - chain.block("latest").time - DAY < 60
    with pytest.raises(Scheduled) as again:
        admit()
    assert (again.value.ready_at, again.value.transaction) == (caught.value.ready_at, None)
    public_chain.advance(DAY)
    assert admit() == 1
    with pytest.raises(Scheduled) as roots:
        ledger.register_roots(ProgrammeId(1), signer=governance)
    assert roots.value.transaction is not None
    public_chain.advance(DAY)
    assert ledger.register_roots(ProgrammeId(1), signer=governance).roots == ("VCS-VCU", "VCU")


def test_admission_and_roots_wait_together(public_chain: LocalChain) -> None:
    """They are scheduled once, however often the call is repeated, and also where it was cut off."""
    chain, governance = public_chain.connect(), key("governance")
    deployment = deploy(chain, governance)
    ledger = Ledger(chain, deployment)

    def admit(code: str, operator: str, **options: bool) -> ProgrammeWithRoots:
        return ledger.admit_with_roots(code, key(operator).address, signer=governance, **options)

    def pending() -> list[str]:
        return [call.function for call in read_access(chain, deployment).pending]

    with pytest.raises(Scheduled, match="must be scheduled first"):
        admit("VCS", "operator", dry_run=True)
    assert pending() == []
    with pytest.raises(Scheduled):  # as far as a run came that was cut off
        ledger.admit_programme("VCS", key("operator").address, signer=governance)
    for _ in range(2):
        with pytest.raises(Scheduled):
            admit("VCS", "operator")
        assert pending() == ["admitProgramme", "registerRoot", "registerRoot"]
    public_chain.advance(DAY)
    done = admit("VCS", "operator")
    assert (done.programme, done.roots, done.waiting) == (1, ("VCS-VCU", "VCU"), None)
    assert pending() == []
    for operator in ("operator", "buyer"):
        with pytest.raises(BadInput, match="Programme VCS is admitted already, operated by"):
            admit("VCS", operator)
    assert pending() == []


def test_roots_of_a_programme_that_got_another_number_are_scheduled_again(public_chain: LocalChain) -> None:
    """Nobody makes the calls for the number that was expected: they would give the roots to the other one."""
    chain, governance = public_chain.connect(), key("governance")
    deployment = deploy(chain, governance)
    ledger = Ledger(chain, deployment)
    for code, operator in (("VCS", "operator"), ("ACR", "acr_operator")):
        with pytest.raises(Scheduled):
            ledger.admit_with_roots(code, key(operator).address, signer=governance)
    public_chain.advance(DAY)
    first = ledger.admit_with_roots("ACR", key("acr_operator").address, signer=governance)
    assert (first.programme, first.roots) == (1, ("ACR",))
    second = ledger.admit_with_roots("VCS", key("operator").address, signer=governance)
    assert (second.programme, second.roots) == (2, ())
    assert second.waiting is not None
    assert 0 <= second.waiting.ready_at - chain.block("latest").time - DAY < 60
    again = ledger.admit_with_roots("VCS", key("operator").address, signer=governance)
    assert again.waiting is not None
    assert again.waiting.transaction is None
    public_chain.advance(DAY)
    last = ledger.admit_with_roots("VCS", key("operator").address, signer=governance)
    assert (last.roots, last.waiting) == (("VCS-VCU", "VCU"), None)
    assert [ledger.root_owner(root) for root in ("ACR", "VCS-VCU", "VCU")] == [1, 2, 2]


def test_the_administrator_on_a_public_chain_waits_too(public_chain: LocalChain) -> None:
    """Else governance could grant itself a role without a delay."""
    chain, governance = public_chain.connect(), key("governance")
    deployment = deploy(chain, governance)
    manager = chain.contract("AccessManager", deployment.addresses["AccessManager"])
    for role in (0, 1):
        assert chain.call(manager.functions.hasRole(role, governance.address)) == (True, DAY)
    assert chain.call(manager.functions.hasRole(2, governance.address)) == (True, 0)
