"""The code of a deployment's contracts, to the byte: what the package ships, with the immutables' values.

They are the deployment's other contracts, and what OpenZeppelin's `EIP712` keeps in two of them. Compared
without them, code could lead to other contracts than the deployment's.
"""

from collections.abc import Mapping

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from onetonne import artifacts
from onetonne.terms import SIGNING_DOMAIN, Address

_DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"


_OTHER_NAMES = {"SignedOrders": "orders"}
"""By contract: what the others call it, where that isn't its own name in small letters."""


def immutable_name(contract: str) -> str:
    """Name of the immutable in which other contracts keep this contract's address."""
    return _OTHER_NAMES.get(contract, contract.lower())


def deployed_code(name: str, chain_id: int, addresses: Mapping[str, Address]) -> bytes:
    """What a contract's address must hold; `addresses` are by name. Raises `ArtifactError`."""
    values = {immutable_name(other): bytes.fromhex(address[2:]) for other, address in addresses.items()}
    return _filled(name, values | _domain(chain_id, addresses[name]))


def factory_code(owner: Address) -> bytes:
    """What the address of an owner's factory must hold."""
    return _filled("Factory", {"owner": bytes.fromhex(owner[2:])})


def _filled(name: str, values: Mapping[str, bytes]) -> bytes:
    artifact = artifacts.load(name)
    code = bytearray.fromhex(artifact.deployed_bytecode[2:])
    for place in artifact.immutables:
        code[place.start : place.start + place.length] = values[place.name].rjust(place.length, b"\0")
    return bytes(code)


def _domain(chain_id: int, address: Address) -> dict[str, bytes]:
    name, version = (text.encode() for text in SIGNING_DOMAIN)
    hashes = keccak(text=_DOMAIN_TYPE), keccak(name), keccak(version)
    kinds = ["bytes32", "bytes32", "bytes32", "uint256", "address"]
    return {
        "_name": _short_string(name),
        "_version": _short_string(version),
        "_hashedName": hashes[1],
        "_hashedVersion": hashes[2],
        "_cachedChainId": chain_id.to_bytes(32),
        "_cachedThis": bytes.fromhex(address[2:]),
        "_cachedDomainSeparator": keccak(encode(kinds, [*hashes, chain_id, address])),
    }


def _short_string(text: bytes) -> bytes:
    """As OpenZeppelin's `ShortStrings` has them: the text, and its length in the last byte."""
    return text.ljust(31, b"\0") + bytes((len(text),))
