"""One transaction: estimated, signed here, sent, and waited for until a block has it and it did its work."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from onetonne.chain.abi import Event, decode_event
from onetonne.chain.rpc import Node
from onetonne.chain.signing import Signer
from onetonne.errors import (
    ChainError,
    GasCapExceeded,
    InsufficientFunds,
    NodeRefused,
    NodeUnreachable,
    Reverted,
    TransactionFailed,
)
from onetonne.terms import Address

WAITING_TIME = 180.0  # seconds
SETTLING_TIME = 60.0  # seconds
_PAUSE = 0.05  # seconds
_LOST = "the node stopped answering, and may have taken it; look it up before sending it again"
_POLL = (0.02, 1.0)  # seconds, the first and the longest pause
_DEFAULT_TIP = 10**9  # wei per gas, where a node suggests none


@dataclass(frozen=True, slots=True)
class Sent:
    """What a transaction did; of a dry run, what it would do: `transaction` and `block` are None then."""

    transaction: str | None
    block: int | None
    gas_used: int
    """Of a dry run, the node's estimate."""
    fee_wei: int
    """Of a dry run, at the prices of now."""
    events: tuple[Event, ...]
    returned: Any
    """What the function returned when it was tried just before."""
    created: Address | None = None
    """Address of the contract that it created."""

    def event(self, name: str) -> Event | None:
        """The first event of that name."""
        return next((event for event in self.events if event.name == name), None)


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be sent: to a contract, or to nobody, which creates one."""

    to: Address | None
    data: str
    """Hexadecimal with 0x."""
    returned: Any = None


MOST_GAS = 2**24
"""Of one transaction (EIP-7825)."""
_NEW_SLOT = 25_000
"""Gas of a word that the estimate found written: entries of one second share one, and it may be over."""


def send(node: Node, chain_id: int, call: Call, signer: Signer, *, dry_run: bool) -> Sent:
    """Raises `Reverted` and `GasCapExceeded` before anything is sent; `TransactionFailed` after."""
    request = {"from": signer.address, "data": call.data} | ({"to": call.to} if call.to else {})
    gas = _estimate(node, request)
    if gas > MOST_GAS:
        raise GasCapExceeded(gas, MOST_GAS)
    fees, price, most = _fees(node)
    if dry_run:
        return Sent(None, None, gas, gas * price, (), call.returned)
    limit = min(gas * 5 // 4 + _NEW_SLOT, MOST_GAS)  # the state may change until it is in a block
    _require_funds(node, signer.address, limit * most)
    nonce = _nonce(node, signer.address, "pending")
    fields = {"chainId": chain_id, "nonce": nonce, "gas": limit, "value": 0, "data": call.data} | fees
    raw = signer.sign_transaction(fields | ({"to": call.to} if call.to else {}))
    transaction = f"0x{keccak(raw).hex()}"
    try:
        node.request("eth_sendRawTransaction", f"0x{raw.hex()}")
    except NodeUnreachable as problem:
        raise TransactionFailed(transaction, _LOST) from problem
    receipt = _wait(node, transaction)
    with node.reading("eth_getTransactionReceipt"):
        _require_success(node, transaction, receipt, request | {"gas": hex(limit)})
        return _sent(receipt, call.returned)


def settle(node: Node, account: Address) -> None:
    """Waits for an account's transactions that are in no block yet. Raises `ChainError`."""
    until = time.monotonic() + SETTLING_TIME
    while len({_nonce(node, account, block) for block in ("latest", "pending")}) > 1:
        if time.monotonic() > until:
            raise ChainError(
                f"Account {account} has sent transactions that are in no block after {SETTLING_TIME:.0f} "
                "seconds: plan again when they are."
            )
        time.sleep(_PAUSE)


def _nonce(node: Node, account: Address, block: str) -> int:
    return node.integer("eth_getTransactionCount", account, block)


def _estimate(node: Node, request: Mapping[str, Any]) -> int:
    return node.integer("eth_estimateGas", request)


def _fees(node: Node) -> tuple[dict[str, int], int, int]:
    """The fee fields of a transaction, the price of gas at this moment, and the most it can come to."""
    block = node.request("eth_getBlockByNumber", "latest", False)
    if "baseFeePerGas" not in (block or {}):  # a chain from before EIP-1559
        price = node.integer("eth_gasPrice")
        return {"gasPrice": price}, price, price
    with node.reading("eth_getBlockByNumber"):
        base = int(block["baseFeePerGas"], 16)
    try:
        tip = node.integer("eth_maxPriorityFeePerGas")
    except NodeRefused:
        tip = _DEFAULT_TIP
    # Twice the base fee lasts for six full blocks in a row.
    most = 2 * base + tip
    return {"maxFeePerGas": most, "maxPriorityFeePerGas": tip, "type": 2}, base + tip, most


def _require_funds(node: Node, account: Address, needed: int) -> None:
    balance = node.integer("eth_getBalance", account, "latest")
    if balance < needed:
        raise InsufficientFunds(account, balance, needed)


def _wait(node: Node, transaction: str) -> Mapping[str, Any]:
    pause, until = _POLL[0], time.monotonic() + WAITING_TIME
    while True:
        try:
            receipt = node.request("eth_getTransactionReceipt", transaction)
        except NodeUnreachable as problem:
            raise TransactionFailed(transaction, _LOST) from problem
        if receipt is not None:
            with node.reading("eth_getTransactionReceipt"):
                return dict(receipt)
        if time.monotonic() > until:
            raise TransactionFailed(
                transaction, f"it is in no block after {WAITING_TIME:.0f} seconds, and may still come"
            )
        time.sleep(pause)
        pause = min(pause * 1.5, _POLL[1])


def _require_success(
    node: Node, transaction: str, receipt: Mapping[str, Any], request: dict[str, Any]
) -> None:
    if int(receipt["status"], 16) == 1:
        return
    reason = "the contract refused it"
    try:
        node.request("eth_call", request, receipt["blockNumber"])
    except Reverted as refusal:
        reason = refusal.sentence.removesuffix(".")
    except NodeRefused:
        pass
    raise TransactionFailed(transaction, reason)


def _sent(receipt: Mapping[str, Any], returned: Any) -> Sent:
    gas = int(receipt["gasUsed"], 16)
    events = tuple(event for log in receipt["logs"] if (event := decode_event(log)) is not None)
    return Sent(
        transaction=receipt["transactionHash"],
        block=int(receipt["blockNumber"], 16),
        gas_used=gas,
        fee_wei=gas * int(receipt.get("effectiveGasPrice") or "0x0", 16),
        events=events,
        returned=returned,
        created=Address(to_checksum_address(receipt["contractAddress"]))
        if receipt.get("contractAddress")
        else None,
    )
