"""Rows as CSV, JSON or Parquet: into a file, or for the next program."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from onetonne.cli.output import plain, say, show_json
from onetonne.cli.root import Misuse

if TYPE_CHECKING:
    from onetonne.index import Found


class FormatWord(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


Format = Annotated[
    FormatWord | None,
    typer.Option("--format", help="Else as the file's name ends, or a table. Parquet needs --out."),
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write it there, in place of what is there.")
]


def format_of(given: FormatWord | None, out: Path | None, as_json: bool) -> FormatWord:
    """What is to be written. Raises `Misuse` where the options contradict each other."""
    by_name = {f".{word}": word for word in FormatWord if word is not FormatWord.TABLE}
    if as_json and given not in (None, FormatWord.JSON):
        raise Misuse(f"--json and --format {given} contradict each other: give one of them.")
    chosen = FormatWord.JSON if as_json else given
    if chosen is None and out is not None:
        chosen = by_name.get(out.suffix.lower())
        if chosen is None:
            raise Misuse(f"{out.name} does not say its format: let it end in .csv, .json or .parquet.")
    if chosen is FormatWord.TABLE and out is not None:
        raise Misuse("A table is for the terminal: give --format csv, json or parquet with --out.")
    if chosen is FormatWord.PARQUET and out is None:
        raise Misuse("Parquet is no text: give --out FILE.")
    return chosen or FormatWord.TABLE


def write(found: Found, format_: FormatWord, out: Path | None) -> None:
    """Writes all rows, to standard output where no file is named."""
    if out is None:
        _WRITERS[format_](found, sys.stdout)
        return
    with _whole(out) as unfinished:
        if format_ is FormatWord.PARQUET:
            count = _parquet(found, unfinished)
        else:
            with unfinished.open("w", encoding="utf-8", newline="") as stream:
                count = _WRITERS[format_](found, stream)
    say(f"{count:,} rows are in {out}.")


def write_document(value: object, out: Path | None) -> None:
    """One JSON document that is no list of rows."""
    if out is None:
        show_json(value)
        return
    with _whole(out) as unfinished:
        unfinished.write_text(json.dumps(plain(value), indent=2, ensure_ascii=False) + "\n", "utf-8")
    say(f"It is in {out}.")


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """Where to write: the file appears once it is whole."""
    unfinished = out.with_name(f"{out.name}.unfinished")
    try:
        yield unfinished
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)


def _csv(found: Found, stream: TextIO) -> int:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(found.columns)
    count = 0
    for count, row in enumerate(found.rows, 1):  # noqa: B007
        writer.writerow(row)
    return count


def _json(found: Found, stream: TextIO) -> int:
    count = 0
    stream.write("[")
    for count, row in enumerate(found.rows, 1):
        record = dict(zip(found.columns, row, strict=True))
        stream.write(("\n  " if count == 1 else ",\n  ") + json.dumps(record, ensure_ascii=False))
    stream.write("\n]\n" if count else "]\n")
    return count


def _parquet(found: Found, path: Path) -> int:
    import polars

    rows = [tuple(row) for row in found.rows]
    frame = polars.DataFrame(rows, schema=list(found.columns), orient="row", infer_schema_length=None)
    frame.write_parquet(path)
    return len(rows)


_WRITERS = {FormatWord.CSV: _csv, FormatWord.JSON: _json}
