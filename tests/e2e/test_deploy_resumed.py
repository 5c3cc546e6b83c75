"""A deployment that stops, wherever it is stopped, goes on: one deployment, at the addresses of its plan."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anvil import anvil
from world import key

from onetonne.chain import Chain, Sent, connect, keystores
from onetonne.chain.rpc import Node
from onetonne.chain.sending import Outbox
from onetonne.deploy import CONTRACTS, Deployment, deploy
from onetonne.deploy.factory import CREATE2_DEPLOYER, factory_address
from onetonne.errors import DeploymentError, InsufficientFunds, Reverted
from onetonne.home import manifest_path

STEPS = ("Factory", *CONTRACTS, "roles")
DEPLOYER, COUNCIL, AUTHORITY = key("deployer"), key("governance").address, key("regulator").address
CHAINS = (5_001, 5_002)
PRESIGNER = "0x3fAB184622Dc19b6109349B94811493BF2a45362"


class Killed(Exception):
    """What ends a run."""


@pytest.fixture(scope="module")
def nodes() -> Iterator[list[Chain]]:
    """Two chains on which nothing was deployed."""
    with (
        anvil("--accounts", "0", "--chain-id", str(CHAINS[0])) as one,
        anvil("--accounts", "0", "--chain-id", str(CHAINS[1])) as other,
    ):
        chains = [connect(node.url) for node in (one, other)]
        for chain in chains:
            fund(chain, 10**21)
        yield chains


@pytest.fixture
def chain(nodes: list[Chain], tmp_path: Path) -> Iterator[Chain]:
    """The first of them; taken back after the test."""
    before = nodes[0].node.request("evm_snapshot")
    yield connect(nodes[0].url, home=tmp_path)
    assert nodes[0].node.request("evm_revert", before)


def fund(chain: Chain, wei: int) -> None:
    chain.node.request("anvil_setBalance", DEPLOYER.address, hex(wei))


def run(chain: Chain, home: Path | None, **options: Any) -> Deployment:
    return deploy(chain, DEPLOYER, governance=COUNCIL, regulator=AUTHORITY, home=home, **options)


def killed_run(chain: Chain, home: Path | None, monkeypatch: pytest.MonkeyPatch, *, after: int) -> None:
    """A run that ends as the transaction of this number is in a block, before anything learns of it."""
    original, sends = Outbox.send, 0

    def send(self: Outbox, *given: Any) -> Sent:
        nonlocal sends
        sent = original(self, *given)
        sends += 1
        if sends == after:
            raise Killed
        return sent

    with monkeypatch.context() as patched:
        patched.setattr(Outbox, "send", send)
        with pytest.raises(Killed):
            run(chain, home)


def transactions(chain: Chain) -> int:
    return chain.node.integer("eth_getTransactionCount", DEPLOYER.address, "latest")


@pytest.mark.parametrize("count", range(1, len(STEPS) + 1))
def test_a_killed_deployment_goes_on(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    plan = run(chain, tmp_path, dry_run=True)
    killed_run(chain, tmp_path, monkeypatch, after=count)
    assert transactions(chain) == count
    with pytest.raises(DeploymentError) as refused:
        Deployment.load(tmp_path, chain.chain_id)
    assert str(refused.value) == (
        f"The deployment on chain {chain.chain_id} is unfinished, after {count - 1} transactions: "
        "deploy again to go on."
    )
    rest = deploy(chain, DEPLOYER, home=tmp_path, dry_run=True)
    assert [step.step for step in rest.transactions if step.hash is None] == list(STEPS[count:])
    made = deploy(chain, DEPLOYER, home=tmp_path)
    assert transactions(chain) == len(plan.transactions) == len(STEPS)
    assert made == Deployment.load(tmp_path, chain.chain_id)
    assert (made.addresses, made.factory) == (plan.addresses, plan.factory)
    assert (made.governance, made.regulator, made.delay) == (COUNCIL, AUTHORITY, 86_400)
    assert [step.step for step in made.transactions] == list(STEPS)
    assert len({step.hash for step in made.transactions}) == len(STEPS)
    assert all(step.hash and step.gas and step.fee_wei for step in made.transactions)
    made.check(chain)
    assert made.block == Deployment.of(chain, made.addresses["Credits"]).block


def test_a_deployment_whose_manifest_is_lost_goes_on(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_run(chain, None, monkeypatch, after=4)
    made = run(chain, tmp_path)
    assert transactions(chain) == len(STEPS)
    manifest_path(tmp_path, chain.chain_id).unlink()
    assert run(chain, tmp_path) == made
    assert transactions(chain) == len(STEPS)


def test_a_killed_command_goes_on(chain: Chain, tmp_path: Path) -> None:
    """As above by SIGKILL: no clause of the program runs any more."""
    keystores.add(tmp_path, "deployer", DEPLOYER, "correct horse", iterations=2)
    chain.node.request("anvil_setBlockTimestampInterval", 1)
    chain.node.request("evm_setIntervalMining", 1)
    try:
        command = [sys.executable, "-m", "onetonne", "deploy", "--from", "deployer", "--json"]
        environment = os.environ | {
            "ONETONNE_HOME": str(tmp_path),
            "ONETONNE_RPC": chain.url,
            "ONETONNE_PASSPHRASE": "correct horse",
        }
        first = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while transactions(chain) < 3:
            assert first.poll() is None
        first.send_signal(signal.SIGKILL)
        first.communicate()
        chain.node.request("evm_setIntervalMining", 0)
        chain.node.request("evm_setAutomine", True)
        chain.node.request("evm_mine")
        second = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert len(json.loads(second.stdout)["transactions"]) == len(STEPS)
        assert transactions(chain) == len(STEPS)
    finally:
        chain.node.request("evm_setIntervalMining", 0)
        chain.node.request("evm_setAutomine", True)


def test_two_chains_have_the_same_addresses(nodes: list[Chain], chain: Chain, tmp_path: Path) -> None:
    other = nodes[1]
    other.node.request("anvil_setNonce", DEPLOYER.address, hex(17))
    plan = deploy(other, DEPLOYER, dry_run=True)
    first = run(chain, tmp_path)
    second = run(other, tmp_path)
    assert first.addresses == second.addresses == plan.addresses
    assert first.factory == second.factory == factory_address(DEPLOYER.address, 0)
    assert factory_address(key("buyer").address, 0) != first.factory != factory_address(DEPLOYER.address, 1)


def test_another_salt_is_another_deployment(chain: Chain, tmp_path: Path) -> None:
    first = run(chain, None)
    second = run(chain, tmp_path, salt=1)
    assert not set(first.addresses.values()) & set(second.addresses.values())
    assert Deployment.load(tmp_path, chain.chain_id).salt == 1


def test_the_plan_has_the_gas_and_the_coin_of_every_transaction(chain: Chain) -> None:
    plan, made = run(chain, None, dry_run=True), run(chain, None)
    for planned, used in zip(plan.transactions, made.transactions, strict=True):
        assert planned.step == used.step
        assert used.gas <= planned.gas <= used.gas * 1.25 + 20_000, planned.step
        assert planned.fee_wei > 0


def test_too_little_coin_is_said_before_the_first_transaction(chain: Chain, tmp_path: Path) -> None:
    plan = run(chain, None, dry_run=True)
    needed = 2 * sum(step.fee_wei for step in plan.transactions)
    fund(chain, needed // 2)
    with pytest.raises(InsufficientFunds, match="for gas: send it some"):
        run(chain, tmp_path)
    assert transactions(chain) == 0
    assert list(tmp_path.iterdir()) == []


def test_an_unfinished_deployment_is_its_deployers(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_run(chain, tmp_path, monkeypatch, after=2)
    with pytest.raises(DeploymentError, match=f"is {DEPLOYER.address}'s: go on with that account"):
        deploy(chain, key("buyer"), home=tmp_path)


def test_another_version_does_not_go_on(
    chain: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_run(chain, tmp_path, monkeypatch, after=3)
    plan = run(chain, tmp_path, dry_run=True)
    chain.node.request("anvil_setCode", plan.addresses["Programmes"], "0x00")
    with pytest.raises(DeploymentError, match=r"^Programmes at .* is not what this package ships"):
        run(chain, tmp_path)


def test_a_finished_deployment_of_others_is_not_taken_for_ours(chain: Chain, tmp_path: Path) -> None:
    run(chain, None)
    with pytest.raises(DeploymentError, match=r"is finished, and .* is not its administrator"):
        deploy(chain, DEPLOYER, home=tmp_path)


def test_the_factory_is_its_owners(chain: Chain) -> None:
    made = run(chain, None)
    assert made.factory
    contract = chain.contract("Factory", made.factory)
    chain.node.request("anvil_setBalance", key("buyer").address, hex(10**18))
    with pytest.raises(Reverted, match=f"does not own this factory; sign as {DEPLOYER.address}"):
        chain.send(chain.function(contract, "create", b"", made.addresses["Credits"]), key("buyer"))
    with pytest.raises(Reverted, match="the transaction was sent twice, or late"):
        chain.send(chain.function(contract, "create", b"", made.addresses["Credits"]), DEPLOYER)


def test_the_manifest_has_what_the_contracts_are_made_of(chain: Chain, tmp_path: Path) -> None:
    made = run(chain, tmp_path)
    content = json.loads(manifest_path(tmp_path, chain.chain_id).read_text())
    assert content["state"] == "finished"
    assert content["arguments"]["AccessManager"] == [DEPLOYER.address]
    assert content["arguments"]["SignedOrders"] == [made.addresses["Credits"]]
    assert content["compiler"]["evmVersion"] == "prague"
    assert content["sources"]["contracts/Credits.sol"].startswith("0x")


@pytest.fixture
def bare() -> Iterator[Node]:
    with anvil("--accounts", "0", "--disable-default-create2-deployer") as node:
        yield node


def test_a_chain_without_create2_deployer(bare: Node, tmp_path: Path) -> None:
    chain = connect(bare.url)
    fund(chain, 10**21)
    for options in ({"dry_run": True}, {}):
        with pytest.raises(DeploymentError) as lacking:
            run(chain, tmp_path, **options)
        assert str(lacking.value) == (
            f"Chain 31337 lacks the CREATE2 deployer {CREATE2_DEPLOYER}: send 0.01 of its coin to "
            f"{PRESIGNER}, whose signed transaction puts it there, and deploy again."
        )
    chain.node.request("anvil_setBalance", PRESIGNER, hex(10**16))
    assert run(chain, None, dry_run=True).addresses == run(chain, tmp_path).addresses
    assert transactions(chain) == len(STEPS)


def test_another_contract_in_the_create2_deployers_place(bare: Node) -> None:
    chain = connect(bare.url)
    fund(chain, 10**21)
    chain.node.request("anvil_setCode", CREATE2_DEPLOYER, "0x00")
    with pytest.raises(DeploymentError, match="has another contract than the CREATE2 deployer at"):
        run(chain, None)
