"""Nodes of a trie from its sorted leaves: what a parent has of each, from the bottom up.

A leaf is one string of 96 bytes, for there are millions: hashed slot, slot, word.
"""

from bisect import bisect_left

from onetonne.chain.keccak import keccak
from onetonne.chain.rlp import encoded, encoded_list

KEY, SLOT, WORD = slice(0, 32), slice(32, 64), slice(64, 96)
"""The parts of a leaf."""

_NOTHING = encoded(b"")
_KEPT_FROM = 64  # leaves: a subtree's reference is kept from this size on, and computed again below it


class Leaves:
    """Leaves in a trie's order, each once. A word of 0 is a leaf too, where it is given."""

    def __init__(self, records: list[bytes]) -> None:
        self.records = records
        self._kept: dict[tuple[int, int], bytes] = {}

    def root(self) -> bytes:
        """Of a trie that has these leaves and no other."""
        return keccak(self._node(0, len(self.records), 0) if self.records else _NOTHING)

    def reference(self, first: int, last: int, at: int) -> bytes:
        """What a parent has of the node over `records[first:last]`: its hash, or itself where it is short."""
        if first == last:
            return _NOTHING
        if last - first >= _KEPT_FROM and (found := self._kept.get((first, at))) is not None:
            return found
        node = self._node(first, last, at)
        reference = b"\xa0" + keccak(node) if len(node) >= 32 else node
        if last - first >= _KEPT_FROM:
            self._kept[first, at] = reference
        return reference

    def _node(self, first: int, last: int, at: int) -> bytes:
        records = self.records
        head = records[first]
        if last - first == 1:
            word = head[WORD].lstrip(b"\0")
            return encoded_list(encoded(_path(head, at, 64, 2)) + encoded(encoded(word)))
        fork = _fork(head, records[last - 1], at)
        if fork > at:
            child = self.reference(first, last, fork)
            return encoded_list(encoded(_path(head, at, fork, 0)) + child)
        children = []
        for nibble in range(16):
            end = end_of(records, head, nibble, at, first, last)
            children.append(self.reference(first, end, at + 1))
            first = end
        return encoded_list(b"".join(children) + _NOTHING)


def end_of(records: list[bytes], head: bytes, nibble: int, at: int, first: int, last: int) -> int:
    """Where those end whose nibble at `at` is `nibble`, of sorted records that agree up to there."""
    byte, low = divmod(at, 2)
    if last - first < 8:
        while first < last and (records[first][byte] & 15 if low else records[first][byte] >> 4) == nibble:
            first += 1
        return first
    if nibble == 15:
        return last
    above = (head[byte] & 0xF0) | (nibble + 1) if low else (nibble + 1) << 4
    return bisect_left(records, head[:byte] + bytes((above,)), first, last)


def _fork(one: bytes, other: bytes, at: int) -> int:
    """The first nibble in which two hashed slots differ, which agree up to `at`."""
    byte = at // 2
    while one[byte] == other[byte]:
        byte += 1
    return 2 * byte + (one[byte] >> 4 == other[byte] >> 4)


def _path(record: bytes, at: int, end: int, kind: int) -> bytes:
    """The nibbles `at..end` of a hashed slot as a node has them; `kind` is 2 for a leaf's."""
    nibbles = record[:32].hex()[at:end]
    return bytes.fromhex(f"{kind + 1}{nibbles}" if len(nibbles) % 2 else f"{kind}0{nibbles}")
