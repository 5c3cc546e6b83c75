"""What became of each serial number that came on chain: every batch cut into runs with one fate.

Retirements and cancellations take a batch's kilograms from its front, redemptions whole serials from its end
(I4), so the fate of each serial follows from the events, whoever holds the rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from onetonne.index import queries, schema
from onetonne.index.store import translated
from onetonne.terms import (
    KILOGRAMS_PER_TONNE,
    Batch,
    BatchId,
    CancellationKind,
    Kilograms,
    Purpose,
    RetirementId,
    Seconds,
    Serial,
)

_NOTHING = Kilograms(0)


class Fate(StrEnum):
    """Of a whole serial number; `PARTLY` where some of its kilograms are ended and the rest circulates."""

    LIVE = "live"
    PARTLY = "partly ended"
    RETIRED = "retired"
    CANCELLED = "cancelled"
    REDEEMED = "redeemed"


@dataclass(frozen=True, slots=True)
class Act:
    """What ended kilograms `start .. start + kilograms` of a batch. `id` is of its kind: retirements and
    cancellations count for themselves. `claim` and `purpose` are a retirement's, `kind` and `reason` a
    cancellation's.
    """

    fate: Fate
    id: int
    start: Kilograms
    kilograms: Kilograms
    time: Seconds
    block: int
    transaction: str
    claim: RetirementId | None = None
    purpose: Purpose | None = None
    kind: CancellationKind | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Serials of one batch, first to last inclusive, that share a fate and the acts behind it.

    `left` are the kilograms of a `PARTLY` ended serial that circulate still.
    """

    fate: Fate
    first: Serial
    last: Serial
    acts: tuple[Act, ...] = ()
    left: Kilograms = _NOTHING


@dataclass(frozen=True, slots=True)
class TracedBatch:
    """A batch with its runs, in order: together they are its block, no more and no less.

    `block` and `transaction` are those of its issue; `programme` and `project` are codes.
    """

    batch: Batch
    programme: str
    project: str
    block: int
    transaction: str
    runs: tuple[Run, ...]


def trace(engine: Engine) -> list[TracedBatch]:
    """Every batch of an index, as it is, in the order of their ids. Raises `IndexStoreError`."""
    with translated(engine), engine.connect() as connection:
        acts = _acts(connection)
        codes = {row.programme: row.code for row in connection.execute(select(schema.programmes))}
        projects = {row.project: row.code for row in connection.execute(select(schema.projects))}
        issued = {row.batch: row for row in connection.execute(_placed(schema.batches))}
        return [
            TracedBatch(
                batch,
                codes[batch.programme],
                projects[batch.project],
                issued[batch.id].block_number,
                _word(issued[batch.id].transaction_hash),
                tuple(runs_of(batch, acts.get(batch.id, ()))),
            )
            for batch in queries.batches(connection)
        ]


def runs_of(batch: Batch, acts: Sequence[Act]) -> Iterator[Run]:
    """The runs of a batch's block; `acts` in the order in which they took from it."""
    shared: list[Act] = []  # of the serial that the next act begins in
    for act in acts:
        start, end = act.start, act.start + act.kilograms
        if start % KILOGRAMS_PER_TONNE:
            shared.append(act)
            whole = -(-start // KILOGRAMS_PER_TONNE)
            if end < whole * KILOGRAMS_PER_TONNE:
                continue
            yield _run(batch, shared, whole - 1, whole)
            shared, start = [], Kilograms(whole * KILOGRAMS_PER_TONNE)
        if end // KILOGRAMS_PER_TONNE > start // KILOGRAMS_PER_TONNE:
            yield _run(batch, [act], start // KILOGRAMS_PER_TONNE, end // KILOGRAMS_PER_TONNE)
        if end % KILOGRAMS_PER_TONNE and end > start:
            shared = [act]
    taken = batch.retired + batch.cancelled
    front = Serial(batch.first + taken // KILOGRAMS_PER_TONNE)
    if shared:
        left = Kilograms(KILOGRAMS_PER_TONNE - taken % KILOGRAMS_PER_TONNE)
        yield Run(Fate.PARTLY, front, front, tuple(shared), left)
        front = Serial(front + 1)
    end_of_live = Serial(batch.last - batch.redeemed // KILOGRAMS_PER_TONNE)
    if front <= end_of_live:
        yield Run(Fate.LIVE, front, end_of_live)
    if end_of_live < batch.last:
        yield Run(Fate.REDEEMED, Serial(end_of_live + 1), batch.last)


def _run(batch: Batch, acts: Sequence[Act], start: int, end: int) -> Run:
    """Serials from `start` to before `end`, counted from 0. Of several acts the first gives the fate."""
    return Run(acts[0].fate, Serial(batch.first + start), Serial(batch.first + end - 1), tuple(acts))


def _acts(connection: Connection) -> dict[BatchId, list[Act]]:
    """By batch, in the order in which they took from it."""
    found: dict[BatchId, list[Act]] = {}
    for row in connection.execute(_placed(schema.retirements)):
        claim, purpose = RetirementId(row.claim), Purpose(row.purpose)
        act = _act(Fate.RETIRED, row.retirement, row, claim=claim, purpose=purpose)
        found.setdefault(BatchId(row.batch), []).append(act)
    for row in connection.execute(_placed(schema.cancellations)):
        kind = CancellationKind(row.kind)
        act = _act(Fate.CANCELLED, row.cancellation, row, kind=kind, reason=row.reason)
        found.setdefault(BatchId(row.batch), []).append(act)
    for acts in found.values():
        acts.sort(key=lambda act: act.start)
    return found


def _act(fate: Fate, id_: int, row: Any, **more: Any) -> Act:
    return Act(
        fate,
        id_,
        Kilograms(row.from_kilogram),
        Kilograms(row.kilograms),
        Seconds(row.timestamp),
        row.block_number,
        _word(row.transaction_hash),
        **more,
    )


def _placed(table: Table) -> Any:
    """A table's rows with their block's time and their transaction."""
    blocks, sent = schema.blocks, schema.transactions
    return (
        select(table, blocks.c.timestamp, sent.c.hash.label("transaction_hash"))
        .join_from(table, blocks, blocks.c.number == table.c.block_number)
        .join(
            sent,
            (sent.c.block_number == table.c.block_number)
            & (sent.c.transaction_index == table.c.transaction_index),
        )
    )


def _word(value: bytes) -> str:
    return "0x" + value.hex()
