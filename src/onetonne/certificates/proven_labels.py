"""The labels that a batch held at a second, computed from the dated entries in proven storage (I9)."""

from collections.abc import Callable, Mapping
from typing import Any

from onetonne.audit.kinds import Key, counted
from onetonne.labels import HeldLabel, Histories, labels_of
from onetonne.labels.entries import (
    Adjustment,
    Admission,
    Issued,
    Permission,
    Place,
    Project,
    Said,
    Switch,
    Tick,
    Window,
)
from onetonne.terms import (
    Address,
    BatchId,
    Days,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Rule,
    Seconds,
    Use,
    code_text,
)

Fields = dict[str, int]
Get = Callable[..., list[Fields]]
"""From kinds and keys of places in one contract to their fields."""

_CONDITIONAL = 2  # the state of an approval that was given under a condition
_UNSAID = Said("", Days(0), bytes(32))
_THIS = BatchId(0)  # the only batch of these histories


def held_labels(
    get: Get, number: int, batch: Mapping[str, int], project: Fields, time: int
) -> tuple[HeldLabel, ...]:
    """`batch`, of which `number` is the id, and `project` are as in storage."""
    (count,) = get(("label count", ()))
    if not count["value"]:
        return ()
    words = [one["value"].to_bytes(32) for one in get(*(("label", (at,)) for at in range(count["value"])))]
    histories = Histories()
    for word, admitted in zip(words, get(*(("framework", (word,)) for word in words)), strict=True):
        use = Use(admitted["use"]) if admitted["use"] else None
        rule = Rule(
            bool(admitted["byProgramme"]), bool(admitted["byMethodology"]), use, bool(admitted["adjusted"])
        )
        admission = Admission(Address(f"0x{admitted['body']:040x}"), rule, _place(admitted["admittedAt"]))
        histories.frameworks[code_text(word)].append(admission)
    _fill(histories, get, words, number, batch, project)
    return labels_of(histories, _THIS, time)


def _fill(
    histories: Histories,
    get: Get,
    words: list[bytes],
    number: int,
    batch: Mapping[str, int],
    project: Fields,
) -> None:
    programme, methodology = ProgrammeId(batch["programme"]), MethodologyId(batch["methodology"])
    of, year, kind = ProjectId(batch["project"]), batch["vintageYear"], project["activityType"].to_bytes(32)
    activity_type = code_text(kind)
    started = Days(project["creditingStart"])
    histories.batches[_THIS] = Issued(
        _THIS,
        Project(of, ProgrammeId(project["programme"]), "", activity_type, "", started),
        methodology,
        Days(batch["vintageStart"]),
        Days(batch["vintageEnd"]),
        year,
        Seconds(batch["issuedAt"]),
    )
    histories.parts[methodology] = _parts(get, methodology)
    letters, namings = list[Fields](), list[Fields]()
    lists: list[tuple[str, Key, Any, Callable[[Fields], Any]]] = [
        ("authorisation", (of, year), letters, dict),
        ("naming", (number,), namings, dict),
        ("adjustment", (of, year), histories.adjustments[of, year], _adjustment),
    ]
    for word in words:
        label = code_text(word)
        lists += [
            ("programme approval", (word, programme), histories.programme_ticks[label, programme], _tick),
            (
                *("activity type exclusion", (word, programme, kind)),
                *(histories.type_exclusions[label, programme, activity_type], _switch),
            ),
            ("guarantee", (word, of, year), histories.guarantees[label, (of, year)], _switch),
        ]
        for part in histories.parts[methodology]:
            ticks, switches = histories.methodology_ticks, histories.methodology_exclusions
            lists.append(("methodology approval", (word, part), ticks[label, part], _tick))
            lists.append(("methodology exclusion", (word, part), switches[label, part], _switch))
    counts = get(*((counted(name), key) for name, key, _, _ in lists))
    for (name, key, entries, read), count in zip(lists, counts, strict=True):
        if count["value"]:
            found = get(*((name, (*key, at)) for at in range(count["value"])))
            entries.extend(read(fields) for fields in found)
    named = {fields["set"] for fields in namings}
    permissions = histories.authorisations[of, year]
    permissions.extend(_permission(fields, fields["number"] in named) for fields in letters)


def _parts(get: Get, methodology: MethodologyId) -> tuple[MethodologyId, ...]:
    """Of a composed methodology its parts; of a single one, itself."""
    count, parts = get(("part count", (methodology,)), ("methodology parts", (methodology,)))
    if not count["value"]:
        return (methodology,)
    return tuple(MethodologyId(parts[f"part {at}"]) for at in range(count["value"]))


def _place(time: int) -> Place:
    return Place(0, 0, Seconds(time))


def _said_at(fields: Fields) -> Place:
    """An entry's key is the second from which it counts: the one after it was made."""
    return _place(fields["key"] - 1)


def _tick(fields: Fields) -> Tick:
    window = Window(Days(fields["vintageStart"]), Days(fields["vintageEnd"]), Days(fields["creditingFrom"]))
    given = window if fields["state"] else None
    return Tick(given, fields["state"] == _CONDITIONAL, None, _UNSAID, _said_at(fields))


def _switch(fields: Fields) -> Switch:
    return Switch(bool(fields["set"]), _UNSAID, _said_at(fields))


def _permission(fields: Fields, names_it: bool) -> Permission:
    named = frozenset({_THIS}) if names_it else frozenset[BatchId]()
    return Permission(_uses(fields), Kilograms(fields["cap"]), named, _UNSAID, _said_at(fields))


def _adjustment(fields: Fields) -> Adjustment:
    return Adjustment(_uses(fields), Kilograms(fields["cap"]), _UNSAID, _said_at(fields))


def _uses(fields: Fields) -> frozenset[Use]:
    return frozenset(use for use in Use if fields["uses"] >> use & 1)
