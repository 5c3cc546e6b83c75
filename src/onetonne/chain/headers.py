"""A block's header and its hash, recomputed from what a node says: whoever trusts the hash needs no node.

Which fields a header has depends on the chain's hard fork, and is told by which are there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onetonne.chain.keccak import keccak
from onetonne.chain.rlp import encoded, encoded_list, encoded_number
from onetonne.chain.rpc import Node
from onetonne.errors import BadInput, ChainError, FalseAnswer, NodeRefused
from onetonne.terms import Seconds

_ALWAYS = (
    *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom"),
    *("difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce"),
)
_SINCE_FORKS = (
    "baseFeePerGas",  # London
    "withdrawalsRoot",  # Shanghai
    *("blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot"),  # Cancun
    "requestsHash",  # Prague
)
HEADER_FIELDS = ("hash", *_ALWAYS, *_SINCE_FORKS)
_NUMBERS = {"difficulty", "number", "gasLimit", "gasUsed", "timestamp"}
_NUMBERS |= {"baseFeePerGas", "blobGasUsed", "excessBlobGas"}
_BESIDE = {"hash", "size", "totalDifficulty", "transactions", "uncles", "withdrawals"}
"""What nodes tell of a block besides its header."""
_ROOTS = ("parentHash", "stateRoot", "transactionsRoot", "receiptsRoot")


@dataclass(frozen=True, slots=True)
class Header:
    """A header whose hash was recomputed from all of its fields."""

    number: int
    hash: bytes
    parent_hash: bytes
    state_root: bytes
    transactions_root: bytes
    receipts_root: bytes
    logs_bloom: bytes
    """256 bytes."""
    time: Seconds


def header_of(block: Mapping[str, Any]) -> Header:
    """The header of a block as JSON-RPC tells it, with whole transactions or without.

    Raises `FalseAnswer` where its hash is not what its fields come to, and `ChainError` for headers of other
    kinds than Ethereum's, as some layers above it have: they can't be checked.
    """
    try:
        told = _bytes(block["hash"], 32)
        fields = {name: block[name] for name in _ALWAYS}
        fields |= {name: block[name] for name in _SINCE_FORKS if block.get(name) is not None}
        computed = keccak(encoded_list(b"".join(_encoded(name, text) for name, text in fields.items())))
        roots = [_bytes(block[name], 32) for name in _ROOTS]
        bloom, number, time = _bytes(block["logsBloom"], 256), int(block["number"], 16), block["timestamp"]
        parent, state, transactions, receipts = roots
        header = Header(
            number, computed, parent, state, transactions, receipts, bloom, Seconds(int(time, 16))
        )
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as problem:
        raise NodeRefused("a block", "it gave a header that can't be read") from problem
    if computed != told:
        _refuse(block, header)
    return header


def fetch_header(node: Node, block: int | str) -> Header:
    """A header by its number, its hash (0x and 64 digits), or a name such as "finalized".

    Raises `ChainError` where the node has no such block, and as `header_of`. A number and a hash are checked.
    """
    by_hash = isinstance(block, str) and block.startswith("0x")
    method = "eth_getBlockByHash" if by_hash else "eth_getBlockByNumber"
    found = node.request(method, hex(block) if isinstance(block, int) else block, False)
    if found is None:
        raise ChainError(f"The node has no block {block}.")
    header = header_of(found)
    if isinstance(block, int) and header.number != block:
        raise FalseAnswer(f"Asked for block {block}, the node gave block {header.number}.")
    if by_hash and header.hash != block_hash(str(block)):
        raise FalseAnswer(
            f"Asked for the block of hash {block}, the node gave block {header.number}, "
            f"of hash 0x{header.hash.hex()}."
        )
    return header


def block_hash(text: str) -> bytes:
    """A hash that a person gives. Raises `BadInput`."""
    try:
        return _bytes(text.strip().lower(), 32)
    except ValueError as problem:
        raise BadInput(
            f"{text!r} is not the hash of a block: give 0x and 64 hexadecimal digits."
        ) from problem


def _encoded(name: str, text: str) -> bytes:
    return encoded_number(int(text, 16)) if name in _NUMBERS else encoded(_bytes(text))


def _bytes(text: str, size: int | None = None) -> bytes:
    """Raises ValueError; TypeError for no text."""
    if text[:2] != "0x":
        raise ValueError("no hexadecimal text")
    data = bytes.fromhex(text[2:])
    if size is not None and len(data) != size:
        raise ValueError(f"not {size} bytes")
    return data


def _refuse(block: Mapping[str, Any], header: Header) -> None:
    unknown = sorted(set(block) - _BESIDE - set(_ALWAYS) - set(_SINCE_FORKS))
    if unknown:
        raise ChainError(
            f"The header of block {header.number} can't be checked: it has fields that Ethereum's have not "
            f"({', '.join(unknown)})."
        )
    raise FalseAnswer(
        f"The header of block {header.number} is false: its fields come to the hash 0x{header.hash.hex()}, "
        f"and the node gives it as that of {block['hash']}."
    )
