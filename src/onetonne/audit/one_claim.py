"""I8: per project and vintage year, what is first transferred and what the host uses are different tonnes.

And whether each retirement was allowed when it was made: its label held (I9), its claim open (I8). Both are
the judgement of `onetonne.labels`, the plain-Python twin of the contract, on what had been said by then.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from onetonne.audit.checks import Evidence, size
from onetonne.audit.kinds import counted
from onetonne.audit.labelling import enter
from onetonne.audit.report import Finding
from onetonne.audit.story import Fields, Story, Use
from onetonne.labels import Refusal, evaluate, refusal, use_of
from onetonne.labels.entries import Place, latest
from onetonne.labels.histories import Used
from onetonne.terms import (
    FIRST_NDC_YEAR,
    Address,
    BatchId,
    CancellationKind,
    Kilograms,
    ProjectId,
    Purpose,
    Seconds,
    from_seconds,
)

USES = ("first_transfers", "host_uses")
"""Tables whose events come just before their retirement's, and count from then on only."""

_ACCOUNT = ("transferred", "usedByHost", "cap", "uses", "since", "letter", "named")
_CORSIA = (Purpose.CORSIA_PHASE_1, Purpose.CORSIA_PHASE_2)
_REFUSALS = {
    Refusal.NOT_AUTHORISED: "the host country had not authorised that use",
    Refusal.BATCH_NOT_AUTHORISED: "the host country's letter did not name that batch",
    Refusal.AUTHORISATION_EXCEEDED: "more than the host country's cap would be first transferred",
    Refusal.NOT_HOST: "another than the host country held the credits",
    Refusal.VINTAGE_BEFORE_NDC: "that vintage lies before the first NDCs",
    Refusal.HOST_USE_EXCLUDED: "a letter left that batch open to use elsewhere",
}


@dataclass(frozen=True, slots=True)
class _Announced:
    """What an event says of the retirement after it."""

    table: str
    project: int
    year: int
    kilograms: int
    use: int = 0
    batch: int = 0
    """Of a use by the host."""

    @classmethod
    def by(cls, use: Use) -> Self:
        row = use.row
        named = (row.use, 0) if use.table == "first_transfers" else (0, row.batch)
        return cls(use.table, row.project, row.vintage_year, row.kilograms, *named)

    def __str__(self) -> str:
        name = _name(self.project, self.year)
        if self.table == "host_uses":
            return f"a use by the host of {self.kilograms:,} kg of {name}, batch {self.batch}"
        return f"a first transfer of {self.kilograms:,} kg of {name} for use {self.use}"


def authorisation(story: Story, row: Any, time: int) -> None:
    """A letter, or a revocation, which has no uses and a cap of what was transferred."""
    year = (ProjectId(row.project), row.vintage_year)
    used, before = story.histories.used_of(year), latest(story.histories.authorisations.get(year, []))
    name, batches = _vintage(story, row)
    named, account = json.loads(row.batches), _open(story, year)
    number = account["letter"] + 1
    said = {"uses": row.uses, "cap": row.cap}
    enter(story, "authorisation", year, time, said | {"number": number})
    for batch in named:
        enter(story, "naming", (batch,), time, {"set": number})
        story.figures.set("last letter of batch", (batch,), number)
    account.update(said, since=time + 1, letter=number, named=len(named))
    if row.vintage_year < FIRST_NDC_YEAR:
        problem = f"uses of {name} were authorised, which lies before the first NDCs and needs none"
        story.wrong("I8", name, batches, problem)
    if not row.uses and not (before is not None and before.uses):
        story.wrong("I8", name, batches, f"an authorisation of {name} was revoked where there was none")
    narrowed = before is not None and (
        any(not row.uses >> use & 1 for use in before.uses)
        or row.cap < before.cap
        or not before.batches <= set(named)
    )
    if narrowed and story.histories.adjustments.get(year):
        how = "narrowed" if row.uses else "revoked"
        story.wrong("I8", name, batches, f"an authorisation of {name} was {how} after an adjustment")
    for problem in _cap_problems(story, row, named, used):
        story.wrong("I8", name, batches, f"{row.cap:,} kg of {name} were authorised, {problem}")


