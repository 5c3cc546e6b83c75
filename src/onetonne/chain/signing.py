"""Who signs: a protocol, and keys held in this process. Keys never reach a node, a log or a message."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from eth_account import Account
from eth_account.signers.local import LocalAccount

from onetonne.errors import MissingKey, WrongKey
from onetonne.terms import Address

_KEY = re.compile(r"(?:0x)?([0-9a-fA-F]{64})")
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
    """A version 3 keystore whose initialisation vector has all of its 32 digits.

    eth-keyfile 0.8 writes it as a number, so without leading zeros, and other programs refuse that. ethers
    spells the member "Crypto".
    """
    crypto = dict(keystore["crypto" if "crypto" in keystore else "Crypto"])
    parameters = dict(crypto["cipherparams"])
    parameters["iv"] = str(parameters["iv"]).removeprefix("0x").rjust(32, "0")
    others = {name: value for name, value in keystore.items() if name != "Crypto"}
    return {**others, "crypto": {**crypto, "cipherparams": parameters}}


class LockedSigner:
    """A key that is opened when it signs, and not before: for what only has to know whose it is."""

    def __init__(self, address: Address, unlock: Callable[[], "KeySigner"]) -> None:
        self.address = address
        self._unlock = unlock

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


def signer_from_env(variable: str = "ONETONNE_KEY") -> KeySigner:
    """The private key in an environment variable. Raises `MissingKey` and `WrongKey`."""
    key = os.environ.get(variable, "")
    if not key.strip():
        raise MissingKey(f"There is no key in {variable}: set it, or name a keystore instead.")
    return KeySigner.from_key(key)
