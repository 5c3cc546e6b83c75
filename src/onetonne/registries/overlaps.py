"""Which rows name the same tonnes: sorted and swept, so about as fast as sorting, however many rows.

Sorted by namespace and first serial, a block touches an earlier one where it begins no later than the
furthest end so far. Few do: only those, and what they touch, are looked at pair by pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

import polars as pl

from onetonne.registries.rows import Origin
from onetonne.terms import SerialBlock

MAX_PAIRS = 10_000
"""Pairs listed: rows that all overlap each other have as many pairs as the square of their number."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row's claim to a block whose size is its quantity. `statement` is all that the row says, to
    compare.
    """

    block: SerialBlock
    origin: Origin
    statement: object


@dataclass(slots=True)
class Sweep:
    """`duplicates` pairs a claim with the first one to the same block, `overlaps` claims to different blocks.

    `pairs_left_out` counts the overlaps beyond `MAX_PAIRS`. `refused` holds where all rows stand that can't
    be accepted. Of rows that say exactly the same, the first is not among them; of rows that say different
    things about one block, or overlap, all are: which of them is right can't be known.
    """

    duplicates: list[tuple[Claim, Claim]] = field(default_factory=list)
    overlaps: list[tuple[Claim, Claim]] = field(default_factory=list)
    pairs_left_out: int = 0
    refused: set[Origin] = field(default_factory=set)

    def add(self, other: "Sweep") -> None:
        self.duplicates += other.duplicates
        self.overlaps += other.overlaps
        self.pairs_left_out += other.pairs_left_out
        self.refused |= other.refused


def contested(blocks: pl.DataFrame) -> pl.DataFrame:
    """The rows of `blocks` (`space`, `prefix`, `first`, `last`, any others) that share a tonne with another.

    Only blocks of one `space` are compared.
    """
    keys = ["space", "prefix"]
    ordered = blocks.sort([*keys, "first", "last"])
    begins = pl.any_horizontal(pl.col(key) != pl.col(key).shift() for key in keys).fill_null(True)
    namespace = begins.cum_sum()
    ordered = ordered.with_columns(namespace.alias("namespace"))
    reach = pl.col("last").cum_max().over("namespace")
    touches = (pl.col("first") <= reach.shift()) & (pl.col("namespace") == pl.col("namespace").shift())
    cluster = (~touches.fill_null(False)).cum_sum()
    ordered = ordered.with_columns(cluster.alias("cluster"))
    if ordered.is_empty() or ordered["cluster"].item(-1) == len(ordered):
        return ordered.clear().drop("namespace", "cluster")
    return ordered.filter(pl.len().over("cluster") > 1).drop("namespace", "cluster")


def sweep(claims: Sequence[Claim]) -> Sweep:
    """Duplicates and overlaps among all `claims`."""
    found = Sweep()
    by_block: dict[SerialBlock, list[Claim]] = {}
    for claim in claims:
        by_block.setdefault(claim.block, []).append(claim)
    for first, *later in by_block.values():
        found.duplicates += [(claim, first) for claim in later]
        found.refused.update(claim.origin for claim in later)
        if any(claim.statement != first.statement for claim in later):
            found.refused.add(first.origin)
    _sweep_blocks(by_block, found)
    return found


def _sweep_blocks(by_block: dict[SerialBlock, list[Claim]], found: Sweep) -> None:
    prefix = ""
    open_blocks: list[tuple[int, SerialBlock]] = []  # a heap, the block that ends first on top
    alone: SerialBlock | None = None  # the one open block, as long as nothing overlaps it
    for block in sorted(by_block, key=lambda one: (one.prefix, one.first, one.last)):
        if block.prefix != prefix:
            prefix, open_blocks, alone = block.prefix, [], None
        while open_blocks and open_blocks[0][0] < block.first:
            heappop(open_blocks)
        if open_blocks:
            room = max(0, MAX_PAIRS - len(found.overlaps))
            others = (by_block[other][0] for _, other in open_blocks[:room])
            found.overlaps += [(by_block[block][0], other) for other in others]
            found.pairs_left_out += max(0, len(open_blocks) - room)
            found.refused.update(claim.origin for claim in by_block[block])
            if alone is not None:
                found.refused.update(claim.origin for claim in by_block[alone])
            alone = None
        else:
            alone = block
        heappush(open_blocks, (block.last, block))