def _cap_problems(story: Story, row: Any, named: list[int], used: Used) -> Iterator[str]:
    if not row.uses:
        if row.cap != used.transferred:
            yield f"by a revocation, and {used.transferred:,} kg had been transferred"
        return
    if row.cap < used.transferred:
        yield f"of which {used.transferred:,} kg had been transferred already"
    sources = [(batch, story.figures.get("batch", batch)) for batch in named]
    own = [
        (fields.get("project"), fields.get("vintageYear")) == (row.project, row.vintage_year)
        for _, fields in sources
    ]
    if not all(own) or named != sorted(set(named)):
        yield f"in batches {named}, which are not all of it, or not each named once"
        return
    most = sum(size(fields) - story.figures.value("host use of batch", batch) for batch, fields in sources)
    if row.cap > most:
        yield f"of batches that were issued with {most:,} kg that the host had not used"


def first_transfer(story: Story, row: Any, time: int) -> None:
    _use(story, Use("first_transfers", row, time))


def host_use(story: Story, row: Any, time: int) -> None:
    _use(story, Use("host_uses", row, time))
    story.figures.add("host use of batch", (row.batch,), row.kilograms)


def _use(story: Story, use: Use) -> None:
    finish(story)
    story.use = use
    name, batches = _vintage(story, use.row)
    fields = _open(story, (use.row.project, use.row.vintage_year))
    fields[use.total] += use.row.kilograms
    if fields[use.total] != use.row.total:
        problem = (
            f"`{use.total}` of {name} came to {fields[use.total]:,} kg, and the event says {use.row.total:,}"
        )
        story.wrong("I8", name, batches, problem)


def _open(story: Story, year: tuple[int, int]) -> Fields:
    fields = story.figures.get("vintage", *year)
    if not fields:
        fields = dict.fromkeys(_ACCOUNT, 0)
        story.figures.put("vintage", year, fields)
    return fields


def retired(story: Story, row: Any, time: int) -> None:
    """Judges a retirement by all that was said before it, and takes in the use that it was announced by."""
    purpose = Purpose(row.purpose)
    use, story.use = story.use, None
    _judge(story, row, time, purpose)
    wanted = _wanted(story, row, purpose)
    found = None if use is None else _Announced.by(use)
    if wanted != found:
        name = f"retirement {row.retirement}"
        problem = (
            f"{name} for {_words(purpose)} is {wanted or 'no use'}, and the events say {found or 'none'}"
        )
        story.wrong("I8", name, (row.batch,), problem)
    if use is not None:
        story.uses[row.retirement, row.purpose] = use.total
        _take_in(story, use)


def _judge(story: Story, row: Any, time: int, purpose: Purpose) -> None:
    label = story.histories.demands.get(purpose)
    if label is not None:
        story.demands += 1
        story.demanded += row.kilograms
    batch = BatchId(row.batch)
    kilograms, holder = Kilograms(row.kilograms), Address(row.holder)
    refused = refusal(story.histories, batch, purpose, kilograms, time, holder)
    if refused is None:
        return
    name, batches = f"retirement {row.retirement}", (batch,)
    if refused is Refusal.LABEL_MISSING and label is not None:
        lacks = sorted(evaluate(story.histories, batch, label, time).missing)
        conditions = ", ".join(one.name.lower().replace("_", " ") for one in lacks)
        problem = (
            f"{name} for {_words(purpose)} demanded the label {label}, which batch {row.batch} did not hold "
            f"at {from_seconds(Seconds(time)):%Y-%m-%d %H:%M:%S} UTC: not met are {conditions}"
        )
        story.wrong("I9", name, batches, problem)
    else:
        story.wrong("I8", name, batches, f"{name} was made for {_words(purpose)} when {_REFUSALS[refused]}")


def _wanted(story: Story, row: Any, purpose: Purpose) -> _Announced | None:
    """What the event before a retirement must say; None where there must be none."""
    subject = story.histories.batches[BatchId(row.batch)]
    vintage = subject.project.id, subject.vintage_year
    if purpose is Purpose.HOST_NDC:
        return _Announced("host_uses", *vintage, row.kilograms, batch=row.batch)
    use = use_of(story.histories, purpose)
    return None if use is None else _Announced("first_transfers", *vintage, row.kilograms, use)


def finish(story: Story) -> None:
    """A use that no retirement followed is one too many."""
    if story.use is None:
        return
    use, story.use = story.use, None
    name, batches = _vintage(story, use.row)
    problem = f"{use.row.kilograms:,} kg were added to `{use.total}` of {name} without a retirement"
    story.wrong("I8", name, batches, problem)
    _take_in(story, use)


def _take_in(story: Story, use: Use) -> None:
    place = Place(use.row.block_number, use.row.log_index, Seconds(use.time))
    story.histories.fold(use.table, use.row, place)


