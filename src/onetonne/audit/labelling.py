"""What the events of frameworks, their bodies and host countries mean, and I9: dated, never changed."""

from collections.abc import Callable, Iterator
from typing import Any

from onetonne.audit.checks import Evidence
from onetonne.audit.kinds import DATED, Key, counted
from onetonne.audit.report import Finding
from onetonne.audit.story import Fields, Story
from onetonne.index.columns import code_word

APPROVED, CONDITIONAL = 1, 2


def framework(story: Story, row: Any, time: int) -> None:
    word = code_word(row.label)
    if (word,) in story.figures.of("framework"):
        story.wrong("I9", f"label {row.label}", (), f"the rule of label {row.label} was set twice")
    fields = {
        "body": int(row.body, 16),
        "admittedAt": time,
        "byProgramme": int(row.by_programme),
        "byMethodology": int(row.by_methodology),
        "use": row.use,
        "adjusted": int(row.adjusted),
    }
    story.figures.put("framework", (word,), fields)
    number = story.figures.value("label count")
    story.figures.set("label", (number,), int.from_bytes(word))
    story.figures.set("label count", (), number + 1)


def body(story: Story, row: Any, _time: int) -> None:
    _framework(story, row.label)["body"] = int(row.body, 16)


def host(story: Story, row: Any, _time: int) -> None:
    story.figures.set("host authority", (row.country.encode("ascii"),), int(row.authority, 16))


def demand(story: Story, row: Any, _time: int) -> None:
    word = code_word(row.label) if row.label else b""
    if word:
        _framework(story, row.label)
    story.figures.set("demanded label", (row.purpose,), int.from_bytes(word))


def approval(story: Story, row: Any, time: int) -> None:
    _framework(story, row.label)
    kind, subject = ("programme", row.programme) if row.programme else ("methodology", row.methodology)
    name = f"the entry of label {row.label} on {kind} {subject}"
    state = (CONDITIONAL if row.conditional else APPROVED) if row.approved else 0
    fields = {
        "state": state,
        "vintageStart": row.vintage_start,
        "vintageEnd": row.vintage_end,
        "creditingFrom": row.crediting_from,
    }
    batches = story.batches_of[kind, subject]
    if not story.figures.get(kind, subject):
        story.wrong("I9", f"{kind} {subject}", batches, f"{name} is about nothing that was registered")
    if row.vintage_start > row.vintage_end:
        story.wrong("I9", f"{kind} {subject}", batches, f"{name} has a window that ends before it starts")
    if row.conditional and not any(row.document):
        story.wrong("I9", f"{kind} {subject}", batches, f"{name} has a condition without its hash")
    key = (code_word(row.label), subject)
    if not state and not _last(story, f"{kind} approval", key).get("state"):
        story.wrong("I9", f"{kind} {subject}", batches, f"{name} withdraws what was not approved")
    enter(story, f"{kind} approval", key, time, fields)


def exclusion(story: Story, row: Any, time: int) -> None:
    _framework(story, row.label)
    if row.programme:
        kind, subject = "programme", row.programme
        by_type = (code_word(row.label), subject, code_word(row.activity_type))
        _switch(story, "activity type exclusion", by_type, time, row.excluded, (kind, subject))
    else:
        kind, subject = "methodology", row.methodology
        key = (code_word(row.label), subject)
        _switch(story, "methodology exclusion", key, time, row.excluded, (kind, subject))


def guarantee(story: Story, row: Any, time: int) -> None:
    _framework(story, row.label)
    key = (code_word(row.label), row.project, row.vintage_year)
    _switch(story, "guarantee", key, time, row.accepted, ("project", row.project))


def adjustment(story: Story, row: Any, time: int) -> None:
    key = (row.project, row.vintage_year)
    letter = _last(story, "authorisation", key)
    name, batches = (
        f"project {row.project}, vintage year {row.vintage_year}",
        story.batches_of["project", row.project],
    )
    if not letter.get("uses"):
        problem = f"an adjustment was recorded for {name}, of which nothing was authorised"
        story.wrong("I9", name, batches, problem)
    elif (row.uses, row.cap) != (letter["uses"], letter["cap"]):
        problem = f"an adjustment of {name} is of {row.cap:,} kg, and {letter['cap']:,} kg were authorised"
        story.wrong("I9", name, batches, problem)
    fields = {"uses": row.uses, "cap": row.cap, "number": letter.get("number", 0)}
    enter(story, "adjustment", key, time, fields)


def enter(story: Story, kind: str, key: Key, time: int, fields: Fields) -> None:
    """A dated entry, which counts from the next second: of several of one second only the last is kept."""
    entries = story.dated[kind].setdefault(key, [])
    if entries and entries[-1]["key"] == time + 1:
        entries.pop()
    entries.append({"key": time + 1, **fields})


def entries(evidence: Evidence) -> Iterator[Finding]:
    """The entries on a subject stand in the order of the seconds from which they count."""
    for kind in DATED:
        before: dict[Key, int] = {}
        for (*subject, _), fields in evidence.figures.of(kind).items():
            key = tuple(subject)
            last = before.get(key, 0)
            if fields["key"] <= last:
                problem = f"an entry of `{kind}` counts from second {fields['key']}, after one from {last}"
                yield evidence.finding("I9", kind, (), problem)
            before[key] = fields["key"]


def follow(story: Story) -> None:
    """Puts the entries among the figures, and for every subject that has none yet that it has none."""
    for kind, subjects in story.dated.items():
        for key, dated in subjects.items():
            story.figures.set(counted(kind), key, len(dated))
            for position, fields in enumerate(dated):
                story.figures.put(kind, (*key, position), fields)
    for project, year in story.issued_in:
        for kind in ("authorisation", "adjustment"):
            story.figures.add(counted(kind), (project, year), 0)
    for batch, _ in list(story.figures.numbered("batch")):
        story.figures.add(counted("naming"), (batch,), 0)
        story.figures.add("host use of batch", (batch,), 0)
        story.figures.add("last letter of batch", (batch,), 0)


def _switch(story: Story, kind: str, key: Key, time: int, on: bool, about: tuple[str, int]) -> None:
    name = f"{about[0]} {about[1]}"
    if not story.figures.get(*about):
        problem = f"an entry of `{kind}` is about {name}, which was never registered"
        story.wrong("I9", name, story.batches_of[about], problem)
    if bool(_last(story, kind, key).get("set")) == bool(on):
        problem = f"an entry of `{kind}` on {name} says what held before it"
        story.wrong("I9", name, story.batches_of[about], problem)
    enter(story, kind, key, time, {"set": int(on)})


def _last(story: Story, kind: str, key: Key) -> Fields:
    found = story.dated[kind].get(key)
    return found[-1] if found else {}


def _framework(story: Story, label: str) -> Fields:
    found = story.figures.get("framework", code_word(label))
    if not found:
        story.wrong("I9", f"label {label}", (), f"label {label} is spoken of, and was never admitted")
    return found


HANDLERS: dict[str, Callable[[Story, Any, int], None]] = {
    "frameworks": framework,
    "framework_bodies": body,
    "hosts": host,
    "label_demands": demand,
    "label_approvals": approval,
    "label_exclusions": exclusion,
    "label_guarantees": guarantee,
    "adjustments": adjustment,
}
