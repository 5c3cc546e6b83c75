"""Merkle Patricia tries by their proofs: a value, or that there is none, from a root that is trusted.

Keys and paths are hexadecimal text: one character is one nibble, which is one step down.
"""

from collections.abc import Sequence
from typing import cast

from onetonne.chain.keccak import keccak
from onetonne.chain.rlp import Item, decoded, encoded

EMPTY_ROOT = keccak(encoded(b""))
"""Of a trie with nothing in it."""

_NIBBLES = {digit: number for number, digit in enumerate("0123456789abcdef")}
_BRANCH, _SHORT = 17, 2  # items of a node
_MOST_KEPT = 200_000  # nodes; up to 250 MB

Node = list[Item]


class ProofGap(ValueError):
    """A proof lacks a node, or has another in its place; `needed` is the hash that it must come to."""

    def __init__(self, needed: bytes) -> None:
        self.needed = needed
        super().__init__(f"no node of it comes to the hash 0x{needed.hex()}")


class Trie:
    """A trie by its root. Each distinct node is hashed and parsed once, whichever proof it comes in."""

    def __init__(self, root: bytes) -> None:
        self.root = root
        self._known: dict[bytes, Node] = {}

    def value(self, key: str, proof: Sequence[str]) -> bytes | None:
        """What lies at `key`; None where it is proven that nothing does.

        `proof` is the nodes from the root down, as 0x and hexadecimal digits; what it has besides does not
        matter. Raises `ProofGap`, and ValueError for a node that is none.
        """
        if self.root == EMPTY_ROOT:
            return None
        node, at = self.node(self.root, proof, 0), 0
        depth = 1
        while True:
            if len(node) == _BRANCH:
                if at == len(key):
                    return _text(node[16]) or None
                child, at = node[_NIBBLES[key[at]]], at + 1
            else:
                path, is_leaf = path_of(node)
                if is_leaf:
                    return _text(node[1]) if key[at:] == path else None
                if not key.startswith(path, at):
                    return None
                child, at = node[1], at + len(path)
            if not child:
                return None
            if isinstance(child, list):  # a node of less than 32 bytes lies inside its parent
                node = checked(child)
            else:
                node = self.node(child, proof, depth)
                depth += 1

    def node(self, needed: bytes, proof: Sequence[str], depth: int) -> Node:
        """The node of a hash: known, or in a proof, probably at `depth`. Errors as `value`."""
        found = self._known.get(needed)
        if found is not None:
            return found
        for part in (proof[depth:], proof[:depth]):  # the very first of them, as good as always
            for text in part:
                data = bytes.fromhex(text[2:])
                if keccak(data) == needed:
                    return self._keep(needed, data)
        raise ProofGap(needed)

    def knows(self, node: Item) -> bool:
        """Whether a node is at hand, by its hash or itself."""
        return isinstance(node, list) or node in self._known

    def trim(self) -> None:
        """Forgets the nodes where they have become very many; they are learnt again."""
        if len(self._known) > _MOST_KEPT:
            self._known.clear()

    def _keep(self, needed: bytes, data: bytes) -> Node:
        node = self._known[needed] = checked(decoded(data))
        return node


def checked(node: Node) -> Node:
    """A node whose shape is that of one. Raises ValueError. No node comes to a child that is no hash."""
    if len(node) == _BRANCH:
        if isinstance(node[16], list):
            raise ValueError("a branch with a list for its value")
    elif len(node) != _SHORT or not isinstance(node[0], bytes) or not node[0]:
        raise ValueError("a node of neither 17 nor 2 items")
    else:
        path, is_leaf = path_of(node)
        if not is_leaf and not (path and node[1]):
            raise ValueError("an extension that leads nowhere")
        if is_leaf and not isinstance(node[1], bytes):
            raise ValueError("a leaf with a list for its value")
    return node


def path_of(node: Node) -> tuple[str, bool]:
    """The path of a node of two items, and whether it is a leaf. Raises ValueError."""
    text = cast(bytes, node[0]).hex()
    flag = _NIBBLES[text[0]]
    if flag > 3 or (flag % 2 == 0 and text[1] != "0"):
        raise ValueError("a path that can't be read")
    return text[1 if flag % 2 else 2 :], flag >= 2


def stored_number(value: Item) -> int:
    """What a leaf of a storage trie holds. Raises ValueError."""
    data = _text(value)
    if not data or data[0] >= 0xA1 or (data[0] >= 0x80 and len(data) != data[0] - 0x7F):
        raise ValueError("a leaf without a word")
    return int.from_bytes(data if data[0] < 0x80 else data[1:])


def _text(item: Item) -> bytes:
    return cast(bytes, item)
