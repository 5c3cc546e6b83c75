"""A chain's side: every batch of an index, cut into runs with one fate."""

from onetonne.index import Index
from onetonne.index.fates import Fate, Run, TracedBatch, trace
from onetonne.reconciling.statements import Side, State, Statement
from onetonne.serials import block
from onetonne.terms import from_seconds

_STATES = {fate: State(str(fate)) for fate in Fate}


def chain_side(index: Index, name: str) -> Side:
    """What an index, synced by the caller, says of every serial on its chain. Raises `IndexStoreError`."""
    traced = trace(index.engine)
    statements = tuple(_statement(one, run, name) for one in traced for run in one.runs)
    return Side(name, statements, rows=len(traced))


def _statement(traced: TracedBatch, run: Run, name: str) -> Statement:
    batch = traced.batch
    held = block(batch.prefix or "", run.first, run.last)
    ended = max((act.time for act in run.acts), default=None)
    return Statement(
        side=name,
        programme=traced.programme,
        block=held,
        state=_STATES[run.fate],
        tonnes=held.tonnes,
        since=None if ended is None else from_seconds(ended).date(),
        created=from_seconds(batch.issued_at).date(),
        batch=batch.id,
        block_number=traced.block,
        transaction=traced.transaction,
        acts=run.acts,
        left=run.left,
    )
