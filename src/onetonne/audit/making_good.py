"""Shortfalls, what was cancelled to make them good, and the buffer that is there for the first of them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from onetonne.audit.checks import Evidence, size
from onetonne.audit.report import Finding
from onetonne.audit.story import BUFFER, Fields, Story
from onetonne.terms import CancellationKind, ShortfallKind

SHORTFALLS = "SHORTFALLS"
BASIS_POINTS = 10_000

_KINDS = {
    ShortfallKind.REVERSAL: CancellationKind.REVERSAL,
    ShortfallKind.OVER_ISSUANCE: CancellationKind.REPLACEMENT,
}


def shortfall(story: Story, row: Any, time: int) -> None:
    name, project = f"shortfall {row.shortfall}", row.project
    if (row.shortfall,) in story.figures.of("shortfall"):
        story.wrong(SHORTFALLS, name, story.batches_of["project", project], f"{name} was reported twice")
    fields = {
        "project": project,
        "batch": row.batch,
        "kind": row.kind,
        "kilograms": row.kilograms,
        "madeGood": 0,
        "reportedAt": time,
        "annulled": 0,
    }
    story.figures.put("shortfall", (row.shortfall,), fields)
    story.figures.set("shortfall count", (), row.shortfall)
    lost = json.loads(row.lost)
    story.figures.set("lost lot count", (row.shortfall,), len(lost))
    for position, (batch, kilograms) in enumerate(lost):
        story.figures.put("lost lot", (row.shortfall, position), {"batch": batch, "kilograms": kilograms})
    if row.kind == ShortfallKind.OVER_ISSUANCE:
        story.figures.add("over-issuances outstanding", (project,), row.kilograms)
        _report(story, name, project, row.batch, "overIssued", row.kilograms)
        return
    for batch, kilograms in lost:
        _report(story, name, project, batch, "reversed", kilograms)
    if row.kilograms != sum(kilograms for _, kilograms in lost):
        problem = f"{name} of {row.kilograms:,} kg is not the sum of what it names as lost"
        story.wrong(SHORTFALLS, name, story.batches_of["project", project], problem)


def _report(story: Story, name: str, project: int, batch: int, total: str, kilograms: int) -> None:
    """Adds to what was reported of a batch, which is the project's and never more than was issued."""
    reported = _reported(story, batch)
    reported[total] += kilograms
    source = story.figures.get("batch", batch)
    if source.get("project", 0) != project:
        problem = f"{name} of project {project} was reported of batch {batch}, which is of another"
        story.wrong(SHORTFALLS, name, (batch,), problem)
    elif (sum_ := reported["reversed"] + reported["overIssued"]) > size(source):
        problem = (
            f"{name} brought what is reported of batch {batch} to {sum_:,} kg, of {size(source):,} kg issued"
        )
        story.wrong(SHORTFALLS, name, (batch,), problem)


def _reported(story: Story, batch: int) -> Fields:
    found = story.figures.get("reported", batch)
    if not found:
        found = {"reversed": 0, "overIssued": 0, "madeGood": 0}
        story.figures.put("reported", (batch,), found)
    return found


def annulment(story: Story, row: Any, _time: int) -> None:
    name, fields = f"shortfall {row.shortfall}", story.figures.get("shortfall", row.shortfall)
    batches = story.batches_of["project", row.project]
    if not fields or fields["annulled"]:
        story.wrong(SHORTFALLS, name, batches, f"{name} was annulled, and was not there to be")
        return
    fields["annulled"] = 1
    missing = fields["kilograms"] - fields["madeGood"]
    if row.kilograms != missing:
        problem = f"{name} was annulled for {row.kilograms:,} kg, and {missing:,} kg of it were outstanding"
        story.wrong(SHORTFALLS, name, batches, problem)
    if fields["kind"] == ShortfallKind.OVER_ISSUANCE:
        reported = _reported(story, fields["batch"])
        reported["overIssued"] -= fields["kilograms"]
        reported["madeGood"] -= fields["madeGood"]
        story.figures.add("over-issuances outstanding", (fields["project"],), -missing)
        return
    for position in range(story.figures.value("lost lot count", row.shortfall)):
        lot = story.figures.get("lost lot", row.shortfall, position)
        _reported(story, lot["batch"])["reversed"] -= lot["kilograms"]


