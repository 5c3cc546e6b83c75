"""Storage beside the events: every place read at one block, decoded, and compared."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from onetonne.audit.places import STATEMENTS, Place, subject, touched
from onetonne.audit.report import Finding
from onetonne.audit.story import Figures, Story
from onetonne.chain import Chain
from onetonne.terms import Address

Progress = Callable[[int, int], None]
"""Called with the slots read so far, and how many there are to read."""

_AT_ONCE = 5000
_LONG = 2**64


@dataclass(frozen=True, slots=True)
class Reading:
    """What storage holds at the places of a story."""

    figures: Figures
    findings: list[Finding]
    slots: int


def read(
    chain: Chain,
    addresses: Mapping[str, Address],
    block: int,
    story: Story,
    places: Sequence[Place],
    progress: Progress | None,
) -> Reading:
    """Reads every place at the end of a block. Errors as `Chain.storage`."""
    words = _words(chain, addresses, block, places, progress)
    figures = Figures()
    findings: list[Finding] = []
    for place in places:
        shape = place.kind.shape(place.key)
        first = place.kind.slot(place.key)
        held = words[place.kind.contract]
        found = shape.decode([held[first + number] for number in range(shape.slots)])
        figures.put(place.kind.name, place.key, found)
        if place.expected is not None:
            findings.extend(_differences(story, place, found))
    findings.extend(_statements(story, figures))
    return Reading(figures, findings, sum(len(held) for held in words.values()))


def _words(
    chain: Chain,
    addresses: Mapping[str, Address],
    block: int,
    places: Sequence[Place],
    progress: Progress | None,
) -> dict[str, dict[int, int]]:
    """Words by contract and slot."""
    wanted: defaultdict[str, dict[int, None]] = defaultdict(dict)
    for place in places:
        first = place.kind.slot(place.key)
        for number in range(place.kind.shape(place.key).slots):
            wanted[place.kind.contract][first + number] = None
    total, done = sum(len(slots) for slots in wanted.values()), 0
    words: dict[str, dict[int, int]] = {}
    for contract, distinct in wanted.items():
        slots, held = list(distinct), words.setdefault(contract, {})
        for start in range(0, len(slots), _AT_ONCE):
            part = slots[start : start + _AT_ONCE]
            answers = chain.storage(addresses[contract], part, block)
            held.update((slot, int.from_bytes(word)) for slot, word in zip(part, answers, strict=True))
            done += len(part)
            if progress is not None:
                progress(done, total)
    return words


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
