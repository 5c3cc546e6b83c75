"""Nodes that lie, and bad nodes: a verified sync names the log, and no sync leaves anything wrong behind."""

import copy
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from lying_node import Dropped, HttpStatus, LyingNode, Refusal, lying_node, truth
from saved_chains import SavedChains
from sqlalchemy import select
from story import Teller, chain_of_its_own, tell

from onetonne.chain import connect
from onetonne.chain.receipts import EthReceipt, receipts_root
from onetonne.chain.wire import Wire
from onetonne.errors import ChainError, FalseAnswer, NodeRefused, OnetonneError, WrongChain
from onetonne.index import Index, schema

RECEIPTS, LOGS, HEADER = "eth_getBlockReceipts", "eth_getLogs", "eth_getBlockByNumber"


@pytest.fixture(scope="module")
def teller(saved_chains: SavedChains, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    with saved_chains.loaded(tmp_path_factory.mktemp("home"), tell) as one:
        yield one


@pytest.fixture
def liar(teller: Teller) -> Iterator[LyingNode]:
    with lying_node(teller.chain.url) as one:
        yield one


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index.open(tmp_path / "index.sqlite") as one:
        yield one


@pytest.fixture
def true_rows(teller: Teller, tmp_path: Path) -> dict[str, list[Any]]:
    with Index.open(tmp_path / "true.sqlite") as one:
        one.sync(teller.chain, teller.deployment)
        return rows(one)


def rows(index: Index) -> dict[str, list[Any]]:
    with index.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in (schema.logs, schema.transactions, *schema.EVENT_TABLES)
        }


def no_row_is_false(index: Index, true: dict[str, list[Any]]) -> bool:
    return all(set(many) <= set(true[name]) for name, many in rows(index).items())


def test_a_verified_sync_gives_the_rows_of_a_plain_one(
    teller: Teller, index: Index, true_rows: dict[str, list[Any]]
) -> None:
    result = index.sync(teller.chain, teller.deployment, verify=True)
    assert rows(index) == true_rows
    assert index.verified is not None
    assert (index.verified.block, index.verified) == (result.last, index.cursor)


def test_what_was_read_without_proof_is_read_again(
    teller: Teller, index: Index, true_rows: dict[str, list[Any]]
) -> None:
    index.sync(teller.chain, teller.deployment, finality=40, verify=True)
    proved = index.verified
    index.sync(teller.chain, teller.deployment)
    assert index.verified == proved
    assert proved is not None
    result = index.sync(teller.chain, teller.deployment, verify=True)
    assert result.first == proved.block + 1
    assert index.verified == index.cursor
    assert rows(index) == true_rows


def receipts_with_logs(parameters: list[Any], result: Any, block: int) -> Any:
    """A copy of the receipts of one block, to be altered; None for those of others."""
    return copy.deepcopy(result) if parameters == [hex(block)] else None


def drop(receipts: list[Any]) -> None:
    del next(one for one in receipts if one["logs"])["logs"][0]


def drop_and_count_anew(receipts: list[Any]) -> None:
    drop(receipts)
    for index, log in enumerate(log for one in receipts for log in one["logs"]):
        log["logIndex"] = hex(index)


def alter(receipts: list[Any]) -> None:
    log = next(log for one in receipts for log in one["logs"] if len(log["data"]) > 66)
    log["data"] = log["data"][:-1] + ("1" if log["data"][-1] != "1" else "2")


def alter_topic(receipts: list[Any]) -> None:
    log = next(log for one in receipts for log in one["logs"])
    log["topics"][-1] = "0x" + "ab" * 32


def invent(receipts: list[Any]) -> None:
    logs = next(one for one in receipts if one["logs"])["logs"]
    logs.append(logs[-1] | {"logIndex": hex(len(logs))})


LIES = [(drop, "dropped"), (drop_and_count_anew, "dropped"), (alter, "altered"), (alter_topic, "altered")]
LIES += [(invent, "invented")]


def block_with_logs(teller: Teller) -> int:
    """The last block with several logs of which one has more than a word of data."""
    logs = [log for page in teller.chain.logs([], 1, teller.chain.head()) for log in page]
    long = {log["blockNumber"] for log in logs if len(log["data"]) > 66}
    return max(int(number, 16) for number in long if sum(log["blockNumber"] == number for log in logs) > 1)


@pytest.mark.parametrize(("lie", "what"), LIES)
def test_a_log_that_is_not_the_chains_is_named(
    teller: Teller, liar: LyingNode, index: Index, true_rows: dict[str, list[Any]], lie: Any, what: str
) -> None:
    block = block_with_logs(teller)

    def lies(method: str, parameters: list[Any], result: Any) -> Any:
        receipts = receipts_with_logs(parameters, result, block) if method == RECEIPTS else None
        if receipts is None:
            return result
        lie(receipts)
        return receipts

    liar.lie = lies
    with pytest.raises(FalseAnswer, match=rf"log \d+ of block {block} was {what}\.$"):
        index.sync(connect(liar.url), teller.deployment, verify=True)
    assert no_row_is_false(index, true_rows)
    assert index.cursor is None or index.cursor.block < block
    liar.lie = truth
    index.sync(connect(liar.url), teller.deployment, verify=True)
    assert rows(index) == true_rows


