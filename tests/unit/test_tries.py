"""Tries by their proofs, and rebuilt, held against tries that are written down naively."""

import random
from collections.abc import Sequence

import pytest
import rlp
from eth_utils.crypto import keccak
from hypothesis import example, given, settings
from hypothesis import strategies as st
from naive_trie import NaiveTrie, of_storage, storage_of

from onetonne.chain.rebuilding import FalseWord
from onetonne.chain.tries import EMPTY_ROOT, ProofGap, Trie

DIGITS = "0123456789abcdef"
# Short keys and values make nodes that lie inside their parents; no key is the beginning of another.
KEYS = st.text("01f", min_size=3, max_size=3).flatmap(lambda key: st.sampled_from([key + "0", key + "a1"]))
VALUES = st.one_of(st.binary(min_size=1, max_size=3), st.binary(min_size=30, max_size=40))
FULL = {f"{number:02x}": bytes((number,)) * 33 for number in range(256)}


@given(st.dictionaries(KEYS, VALUES, max_size=20))
@example({"0000": b"1", "0001": b"2"})
@example({"000a1": b"1" * 40, "fffa1": b"2" * 40})
def test_what_is_there_and_what_is_not(values: dict[str, bytes]) -> None:
    naive, trie = NaiveTrie(values), Trie(NaiveTrie(values).root)
    for key in [a + b + c + d for a in "01f" for b in "01f" for c in "01f" for d in ("0", "a1")]:
        assert trie.value(key, naive.proof(key)) == values.get(key)


def test_empty_trie_whatever_its_proof() -> None:
    assert NaiveTrie({}).root == EMPTY_ROOT
    for proof in ([], ["0x80"], ["0xc0"], ["nonsense"]):
        assert Trie(EMPTY_ROOT).value("00" * 32, proof) is None


def test_branch_with_a_value() -> None:
    values = {"": b"root", "0": b"one" * 20, "01": b"two" * 20}
    naive = NaiveTrie(values)
    for key in ("", "0", "01", "1", "02"):
        assert Trie(naive.root).value(key, naive.proof(key)) == values.get(key)


def test_each_byte_of_a_proof_counts() -> None:
    naive = NaiveTrie(FULL)
    proof = naive.proof("a7")
    assert len(proof) == 3
    for number, node in enumerate(proof):
        data = bytes.fromhex(node[2:])
        for at in range(len(data)):
            altered = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
            with pytest.raises(ProofGap):
                Trie(naive.root).value("a7", [*proof[:number], "0x" + altered.hex(), *proof[number + 1 :]])


def test_node_that_is_missing() -> None:
    naive = NaiveTrie(FULL)
    proof = naive.proof("a7")
    for number in range(len(proof)):
        with pytest.raises(ProofGap, match="no node of it comes to the hash 0x"):
            Trie(naive.root).value("a7", proof[:number] + proof[number + 1 :])
    with pytest.raises(ProofGap):
        Trie(naive.root).value("a7", [])


def test_proof_of_another_trie() -> None:
    with pytest.raises(ProofGap):
        Trie(NaiveTrie(FULL).root).value("a7", NaiveTrie(FULL | {"a7": b"!" * 33}).proof("a7"))


def test_nodes_too_many_or_in_another_order_do_no_harm() -> None:
    naive = NaiveTrie(FULL)
    proof = naive.proof("a7")
    for many in (proof[::-1], ["0x80", *proof], [*proof, *naive.proof("12")], proof * 2):
        assert Trie(naive.root).value("a7", many) == FULL["a7"]


def test_each_node_is_learnt_once() -> None:
    naive = NaiveTrie(FULL)
    trie = Trie(naive.root)
    trie.value("a7", naive.proof("a7"))
    upper = naive.proof("a8")[:-1]
    assert upper == naive.proof("a7")[:-1]
    assert trie.value("a8", ["0x"] * len(upper) + naive.proof("a8")[-1:]) == FULL["a8"]


