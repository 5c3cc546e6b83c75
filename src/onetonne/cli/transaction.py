"""`onetonne transaction`: what was sent from this home, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson, DryRun, Sender
from onetonne.cli.output import facts, moment, say, show_json, table, waiting
from onetonne.cli.sending import report
from onetonne.cli.session import Session, session_of
from onetonne.errors import BadInput, quoted
from onetonne.terms import Seconds

if TYPE_CHECKING:
    from onetonne.chain.journal import Entry

app = typer.Typer(
    no_args_is_help=True,
    help="Show what was sent from this home, wait for it, speed it up or cancel it.",
)

Hash = Annotated[str, typer.Argument(metavar="HASH", help="Its hash, or enough of its beginning.")]


@app.command("list")
def list_(
    context: typer.Context,
    only_open: Annotated[
        bool, typer.Option("--open", help="Only those that are in no block that was seen.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List what was sent to the chain from this home, the latest first, with what is known of it now.

    Example: onetonne transaction list --open
    """
    session = session_of(context)
    outbox = session.chain.outbox
    entries = [outbox.look_up(entry) for entry in _entries(session)]
    entries = [entry for entry in entries if entry.state.is_open or not only_open]
    if as_json:
        show_json([_document(entry) for entry in entries])
        return
    table(
        ["Signed", "Account", "Nonce>", "What", "State", "Block>", "Hash"],
        [
            (
                moment(int(entry.time)),
                session.short(entry.account),
                entry.nonce,
                entry.what,
                entry.state,
                entry.block,
                entry.hash,
            )
            for entry in entries
        ],
    )


@app.command()
def show(context: typer.Context, hash_: Hash, as_json: AsJson = False) -> None:
    """Show one transaction, and what became of it.

    Example: onetonne transaction show 0x5f3c
    """
    session = session_of(context)
    entry = session.chain.outbox.look_up(_found(session, hash_))
    if as_json:
        show_json(_document(entry))
        return
    facts(
        {
            "Transaction": entry.hash,
            "State": entry.state,
            "What": entry.what,
            "Account": session.shown(entry.account),
            "To": entry.to,
            "Nonce": entry.nonce,
            "Signed": moment(int(entry.time)),
            "Block": entry.block,
            "In place of": entry.replaces,
            "Replaced by": entry.by,
            "Details kept in": entry.file,
        }
    )


@app.command()
def wait(context: typer.Context, hash_: Hash, as_json: AsJson = False) -> None:
    """Wait until a transaction is in a block, and say what it did.

    Example: onetonne transaction wait 0x5f3c
    """
    session = session_of(context)
    entry = _found(session, hash_)
    with waiting(f"Waiting for {entry.hash}", hidden=as_json):
        sent = session.chain.outbox.wait(entry)
    if as_json:
        show_json(_document(_found(session, entry.hash)))
    else:
        say(f"{entry.what}: done.", f"Transaction {sent.transaction} in block {sent.block}.")


@app.command("speed-up")
def speed_up(
    context: typer.Context,
    hash_: Hash,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Send a transaction that waits once more, with fees at least an eighth higher: only one of both counts.

    Example: onetonne transaction speed-up 0x5f3c --from airline
    """
    _replace(session_of(context), hash_, sender, dry_run, as_json, cancel=False)


@app.command()
def cancel(
    context: typer.Context,
    hash_: Hash,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Put one that does nothing in the place of a transaction that waits. What is in a block stays.

    Example: onetonne transaction cancel 0x5f3c --from airline
    """
    _replace(session_of(context), hash_, sender, dry_run, as_json, cancel=True)


def _replace(
    session: Session, hash_: str, sender: str | None, dry_run: bool, as_json: bool, *, cancel: bool
) -> None:
    entry = _found(session, hash_)
    signer = session.signer(sender)
    if signer.address != entry.account:
        raise BadInput(
            f"Transaction {entry.hash} is of {session.shown(entry.account)}: only that can replace it."
        )
    sent = session.chain.outbox.replace(entry, signer, cancel=cancel, dry_run=dry_run)
    done = f"{entry.what} is cancelled." if cancel else f"{entry.what}: done."
    report(sent, as_json, {"what": entry.what, "in_place_of": entry.hash, "cancelled": cancel}, done)


def _entries(session: Session) -> list[Entry]:
    every: Iterator[Entry] = (
        entry for journal in session.chain.outbox.journals() for entry in journal.entries()
    )
    return sorted(every, key=lambda entry: entry.time, reverse=True)


def _found(session: Session, hash_: str) -> Entry:
    wanted = hash_.strip().lower()
    found = [entry for entry in _entries(session) if len(wanted) > 3 and entry.hash.startswith(wanted)]
    if len(found) != 1:
        many = "more than one transaction begins so" if found else "nothing with it was sent from this home"
        raise BadInput(
            f"Transaction {quoted(hash_)} can't be told: {many} (see `onetonne transaction list`)."
        )
    return found[0]


def _document(entry: Entry) -> dict[str, object]:
    from onetonne.terms import from_seconds

    return {
        "hash": entry.hash,
        "state": entry.state.value,
        "what": entry.what,
        "account": entry.account,
        "to": entry.to,
        "nonce": entry.nonce,
        "signed_at": from_seconds(Seconds(int(entry.time))),
        "block": entry.block,
        "in_place_of": entry.replaces,
        "replaced_by": entry.by,
        "details_file": entry.file,
    }
