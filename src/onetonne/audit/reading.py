"""Storage beside the events: the words of every place at one block, against those that the events come to.

Nearly all of a million words are as they must be. So what the events tell is packed into words, and these are
compared by the thousand; only places that differ are taken apart, and named.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from onetonne.audit.layout import WORD_BYTES
from onetonne.audit.places import STATEMENTS, Place, subject, touched
from onetonne.audit.report import Finding, Progress
from onetonne.audit.state import State
from onetonne.audit.story import Figures, Story
from onetonne.terms import Address

_AT_ONCE = (
    5000  # slots: within what a node's eth_call may cost, and small beside what an answer's delay costs
)
_ENOUGH = 10_000
_LONG = 2**64


@dataclass(frozen=True, slots=True)
class Reading:
    """What storage holds at the places of a story."""

    differing: Figures
    """At the places where that is not what the events say."""
    findings: list[Finding]
    slots: int
    """How many were compared; fewer than there are only where too much differed to go on."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Places of one contract."""

    contract: str
    places: list[Place]
    slots: list[bytes]
    told: list[bytes | None]
    """The words of each place by the events; None where no words can say that, or the events do not tell."""


def read(
    state: State,
    addresses: Mapping[str, Address],
    story: Story,
    places: Iterable[Place],
    total: int,
    progress: Progress,
) -> Reading:
    """Compares every place; `total` is how many slots they have. Errors as the state's."""
    statements, differing = Figures(), Figures()
    findings: list[Finding] = []
    done = differences = 0
    for part, words in _answers(state, addresses, _parts(places)):
        for place, found in _not_as_told(part, words):
            if place.expected is None:
                statements.put(place.kind.name, place.key, found)
            elif named := list(_differences(story, place, found)):
                differing.put(place.kind.name, place.key, found)
                findings.extend(named)
                differences += 1
        done += len(part.slots)
        progress("Comparing storage", done, total)
        if differences > _ENOUGH:
            problem = (
                f"More than {_ENOUGH:,} places differ: {total - done:,} slots were not compared any more."
            )
            return Reading(differing, [*findings, Finding("STATE", "storage", (), problem)], done)
    findings.extend(_statements(story, statements))
    return Reading(differing, findings, done)


def _parts(places: Iterable[Place]) -> Iterator[_Part]:
    for contract, many in groupby(places, key=lambda place: place.kind.contract):
        run: list[Place] = []
        slots = 0
        for kind, same in groupby(many, key=itemgetter(0)):
            size = 0
            for place in same:
                size = size or kind.shape(place.key).slots
                run.append(place)
                slots += size
                if slots >= _AT_ONCE:
                    yield _part(contract, run)
                    run, slots = [], 0
        if run:
            yield _part(contract, run)


def _part(contract: str, places: list[Place]) -> _Part:
    part = _Part(contract, places, [], [])
    for kind, same in groupby(places, key=itemgetter(0)):
        run = list(same)
        shape = kind.shape(run[0].key)
        more = range(1, shape.slots)
        for first in kind.slots([place.key for place in run]):
            part.slots.append(first.to_bytes(WORD_BYTES))
            part.slots.extend(((first + number) % 2**256).to_bytes(WORD_BYTES) for number in more)
        for _, _, expected in run:
            part.told.append(None if expected is None or shape.shared else shape.encode(expected))
    return part


def _answers(
    state: State, addresses: Mapping[str, Address], parts: Iterable[_Part]
) -> Iterator[tuple[_Part, bytes]]:
    """The words of each part, asked for while those before it are compared."""
    waiting: deque[tuple[_Part, Future[bytes]]] = deque()
    with ThreadPoolExecutor(1) as reader:
        for part in parts:
            waiting.append((part, reader.submit(state.words, addresses[part.contract], part.slots)))
            if len(waiting) > 2:
                asked, answer = waiting.popleft()
                yield asked, answer.result()
        for asked, answer in waiting:
            yield asked, answer.result()


def _not_as_told(part: _Part, words: bytes) -> Iterator[tuple[Place, dict[str, int]]]:
    """Each place that differs, or of which the events do not tell all, with what it holds."""
    if None not in part.told and b"".join(one for one in part.told if one is not None) == words:
        return
    at = 0
    for place, told in zip(part.places, part.told, strict=True):
        shape = place.kind.shape(place.key)
        start, at = at, at + WORD_BYTES * shape.slots
        held = words[start:at]
        if told != held:
            found = (int.from_bytes(held[one : one + WORD_BYTES]) for one in range(0, len(held), WORD_BYTES))
            yield place, shape.decode(list(found))


def _differences(story: Story, place: Place, found: dict[str, int]) -> Iterator[Finding]:
    expected = place.expected or {}
    for field, value in found.items():
        told = expected.get(field, 0)
        if value == told:
            continue
        name = subject(story, place.kind.name, place.key)
        batches = touched(story, place.kind.name, place.key, expected)
        what = "the bits that belong to no field" if field == "padding" else f"`{field}`"
        problem = f"In storage, {what} of {name} is {_shown(value)}, and by the events it is {_shown(told)}."
        for invariant in place.kind.broken_by(field):
            yield Finding(invariant, name, batches, problem, _shown(told), _shown(value))


def _statements(story: Story, figures: Figures) -> Iterator[Finding]:
    """Each verification is found by one of two hashes of its statement, and nothing else is found by them."""
    known: defaultdict[tuple[int, bytes], set[int]] = defaultdict(set)
    for number, hashes in story.statements.items():
        vvb = story.figures.get("verification", number)["vvb"]
        found = [figures.value(STATEMENTS, vvb, statement) for statement in hashes]
        for statement in hashes:
            known[vvb, statement].add(number)
        if found.count(number) != 1:
            batches = touched(story, "verification", (number,), None)
            how = "by both spellings of its statement" if number in found else "not by its statement"
            problem = f"In storage, verification {number} is found {how}."
            yield Finding("I6", f"verification {number}", batches, problem, str(number), str(sorted(found)))
    for (vvb, statement), numbers in known.items():
        value = figures.value(STATEMENTS, vvb, statement)
        if value and value not in numbers:
            number = min(numbers)
            batches = touched(story, "verification", (number,), None)
            problem = f"In storage, the statement of verification {number} leads to {value}."
            yield Finding("I6", f"verification {number}", batches, problem, str(number), str(value))


def _shown(value: int) -> str:
    return str(value) if value < _LONG else hex(value)
