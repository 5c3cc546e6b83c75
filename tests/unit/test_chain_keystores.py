"""Keys on disk: readable by their owner only, never overwritten, never told."""

import json
import os
import stat
from pathlib import Path

import pytest

from onetonne.chain import KeySigner, keystores, signer_from_env
from onetonne.chain.signing import signer_from_mnemonic, whole_digits
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
    with pytest.raises(
        MissingKey, match=r"There is no key 'buyer' in .*keystores \(there are: none\), nor among"
    ):
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


MNEMONIC = "test test test test test test test test test test test junk"
FIRST, SECOND = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


def write(path: Path, signer: KeySigner, *, address: bool = True) -> None:
    content = signer.encrypted(PASSPHRASE, FAST)
    if not address:
        del content["address"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_text(json.dumps(content))


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder, with keystores of other programs."""
    folder = tmp_path / "user"
    monkeypatch.setenv("HOME", str(folder))
    write(
        folder / ".ethereum/keystore/UTC--2026-01-02T03-04-05.6Z--4c4c", KeySigner.from_key("0x" + "01" * 32)
    )
    write(folder / ".brownie/accounts/Deployer.json", KeySigner.from_key("0x" + "02" * 32))
    write(folder / ".foundry/keystores/deploy.key", KeySigner.from_key("0x" + "03" * 32), address=False)
    write(folder / ".ape/accounts/shared.json", KeySigner.from_key("0x" + "04" * 32))
    write(folder / ".brownie/accounts/shared.json", KeySigner.from_key("0x" + "05" * 32))
    (folder / ".brownie/accounts/notes.txt").write_text("{}")
    return folder


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("UTC--2026-01-02T03-04-05.6Z--4c4c", "01"),
        ("geth:UTC--2026-01-02T03-04-05.6Z--4c4c", "01"),
        (KeySigner.from_key("0x" + "01" * 32).address, "01"),
        ("Deployer", "02"),
        ("deployer", "02"),
        ("brownie:DEPLOYER", "02"),
        ("deploy.key", "03"),
        ("cast:deploy.key", "03"),
        ("ape:shared", "04"),
        ("brownie:shared", "05"),
    ],
)
def test_keystores_of_other_programs_are_found(tmp_path: Path, user: Path, name: str, key: str) -> None:
    assert keystores.load(tmp_path, name, PASSPHRASE).address == KeySigner.from_key("0x" + key * 32).address


def test_keystores_elsewhere_are_listed_by_program(tmp_path: Path, user: Path) -> None:
    assert {keystore.name for keystore in keystores.elsewhere()} == {
        *("geth:UTC--2026-01-02T03-04-05.6Z--4c4c", "brownie:Deployer", "brownie:shared"),
        *("cast:deploy.key", "ape:shared"),
    }
    assert keystores.names(tmp_path) == ()


def test_a_name_that_several_programs_have_is_not_guessed(tmp_path: Path, user: Path) -> None:
    with pytest.raises(SignerError, match="called 'shared': give one of brownie:shared, ape:shared"):
        keystores.find(tmp_path, "shared")
    own = keystores.create(tmp_path, "shared", PASSPHRASE, iterations=FAST)
    assert keystores.load(tmp_path, "shared", PASSPHRASE).address == own.address


def test_a_name_in_capitals_is_found(tmp_path: Path) -> None:
    for name, key in (("Alice", "01"), ("alice", "02"), ("BOB", "03")):
        write(tmp_path / f"keystores/{name}.json", KeySigner.from_key("0x" + key * 32))
    for name, key in (("Alice", "01"), ("alice", "02"), ("bob", "03"), ("BOB", "03")):
        assert (
            keystores.load(tmp_path, name, PASSPHRASE).address == KeySigner.from_key("0x" + key * 32).address
        )
    with pytest.raises(SignerError, match="Several keys are called 'ALICE': give one of Alice, alice"):
        keystores.find(tmp_path, "ALICE")


def test_a_file_that_names_another_account_is_refused(tmp_path: Path) -> None:
    keystores.create(tmp_path, "operator", PASSPHRASE, iterations=FAST)
    path = tmp_path / "keystores" / "operator.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"address": FIRST}))
    with pytest.raises(WrongKey, match=f"its file says {FIRST}"):
        keystores.load(tmp_path, "operator", PASSPHRASE)


@pytest.mark.parametrize(("mode", "warned"), [(0o600, False), (0o644, True), (0o660, True), (0o400, False)])
def test_a_keystore_that_others_can_read_is_told(tmp_path: Path, mode: int, warned: bool) -> None:
    keystores.create(tmp_path, "operator", PASSPHRASE, iterations=FAST)
    (tmp_path / "keystores" / "operator.json").chmod(mode)
    warning = keystores.find(tmp_path, "operator").warning
    assert (warning is not None) is warned
    assert warning is None or "chmod 600" in warning


@pytest.mark.parametrize("secret", [MNEMONIC, KEY, KEY[:-1], KEY[2:] + "4c", "x" * 200])
def test_what_may_be_a_secret_is_not_repeated(tmp_path: Path, secret: str) -> None:
    with pytest.raises(MissingKey, match="The account that was given names no key") as caught:
        keystores.find(tmp_path, secret)
    assert secret[:9] not in str(caught.value)


@pytest.mark.parametrize("member", ["mac", "ciphertext", "iv", "salt"])
def test_a_keystore_without_its_leading_zeros_is_mended(member: str) -> None:
    folders = {"iv": "cipherparams", "salt": "kdfparams"}
    signer, lost = KeySigner.from_key(KEY), None
    while lost is None:  # until a member begins with a zero digit
        content = signer.encrypted(PASSPHRASE, FAST)
        crypto = content["crypto"]
        place = crypto[folders[member]] if member in folders else crypto
        if place[member].startswith("0") and place[member][1] != "0":
            lost, place[member] = place[member], place[member][1:]
    mended = whole_digits(content)["crypto"]
    assert (mended[folders[member]] if member in folders else mended)[member] == lost


def test_a_mnemonic_and_its_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ONETONNE_KEY", raising=False)
    monkeypatch.setenv("ONETONNE_MNEMONIC", f"  {MNEMONIC}\n")
    assert signer_from_env().address == FIRST
    monkeypatch.setenv("ONETONNE_DERIVATION_PATH", "m/44'/60'/0'/0/1")
    assert signer_from_env().address == SECOND
    (tmp_path / "words").write_text(MNEMONIC.replace(" ", "\n"))
    monkeypatch.setenv("ONETONNE_MNEMONIC", "no words")
    monkeypatch.setenv("ONETONNE_MNEMONIC_FILE", str(tmp_path / "words"))
    assert signer_from_env().address == SECOND
    monkeypatch.setenv("ONETONNE_MNEMONIC_FILE", str(tmp_path / "none"))
    with pytest.raises(SignerError, match="ONETONNE_MNEMONIC_FILE can't be read: No such file"):
        signer_from_env()
    monkeypatch.setenv("ONETONNE_KEY", KEY)
    assert signer_from_env().address == KeySigner.from_key(KEY).address


@pytest.mark.parametrize(
    ("mnemonic", "path"),
    [
        (MNEMONIC.replace("junk", "SECRET"), "m/0"),
        (MNEMONIC.replace("junk", "test"), "m/0"),
        ("SECRET", "m/0"),
        (MNEMONIC, "SECRET"),
        (MNEMONIC, "m/4294967296"),
        (MNEMONIC, "m/" + MNEMONIC),
    ],
)
def test_a_mnemonic_that_is_none_is_not_told(mnemonic: str, path: str) -> None:
    with pytest.raises(WrongKey) as caught:
        signer_from_mnemonic(mnemonic, path)
    problem = caught.value
    assert (problem.__cause__, problem.__context__) == (None, None)
    assert "SECRET" not in str(problem)
    assert "test" not in str(problem)
