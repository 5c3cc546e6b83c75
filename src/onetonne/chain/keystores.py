"""Keys on disk: version 3 keystores, one file a name, readable by their owner only."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_utils.address import to_checksum_address

from onetonne.chain.signing import KeySigner, whole_digits
from onetonne.errors import BadInput, MissingKey, SignerError, WrongKey, quoted
from onetonne.home import keystores_folder
from onetonne.terms import Address

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Keystore:
    """A key on disk, unopened."""

    name: str
    address: Address
    path: Path
    content: dict[str, Any] = field(repr=False)


def create(home: Path, name: str, passphrase: str, *, iterations: int | None = None) -> KeySigner:
    """A new key, encrypted. Raises `BadInput`, or `SignerError` where the name is taken.

    `iterations` is scrypt's n, a power of two; fewer than the default are for tests.
    """
    return add(home, name, KeySigner.new(), passphrase, iterations=iterations)


def add(
    home: Path, name: str, signer: KeySigner, passphrase: str, *, iterations: int | None = None
) -> KeySigner:
    """Encrypts an existing key under `passphrase`. Errors as `create`. Never overwrites a keystore."""
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"Name {quoted(name)} can't name a key: use a-z, 0-9, hyphen and underscore, at most 64."
        )
    if not passphrase:
        raise BadInput(
            "The passphrase is empty: choose one, for whoever reads the file has the key otherwise."
        )
    path = keystores_folder(home) / f"{name}.json"
    if path.exists():
        raise SignerError(f"There is a key named {name} already, in {path}: choose another name.")
    _write(path, json.dumps(signer.encrypted(passphrase, iterations)))
    return signer


def names(home: Path) -> tuple[Keystore, ...]:
    """The keys at hand, by name. Files that are no keystores are left out."""
    paths = sorted(keystores_folder(home).glob("*.json"))
    return tuple(keystore for path in paths if (keystore := _read(path)) is not None)


def find(home: Path, name_or_address: str) -> Keystore:
    """Raises `MissingKey` where there is no such key."""
    known = names(home)
    wanted = name_or_address.strip().lower()
    for keystore in known:
        if wanted in (keystore.name, keystore.address.lower()):
            return keystore
    at_hand = ", ".join(keystore.name for keystore in known) or "none"
    raise MissingKey(
        f"There is no key {quoted(name_or_address)} in {keystores_folder(home)} (there are: {at_hand})."
    )


def load(home: Path, name_or_address: str, passphrase: str) -> KeySigner:
    """Opens a key. Raises `MissingKey`, and `WrongKey` where the passphrase is not its."""
    keystore = find(home, name_or_address)
    try:
        key = Account.decrypt(whole_digits(keystore.content), passphrase)
    except (ValueError, TypeError, KeyError, NotImplementedError) as problem:
        reason = "the passphrase is wrong" if "MAC" in str(problem) else "the file is damaged"
        raise WrongKey(f"Key {keystore.name} can't be opened: {reason}.") from None
    return KeySigner.from_key(bytes(key))


def passphrase_from_env(environment: Mapping[str, str] | None = None) -> str | None:
    """What ONETONNE_PASSPHRASE_FILE names, else ONETONNE_PASSPHRASE; None where neither is set.

    A file's last line break does not belong to the passphrase. Raises `SignerError` where it can't be read.
    """
    variables = os.environ if environment is None else environment
    path = variables.get("ONETONNE_PASSPHRASE_FILE")
    if not path:
        return variables.get("ONETONNE_PASSPHRASE") or None
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise SignerError(
            f"The file in ONETONNE_PASSPHRASE_FILE, {path}, can't be read: {_reason(problem)}."
        ) from problem
    return text.removesuffix("\n").removesuffix("\r")


def _write(path: Path, text: str) -> None:
    """Born readable by its owner only, not made so afterwards; and never over another key."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise SignerError(f"The key can't be written to {path}: {_reason(problem)}.") from problem


def _reason(problem: Exception) -> str:
    return problem.strerror or "unknown reason" if isinstance(problem, OSError) else "it is no text"


def _read(path: Path) -> Keystore | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Keystore(path.stem, Address(to_checksum_address(content["address"])), path, content)
    except (OSError, ValueError, TypeError, KeyError):
        return None
