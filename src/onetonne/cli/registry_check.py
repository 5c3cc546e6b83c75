"""`onetonne registry check`: exports held against their own rows, each other, and an earlier snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson
from onetonne.cli.output import progress, say, show_json, table

if TYPE_CHECKING:
    from onetonne import registries
    from onetonne.registries import Batches, Change, CheckReport, Comparison, FileReport

DEFECTS_FOUND = 1  # exit code, as of a check of anything
_MOST_SHOWN = 500  # rows of a table for people; --json has all of them


def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Exports of programme registries.")],
    since: Annotated[
        list[Path] | None,
        typer.Option("--since", metavar="FILE", help="An earlier snapshot of the same; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check exports row by row and against each other; nothing is sent. Exit code 1 where rows are refused.

    Give files that state each block once: a programme's transactions, or its retirements and cancellations.
    With --since, also tell splits and corrections from blocks that disappeared or were issued twice.

    Example: onetonne registry check retirements.csv cancellations.csv
    """
    from onetonne import registries

    with progress("Reading", hidden=as_json) as advance:
        report = registries.check(files, since=since or (), progress=advance)
    if as_json:
        show_json(report.to_json())
    else:
        _show(report)
    suspect = report.since.suspect if report.since else ()
    if not report.sound or suspect:
        raise typer.Exit(DEFECTS_FOUND)


def _show(report: CheckReport) -> None:
    from onetonne import registries

    for file in report.files:
        _show_file(file)
    counts = [(str(kind), n) for kind in registries.DefectKind if (n := report.count(kind))]
    if counts:
        table(["Defect", "Rows>"], [(kind, f"{n:,}") for kind, n in counts], title="Defects by kind")
    defects = [_defect(defect, len(report.files) > 1) for defect in report.defects[:_MOST_SHOWN]]
    columns = ["Row>", "Defect", "What is wrong~"]
    table(["File", *columns] if len(report.files) > 1 else columns, defects, title="Defects")
    _say_rest(len(report.defects))
    for note in report.notes:
        rows = f"{len(note.rows):,} row{'' if len(note.rows) == 1 else 's'} of " if note.rows else ""
        say(f"Note on {rows}{note.file}: {note.text}.")
    if report.batches is not None:
        _show_batches(report.batches)
    if report.since is not None:
        _show_since(report.since)
    if report.sound:
        say(f"All {report.rows:,} rows are sound.")
    else:
        say(f"{report.refused:,} of {report.rows:,} rows are refused.")


def _show_file(file: FileReport) -> None:
    delimiter = {"\t": "tabs"}.get(file.delimiter, f"{file.delimiter!r}")
    read = [
        file.layout,
        ", ".join(file.programmes) or "no programme",
        file.encoding,
        f"delimiter {delimiter}" if file.delimiter else "",
        f"dates {file.dates}",
        f"quantities {file.numbers}" if file.numbers != "none" else "",
    ]
    say(f"{file.path}: {'; '.join(part for part in read if part)}.")
    sums = file.tonnes
    rows = [
        ("live", "", sums.live),
        ("retired", "", sums.retired),
        ("cancelled", "", sums.cancelled),
        ("issued", "", sums.issued),
        ("accepted in all", file.accepted, sums.accepted),
        ("refused", file.refused, sums.refused),
        ("the whole file", file.rows, sums.total),
    ]
    shown = [(name, _number(count), _number(tonnes)) for name, count, tonnes in rows if tonnes or count]
    table(["Of which", "Rows>", "Tonnes>"], shown)


def _show_batches(batches: Batches) -> None:
    say(
        f"Batches rebuilt from blocks: {len(batches.batches):,}. Of {batches.issued:,} t issued without "
        f"serial numbers, the serials of {batches.known:,} t are known; those of {batches.unknown:,} t are "
        "in no file given."
    )
    if batches.unmatched:
        say(f"{len(batches.unmatched):,} batches have blocks, but no issuance in the files given.")
    rows = [
        (group.project_id, group.vintage_year, f"{group.issued:,}", f"{group.known:,}", f"{group.excess:,}")
        for group in batches.excess[:_MOST_SHOWN]
    ]
    if rows:
        columns = ["Project", "Vintage>", "Issued, t>", "In blocks, t>", "Too many, t>"]
        table(columns, rows, title="More in blocks than was issued")


def _show_since(since: Comparison) -> None:
    rows = [("unchanged", since.unchanged), *((str(kind), n) for kind, n in since.counts.items())]
    rows.append((f"new, {since.new_tonnes:,} t", since.new))
    table(["Since the earlier snapshot", "Blocks>"], [(name, f"{n:,}") for name, n in rows])
    changes: Sequence[Change] = sorted(since.changes, key=lambda change: change not in since.suspect)
    shown = [
        (change.before.row, str(change.kind), f"{change.tonnes:,}", change.sentence)
        for change in changes[:_MOST_SHOWN]
    ]
    table(["Earlier row>", "Change", "Tonnes>", "What became of it~"], shown, title="Changes")
    _say_rest(len(changes))


def _say_rest(count: int) -> None:
    if count > _MOST_SHOWN:
        say(f"{count - _MOST_SHOWN:,} more are not shown: --json lists all of them.")


def _defect(defect: registries.Defect, named: bool) -> tuple[object, ...]:
    origin = defect.origin
    cells = (origin.row, str(defect.kind), defect.sentence.removeprefix(f"{origin}: "))
    return (Path(origin.file).name, *cells) if named else cells


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else ""
