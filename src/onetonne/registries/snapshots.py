"""Two snapshots of one programme registry: what became of each block of the earlier one.

A block that comes back in parts was split; one that is there under another project was issued twice. Only
blocks that changed are looked at one by one.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from onetonne.registries.export import Export
from onetonne.registries.rows import Origin
from onetonne.registries.typed import ISSUED, day_of
from onetonne.terms import Status, Tonnes

_KEYS = ["space", "prefix", "first", "last"]
_STATED = {
    "tonnes": "quantity",
    "project": "project",
    day_of("issued_on"): "date of issue",
    day_of("ended_on"): "date of its end",
    "kind": "kind of cancellation",
}
_OPTIONAL = {"project": pl.String, day_of("issued_on"): pl.Date, day_of("ended_on"): pl.Date}


class ChangeKind(StrEnum):
    SPLIT = "split"
    MERGED = "merged"
    CORRECTED = "corrected"
    RETIRED = "retired since"
    CANCELLED = "cancelled since"
    CAME_BACK = "live again"
    PARTLY_GONE = "partly disappeared"
    DISAPPEARED = "disappeared"
    REISSUED = "issued twice"


SUSPECT = frozenset(
    {ChangeKind.CAME_BACK, ChangeKind.PARTLY_GONE, ChangeKind.DISAPPEARED, ChangeKind.REISSUED}
)
"""What a programme registry never does in the ordinary course of things."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the block that stood at `before`; `after` is where it or its parts stand now."""

    kind: ChangeKind
    before: Origin
    after: tuple[Origin, ...]
    tonnes: Tonnes
    sentence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`unchanged` and `new` count blocks; `new_tonnes` are in those that the earlier snapshot didn't have."""

    unchanged: int
    new: int
    new_tonnes: Tonnes
    changes: tuple[Change, ...]

    @property
    def counts(self) -> dict[ChangeKind, int]:
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in ChangeKind if found[kind]}

    @property
    def suspect(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.kind in SUSPECT)

    def to_json(self) -> dict[str, Any]:
        return {
            "unchanged": self.unchanged,
            "new": self.new,
            "new_tonnes": self.new_tonnes,
            "counts": {str(kind): count for kind, count in self.counts.items()},
            "changes": [
                {
                    "kind": str(change.kind),
                    "suspect": change.kind in SUSPECT,
                    "tonnes": change.tonnes,
                    "before": {"file": change.before.file, "row": change.before.row},
                    "after": [{"file": origin.file, "row": origin.row} for origin in change.after],
                    "sentence": change.sentence,
                }
                for change in self.changes
            ],
        }


@dataclass(frozen=True, slots=True)
class _Block:
    first: int
    last: int
    origin: Origin
    project: str | None
    sound: bool

    @property
    def tonnes(self) -> int:
        return self.last - self.first + 1


def compare(earlier: Sequence[Export], later: Sequence[Export]) -> Comparison:
    """What became of the blocks of `earlier` in `later`."""
    before, after = _blocks(earlier), _blocks(later)
    same = before.join(after, on=_KEYS, how="inner", suffix=" now").unique(_KEYS)
    changes = [change for row in _altered(same) if (change := _same_block(row, earlier, later))]
    gone = before.join(after, on=_KEYS, how="anti")
    fresh = after.join(before, on=_KEYS, how="anti")
    moved, explained = _moved(_grouped(gone, earlier), _grouped(fresh, later))
    new = fresh.filter(pl.col("sound"))
    unexplained = [
        last - first + 1
        for file, row, first, last in new.select("file", "row", "first", "last").iter_rows()
        if Origin(later[file].table.path, row) not in explained
    ]
    return Comparison(
        unchanged=len(same) - len(changes),
        new=len(unexplained),
        new_tonnes=Tonnes(sum(unexplained)),
        changes=tuple(sorted(changes + moved, key=lambda one: (one.before.file, one.before.row))),
    )


def _blocks(exports: Sequence[Export]) -> pl.DataFrame:
    """Every block that could be read. `sound` where its size is its row's quantity."""
    parts = []
    for number, export in enumerate(exports):
        frame = export.frame
        if not {"first", "tonnes", "status word"} <= set(frame.columns):
            continue
        columns = [
            pl.col(name) if name in frame.columns else pl.lit(None, kind).alias(name)
            for name, kind in _OPTIONAL.items()
        ]
        size = (pl.col("last") - pl.col("first")).cast(pl.Int64, strict=False) + 1
        parts.append(
            frame.filter(pl.col("first").is_not_null()).select(
                pl.when(pl.col("status word") == ISSUED).then(0).otherwise(1).alias("space"),
                *("prefix", "first", "last", "row", "tonnes", "status word", "kind"),
                *columns,
                pl.lit(number).alias("file"),
                sound=size == pl.col("tonnes"),
            )
        )
    empty = {"space": pl.Int32, "prefix": pl.String, "first": pl.UInt64, "last": pl.UInt64}
    return pl.concat(parts) if parts else pl.DataFrame(schema=empty)


