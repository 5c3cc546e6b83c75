"""Who signs: a protocol, and keys held in this process. Keys never reach a node, a log or a message."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.exceptions import ValidationError

from onetonne.errors import MissingKey, SignerError, WrongKey
from onetonne.terms import Address

_KEY = re.compile(r"(?:0x)?([0-9a-fA-F]{64})")
_PATH = re.compile(r"m(/[0-9]{1,10}'?){1,10}")
FIRST_PATH = "m/44'/60'/0'/0/0"
"""Of a mnemonic's first account (BIP-44)."""
_ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
"""Of secp256k1: a key is below it."""

TypedMembers = Mapping[str, Sequence[Mapping[str, str]]]
"""EIP-712 struct types without the domain's: struct name -> members, each with `name` and `type`."""


class Signer(Protocol):
    """An account that can sign. A hardware wallet or a remote signer needs no more than this."""

    @property
    def address(self) -> Address: ...

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        """The raw transaction. `transaction` has every field, in web3's names and Python's integers."""
        ...

    def sign_typed(self, domain: dict[str, Any], types: TypedMembers, message: dict[str, Any]) -> bytes:
        """The 65 bytes of an EIP-712 signature."""
        ...


class KeySigner:
    """A private key in this process's memory."""

    __slots__ = ("_account",)

    def __init__(self, account: LocalAccount) -> None:
        self._account = account

    @classmethod
    def from_key(cls, key: str | bytes) -> "KeySigner":
        """Raises `WrongKey` unless `key` is 32 bytes, or 64 hexadecimal digits with or without 0x."""
        number = _number(key)
        if not 0 < number < _ORDER:
            raise WrongKey("The private key can't be used: give 64 hexadecimal digits, with or without 0x.")
        return cls(Account.from_key(number.to_bytes(32, "big")))

    @classmethod
    def new(cls) -> "KeySigner":
        return cls(Account.create())

    @property
    def address(self) -> Address:
        return Address(str(self._account.address))

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        return bytes(self._account.sign_transaction(transaction).raw_transaction)

    def sign_typed(self, domain: dict[str, Any], types: TypedMembers, message: dict[str, Any]) -> bytes:
        plain = {name: [dict(member) for member in members] for name, members in types.items()}
        return bytes(self._account.sign_typed_data(domain, plain, message).signature)

    def encrypted(self, passphrase: str, iterations: int | None = None) -> dict[str, Any]:
        """The key as a version 3 keystore. `iterations` is scrypt's n, a power of two."""
        keystore = dict(self._account.encrypt(passphrase, kdf="scrypt", iterations=iterations))
        return whole_digits(keystore)

    def __repr__(self) -> str:
        return f"KeySigner({self.address})"


def whole_digits(keystore: Mapping[str, Any]) -> dict[str, Any]:
    """Return a version 3 keystore whose hexadecimal members have all of their digits.

    eth-keyfile 0.8 writes the initialisation vector as a number, so without leading zeros, and other programs
    refuse that. Others lose those of the ciphertext and the MAC alike. ethers spells the member "Crypto".
    """
    crypto = dict(keystore["crypto" if "crypto" in keystore else "Crypto"])
    parameters, derivation = dict(crypto["cipherparams"]), dict(crypto["kdfparams"])
    parameters["iv"] = _digits(parameters["iv"], 32)
    salt = _digits(derivation["salt"], 0)
    derivation["salt"] = salt.rjust(len(salt) + len(salt) % 2, "0")
    members = {name: _digits(crypto[name], 64) for name in ("ciphertext", "mac")}
    others = {name: value for name, value in keystore.items() if name != "Crypto"}
    return {**others, "crypto": {**crypto, **members, "cipherparams": parameters, "kdfparams": derivation}}


def _digits(text: Any, count: int) -> str:
    return str(text).removeprefix("0x").rjust(count, "0")


class LockedSigner:
    """A key that is opened when it first signs, for uses that need only its address."""

    def __init__(self, address: Address, unlock: Callable[[], "KeySigner"]) -> None:
        self.address = address
        self._unlock = cache(unlock)

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        return self._unlock().sign_transaction(transaction)

    def sign_typed(self, domain: dict[str, Any], types: TypedMembers, message: dict[str, Any]) -> bytes:
        return self._unlock().sign_typed(domain, types, message)


def _number(key: str | bytes) -> int:
    """0 for what is no key. Nothing raises here: a cause, which tracebacks show, might hold the key."""
    if isinstance(key, str):
        found = _KEY.fullmatch(key.strip())
        return int(found[1], 16) if found else 0
    return int.from_bytes(key, "big") if len(key) == 32 else 0


def signer_from_mnemonic(mnemonic: str, path: str = FIRST_PATH) -> KeySigner:
    """Return the key of a BIP-39 mnemonic, without a passphrase of its own, at a BIP-32 path.

    Raises `WrongKey`, which repeats neither.
    """
    if not _PATH.fullmatch(path):
        raise WrongKey(f"The derivation path can't be read: write it such as {FIRST_PATH}.")
    Account.enable_unaudited_hdwallet_features()
    try:
        account = Account.from_mnemonic(" ".join(mnemonic.split()), account_path=path)
    except (ValueError, ValidationError):  # they hold the words
        account = None
    if account is None:
        raise WrongKey(
            "The mnemonic can't be used: give its 12 to 24 words, in order and all spelt as they were."
        )
    return KeySigner(account)


def mnemonic_from_env() -> str | None:
    """Return what ONETONNE_MNEMONIC_FILE names, else ONETONNE_MNEMONIC; None if neither is set.

    Raises `SignerError` where the file can't be read.
    """
    path = os.environ.get("ONETONNE_MNEMONIC_FILE")
    if not path:
        return os.environ.get("ONETONNE_MNEMONIC", "").strip() or None
    try:
        return Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is no text"
        raise SignerError(f"The file in ONETONNE_MNEMONIC_FILE can't be read: {reason}.") from problem


def derivation_path() -> str:
    """Return ONETONNE_DERIVATION_PATH, else that of a mnemonic's first account."""
    return os.environ.get("ONETONNE_DERIVATION_PATH", "").strip() or FIRST_PATH


def has_key_in_env() -> bool:
    """Whether a key or a mnemonic stands in the environment."""
    variables = ("ONETONNE_KEY", "ONETONNE_MNEMONIC", "ONETONNE_MNEMONIC_FILE")
    return any(os.environ.get(variable, "").strip() for variable in variables)


def signer_from_env(variable: str = "ONETONNE_KEY") -> KeySigner:
    """Return the private key in a variable, else that of the mnemonic in the environment.

    Raises `MissingKey`, `WrongKey`, and `SignerError` where the mnemonic's file can't be read.
    """
    key = os.environ.get(variable, "")
    if key.strip():
        return KeySigner.from_key(key)
    mnemonic = mnemonic_from_env()
    if mnemonic is None:
        raise MissingKey(f"There is no key in {variable}: set it, or name a keystore instead.")
    return signer_from_mnemonic(mnemonic, derivation_path())
