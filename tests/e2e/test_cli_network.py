"""Networks by name: the chain is checked before anything is signed, and its node is found by its variable."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from anvil import anvil
from commands import Commands

from onetonne.chain import keystores
from onetonne.chain.rpc import Node
from onetonne.networks import named, shipped

SEPOLIA = 11155111


@pytest.fixture(scope="module")
def sepolia() -> Iterator[Node]:
    with anvil("--chain-id", str(SEPOLIA), "--accounts", "0") as node:
        yield node


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)


def test_every_network_is_listed_once(commands: Commands) -> None:
    listed = commands.json("network", "list")
    assert len(listed) == len({network["chain_id"] for network in listed}) == len(shipped())
    assert {"celo-sepolia", "hoodi", "polygon-amoy", "base", "local"} <= {one["name"] for one in listed}
    assert "25 gwei" in commands.ok("network", "show", "polygon")


def test_a_homes_own_networks_come_first(commands: Commands, tmp_path: Path) -> None:
    (tmp_path / "networks.toml").write_text('[sepolia]\ntitle = "Mine"\nchain_id = 5\ntip_floor = 0.5\n')
    assert commands.json("network", "show", "sepolia")["tip_floor"] == 5 * 10**8
    assert len(commands.json("network", "list")) == len(shipped())
    (tmp_path / "networks.toml").write_text('[sepolia]\ncolour = "red"\n')
    assert "holds no profiles of networks" in commands.refused("network", "list")


def test_a_network_by_name(commands: Commands, sepolia: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    assert named("sepolia").variable == "ONETONNE_RPC_SEPOLIA"
    assert "set ONETONNE_RPC_SEPOLIA to its URL" in commands.refused("network", "check", "sepolia")
    monkeypatch.setenv("ONETONNE_RPC_SEPOLIA", sepolia.url)
    assert commands.json("network", "check", "sepolia")["chain_id"] == SEPOLIA
    assert "There is no deployment on chain 11155111" in commands.refused(
        "batch", "list", "--network", "sepolia"
    )
    monkeypatch.setenv("ONETONNE_RPC_BASE", sepolia.url)
    said = commands.refused("batch", "list", "--network", "base")
    assert "The node serves chain 11155111; give the URL of a node of chain 8453 instead." in said
    said = commands.refused("batch", "list", "--network", "sepolia", "--chain-id", "5")
    assert "Network sepolia is chain 11155111, and --chain-id says 5" in said
    assert "There is no network 'nowhere'" in commands.refused("batch", "list", "--network", "nowhere")


def test_a_dry_run_asks_for_no_passphrase(tmp_path: Path, sepolia: Node) -> None:
    commands = Commands(tmp_path, {"ONETONNE_RPC": sepolia.url, "ONETONNE_PASSPHRASE": None})
    address = keystores.create(tmp_path, "deployer", "correct horse", iterations=2).address
    sepolia.request("anvil_setBalance", address, hex(10**20))
    plan = commands.json("deploy", "--from", "deployer", "--dry-run")
    assert plan["dry_run"] is True
    assert "Passphrase of deployer is needed" in commands.refused("deploy", "--from", "deployer", "--json")
