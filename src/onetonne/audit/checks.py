"""The invariants over figures, told by the events or read from storage. Each check yields its findings."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from eth_utils.crypto import keccak

from onetonne.audit.ranges import Range, overlaps, walk
from onetonne.audit.report import Finding
from onetonne.audit.story import Fields, Figures, Story
from onetonne.terms import KILOGRAMS_PER_TONNE

ACCEPTED, WITHDRAWN, SUPERSEDED = 2, 3, 4
OPERATOR, VVB = 1, 2
BURNT = (2, 5)
"""Statuses of a redemption whose credits are burnt: confirmed, and reported as live again."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a check looks at. `story` has what only events know: prefixes, keys of the past, statements."""

    story: Story
    figures: Figures
    stored: bool
    """Whether the figures were read from storage."""

    def finding(self, invariant: str, subject: str, batches: Iterable[int], problem: str) -> Finding:
        source = "In storage" if self.stored else "By the events"
        return Finding(invariant, subject, tuple(batches), f"{source}, {problem}.")

    def batches(self) -> Iterator[tuple[int, Fields]]:
        """Known batches: by storage, those that the events know."""
        for number, fields in self.figures.numbered("batch"):
            if fields.get("issuedAt"):
                yield number, fields


def size(fields: Fields) -> int:
    """Kilograms of a batch's block; never negative, whatever a slot was altered to."""
    return max(0, fields["last"] - fields["first"] + 1) * KILOGRAMS_PER_TONNE


def conservation(evidence: Evidence) -> Iterator[Finding]:
    held: Counter[int] = Counter()
    for (batch, _), fields in evidence.figures.of("balance").items():
        held[int(batch)] += fields["value"]
    for batch, fields in evidence.batches():
        total = held[batch] + fields["taken"] + fields["redeemed"]
        if total != size(fields):
            problem = (
                f"batch {batch} has {held[batch]:,} kg in balances, "
                f"{fields['taken'] - fields['cancelled']:,} retired, "
                f"{fields['cancelled']:,} cancelled and {fields['redeemed']:,} redeemed: {total:,} kg, "
                f"of {size(fields):,} kg issued"
            )
            yield evidence.finding("I1", f"batch {batch}", (batch,), problem)
    for batch in held.keys() - {number for number, _ in evidence.batches()}:
        if held[batch]:
            problem = f"accounts hold {held[batch]:,} kg of batch {batch}, which was never issued"
            yield evidence.finding("I1", f"batch {batch}", (batch,), problem)


def serials(evidence: Evidence) -> Iterator[Finding]:
    blocks: defaultdict[str, list[Range]] = defaultdict(list)
    for batch, fields in evidence.batches():
        blocks[evidence.story.prefixes.get(batch, "")].append(Range(fields["first"], fields["last"], batch))
    for prefix, ranges in blocks.items():
        for lower, upper in overlaps(ranges):
            problem = (
                f"serials {upper.first} to {upper.last} of batch {upper.owner} overlap batch {lower.owner}, "
                f"which has {lower.first} to {lower.last} of {prefix}"
            )
            yield evidence.finding("I2", f"batch {upper.owner}", (upper.owner, lower.owner), problem)
        if evidence.stored:
            yield from linked_list(
                evidence, "I2", "serial range", keccak(text=prefix), ranges, f"namespace {prefix}"
            )
    yield from _prefixes(evidence)


def _prefixes(evidence: Evidence) -> Iterator[Finding]:
    """One spelling for each namespace, under a root of the programme that issued."""
    story = evidence.story
    for batch, fields in evidence.batches():
        prefix, word = story.prefixes.get(batch, ""), story.roots.get(batch, b"")
        root, programme, segments, numeric = story.root_shapes.get(word, ("", 0, 0, 0))
        parts = prefix.split("-")
        spelled = all(
            part.isascii()
            and part.isalnum()
            and part == part.upper()
            and not _misnumbered(part, numeric >> at & 1)
            for at, part in enumerate(parts)
        )
        fits = (
            bool(root)
            and (prefix == root or prefix.startswith(f"{root}-"))
            and len(parts) == (segments or len(parts))
        )
        if not (spelled and fits):
            problem = (
                f"the prefix {prefix!r} of batch {batch} is not a canonical one of root {root or 'none'}"
            )
            yield evidence.finding("I2", f"batch {batch}", (batch,), problem)
        if programme != fields["programme"]:
            problem = (
                f"root {root} of batch {batch} is not of programme {fields['programme']}, which issued it"
            )
            yield evidence.finding("I2", f"batch {batch}", (batch,), problem)