def _altered(same: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows about one block that say different things of it now."""
    if "status word" not in same.columns:
        return []
    differs = pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(f"{name} now")) for name in ("status word", *_STATED)
    )
    return same.filter(differs).to_dicts()


def _same_block(row: dict[str, Any], earlier: Sequence[Export], later: Sequence[Export]) -> Change | None:
    was, now = row["status word"], row["status word now"]
    block = f"{row['prefix']} {row['first']} to {row['last']}"
    before = Origin(earlier[row["file"]].table.path, row["row"])
    after = Origin(later[row["file now"]].table.path, row["row now"])
    tonnes = Tonnes(row["last"] - row["first"] + 1)
    if was == now:
        fields = [name for column, name in _STATED.items() if row[column] != row[f"{column} now"]]
        told = f"{block} of {before} has another {' and '.join(fields)} at {after}"
        if row["tonnes"] != row["tonnes now"]:
            told += f": {row['tonnes']:,} t has become {row['tonnes now']:,} t"
        return Change(ChangeKind.CORRECTED, before, (after,), tonnes, f"{told}.")
    kinds = {str(Status.RETIRED): ChangeKind.RETIRED, str(Status.CANCELLED): ChangeKind.CANCELLED}
    ended = {str(Status.RETIRED), str(Status.CANCELLED)}
    kind = ChangeKind.CAME_BACK if was in ended and now not in ended else kinds.get(now, ChangeKind.CORRECTED)
    return Change(kind, before, (after,), tonnes, f"{block} was {was} at {before} and is {now} at {after}.")


def _grouped(blocks: pl.DataFrame, exports: Sequence[Export]) -> dict[tuple[int, str], list[_Block]]:
    """By namespace, in the order of their first serials."""
    found: dict[tuple[int, str], list[_Block]] = {}
    if "row" not in blocks.columns:
        return found
    columns = ("space", "prefix", "first", "last", "file", "row", "project", "sound")
    for space, prefix, first, last, file, row, project, sound in (
        blocks.sort("first", "last").select(columns).iter_rows()
    ):
        origin = Origin(exports[file].table.path, row)
        found.setdefault((space, prefix), []).append(_Block(first, last, origin, project, bool(sound)))
    return found


def _moved(
    gone: dict[tuple[int, str], list[_Block]], fresh: dict[tuple[int, str], list[_Block]]
) -> tuple[list[Change], set[Origin]]:
    """What became of blocks that are no more, and which new blocks that explains."""
    changes: list[Change] = []
    for (space, prefix), blocks in gone.items():
        now = [block for block in fresh.get((space, prefix), []) if block.sound]
        starts = [block.first for block in now]
        reach = [0, *_furthest(now)]
        for block in blocks:
            end = bisect_left(starts, block.last + 1)
            begin = bisect_left(reach, block.first) - 1
            parts = [part for part in now[max(begin, 0) : end] if part.last >= block.first]
            change = _became(prefix, block, parts, blocks)
            if change is not None:
                changes.append(change)
    return changes, {origin for change in changes for origin in change.after}


def _furthest(blocks: Sequence[_Block]) -> list[int]:
    """The furthest end up to each block."""
    ends: list[int] = []
    for block in blocks:
        ends.append(max(block.last, ends[-1] if ends else 0))
    return ends


def _became(prefix: str, block: _Block, parts: list[_Block], gone: list[_Block]) -> Change | None:
    def change(kind: ChangeKind, tonnes: int, said: str) -> Change:
        where = tuple(part.origin for part in parts)
        sentence = f"{prefix} {block.first} to {block.last} of {block.origin} {said}."
        return Change(kind, block.origin, where, Tonnes(tonnes), sentence)

    if not block.sound:
        near = [part for part in parts if part.first == block.first or part.last == block.last][:1]
        if not near:
            return None
        parts = near
        said = f"is {near[0].first} to {near[0].last} at {near[0].origin}"
        return change(ChangeKind.CORRECTED, near[0].tonnes, said)
    if not parts:
        return change(ChangeKind.DISAPPEARED, block.tonnes, "is there no more")
    if any(part.project and block.project and part.project != block.project for part in parts):
        other = next(part for part in parts if part.project != block.project)
        said = f"was of project {block.project}, and is of {other.project} at {other.origin}"
        return change(ChangeKind.REISSUED, block.tonnes, said)
    inside = [part for part in parts if block.first <= part.first and part.last <= block.last]
    if len(inside) == len(parts):
        left = block.tonnes - sum(part.tonnes for part in parts)
        if left == 0:
            return change(ChangeKind.SPLIT, block.tonnes, f"has become {len(parts)} blocks")
        if len(parts) == 1 and parts[0].first == block.first:
            said = f"now ends at {parts[0].last}, at {parts[0].origin}"
            return change(ChangeKind.CORRECTED, block.tonnes, said)
        return change(ChangeKind.PARTLY_GONE, left, f"is there in part: {left:,} t of it are no more")
    if len(parts) == 1:
        whole = parts[0]
        covered = sum(one.tonnes for one in gone if whole.first <= one.first and one.last <= whole.last)
        if covered == whole.tonnes:
            said = f"has become a part of {whole.first} to {whole.last}"
            return change(ChangeKind.MERGED, block.tonnes, said)
        said = f"is {whole.first} to {whole.last} at {whole.origin}"
        return change(ChangeKind.CORRECTED, block.tonnes, said)
    said = f"has become {len(parts)} blocks, which reach beyond it"
    return change(ChangeKind.CORRECTED, block.tonnes, said)
