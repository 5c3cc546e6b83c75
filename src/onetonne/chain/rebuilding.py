"""A contract's storage trie rebuilt from words: where the root comes out, every word is proven at once.

And there is nothing else in the storage. Where the root does not come out, the two tries are compared from
the top down, and only what differs is asked for.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import pairwise

from onetonne.chain.keccak import keccak
from onetonne.chain.rlp import Item, encoded, encoded_list
from onetonne.chain.tries import EMPTY_ROOT, Node, Trie, checked, path_of, stored_number

Prove = Callable[[Sequence[int]], Sequence[Sequence[str]]]
"""The proofs of some slots, in order."""

_NOTHING = encoded(b"")
_AT_ONCE = 1000  # nodes that are asked for together
_KEPT_FROM = 64  # leaves: a subtree's reference is kept from this size on, and computed again below it


class FalseWord(Exception):
    """A word is not what the trie has at its slot."""

    def __init__(self, slot: int, given: int, proven: int) -> None:
        self.slot = slot
        self.given = given
        self.proven = proven
        super().__init__(slot)


@dataclass(frozen=True, slots=True)
class _Span:
    """A node of the trie, and our words below it: `present[first:last]`, `absent[first:last]`."""

    node: Item
    at: int
    """How many nibbles lead to it."""
    present: tuple[int, int]
    absent: tuple[int, int]


class Storage:
    """Words by slot, as they were read; a trie has no word of 0, which is how it says that there is none."""

    def __init__(self) -> None:
        # One string of 96 bytes for each, for there are millions: hashed slot, slot, word.
        self._read: list[bytes] = []
        self._present: list[bytes] = []
        self._absent: list[bytes] = []
        self._kept: dict[tuple[int, int], bytes] = {}

    def add(self, slots: Iterable[bytes], words: bytes) -> None:
        """Slots of 32 bytes, and their words in one piece. A slot may come again."""
        self._read.extend(
            keccak(slot) + slot + words[32 * at : 32 * at + 32] for at, slot in enumerate(slots)
        )

    def words(self) -> Iterator[tuple[int, int]]:
        """Slot and word, in the trie's order. Raises ValueError where a slot was read with two words."""
        self._sort()
        for record in merge(self._present, self._absent):
            yield int.from_bytes(record[32:64]), int.from_bytes(record[64:])

    def __len__(self) -> int:
        self._sort()
        return len(self._present) + len(self._absent)

    def _sort(self) -> None:
        if not self._read:
            return
        records = sorted({*self._read, *self._present, *self._absent})
        for record, following in pairwise(records):
            if record.startswith(following[:32]):
                raise ValueError(f"slot {int.from_bytes(record[32:64]):#x} was read twice, with two words")
        self._read = []
        self._kept = {}
        self._present = [record for record in records if any(record[64:])]
        self._absent = [record for record in records if not any(record[64:])]

    def root(self) -> bytes:
        """Of a trie that has these words and nothing else. Raises ValueError as `words`."""
        self._sort()
        if not self._present:
            return EMPTY_ROOT
        whole = self._node(0, len(self._present), 0)
        return keccak(whole)

    def verify(self, root: bytes, prove: Prove) -> bool:
        """Whether these words are all that the trie has; else they are all there, beside others.

        Raises `FalseWord`, `ProofGap` and ValueError.
        """
        if self.root() == root:
            return True
        if root == EMPTY_ROOT:
            self._refuse(self._present[0], 0)
        if not self._present and not self._absent:
            return False
        trie, alone = Trie(root), True
        waiting = [_Span(root, 0, (0, len(self._present)), (0, len(self._absent)))]
        while waiting:
            part, waiting = waiting[-_AT_ONCE:], waiting[:-_AT_ONCE]
            self._learn(trie, part, prove)
            for span in part:
                for child in self._differing(_node_of(trie, span.node), span):
                    if child is None:
                        alone = False
                    else:
                        waiting.append(child)
            trie.trim()
        return alone

    def _learn(self, trie: Trie, spans: Sequence[_Span], prove: Prove) -> None:
        """Gets the nodes of the spans, each by the proof of some word below it."""
        firsts = [self._first(span) for span in spans if not trie.knows(span.node)]
        proofs = prove([int.from_bytes(record[32:64]) for record in firsts])
        for record, proof in zip(firsts, proofs, strict=True):
            trie.value(record[:32].hex(), proof)

    def _differing(self, node: Node, span: _Span) -> Iterator[_Span | None]:
        """The children below which some words are still to be proven; None for one that has other words."""
        if len(node) == 2:
            yield from self._below_path(node, span)
            return
        at = span.at
        start, absent = span.present[0], span.absent[0]
        prefix = self._first(span)
        for nibble in range(16):
            end = _end(self._present, prefix, nibble, at, start, span.present[1])
            absent_end = _end(self._absent, prefix, nibble, at, absent, span.absent[1])
            child = node[nibble]
            if self._reference(start, end, at + 1) != _spelled(child):
                if not child:
                    self._refuse(self._present[start], 0)
                elif start == end and absent == absent_end:
                    yield None
                else:
                    yield _Span(child, at + 1, (start, end), (absent, absent_end))
            start, absent = end, absent_end

    def _below_path(self, node: Node, span: _Span) -> Iterator[_Span | None]:
        path, is_leaf = path_of(node)
        key = self._first(span)[:32].hex()[: span.at] + path
        within = []
        for records, (first, last) in ((self._present, span.present), (self._absent, span.absent)):
            start = bisect_left(records, bytes.fromhex(key.ljust(64, "0")), first, last)
            end = start
            while end < last and records[end][:32].hex().startswith(key):
                end += 1
            within.append((start, end))
        present, absent = within
        for number in (*range(span.present[0], present[0]), *range(present[1], span.present[1])):
            self._refuse(self._present[number], 0)
        if present[0] == present[1] and absent[0] == absent[1]:
            yield None
        elif not is_leaf:
            yield _Span(node[1], span.at + len(path), present, absent)
        else:
            value = stored_number(node[1])
            for records, (first, last) in ((self._present, present), (self._absent, absent)):
                for record in records[first:last]:
                    if int.from_bytes(record[64:]) != value:
                        self._refuse(record, value)

    def _refuse(self, record: bytes, proven: int) -> None:
        raise FalseWord(int.from_bytes(record[32:64]), int.from_bytes(record[64:]), proven)

    def _first(self, span: _Span) -> bytes:
        """Some word below the span."""
        if span.present[0] < span.present[1]:
            return self._present[span.present[0]]
        return self._absent[span.absent[0]]

    def _reference(self, first: int, last: int, at: int) -> bytes:
        """What a parent has of the node over `present[first:last]`: its hash, or itself where it is short."""
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
        records = self._present
        head = records[first]
        if last - first == 1:
            word = head[64:].lstrip(b"\0")
            return encoded_list(encoded(_path(head, at, 64, 2)) + encoded(encoded(word)))
        fork = _fork(head, records[last - 1], at)
        if fork > at:
            child = self._reference(first, last, fork)
            return encoded_list(encoded(_path(head, at, fork, 0)) + child)
        children = []
        for nibble in range(16):
            end = _end(records, head, nibble, at, first, last)
            children.append(self._reference(first, end, at + 1))
            first = end
        return encoded_list(b"".join(children) + _NOTHING)


def _node_of(trie: Trie, item: Item) -> Node:
    return checked(item) if isinstance(item, list) else trie.node(item, (), 0)


def _spelled(item: Item) -> bytes:
    return encoded(item) if isinstance(item, bytes) else encoded_list(b"".join(map(_spelled, item)))


def _end(records: list[bytes], head: bytes, nibble: int, at: int, first: int, last: int) -> int:
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