def _misnumbered(part: str, numeric: int) -> bool:
    return bool(numeric) and (not part.isdigit() or part.startswith("0"))


def linked_list(
    evidence: Evidence, invariant: str, kind: str, key: int | bytes, ranges: list[Range], name: str
) -> Iterator[Finding]:
    """The linked list of a set must lead from the top down to exactly these ranges."""
    found, problems = walk(evidence.figures, kind, key)
    owners = sorted({one.owner for one in ranges} | {one.owner for one in found})
    batches = owners if invariant == "I2" else batches_behind(evidence, owners)
    for problem in problems:
        yield evidence.finding(invariant, name, batches, f"the list of {name} is broken: {problem}")
    for one in sorted(set(ranges) - set(found), key=lambda one: one.first):
        whose = [one.owner] if invariant == "I2" else batches_behind(evidence, [one.owner])
        problem = f"the list of {name} does not lead to {one.first} to {one.last} of owner {one.owner}"
        yield evidence.finding(invariant, name, whose, problem)
    for one in sorted(set(found) - set(ranges), key=lambda one: one.first):
        problem = (
            f"the list of {name} has {one.first} to {one.last} of owner {one.owner}, which no record has"
        )
        yield evidence.finding(invariant, name, batches, problem)


def batches_behind(evidence: Evidence, verifications: Iterable[int]) -> list[int]:
    return sorted(
        {batch for one in verifications for batch in evidence.story.batches_of["verification", one]}
    )


def sizes(evidence: Evidence) -> Iterator[Finding]:
    story = evidence.story
    for batch, fields in evidence.batches():
        if story.minted[batch] != size(fields):
            problem = (
                f"batch {batch} has {size(fields) // KILOGRAMS_PER_TONNE:,} serials, {size(fields):,} kg, "
                f"and {story.minted[batch]:,} kg were put in accounts when it was issued"
            )
            yield evidence.finding("I3", f"batch {batch}", (batch,), problem)


def doors(evidence: Evidence) -> Iterator[Finding]:
    fronts: defaultdict[int, list[tuple[int, int, str]]] = defaultdict(list)
    backs: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for kind in ("retirement", "cancellation"):
        for number, fields in evidence.figures.numbered(kind):
            if fields.get("time"):
                fronts[fields["batch"]].append((fields["from"], fields["kilograms"], f"{kind} {number}"))
    for number, fields in evidence.figures.numbered("redemption"):
        if fields.get("status") in BURNT:
            backs[fields["batch"]].append((fields["last"], fields["first"], number))
            if (fields["last"] - fields["first"] + 1) * KILOGRAMS_PER_TONNE != fields["kilograms"]:
                problem = (
                    f"redemption {number} names serials {fields['first']} to {fields['last']} for "
                    "other kilograms"
                )
                yield evidence.finding("I4", f"redemption {number}", (fields["batch"],), problem)
    known = dict(evidence.batches())
    for batch, fields in known.items():
        yield from _front(evidence, batch, fields, sorted(fronts[batch]))
        yield from _back(evidence, batch, fields, sorted(backs[batch], reverse=True))
        yield from _left(evidence, batch, fields)
    for batch in (fronts.keys() | backs.keys()) - known.keys():
        problem = f"records take from batch {batch}, which was never issued"
        yield evidence.finding("I4", f"batch {batch}", (batch,), problem)


