"""Exports checked row by row and against each other, before anything is put on chain."""

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path

import polars as pl

from onetonne.errors import FormatError
from onetonne.registries.batches import rebuild
from onetonne.registries.blocks import Progress
from onetonne.registries.defects import Defect, DefectKind, Note
from onetonne.registries.export import Export, read
from onetonne.registries.overlaps import MAX_PAIRS, Claim, Sweep, contested, sweep
from onetonne.registries.report import CheckReport, FileReport, TonnesReport
from onetonne.registries.snapshots import compare
from onetonne.registries.typed import ISSUED
from onetonne.terms import Programme, Status

_PARTS_OF_READING = 1000


def check(
    paths: Sequence[str | PathLike[str]],
    *,
    since: Sequence[str | PathLike[str]] = (),
    progress: Progress | None = None,
) -> CheckReport:
    """Every row of every file, accepted or refused. Raises `FileError` where a file as a whole can't be
    used.

    Blocks are compared over all files, so give files that state each block once: one snapshot of a
    programme's transactions, or its retirements and its cancellations. What was issued is compared with what
    was issued, what is held or was used with the same: a programme that issues in one file and retires in
    another states the same tonnes in both. An earlier snapshot goes into `since`: then the report tells
    splits, corrections and disappearances from double issuances.
    """
    _check_given_once([*paths, *since])
    stages = _Stages(len(paths) + len(since), progress)
    exports = [read(path, stages.next()) for path in paths]
    earlier = [read(path, stages.next()) for path in since]
    found = _sweep(exports)
    pairs = _pair_defects(found)
    refused = [{origin.row for origin in found.refused if origin.file == one.table.path} for one in exports]
    standing = [
        export.sound & ~export.frame["row"].is_in(pl.Series(list(rows), dtype=pl.UInt32).implode())
        for export, rows in zip(exports, refused, strict=True)
    ]
    files = tuple(_file_report(one, mask, pairs) for one, mask in zip(exports, standing, strict=True))
    return CheckReport(
        files=files,
        defects=tuple(sorted([d for e in exports for d in e.defects] + pairs, key=_place)),
        notes=tuple(_notes(exports, found)),
        overlaps=len(found.overlaps) + found.pairs_left_out,
        tonnes=TonnesReport.sum(file.tonnes for file in files),
        exports=tuple(exports),
        standing=tuple(standing),
        since=compare(earlier, exports) if earlier else None,
        batches=rebuild(exports, standing),
    )