def test_a_node_that_lies_in_everything_it_says_of_a_block_is_caught(
    teller: Teller, liar: LyingNode, index: Index
) -> None:
    block = block_with_logs(teller)

    def lies(method: str, parameters: list[Any], result: Any) -> Any:
        if method == RECEIPTS and parameters == [hex(block)]:
            result = copy.deepcopy(result)
            drop_and_count_anew(result)
        if method == LOGS and "blockHash" in parameters[0]:
            return result[1:]
        return result

    liar.lie = lies
    with pytest.raises(FalseAnswer, match=rf"receipts of block {block} are not those of its header"):
        index.sync(connect(liar.url), teller.deployment, verify=True)


@pytest.mark.parametrize("field", ["receiptsRoot", "logsBloom", "timestamp", "parentHash"])
def test_a_header_that_is_altered_is_refused(
    teller: Teller, liar: LyingNode, index: Index, field: str
) -> None:
    block = block_with_logs(teller)

    def lies(method: str, parameters: list[Any], result: Any) -> Any:
        if method != HEADER or parameters[0] != hex(block):
            return result
        return result | {field: result[field][:-1] + ("1" if result[field][-1] == "0" else "0")}

    liar.lie = lies
    with pytest.raises(FalseAnswer, match=f"header of block {block} is false"):
        index.sync(connect(liar.url), teller.deployment, verify=True)


def test_a_header_of_another_chain_is_refused(
    teller: Teller, liar: LyingNode, index: Index, tmp_path: Path
) -> None:
    block = block_with_logs(teller)
    with chain_of_its_own(tmp_path / "other") as other:
        while other.chain.head() < block:
            other.chain.node.request("evm_mine")
        stranger = other.chain.node.request(HEADER, hex(block), False)

    def lies(method: str, parameters: list[Any], result: Any) -> Any:
        return stranger if method == HEADER and parameters[0] == hex(block) else result

    liar.lie = lies
    with pytest.raises(FalseAnswer, match=f"^Block {block} is of another chain: it does not follow"):
        index.sync(connect(liar.url), teller.deployment, verify=True)


def test_a_log_in_capitals_is_not_lost(teller: Teller, liar: LyingNode, index: Index) -> None:
    """Its hash is right, and a table of our addresses and topics would not find it."""

    def lies(method: str, parameters: list[Any], result: Any) -> Any:
        if method != RECEIPTS:
            return result
        altered = copy.deepcopy(result)
        for log in (log for one in altered for log in one["logs"]):
            log["topics"] = ["0x" + topic[2:].upper() for topic in log["topics"]]
        return altered

    liar.lie = lies
    with pytest.raises(NodeRefused):
        index.sync(connect(liar.url), teller.deployment, verify=True)


def test_a_node_without_receipts_says_so(teller: Teller, liar: LyingNode, index: Index) -> None:
    liar.lie = lambda method, _, result: None if method == RECEIPTS else result
    with pytest.raises(
        ChainError, match=r"^The node has no receipts of block \d+: ask one that keeps all\.$"
    ):
        index.sync(connect(liar.url), teller.deployment, verify=True)


@pytest.mark.parametrize("method", [RECEIPTS, HEADER])
def test_what_a_reorganisation_took_away_is_asked_for_again(
    teller: Teller, liar: LyingNode, index: Index, method: str
) -> None:
    node, answers = teller.chain.node, iter([None])
    node.request("evm_mine")  # a block that nobody misses

    def lie(asked: str, parameters: list[Any], result: Any) -> Any:
        if asked == method and parameters[0] != "latest":
            with suppress(StopIteration):
                missing = next(answers)
                node.request("anvil_reorg", 1, [])
                return missing
        return result

    liar.lie = lie
    index.sync(connect(liar.url), teller.deployment, verify=True)
    assert index.cursor is not None
    assert index.cursor.hash == teller.chain.block(teller.chain.head()).hash


def test_a_pruned_node_says_so(teller: Teller, liar: LyingNode, index: Index) -> None:
    def pruned(method: str, parameters: list[Any], result: Any) -> Any:
        if method == LOGS and int(parameters[0]["fromBlock"], 16) < 20:
            raise Refusal("pruned history unavailable", 4444)
        return result

    liar.lie = pruned
    with pytest.raises(NodeRefused, match=r"^The node refused eth_getLogs: 'pruned history unavailable'\.$"):
        index.sync(connect(liar.url), teller.deployment)
    assert index.cursor is None