def follow(story: Story) -> None:
    """Of a vintage year of which nothing was said or used all must be 0."""
    for year in story.issued_in:
        _open(story, year)


def claims(evidence: Evidence) -> Iterator[Finding]:
    issued: Counter[tuple[int, int]] = Counter()
    batches: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for batch, fields in evidence.batches():
        year = fields["project"], fields["vintageYear"]
        issued[year] += size(fields)
        batches[year].append(batch)
    records = _records(evidence)
    for key, fields in evidence.figures.of("vintage").items():
        year = int(key[0]), int(key[1])
        name = _name(*year)
        for problem in (*_claim(year, fields, issued[year]), *_last_said(evidence, year, fields)):
            yield evidence.finding("I8", name, batches[year], problem)
        for total in ("transferred", "usedByHost"):
            stands, made = fields[total], records[total, *year]
            if stands != made:
                problem = f"`{total}` of {name} is {stands:,} kg, and its retirements make {made:,} kg"
                yield evidence.finding("I8", name, batches[year], problem)
    yield from _host_uses(evidence)
    for number, fields in evidence.figures.numbered("cancellation"):
        if fields.get("time") and fields["kind"] == CancellationKind.CORSIA:
            problem = f"cancellation {number} is a use for CORSIA, of which no host country was asked"
            yield evidence.finding("I8", f"cancellation {number}", (fields["batch"],), problem)


def _host_uses(evidence: Evidence) -> Iterator[Finding]:
    """What the host used of a batch is what was retired of it for that purpose."""
    made: Counter[int] = Counter()
    for _, fields in evidence.figures.numbered("retirement"):
        if fields.get("time") and fields["purpose"] == Purpose.HOST_NDC:
            made[fields["batch"]] += fields["kilograms"]
    for batch, _ in evidence.batches():
        stands = evidence.figures.value("host use of batch", batch)
        if stands != made[batch]:
            problem = (
                f"the host used {stands:,} kg of batch {batch}, and its retirements make {made[batch]:,} kg"
            )
            yield evidence.finding("I8", f"batch {batch}", (batch,), problem)


def _claim(year: tuple[int, int], fields: Fields, issued: int) -> Iterator[str]:
    name, transferred, used, cap = _name(*year), fields["transferred"], fields["usedByHost"], fields["cap"]
    if transferred + used > issued:
        yield (
            f"{transferred:,} kg of {name} were first transferred and {used:,} kg used by the host: more "
            f"than the {issued:,} kg issued"
        )
    if year[1] < FIRST_NDC_YEAR:
        if used:
            yield f"{name} was used by the host, and lies before the first NDCs"
    elif transferred > cap:
        yield f"{transferred:,} kg of {name} were first transferred, of {cap:,} kg authorised"


def _last_said(evidence: Evidence, year: tuple[int, int], fields: Fields) -> Iterator[str]:
    """What is open is what the host country said last."""
    last = evidence.figures.value(counted("authorisation"), *year) - 1
    entry = evidence.figures.get("authorisation", *year, last)
    said = tuple(entry.get(name, 0) for name in ("uses", "cap", "key", "number"))
    if said != tuple(fields[name] for name in ("uses", "cap", "since", "letter")):
        yield f"what is open of {_name(*year)} is not what the host country said last"


def _records(evidence: Evidence) -> Counter[tuple[str, int, int]]:
    """Kilograms of retirements by the total that they add to, which their purpose or a label said."""
    sums: Counter[tuple[str, int, int]] = Counter()
    for number, fields in evidence.figures.numbered("retirement"):
        batch = evidence.figures.get("batch", fields.get("batch", 0))
        if not batch:
            continue
        total = evidence.story.uses.get((number, fields["purpose"]), "")
        if fields["purpose"] == Purpose.HOST_NDC:
            total = "usedByHost"
        elif fields["purpose"] in _CORSIA:
            total = "transferred"
        if total:
            sums[total, batch["project"], batch["vintageYear"]] += fields["kilograms"]
    return sums


def _vintage(story: Story, row: Any) -> tuple[str, list[int]]:
    return _name(row.project, row.vintage_year), story.batches_of["project", row.project]


def _name(project: int, year: int) -> str:
    return f"project {project}, vintage year {year}"


def _words(purpose: Purpose) -> str:
    return f"purpose {purpose.name.lower().replace('_', ' ')}"


HANDLERS: dict[str, Callable[[Story, Any, int], None]] = {
    "authorisations": authorisation,
    "first_transfers": first_transfer,
    "host_uses": host_use,
}
