"""Merkle trees as OpenZeppelin's `MerkleProof` checks them: leaves hashed twice, pairs sorted.

The shape is that of OpenZeppelin's `StandardMerkleTree`, so that its JavaScript finds the same root.
"""

from collections.abc import Iterable, Sequence

from eth_utils.crypto import keccak

WORD = 32


def leaf(encoded: bytes) -> bytes:
    """The leaf of an item's ABI encoding. Hashed twice, no inner node can pass for an item."""
    return keccak(keccak(encoded))


def packed(text: bytes) -> bytes:
    """A dynamic value as the ABI encodes it: its length, then itself, padded with zeros."""
    return len(text).to_bytes(WORD, "big") + text + bytes(-len(text) % WORD)


def pair(one: bytes, other: bytes) -> bytes:
    return keccak(min(one, other) + max(one, other))


class MerkleTree:
    """A tree over leaves, of which there is at least one and no two are equal."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        ordered = sorted(leaves, reverse=True)
        inner = len(ordered) - 1
        self._nodes = [b""] * inner + ordered
        self._places = {node: inner + place for place, node in enumerate(ordered)}
        for place in range(inner - 1, -1, -1):
            self._nodes[place] = pair(self._nodes[2 * place + 1], self._nodes[2 * place + 2])

    @property
    def root(self) -> bytes:
        return self._nodes[0]

    def proof(self, leaf: bytes) -> list[bytes]:
        """The siblings on the way to the root, from the leaf up. The leaf must be one of the tree's."""
        place = self._places[leaf]
        siblings = []
        while place:
            siblings.append(self._nodes[place + 1 if place % 2 else place - 1])
            place = (place - 1) // 2
        return siblings


def root_of(leaf: bytes, siblings: Sequence[bytes]) -> bytes:
    """Where a proof leads to: `MerkleProof.processProof`."""
    node = leaf
    for sibling in siblings:
        node = pair(node, sibling)
    return node
