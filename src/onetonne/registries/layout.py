"""The columns of each programme's exports, kept as data in `layouts/*.json` and found by header name.

A new layout is a new file there, and needs no code:

- `programme` and `kind` say whose rows they are and what they state; `project_prefix` stands before a bare
  project number.
- `columns` maps our field to the header names it has had (letters and digits count, case doesn't: `serialNo`
  is `Serial No.`), whether a file needs it, and its form. With a name in `absent`, a file is of another kind.
- `dates` lists the orders in which dates are written; ISO dates are always read.
- `statuses` lists what the words in the field `status` mean: issued, live, retired or cancelled.
- `cancellations` lists, in order, the words by which a row is a cancellation.
- `labels` lists the columns of labels: either what a Yes in it says, or the words to find in it.
- `methodologies` says how methodologies are named: by `codes`, or by `titles`, in a file of their own where
  they have codes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from os import PathLike
from typing import Any

from onetonne.errors import FormatError, MissingColumn, UnknownLayout
from onetonne.registries.redaction import redact
from onetonne.terms import CancellationKind, Programme, Status

_LIKE_ENOUGH = 0.6  # the share of needed columns from which a header counts as a damaged known one


class Kind(StrEnum):
    """What the rows of a file state."""

    TRANSACTIONS = "transactions"
    ISSUANCES = "issuances"
    RETIREMENTS = "retirements"
    CANCELLATIONS = "cancellations"
    HOLDINGS = "holdings"
    PROJECTS = "projects"


@dataclass(frozen=True, slots=True)
class Column:
    names: tuple[str, ...]
    required: bool
    form: str


@dataclass(frozen=True, slots=True)
class CancellationRule:
    """Holds for a row in which each field contains its words, case disregarded."""

    where: Mapping[str, str]
    kind: CancellationKind


@dataclass(frozen=True, slots=True)
class LabelColumn:
    """A column about labels. With `label`, a Yes in it gives that one; else each of `words` gives its own."""

    names: tuple[str, ...]
    label: str | None
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MethodologyNames:
    """`codes`: a list of codes; else one title, with a version in it or in a column of its own."""

    codes: bool
    known: str | None
    version_in_title: str | None


@dataclass(frozen=True, slots=True)
class Layout:
    name: str
    version: str
    programme: Programme
    kind: Kind
    dates: tuple[str, ...]
    two_digit_years: bool
    project_prefix: str
    columns: Mapping[str, Column]
    absent: frozenset[str]
    statuses: Mapping[str, Status | None]
    cancellations: tuple[CancellationRule, ...]
    labels: tuple[LabelColumn, ...]
    methodologies: MethodologyNames

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """For each of our fields that the header has, its column's place; the first label's is `label 0`."""
        found = {_key(name): place for place, name in reversed(list(enumerate(header)))}
        names = {field: column.names for field, column in self.columns.items()}
        names |= {label_field(number): label.names for number, label in enumerate(self.labels)}
        places = {
            field: next((found[_key(name)] for name in known if _key(name) in found), None)
            for field, known in names.items()
        }
        return {field: place for field, place in places.items() if place is not None}

    def excludes(self, header: Sequence[str]) -> bool:
        return any(_key(name) in self.absent for name in header)

    def missing(self, places: Mapping[str, int]) -> list[str]:
        """The header names of the needed columns that are not there."""
        return [
            column.names[0]
            for field, column in self.columns.items()
            if column.required and field not in places
        ]

    @property
    def title(self) -> str:
        return f"{self.name} ({self.version})"


@cache
def layouts() -> tuple[Layout, ...]:
    """Every layout shipped with the package."""
    folder = files("onetonne.registries") / "layouts"
    read = [
        json.loads(entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".json")
    ]
    return tuple(sorted((_layout(data) for data in read if "columns" in data), key=lambda one: one.title))


def label_field(number: int) -> str:
    return f"label {number}"


def layout_of(path: str | PathLike[str], header: Sequence[str]) -> tuple[Layout, dict[str, int]]:
    """The layout of a header and the places of its columns; of several that fit, the one that knows most.

    Raises `UnknownLayout`, `MissingColumn`, `FormatError`.
    """
    candidates = [layout for layout in layouts() if not layout.excludes(header)]
    matches = [(layout, layout.places(header)) for layout in candidates]
    fitting = [(layout, places) for layout, places in matches if not layout.missing(places)]
    if fitting:
        layout, places = max(fitting, key=lambda match: (len(match[1]), match[0].version))
        _check_unique(path, header, places)
        return layout, places
    nearest, places = max(matches, key=lambda match: _likeness(*match))
    if _likeness(nearest, places) < _LIKE_ENOUGH:
        raise UnknownLayout(path, header, [layout.title for layout in layouts()])
    raise MissingColumn(path, nearest.title, nearest.missing(places), header)


def _likeness(layout: Layout, places: Mapping[str, int]) -> float:
    needed = sum(column.required for column in layout.columns.values())
    return 1 - len(layout.missing(places)) / needed


def _check_unique(path: str | PathLike[str], header: Sequence[str], places: Mapping[str, int]) -> None:
    keys = [_key(name) for name in header]
    twice = [header[place] for place in places.values() if keys.count(keys[place]) > 1]
    if twice:
        raise FormatError(path, f"column {redact(twice[0])!r} is there twice; export it again unchanged")


def _layout(data: Mapping[str, Any]) -> Layout:
    named = data.get("methodologies", {})
    return Layout(
        name=data["name"],
        version=data["version"],
        programme=Programme(data["programme"]),
        kind=Kind(data["kind"]),
        dates=tuple(data["dates"]),
        two_digit_years=data.get("two_digit_years", False),
        project_prefix=data["project_prefix"],
        columns={
            field: Column(tuple(column["names"]), column.get("required", False), column.get("form", "text"))
            for field, column in data["columns"].items()
        },
        absent=frozenset(_key(name) for name in data.get("absent", [])),
        statuses={
            words: None if status == "issued" else Status(status)
            for words, status in data.get("statuses", {}).items()
        },
        cancellations=tuple(
            CancellationRule(rule["where"], CancellationKind[rule["kind"]])
            for rule in data.get("cancellations", [])
        ),
        labels=tuple(
            LabelColumn(tuple(label["names"]), label.get("label"), label.get("words", {}))
            for label in data.get("labels", [])
        ),
        methodologies=MethodologyNames(
            named.get("style") == "codes", named.get("known"), named.get("version")
        ),
    )


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    """A header name by its letters and digits alone, without regard to case."""
    return "".join(character for character in name if character.isalnum()).casefold()