def _front(
    evidence: Evidence, batch: int, fields: Fields, records: list[tuple[int, int, str]]
) -> Iterator[Finding]:
    at = 0
    for start, kilograms, name in records:
        if start != at:
            kind = "a gap" if start > at else "an overlap"
            problem = f"{name} of batch {batch} begins at kilogram {start:,}, not at {at:,}: {kind}"
            yield evidence.finding("I4", name, (batch,), problem)
        at = start + kilograms
    if at != fields["taken"]:
        problem = (
            f"the records of batch {batch} end at kilogram {at:,}, and its cursor stands at "
            f"{fields['taken']:,}"
        )
        yield evidence.finding("I4", f"batch {batch}", (batch,), problem)


def _back(
    evidence: Evidence, batch: int, fields: Fields, records: list[tuple[int, int, int]]
) -> Iterator[Finding]:
    at = fields["last"]
    for last, first, number in records:
        if last != at:
            problem = f"redemption {number} of batch {batch} ends at serial {last}, not at {at}"
            yield evidence.finding("I4", f"redemption {number}", (batch,), problem)
        at = first - 1
    if (fields["last"] - at) * KILOGRAMS_PER_TONNE != fields["redeemed"]:
        problem = (
            f"the redemptions of batch {batch} leave {at} as its last serial, and its cursor says otherwise"
        )
        yield evidence.finding("I4", f"batch {batch}", (batch,), problem)


def _left(evidence: Evidence, batch: int, fields: Fields) -> Iterator[Finding]:
    left = fields["taken"] + fields["redeemed"]
    if left > size(fields):
        problem = f"{left:,} kg of batch {batch} left, of {size(fields):,} kg issued: the two ends crossed"
        yield evidence.finding("I4", f"batch {batch}", (batch,), problem)
    if evidence.story.burnt[batch] != left:
        problem = (
            f"{evidence.story.burnt[batch]:,} kg of batch {batch} left accounts, and records name {left:,} kg"
        )
        yield evidence.finding("I4", f"batch {batch}", (batch,), problem)


def cursors(evidence: Evidence) -> Iterator[Finding]:
    sums: Counter[tuple[str, int]] = Counter()
    for kind in ("retirement", "cancellation", "redemption"):
        for fields in evidence.figures.of(kind).values():
            if kind != "redemption" or fields.get("status") in BURNT:
                sums[kind, fields.get("batch", 0)] += fields.get("kilograms", 0)
    for batch, fields in evidence.batches():
        cancelled, redeemed = sums["cancellation", batch], sums["redemption", batch]
        taken = sums["retirement", batch] + cancelled
        for name, stands, records in (
            ("taken", fields["taken"], taken),
            ("cancelled", fields["cancelled"], cancelled),
            ("redeemed", fields["redeemed"], redeemed),
        ):
            if stands != records:
                problem = (
                    f"cursor `{name}` of batch {batch} stands at {stands:,} kg, and its records make "
                    f"{records:,} kg"
                )
                yield evidence.finding("I5", f"batch {batch}", (batch,), problem)
    yield from _numbered(evidence)


def _numbered(evidence: Evidence) -> Iterator[Finding]:
    """Ids count from 1 without a gap: a record that is missing was removed."""
    mark = {"batch": "issuedAt", "retirement": "time", "cancellation": "time", "redemption": "status"}
    for kind, field in mark.items():
        numbers = sorted(n for n, fields in evidence.figures.numbered(kind) if fields.get(field))
        if numbers != list(range(1, len(numbers) + 1)):
            missing = next(n for n in range(1, len(numbers) + 1) if n > len(numbers) or numbers[n - 1] != n)
            batches = (missing,) if kind == "batch" else ()
            yield evidence.finding("I5", f"{kind} {missing}", batches, f"{kind} {missing} is missing")


CHECKS: dict[str, Callable[[Evidence], Iterator[Finding]]] = {
    "I1": conservation,
    "I2": serials,
    "I3": sizes,
    "I4": doors,
    "I5": cursors,
}
