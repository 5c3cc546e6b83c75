"""What became of each kilogram of one batch, in the order of its serial numbers; and how it changed hands.

Retirements and cancellations take a batch's kilograms from its front, redemptions whole serial numbers from
its end (I4), so each of them has its own. What circulates in between has no owner by serial number: accounts
hold quantities of it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, and_, select

from onetonne.errors import IndexStoreError
from onetonne.index import queries, schema
from onetonne.index.events import ZERO_ACCOUNT
from onetonne.index.fates import Fate
from onetonne.index.store import translated
from onetonne.index.views import KINDS, PURPOSES
from onetonne.terms import (
    KILOGRAMS_PER_TONNE,
    Address,
    Batch,
    BatchId,
    CancellationKind,
    Kilograms,
    Purpose,
    Seconds,
    Serial,
    serials_of,
)

_NEVER = Seconds(0)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Kilograms of a block that one act ended, or that circulate.

    `first_kilograms` and `last_kilograms` are what it takes of its first and last serial number; where both
    are one serial number, they are the same kilograms.
    """

    fate: Fate
    kilograms: Kilograms
    first: Serial
    last: Serial
    first_kilograms: Kilograms
    last_kilograms: Kilograms
    act: int | None = None
    """Id of the retirement, which is its certificate's, or of the cancellation or redemption."""
    holder: Address | None = None
    """Who held it until then."""
    beneficiary: Address | None = None
    why: str = ""
    """A retirement's purpose; a cancellation's kind and reason."""
    time: Seconds = _NEVER
    transaction: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A change of hands. `sender` is None where the batch was issued."""

    time: Seconds
    sender: Address | None
    recipient: Address
    kilograms: Kilograms
    transaction: str


@dataclass(frozen=True, slots=True)
class BatchHistory:
    """`stretches` follow each other without a gap: together they are the block."""

    batch: Batch
    stretches: tuple[Stretch, ...]
    holders: tuple[tuple[Address, Kilograms], ...]
    """Who holds what circulates, the largest first."""
    moves: tuple[Move, ...]
    """In the order in which they happened, from the issuance on; not what left."""


def history_of(engine: Engine, batch: BatchId) -> BatchHistory:
    """From the index as it is: `sync` it first. Raises `IndexStoreError` where it has no such batch."""
    with translated(engine), engine.connect() as connection:
        found = queries.batches(connection, schema.batches.c.batch == batch)
        if not found:
            raise IndexStoreError(f"The index has no batch {batch}; `onetonne batch list` shows which.")
        moves = _rows(connection, schema.movements, batch)
        return BatchHistory(found[0], tuple(_stretches(connection, found[0])), _holders(moves), _kept(moves))


def _stretches(connection: Connection, batch: Batch) -> list[Stretch]:
    taken = [
        (row.from_kilogram, _ended(batch, row, Fate.RETIRED, row.retirement, PURPOSES[Purpose(row.purpose)]))
        for row in _rows(connection, schema.retirements, batch.id)
    ]
    for row in _rows(connection, schema.cancellations, batch.id):
        kind = KINDS[CancellationKind(row.kind)]
        why = f"{kind}: {row.reason}" if row.reason else kind
        taken.append((row.from_kilogram, _ended(batch, row, Fate.CANCELLED, row.cancellation, why)))
    stretches = [stretch for _, stretch in sorted(taken, key=lambda one: one[0])]
    if batch.in_circulation:
        start = Kilograms(batch.retired + batch.cancelled)
        stretches.append(
            Stretch(Fate.LIVE, batch.in_circulation, *serials_of(batch.first, start, batch.in_circulation))
        )
    return stretches + _redeemed(connection, batch.id)


def _ended(batch: Batch, row: Any, fate: Fate, act: int, why: str) -> Stretch:
    kilograms = Kilograms(row.kilograms)
    serials = serials_of(batch.first, Kilograms(row.from_kilogram), kilograms)
    beneficiary = Address(row.beneficiary) if fate is Fate.RETIRED else None
    place = Seconds(row.timestamp), _word(row.transaction_hash)
    return Stretch(fate, kilograms, *serials, act, Address(row.holder), beneficiary, why, *place)


def _redeemed(connection: Connection, batch: BatchId) -> list[Stretch]:
    """In the order of their serial numbers, which is the reverse of time."""
    asked, answers, whole = schema.redemptions, schema.redemption_answers, Kilograms(KILOGRAMS_PER_TONNE)
    query = (
        select(answers.c.first, asked.c.redemption, asked.c.holder)
        .join_from(asked, answers, answers.c.redemption == asked.c.redemption)
        .where(and_(asked.c.batch == batch, answers.c.first.is_not(None)))
    )
    who = {row.first: row for row in connection.execute(query)}
    return [
        Stretch(
            Fate.REDEEMED,
            Kilograms(row.kilograms),
            Serial(row.first),
            Serial(row.last),
            whole,
            whole,
            who[row.first].redemption,
            Address(who[row.first].holder),
            time=Seconds(row.timestamp),
            transaction=_word(row.transaction_hash),
        )
        for row in sorted(_rows(connection, schema.redeemed_blocks, batch), key=lambda row: row.first)
    ]


def _holders(moves: list[Any]) -> tuple[tuple[Address, Kilograms], ...]:
    held: dict[str, int] = {}
    for row in moves:
        held[row.sender] = held.get(row.sender, 0) - row.kilograms
        held[row.recipient] = held.get(row.recipient, 0) + row.kilograms
    del held[ZERO_ACCOUNT]
    left = ((Address(account), Kilograms(kilograms)) for account, kilograms in held.items() if kilograms)
    return tuple(sorted(left, key=lambda one: (-one[1], one[0])))


def _kept(moves: list[Any]) -> tuple[Move, ...]:
    return tuple(
        Move(
            Seconds(row.timestamp),
            None if row.sender == ZERO_ACCOUNT else Address(row.sender),
            Address(row.recipient),
            Kilograms(row.kilograms),
            _word(row.transaction_hash),
        )
        for row in moves
        if row.recipient != ZERO_ACCOUNT
    )


def _rows(connection: Connection, source: Table, batch: BatchId) -> list[Any]:
    """A batch's rows of a table, in their order, with their block's second and their transaction."""
    blocks, sent = schema.blocks, schema.transactions
    own = source.c.transaction_index
    its = (sent.c.block_number == source.c.block_number) & (sent.c.transaction_index == own)
    place = [source.c.block_number, source.c.log_index] + ([source.c.item] if "item" in source.c else [])
    query = (
        select(source, blocks.c.timestamp, sent.c.hash.label("transaction_hash"))
        .join_from(source, blocks, blocks.c.number == source.c.block_number)
        .join(sent, its)
        .where(source.c.batch == batch)
        .order_by(*place)
    )
    return list(connection.execute(query))


def _word(value: bytes) -> str:
    return "0x" + value.hex()
