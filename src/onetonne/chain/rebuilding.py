"""A contract's storage trie rebuilt from words: where the root comes out, every word is proven at once.

And there is nothing else in the storage. Where the root does not come out, the two tries are compared from
the top down, and only what differs is asked for.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from onetonne.chain.keccak import keccak
from onetonne.chain.leaves import KEY, SLOT, WORD, Leaves, end_of
from onetonne.chain.rlp import Item, encoded, encoded_list
from onetonne.chain.tries import EMPTY_ROOT, Node, Trie, checked, path_of, stored_number

Learn = Callable[[Trie, Sequence[int]], None]
"""Gets the nodes on the way to some slots, by their proofs."""

_AT_ONCE = 1000  # nodes that are asked for together
_MOST_LEAVES, _MOST_ZEROS = 64, 8  # of a node that is tried with leaves of 0


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
        self._read: list[bytes] = []
        self._present = Leaves([])
        self._absent: list[bytes] = []

    def add(self, slots: Iterable[bytes], words: bytes) -> None:
        """Slots of 32 bytes, and their words in one piece. A slot may come again."""
        self._read.extend(
            keccak(slot) + slot + words[32 * at : 32 * at + 32] for at, slot in enumerate(slots)
        )

    def __len__(self) -> int:
        """How many slots. Raises ValueError where one was read with two words."""
        self._sort()
        return len(self._present.records) + len(self._absent)

    def _sort(self) -> None:
        if not self._read:
            return
        records = sorted({*self._read, *self._present.records, *self._absent})
        for record, following in pairwise(records):
            if record.startswith(following[KEY]):
                raise ValueError(f"slot {_slot(record):#x} was read twice, with two words")
        self._read = []
        self._present = Leaves([record for record in records if any(record[WORD])])
        self._absent = [record for record in records if not any(record[WORD])]

    def root(self) -> bytes:
        """Of a trie that has these words and nothing else. Raises ValueError as `len` does."""
        self._sort()
        return self._present.root()

    def verify(self, root: bytes, learn: Learn) -> bool:
        """Whether these words are all that the trie has; else they are all there, beside others.

        Raises `FalseWord`, ValueError, and what `learn` raises.
        """
        if self.root() == root:
            return True
        present, absent = self._present.records, self._absent
        if root == EMPTY_ROOT:
            self._refuse(present[0], 0)
        if not present and not absent:
            return False
        trie, alone = Trie(root), True
        if len(self) <= _AT_ONCE:
            learn(trie, [_slot(record) for record in present + absent])
        waiting = [_Span(root, 0, (0, len(present)), (0, len(absent)))]
        while waiting:
            part, waiting = waiting[-_AT_ONCE:], waiting[:-_AT_ONCE]
            learn(trie, [_slot(self._first(span)) for span in part if not trie.knows(span.node)])
            for span in part:
                for child in self._differing(_node_of(trie, span.node), span):
                    if child is None:
                        alone = False
                    else:
                        waiting.append(child)
            trie.trim()
        return alone

    def _differing(self, node: Node, span: _Span) -> Iterator[_Span | None]:
        """The children below which some words are still to be proven; None for one that has other words."""
        if len(node) == 2:
            yield from self._below_path(node, span)
            return
        at = span.at
        start, absent = span.present[0], span.absent[0]
        prefix = self._first(span)
        for nibble in range(16):
            end = end_of(self._present.records, prefix, nibble, at, start, span.present[1])
            absent_end = end_of(self._absent, prefix, nibble, at, absent, span.absent[1])
            child = node[nibble]
            if not self._is(_spelled(child), at + 1, (start, end), (absent, absent_end)):
                if not child:
                    self._refuse(self._present.records[start], 0)
                elif start == end and absent == absent_end:
                    yield None
                else:
                    yield _Span(child, at + 1, (start, end), (absent, absent_end))
            start, absent = end, absent_end

    def _is(self, reference: bytes, at: int, present: tuple[int, int], absent: tuple[int, int]) -> bool:
        """Whether a node is that of our words below it.

        anvil 1.7.1 has leaves of 0 where a slot was cleared, or read while it was 0, which no chain has. So a
        node of few leaves is also tried with ours of 0 among them: what comes to its hash is what it holds.
        """
        if self._present.reference(*present, at) == reference:
            return True
        zeros = self._absent[slice(*absent)]
        if len(zeros) > _MOST_ZEROS or present[1] - present[0] + len(zeros) > _MOST_LEAVES:
            return False
        records = self._present.records[slice(*present)]
        for count in range(len(zeros), 0, -1):
            for some in combinations(zeros, count):
                leaves = Leaves(sorted([*records, *some]))
                if leaves.reference(0, len(leaves.records), at) == reference:
                    return True
        return False

    def _below_path(self, node: Node, span: _Span) -> Iterator[_Span | None]:
        path, is_leaf = path_of(node)
        key = self._first(span)[KEY].hex()[: span.at] + path
        within = []
        for records, (first, last) in ((self._present.records, span.present), (self._absent, span.absent)):
            start = bisect_left(records, bytes.fromhex(key.ljust(64, "0")), first, last)
            end = start
            while end < last and records[end][KEY].hex().startswith(key):
                end += 1
            within.append((start, end))
        present, absent = within
        for number in (*range(span.present[0], present[0]), *range(present[1], span.present[1])):
            self._refuse(self._present.records[number], 0)
        if present[0] == present[1] and absent[0] == absent[1]:
            yield None
        elif not is_leaf:
            yield _Span(node[1], span.at + len(path), present, absent)
        else:
            value = stored_number(node[1])
            for records, (first, last) in ((self._present.records, present), (self._absent, absent)):
                for record in records[first:last]:
                    if int.from_bytes(record[WORD]) != value:
                        self._refuse(record, value)

    def _refuse(self, record: bytes, proven: int) -> None:
        raise FalseWord(_slot(record), int.from_bytes(record[WORD]), proven)

    def _first(self, span: _Span) -> bytes:
        """Some word below the span."""
        if span.present[0] < span.present[1]:
            return self._present.records[span.present[0]]
        return self._absent[span.absent[0]]


def _slot(record: bytes) -> int:
    return int.from_bytes(record[SLOT])


def _node_of(trie: Trie, item: Item) -> Node:
    return checked(item) if isinstance(item, list) else trie.node(item, (), 0)


def _spelled(item: Item) -> bytes:
    return encoded(item) if isinstance(item, bytes) else encoded_list(b"".join(map(_spelled, item)))
