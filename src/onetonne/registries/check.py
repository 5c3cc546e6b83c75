"""Exports checked row by row and against each other, before anything is put on chain."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from onetonne.errors import FormatError
from onetonne.registries.defects import Defect, DefectKind, Note
from onetonne.registries.export import Export, read
from onetonne.registries.overlaps import MAX_PAIRS, Claim, Sweep, sweep
from onetonne.registries.report import CheckReport, FileReport, TonnesReport
from onetonne.registries.rows import Row
from onetonne.terms import Tonnes


def check(paths: Sequence[str | PathLike[str]]) -> CheckReport:
    """Every row of every file, accepted or refused. Raises `FileError` where a file as a whole can't be
    used.

    Blocks are compared over all files, so give files that state each block once: one snapshot of a
    programme's transactions, or its retirements and its cancellations.
    """
    _check_given_once(paths)
    exports = [read(path) for path in paths]
    found = sweep([claim for export in exports for claim in export.claims])
    pairs = _pair_defects(found)
    files: list[FileReport] = []
    accepted: list[Row] = []
    for export in exports:
        stands = [row for row in export.rows if row.origin not in found.refused]
        accepted += stands
        files.append(_file_report(export, stands, pairs))
    return CheckReport(
        files=tuple(files),
        defects=tuple(sorted([d for e in exports for d in e.defects] + pairs, key=_place)),
        notes=tuple(_notes(exports, found)),
        accepted=tuple(accepted),
        overlaps=len(found.overlaps) + found.pairs_left_out,
        tonnes=TonnesReport.of(accepted, Tonnes(sum(file.tonnes.refused for file in files))),
    )


def _check_given_once(paths: Sequence[str | PathLike[str]]) -> None:
    seen: set[Path] = set()
    for path in paths:
        if Path(path).resolve() in seen:
            raise FormatError(path, "it is given twice; give each file once")
        seen.add(Path(path).resolve())


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


def _file_report(export: Export, stands: Sequence[Row], pairs: Sequence[Defect]) -> FileReport:
    table = export.table
    rows = len(table.records) + len(table.broken)
    kept = {row.origin.row for row in stands}
    own = export.defects + [defect for defect in pairs if defect.origin.file == table.path]
    bad = {record.row for record in table.records} - kept
    return FileReport(
        path=table.path,
        layout=export.layout.title,
        kind=str(export.layout.kind),
        programmes=tuple(sorted({row.programme for row in export.rows})),
        encoding=table.encoding,
        delimiter=table.delimiter,
        dates=export.convention.name,
        rows=rows,
        accepted=len(stands),
        refused=rows - len(stands),
        parsed=export.parsed,
        blank_rows=table.blank_rows,
        unmeasured=tuple(sorted((bad - export.tonnes.keys()) | {row for row, _ in table.broken})),
        defects={
            kind: rows_of
            for kind in DefectKind
            if (rows_of := tuple(sorted({d.origin.row for d in own if d.kind is kind})))
        },
        tonnes=TonnesReport.of(stands, Tonnes(sum(export.tonnes.get(row, 0) for row in bad))),
    )


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
