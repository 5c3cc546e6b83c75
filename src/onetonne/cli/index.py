"""`onetonne index`: the chain's events in SQL, for lists and for the audit."""

import typer

from onetonne.cli.options import AsJson
from onetonne.cli.output import facts, plain, progress, say, show_json
from onetonne.cli.session import session_of

app = typer.Typer(no_args_is_help=True, help="Keep the chain's events in a database of one's own.")


@app.command()
def sync(context: typer.Context, as_json: AsJson = False) -> None:
    """Read what is new on the chain into the index, and take back what the chain took back.

    SQLite in the home folder, or the database that ONETONNE_INDEX names. Commands that list things do it too.

    Example: onetonne index sync
    """
    session = session_of(context)
    with progress("Reading the chain's events", hidden=as_json) as advance:
        result = session.index.sync(
            session.chain, session.deployment, progress=lambda at, last, _logs: advance(at, last)
        )
    if as_json:
        show_json(result)
        return
    if result.removed_blocks:
        say(f"The chain had replaced {result.removed_blocks:,} blocks of the index; they were read again.")
    if result.first > result.last:
        say(f"Nothing new: the index is at block {result.last:,}.")
    else:
        say(f"Read {result.logs:,} events of blocks {result.first:,} to {result.last:,}.")


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show where the index is and how far behind the chain.

    Example: onetonne index status --json
    """
    session = session_of(context)
    cursor, head = session.index.cursor, session.chain.head()
    place = session.index.engine.url.render_as_string(hide_password=True)
    if as_json:
        show_json({"index": place, "cursor": plain(cursor), "head": head})
        return
    facts(
        {
            "Index": place,
            "Reached block": f"{cursor.block:,}" if cursor else "none yet; run `onetonne index sync`",
            "Chain's latest": f"{head:,}",
        }
    )
