"""Tables of who approved what: one file a label, with a source and a day for each entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from eth_utils.crypto import keccak

from onetonne.labels.entries import type_in_words
from onetonne.terms import EPOCH, Approval, Decision, Rule

EVERY_VERSION = "*"
_NO_DOCUMENT = bytes(32)


@dataclass(frozen=True, slots=True)
class Stated:
    """Where an entry of a table can be read, and whether it was."""

    source: str
    decided_on: date
    verified: bool
    note: str

    def decision(self, condition: str | None = None) -> Decision:
        document = keccak(text=condition) if condition else _NO_DOCUMENT
        return Decision(self.source, self.decided_on, document)


@dataclass(frozen=True, slots=True)
class ProgrammeEntry:
    """A programme's approval."""

    programme: str
    approval: Approval
    condition: str | None
    stated: Stated


@dataclass(frozen=True, slots=True)
class MethodologyEntry:
    """An approval of one version of a methodology, or of every version on a chain."""

    programme: str
    code: str
    version: str
    approval: Approval
    condition: str | None
    stated: Stated


@dataclass(frozen=True, slots=True)
class ExclusionEntry:
    """Of a programme's activity type, or of a version of a methodology; the other one is None.

    An empty activity type is that of the projects which were registered without one.
    """

    programme: str
    activity_type: str | None
    code: str | None
    version: str | None
    stated: Stated


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """A programme that asked and has no answer yet, as far as is known."""

    programme: str
    stated: Stated


@dataclass(frozen=True, slots=True)
class LabelTable:
    """One file."""

    label: str
    name: str
    rule: Rule
    as_of: date
    """Up to when its sources were looked at."""
    stated: Stated
    """Of the rule."""
    programmes: tuple[ProgrammeEntry, ...]
    methodologies: tuple[MethodologyEntry, ...]
    exclusions: tuple[ExclusionEntry, ...]
    pending: tuple[PendingEntry, ...]

    @property
    def all_stated(self) -> tuple[Stated, ...]:
        parts = (self.programmes, self.methodologies, self.exclusions, self.pending)
        return (self.stated, *(one.stated for part in parts for one in part))


def unverified(stated: Sequence[Stated]) -> int:
    return sum(1 for one in stated if not one.verified)


def terms(approval: Approval, condition: str | None = None) -> str:
    """An approval's window, what it recognises and its condition, in words."""
    first = "" if approval.vintage_start == EPOCH else f" from {approval.vintage_start}"
    last = "" if approval.vintage_end == date.max else f" to {approval.vintage_end}"
    words = [f"vintages{first}{last}" if first or last else "all vintages"]
    if approval.crediting_from:
        words.append(f"credited from {approval.crediting_from} on")
    if approval.recognises:
        words.append(f"recognises {approval.recognises}")
    if approval.conditional:
        words.append(f"conditional: {condition}" if condition else "conditional")
    return ", ".join(words)


def shown(table: LabelTable) -> dict[str, list[tuple[str, str, date, bool, str, str]]]:
    """A table's entries for people, by kind: subject, terms, day, whether verified, source, note."""

    def row(subject: str, words: str, one: Stated) -> tuple[str, str, date, bool, str, str]:
        return subject, words, one.decided_on, one.verified, one.source, one.note

    return {
        "Programmes": [
            row(one.programme, terms(one.approval, one.condition), one.stated) for one in table.programmes
        ],
        "Methodologies": [
            row(
                f"{one.programme}:{one.code}:{one.version}",
                terms(one.approval, one.condition),
                one.stated,
            )
            for one in table.methodologies
        ],
        "Exclusions": [
            row(
                f"{one.programme} {type_in_words(one.activity_type)}"
                if one.activity_type is not None
                else f"{one.programme}:{one.code}:{one.version}",
                "excluded",
                one.stated,
            )
            for one in table.exclusions
        ],
        "Pending": [row(one.programme, "no decision known", one.stated) for one in table.pending],
    }
