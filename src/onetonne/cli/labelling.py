"""`onetonne label explain`, `tables` and `apply`: why a label holds, and who approved what."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson, Sender
from onetonne.cli.output import facts, moment, plain, progress, say, show_json, table
from onetonne.cli.root import Misuse
from onetonne.cli.session import Session, session_of
from onetonne.cli.words import rule_in_words
from onetonne.errors import BadInput, DateError, quoted
from onetonne.terms import BatchId, Seconds, to_days

if TYPE_CHECKING:
    from onetonne.index import Index
    from onetonne.labels import Histories
    from onetonne.labels.applying import Applied, ApplyPlan
    from onetonne.labels.entries import Place
    from onetonne.labels.explanation import Deciding, Explanation, Line
    from onetonne.labels.tables import LabelTable


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
    from onetonne.labels import Histories
    from onetonne.labels.explaining import explain as explained

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
    from onetonne.index.rows import transaction_at

    with index.engine.connect() as connection:
        return transaction_at(connection, place.block, place.log_index)


def _show(session: Session, found: Explanation) -> None:
    from onetonne.labels.explanation import WORDS

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
    from onetonne.labels.explanation import WORDS

    rows = [
        (one.label, one.held, one.conditional, ", ".join(WORDS[lack] for lack in one.missing))
        for one in found
    ]
    table(
        ["Label", "Held", "Conditional", "Not met~"],
        rows,
        title=f"Labels of batch {batch} as of {moment(second)}",
    )
    if found:
        say("With --label LABEL, each condition with what decides it.")


_TABLE_HELP = "One of ccp, corsia-1 and corsia-2, or a file that ends in .toml."


def tables(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[TABLE]", help=_TABLE_HELP)] = None,
    as_json: AsJson = False,
) -> None:
    """List the tables of who approved what that come with the package, or show one.

    Each entry has its source and day. Those marked unverified could not be checked against a public source.

    Example: onetonne label tables corsia-1
    """
    from onetonne.labels import table_files

    if name is None:
        found = [table_files.shipped(one) for one in table_files.SHIPPED]
        rows = [_summary(one, known) for one, known in zip(table_files.SHIPPED, found, strict=True)]
        if as_json:
            show_json(rows)
        else:
            names = ["Table", "Label", "What", "As of", "Entries>", "Unverified>"]
            table(names, [tuple(row.values()) for row in rows])
        return
    known = table_files.read(name)
    if as_json:
        show_json(known)
    else:
        _show_table(known)


def apply(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TABLE", help=_TABLE_HELP)],
    programme: Annotated[
        str | None, typer.Option("--programme", metavar="CODE", help="Only what is about this programme.")
    ] = None,
    include_unverified: Annotated[
        bool, typer.Option("--include-unverified", help="Also entries that nobody could check.")
    ] = False,
    sender: Sender = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan only.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a label's entries on chain up to a table. The label's body only.

    First shows the plan: what is approved, changed, withdrawn, excluded, and what is the same already or not
    on this chain. What the chain approves and the table does not have is withdrawn. Run again, it does only
    what is not done yet.

    Example: onetonne label apply ccp --programme VCS --from icvcm
    """
    from onetonne.labels import Histories, applying, table_files

    session, wanted = session_of(context), table_files.read(name)
    histories = Histories.read(session.synced(quiet=as_json))
    plan = applying.plan(wanted, histories, programme=programme, include_unverified=include_unverified)
    if not as_json:
        _show_plan(plan)
    done = None
    if plan.to_send and not dry_run:
        signer = session.signer(sender)
        if not yes:
            _ask(len(plan.to_send))
        with progress("Applying", hidden=as_json) as advance:
            done = applying.apply(plan, session.ledger, signer, progress=advance)
    _show_end(plan, done, as_json)


def _ask(entries: int) -> None:
    if not sys.stdin.isatty():
        raise Misuse("There is no terminal to ask in: add --yes to do it, or --dry-run to see the plan only.")
    typer.confirm(f"Make these {entries:,} entries?", abort=True, err=True)


def _show_plan(plan: ApplyPlan) -> None:
    say(f"{plan.label}, table as of {plan.as_of}:")
    rows = [
        (
            step.action.value,
            str(step.subject),
            step.what,
            step.decision.decided_on,
            "" if step.verified else "unverified",
            step.decision.source,
        )
        for step in plan.steps
    ]
    table(["Step", "Subject", "What~", "Decided on", "Checked", "Source~"], rows)
    for note in plan.notes:
        say(f"Note: {note}")
    say(f"Entries to make: {len(plan.to_send):,}.")


def _show_end(plan: ApplyPlan, done: Applied | None, as_json: bool) -> None:
    if as_json:
        steps = [{**plain(step), "subject": str(step.subject)} for step in plan.steps]
        document = {"label": plan.label, "as_of": plan.as_of, "steps": steps, "notes": plan.notes}
        show_json({**document, "entries_to_make": len(plan.to_send), "result": done})
    elif done is not None:
        say(f"Done: {done.entries:,} entries, {done.gas_used:,} gas. They count from the next second on.")
    elif plan.to_send:
        say("Nothing was sent: this was a dry run.")
    else:
        say("Nothing is left to do.")


def _summary(name: str, known: LabelTable) -> dict[str, object]:
    from onetonne.labels.tables import unverified

    entries = known.all_stated[1:]  # the first is the rule's
    return {
        "table": name,
        "label": known.label,
        "name": known.name,
        "as_of": known.as_of,
        "entries": len(entries),
        "unverified": unverified(entries),
    }


def _show_table(known: LabelTable) -> None:
    from onetonne.labels.tables import shown

    facts(
        {
            "Label": known.label,
            "What": known.name,
            "As of": known.as_of,
            "Rule": rule_in_words(known.rule),
            "Source": known.stated.source,
            "Checked": "verified" if known.stated.verified else "unverified",
            "Note": known.stated.note,
        }
    )
    for title, rows in shown(known).items():
        if rows:
            table(
                ["Subject", "Terms~", "Decided on", "Checked", "Source~", "Note~"],
                [(*row[:3], "verified" if row[3] else "unverified", *row[4:]) for row in rows],
                title=title,
            )
