"""`onetonne label list` and `label show`: what the frameworks' bodies have said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from onetonne.cli.options import AsJson, window_in_words
from onetonne.cli.output import facts, moment, plain, say, show_json, table
from onetonne.cli.session import session_of
from onetonne.cli.words import purpose_words, rule_in_words
from onetonne.errors import DateError
from onetonne.terms import Days, MethodologyId, Seconds, from_days

if TYPE_CHECKING:
    from onetonne.labels import Histories
    from onetonne.labels.entries import Place, Switch, Tick

_Entry = TypeVar("_Entry", "Tick", "Switch")


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """What a body said of one subject; without a window where it ended an approval."""

    subject: str
    entry: str
    vintage_start: date | None
    vintage_end: date | None
    crediting_from: date | None
    conditional: bool
    recognises: str | None
    counts_from: Seconds
    decided_on: date | None
    document: bytes
    source: str


def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the labels: what each body has approved, and which purposes demand it.

    Example: onetonne label list
    """
    from onetonne.labels import Histories

    histories = Histories.read(session_of(context).synced())
    found = [_summary(histories, label) for label in histories.labels]
    if as_json:
        show_json(found)
        return
    table(
        ["Label", "Programmes~", "Methodologies~", "Exclusions~", "Demanded for"],
        [[", ".join(part) if isinstance(part, list) else part for part in one.values()] for one in found],
    )


def show(
    context: typer.Context,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="Code of the label, such as CCP.")],
    history: Annotated[
        bool, typer.Option("--history", help="Every entry ever made, also those that others replaced.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a label's entries: approvals, exclusions and guarantees, each with its day and source.

    Example: onetonne label show CCP --history
    """
    from onetonne.labels import Histories

    session = session_of(context)
    found = session.ledger.framework(label)
    histories = Histories.read(session.synced())
    entries = _entries(histories, found.label, every=history)
    demanded = _demanded_for(histories, found.label)
    if as_json:
        show_json({**plain(found), "demanded_for": demanded, "entries": entries})
        return
    facts(
        {
            "Label": found.label,
            "Body": session.shown(found.body),
            "Asks for": rule_in_words(found.rule),
            "Demanded for": ", ".join(demanded),
        }
    )
    table(
        ["What", "Entry", "Vintages", "Crediting from", "Recognises", "Counts from", "Decided on", "Source~"],
        [
            (
                one.subject,
                f"{one.entry}, conditional" if one.conditional else one.entry,
                window_in_words(one.vintage_start, one.vintage_end)
                if one.vintage_start and one.vintage_end
                else "",
                one.crediting_from,
                one.recognises,
                moment(one.counts_from),
                one.decided_on,
                one.source,
            )
            for one in entries
        ],
        title="Entries" if history else "Entries in force",
    )
    if not history:
        say("With --history, also those that others replaced.")


def _summary(histories: Histories, label: str) -> dict[str, str | list[str]]:
    entries = _entries(histories, label, every=False)
    approved = [one.subject for one in entries if one.entry == "approved"]
    return {
        "label": label,
        "programmes": [subject for subject in approved if ":" not in subject],
        "methodologies": [subject for subject in approved if ":" in subject],
        "exclusions": [one.subject for one in entries if one.entry == "excluded"],
        "demanded_for": _demanded_for(histories, label),
    }


def _demanded_for(histories: Histories, label: str) -> list[str]:
    return purpose_words(purpose for purpose, wanted in histories.demands.items() if wanted == label)


def _entries(histories: Histories, label: str, *, every: bool) -> list[ListedEntry]:
    """Those in force, or all; in the order in which they were made."""
    found: list[tuple[Place, ListedEntry]] = []
    for subject, ticks in _ticks(histories, label):
        found += [(one.place, _tick(subject, one)) for one in _wanted(ticks, every)]
    for subject, words, switches in _switches(histories, label):
        found += [(one.place, _switch(subject, words, one)) for one in _wanted(switches, every)]
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def _wanted(entries: Sequence[_Entry], every: bool) -> Sequence[_Entry]:
    return entries if every else entries[-1:]


def _ticks(histories: Histories, label: str) -> Iterator[tuple[str, list[Tick]]]:
    for (owner, programme), ticks in histories.programme_ticks.items():
        if owner == label:
            yield histories.programmes[programme], ticks
    for (owner, methodology), ticks in histories.methodology_ticks.items():
        if owner == label:
            yield _version(histories, methodology), ticks


def _switches(histories: Histories, label: str) -> Iterator[tuple[str, tuple[str, str], list[Switch]]]:
    from onetonne.labels.entries import type_in_words

    excluded, guarantee = ("excluded", "included again"), ("guarantee accepted", "guarantee ended")
    for (owner, programme, activity_type), switches in histories.type_exclusions.items():
        if owner == label:
            yield f"{histories.programmes[programme]} {type_in_words(activity_type)}", excluded, switches
    for (owner, methodology), switches in histories.methodology_exclusions.items():
        if owner == label:
            yield _version(histories, methodology), excluded, switches
    for (owner, (project, year)), switches in histories.guarantees.items():
        if owner == label:
            known = histories.projects[project]
            yield f"{histories.programmes[known.programme]}:{known.code} {year}", guarantee, switches


def _version(histories: Histories, methodology: MethodologyId) -> str:
    found = histories.methodologies[methodology]
    return f"{histories.programmes[found.programme]}:{found.code}:{found.version}"


def _tick(subject: str, tick: Tick) -> ListedEntry:
    window = tick.window
    return ListedEntry(
        subject=subject,
        entry="withdrawn" if window is None else "approved",
        vintage_start=_day(window.vintage_start) if window else None,
        vintage_end=(_day(window.vintage_end) or date.max) if window else None,
        crediting_from=_day(window.crediting_from) if window and window.crediting_from else None,
        conditional=tick.conditional,
        recognises=tick.recognises,
        counts_from=tick.place.counts_from,
        decided_on=_day(tick.said.decided_on),
        document=tick.said.document,
        source=tick.said.source,
    )


def _switch(subject: str, words: tuple[str, str], switch: Switch) -> ListedEntry:
    return ListedEntry(
        subject=subject,
        entry=words[0] if switch.on else words[1],
        vintage_start=None,
        vintage_end=None,
        crediting_from=None,
        conditional=False,
        recognises=None,
        counts_from=switch.place.counts_from,
        decided_on=_day(switch.said.decided_on),
        document=switch.said.document,
        source=switch.said.source,
    )


def _day(days: Days) -> date | None:
    """None outside Python's calendar: anyone may call the contract with any number."""
    try:
        return from_days(days)
    except DateError:
        return None
