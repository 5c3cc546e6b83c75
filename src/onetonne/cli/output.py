"""What a command prints: sentences, tables and progress for people, or one JSON document for programs."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Protocol, get_type_hints

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from onetonne.terms import Kilograms, Seconds, from_seconds

_WIDE = 10_000  # columns of a pipe: a program that reads it wants whole rows
_PROSE = 24  # columns at least, for text that is folded
_SHOWN_AFTER = 2.0  # seconds


class Advance(Protocol):
    """Tells a progress bar how far it is: `done` of `total`; what is being done, and what else to say."""

    def __call__(self, done: int, total: int, *, doing: str | None = None, note: str = "") -> None: ...


def console() -> Console:
    """Standard output as it is now. Not a terminal: no colours, no folding."""
    terminal = sys.stdout.isatty()
    return Console(
        file=sys.stdout, width=None if terminal else _WIDE, highlight=False, emoji=False, markup=False
    )


def say(*sentences: str) -> None:
    """Plain lines, folded by the terminal if at all, so that they can be copied."""
    for sentence in sentences:
        console().print(Text(sentence), soft_wrap=True)


def remark(sentence: str) -> None:
    """For a person only: on stderr, so that it disturbs no program."""
    print(sentence, file=sys.stderr)


def show_json(value: object) -> None:
    """The one JSON document of a command."""
    sys.stdout.write(json.dumps(plain(value), indent=2, ensure_ascii=False) + "\n")


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None) -> None:
    """A table. A name that ends in ">" is of a column of numbers, one in "~" of prose.

    Only prose is folded. Where the terminal is too narrow for the rest, each row becomes lines of its own:
    a serial number or an address that is cut reads as another one.
    """
    if not rows:
        say(f"{title}: none." if title else "None.")
        return
    if title:
        say(title)
    names = [column.rstrip(">~") for column in columns]
    texts = [[cell(value) for value in row] for row in rows]
    out = console()
    if _needed(columns, [names, *texts]) > out.width:
        for row in texts:
            facts(dict(zip(names, row, strict=True)))
            say("")
        return
    grid = Table()
    for column, name in zip(columns, names, strict=True):
        right, prose = column.endswith(">"), column.endswith("~")
        grid.add_column(name, justify="right" if right else "left", no_wrap=not prose)
    for row in texts:
        grid.add_row(*map(Text, row))
    out.print(grid)


def _needed(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Terminal columns that a table takes at least, its lines and blanks included."""
    longest = [max(len(row[place]) for row in rows) for place in range(len(columns))]
    widths = [min(w, _PROSE) if name.endswith("~") else w for name, w in zip(columns, longest, strict=True)]
    return sum(widths) + 3 * len(columns) + 1


def facts(pairs: Mapping[str, object]) -> None:
    """Names and values of one thing, a line each. What is None is left out."""
    shown = {name: cell(value) for name, value in pairs.items() if value not in (None, "")}
    width = max((len(name) for name in shown), default=0)
    for name, value in shown.items():
        say(f"{name:<{width}}  {value}")


def cell(value: object) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return word(value)
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    return value.isoformat() if isinstance(value, date) else str(value)


def word(value: Enum) -> str:
    """An enumeration's member in words, such as `host NDC`."""
    return _CAPITALS.get(value.name, value.name.lower().replace("_", " "))


def tonnes(kilograms: int) -> str:
    """`1,234.5`: tonnes with thousands separators and the decimals it has; for a column named tonnes."""
    whole, rest = divmod(kilograms, 1000)
    return f"{whole:,}" + (f".{rest:03}".rstrip("0") if rest else "")


def moment(seconds: int) -> str:
    """`2026-11-23 15:22:09 UTC`; empty for 0, which is "not yet"."""
    return f"{from_seconds(Seconds(seconds)):%Y-%m-%d %H:%M:%S} UTC" if seconds else ""


def plain(value: Any) -> Any:
    """A value as JSON has it. Units are in the names (`retired_kilograms`); moments are ISO 8601, UTC."""
    if isinstance(value, Enum):
        return word(value).replace(" ", "-").lower()
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return _record(value)
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _record(value: Any) -> dict[str, Any]:
    hints = get_type_hints(type(value))
    members = {field.name: (hints[field.name], getattr(value, field.name)) for field in fields(value)}
    for name, member in vars(type(value)).items():
        if isinstance(member, property) and member.fget is not None:
            members[name] = (get_type_hints(member.fget).get("return"), getattr(value, name))
    return dict(_named(name, kind, inner) for name, (kind, inner) in members.items())


def _named(name: str, kind: Any, value: Any) -> tuple[str, Any]:
    if kind is Seconds:
        return name, plain(from_seconds(Seconds(value))) if value else None
    if kind is Kilograms and not name.endswith("kilograms"):
        return f"{name}_kilograms", plain(value)
    return name, plain(value)


@contextmanager
def progress(doing: str, *, hidden: bool = False) -> Iterator[Advance]:
    """A bar on stderr that appears once the work has taken two seconds. `doing` says what is done."""
    started = datetime.now(UTC)
    to_stderr = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=to_stderr,
        transient=True,
        disable=hidden or not to_stderr.is_terminal,
    )
    task = bar.add_task(doing, total=None, note="")

    def advance(done: int, total: int, *, doing: str | None = None, note: str = "") -> None:
        if not bar.live.is_started and (datetime.now(UTC) - started).total_seconds() > _SHOWN_AFTER:
            bar.start()
        bar.update(task, completed=done, total=total, description=doing, note=note)

    try:
        yield advance
    finally:
        if bar.live.is_started:
            bar.stop()


_CAPITALS = {
    "CORSIA": "CORSIA",
    "CORSIA_PHASE_1": "CORSIA-1",
    "CORSIA_PHASE_2": "CORSIA-2",
    "NDC": "NDC",
    "OVER_ISSUANCE": "over-issuance",
    "HOST_NDC": "host NDC",
}


@contextmanager
def waiting(doing: str, *, hidden: bool = False) -> Iterator[None]:
    """A sign on stderr that work goes on whose length nobody knows."""
    to_stderr = Console(stderr=True)
    if hidden or not to_stderr.is_terminal:
        yield
        return
    with to_stderr.status(doing):
        yield