def made_good(story: Story, row: Any, _time: int) -> None:
    name, fields = f"shortfall {row.shortfall}", story.figures.get("shortfall", row.shortfall)
    story.made_good.append((row.shortfall, row.cancellation, row.kilograms))
    if not fields:
        problem = f"cancellation {row.cancellation} makes {name} good, which was never reported"
        story.wrong(SHORTFALLS, name, (), problem)
        return
    fields["madeGood"] += row.kilograms
    if fields["annulled"]:
        problem = f"cancellation {row.cancellation} makes {name} good, which was annulled"
        story.wrong(SHORTFALLS, name, story.batches_of["project", fields["project"]], problem)
    if fields["kind"] == ShortfallKind.OVER_ISSUANCE:
        _reported(story, fields["batch"])["madeGood"] += row.kilograms
        story.figures.add("over-issuances outstanding", (fields["project"],), -row.kilograms)


def outstanding(story: Story, row: Any, _time: int) -> None:
    story.figures.get("project", row.project)["outstanding"] = row.kilograms


def release(story: Story, row: Any, _time: int) -> None:
    name, batches = f"project {row.project}", story.batches_of["project", row.project]
    body = story.figures.value("verifier's body", int(row.vvb, 16))
    if not body:
        problem = f"credits of {name} left the buffer by the word of {row.vvb}, then no verifier's account"
        story.wrong(SHORTFALLS, name, batches, problem)
    key = body, row.statement  # of the body: its next account may answer for the same signature
    if story.figures.value("used release", *key):
        problem = f"the statement 0x{row.statement.hex()} let credits of {name} out of the buffer twice"
        story.wrong(SHORTFALLS, name, batches, problem)
    lost = story.figures.get("project", row.project).get("outstanding", 0)
    if lost:
        problem = f"credits of {name} left the buffer while {lost:,} kg lost there were not made good"
        story.wrong(SHORTFALLS, name, batches, problem)
    story.figures.set("used release", key, 1)
    story.released[row.project] += row.kilograms


def follow(story: Story) -> None:
    """Batches without a mark, and projects with nothing outstanding."""
    for number, _ in list(story.figures.numbered("batch")):
        _reported(story, number)
    for number, _ in list(story.figures.numbered("project")):
        story.figures.add("over-issuances outstanding", (number,), 0)


def shortfalls(evidence: Evidence) -> Iterator[Finding]:
    yield from _cancellations(evidence)
    yield from _buffer(evidence)
    left: Counter[tuple[int, int]] = Counter()
    reported: Counter[tuple[int, str]] = Counter()
    good: Counter[int] = Counter()
    for number, _, kilograms in evidence.story.made_good:
        good[number] += kilograms
    for number, fields in evidence.figures.numbered("shortfall"):
        if not fields.get("kind"):
            continue
        if not fields["annulled"]:
            left[fields["project"], fields["kind"]] += fields["kilograms"] - fields["madeGood"]
            for batch, total, kilograms in _parts(evidence, number, fields):
                reported[batch, total] += kilograms
        for problem in _amounts(number, fields, good[number]):
            yield evidence.finding(SHORTFALLS, f"shortfall {number}", _batches(evidence, fields), problem)
    yield from _of_batches(evidence, reported)
    yield from _outstanding(evidence, left)


def _amounts(number: int, fields: Fields, good: int) -> Iterator[str]:
    if fields["madeGood"] > fields["kilograms"]:
        yield (
            f"shortfall {number} of {fields['kilograms']:,} kg was made good with {fields['madeGood']:,} kg"
        )
    if fields["madeGood"] != good:
        stands = fields["madeGood"]
        yield f"shortfall {number} counts {stands:,} kg, and {good:,} kg were cancelled against it"


def _cancellations(evidence: Evidence) -> Iterator[Finding]:
    """Each makes good one shortfall, or is of a kind that makes none good."""
    used: dict[int, int] = {}
    for number, cancelled, kilograms in evidence.story.made_good:
        shortfall = evidence.figures.get("shortfall", number)
        fields = evidence.figures.get("cancellation", cancelled)
        batches = (fields["batch"],) if fields.get("time") else ()
        for problem in _use(evidence, shortfall, fields, kilograms):
            problem = f"cancellation {cancelled}, which makes shortfall {number} good, {problem}"
            yield evidence.finding(SHORTFALLS, f"cancellation {cancelled}", batches, problem)
        if cancelled in used:
            problem = f"cancellation {cancelled} makes good both shortfall {used[cancelled]} and {number}"
            yield evidence.finding(SHORTFALLS, f"cancellation {cancelled}", batches, problem)
        used[cancelled] = number
    for number, fields in evidence.figures.numbered("cancellation"):
        if fields.get("time") and fields["kind"] in _KINDS.values() and number not in used:
            kind = CancellationKind(fields["kind"]).name.lower()
            problem = f"cancellation {number} is of kind `{kind}`, and makes no shortfall good"
            yield evidence.finding(SHORTFALLS, f"cancellation {number}", (fields["batch"],), problem)


