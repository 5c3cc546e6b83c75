"""Keys on disk: readable by their owner only, never overwritten, never told."""

import json
import os
import stat
from pathlib import Path

import pytest

from onetonne.chain import KeySigner, keystores, signer_from_env
from onetonne.errors import BadInput, MissingKey, OnetonneError, SignerError, WrongKey

KEY = "0x" + "4c" * 32
PASSPHRASE = "correct horse"
FAST = 2  # scrypt's n


def test_created_key_is_loaded_by_name_and_by_address(tmp_path: Path) -> None:
    signer = keystores.create(tmp_path, "operator", PASSPHRASE, iterations=FAST)
    assert keystores.load(tmp_path, "operator", PASSPHRASE).address == signer.address
    assert keystores.load(tmp_path, signer.address.lower(), PASSPHRASE).address == signer.address


def test_file_and_folder_are_their_owners_only(tmp_path: Path) -> None:
    before = os.umask(0)  # the worst there is
    try:
        keystores.create(tmp_path, "operator", PASSPHRASE, iterations=FAST)
    finally:
        os.umask(before)
    folder = tmp_path / "keystores"
    assert stat.S_IMODE((folder / "operator.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_file_is_an_encrypted_version_3_keystore(tmp_path: Path) -> None:
    signer = KeySigner.from_key(KEY)
    keystores.add(tmp_path, "operator", signer, PASSPHRASE, iterations=FAST)
    text = (tmp_path / "keystores" / "operator.json").read_text()
    content = json.loads(text)
    assert (content["version"], content["crypto"]["kdf"]) == (3, "scrypt")
    assert KEY[2:] not in text
    assert PASSPHRASE not in text


def test_default_key_derivation_is_slow_on_purpose() -> None:
    assert KeySigner.from_key(KEY).encrypted("x")["crypto"]["kdfparams"]["n"] >= 2**18


def test_key_is_never_overwritten(tmp_path: Path) -> None:
    first = keystores.create(tmp_path, "operator", PASSPHRASE, iterations=FAST)
    with pytest.raises(
        SignerError, match=r"There is a key named operator already, in .*operator\.json: choose"
    ):
        keystores.create(tmp_path, "operator", PASSPHRASE, iterations=FAST)
    assert keystores.load(tmp_path, "operator", PASSPHRASE).address == first.address


@pytest.mark.parametrize("name", ["", "../operator", "Operator", "a b", "a/b", ".hidden", "x" * 65])
def test_name_that_can_name_no_key(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="can't name a key: use a-z"):
        keystores.create(tmp_path, name, PASSPHRASE, iterations=FAST)
    assert list(tmp_path.iterdir()) == []


def test_empty_passphrase(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="The passphrase is empty: choose one"):
        keystores.create(tmp_path, "operator", "", iterations=FAST)


def test_wrong_passphrase(tmp_path: Path) -> None:
    keystores.create(tmp_path, "operator", PASSPHRASE, iterations=FAST)
    with pytest.raises(WrongKey) as caught:
        keystores.load(tmp_path, "operator", "wrong horse")
    assert str(caught.value) == "Key operator can't be opened: the passphrase is wrong."


def test_missing_key(tmp_path: Path) -> None:
    with pytest.raises(MissingKey, match=r"There is no key 'buyer' in .*keystores \(there are: none\)\."):
        keystores.load(tmp_path, "buyer", PASSPHRASE)


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"address": "0x12"}', '{"address": 5}', "\xff"])
def test_file_that_is_no_keystore_is_left_out(tmp_path: Path, damage: str) -> None:
    keystores.create(tmp_path, "operator", PASSPHRASE, iterations=FAST)
    (tmp_path / "keystores" / "other.json").write_text(damage, encoding="latin-1")
    assert [keystore.name for keystore in keystores.names(tmp_path)] == ["operator"]


@pytest.mark.parametrize(
    "damage", [{"version": 9}, {"crypto": {}}, {"crypto": None}, {"version": None}], ids=str
)
def test_damaged_keystore(tmp_path: Path, damage: dict[str, object]) -> None:
    keystores.create(tmp_path, "operator", PASSPHRASE, iterations=FAST)
    path = tmp_path / "keystores" / "operator.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | damage))
    with pytest.raises(WrongKey, match="Key operator can't be opened: the file is damaged"):
        keystores.load(tmp_path, "operator", PASSPHRASE)


def test_folder_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "keystores").write_text("a file")
    with pytest.raises(SignerError, match="The key can't be written to"):
        keystores.create(tmp_path, "operator", PASSPHRASE, iterations=FAST)


def test_passphrase_from_a_file_comes_before_that_of_the_variable(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    path.write_text(" with blanks \n")
    variables = {"ONETONNE_PASSPHRASE": "other", "ONETONNE_PASSPHRASE_FILE": str(path)}
    assert keystores.passphrase_from_env(variables) == " with blanks "
    del variables["ONETONNE_PASSPHRASE_FILE"]
    assert keystores.passphrase_from_env(variables) == "other"
    assert keystores.passphrase_from_env({}) is None


def test_passphrase_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SignerError, match=r"ONETONNE_PASSPHRASE_FILE, .* can't be read: No such file"):
        keystores.passphrase_from_env({"ONETONNE_PASSPHRASE_FILE": str(tmp_path / "none")})


def test_key_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETONNE_KEY", f" {KEY}\n")
    assert signer_from_env().address == KeySigner.from_key(KEY).address
    monkeypatch.delenv("ONETONNE_KEY")
    with pytest.raises(MissingKey, match="There is no key in ONETONNE_KEY: set it, or name a keystore"):
        signer_from_env()


@pytest.mark.parametrize(
    "key", ["4c" * 31 + "4", "0xSECRET", "0x" + "0" * 64, "ff" * 32, "SECRET", b"SECRET"]
)
def test_key_that_is_none_is_not_told(key: str | bytes) -> None:
    with pytest.raises(WrongKey) as caught:
        KeySigner.from_key(key)
    problem: BaseException | None = caught.value
    assert isinstance(problem, OnetonneError)
    assert (problem.__cause__, problem.__context__) == (None, None)
    assert "SECRET" not in str(problem)


def test_signer_does_not_show_its_key() -> None:
    signer = KeySigner.from_key(KEY)
    assert repr(signer) == f"KeySigner({signer.address})"
