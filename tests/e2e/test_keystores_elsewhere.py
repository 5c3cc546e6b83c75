"""Keystores that we write open in ethers and cast, and theirs here, also where bytes begin with zeros."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from Crypto import Random

from onetonne.chain import KeySigner, keystores
from onetonne.home import keystores_folder

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "correct horse"
COUNT = 1_000


@pytest.fixture
def zeros(monkeypatch: pytest.MonkeyPatch) -> None:
    """What eth-keyfile draws begins with a zero byte, or two."""
    draw = Random.get_random_bytes

    def drawn(size: int) -> bytes:
        found = draw(size)
        count = 1 + found[-1] % 2
        return bytes(count) + found[count:]

    monkeypatch.setattr(Random, "get_random_bytes", drawn)


def test_keystores_open_in_ethers_and_cast_and_theirs_here(tmp_path: Path, zeros: None) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    addresses = {}
    for number in range(COUNT):
        signer = keystores.create(ours, f"key-{number}", PASSPHRASE, iterations=2)
        addresses[f"key-{number}.json"] = signer.address
    keystores_folder(theirs).mkdir(parents=True)
    asked = {"folder": str(keystores_folder(ours)), "out": str(keystores_folder(theirs))}
    executable = shutil.which("node")
    assert executable
    answer = subprocess.run(
        [executable, str(ROOT / "tests/e2e/clients/keystores.mjs")],
        input=json.dumps({**asked, "passphrase": PASSPHRASE, "own": 100}),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(answer.stdout)
    assert found["opened"] == addresses
    for name, address in found["made"].items():
        assert keystores.load(theirs, name, PASSPHRASE).address == address
    for name in list(addresses)[:5]:
        command = [str(ROOT / "node_modules/.bin/cast"), "wallet", "address"]
        path = keystores_folder(ours) / name
        given = ["--keystore", str(path), "--password", PASSPHRASE]
        said = subprocess.run([*command, *given], capture_output=True, text=True, check=True)
        assert said.stdout.strip() == addresses[name]


def test_a_keystore_that_lost_its_zeros_is_mended(tmp_path: Path, zeros: None) -> None:
    signer = KeySigner.new()
    content = json.loads(json.dumps(signer._account.encrypt(PASSPHRASE, iterations=2)))
    assert len(content["crypto"]["cipherparams"]["iv"]) < 32
    folder = keystores_folder(tmp_path)
    folder.mkdir(parents=True)
    with os.fdopen(os.open(folder / "old.json", os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(json.dumps(content))
    assert keystores.load(tmp_path, "old", PASSPHRASE).address == signer.address