def _use(evidence: Evidence, shortfall: Fields, fields: Fields, kilograms: int) -> Iterator[str]:
    if not fields.get("time"):
        yield "was never made"
        return
    if fields["kilograms"] != kilograms:
        yield f"is of {fields['kilograms']:,} kg, not {kilograms:,}"
    if fields["kind"] != {int(one): int(kind) for one, kind in _KINDS.items()}.get(shortfall.get("kind", 0)):
        yield "is of another kind"
    project = evidence.figures.get("batch", fields["batch"]).get("project", 0)
    if fields["holder"] == BUFFER and project != shortfall.get("project", 0):
        yield f"took from the buffer of project {project}"


def _parts(evidence: Evidence, number: int, fields: Fields) -> Iterator[tuple[int, str, int]]:
    """Batch, total and kilograms of what a shortfall adds to the reports of batches."""
    if fields["kind"] == ShortfallKind.OVER_ISSUANCE:
        yield fields["batch"], "overIssued", fields["kilograms"]
        yield fields["batch"], "madeGood", fields["madeGood"]
        return
    for (shortfall, _), lot in evidence.figures.of(
        "lost lot"
    ).items():  # whatever their count was made to say
        if shortfall == number:
            yield lot.get("batch", 0), "reversed", lot.get("kilograms", 0)


def _of_batches(evidence: Evidence, reported: Counter[tuple[int, str]]) -> Iterator[Finding]:
    words = {"reversed": "lost in reversals", "overIssued": "over-issued", "madeGood": "made good"}
    for batch, fields in evidence.batches():
        stands = evidence.figures.get("reported", batch)
        for total, what in words.items():
            kilograms = stands.get(total, 0)
            if kilograms != reported[batch, total]:
                problem = (
                    f"{kilograms:,} kg of batch {batch} are marked as {what}, and its shortfalls make "
                    f"{reported[batch, total]:,} kg"
                )
                yield evidence.finding(SHORTFALLS, f"batch {batch}", (batch,), problem)
        both = stands.get("reversed", 0) + stands.get("overIssued", 0)
        if both > size(fields) or stands.get("madeGood", 0) > stands.get("overIssued", 0):
            problem = (
                f"{both:,} kg of batch {batch} are reported, of {size(fields):,} kg issued, or more is made "
                "good than was over-issued"
            )
            yield evidence.finding(SHORTFALLS, f"batch {batch}", (batch,), problem)


def _outstanding(evidence: Evidence, left: Counter[tuple[int, int]]) -> Iterator[Finding]:
    for number, fields in evidence.figures.numbered("project"):
        if not fields.get("activity"):
            continue
        for kind, stands in (
            (ShortfallKind.REVERSAL, fields.get("outstanding", 0)),
            (ShortfallKind.OVER_ISSUANCE, evidence.figures.value("over-issuances outstanding", number)),
        ):
            if stands != left[number, kind]:
                what = "reversals" if kind is ShortfallKind.REVERSAL else "over-issuances"
                problem = (
                    f"project {number} has {stands:,} kg of {what} to make good, and its shortfalls leave "
                    f"{left[number, kind]:,} kg"
                )
                batches = evidence.story.batches_of["project", number]
                yield evidence.finding(SHORTFALLS, f"project {number}", batches, problem)


def _buffer(evidence: Evidence) -> Iterator[Finding]:
    """What went in is the methodology's share, and what went out to accounts a verifier let out."""
    story, left = evidence.story, Counter[int]()
    for batch, fields in evidence.batches():
        share = evidence.figures.get("methodology", fields["methodology"]).get("bufferBasisPoints", 0)
        due = -(-size(fields) * share // BASIS_POINTS)
        if story.withheld[batch] != due:
            problem = (
                f"{story.withheld[batch]:,} kg of batch {batch} were put in the buffer, and its "
                f"methodology's share is {due:,} kg"
            )
            yield evidence.finding(SHORTFALLS, f"batch {batch}", (batch,), problem)
        left[fields["project"]] += story.left_buffer[batch]
    for project in sorted(left.keys() | story.released.keys()):
        if left[project] != story.released[project]:
            problem = (
                f"{left[project]:,} kg of project {project} went from the buffer to accounts, and verifiers "
                f"let {story.released[project]:,} kg out"
            )
            batches = story.batches_of["project", project]
            yield evidence.finding(SHORTFALLS, f"project {project}", batches, problem)


def _batches(evidence: Evidence, fields: Fields) -> list[int]:
    if fields["batch"]:
        return [fields["batch"]]
    return evidence.story.batches_of["project", fields["project"]]


HANDLERS: dict[str, Callable[[Story, Any, int], None]] = {
    "shortfalls": shortfall,
    "shortfall_cancellations": made_good,
    "project_outstanding": outstanding,
    "buffer_releases": release,
    "annulments": annulment,
}
