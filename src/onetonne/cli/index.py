"""`onetonne index`: the chain's events in SQL, for lists and for the audit."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson
from onetonne.cli.output import facts, plain, progress, remark, say, show_json
from onetonne.cli.session import Session, session_of
from onetonne.errors import NodeUnreachable

if TYPE_CHECKING:
    from onetonne.index import Progress, SyncResult

app = typer.Typer(no_args_is_help=True, help="Keep the chain's events in a database of one's own.")

_EVERY = 2.0  # seconds between looks at a chain that is followed

Verify = Annotated[
    bool,
    typer.Option(
        "--verify", help="Have the node prove each event; what was read without proof is read again."
    ),
]
Finality = Annotated[
    int, typer.Option(min=0, metavar="BLOCKS", help="Leave the newest blocks out until so many are above.")
]
NoRaw = Annotated[
    bool,
    typer.Option("--no-raw-logs", help="Keep tables only: half the size, and no way to make them again."),
]
Follow = Annotated[bool, typer.Option("--follow", help="Go on with what comes, until Ctrl+C.")]


@app.command()
def sync(
    context: typer.Context,
    follow: Follow = False,
    verify: Verify = False,
    finality: Finality = 0,
    no_raw_logs: NoRaw = False,
    as_json: AsJson = False,
) -> None:
    """Read what is new on the chain into the index, and take back what the chain took back.

    SQLite in the home folder, or the database that ONETONNE_INDEX names. Commands that list things do it too.
    With --follow and --json, each piece of news is a line.

    Example: onetonne index sync --verify
    """
    session = session_of(context)

    def read() -> SyncResult:
        with _shown("Reading the chain's events", hidden=as_json) as told:
            return session.index.sync(
                session.chain,
                session.deployment,
                verify=verify,
                finality=finality,
                raw=False if no_raw_logs else None,
                progress=told,
            )

    if follow:
        _follow(session, read, as_json)
        return
    result = read()
    if as_json:
        show_json(result)
    else:
        _tell(result, quiet=False)
        if verify and session.index.verified is not None:
            say(f"All of them are proved, if block {session.index.verified.block:,} has the hash")
            say(session.index.verified.hash)


def _follow(session: Session, read: Callable[[], SyncResult], as_json: bool) -> None:
    """Goes on where the node is away for a while; it says so, once."""
    away = False
    try:
        while True:
            try:
                result = read()
            except NodeUnreachable as problem:
                if not away:
                    remark(f"{problem} Going on when it is back.")
                away = True
            else:
                away = False
                if as_json and (result.first <= result.last or result.removed_blocks):
                    print(json.dumps(plain(result)), flush=True)
                elif not as_json:
                    _tell(result, quiet=True)
                    sys.stdout.flush()
            time.sleep(_EVERY)
    except KeyboardInterrupt:
        cursor = session.index.cursor
        remark(f"Stopped; the index is at block {cursor.block:,}." if cursor else "Stopped.")


def _tell(result: SyncResult, *, quiet: bool) -> None:
    if result.removed_blocks:
        say(f"The chain had replaced {result.removed_blocks:,} blocks of the index; they were read again.")
    if result.first <= result.last:
        say(f"Read {result.logs:,} events of blocks {result.first:,} to {result.last:,}.")
    elif not quiet:
        say(f"Nothing new: the index is at block {result.last:,}.")


@contextmanager
def _shown(doing: str, *, hidden: bool) -> Iterator[Progress]:
    """A bar over blocks, with the rate in events."""
    started = time.monotonic()
    with progress(doing, hidden=hidden) as advance:

        def told(block: int, last: int, logs: int) -> None:
            advance(block, last, note=f"{logs / (time.monotonic() - started):,.0f} events/s")

        yield told


@app.command()
def rederive(context: typer.Context, as_json: AsJson = False) -> None:
    """Make the tables of the index again from the raw logs it keeps, without a node.

    A new version of onetonne does it by itself where it has other tables.

    Example: onetonne index rederive
    """
    session = session_of(context)
    with progress("Reading the raw logs", hidden=as_json) as advance:
        logs = session.index.rederive(progress=advance)
    if as_json:
        show_json({"logs": logs})
    else:
        say(f"Made the tables again from {logs:,} raw logs.")


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show where the index is, how far behind the chain, and how much of it was proved.

    Example: onetonne index status --json
    """
    session = session_of(context)
    cursor, verified, head = session.index.cursor, session.index.verified, session.chain.head()
    place = session.index.engine.url.render_as_string(hide_password=True)
    if as_json:
        show_json({"index": place, "cursor": plain(cursor), "verified": plain(verified), "head": head})
        return
    facts(
        {
            "Index": place,
            "Reached block": f"{cursor.block:,}" if cursor else "none yet; run `onetonne index sync`",
            "Proved to block": f"{verified.block:,}, {verified.hash}" if verified else "none",
            "Chain's latest": f"{head:,}",
        }
    )