class _Stages:
    """One progress for the reading of several files."""

    def __init__(self, stages: int, progress: Progress | None) -> None:
        self.total = stages * _PARTS_OF_READING
        self.progress = progress
        self.begun = -1

    def next(self) -> Callable[[int, int], None]:
        self.begun += 1
        base = self.begun * _PARTS_OF_READING

        def advance(done: int, size: int) -> None:
            if self.progress is not None:
                self.progress(base + _PARTS_OF_READING * done // max(size, 1), self.total)

        return advance


def _check_given_once(paths: Sequence[str | PathLike[str]]) -> None:
    seen: set[Path] = set()
    for path in paths:
        if Path(path).resolve() in seen:
            raise FormatError(path, "it is given twice; give each file once")
        seen.add(Path(path).resolve())


def _sweep(exports: Sequence[Export]) -> Sweep:
    """Blocks whose size is their row's quantity, sound otherwise or not: a wrong quantity may mean a wrong
    block, which would seem to overlap hundreds of sound ones.
    """
    blocks = [
        export.of_their_size.select(
            pl.when(pl.col("status word") == ISSUED).then(0).otherwise(1).alias("space"),
            *("prefix", "first", "last", "row"),
            pl.lit(number).alias("file"),
        )
        for number, export in enumerate(exports)
        if export.typed.has("serial") and export.typed.has("quantity")
    ]
    if not blocks:
        return Sweep()
    disputed = contested(pl.concat(blocks)).sort("file", "row")
    found = Sweep()
    for space in (0, 1):
        claims: list[Claim] = []
        for (number,), rows in disputed.filter(space=space).group_by("file", maintain_order=True):
            claims += exports[int(str(number))].claims_of(rows["row"])
        found.add(sweep(claims))
    return found


def _pair_defects(found: Sweep) -> list[Defect]:
    """A defect for each row of each pair that is refused for it, naming the other."""
    defects: list[Defect] = []
    for claim, first in found.duplicates:
        same = claim.statement == first.statement
        problem = "repeats the block" if same else "says something else about the block"
        defects.append(_pair(DefectKind.DUPLICATE, claim, first, problem))
        if not same:
            defects.append(_pair(DefectKind.DUPLICATE, first, claim, problem))
    for one, other in found.overlaps:
        defects.append(_pair(DefectKind.OVERLAP, one, other, "overlaps the block"))
        defects.append(_pair(DefectKind.OVERLAP, other, one, "overlaps the block"))
    listed = {defect.origin for defect in defects}
    defects += [
        Defect(
            DefectKind.OVERLAP, origin, f"{origin}: its block overlaps others, in pairs that are not listed."
        )
        for origin in found.refused - listed
    ]
    return defects


def _pair(kind: DefectKind, claim: Claim, other: Claim, problem: str) -> Defect:
    sentence = f"{claim.origin}: {claim.block} {problem} of {other.origin}, {other.block}."
    return Defect(kind, claim.origin, sentence, other.origin)


def _file_report(export: Export, stands: pl.Series, pairs: Sequence[Defect]) -> FileReport:
    table, frame = export.table, export.frame
    own = export.defects + [defect for defect in pairs if defect.origin.file == table.path]
    rows: dict[DefectKind, set[int]] = {}
    for defect in own:
        rows.setdefault(defect.kind, set()).add(defect.origin.row)
    accepted, refused = frame.filter(stands), frame.filter(~stands)
    legible = refused.filter(pl.col("tonnes") > 0) if export.typed.has("quantity") else refused.clear()
    unmeasured = set(refused["row"].to_list()) - set(legible["row"].to_list())
    unmeasured |= {row for row, _ in table.broken}
    return FileReport(
        path=table.path,
        layout=export.layout.title,
        kind=str(export.layout.kind),
        programmes=_programmes(export),
        encoding=table.encoding,
        delimiter=table.delimiter,
        dates=export.convention.name,
        numbers=export.numbers.name,
        rows=table.rows,
        accepted=len(accepted),
        refused=table.rows - len(accepted),
        parsed=export.parsed,
        blank_rows=table.blank_rows,
        unmeasured=tuple(sorted(unmeasured)),
        defects={kind: tuple(sorted(rows[kind])) for kind in DefectKind if kind in rows},
        tonnes=_tonnes(accepted, legible),
    )


def _programmes(export: Export) -> tuple[Programme, ...]:
    """Whose rows are sound in the file."""
    sound = export.frame.filter(export.sound)
    if not export.typed.has("serial"):
        return (export.layout.programme,) if len(sound) else ()
    return tuple(sorted(Programme(code) for code in sound["programme"].unique().drop_nulls()))


def _tonnes(accepted: pl.DataFrame, refused: pl.DataFrame) -> TonnesReport:
    if "tonnes" not in accepted.columns or "status word" not in accepted.columns:
        return TonnesReport.of({}, 0)
    sums = accepted.group_by("status word").agg(pl.col("tonnes").sum()).iter_rows()
    by_status: dict[str | None, int] = {
        None if word == ISSUED else Status(word): tonnes for word, tonnes in sums
    }
    return TonnesReport.of(by_status, int(refused["tonnes"].sum()))


def _notes(exports: Sequence[Export], found: Sweep) -> list[Note]:
    notes = [
        Note(export.table.path, text, tuple(rows))
        for export in exports
        for text, rows in export.notes.items()
    ]
    if found.pairs_left_out:
        text = (
            f"{found.pairs_left_out} overlapping pairs beyond the first {MAX_PAIRS} are counted, not listed"
        )
        notes.append(Note(exports[0].table.path, text))
    return notes


def _place(defect: Defect) -> tuple[str, int, str]:
    return defect.origin.file, defect.origin.row, defect.kind
