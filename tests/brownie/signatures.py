"""EIP-712 signatures as a VVB makes them, by the accounts of brownie's chain or by others."""

from collections.abc import Mapping, Sequence
from typing import Any

from brownie._config import CONFIG
from eth_account import Account

RELEASE = {
    "project": "uint32",
    "programmeCode": "bytes32",
    "projectCode": "bytes32",
    "kilograms": "uint48",
    "evidence": "bytes32",
    "deadline": "uint48",
    "salt": "bytes32",
}


def key_of(number: int) -> str:
    """The key of account `number` of brownie's chain."""
    Account.enable_unaudited_hdwallet_features()
    mnemonic = CONFIG.networks["development"]["cmd_settings"]["mnemonic"]
    return str(Account.from_mnemonic(mnemonic, account_path=f"m/44'/60'/0'/0/{number}").key.hex())


def sign_release(shortfalls: Any, key: str, release: Sequence[Any], chain_id: int = 31337) -> bytes:
    return sign(shortfalls, key, "BufferRelease", RELEASE, release, chain_id)


def sign(
    contract: Any,
    key: str,
    name: str,
    fields: Mapping[str, str],
    values: Sequence[Any],
    chain_id: int = 31337,
) -> bytes:
    domain = {
        "name": "onetonne",
        "version": "1",
        "chainId": chain_id,
        "verifyingContract": contract.address,
    }
    types = {name: [{"name": field, "type": type_} for field, type_ in fields.items()]}
    message = dict(zip(fields, values, strict=True))
    return bytes(Account.sign_typed_data(key, domain, types, message).signature)
