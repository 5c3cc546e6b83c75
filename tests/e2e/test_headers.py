"""Headers of a real node: hashes recomputed over hard forks, and every altered field refused."""

import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from anvil import anvil
from lying_node import lying_node

from onetonne.chain.headers import block_hash, fetch_header, header_of
from onetonne.chain.rpc import Node
from onetonne.errors import BadInput, ChainError, FalseAnswer, NodeRefused

# Each adds fields to the header, but for istanbul, paris and osaka, which stand beside those that do.
HARDFORKS = ["istanbul", "london", "paris", "shanghai", "cancun", "prague", "osaka"]


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with anvil("--hardfork", "prague") as one:
        pay(one, 3)
        yield one


@pytest.fixture(scope="module")
def block(node: Node) -> dict[str, Any]:
    return told(node, 3)


def pay(node: Node, times: int) -> None:
    """Blocks with a transaction in each."""
    giver, taker = node.request("eth_accounts")[:2]
    sent = {"from": giver, "to": taker, "value": "0x1", "gasPrice": hex(10**10)}  # older forks know no other
    for _ in range(times):
        hashed = node.request("eth_sendTransaction", sent)
        while node.request("eth_getTransactionReceipt", hashed) is None:  # mined after the answer
            time.sleep(0.01)


def told(node: Node, number: int) -> dict[str, Any]:
    return dict(node.request("eth_getBlockByNumber", hex(number), False))


@pytest.mark.parametrize("hardfork", HARDFORKS)
def test_headers_of_a_hard_fork_come_to_their_hashes(hardfork: str) -> None:
    with anvil("--hardfork", hardfork) as node:
        pay(node, 3)
        node.request("evm_mine")
        headers = [fetch_header(node, number) for number in range(5)]
        for number, header in enumerate(headers):
            found = told(node, number)
            assert header.number == number
            assert header.hash.hex() == found["hash"][2:]
            assert header.state_root.hex() == found["stateRoot"][2:]
            assert header.receipts_root.hex() == found["receiptsRoot"][2:]
            assert header.transactions_root.hex() == found["transactionsRoot"][2:]
            assert header.logs_bloom.hex() == found["logsBloom"][2:]
            assert header.time == int(found["timestamp"], 16)
        for parent, child in pairwise(headers):
            assert child.parent_hash == parent.hash


def test_header_by_hash_and_by_name(node: Node) -> None:
    header = fetch_header(node, 3)
    assert fetch_header(node, f"0x{header.hash.hex()}") == header
    assert fetch_header(node, "latest") == header


def test_block_with_its_transactions_has_the_same_header(node: Node, block: dict[str, Any]) -> None:
    whole = node.request("eth_getBlockByNumber", "0x3", True)
    assert header_of(whole) == header_of(block)


def test_block_that_the_node_has_not(node: Node) -> None:
    with pytest.raises(ChainError, match="The node has no block 4"):
        fetch_header(node, 4)
    with pytest.raises(ChainError, match="The node has no block 0xabab"):
        fetch_header(node, "0x" + "ab" * 32)


def test_another_block_than_was_asked_for(node: Node, block: dict[str, Any]) -> None:
    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        return block if method.startswith("eth_getBlockBy") else result

    with lying_node(node.url, lie) as proxy:
        asked = Node(proxy.url)
        with pytest.raises(FalseAnswer, match="Asked for block 2, the node gave block 3"):
            fetch_header(asked, 2)
        with pytest.raises(
            FalseAnswer, match=r"Asked for the block of hash 0x.* the node gave block 3, of hash 0x"
        ):
            fetch_header(asked, told(node, 2)["hash"])


def test_every_field_counts(block: dict[str, Any]) -> None:
    fields = set(block) - {"hash", "size", "totalDifficulty", "transactions", "uncles", "withdrawals"}
    assert len(fields) == 21
    for name in fields:
        digits = block[name][2:]
        last = "0" if digits[-1:] == "1" else "1"
        altered = block | {name: f"0x{digits[:-1]}{last}" if digits else "0x00"}
        with pytest.raises(FalseAnswer, match=r"The header of block \d+ is false"):
            header_of(altered)


@pytest.mark.parametrize("name", ["baseFeePerGas", "withdrawalsRoot", "requestsHash"])
def test_field_left_out(block: dict[str, Any], name: str) -> None:
    with pytest.raises(FalseAnswer, match="The header of block 3 is false"):
        header_of(block | {name: None})


def test_hash_of_another_block(node: Node, block: dict[str, Any]) -> None:
    with pytest.raises(FalseAnswer, match=r"gives it as that of 0x"):
        header_of(block | {"hash": told(node, 2)["hash"]})


def test_header_of_another_kind_is_named_as_such(block: dict[str, Any]) -> None:
    foreign = block | {"l1BlockNumber": "0x12", "hash": "0x" + "ab" * 32}
    with pytest.raises(ChainError, match=r"fields that Ethereum's have not \(l1BlockNumber\)"):
        header_of(foreign)


def test_what_is_told_beside_a_header_does_no_harm(block: dict[str, Any]) -> None:
    assert header_of(block | {"l1BlockNumber": "0x12"}) == header_of(block)


@pytest.mark.parametrize("name", ["hash", "number", "stateRoot", "logsBloom"])
@pytest.mark.parametrize("value", [None, 7, "", "0x", "-0x1", "0xzz", "0x123", [], "0x" + "00" * 31])
def test_header_that_can_not_be_read(block: dict[str, Any], name: str, value: object) -> None:
    with pytest.raises((NodeRefused, FalseAnswer)):
        header_of(block | {name: value})


def test_hash_that_a_person_gives(block: dict[str, Any]) -> None:
    assert block_hash(f" {block['hash'].upper().replace('X', 'x')}\n").hex() == block["hash"][2:]
    for text in ("", "0x", "latest", block["hash"][2:], block["hash"] + "00", block["hash"][:-1] + "g"):
        with pytest.raises(BadInput, match="give 0x and 64 hexadecimal digits"):
            block_hash(text)
