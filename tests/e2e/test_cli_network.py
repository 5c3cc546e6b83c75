"""Networks by name: the chain is checked before anything is signed, and its node is found by its variable."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from anvil import anvil
from commands import Commands

from onetonne import environment
from onetonne.chain import LocalChain, keystores
from onetonne.chain.rpc import Node
from onetonne.errors import WrongChain
from onetonne.networks import named, of_chain, shipped

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


ADD = ("network", "add", "gnosis", "--chain-id", "100")


def test_a_network_is_added_to_the_home(commands: Commands, tmp_path: Path) -> None:
    own = tmp_path / "networks.toml"
    own.write_text('# mine\n[other]\ntitle = "Other"\nchain_id = 7')
    added = commands.json(
        *ADD, "--coin", "XDAI", "--title", "Gnosis 🦉", "--fee-cap", "100.5", "--finality", "64"
    )
    assert (added["chain_id"], added["coin"], added["fee_cap"], added["finality"]) == (
        *(100, "XDAI", 100_500_000_000),
        64,
    )
    assert added["title"] == "Gnosis 🦉"
    assert own.read_text().startswith("# mine\n[other]\n")
    assert of_chain(100, tmp_path) == named("gnosis", tmp_path)
    assert named("other", tmp_path).chain_id == 7
    assert f"Network gnosis is in {own} already" in commands.refused(*ADD)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (("network", "add", "Gnosis", "--chain-id", "100"), "Name 'Gnosis' can't name a network"),
        ((*ADD, "--kind", "zk"), "Network gnosis was not added: kind of gnosis can't be 'zk'."),
        ((*ADD, "--fee-cap", "-1"), "fee_cap of gnosis can't be -1.0"),
        ((*ADD, "--finality", "soon"), "finality of gnosis can't be 'soon'"),
        ((*ADD, "--confirmations", "0"), "confirmations of gnosis can't be 0"),
    ],
)
def test_a_profile_that_can_not_be_is_not_added(
    commands: Commands, tmp_path: Path, line: tuple[str, ...], problem: str
) -> None:
    assert problem in commands.refused(*line)
    assert not (tmp_path / "networks.toml").exists()


def test_a_network_is_added_with_its_chain_id_only(commands: Commands) -> None:
    assert "give --chain-id NUMBER" in commands.refused("network", "add", "gnosis", code=2)


def test_a_check_has_all_that_this_program_needs(commands: Commands, sepolia: Node) -> None:
    found = commands.json("network", "check", "sepolia", "--rpc", sepolia.url)
    assert (found["network"], found["chain_id"], found["head"]) == ("sepolia", SEPOLIA, 0)
    assert found["finalized_state"] is found["pending_state"] is True
    assert found["base_fee_gwei"] > 0
    assert found["tip_gwei"] >= 0
    assert found["logs_range_blocks"] == 1
    assert found["client"].startswith("anvil")
    assert commands.json("network", "check", "--rpc", sepolia.url)["network"] == "sepolia"
    assert "serves chain 11155111" in commands.refused("network", "check", "base", "--rpc", sepolia.url)
    assert "No node answers" in commands.refused("network", "check", "base", "--rpc", "http://127.0.0.1:9")


def test_the_local_chain_is_meant_by_no_other_name(tmp_path: Path, sepolia: Node) -> None:
    local = LocalChain(tmp_path)
    local.up()
    try:
        commands = Commands(tmp_path, {"ONETONNE_RPC_SEPOLIA": sepolia.url})
        fund = ("account", "fund", "0x" + "11" * 20)
        commands.ok(*fund, "--network", "local")
        assert "only be funded on the local chain" in commands.refused(*fund, "--network", "sepolia")
        said = commands.refused("batch", "list", "--network", "local", "--rpc", sepolia.url)
        assert "serves chain 11155111; give the URL of a node of chain 31337" in said
    finally:
        local.down()


def test_a_script_names_its_network(tmp_path: Path, sepolia: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETONNE_HOME", str(tmp_path))
    monkeypatch.delenv("ONETONNE_RPC", raising=False)
    monkeypatch.setenv("ONETONNE_RPC_SEPOLIA", sepolia.url)
    monkeypatch.setenv("ONETONNE_NETWORK", "sepolia")
    chain = environment.chain()
    assert (chain.chain_id, chain.network.name) == (SEPOLIA, "sepolia")
    monkeypatch.setenv("ONETONNE_NETWORK", "base")
    monkeypatch.setenv("ONETONNE_RPC", sepolia.url)
    with pytest.raises(WrongChain):
        environment.chain()
