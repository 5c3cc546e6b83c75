"""Merkle Patricia tries written down as the yellow paper has them, with nothing in mind but being right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import rlp
from eth_utils.crypto import keccak

from onetonne.chain.rebuilding import Storage


@dataclass
class NaiveTrie:
    """Of values by key, in hexadecimal digits: `root`, and the proof of any key."""

    values: Mapping[str, bytes]
    nodes: dict[bytes, bytes] = field(default_factory=dict)
    """By hash, those that have one."""

    def __post_init__(self) -> None:
        whole = rlp.encode(_node(self.values, self.nodes))
        self.root = keccak(whole)
        self.nodes[self.root] = whole

    def proof(self, key: str) -> list[str]:
        """Each node with a hash of its own on the way, from the root down, as `eth_getProof` has them."""
        found: list[str] = []
        item: Any = self.root
        while item:
            if isinstance(item, bytes):
                found.append("0x" + self.nodes[item].hex())
                item = rlp.decode(self.nodes[item])
            if not item or (len(item) == 17 and not key):
                break
            if len(item) == 17:
                item, key = item[int(key[0], 16)], key[1:]
            else:
                path, is_leaf = _read(item[0])
                if is_leaf or not key.startswith(path):
                    break
                item, key = item[1], key[len(path) :]
        return found


def _node(values: Mapping[str, bytes], nodes: dict[bytes, bytes]) -> Any:
    if not values:
        return b""
    if len(values) == 1:
        ((key, value),) = values.items()
        return [_written(key, 2), value]
    shared = _shared(min(values), max(values))
    if shared:
        return [_written(shared, 0), _referred(_below(values, shared), nodes)]
    children = [_referred(_below(values, digit), nodes) for digit in "0123456789abcdef"]
    return [*children, values.get("", b"")]


def _shared(one: str, other: str) -> str:
    return next((one[:at] for at in range(len(one), 0, -1) if other.startswith(one[:at])), "")


def _below(values: Mapping[str, bytes], prefix: str) -> dict[str, bytes]:
    return {key[len(prefix) :]: value for key, value in values.items() if key.startswith(prefix)}


def _referred(values: Mapping[str, bytes], nodes: dict[bytes, bytes]) -> Any:
    node = _node(values, nodes)
    data = rlp.encode(node)
    if node == b"" or len(data) < 32:
        return node
    nodes[keccak(data)] = data
    return keccak(data)


def _written(path: str, kind: int) -> bytes:
    return bytes.fromhex(f"{kind + 1}{path}" if len(path) % 2 else f"{kind}0{path}")


def _read(data: bytes) -> tuple[str, bool]:
    text = data.hex()
    return text[1 if int(text[0]) % 2 else 2 :], int(text[0]) >= 2


def of_storage(words: Mapping[int, int]) -> NaiveTrie:
    """The trie of a contract's storage."""
    return NaiveTrie(
        {keccak(slot.to_bytes(32)).hex(): rlp.encode(word) for slot, word in words.items() if word}
    )


def storage_of(words: Mapping[int, int]) -> Storage:
    """Words as they are given to be proven."""
    storage = Storage()
    storage.add([slot.to_bytes(32) for slot in words], b"".join(word.to_bytes(32) for word in words.values()))
    return storage
