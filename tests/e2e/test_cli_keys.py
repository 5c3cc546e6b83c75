"""Keys as people have them: mnemonics, other programs' keystores, and contract wallets of VVBs."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import PASSPHRASE, Commands, up_to_accepted, with_keys
from signing_server import Dialect, signing_server

from onetonne.chain import KeySigner, LocalChain
from onetonne.chain.rpc import Node

ROOT = Path(__file__).resolve().parents[2]
MNEMONIC = "test test test test test test test test test test test junk"
FIRST, SECOND = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
WALLET = "0x" + "57" * 20
ACCEPTING = "0x631626ba7e60e01b5f5260205ff3"
"""Code of a wallet that takes every signature (ERC-1271)."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """A deployment, with a verification accepted and everybody funded."""
    home = tmp_path_factory.mktemp("keys")
    local = LocalChain(home)
    node = Node(local.up().url)
    commands = with_keys(home, local)
    up_to_accepted(commands)
    node.request("anvil_setCode", WALLET, ACCEPTING)
    yield commands
    local.down()


def test_a_wallets_owner_signs_for_the_vvb(scene: Commands, tmp_path: Path) -> None:
    scene.ok("verifier", "admit", "WALLET", "--account", WALLET, "--from", "council")
    statement = tmp_path / "statement.json"
    scene.ok(
        *("verify", "sign", "--output", str(statement), "--project", "VCS:1340"),
        *("--methodology", "VCS:VM0048:1.0", "--period", "2021-01-01..2021-12-31", "--verified", "10t"),
        *("--evidence-hash", "0x" + "01" * 32, "--from", "mallory", "--vvb", WALLET),
    )
    assert json.loads(statement.read_text())["vvb"] == WALLET
    scene.ok("verify", "submit", str(statement), "--from", "mallory")
    assert scene.json("verify", "show", "2")["status"] == "proposed"
    release = tmp_path / "release.json"
    scene.ok(
        *("buffer", "sign", "VCS:1340", "1t", "--output", str(release)),
        *("--evidence-hash", "0x" + "01" * 32, "--from", "mallory", "--vvb", WALLET),
    )
    assert json.loads(release.read_text())["vvb"] == WALLET


def test_a_mnemonic_is_imported(tmp_path: Path) -> None:
    commands = Commands(tmp_path, {"ONETONNE_MNEMONIC": MNEMONIC})
    assert commands.json("account", "import", "first", "--mnemonic")["address"] == FIRST
    commands.environment["ONETONNE_DERIVATION_PATH"] = "m/44'/60'/0'/0/1"
    assert commands.json("account", "import", "second")["address"] == SECOND
    commands.environment = {"ONETONNE_MNEMONIC": "test test"}
    assert "The mnemonic can't be used" in commands.refused("account", "import", "third", "--mnemonic")
    commands.environment = {}
    said = commands.refused("account", "import", "third", "--mnemonic")
    assert "set ONETONNE_MNEMONIC_FILE to a file that has it" in said
    assert [one["name"] for one in commands.json("account", "list")] == ["first", "second"]


def test_a_keystore_of_cast_signs(scene: Commands, tmp_path: Path) -> None:
    folder = tmp_path / ".foundry" / "keystores"
    folder.mkdir(parents=True)
    cast = shutil.which("cast", path=str(ROOT / "node_modules" / ".bin"))
    assert cast
    key = "0x" + "61" * 32
    command = [cast, "wallet", "import", "caster", "--keystore-dir", str(folder), "--private-key", key]
    subprocess.run([*command, "--unsafe-password", PASSPHRASE], check=True, capture_output=True)
    assert "address" not in json.loads((folder / "caster").read_text())
    address = KeySigner.from_key(key).address
    scene.ok("account", "fund", address)

    listed = json.loads(scene.run("account", "list", "--all", "--json", HOME=str(tmp_path)).stdout)
    assert {"name": "cast:caster", "address": None, "frozen": None} in listed
    approve = ("approve", "airline", "--from", "cast:caster", "--json")
    (folder / "caster").chmod(0o644)
    tried = scene.run(*approve, "--dry-run", HOME=str(tmp_path))
    assert tried.exit_code == 0
    assert tried.stderr == (
        f"Other users can read the keystore {folder / 'caster'}: "
        f"take that away with `chmod 600 {folder / 'caster'}`.\n"
    )
    (folder / "caster").chmod(0o600)
    done = scene.run(*approve, HOME=str(tmp_path))
    assert (done.exit_code, done.stderr) == (0, "")
    node = Node(LocalChain(scene.home).up().url)
    assert node.integer("eth_getTransactionCount", address, "latest") == 1
    said = scene.run("account", "fund", "caster", HOME=str(tmp_path))
    assert "does not have its address: give the address" in said.stderr


@pytest.mark.parametrize("dialect", ["clef", "web3signer"])
def test_a_signer_by_url_signs(scene: Commands, dialect: Dialect, tmp_path: Path) -> None:
    key = "0x" + ("62" if dialect == "clef" else "63") * 32
    address = KeySigner.from_key(key).address
    scene.ok("account", "fund", address)
    scene.ok("verifier", "admit", dialect.upper(), "--account", address, "--from", "council")
    statement = tmp_path / "statement.json"
    with signing_server(dialect, key) as server:
        commands = Commands(scene.home, {"ONETONNE_SIGNER": server.url})
        assert commands.json("approve", "airline", "--from", address, "--dry-run")["dry_run"] is True
        assert server.asked == []
        commands.ok("approve", "airline", "--from", address)
        commands.ok(
            *("verify", "sign", "--output", str(statement), "--project", "VCS:1340"),
            *("--methodology", "VCS:VM0048:1.0", "--period", "2022-01-01..2022-12-31", "--verified", "10t"),
            *("--evidence-hash", "0x" + "01" * 32),
        )
        server.alter = lambda asked: asked | {"gas": 1_000_000}
        said = commands.refused("approve", "verra", "--from", address)
        assert "signed another transaction than it was asked to" in said
    commands.ok("verify", "submit", str(statement), "--from", "mallory")
    node = Node(LocalChain(scene.home).up().url)
    assert node.integer("eth_getTransactionCount", address, "latest") == 1
