"""Nothing is sent twice: nodes that lose answers, lag, refuse by rate or hang, and programs that are killed.

The chain is a testnet's stand-in: its id, blocks of its own, no accounts. An act is a label in an
`AccessManager` of one's own, and the chain must have it once.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from anvil import anvil
from lying_node import Dropped, HttpStatus, LyingNode, Refusal, lying_node

from onetonne.chain import Chain, KeySigner, Sent, connect
from onetonne.chain.journal import Entry, Journal, State
from onetonne.chain.rpc import Node
from onetonne.errors import (
    FeeCapExceeded,
    FileError,
    InsufficientFunds,
    NotSeenYet,
    OnetonneError,
    SentBefore,
    TransactionFailed,
    Underpriced,
)
from onetonne.networks import GWEI, of_chain
from onetonne.terms import Address

SEPOLIA = 11155111
ROLE = 7
ACT = """
import sys
from pathlib import Path
from onetonne.chain import connect, signer_from_env
from onetonne.terms import Address
url, home, manager, text = sys.argv[1:]
chain = connect(url, 11155111, home=Path(home))
function = chain.function(chain.contract("AccessManager", Address(manager)), "labelRole", 7, text)
print(chain.send(function, signer_from_env()).transaction)
"""


@dataclass
class StandIn:
    """A chain, a node that lies before it, and an account with a contract of its own."""

    node: Node
    proxy: LyingNode
    home: Path
    signer: KeySigner
    manager: Address
    labels: list[str] = field(default_factory=list)

    def connected(self, url: str | None = None, **given: Any) -> Chain:
        return connect(url or self.proxy.url, SEPOLIA, home=self.home, **given)

    def act(
        self,
        text: str = "label",
        chain: Chain | None = None,
        file: tuple[Path, str] | None = None,
        **given: Any,
    ) -> Sent:
        chain = chain or self.connected(**given)
        function = chain.function(chain.contract("AccessManager", self.manager), "labelRole", ROLE, text)
        return chain.send(function, self.signer, file=file)

    def times(self, text: str = "label") -> int:
        """How often the chain has the act."""
        pages = self.direct.logs([self.manager], 0, self.direct.head())
        return sum(text.encode().hex() in log["data"] for page in pages for log in page)

    @property
    def direct(self) -> Chain:
        return connect(self.node.url, home=self.home)

    @property
    def journal(self) -> Journal:
        return self.direct.outbox.journal(self.signer.address)

    def program(self, text: str = "label") -> "subprocess.Popen[str]":
        line = [sys.executable, "-c", ACT, self.proxy.url, str(self.home), self.manager, text]
        environment = {**os.environ, "ONETONNE_KEY": self.signer._account.key.hex()}
        pipe = subprocess.PIPE
        return subprocess.Popen(line, env=environment, stdout=pipe, stderr=pipe, text=True)


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Node]:
    with anvil("--chain-id", str(SEPOLIA), "--accounts", "0", "--block-time", "1") as node:
        yield node


@pytest.fixture
def testnet(stand_in: Node, tmp_path: Path) -> Iterator[StandIn]:
    signer = KeySigner.new()
    stand_in.request("anvil_setBalance", signer.address, hex(10**20))
    made = connect(stand_in.url, home=tmp_path / "home").create("AccessManager", [signer.address], signer)
    assert made.created
    with lying_node(stand_in.url) as proxy:
        yield StandIn(stand_in, proxy, tmp_path / "home", signer, made.created)


def first(times: int, method: str, problem: Callable[[], Exception]) -> Any:
    """A lie: the first answers of a method are lost, though it was carried out."""
    left = [times]

    def lie(asked: str, parameters: list[Any], result: Any) -> Any:
        if asked == method and left[0]:
            left[0] -= 1
            raise problem()
        return result

    return lie


RECEIPT, SEND = "eth_getTransactionReceipt", "eth_sendRawTransaction"
LOST = {
    "S1 receipts are being indexed": (RECEIPT, lambda: Refusal("transaction indexing is in progress")),
    "S2 rate limit at HTTP 200": (RECEIPT, lambda: Refusal("rate limit exceeded", -32005)),
    "S3 sent, and answered 502": (SEND, lambda: HttpStatus(502)),
    "S3 sent, and answered 429": (SEND, lambda: HttpStatus(429)),
    "S3 sent, and refused in unknown words": (SEND, lambda: Refusal("internal error")),
    "S3 sent, and the connection lost": (SEND, Dropped),
    "S4 sent twice by the balancer": (SEND, lambda: Refusal("already known")),
    "S4 in anvil's words": (SEND, lambda: Refusal("transaction already imported")),
    "S5 a receipt's answer is lost": (RECEIPT, Dropped),
}


@pytest.mark.parametrize("case", LOST)
@pytest.mark.parametrize("times", [1, 3])
def test_an_answer_that_is_lost(testnet: StandIn, case: str, times: int) -> None:
    testnet.proxy.lie = first(times, *LOST[case])
    sent = testnet.act()
    assert sent.block is not None
    assert testnet.times() == 1
    with pytest.raises(SentBefore, match=rf"transaction {sent.transaction} \(done\), so nothing was sent"):
        testnet.act()
    assert testnet.times() == 1


def test_s7_a_chain_that_stands_still(testnet: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETONNE_WAIT", "1")
    testnet.node.request("evm_setIntervalMining", 0)
    try:
        with pytest.raises(NotSeenYet, match="it may still come") as caught:
            testnet.act()
        with pytest.raises(SentBefore, match=r"not seen in a block yet"):
            testnet.act()
    finally:
        testnet.node.request("evm_setIntervalMining", 1)
    chain = testnet.connected()
    entry = testnet.journal.find(caught.value.transaction)
    assert entry is not None
    monkeypatch.setenv("ONETONNE_WAIT", "30")
    assert chain.outbox.wait(entry).block is not None
    with pytest.raises(SentBefore, match=r"\(done\)"):
        testnet.act()
    assert testnet.times() == 1


def test_s8_another_transaction_takes_the_nonce(testnet: StandIn) -> None:
    chain, signer = testnet.direct, testnet.signer

    def overtake(method: str, parameters: list[Any], result: Any) -> Any:
        if method == SEND and not overtaken:
            nonce = chain.node.integer("eth_getTransactionCount", signer.address, "latest")
            fields = {"chainId": SEPOLIA, "nonce": nonce, "gas": 21_000, "gasPrice": 20 * GWEI, "value": 0}
            raw = signer.sign_transaction({**fields, "to": signer.address})
            overtaken.append(chain.node.request(SEND, f"0x{raw.hex()}"))
        return result

    overtaken: list[str] = []
    testnet.node.request("evm_setIntervalMining", 0)
    testnet.proxy.lie = overtake
    timer = threading.Timer(2, testnet.node.request, ["evm_setIntervalMining", 1])
    timer.start()
    try:
        with pytest.raises(TransactionFailed, match="came first with the same nonce") as caught:
            testnet.act()
    finally:
        timer.join()
    assert overtaken[0] in str(caught.value)
    assert testnet.times() == 0
    assert testnet.act().block is not None  # it did nothing, so the same is no repetition
    assert testnet.times() == 1


def test_s10_a_node_without_a_pending_state(testnet: StandIn) -> None:
    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        if "pending" in parameters:
            raise Refusal("pending state is not available")
        return result

    testnet.proxy.lie = lie
    testnet.act()
    assert testnet.times() == 1


def test_s11_every_fourth_answer_is_a_rate_limit(testnet: StandIn) -> None:
    count = [0]

    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        count[0] += 1
        if count[0] % 4 == 0:
            raise Refusal("25/second request limit reached", -32007)
        return result

    testnet.proxy.lie = lie
    testnet.act()
    assert testnet.times() == 1


def test_s12_a_stale_nonce(testnet: StandIn) -> None:
    chain = testnet.connected()
    testnet.act("first", chain)

    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        return hex(int(result, 16) - 1) if method == "eth_getTransactionCount" and testnet.labels else result

    testnet.proxy.lie = lie
    testnet.labels.append("stale")
    testnet.act("second", chain)
    # One that the journal does not know of, so that the node's word is all there is.
    other = connect(testnet.proxy.url, SEPOLIA, home=testnet.home / "other")
    testnet.labels.clear()
    asked: list[str] = []

    def once(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_getTransactionCount" and "pending" in parameters and not asked:
            asked.append(method)
            return hex(int(result, 16) - 1)
        return result

    testnet.proxy.lie = once
    testnet.act("third", other)
    assert [testnet.times(text) for text in ("first", "second", "third")] == [1, 1, 1]


def test_s13_state_behind_the_head(testnet: StandIn) -> None:
    """Balanced nodes: for a while after each block, one that lags answers."""
    lagging: list[int] = []
    chain = testnet.connected()

    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        if lagging and method == "eth_blockNumber":
            lagging.pop()
            return hex(int(result, 16) - 1)
        return result

    sent = testnet.act("first", chain)
    testnet.proxy.lie = lie
    lagging.extend([1, 1])
    assert sent.block is not None
    assert chain.head() >= sent.block
    lagging.extend([1, 1])
    contract = chain.contract("AccessManager", testnet.manager)
    before = len(lagging)
    chain.call(chain.function(contract, "ADMIN_ROLE"))
    assert len(lagging) < before, "the call was held against the head"


def test_s14_gas_has_a_ceiling(testnet: StandIn) -> None:
    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        return hex(14_200_000) if method == "eth_estimateGas" else result

    testnet.proxy.lie = lie
    sent = testnet.act()
    transaction = testnet.node.request("eth_getTransactionByHash", sent.transaction)
    assert int(transaction["gas"], 16) == 2**24


def test_s15_tip_floor_fee_cap_and_data_fee(testnet: StandIn) -> None:
    polygon = replace(of_chain(SEPOLIA), tip_floor=25 * GWEI)
    sent = testnet.act("floor", network=polygon)
    transaction = testnet.node.request("eth_getTransactionByHash", sent.transaction)
    assert int(transaction["maxPriorityFeePerGas"], 16) == 25 * GWEI
    with pytest.raises(FeeCapExceeded, match="allows 1 gwei"):
        testnet.act("cap", network=replace(polygon, fee_cap=GWEI))
    rollup = replace(of_chain(SEPOLIA), kind="op-stack")
    oracle = "0x420000000000000000000000000000000000000F"
    dear = (2 * 10**18).to_bytes(8).hex()
    testnet.node.request("anvil_setCode", oracle, f"0x67{dear}5f5260205ff3")  # answers 2 ETH to any question
    testnet.node.request("anvil_setBalance", testnet.signer.address, hex(10**18))
    with pytest.raises(InsufficientFunds, match="may need 4"):
        testnet.act("data", network=rollup)
    assert [testnet.times(text) for text in ("floor", "cap", "data")] == [1, 0, 0]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("insufficient funds for gas * price + value: balance 0, tx cost 1", InsufficientFunds),
        ("InsufficientFunds, Account balance: 0, cumulative cost: 1", InsufficientFunds),
        ("Upfront cost exceeds account balance", InsufficientFunds),
        ("transaction underpriced: tip needed 25000000000, tip permitted 1", Underpriced),
        ("FeeTooLow, MaxFeePerGas too low.", Underpriced),
        ("max fee per gas less than block base fee", Underpriced),
    ],
)
def test_s16_a_refusal_in_words_sends_nothing(
    testnet: StandIn, words: str, error: type[OnetonneError]
) -> None:
    def refuse(method: str, parameters: list[Any]) -> None:
        if method == SEND:
            raise Refusal(words)

    testnet.proxy.before = refuse
    with pytest.raises(error):
        testnet.act()
    testnet.proxy.before = lambda method, parameters: None
    assert [entry.state for entry in testnet.journal.entries()][-1] is State.REFUSED
    testnet.act()
    assert testnet.times() == 1


@pytest.mark.parametrize("words", ["I will not", "internal error"])
def test_a_refusal_that_nobody_understands_is_no_failure(
    testnet: StandIn, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetonne.chain.sending._TRIES", (0.1,))

    def refuse(method: str, parameters: list[Any]) -> None:
        if method == SEND:
            raise Refusal(words)

    testnet.proxy.before = refuse
    with pytest.raises(NotSeenYet, match=words):
        testnet.act()
    testnet.proxy.before = lambda method, parameters: None
    with pytest.raises(SentBefore):  # which sent it as it was signed
        testnet.act()
    entry = testnet.journal.entries()[-1]
    testnet.direct.outbox.wait(entry)
    assert testnet.times() == 1


POINTS = {
    "before the journal": ("eth_estimateGas", True),
    "after the journal": (SEND, True),
    "after sending": (SEND, False),
    "before the receipt": (RECEIPT, True),
}


@pytest.mark.parametrize("point", POINTS)
def test_s6_a_program_that_is_killed(testnet: StandIn, point: str) -> None:
    method, early = POINTS[point]
    killed: list[str] = []

    def kill(asked: str) -> None:
        if asked == method and not killed:
            killed.append(asked)
            os.kill(program.pid, signal.SIGKILL)
            raise Dropped

    def before(asked: str, parameters: list[Any]) -> None:
        if early:
            kill(asked)

    def lie(asked: str, parameters: list[Any], result: Any) -> Any:
        if not early:
            kill(asked)
        return result

    testnet.proxy.before, testnet.proxy.lie = before, lie
    program = testnet.program()
    program.communicate(timeout=60)
    assert program.returncode == -signal.SIGKILL
    again = testnet.program()
    _, errors = again.communicate(timeout=60)
    assert (again.returncode == 0) == (point == "before the journal"), errors
    if again.returncode:
        assert "SentBefore" in errors
    for entry in testnet.journal.open():
        testnet.direct.outbox.wait(entry)
    assert testnet.times() == 1


def test_two_processes_with_one_key(testnet: StandIn) -> None:
    """S9, as they come: none is lost and none is done twice."""
    texts = [f"{letter}{number}" for letter in "abcd" for number in range(10)]
    script = ACT.replace(
        "url, home, manager, text = sys.argv[1:]", "url, home, manager, letter = sys.argv[1:]"
    )
    lines = script.strip().splitlines()
    body = "\n".join(f"    {line.replace('text)', 'letter + str(number))')}" for line in lines[-2:])
    script = "\n".join([*lines[:-2], "for number in range(10):", body])
    environment = {**os.environ, "ONETONNE_KEY": testnet.signer._account.key.hex()}
    line = [sys.executable, "-c", script, testnet.proxy.url, str(testnet.home), testnet.manager]
    programs = [
        subprocess.Popen([*line, letter], env=environment, stdout=subprocess.PIPE, text=True)
        for letter in "abcd"
    ]
    for program in programs:
        program.communicate(timeout=200)
        assert program.returncode == 0
    assert [testnet.times(text) for text in texts] == [1] * len(texts)
    assert testnet.journal.open() == []


def test_speed_up_and_cancel(testnet: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETONNE_WAIT", "0.5")
    testnet.node.request("evm_setIntervalMining", 0)
    try:
        for text in ("faster", "never"):
            with pytest.raises(NotSeenYet):
                testnet.act(text)
        faster, never = testnet.journal.open()
        chain = testnet.connected()
        for entry, cancel in ((faster, False), (never, True)):
            with pytest.raises(NotSeenYet):
                chain.outbox.replace(entry, testnet.signer, cancel=cancel)
    finally:
        testnet.node.request("evm_setIntervalMining", 1)
    monkeypatch.setenv("ONETONNE_WAIT", "30")
    replacing = {entry.replaces: entry for entry in testnet.journal.open() if entry.replaces}
    for old in (faster, never):
        new = replacing[old.hash]
        for name in ("maxFeePerGas", "maxPriorityFeePerGas"):
            assert new.fields[name] >= old.fields[name] * 9 / 8
        chain.outbox.wait(new)
        found = testnet.journal.find(old.hash)
        assert found is not None
        assert (found.state, found.by) == (State.REPLACED, new.hash)
    assert [testnet.times(text) for text in ("faster", "never")] == [1, 0]


def test_the_journal_is_private_and_has_no_key(testnet: StandIn) -> None:
    testnet.act()
    path = testnet.journal.path
    assert path.stat().st_mode & 0o077 == 0
    assert testnet.signer._account.key.hex() not in path.read_text()
    with path.open("a") as file:
        file.write('{"signed": {"hash": "0x12')  # killed while it wrote
    testnet.act("second")
    assert [entry.state for entry in testnet.journal.entries()] == [State.DONE] * 3


def test_a_sign_of_life(testnet: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    chain = testnet.connected()
    chain.node.tell = told.append

    def slow(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_chainId":
            time.sleep(2.5)
        return result

    testnet.proxy.lie = slow
    chain.node.integer("eth_chainId")
    assert told == [f"Waiting for {testnet.proxy.url} (its answer)."]


def test_details_are_made_by_whoever_looks_the_transaction_up(
    testnet: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the journal, before the details are kept and the transaction is sent."""
    file = (tmp_path / "details" / "one.json", "who and why\n")

    def killed(entry: Entry) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("onetonne.chain.sending._keep", killed)
        with pytest.raises(KeyboardInterrupt):
            testnet.act(file=file)
    assert not file[0].exists()
    with pytest.raises(SentBefore):
        testnet.act(file=file)
    assert file[0].read_text() == file[1]
    assert file[0].stat().st_mode & 0o077 == 0
    for entry in testnet.journal.open():
        testnet.direct.outbox.wait(entry)
    assert testnet.times() == 1


def test_a_refused_retirement_leaves_no_details(testnet: StandIn, tmp_path: Path) -> None:
    def refuse(method: str, parameters: list[Any]) -> None:
        if method == SEND:
            raise Refusal("transaction underpriced")

    testnet.proxy.before = refuse
    file = tmp_path / "details.json"
    with pytest.raises(Underpriced):
        testnet.act(file=(file, "who and why"))
    assert not file.exists()
    file.write_text("another's")
    testnet.proxy.before = lambda method, parameters: None
    with pytest.raises(FileError, match="is there already"):
        testnet.act(file=(file, "who and why"))
    assert file.read_text() == "another's"
    assert testnet.times() == 0
    testnet.act()
    assert testnet.times() == 1
