"""The columns of each programme's exports, kept as data in `layouts/*.json` and found by header name.

A new layout is a new file there: `columns` maps our field to the header names it has had (compared without
regard to case and blanks), whether a file needs it, and its form; `dates` lists the orders in which dates
are written (ISO dates are always read); `cancellations` lists, in order, the words by which a row is a
cancellation.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from onetonne.errors import FormatError, MissingColumn, UnknownLayout
from onetonne.registries.tables import Table
from onetonne.terms import CancellationKind

_LIKE_ENOUGH = 0.6  # the share of needed columns from which a header counts as a damaged known one


class Kind(StrEnum):
    """What the rows of a file state."""

    TRANSACTIONS = "transactions"
    ISSUANCES = "issuances"
    RETIREMENTS = "retirements"
    CANCELLATIONS = "cancellations"
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
class Layout:
    name: str
    version: str
    reader: str
    kind: Kind
    dates: tuple[str, ...]
    two_digit_years: bool
    columns: Mapping[str, Column]
    cancellations: tuple[CancellationRule, ...]

    def places(self, header: Sequence[str]) -> dict[str, int]:
        """For each of our fields that the header has, the place of its column."""
        found = {_key(name): place for place, name in reversed(list(enumerate(header)))}
        places = {
            field: next((found[_key(name)] for name in column.names if _key(name) in found), None)
            for field, column in self.columns.items()
        }
        return {field: place for field, place in places.items() if place is not None}

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


def layout_of(table: Table) -> tuple[Layout, dict[str, int]]:
    """The layout of a table and the places of its columns; of several that fit, the one that knows most.

    Raises `UnknownLayout`, `MissingColumn`, `FormatError`.
    """
    matches = [(layout, layout.places(table.header)) for layout in layouts()]
    fitting = [(layout, places) for layout, places in matches if not layout.missing(places)]
    if fitting:
        layout, places = max(fitting, key=lambda match: len(match[1]))
        _check_unique(table, layout, places)
        return layout, places
    nearest, places = max(matches, key=lambda match: _likeness(*match))
    if _likeness(nearest, places) < _LIKE_ENOUGH:
        raise UnknownLayout(table.path, table.header, [layout.title for layout in layouts()])
    raise MissingColumn(table.path, nearest.title, nearest.missing(places), table.header)


def _likeness(layout: Layout, places: Mapping[str, int]) -> float:
    needed = sum(column.required for column in layout.columns.values())
    return 1 - len(layout.missing(places)) / needed


def _check_unique(table: Table, layout: Layout, places: Mapping[str, int]) -> None:
    keys = [_key(name) for name in table.header]
    twice = [table.header[place] for place in places.values() if keys.count(keys[place]) > 1]
    if twice:
        raise FormatError(table.path, f"column {twice[0]!r} is there twice; export it again unchanged")


def _layout(data: Mapping[str, Any]) -> Layout:
    return Layout(
        name=data["name"],
        version=data["version"],
        reader=data["reader"],
        kind=Kind(data["kind"]),
        dates=tuple(data["dates"]),
        two_digit_years=data.get("two_digit_years", False),
        columns={
            field: Column(tuple(column["names"]), column.get("required", False), column.get("form", "text"))
            for field, column in data["columns"].items()
        },
        cancellations=tuple(
            CancellationRule(rule["where"], CancellationKind[rule["kind"]])
            for rule in data.get("cancellations", [])
        ),
    )


def _key(name: str) -> str:
    """A header name without regard to case, blanks and invisible characters."""
    return "".join(name.replace("\u200b", "").replace("\ufeff", "").split()).casefold()
