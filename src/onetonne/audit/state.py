"""What the contracts hold at the end of one block: whoever can be asked for it, and a node that is.

`State` is all that the audit asks for. `NodeState` takes a node's word for it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from onetonne.audit.layout import WORD_BYTES
from onetonne.chain import Block, Chain
from onetonne.errors import AuditError, NodeRefused, NodeUnreachable, Reverted
from onetonne.terms import Address

# The runtime code of a contract that answers call data of slots with their words:
#   for (i = 0; i < calldatasize; i += 32) mstore(i, sload(calldataload(i))); return(0, calldatasize)
_READER = "0x5f5b3681101560145780355481526020016001565b365ff3"

_FEWER = 1000
"""Slots a call, where a node refuses as many as it is asked for."""

_PAST_STATE = ("missing trie node", "historical state", "state not available", "pruned", "archive")
"""What nodes say that no longer have the state of a block."""


class State(Protocol):
    """Contracts at the end of one block. Used by one thread at a time, though not always by the same."""

    def words(self, address: Address, slots: Sequence[bytes]) -> bytes:
        """The 32 bytes of each slot, in order, in one piece. Slots have 32 bytes."""

    def codes(self, addresses: Sequence[Address]) -> list[bytes]:
        """The code at each address; empty where there is no contract."""

    @property
    def source(self) -> str:
        """Where words come from, for the report, once they were read: such as `eth_getStorageAt`."""

    @property
    def not_checked(self) -> tuple[str, ...]:
        """Sentences for the report: what was taken on trust."""


StateAt = Callable[[Chain, Block], State]
"""The state at the end of a block."""


class NodeState:
    """State as a node tells it. Raises AuditError where it no longer has it, and the chain's errors."""

    def __init__(self, chain: Chain, block: Block) -> None:
        self._chain = chain
        self._block = block.number
        self._at_once: int | None = None
        """How many slots the node takes in a call; None for as many as it is asked for, 0 for no call."""

    @property
    def source(self) -> str:
        return "eth_getStorageAt" if self._at_once == 0 else "eth_call"

    @property
    def not_checked(self) -> tuple[str, ...]:
        return ("The node's word: whether the storage and the code that it told are the chain's.",)

    def words(self, address: Address, slots: Sequence[bytes]) -> bytes:
        # Half a million slots a second come out of one call each of 5,000, and a tenth of it one by one.
        while self._at_once != 0:
            try:
                return b"".join(self._called(address, part) for part in self._parts(slots))
            except (NodeRefused, Reverted) as problem:
                self._refused(problem)
            except NodeUnreachable as problem:
                if problem.reason != "HTTP status 413":
                    raise
            self._at_once = _FEWER if self._at_once is None and len(slots) > _FEWER else 0
        try:
            numbers = [int.from_bytes(slot) for slot in slots]
            return b"".join(self._chain.storage(address, numbers, self._block))
        except NodeRefused as problem:
            self._refused(problem)
            raise

    def codes(self, addresses: Sequence[Address]) -> list[bytes]:
        try:
            return self._chain.codes(addresses, self._block)
        except NodeRefused as problem:
            self._refused(problem)
            raise

    def _parts(self, slots: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
        size = self._at_once or len(slots)
        return (slots[start : start + size] for start in range(0, len(slots), size))

    def _called(self, address: Address, slots: Sequence[bytes]) -> bytes:
        """Raises NodeRefused also where the node takes no notice of the code that it is given."""
        node, call = self._chain.node, {"to": address, "data": f"0x{b''.join(slots).hex()}"}
        answer = node.request("eth_call", call, hex(self._block), {address: {"code": _READER}})
        with node.reading("eth_call"):
            words = bytes.fromhex(answer[2:])
        if len(words) != WORD_BYTES * len(slots):
            raise NodeRefused("eth_call", "it does not run the code it is given")
        return words

    def _refused(self, problem: NodeRefused | Reverted) -> None:
        said = str(problem).lower()
        if any(mark in said for mark in _PAST_STATE):
            raise AuditError(
                f"The node no longer has the state at block {self._block:,}: audit a later block, or ask "
                "an archive node."
            ) from problem
