"""Logs of a span of blocks, page by page, as many at once as the node gives and as is good for both."""

from collections.abc import Callable, Iterator, Sequence, Sized
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from onetonne.chain.rpc import TIMED_OUT
from onetonne.chain.wire import TOO_LARGE, Wire
from onetonne.errors import NodeRefused, NodeUnreachable
from onetonne.terms import Address

MOST_BLOCKS = 10_000
"""Of one request. Many nodes allow less, and say so."""
_FIRST_BLOCKS = 20
_WANTED_LOGS = 1_500  # of a request: with many more, nodes become slower
_GROWTH = 4
_UNTIL_TRIED_AGAIN = 20  # pages after a refusal, until more blocks are asked for than were refused
_LARGEST_ANSWER = 32 << 20  # bytes; more than that is asked for in parts

Some = TypeVar("Some", bound=Sized)


class EthLog(msgspec.Struct, rename="camel", gc=False):
    """A log as a node gives it: hexadecimal text."""

    address: Annotated[str, Meta(min_length=42, max_length=42)]
    topics: Annotated[list[Annotated[str, Meta(min_length=66, max_length=66)]], Meta(max_length=4)]
    data: Annotated[str, Meta(min_length=2)]
    block_number: str
    block_hash: str
    transaction_hash: str
    transaction_index: str
    log_index: str
    removed: bool = False
    block_timestamp: str | None = None
    """Not all nodes give it."""


def paged(
    begin: Callable[[int, int], Callable[[], Some]], first: int, last: int, most: int = MOST_BLOCKS
) -> Iterator[tuple[int, int, Some]]:
    """What the node gives for closed intervals of blocks, from `first` up to `last`.

    `begin` asks for an interval, and what it returns waits for the answer: the next is asked for before the
    caller gets the last. As many blocks at once as have a good number of logs. Where the node refuses or
    can't keep up, half as many, down to one block; more again later.
    """
    sizes = _Sizes(most)
    start, end = first, min(first + sizes.size - 1, last)
    answer = begin(start, end) if start <= last else None
    while answer is not None:
        try:
            logs = answer()
        except (NodeRefused, NodeUnreachable) as problem:
            if start == end or not _too_much(problem):
                raise
            end = start + sizes.refused(end - start + 1) - 1
            answer = begin(start, end)
            continue
        page = start, end, logs
        start, end = end + 1, min(end + sizes.given(end - start + 1, len(logs)), last)
        answer = begin(start, end) if start <= last else None
        yield page


class _Sizes:
    """How many blocks to ask for."""

    def __init__(self, most: int) -> None:
        self._most = self._ceiling = most
        self._calm = 0
        self.size = min(_FIRST_BLOCKS, most)

    def refused(self, blocks: int) -> int:
        """After a refusal."""
        self.size = self._ceiling = blocks // 2
        self._calm = 0
        return self.size

    def given(self, blocks: int, logs: int) -> int:
        """After an answer."""
        self._calm += 1
        if self._calm % _UNTIL_TRIED_AGAIN == 0:
            self._ceiling = min(self._most, self._ceiling * 2)
        fitting = blocks * _WANTED_LOGS // max(logs, 1)
        self.size = max(1, min(fitting, self.size * _GROWTH, self._ceiling))
        return self.size


def begin_logs(wire: Wire, addresses: Sequence[Address], first: int, last: int) -> Callable[[], list[EthLog]]:
    """Asks for the logs of some contracts in `first..last`; what it returns waits for them.

    That raises `NodeRefused` and `NodeUnreachable`.
    """
    asked = {"address": list(addresses), "fromBlock": hex(first), "toBlock": hex(last)}
    limit = _LARGEST_ANSWER if last > first else None
    answer = wire.begin("eth_getLogs", asked, into=list[EthLog], limit=limit)

    def finish() -> list[EthLog]:
        logs: list[EthLog] | None = answer()
        if logs is None:
            raise NodeRefused("eth_getLogs", "it gave an answer that is no list")
        return logs

    return finish


def _too_much(problem: NodeRefused | NodeUnreachable) -> bool:
    """Whether asking for less may help."""
    return isinstance(problem, NodeRefused) or problem.reason in (TIMED_OUT, TOO_LARGE, "HTTP status 413")
