"""Events by their moment: found by asking for few blocks, where no index is at hand and a scan too long."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from onetonne.chain import Chain, Event, decode_event
from onetonne.errors import CertificateError
from onetonne.terms import Address, Seconds

_PAGE = 16  # blocks; chains that make several in a second make few


@dataclass(frozen=True, slots=True)
class Happened:
    """An event and the transaction it is part of."""

    arguments: Mapping[str, Any]
    transaction: str
    block: int
    transaction_events: tuple[Event, ...]
    """All events of the same contract in the transaction, this one included."""


class History:
    """A chain from the deployment on. Remembers the times of the blocks it asked for."""

    def __init__(self, chain: Chain, first_block: int) -> None:
        self._chain = chain
        self._first = first_block
        self._head = chain.head()
        self._times: dict[int, Seconds] = {}

    def event(self, contract: Address, time: Seconds, name: str, key: str, value: int) -> Happened:
        """The event of a name and about one thing, emitted at `time`. Raises `CertificateError` if none."""
        start = self._first_block_at(time)
        while start <= self._head and self._time(start) == time:
            end = min(start + _PAGE - 1, self._head)
            logs = [log for page in self._chain.logs([contract], start, end) for log in page]
            for log, event in _decoded(logs):
                if event.name == name and event.arguments[key] == value:
                    same = [other for other in logs if other["transactionHash"] == log["transactionHash"]]
                    events = tuple(one for _, one in _decoded(same))
                    block = int(log["blockNumber"], 16)
                    return Happened(event.arguments, log["transactionHash"], block, events)
            start = end + 1
        raise CertificateError(
            f"The node has the record of {key} {value} and not its event {name}: "
            "ask a node that keeps all logs."
        )

    def _first_block_at(self, time: Seconds) -> int:
        """The first block that is not before `time`; after them all, the one after the head.

        Guesses by proportion, as blocks come at an even pace, and halves in between, as local chains jump.
        """
        low, high = self._first, self._head
        if self._time(low) >= time:
            return low
        if self._time(high) < time:
            return high + 1
        halving = False
        while high - low > 1:  # low is before `time`, high is not
            known = self._time(high) - self._time(low)
            share = 0.5 if halving else (time - self._time(low)) / known
            guess = min(max(low + round((high - low) * share), low + 1), high - 1)
            if self._time(guess) < time:
                low = guess
            else:
                high = guess
            halving = not halving
        return high

    def _time(self, block: int) -> Seconds:
        if block not in self._times:
            self._times[block] = self._chain.block(block).time
        return self._times[block]


def _decoded(logs: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Event]]:
    for log in logs:
        event = decode_event(log)
        if event is not None:
            yield log, event
