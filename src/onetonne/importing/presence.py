"""Rows whose serial numbers are on chain already: the same, split or joined since, ended there too, or wrong.

Between two snapshots a programme splits blocks and corrects quantities. A split or a join of what is on chain
is no second issuance: nothing is done. Where the file has less of a batch, or more, it is refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from onetonne.importing.outcome import PlannedBatch, Seen
from onetonne.importing.state import ChainBatch, ChainState
from onetonne.registries.rows import CreditRow
from onetonne.terms import BatchId, Kilograms, SerialBlock, Status, Tonnes

if TYPE_CHECKING:
    from onetonne.importing.rules import Rules


class Refused(Exception):
    """This row stays out. Caught in this package, where it becomes a `Refusal`."""

    def __init__(self, reason: str, batch: BatchId | None = None) -> None:
        self.reason = reason
        self.batch = batch
        super().__init__(reason)


def present(planned: PlannedBatch, there: Sequence[ChainBatch], rules: "Rules") -> PlannedBatch:
    """The same, known to be on chain. Raises `Refused` where the chain says otherwise of these serials."""
    for one in there:
        _check_facts(planned, one, rules.state)
    first, block = there[0], planned.block
    if (first.first, first.last) == (block.first, block.last):
        return _the_same(planned, first, rules)
    if len(there) == 1 and first.holds(block):
        seen = Seen.SPLIT
    elif covered(block, there):
        seen = Seen.JOINED
    else:
        raise Refused(_disagreement(block, there), first.id)
    live = next((one for one in there if one.circulates(block)), None)
    if planned.row.status is Status.LIVE:
        return replace(planned, batch=first.id, ending=None, seen=seen)
    if live is not None:
        raise Refused(f"{_taken(live)}, and some of these serial numbers are live there", live.id)
    return replace(planned, batch=first.id, ending=None, seen=Seen.ENDED)


def covered(block: SerialBlock, there: Sequence[ChainBatch]) -> bool:
    """Whether these batches, in order, hold every serial of the block, and none beside where several."""
    if len(there) == 1:
        return there[0].holds(block)
    held = sum(one.last - one.first + 1 for one in there)
    return bool(there) and (there[0].first, there[-1].last, held) == (block.first, block.last, block.tonnes)


def shares(rows: Iterable[CreditRow], state: ChainState) -> dict[BatchId, Tonnes]:
    """How many serials of each batch on chain the file has, in rows that lie inside it."""
    found: dict[BatchId, Tonnes] = {}
    for row in rows:
        block = row.serial.block if row.serial else None
        there = state.overlapping(block) if block else None
        if block is not None and there is not None and there.holds(block):
            found[there.id] = Tonnes(found.get(there.id, 0) + block.tonnes)
    return found


def check_whole(planned: PlannedBatch, found: dict[BatchId, Tonnes], state: ChainState) -> None:
    """Raises `Refused` for a part of a batch whose other parts the file has not: a corrected quantity."""
    if planned.batch is None or planned.seen not in (Seen.SPLIT, Seen.ENDED):
        return
    there = state.batches[planned.batch]
    size = there.last - there.first + 1
    had = found.get(there.id, 0)
    if there.holds(planned.block) and had != size:
        raise Refused(
            f"it is a part of what is on chain already: {_taken(there)}, {size:,} t, of which the file has "
            f"{had:,} t: a corrected quantity, or not the whole of it",
            there.id,
        )


def _the_same(planned: PlannedBatch, there: ChainBatch, rules: "Rules") -> PlannedBatch:
    """What is left to do with a batch that is exactly the row's."""
    ending = planned.ending
    if ending is None:
        seen = None if planned.row.status is Status.LIVE else Seen.ENDED
        return replace(planned, batch=there.id, seen=seen)
    if not there.circulates(planned.block):
        return replace(planned, batch=there.id, ending=None)
    if there.used:
        rest = Kilograms(there.kilograms - there.used)
        raise Refused(f"{_taken(there)}, of which {rest:,} kg are left, used in another way", there.id)
    if rules.at_source and rules.state.held[rules.programme.operator, there.id] != there.kilograms:
        raise Refused(
            f"{_taken(there)}, live and not the operator's: it can't be cancelled as ended at its source",
            there.id,
        )
    return replace(planned, batch=there.id)


def _check_facts(planned: PlannedBatch, there: ChainBatch, state: ChainState) -> None:
    project = state.codes[state.verifications[there.verification].project]
    if project != planned.period.project:
        raise Refused(f"{_taken(there)}, for project {project}", there.id)
    if (there.vintage_start, there.vintage_end) != (planned.vintage_start, planned.vintage_end):
        vintage = f"{there.vintage_start} to {there.vintage_end}"
        raise Refused(f"{_taken(there)}, with the vintage {vintage}", there.id)


def _disagreement(block: SerialBlock, there: Sequence[ChainBatch]) -> str:
    first = there[0]
    if len(there) == 1 and (block.first == first.first or block.last == first.last):
        size = first.last - first.first + 1
        return (
            f"a corrected quantity: it states {block.tonnes:,} t from {block.first} to {block.last}, and "
            f"{_taken(first)}, {size:,} t"
        )
    return f"its serial numbers are taken: {_taken(first)}"


def _taken(there: ChainBatch) -> str:
    return f"batch {there.id} on chain holds {there.prefix} {there.first} to {there.last}"
