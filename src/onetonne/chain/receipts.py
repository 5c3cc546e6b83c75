"""Receipts of a block, and the root of their trie: a header that has it says which logs the block has.

A receipt is written from the node's hexadecimal text at once, which takes a tenth of what generic RLP does.
"""

from binascii import unhexlify
from collections.abc import Sequence
from functools import cache

import msgspec

from onetonne.chain.keccak import keccak
from onetonne.chain.logs import EthLog
from onetonne.chain.rlp import encoded, encoded_list, encoded_number

EMPTY_ROOT = keccak(b"\x80")
"""Of a trie with nothing in it."""


class EthReceipt(msgspec.Struct, rename="camel", gc=False):
    """A receipt as a node gives it, as far as its trie has it, and its transaction's hash."""

    transaction_hash: str
    cumulative_gas_used: str
    logs_bloom: str
    logs: list[EthLog]
    type: str = "0x0"
    status: str | None = None
    root: str | None = None
    """In place of the status, before the fork of Byzantium."""


def receipt_bytes(receipt: EthReceipt) -> bytes:
    """As its trie has it. Raises ValueError for what is no receipt."""
    if receipt.root is not None and receipt.status is None:
        outcome = encoded(unhexlify(receipt.root[2:]))
    else:
        outcome = encoded_number(int(receipt.status or "", 16))
    logs = unhexlify("".join([_log_digits(log) for log in receipt.logs]))
    gas, bloom = (
        encoded_number(int(receipt.cumulative_gas_used, 16)),
        encoded(unhexlify(receipt.logs_bloom[2:])),
    )
    payload = encoded_list(b"".join((outcome, gas, bloom, encoded_list(logs))))
    kind = int(receipt.type, 16)
    return bytes((kind,)) + payload if kind else payload


def receipts_root(receipts: Sequence[EthReceipt]) -> bytes:
    """The root of the trie of a block's receipts, in their order. Raises ValueError."""
    if not receipts:
        return EMPTY_ROOT
    leaves = sorted((encoded_number(at).hex(), receipt_bytes(one)) for at, one in enumerate(receipts))
    return keccak(_node(leaves, 0))


def _node(leaves: Sequence[tuple[str, bytes]], depth: int) -> bytes:
    """The node of leaves that share the first `depth` digits of their keys; no key begins with another."""
    key, value = leaves[0]
    if len(leaves) == 1:
        return encoded_list(encoded(_path(key[depth:], 2)) + encoded(value))
    shared, last = depth, leaves[-1][0]
    while key[shared] == last[shared]:
        shared += 1
    if shared > depth:
        path = encoded(_path(key[depth:shared], 0))
        return encoded_list(path + b"\xa0" + keccak(_node(leaves, shared)))
    children, start = [], 0
    for digit in "0123456789abcdef":
        end = start
        while end < len(leaves) and leaves[end][0][depth] == digit:
            end += 1
        # Every node below has a receipt in it, which is longer than a hash: so it is there by its hash.
        children.append(b"\xa0" + keccak(_node(leaves[start:end], depth + 1)) if end > start else b"\x80")
        start = end
    return encoded_list(b"".join(children) + b"\x80")


def _path(digits: str, flag: int) -> bytes:
    """A path as nodes have it: whether it ends in a leaf (2), and whether its number of digits is odd (1)."""
    odd = len(digits) % 2
    return unhexlify(f"{flag + odd:x}{'' if odd else '0'}{digits}")


def _log_digits(log: EthLog) -> str:
    topics, data = log.topics, log.data
    start, before_topics, before_data = _heads(len(topics), len(data))
    if len(data) == 4 and data[2] < "8":
        return _of_one_byte(log)
    words = "".join([f"a0{topic[2:]}" for topic in topics])
    return f"{start}{log.address[2:]}{before_topics}{words}{before_data}{data[2:]}"


@cache
def _heads(topics: int, characters: int) -> tuple[str, str, str]:
    """What stands before the address, the topics and the data of a log, by how many and how long they are."""
    if characters % 2:
        raise ValueError("half a byte of data")
    size = characters // 2 - 1
    before_topics = _head(0xC0, 33 * topics)
    before_data = _head(0x80, size)
    inside = 21 + len(before_topics) // 2 + 33 * topics + len(before_data) // 2 + size
    return f"{_head(0xC0, inside)}94", before_topics, before_data


def _head(base: int, size: int) -> str:
    if size < 56:
        return f"{base + size:02x}"
    length = f"{size:x}"
    length = length.rjust(len(length) + len(length) % 2, "0")
    return f"{base + 55 + len(length) // 2:02x}{length}"


def _of_one_byte(log: EthLog) -> str:
    """A single byte below 0x80 is its own encoding."""
    topics = encoded_list(b"".join(encoded(unhexlify(topic[2:])) for topic in log.topics))
    return encoded_list(encoded(unhexlify(log.address[2:])) + topics + unhexlify(log.data[2:])).hex()
