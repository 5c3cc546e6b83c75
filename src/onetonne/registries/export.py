"""One export file into typed columns, defects, and rows for those who ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike

import polars as pl

from onetonne.registries.blocks import Progress
from onetonne.registries.building import build
from onetonne.registries.dates import Convention
from onetonne.registries.defects import Defect
from onetonne.registries.judging import judge, notes
from onetonne.registries.layout import Layout, layout_of
from onetonne.registries.numbers import NumberForm
from onetonne.registries.overlaps import Claim
from onetonne.registries.rows import Origin, Row
from onetonne.registries.tables import Table, read_table
from onetonne.registries.typed import Typed, type_columns
from onetonne.serials import block
from onetonne.terms import Tonnes

__all__ = ["Export", "read"]


@dataclass
class Export:
    """A file, read. Every row of it is sound or has a defect.

    Rows have been checked one by one, not against each other. `typed.frame` holds them in columns, `sound`
    says which have no defect; `rows` makes dataclasses of those.
    """

    typed: Typed
    defects: list[Defect] = field(default_factory=list)

    @property
    def table(self) -> Table:
        return self.typed.table

    @property
    def layout(self) -> Layout:
        return self.typed.layout

    @property
    def convention(self) -> Convention:
        return self.typed.convention

    @property
    def numbers(self) -> NumberForm:
        return self.typed.numbers

    @property
    def frame(self) -> pl.DataFrame:
        return self.typed.frame

    @cached_property
    def sound(self) -> pl.Series:
        """True for each row of `frame` that has no defect of its own."""
        bad = {defect.origin.row for defect in self.defects}
        return ~self.frame["row"].is_in(pl.Series(list(bad), dtype=pl.UInt32).implode())

    @cached_property
    def notes(self) -> Mapping[str, Sequence[int]]:
        """What was done or assumed with sound rows, with their numbers."""
        return notes(self.typed, self.sound)

    @cached_property
    def rows(self) -> list[Row]:
        """Every row that has no defect of its own."""
        return self.build(self.sound)

    @cached_property
    def tonnes(self) -> Mapping[int, Tonnes]:
        """Each legible quantity by its row, sound or not."""
        if "tonnes" not in self.frame.columns:
            return {}
        legible = self.frame.filter(pl.col("tonnes") > 0)
        return dict(zip(legible["row"].to_list(), legible["tonnes"].to_list(), strict=True))

    @property
    def parsed(self) -> int:
        """Rows whose serial number could be read."""
        return self.frame["first"].len() - self.frame["first"].null_count() if self.typed.has("serial") else 0

    @cached_property
    def of_their_size(self) -> pl.DataFrame:
        """The rows, sound otherwise or not, whose quantity is the size of their block.

        Only these are compared with others: a wrong quantity may mean a wrong block, which would seem to
        overlap hundreds of sound ones.
        """
        if not self.typed.has("serial"):
            return self.frame.clear()
        distance = (pl.col("tonnes") - 1).cast(pl.UInt64, strict=False)
        return self.frame.filter((pl.col("last") - pl.col("first")) == distance)

    @property
    def claims(self) -> list[Claim]:
        """The blocks of all rows `of_their_size`."""
        return self.claims_of(self.of_their_size["row"])

    def claims_of(self, rows: pl.Series) -> list[Claim]:
        """The blocks of some rows, and what the rows say of them: the row itself, or its cells if unsound."""
        cells = self.frame.filter(pl.col("row").is_in(rows.implode()))
        sound = self.sound.filter(self.frame["row"].is_in(rows.implode()))
        made: dict[int, object] = {row.origin.row: row for row in build(self.typed, cells.filter(sound))}
        made |= dict(zip(*self._texts_of(cells.filter(~sound)), strict=True))
        return [
            Claim(block(prefix, first, last), Origin(self.table.path, row), made[row])
            for prefix, first, last, row in cells.select("prefix", "first", "last", "row").iter_rows()
        ]

    def _texts_of(self, cells: pl.DataFrame) -> tuple[list[int], list[tuple[object, ...]]]:
        return cells["row"].to_list(), cells.drop("row").rows()

    def build(self, mask: pl.Series) -> list[Row]:
        """The sound rows where `mask` holds."""
        return list(build(self.typed, self.frame.filter(mask)))


def read(path: str | PathLike[str], progress: Progress | None = None) -> Export:
    """The rows of one export. Raises `FileError` where the file as a whole can't be used."""
    known: list[tuple[Layout, dict[str, int]]] = []

    def wanted(header: Sequence[str]) -> Sequence[int]:
        known.append(layout_of(path, header))
        return sorted(set(known[-1][1].values()))

    table = read_table(path, wanted, progress)
    layout, places = known[-1]
    typed = type_columns(table, layout, places)
    return Export(typed, judge(typed))
