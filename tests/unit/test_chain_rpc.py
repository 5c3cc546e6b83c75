"""Nodes that refuse, lie or break: each ends in one of our errors, and keeps keys out of its message."""

from typing import Any

import pytest
from fake_node import fake_node

from onetonne.chain import connect
from onetonne.errors import ChainError, NodeRefused, NodeUnreachable, Reverted
from onetonne.terms import Address

NOBODY = "0x" + "0" * 40
TOO_MANY = {"error": {"code": -32005, "message": "query returned more than 10000 results"}}


def nothing(method: str, parameters: list[Any]) -> dict[str, Any]:
    return {"result": None}


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("ftp://node.example/KEY", "only http:// and https:// URLs are understood"),
        ("node.example", "only http:// and https:// URLs are understood"),
        ("http://127.0.0.1:1/KEY?token=KEY", "connection refused"),
        ("http://KEY:KEY@127.0.0.1:1", "connection refused"),
        ("http://nowhere.invalid/KEY", "unknown host"),
        ("http://:99999/KEY", "the URL can't be used"),
    ],
)
def test_url_without_a_node(url: str, problem: str) -> None:
    with pytest.raises(NodeUnreachable) as caught:
        connect(url)
    assert problem in str(caught.value)
    assert "KEY" not in str(caught.value)


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"", b"\xff\xfe"])
def test_server_that_is_no_node(body: bytes) -> None:
    with (
        fake_node(nothing, body=body) as url,
        pytest.raises(NodeUnreachable, match="it answers, but not as a JSON-RPC node"),
    ):
        connect(url)


@pytest.mark.parametrize("body", [b"[]", b'"hello"', b"7", b"{}", b'{"result": "soon"}', b'{"result": null}'])
def test_server_that_answers_json_of_another_kind(body: bytes) -> None:
    with fake_node(nothing, body=body) as url, pytest.raises(ChainError, match="an answer that"):
        connect(url)


def test_server_that_wants_a_key() -> None:
    with fake_node(nothing, status=401) as url, pytest.raises(NodeUnreachable, match="HTTP status 401"):
        connect(f"{url}/KEY")


def test_node_that_does_not_know_a_method() -> None:
    def answer(method: str, parameters: list[Any]) -> dict[str, Any]:
        return {"error": {"code": -32601, "message": "the method eth_blockNumber does not exist"}}

    with (
        fake_node(answer) as url,
        pytest.raises(NodeRefused, match="The node refused eth_blockNumber: 'the method eth_blockN"),
    ):
        connect(url).head()


@pytest.mark.parametrize(
    "error",
    [
        {"code": 3, "message": "execution reverted", "data": "0x93fb62820000"},
        {"code": -32015, "message": "VM execution error.", "data": "Reverted 0x93fb6282"},
        {"code": -32000, "message": "execution reverted", "data": {"0xab": {"return": "0x93fb6282"}}},
        {"code": 3, "message": "execution reverted: custom", "data": "0x"},
        {"code": -32000, "message": "execution reverted"},
    ],
)
def test_revert_is_found_wherever_a_node_puts_it(error: dict[str, Any]) -> None:
    with fake_node(lambda *_: {"error": error}) as url, pytest.raises(Reverted):
        connect(url).node.request("eth_call", {})


def test_logs_are_halved_until_the_node_can_keep_up_and_grow_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onetonne.chain.logs._UNTIL_TRIED_AGAIN", 2)
    asked: list[tuple[int, int]] = []

    def answer(method: str, parameters: list[Any]) -> dict[str, Any]:
        if method == "eth_blockNumber":
            return {"result": "0x64"}
        first, last = int(parameters[0]["fromBlock"], 16), int(parameters[0]["toBlock"], 16)
        asked.append((first, last))
        busy = [block for block in range(first, last + 1) if 20 <= block < 30]
        return (
            TOO_MANY if len(busy) > 2 else {"result": [{"block": block} for block in range(first, last + 1)]}
        )

    with fake_node(answer) as url:
        pages = list(connect(url).logs([], 3, 100, page=40))
    assert [log["block"] for page in pages for log in page] == list(range(3, 101))
    assert pages[-1].last - pages[-1].first > 10
    assert len(asked) < 40


def test_logs_of_one_block_that_are_too_many() -> None:
    def answer(method: str, parameters: list[Any]) -> dict[str, Any]:
        return {"result": "0x64"} if method == "eth_blockNumber" else TOO_MANY

    with fake_node(answer) as url, pytest.raises(NodeRefused, match="more than 10000 results"):
        list(connect(url).logs([], 0, 100))


def test_node_that_takes_no_batches() -> None:
    def answer(method: str, parameters: list[Any]) -> dict[str, Any]:
        return {"result": hex(int(parameters[1], 16) * 2)}  # and without leading zeros

    with fake_node(answer, batches=False) as url:
        words = connect(url).storage(Address(NOBODY), [1, 2, 3])
    assert words == [number.to_bytes(32, "big") for number in (2, 4, 6)]


def test_error_within_a_batch() -> None:
    def answer(method: str, parameters: list[Any]) -> dict[str, Any]:
        if int(parameters[1], 16) == 2:
            return {"error": {"code": -32000, "message": "missing trie node"}}
        return {"result": "0x" + "0" * 64}

    with fake_node(answer) as url, pytest.raises(NodeRefused, match="missing trie node"):
        connect(url).storage(Address(NOBODY), [1, 2, 3])


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_node_is_asked_again(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("onetonne.chain.rpc.time.sleep", pauses.append)
    with fake_node(lambda *_: {"result": "0x7"}, statuses=[200, status, status, 200]) as url:
        assert connect(url).head() == 7
    assert pauses[:2] == [0.25, 0.5]


def test_node_that_stays_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onetonne.chain.rpc.PAUSES", (0, 0))
    with fake_node(nothing, status=503) as url, pytest.raises(NodeUnreachable, match="HTTP status 503"):
        connect(url)
