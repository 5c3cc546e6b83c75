"""Batches of programmes whose issuances state no serial numbers, rebuilt from blocks held or used.

An issuance of ACR, CAR or ART says how much was issued, of which project and vintage, and when. Retirements,
cancellations and holdings give blocks of the batch: how far the batch reaches beyond them stays unknown, and
is said in tonnes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from onetonne.registries.export import Export
from onetonne.registries.layout import Kind
from onetonne.registries.typed import day_of
from onetonne.terms import Programme, Serial, Status, Tonnes

_ISSUE = day_of("issued_on")
_KEYS = ["programme", "project", "year"]


@dataclass(frozen=True, slots=True)
class RebuiltBatch:
    """What is known of one batch: `known` tonnes in `blocks` blocks from `first` to `last`, gaps or not.

    `issued_on` is there where the blocks' rows give it.
    """

    prefix: str
    programme: Programme
    project_id: str
    vintage_year: int
    issued_on: date | None
    first: Serial
    last: Serial
    blocks: int
    known: Tonnes
    retired: Tonnes
    cancelled: Tonnes
    live: Tonnes

    @property
    def gaps(self) -> Tonnes:
        """Between its first and last known serial."""
        return Tonnes(self.last - self.first + 1 - self.known)


@dataclass(frozen=True, slots=True)
class IssuedGroup:
    """Issuances of one project and vintage (and day, where both sides give it), and the batches of them.

    `unknown` are tonnes issued whose serials stand in no file given. `excess` are tonnes in blocks beyond
    what was issued: there is an issuance that this export lacks, or the blocks are wrong.
    """

    programme: Programme
    project_id: str
    vintage_year: int
    issued_on: date | None
    issuances: int
    issued: Tonnes
    known: Tonnes
    prefixes: tuple[str, ...]

    @property
    def unknown(self) -> Tonnes:
        return Tonnes(max(self.issued - self.known, 0))

    @property
    def excess(self) -> Tonnes:
        return Tonnes(max(self.known - self.issued, 0))


@dataclass(frozen=True, slots=True)
class Batches:
    """`groups` are of issuances; `unmatched` batches have blocks, and no issuance in the files given."""

    batches: tuple[RebuiltBatch, ...]
    groups: tuple[IssuedGroup, ...]
    unmatched: tuple[str, ...]

    @property
    def issued(self) -> Tonnes:
        return Tonnes(sum(group.issued for group in self.groups))

    @property
    def known(self) -> Tonnes:
        """Of what was issued, at most."""
        return Tonnes(sum(min(group.known, group.issued) for group in self.groups))

    @property
    def unknown(self) -> Tonnes:
        return Tonnes(sum(group.unknown for group in self.groups))

    @property
    def excess(self) -> tuple[IssuedGroup, ...]:
        return tuple(group for group in self.groups if group.excess)

    def to_json(self) -> dict[str, Any]:
        return {
            "issued": self.issued,
            "known": self.known,
            "unknown": self.unknown,
            "unmatched": list(self.unmatched),
            "batches": [_plain(batch) | {"gaps": batch.gaps} for batch in self.batches],
            "groups": [
                _plain(group) | {"unknown": group.unknown, "excess": group.excess} for group in self.groups
            ],
        }


def rebuild(exports: Sequence[Export], standing: Sequence[pl.Series]) -> Batches | None:
    """None where no export is of issuances without serial numbers."""
    pairs = list(zip(exports, standing, strict=True))
    issuing = [
        _columns(export, mask)
        for export, mask in pairs
        if export.layout.kind is Kind.ISSUANCES and not export.typed.has("serial")
    ]
    if not issuing:
        return None
    issued = pl.concat(issuing)
    parts = [
        _columns(export, mask)
        for export, mask in pairs
        if export.typed.has("serial") and export.layout.kind is not Kind.ISSUANCES
    ]
    blocks = pl.concat(parts) if parts else issued.clear()
    dated = not blocks.is_empty() and blocks[_ISSUE].null_count() == 0
    keys = [*_KEYS, _ISSUE] if dated else _KEYS
    batches = _batches(blocks.filter(pl.col("prefix").is_not_null()))
    known = _known(blocks, keys)
    grouped = issued.group_by(keys).agg(pl.col("tonnes").sum(), pl.len().alias("issuances"))
    joined = grouped.join(known, on=keys, how="left", nulls_equal=True).sort(keys)
    groups = tuple(_group(row) for row in joined.iter_rows(named=True))
    matched = {prefix for group in groups for prefix in group.prefixes}
    unmatched = tuple(batch.prefix for batch in batches if batch.prefix not in matched)
    return Batches(batches, groups, unmatched)


def _columns(export: Export, mask: pl.Series) -> pl.DataFrame:
    frame = export.frame.filter(mask)

    def column(name: str, kind: type[pl.DataType]) -> pl.Expr:
        return (pl.col(name) if name in frame.columns else pl.lit(None, kind).alias(name)).cast(kind)

    own = pl.lit(str(export.layout.programme)).alias("programme")
    return frame.select(
        pl.col("programme") if "programme" in frame.columns else own,
        column("project", pl.String),
        column("year", pl.Int32),
        column(_ISSUE, pl.Date),
        column("prefix", pl.String),
        column("first", pl.UInt64),
        column("last", pl.UInt64),
        column("tonnes", pl.Int64),
        column("status word", pl.String),
    )


def _batches(blocks: pl.DataFrame) -> tuple[RebuiltBatch, ...]:
    def of(status: Status) -> pl.Expr:
        return pl.col("tonnes").filter(pl.col("status word") == str(status)).sum().alias(str(status))

    grouped = blocks.group_by("prefix").agg(
        pl.col(*_KEYS, _ISSUE).first(),
        pl.col("first").min(),
        pl.col("last").max(),
        pl.len().alias("blocks"),
        pl.col("tonnes").sum().alias("known"),
        *(of(status) for status in (Status.RETIRED, Status.CANCELLED, Status.LIVE)),
    )
    return tuple(
        RebuiltBatch(
            prefix=row["prefix"],
            programme=Programme(row["programme"]),
            project_id=row["project"],
            vintage_year=row["year"],
            issued_on=row[_ISSUE],
            first=Serial(row["first"]),
            last=Serial(row["last"]),
            blocks=row["blocks"],
            known=Tonnes(row["known"]),
            retired=Tonnes(row[str(Status.RETIRED)]),
            cancelled=Tonnes(row[str(Status.CANCELLED)]),
            live=Tonnes(row[str(Status.LIVE)]),
        )
        for row in grouped.sort("prefix").iter_rows(named=True)
    )


def _known(blocks: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    return blocks.group_by(keys).agg(
        pl.col("tonnes").sum().alias("known"), pl.col("prefix").drop_nulls().unique().sort().alias("prefixes")
    )


def _group(row: dict[str, Any]) -> IssuedGroup:
    return IssuedGroup(
        programme=Programme(row["programme"]),
        project_id=row["project"],
        vintage_year=row["year"],
        issued_on=row.get(_ISSUE),
        issuances=row["issuances"],
        issued=Tonnes(row["tonnes"]),
        known=Tonnes(row["known"] or 0),
        prefixes=tuple(row["prefixes"] or ()),
    )


def _plain(record: Any) -> dict[str, Any]:
    return {name: _plain_value(getattr(record, name)) for name in record.__slots__}


def _plain_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
