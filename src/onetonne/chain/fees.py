"""What a transaction costs: for its gas everywhere, and for its data on rollups."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from onetonne.chain.rpc import Node
from onetonne.errors import FeeCapExceeded, NodeRefused, Reverted
from onetonne.networks import GWEI, Network

_DEFAULT_TIP = GWEI  # where a node suggests none
_GAS_PRICE_ORACLE = "0x420000000000000000000000000000000000000F"
"""Of the OP stack, at the same address on every chain of it: docs.optimism.io."""


@dataclass(frozen=True, slots=True)
class Fees:
    """What a transaction offers, in wei for a unit of gas."""

    fields: dict[str, int]
    """As the transaction has them."""
    price: int
    """At this moment."""
    most: int


def current(node: Node, network: Network) -> Fees:
    """Raises `FeeCapExceeded` where gas costs more than the network's profile allows."""
    block = node.request("eth_getBlockByNumber", "latest", False)
    if "baseFeePerGas" not in (block or {}):  # a chain from before EIP-1559
        price = max(node.integer("eth_gasPrice"), network.tip_floor)
        _require_below(price, network)
        return Fees({"gasPrice": price}, price, price)
    with node.reading("eth_getBlockByNumber"):
        base = int(block["baseFeePerGas"], 16)
    try:
        tip = node.integer("eth_maxPriorityFeePerGas")
    except NodeRefused:
        tip = _DEFAULT_TIP
    tip = max(tip, network.tip_floor)
    _require_below(base + tip, network)
    most = 2 * base + tip  # twice the base fee lasts for six full blocks in a row
    if network.fee_cap is not None:
        most = min(most, network.fee_cap)
    return Fees({"maxFeePerGas": most, "maxPriorityFeePerGas": tip, "type": 2}, base + tip, most)


def replacing(now: Fees, before: Mapping[str, Any]) -> Fees:
    """Fees that replace a transaction's: those of now, and each at least an eighth above what it offered.

    Nodes ask for a tenth; some for more.
    """
    fields = dict(now.fields)
    if "gasPrice" in before:
        fields = {"gasPrice": max(now.price, _raised(before["gasPrice"]))}
        return Fees(fields, fields["gasPrice"], fields["gasPrice"])
    for name in ("maxFeePerGas", "maxPriorityFeePerGas"):
        fields[name] = max(fields.get(name, 0), _raised(before[name]))
    return Fees(fields, now.price, fields["maxFeePerGas"])


def data_fee(node: Node, network: Network, data: str, gas: int) -> int:
    """What a rollup takes for a transaction besides its gas, in wei: its data on Ethereum, and its operator.

    Arbitrum counts the data as gas, so that its estimate has it.
    """
    if network.kind != "op-stack":
        return 0
    size = len(data) // 2 + 200  # signature, fees, addresses
    return _asked(node, "getL1FeeUpperBound(uint256)", size) + _asked(node, "getOperatorFee(uint256)", gas)


def _asked(node: Node, function: str, argument: int) -> int:
    data = keccak(text=function)[:4] + encode(["uint256"], [argument])
    try:
        answer = node.request("eth_call", {"to": _GAS_PRICE_ORACLE, "data": f"0x{data.hex()}"}, "latest")
    except (Reverted, NodeRefused):  # of a chain before the fork that brought it
        return 0
    with node.reading("eth_call"):
        return int(answer, 16) if len(answer) > 2 else 0


def _raised(fee: int) -> int:
    return fee + fee // 8 + 1


def _require_below(price: int, network: Network) -> None:
    if network.fee_cap is not None and price > network.fee_cap:
        raise FeeCapExceeded(price, network.fee_cap)