@pytest.mark.parametrize("text", ["0x", "0xzz", "0x0", "80", "0xc0", "0xc3808080"])
def test_root_node_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Trie(keccak(bytes.fromhex("c3808080"))).value("00", [text])


def learn(trie: Trie, naive: NaiveTrie, slots: Sequence[int]) -> None:
    for slot in slots:
        key = keccak(slot.to_bytes(32)).hex()
        trie.value(key, naive.proof(key))


def words(seed: int, many: int) -> dict[int, int]:
    given = random.Random(seed)
    return {
        given.getrandbits(256): given.getrandbits(given.choice([1, 7, 8, 64, 256])) | 1 for _ in range(many)
    }


@pytest.mark.parametrize("many", [0, 1, 2, 3, 17, 400, 3000])
def test_rebuilt_storage_has_the_root(many: int) -> None:
    held = words(many, many)
    assert storage_of(held).root() == of_storage(held).root
    absent = dict.fromkeys(range(50), 0)
    assert storage_of(held | absent).root() == of_storage(held).root


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_rebuilt_storage_finds_what_differs(data: st.DataObject) -> None:
    held = words(data.draw(st.integers(0, 5)), data.draw(st.sampled_from([0, 1, 2, 30, 300])))
    unread = data.draw(st.sets(st.sampled_from(sorted(held)), max_size=40)) if held else set()
    known = {slot: word for slot, word in held.items() if slot not in unread} | dict.fromkeys(range(20), 0)
    choice = sorted(known)
    altered = {
        slot: data.draw(st.integers(0, 3)) for slot in data.draw(st.sets(st.sampled_from(choice), max_size=2))
    }
    false = {slot for slot, word in altered.items() if word != known[slot]}
    naive = of_storage(held)

    def verified() -> bool:
        return storage_of(known | altered).verify(naive.root, lambda trie, slots: learn(trie, naive, slots))

    if false:
        with pytest.raises(FalseWord) as caught:
            verified()
        assert caught.value.slot in false
        assert (caught.value.given, caught.value.proven) == (
            altered[caught.value.slot],
            held.get(caught.value.slot, 0),
        )
    else:
        assert verified() is not bool(unread)


def test_rebuilt_storage_asks_for_little_where_little_differs() -> None:
    held = words(7, 3000)
    naive, asked = of_storage(held), list[int]()

    def counting(trie: Trie, slots: Sequence[int]) -> None:
        asked.extend(slots)
        learn(trie, naive, slots)

    assert storage_of(held).verify(naive.root, counting)
    assert asked == []
    del held[sorted(held)[0]]
    assert not storage_of(held).verify(naive.root, counting)
    assert 0 < len(asked) < 10
    slot = sorted(held)[5]
    with pytest.raises(FalseWord):
        storage_of(held | {slot: held[slot] + 1}).verify(naive.root, counting)
    assert len(asked) < 30


def test_leaves_of_nothing_are_found_without_asking_for_each() -> None:
    """As anvil 1.7.1 has them: a leaf of 0 where a slot was cleared."""
    held = words(9, 3000)
    slots = sorted(held)
    cleared, never = dict.fromkeys(slots[::10], 0), dict.fromkeys(range(200), 0)
    values = {keccak(slot.to_bytes(32)).hex(): rlp.encode(word) for slot, word in (held | cleared).items()}
    naive, asked = NaiveTrie(values), list[int]()

    def counting(trie: Trie, slots: Sequence[int]) -> None:
        asked.extend(slots)
        learn(trie, naive, slots)

    assert storage_of(held | cleared | never).verify(naive.root, counting)
    assert 0 < len(asked) <= 17
    for slot, word in ((slots[0], 1), (slots[1], 0), (7, 1)):
        with pytest.raises(FalseWord):
            storage_of(held | cleared | never | {slot: word}).verify(naive.root, counting)
