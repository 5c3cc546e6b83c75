"""The proxy that other tests lean on: it says the truth, lies and breaks as it is told to."""

from collections.abc import Iterator
from typing import Any

import pytest
from anvil import anvil
from lying_node import Dropped, HttpStatus, Refusal, lying_node

from onetonne.chain import connect
from onetonne.chain.rpc import Node
from onetonne.errors import NodeRefused, NodeUnreachable


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with anvil() as one:
        yield one


def test_truth_passes_through(node: Node) -> None:
    account = node.request("eth_accounts")[0]
    with lying_node(node.url) as proxy:
        chain = connect(proxy.url)
        assert chain.block(0) == connect(node.url).block(0)
        assert chain.node.batch("eth_getBalance", [[account, "latest"]] * 3) == [hex(10**22)] * 3
        assert proxy.asked == {"eth_chainId": 1, "eth_getBlockByNumber": 1, "eth_getBalance": 3}


def test_lie_about_one_request_of_a_batch(node: Node) -> None:
    rich, other = node.request("eth_accounts")[:2]

    def poorer(method: str, parameters: list[Any], result: Any) -> Any:
        return "0x0" if method == "eth_getBalance" and parameters[0] == rich else result

    with lying_node(node.url, poorer) as proxy:
        answers = Node(proxy.url).batch("eth_getBalance", [[rich, "latest"], [other, "latest"]])
    assert answers == ["0x0", hex(10**22)]


def test_refusal(node: Node) -> None:
    def pruned(method: str, parameters: list[Any], result: Any) -> Any:
        raise Refusal("missing trie node")

    with (
        lying_node(node.url, pruned) as proxy,
        pytest.raises(NodeRefused, match="refused eth_chainId: 'missing trie node'"),
    ):
        connect(proxy.url)


def test_status_that_passes(node: Node) -> None:
    left = [429, 503]

    def busy(method: str, parameters: list[Any], result: Any) -> Any:
        if left:
            raise HttpStatus(left.pop(), Retry_After="0")
        return result

    with lying_node(node.url, busy) as proxy:
        assert connect(proxy.url).chain_id == 31337
        assert proxy.asked["eth_chainId"] == 3


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_dropped_connection(node: Node, share: float) -> None:
    def drop(method: str, parameters: list[Any], result: Any) -> Any:
        raise Dropped(share)

    with lying_node(node.url, drop) as proxy, pytest.raises(NodeUnreachable):
        connect(proxy.url)


def test_fault_in_a_lie_is_not_taken_for_one(node: Node) -> None:
    def faulty(method: str, parameters: list[Any], result: Any) -> Any:
        return result["no such key"]

    with (
        pytest.raises(TypeError),
        lying_node(node.url, faulty) as proxy,
        pytest.raises(NodeUnreachable),
    ):
        connect(proxy.url)
