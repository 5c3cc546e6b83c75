"""An audit over a stated block, and on nodes that take other calls than the fastest, or tell no truth."""

from collections.abc import Iterator
from typing import Any

import pytest
from lying_node import HttpStatus, Lie, Refusal, lying_node
from saved_chains import SavedChains
from story import Teller, tell

from onetonne.audit import AuditReport, audit, reading
from onetonne.chain import connect
from onetonne.errors import AuditError, NodeRefused
from onetonne.index import Index

SLOT = 66  # characters of an answer, `0x` included, with one word


@pytest.fixture(scope="module")
def teller(saved_chains: SavedChains, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    with saved_chains.loaded(tmp_path_factory.mktemp("home"), tell) as one:
        yield one


@pytest.fixture(scope="module")
def index(teller: Teller, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("index") / "index.sqlite") as one:
        one.sync(teller.chain, teller.deployment)
        yield one


def audited_through(teller: Teller, index: Index, lie: Lie) -> AuditReport:
    with lying_node(teller.chain.url, lie) as node:
        return audit(connect(node.url), teller.deployment, index)


def without_calls(method: str, _parameters: list[Any], result: Any) -> Any:
    if method == "eth_call":
        raise Refusal("too many arguments, want at most 2", -32602)
    return result


def test_a_report_over_a_stated_block_stays_the_same(teller: Teller, index: Index) -> None:
    block = teller.chain.head()
    before = audit(teller.chain, teller.deployment, index)
    assert before.block == block
    teller.transfer("alice", "bob", 1, 1000)
    teller.retire("bob", "airline", (1, 700))
    after = audit(teller.chain, teller.deployment, index)
    assert (after.holds, after.events) == (True, before.events + 5)
    for asked in (block, before.block_hash):
        again = audit(teller.chain, teller.deployment, index, block=asked)
        assert again.to_json() == before.to_json()


def test_a_block_in_the_middle_of_the_story_holds_too(teller: Teller, index: Index) -> None:
    made = teller.deployment.block + len(teller.deployment.transactions)
    blocks = range(made, teller.chain.head(), 7)
    reports = [audit(teller.chain, teller.deployment, index, block=block) for block in blocks]
    assert [finding for report in reports for finding in report.findings] == []
    assert sorted({report.events for report in reports}) == [report.events for report in reports]


def test_a_block_that_cannot_be_audited_is_said_to_be_none(teller: Teller, index: Index) -> None:
    def refused(block: int | str) -> str:
        with pytest.raises(AuditError) as caught:
            audit(teller.chain, teller.deployment, index, block=block)
        return str(caught.value)

    head, made = teller.chain.head(), teller.deployment.block
    assert refused(head + 1) == f"Block {head + 1} can't be audited yet: the index has reached {head}."
    assert refused(made - 1) == f"Block {made - 1} can't be audited: the contracts were made in block {made}."
    assert refused("0x" + "ab" * 32) == f"The node has no block with the hash 0x{'ab' * 32}."


def test_a_block_that_was_replaced_is_named(teller: Teller, index: Index) -> None:
    at = teller.chain.block(teller.chain.head() - 3)
    replaced = "0x" + "cd" * 32

    def still_known(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_getBlockByHash" and parameters[0] == replaced:
            return {"number": hex(at.number), "hash": replaced}
        return result

    with lying_node(teller.chain.url, still_known) as node, pytest.raises(AuditError) as caught:
        audit(connect(node.url), teller.deployment, index, block=replaced)
    expected = f"Block {replaced} is not on the node's chain, which has {at.hash} at its height."
    assert str(caught.value) == expected


def test_a_chain_that_is_replaced_during_an_audit_is_noticed(teller: Teller, index: Index) -> None:
    head, asked = teller.chain.head(), []

    def replaced_at_the_end(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_getCode":  # the last that is read
            asked.append(method)
        if asked and method == "eth_getBlockByNumber" and parameters[0] == hex(head):
            return result | {"hash": "0x" + "cd" * 32}
        return result

    with pytest.raises(AuditError, match=f"The chain replaced block {head} during the audit: run it again."):
        audited_through(teller, index, replaced_at_the_end)


@pytest.mark.parametrize("answer", ["0x", "0x" + "00" * 31, None])
def test_a_node_that_ignores_the_code_of_a_call_is_asked_slot_by_slot(
    teller: Teller, index: Index, answer: str | None
) -> None:
    def ignoring(method: str, _parameters: list[Any], result: Any) -> Any:
        return answer if method == "eth_call" else result

    report = audited_through(teller, index, ignoring)
    assert (report.holds, report.source) == (True, "eth_getStorageAt")


def test_a_node_that_refuses_calls_is_asked_slot_by_slot_and_says_the_same(
    teller: Teller, index: Index
) -> None:
    by_calls = audit(teller.chain, teller.deployment, index)
    slot_by_slot = audited_through(teller, index, without_calls)
    assert (by_calls.source, slot_by_slot.source) == ("eth_call", "eth_getStorageAt")
    assert slot_by_slot.to_json() == by_calls.to_json() | {"source": "eth_getStorageAt"}


@pytest.mark.parametrize("refusal", [Refusal("out of gas"), HttpStatus(413)])
def test_a_node_that_takes_fewer_slots_is_asked_for_fewer(
    teller: Teller, index: Index, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    monkeypatch.setattr("onetonne.audit.state._FEWER", 20)

    def small(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_call" and len(parameters[0]["data"]) > 2 + 20 * 64:
            raise refusal
        return result

    report = audited_through(teller, index, small)
    assert (report.holds, report.source) == (True, "eth_call")


@pytest.mark.parametrize(
    "words",
    [
        "missing trie node 6f1b (path ) state 0x6f1b is not available",
        "historical state 0x6f1b is not available",
        "required historical state unavailable: state not available",
        "State has been pruned",
        "this needs an archive node",
    ],
)
@pytest.mark.parametrize("methods", [("eth_call", "eth_getStorageAt"), ("eth_getCode",)])
def test_a_node_without_the_state_of_the_block_is_said_to_have_none(
    teller: Teller, index: Index, words: str, methods: tuple[str, ...]
) -> None:
    def pruned(method: str, _parameters: list[Any], result: Any) -> Any:
        if method in methods:
            raise Refusal(words)
        return result

    with pytest.raises(AuditError) as caught:
        audited_through(teller, index, pruned)
    head = teller.chain.head()
    assert str(caught.value) == (
        f"The node no longer has the state at block {head}: audit a later block, or ask an archive node."
    )


def test_a_node_that_refuses_everything_is_not_taken_for_a_pruned_one(teller: Teller, index: Index) -> None:
    def closed(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_getStorageAt":
            raise Refusal("not on this plan")
        return without_calls(method, parameters, result)

    with pytest.raises(NodeRefused, match="not on this plan"):
        audited_through(teller, index, closed)


def test_one_bit_of_one_word_that_the_node_alters_is_found(teller: Teller, index: Index) -> None:
    def altered(method: str, _parameters: list[Any], result: Any) -> Any:
        if method == "eth_call" and len(result) > 500 * SLOT:
            return result
        return result[:-1] + "01"[result[-1] == "0"] if method == "eth_call" else result

    assert not audited_through(teller, index, altered).holds


def test_storage_that_is_nothing_like_the_events_ends_the_comparison(
    teller: Teller, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_ENOUGH", 10)
    monkeypatch.setattr(reading, "_AT_ONCE", 20)

    def empty(method: str, _parameters: list[Any], result: Any) -> Any:
        return "0x" + "00" * ((len(result) - 2) // 2) if method == "eth_call" else result

    report = audited_through(teller, index, empty)
    (last,) = (one for one in report.findings if one.subject == "storage")
    assert last.problem.startswith("More than 10 places differ: ")
    assert report.slots < 100
