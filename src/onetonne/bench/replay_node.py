"""Filling a local chain with hundreds of thousands of transactions, in the name of every account."""

import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from onetonne.bench.replay_calls import Call
from onetonne.chain import LOCAL_CHAIN_ID, Chain, connect
from onetonne.chain.local import anvil_program
from onetonne.errors import ChainError, NodeRefused, NodeUnreachable
from onetonne.terms import Address, Seconds

_HOST = "127.0.0.1"
_PATIENCE = 20.0  # seconds until anvil answers, or is gone
_CALLS_A_REQUEST = 500
_CHARACTERS_A_REQUEST = 1_500_000  # anvil 1.7.1 refuses bodies above 2 MB
_GAS = 16_000_000  # a transaction's limit, more than 256 lots take
_BLOCK_GAS = 10**15
_WEI = 10**24
_PRICE = 2 * 10**9  # wei per gas, the lowest; anvil asks 10**9 at first, and less from there
_PLACE = re.compile(rb'"transactionIndex":"(0x[0-9a-f]+)"')
_LONG = 3600  # seconds: mining a large block takes long


@dataclass(frozen=True, slots=True)
class OwnNode:
    chain: Chain
    process: int


@contextmanager
def own_node(log: Path, start: Seconds, *, keep: bool) -> Iterator[OwnNode]:
    """A chain of one's own that begins at `start`, ended afterwards unless it is to be kept.

    It keeps all blocks and receipts, and the state of the latest one only: a state for each block would fill
    the memory. Raises `ChainError` where anvil can't be found or does not start.
    """
    with socket.socket() as listener:
        listener.bind((_HOST, 0))
        port = listener.getsockname()[1]
    command = [anvil_program(), "--host", _HOST, "--port", str(port), "--chain-id", str(LOCAL_CHAIN_ID)]
    command += ["--accounts", "0", "--timestamp", str(start), "--prune-history"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield OwnNode(_connected(f"http://{_HOST}:{port}", process, log), process.pid)
    except BaseException:
        _end(process)
        raise
    if not keep:
        _end(process)


class Filler:
    """Sends calls in the name of their accounts, and mines them. The node must be anvil.

    Raises `NodeRefused`, `NodeUnreachable`, and `ChainError` where a transaction did not do its work.
    """

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._session = requests.Session()
        self._nonces: dict[Address, int] = {}
        self.seconds = {"sending": 0.0, "mining": 0.0, "checking": 0.0}
        for method, value in (
            ("anvil_autoImpersonateAccount", True),
            ("evm_setAutomine", False),
            ("evm_setBlockGasLimit", hex(_BLOCK_GAS)),
        ):
            chain.node.request(method, value)

    def mine(self, calls: Sequence[Call], at: Seconds) -> None:
        """One block with these calls, in this order.

        The order is made by the price: each call offers a wei less than the one before. anvil takes up what
        lies in one request side by side, so that it knows no first and last.
        """
        started = time.perf_counter()
        self._welcome({call.sender for call in calls} - self._nonces.keys())
        for body in self._bodies(calls):
            answer = self._post(body)
            if b'"error"' in answer:
                _refuse(answer)
        sent = time.perf_counter()
        self._ask("evm_setNextBlockTimestamp", at)
        self._ask("evm_mine")
        mined = time.perf_counter()
        self._check(len(calls))
        checked = time.perf_counter()
        self.seconds["sending"] += sent - started
        self.seconds["mining"] += mined - sent
        self.seconds["checking"] += checked - mined

    def close(self) -> None:
        """Gives the node back as it was: a block for each transaction, and none without a signature."""
        self._chain.node.request("anvil_removeBlockTimestampInterval")
        self._chain.node.request("anvil_autoImpersonateAccount", False)
        self._chain.node.request("evm_setAutomine", True)
        self._session.close()

    def _welcome(self, accounts: set[Address]) -> None:
        """Gas for accounts that are new here, and how many transactions they have sent before."""
        new = sorted(accounts)
        self._chain.node.batch("anvil_setBalance", [[one, hex(_WEI)] for one in new])
        counts = self._chain.node.batch("eth_getTransactionCount", [[one, "latest"] for one in new])
        self._nonces.update((one, int(count, 16)) for one, count in zip(new, counts, strict=True))

    def _bodies(self, calls: Sequence[Call]) -> Iterator[str]:
        body: list[str] = []
        size = 0
        for place, call in enumerate(calls):
            nonce = self._nonces[call.sender]
            self._nonces[call.sender] = nonce + 1
            body.append(
                '{"jsonrpc":"2.0","id":1,"method":"eth_sendTransaction","params":[{'
                f'"from":"{call.sender}","to":"{call.to}","nonce":"{nonce:#x}","gas":"{_GAS:#x}",'
                f'"gasPrice":"{_PRICE + len(calls) - place:#x}","data":"0x{call.data}"' + "}]}"
            )
            size += len(body[-1])
            if len(body) == _CALLS_A_REQUEST or size > _CHARACTERS_A_REQUEST:
                yield f"[{','.join(body)}]"
                body, size = [], 0
        if body:
            yield f"[{','.join(body)}]"

    def _check(self, count: int) -> None:
        """That the latest block has this many transactions and all succeeded.

        Each call of ours that succeeds emits something. Receipts would say it outright, and take anvil 1.7.1
        a time that grows with the square of their number.
        """
        head = hex(self._chain.head())
        logs = self._ask("eth_getLogs", {"fromBlock": head, "toBlock": head})
        if len(set(_PLACE.findall(logs))) == count:
            return
        block = self._chain.node.request("eth_getBlockByNumber", head, False)
        for transaction in block["transactions"]:
            receipt = self._chain.node.request("eth_getTransactionReceipt", transaction)
            if receipt["status"] != "0x1":
                raise ChainError(
                    f"Transaction {transaction} from {receipt['from']} failed: this market does not fit the "
                    "chain, which must have been used meanwhile; start anew."
                )
        raise ChainError(
            f"The node mined {len(block['transactions']):,} of {count:,} transactions; start anew."
        )

    def _ask(self, method: str, *params: Any) -> bytes:
        asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = self._post(json.dumps(asked))
        if answer.startswith(b'{"jsonrpc":"2.0","id":1,"error"'):
            _refuse(answer)
        return answer

    def _post(self, body: str) -> bytes:
        with self._chain.node.translated():
            headers = {"Content-Type": "application/json"}
            response = self._session.post(self._chain.url, data=body.encode(), headers=headers, timeout=_LONG)
            response.raise_for_status()
            return response.content


def _refuse(answer: bytes) -> None:
    found = json.loads(answer)
    errors = [one["error"] for one in (found if isinstance(found, list) else [found]) if "error" in one]
    raise NodeRefused("eth_sendTransaction", str(errors[0].get("message")))


def _connected(url: str, process: "subprocess.Popen[bytes]", log: Path) -> Chain:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return connect(url, LOCAL_CHAIN_ID)
        except NodeUnreachable as problem:
            if process.poll() is not None or time.monotonic() > until:
                raise ChainError(f"The chain did not start; {log} says why.") from problem
        time.sleep(0.02)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
