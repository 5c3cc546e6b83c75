"""Pages of logs from a node, each with what ties it to the chain. The node works on the next meanwhile."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import msgspec

from onetonne.chain import Chain
from onetonne.chain.logs import EthLog, begin_logs, paged
from onetonne.chain.wire import Wire
from onetonne.errors import NodeRefused
from onetonne.terms import Address

_HEADERS_AT_ONCE = 100


class Replaced(Exception):
    """The chain replaced blocks while they were being read."""


@dataclass(frozen=True, slots=True)
class Head:
    """The block up to which a sync reads."""

    number: int
    hash: str


class EthBlock(msgspec.Struct, rename="camel", gc=False):
    """What ties a block to its chain, as a node gives it."""

    number: str
    hash: str
    parent_hash: str
    timestamp: str


@dataclass(frozen=True, slots=True)
class Page:
    """All logs of the blocks `first..last` of some contracts."""

    first: int
    last: int
    logs: Sequence[EthLog]
    headers: dict[int, EthBlock]
    """Of the last block, and of those whose logs do not tell the time."""
    proved: bytes | None = None
    """The hash of the last block, where the logs were proved to be all of those up to it."""


def read_block(wire: Wire, number: int | None = None) -> EthBlock | None:
    """A block by its number, or the latest; None where the node has none."""
    name = "latest" if number is None else hex(number)
    found: EthBlock | None = wire.request("eth_getBlockByNumber", name, False, into=EthBlock)
    return found


class Reader(Protocol):
    def pages(self, first: int, head: Head) -> Generator[Page, None, None]:
        """From `first` up to the head. Raises `Replaced` where that is the chain's no longer."""


class LogReader:
    """Trusts the node: what it says is what happened, as long as it does not contradict itself."""

    def __init__(self, chain: Chain, addresses: Sequence[Address]) -> None:
        self._logs, self._blocks = Wire(chain.node), Wire(chain.node)
        self._addresses = addresses

    def pages(self, first: int, head: Head) -> Generator[Page, None, None]:
        begin = partial(begin_logs, self._logs, self._addresses)
        try:
            for start, end, logs in paged(begin, first, head.number):
                yield Page(start, end, logs, self._headers(logs, end, head))
        finally:
            self._logs.close()
            self._blocks.close()

    def _headers(self, logs: Sequence[EthLog], last: int, head: Head) -> dict[int, EthBlock]:
        """Raises `Replaced` unless the head, which all was read before, is still the chain's."""
        wanted = {log.block_number for log in logs if log.block_timestamp is None}
        if not logs or int(logs[-1].block_number, 16) != last or logs[-1].block_timestamp is None:
            wanted.add(hex(last))
        asked = [*(wanted - {hex(head.number)}), hex(head.number)]  # the head after all that was read
        found: dict[int, EthBlock] = {}
        for start in range(0, len(asked), _HEADERS_AT_ONCE):
            many = [[number, False] for number in asked[start : start + _HEADERS_AT_ONCE]]
            for block in self._blocks.batch("eth_getBlockByNumber", many, into=EthBlock):
                if block is None:
                    raise Replaced
                found[int(block.number, 16)] = block
        if found.keys() != {int(number, 16) for number in asked}:
            raise NodeRefused("eth_getBlockByNumber", "it gave other blocks than those asked for")
        if found[head.number].hash != head.hash:
            raise Replaced
        return found
