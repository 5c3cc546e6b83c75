"""Keys on disk: version 3 keystores, one file a name, readable by their owner only.

Keystores of geth, brownie, cast and ape are found where those programs keep them: as `brownie:NAME`, or by
NAME alone if neither the home nor another of the programs has a key of that name.
"""

import json
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_utils.address import to_checksum_address

from onetonne.chain.signing import KeySigner, whole_digits
from onetonne.errors import BadInput, MissingKey, SignerError, WrongKey, quoted
from onetonne.home import keystores_folder
from onetonne.terms import Address

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SHOWN = re.compile(r"(?!(0x)?[0-9a-fA-F]{41,})\S{1,120}")
"""What may stand in a message: no words of a mnemonic, and nothing like a key."""
_LARGEST = 1 << 16  # bytes; a keystore has about 500
_OTHERS = 0o077
"""Bits of a file's mode that let its group or anybody read it, or more."""

ELSEWHERE = {
    "geth": Path(".ethereum/keystore"),
    "brownie": Path(".brownie/accounts"),
    "cast": Path(".foundry/keystores"),
    "ape": Path(".ape/accounts"),
}
"""Programs whose keystores are found too, and their folders, relative to the user's own."""


@dataclass(frozen=True, slots=True)
class Keystore:
    """A key on disk, unopened."""

    name: str
    """With the program before a colon, where another program keeps it."""
    address: Address | None
    """As the file has it; cast writes none."""
    path: Path
    content: dict[str, Any] = field(repr=False)

    @property
    def open_to_others(self) -> bool:
        """Whether the file's mode lets other users of the machine read it."""
        try:
            return bool(self.path.stat().st_mode & _OTHERS)
        except OSError:
            return False

    @property
    def warning(self) -> str | None:
        """A sentence about a file that other users can read; None for one that they can't."""
        if not self.open_to_others:
            return None
        return (
            f"Other users can read the keystore {self.path}: take that away with "
            f"`chmod 600 {shlex.quote(str(self.path))}`."
        )

    def unlock(self, passphrase: str) -> KeySigner:
        """Return the key. Raises `WrongKey` for a wrong passphrase, a damaged file, or another's address."""
        reason = "the file is damaged"
        try:
            key = Account.decrypt(whole_digits(self.content), passphrase)
        except (ValueError, TypeError, KeyError, AttributeError, NotImplementedError) as problem:
            key = None
            if "MAC" in str(problem):
                reason = "the passphrase is wrong"
        if key is None:
            raise WrongKey(f"Key {self.name} can't be opened: {reason}.")
        signer = KeySigner.from_key(bytes(key))
        if self.address not in (None, signer.address):
            raise WrongKey(
                f"Key {self.name} is of account {signer.address}, and its file says {self.address}: "
                "correct the file's address, or find out who changed it."
            )
        return signer


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
    """Return the home's keys, by name. Files that are no keystores are left out."""
    return _folder(keystores_folder(home))


def elsewhere() -> tuple[Keystore, ...]:
    """Return the keys that other programs keep in the user's folder, by program and name."""
    found: list[Keystore] = []
    for program, folder in ELSEWHERE.items():
        found += [
            replace(keystore, name=f"{program}:{keystore.name}") for keystore in _folder(Path.home() / folder)
        ]
    return tuple(found)


def find(home: Path, name_or_address: str) -> Keystore:
    """Return a key by name or address: the home's, else another program's.

    A name is compared as it is written, then without regard to capitals. Raises `MissingKey` if no key fits,
    and `SignerError` if several do. No message repeats what may be a secret.
    """
    wanted = name_or_address.strip()
    if not _SHOWN.fullmatch(wanted):
        raise MissingKey("The account that was given names no key: see `onetonne account list` for names.")
    own = names(home)
    for known in (own, elsewhere()):
        fitting = _fitting(known, wanted)
        if len({keystore.address for keystore in fitting}) > 1 or (
            len(fitting) > 1 and fitting[0].address is None
        ):
            listed = ", ".join(keystore.name for keystore in fitting)
            raise SignerError(f"Several keys are called {quoted(wanted)}: give one of {listed}.")
        if fitting:
            return fitting[0]
    at_hand = ", ".join(keystore.name for keystore in own) or "none"
    raise MissingKey(
        f"There is no key {quoted(wanted)} in {keystores_folder(home)} (there are: {at_hand}), nor among "
        f"those of {', '.join(ELSEWHERE)}: see `onetonne account list --all`."
    )


def load(home: Path, name_or_address: str, passphrase: str) -> KeySigner:
    """Open a key. Raises `MissingKey` and `SignerError` as `find`, `WrongKey` as `Keystore.unlock`."""
    return find(home, name_or_address).unlock(passphrase)


def _fitting(known: tuple[Keystore, ...], wanted: str) -> list[Keystore]:
    by_address = [one for one in known if one.address and one.address.lower() == wanted.lower()]
    exact = [one for one in known if wanted in (one.name, one.name.partition(":")[2])]
    folded = [one for one in known if wanted.lower() in _names(one)]
    return by_address or exact or folded


def _names(keystore: Keystore) -> tuple[str, str]:
    """With and without the program, in small letters."""
    name = keystore.name.lower()
    return name, name.partition(":")[2] or name


def _folder(folder: Path) -> tuple[Keystore, ...]:
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return ()
    return tuple(keystore for path in paths if (keystore := _read(path)) is not None)


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
    """geth and cast write no suffix. A file without an address must at least hold what is encrypted."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        content = json.loads(path.read_text(encoding="utf-8"))
        name = path.stem if path.suffix == ".json" else path.name
        if content.get("address"):
            return Keystore(name, Address(to_checksum_address(content["address"])), path, content)
        crypto = content.get("crypto", content.get("Crypto"))
        return Keystore(name, None, path, content) if "ciphertext" in crypto else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
