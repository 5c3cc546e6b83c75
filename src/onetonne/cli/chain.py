"""`onetonne chain`: a chain of one's own, to try everything on."""

from typing import Annotated

import typer

from onetonne.cli.options import AsJson
from onetonne.cli.output import facts, say, show_json
from onetonne.cli.session import session_of

app = typer.Typer(no_args_is_help=True, help="Run a local chain, whose state survives restarts.")


@app.command()
def up(
    context: typer.Context,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="0: the last one, or any that is free.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Start the local chain, unless it runs; every command uses it that is given no --rpc.

    It listens on this machine only, costs nothing, and keeps its state in the home folder.

    Example: onetonne chain up
    """
    session = session_of(context)
    running = session.local.up(port)
    if as_json:
        show_json(running)
    else:
        say(f"Local chain {running.chain_id} runs at {running.url} (process {running.process}).")


@app.command()
def down(context: typer.Context, as_json: AsJson = False) -> None:
    """Stop the local chain; `chain up` goes on from its state.

    Example: onetonne chain down
    """
    session = session_of(context)
    was_running = session.local.status() is not None
    session.local.down()
    if as_json:
        show_json({"running": False, "was_running": was_running})
    else:
        say(
            "The local chain is down; its state is kept."
            if was_running
            else "The local chain was not running."
        )


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show whether the local chain runs, and which chain the commands here would use.

    Example: onetonne chain status --json
    """
    session = session_of(context)
    running = session.local.status()
    used = session.chain if session.rpc or running else None
    document = {
        "local": running,
        "used": {"url": used.url, "chain_id": used.chain_id, "block": used.head()} if used else None,
    }
    if as_json:
        show_json(document)
        return
    facts(
        {
            "Local chain": f"runs at {running.url} (process {running.process})"
            if running
            else "does not run",
            "Chain in use": f"{used.chain_id}, latest block {used.head()}" if used else "none",
            "Home": session.home,
        }
    )
