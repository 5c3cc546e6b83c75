"""`onetonne label explain`, `tables` and `apply`: why a label holds, and who approved what."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer
from sqlalchemy import select

from onetonne.cli.options import AsJson
from onetonne.cli.output import moment, say, show_json, table
from onetonne.cli.session import Session, session_of
from onetonne.errors import BadInput, DateError, quoted
from onetonne.index import Index, schema
from onetonne.labels import Histories
from onetonne.labels.entries import Place
from onetonne.labels.explaining import explain as explained
from onetonne.labels.explanation import WORDS, Deciding, Explanation, Line
from onetonne.terms import BatchId, Seconds, to_days


def explain(
    context: typer.Context,
    batch: Annotated[int, typer.Argument(metavar="BATCH", min=1, help="Id of the batch.")],
    label: Annotated[
        str | None, typer.Option("--label", metavar="LABEL", help="Such as CORSIA-1; else all, briefly.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="WHEN", help="A day's end or a moment, UTC; else now. See below."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say why a batch holds a label or not: each condition, and the entry that decides it.

    WHEN is a day, such as 2026-01-31, and means its end, or a moment, such as 2026-01-31T12:00:00. The answer
    for a past moment never changes: later decisions do not touch it.

    Example: onetonne label explain 3 --label CORSIA-1 --at 2026-01-31
    """
    session = session_of(context)
    index = session.synced(quiet=as_json)
    histories, second = Histories.read(index), _second(session, index, at)
    if BatchId(batch) not in histories.batches:
        raise BadInput(
            f"There is no batch {batch} on this chain; `onetonne batch list` shows which there are."
        )
    labels = [_known(histories, label)] if label else list(histories.labels)
    found = [
        explained(histories, BatchId(batch), one, second, lambda place: _transaction(index, place))
        for one in labels
    ]
    if as_json:
        show_json(found[0] if label else {"batch": batch, "at": second, "labels": found})
    elif label:
        _show(session, found[0])
    else:
        _show_all(batch, second, found)


def _known(histories: Histories, label: str) -> str:
    code = label.strip().upper()
    if code not in histories.labels:
        raise BadInput(
            f"There is no label {quoted(label)} on this chain; `onetonne framework list` shows which there "
            "are."
        )
    return code


def _second(session: Session, index: Index, text: str | None) -> Seconds:
    """The second that `--at` means; now is the chain's. Raises `DateError` for the future."""
    reached = index.cursor
    assert reached is not None  # it was synced just now
    now = session.chain.block(reached.block).time
    if text is None:
        return now
    first, last = _bounds(text)
    if first > now:
        raise DateError(
            f"--at {quoted(text)} lies in the future: the chain's clock stands at {moment(now)}, and labels "
            "are only known up to there."
        )
    return min(last, now)


def _bounds(text: str) -> tuple[Seconds, Seconds]:
    """First and last second of a day, or a moment twice. Raises `DateError`."""
    word = text.strip()
    try:
        day = date.fromisoformat(word)
    except ValueError:
        pass
    else:
        to_days(day)
        start = datetime.combine(day, time(), UTC)
        return _stamp(start), _stamp(start + timedelta(seconds=86_399))
    try:
        given = datetime.fromisoformat(word.removesuffix("UTC").strip())
    except ValueError as problem:
        raise DateError(
            f"--at {quoted(text)} can't be read: write a day, such as 2026-01-31, or a moment, such as "
            "2026-01-31T12:00:00."
        ) from problem
    instant = given if given.tzinfo else given.replace(tzinfo=UTC)
    to_days(instant.astimezone(UTC).date())
    return _stamp(instant), _stamp(instant)


def _stamp(instant: datetime) -> Seconds:
    return Seconds(int(instant.timestamp()))


def _transaction(index: Index, place: Place) -> str | None:
    columns = schema.logs.c
    query = select(columns.transaction_hash).where(
        columns.block_number == place.block, columns.log_index == place.log_index
    )
    with index.engine.connect() as connection:
        found = connection.execute(query).scalar_one_or_none()
    return None if found is None else f"0x{found.hex()}"


def _show(session: Session, found: Explanation) -> None:
    for line in found.conditions:
        say(f"{WORDS[line.condition]}: {line.answer.value}. {line.sentence}")
        _show_entry(session, line)
    say(found.verdict)


def _show_entry(session: Session, line: Line) -> None:
    if line.entry is not None:
        say(*_entry_lines(session, line.entry, "    "))
    for step in line.recognised:
        say(f"    {step.sentence}")
        if step.entry is not None:
            say(*_entry_lines(session, step.entry, "        "))


def _entry_lines(session: Session, entry: Deciding, indent: str) -> list[str]:
    decided = f", decided on {entry.decided_on}" if entry.decided_on else ""
    lines = [f"counts from {moment(entry.counts_from)}{decided}"]
    if entry.source:
        lines.append(f"source {entry.source}")
    if entry.document:
        lines.append(f"hash of the document 0x{entry.document.hex()}")
    if entry.account:
        lines.append(f"by {session.shown(entry.account)}")
    lines.append(f"in block {entry.block}, transaction {entry.transaction}")
    return [indent + line for line in lines]


def _show_all(batch: int, second: Seconds, found: list[Explanation]) -> None:
    rows = [
        (one.label, one.held, one.conditional, ", ".join(WORDS[lack] for lack in one.missing))
        for one in found
    ]
    table(
        ["Label", "Held", "Conditional", "Missing~"],
        rows,
        title=f"Labels of batch {batch} as of {moment(second)}",
    )
    if found:
        say("With --label LABEL, each condition with what decides it.")