def at_first(problem: Exception) -> Any:
    """A lie that breaks every third request, until it has broken fifteen."""
    count = iter(range(45))

    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        if method in (LOGS, RECEIPTS, HEADER) and next(count, 1) % 3 == 0:
            raise problem
        return result

    return lie


BAD = [
    HttpStatus(429, Retry_After="0"),
    HttpStatus(503),
    Dropped(),
    Dropped(0.5),
    Refusal("rate limit exceeded", 429),
]


@pytest.mark.parametrize("verify", [False, True])
@pytest.mark.parametrize("problem", BAD, ids=repr)
def test_a_node_that_is_bad_at_first_gives_the_same_rows(
    teller: Teller,
    liar: LyingNode,
    index: Index,
    true_rows: dict[str, list[Any]],
    problem: Exception,
    verify: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("onetonne.chain.wire.PAUSES", (0.0,) * 20)
    monkeypatch.setattr("onetonne.chain.logs._FIRST_BLOCKS", 5)
    chain = connect(liar.url)
    liar.lie = at_first(problem)
    index.sync(chain, teller.deployment, verify=verify)
    assert rows(index) == true_rows


@pytest.mark.parametrize("problem", BAD[:4], ids=repr)
def test_a_node_that_stays_bad_is_told_in_one_sentence(
    teller: Teller, liar: LyingNode, index: Index, problem: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetonne.chain.wire.PAUSES", (0.0,) * 2)
    chain = connect(liar.url)

    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        if method == LOGS:
            raise problem
        return result

    liar.lie = lie
    with pytest.raises(OnetonneError) as caught:
        index.sync(chain, teller.deployment)
    assert str(caught.value).startswith("No node answers at http://127.0.0.1")
    assert "\n" not in str(caught.value)
    assert index.cursor is None


def test_a_node_of_another_chain_is_refused(teller: Teller, liar: LyingNode) -> None:
    liar.lie = lambda method, _, result: "0x1" if method == "eth_chainId" else result
    with pytest.raises(WrongChain):
        connect(liar.url, teller.deployment.chain_id)


def test_a_node_that_allows_few_blocks_is_asked_for_few(
    teller: Teller, liar: LyingNode, index: Index, true_rows: dict[str, list[Any]]
) -> None:
    def few(method: str, parameters: list[Any], result: Any) -> Any:
        if method == LOGS and int(parameters[0]["toBlock"], 16) - int(parameters[0]["fromBlock"], 16) >= 7:
            raise Refusal("block range is too wide: at most 7", -32602)
        return result

    liar.lie = few
    index.sync(connect(liar.url), teller.deployment)
    assert rows(index) == true_rows
    assert liar.asked[LOGS] < teller.chain.head() / 2


@pytest.mark.parametrize(
    "damage",
    [
        {"data": "0x12"},
        {"data": "0xzz"},
        {"address": "0x" + "11" * 20},
        {"blockNumber": "0x1"},
        {"logIndex": "0x0"},
        {"topics": ["0x12"]},
        {"transactionHash": 5},
    ],
    ids=lambda one: next(iter(one.items())),
)
def test_a_log_that_cannot_be_is_refused(
    teller: Teller, liar: LyingNode, index: Index, true_rows: dict[str, list[Any]], damage: dict[str, Any]
) -> None:
    def lies(method: str, parameters: list[Any], result: Any) -> Any:
        if method != LOGS:
            return result
        later = [at for at, log in enumerate(result) if log["logIndex"] != "0x0"]  # no block's first
        last = later[-1] if later else None
        return [log | damage if at == last else log for at, log in enumerate(result)]

    liar.lie = lies
    with pytest.raises(NodeRefused, match="eth_getLogs"):
        index.sync(connect(liar.url), teller.deployment)
    assert no_row_is_false(index, true_rows)


@pytest.mark.parametrize("count", [1, 2, 16, 17, 127, 128, 129, 300])
def test_the_root_of_receipts_is_the_headers(teller: Teller, count: int) -> None:
    """A trie's shape follows from how many there are."""
    node, payer = teller.chain.node, teller.address("payer")
    before = teller.local.snapshot()
    node.request("anvil_impersonateAccount", payer)
    node.request("evm_setAutomine", False)
    nonce = node.integer("eth_getTransactionCount", payer, "latest")
    sent = [[{"from": payer, "to": payer, "nonce": hex(nonce + at), "gas": "0x5208"}] for at in range(count)]
    node.batch("eth_sendTransaction", sent)
    node.request("evm_mine")
    block = node.request(HEADER, "latest", False)
    with closing(Wire(node)) as wire:
        receipts = wire.request(RECEIPTS, block["number"], into=list[EthReceipt])
    node.request("evm_setAutomine", True)
    teller.local.revert(before)
    assert len(receipts) == count
    assert "0x" + receipts_root(receipts).hex() == block["receiptsRoot"]
