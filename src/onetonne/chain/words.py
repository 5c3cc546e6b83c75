"""What nodes say when they refuse, in one table: geth (op-geth, bor), nethermind, erigon, besu, reth, anvil.

JSON-RPC has no codes for it that nodes agree on, so their words decide; RPC providers have their own.
"""

import re
from enum import Enum, auto
from functools import cache


class Refusal(Enum):
    """What a node means."""

    BUSY = auto()
    """Ask again: a limit of requests, or the node is not ready."""
    BEHIND = auto()
    """The node has not that block yet, as one of several behind a balancer."""
    KNOWN = auto()
    """The node has this very transaction."""
    NONCE_TAKEN = auto()
    NONCE_AHEAD = auto()
    UNDERPRICED = auto()
    """The tip or the fee is too low, or too low to replace another one."""
    NO_FUNDS = auto()
    GAS_CAP = auto()
    """More gas than a transaction, a block, or the node's own limit takes."""
    FEE_CAP = auto()
    """The node refuses to send what costs so much."""
    INVALID = auto()
    """No node would take this transaction from anybody, or this one not from this account."""
    NO_PENDING = auto()
    """The node keeps no pending state."""
    OTHER = auto()


_WORDS = {
    Refusal.KNOWN: (
        r"already known",  # geth, erigon, reth
        r"known transaction",  # besu, older geth
        r"already imported",  # anvil, parity
        r"alreadyknown",  # nethermind
        r"existing tx with same hash",  # erigon
        r"already in (the )?(mem)?pool",
    ),
    Refusal.NONCE_TAKEN: (
        r"nonce too low",  # geth, erigon, besu, reth, anvil
        r"nonce is too low",  # parity
        r"oldnonce",  # nethermind
        r"nonce below current",
        r"transaction nonce is below",  # besu
    ),
    Refusal.NONCE_AHEAD: (r"nonce too high", r"noncegap", r"nonce too (far|distant)"),
    Refusal.UNDERPRICED: (
        r"underpriced",  # geth, erigon, besu, reth, anvil; bor adds which tip it needs
        r"feetoolow",  # nethermind
        r"replacementnotallowed",  # nethermind
        r"could not replace existing",  # erigon
        r"gas price (below|too low)",  # besu, parity
        r"fee too low",
        r"max ?fee ?per ?gas (is )?(less than|below) ?(the )?(block )?base ?fee",  # geth, besu, anvil
        r"tip cap .* below|minimum (gas price|tip)",
    ),
    Refusal.NO_FUNDS: (
        r"insufficient ?funds",  # geth, nethermind, erigon, reth, anvil
        r"upfront cost exceeds",  # besu
        r"insufficient balance for",
        r"doesn'?t have enough funds",
    ),
    Refusal.FEE_CAP: (r"exceeds the configured cap", r"tx fee .* cap", r"transaction fee cap exceeded"),
    Refusal.GAS_CAP: (
        r"exceeds block gas limit",  # geth, besu, erigon
        r"gas ?limit ?exceeded",  # nethermind
        r"block gas limit",
        r"gas limit too high",  # geth, of EIP-7825's cap
        r"gas limit (is )?(above|greater than|exceeds)",  # reth
        r"intrinsic gas too high",  # anvil
        r"gas required exceeds allowance",  # geth's estimate
        r"exceed(s|ed)? (the )?(maximum|max) (transaction )?gas",
    ),
    Refusal.INVALID: (
        r"invalid (sender|signature|chain ?id|transaction)",
        r"chain ?id (mismatch|does not match)|wrong chain ?id|only replay-protected",
        r"(transaction|tx) type (is )?not supported|unsupported transaction type",
        r"intrinsic gas too low",
        r"oversized data|max (code|init ?code) size exceeded|exceeds max initcode",
        r"sender (is )?not an eoa|sender.*has (deployed )?code|senderiscontract",
        r"(tx ?pool|transaction pool|mempool) is full|pool overflow",
        r"in-flight transaction limit",  # geth, of delegated accounts (EIP-7702)
    ),
    Refusal.NO_PENDING: (
        r"pending (state|block) (is )?not (available|supported|found)",
        r"no pending (state|block)",
        r"pending block is not available",
        r"unsupported block (tag|number).*pending",
    ),
    Refusal.BEHIND: (
        r"header not found",  # geth, nethermind
        r"block not found",  # erigon, reth
        r"unknown block",  # geth
        r"block ?out ?of ?range",  # anvil
        r"block is out of range",
        r"resource not found",  # EIP-1474's -32001
        r"head block not found",
        r"cannot query unfinalized data",
    ),
    Refusal.BUSY: (
        r"rate.?limit",
        r"too many requests",
        r"request limit",
        r"requests? per second",
        r"compute units",
        r"throughput",
        r"over capacity|at capacity|capacity exceeded",
        r"request count exceeded",
        r"indexing is in progress",  # geth 1.13 and later, of receipts just after a start
        r"(still|currently) (syncing|indexing)",
        r"(try|retry) again",
        r"temporarily unavailable|service unavailable|server busy|backend.*(error|unavailable)",
        r"no (healthy|available) (backend|upstream|node)",
    ),
}
_RATE_CODES = {429, -32007, -32016, -32097}
"""Of providers that refuse by rate at HTTP status 200; -32005 has other uses too, so its words decide."""


@cache
def _compiled() -> dict[Refusal, re.Pattern[str]]:
    return {kind: re.compile("|".join(words), re.IGNORECASE) for kind, words in _WORDS.items()}


def meaning(message: str, code: object = None) -> Refusal:
    """What a node's error message means; `code` is JSON-RPC's."""
    for kind, pattern in _compiled().items():
        if pattern.search(message):
            return kind
    if code in _RATE_CODES or (code == -32005 and message.lower().strip(" .") in ("", "limit exceeded")):
        return Refusal.BUSY
    return Refusal.OTHER
