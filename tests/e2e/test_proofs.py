"""State proven against a real node's headers, and every lie about it named."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from anvil import anvil
from lying_node import Lie, Refusal, lying_node
from naive_trie import storage_of

from onetonne.chain import Chain, connect
from onetonne.chain.headers import Header, fetch_header
from onetonne.chain.keccak import keccak
from onetonne.chain.proofs import MOST_KEYS, ProvenState
from onetonne.chain.rpc import Node
from onetonne.chain.tries import EMPTY_ROOT
from onetonne.errors import ChainError, FalseAnswer, NodeRefused
from onetonne.terms import Address

FULL = Address("0x00000000000000000000000000000000000C0dE0")
FEW = Address("0x00000000000000000000000000000000000C0De1")
NOTHING = Address("0x00000000000000000000000000000000000c0de2")
# Writes slot + 1 into each slot of calldata's `first..last - 1`.
WRITER = "0x6000356020355b80821015601c5790806001018082559050906006565b00"
SLOTS = 3000


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with anvil("--gas-limit", "3000000000") as one:
        for address, count in ((FULL, SLOTS), (FEW, 5)):
            one.request("anvil_setCode", address, WRITER)
            write(one, address, 0, count)
        yield one


def write(node: Node, address: Address, first: int, last: int) -> None:
    given = node.request("eth_accounts")[0]
    data = "0x" + first.to_bytes(32).hex() + last.to_bytes(32).hex()
    node.request("eth_sendTransaction", {"from": given, "to": address, "data": data, "gas": hex(10**9)})
    node.request("evm_mine")


@pytest.fixture(scope="module")
def header(node: Node) -> Header:
    return fetch_header(node, node.integer("eth_blockNumber"))


@pytest.fixture
def state(node: Node, header: Header) -> ProvenState:
    return ProvenState(node, header, {FULL: "Credits"})


def held(count: int) -> dict[int, int]:
    return {slot: slot + 1 for slot in range(count)}


def test_account_and_code(node: Node, state: ProvenState) -> None:
    account = state.account(FULL)
    assert account.code_hash == keccak(bytes.fromhex(WRITER[2:]))
    assert state.code(FULL).hex() == WRITER[2:]
    rich = Address(node.request("eth_accounts")[0])
    assert state.account(rich).nonce == node.integer("eth_getTransactionCount", rich, "latest")
    assert state.account(rich).balance == node.integer("eth_getBalance", rich, "latest")
    assert state.account(rich).storage_root == EMPTY_ROOT
    assert state.code(rich) == b""


def test_address_that_was_never_used(state: ProvenState) -> None:
    assert (state.account(NOTHING).nonce, state.account(NOTHING).storage_root) == (0, EMPTY_ROOT)
    assert state.code(NOTHING) == b""
    assert state.words(NOTHING, [0, 1, 2**256 - 1]) == {0: 0, 1: 0, 2**256 - 1: 0}


@pytest.mark.parametrize("address", [FULL, FEW])
def test_words_and_that_there_are_none(state: ProvenState, address: Address) -> None:
    count = SLOTS if address == FULL else 5
    slots = [*range(count), 15, count, count + 1, 2**256 - 1, 0xABC << 200]
    seen: list[tuple[int, int]] = []
    words = state.words(address, slots, lambda done, total: seen.append((done, total)))
    assert words == held(count) | {slot: 0 for slot in slots[count:] if slot >= count}
    assert seen[-1] == (len(words), len(words))
    assert len(seen) == -(-len(words) // MOST_KEYS)


def test_no_call_has_more_keys_than_nodes_take(node: Node, header: Header) -> None:
    most = []

    def count(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_getProof":
            most.append(len(parameters[1]))
        return result

    with lying_node(node.url, count) as proxy:
        state = ProvenState(Node(proxy.url), header)
        state.words(FULL, range(2500))
        state.check(FULL, storage_of(held(2500)))
    assert max(most) == MOST_KEYS == 1000


@pytest.mark.parametrize("address", [FULL, FEW])
def test_words_that_were_read_are_all_there_is_or_not(state: ProvenState, address: Address) -> None:
    words = held(SLOTS if address == FULL else 5)
    absent = dict.fromkeys(range(10_000, 10_050), 0)
    assert state.check(address, storage_of(words))
    assert state.check(address, storage_of(words | absent))
    del words[3]
    assert not state.check(address, storage_of(words | absent))


@pytest.mark.parametrize(("slot", "word"), [(7, 9), (7, 0), (SLOTS, 1), (2**255, 1)])
@pytest.mark.parametrize("unread", [(), (1, 2, 3)])
def test_word_that_was_read_and_is_false(
    state: ProvenState, slot: int, word: int, unread: tuple[int, ...]
) -> None:
    words = held(SLOTS) | {SLOTS + 1: 0, slot: word}
    for other in unread:
        del words[other]
    true = slot + 1 if slot < SLOTS else 0
    said = rf"lies about slot {slot:#x} of Credits \(0x0+C0dE0\): it gave {word:#x}, and .* it is {true:#x}"
    with pytest.raises(FalseAnswer, match=said):
        state.check(FULL, storage_of(words))
    with pytest.raises(FalseAnswer, match=said):
        state.check(FULL, storage_of({one: words[one] for one in list(words)[-500:]} | {slot: word}))


def lied_to(node: Node, header: Header, lie: Lie, *, read: bool = True) -> str:
    """The sentence with which a lie about a proof ends."""

    def in_proofs(method: str, parameters: list[Any], result: Any) -> Any:
        return lie(method, parameters, result) if method == "eth_getProof" else result

    with lying_node(node.url, in_proofs) as proxy:
        state = ProvenState(Node(proxy.url), header, {FULL: "Credits"})
        with pytest.raises(ChainError) as caught:
            state.words(FULL, [7]) if read else state.check(
                FULL, storage_of({slot: slot for slot in range(SLOTS)})
            )
    assert isinstance(caught.value, FalseAnswer | NodeRefused)
    return str(caught.value)


def test_value_altered_beside_its_proof(node: Node, header: Header) -> None:
    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        result["storageProof"][0]["value"] = "0x9"
        return result

    assert "lies about slot 0x7 of Credits" in lied_to(node, header, lie)


@pytest.mark.parametrize("part", ["accountProof", "storageProof"])
@pytest.mark.parametrize("change", ["altered", "dropped", "short", "emptied", "no text"])
@pytest.mark.parametrize("read", [True, False])
def test_proof_altered(node: Node, header: Header, part: str, change: str, read: bool) -> None:
    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        lists = [result[part]] if part == "accountProof" else [one["proof"] for one in result[part]]
        for nodes in lists:
            if change == "altered":
                nodes[-1] = nodes[-1][:-1] + ("0" if nodes[-1][-1] != "0" else "1")
            elif change == "dropped":
                del nodes[0]
            elif change == "short":
                nodes[0] = nodes[0][:-1]
            elif change == "emptied":
                nodes[:] = ["0x80"]
            else:
                nodes[:] = [7]
        return result

    said = lied_to(node, header, lie, read=read)
    what = "the account" if part == "accountProof" else "slot 0x7" if read else "slot 0x[0-9a-f]+"
    assert re.match(rf"The proof of {what} of Credits \(", said)


def test_node_that_proves_fewer_slots_than_asked(node: Node, header: Header) -> None:
    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        return {**result, "storageProof": []}

    assert "it proved 0 slots of 1" in lied_to(node, header, lie)


@pytest.mark.parametrize("answer", [None, {}, [], "0x", {"accountProof": None, "storageProof": [{}]}])
def test_answer_that_is_no_proof(node: Node, header: Header, answer: object) -> None:
    assert "an answer that can't be read" in lied_to(node, header, lambda *_: answer)


def test_proof_of_another_block(node: Node) -> None:
    before = fetch_header(node, 1)
    with lying_node(node.url) as proxy:
        proxy.lie = lambda method, parameters, result: (
            node.request("eth_getProof", *parameters[:2], "latest") if method == "eth_getProof" else result
        )
        with pytest.raises(
            FalseAnswer, match=r"The proof of the account of Credits .* block 1: no node of it"
        ):
            ProvenState(Node(proxy.url), before, {FULL: "Credits"}).words(FULL, [7])


def test_code_that_is_false(node: Node, header: Header) -> None:
    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        return result[:-2] + "01" if method == "eth_getCode" else result

    with (
        lying_node(node.url, lie) as proxy,
        pytest.raises(FalseAnswer, match=r"The code that the node gave for Credits \(0x.*\) is false"),
    ):
        ProvenState(Node(proxy.url), header, {FULL: "Credits"}).code(FULL)


def test_node_that_has_pruned_the_state(node: Node, header: Header) -> None:
    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_getProof":
            raise Refusal("missing trie node 0xabab")
        return result

    with (
        lying_node(node.url, lie) as proxy,
        pytest.raises(
            ChainError, match=r"can't prove the state of block \d+ \('missing trie node 0xabab'\): ask"
        ),
    ):
        ProvenState(Node(proxy.url), header).words(FULL, [7])


def test_storage_set_behind_the_chain_s_back_is_found() -> None:
    """anvil_setStorageAt changes the state and not the header, until the next block."""
    with anvil() as node:
        node.request("anvil_setCode", FULL, WRITER)
        node.request("evm_mine")
        node.request("anvil_setStorageAt", FULL, "0x" + "00" * 32, "0x" + "00" * 31 + "05")
        with pytest.raises(FalseAnswer, match="does not come to the state root of block 1"):
            ProvenState(node, fetch_header(node, 1)).words(FULL, [0])
        node.request("evm_mine")
        assert ProvenState(node, fetch_header(node, 2)).words(FULL, [0]) == {0: 5}


def test_chain_reads_what_is_proven(node: Node, state: ProvenState) -> None:
    chain: Chain = connect(node.url)
    read = chain.storage(FULL, range(1200), state.header.number)
    assert not state.check(FULL, storage_of({slot: int.from_bytes(word) for slot, word in enumerate(read)}))


@pytest.mark.parametrize("many", [5, SLOTS])
def test_slot_that_is_read_with_two_words(state: ProvenState, many: int) -> None:
    storage = storage_of(held(many))
    storage.add([(3).to_bytes(32)], (4).to_bytes(32))
    assert len(storage) == many  # the same again is no matter
    storage.add([(3).to_bytes(32)], (0).to_bytes(32))
    with pytest.raises(
        FalseAnswer, match=r"storage of Credits .* \(slot 0x3 was read twice, with two words\)"
    ):
        state.check(FULL, storage)
