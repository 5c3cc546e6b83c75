"""The command `onetonne`: every noun's commands in one tree."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from onetonne import __version__
from onetonne.cli import (
    account,
    article6,
    audit,
    batch,
    bench,
    buffer,
    certificate,
    chain,
    credits,
    deploy,
    evidence,
    export,
    framework,
    freeze,
    history,
    host,
    index,
    label,
    methodology,
    portfolio,
    programme,
    project,
    reconcile,
    redeem,
    registry,
    retirement,
    retirements,
    shortfall,
    verifier,
    verify,
)
from onetonne.cli.root import RootGroup
from onetonne.cli.session import Session
from onetonne.home import home as home_folder

app = typer.Typer(
    cls=RootGroup, no_args_is_help=True, rich_markup_mode="markdown", pretty_exceptions_enable=False
)

NOUNS = {
    "chain": chain.app,
    "account": account.app,
    "programme": programme.app,
    "methodology": methodology.app,
    "verifier": verifier.app,
    "project": project.app,
    "verify": verify.app,
    "framework": framework.app,
    "label": label.app,
    "host": host.app,
    "article6": article6.app,
    "reversal": shortfall.reversal,
    "over-issuance": shortfall.over_issuance,
    "shortfall": shortfall.shortfall,
    "buffer": buffer.app,
    "redeem": redeem.app,
    "freeze": freeze.app,
    "batch": batch.app,
    "certificate": certificate.app,
    "evidence": evidence.app,
    "index": index.app,
    "registry": registry.app,
    "bench": bench.app,
}
VERBS: dict[str, Callable[..., None]] = {
    "deploy": deploy.deploy,
    "mint": credits.mint,
    "transfer": credits.transfer,
    "retire": retirement.retire,
    "approve": credits.approve,
    "cancel": credits.cancel,
    "force-transfer": credits.force_transfer,
    "holdings": batch.holdings,
    "retirements": retirements.retirements,
    "history": history.history,
    "portfolio": portfolio.portfolio,
    "audit": audit.audit,
    "reconcile": reconcile.reconcile,
    "export": export.export,
}
for _name, _app in NOUNS.items():
    app.add_typer(_app, name=_name)
for _name, _command in VERBS.items():
    app.command(_name)(_command)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"onetonne {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="FOLDER",
            envvar="ONETONNE_HOME",
            help="Where keys, deployments and the index are.",
        ),
    ] = None,
    rpc: Annotated[
        str | None,
        typer.Option(
            "--rpc",
            metavar="URL",
            envvar="ONETONNE_RPC",
            help="The chain's node; without it, the local chain.",
        ),
    ] = None,
    chain_id: Annotated[
        int | None,
        typer.Option(
            "--chain-id",
            metavar="NUMBER",
            envvar="ONETONNE_CHAIN_ID",
            min=1,
            help="The chain it must be: checked before anything else.",
        ),
    ] = None,
    credits_address: Annotated[
        str | None,
        typer.Option(
            "--credits",
            metavar="ADDRESS",
            envvar="ONETONNE_CREDITS",
            help="Address of a Credits contract, where the home has no manifest of its deployment.",
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Certified carbon credits as tokens: one tonne, one token, one claim.

    The options below may stand anywhere on the line. Exit codes: 0 done, 1 failed (an audit: broken),
    2 misused, 3 scheduled and to be repeated once the delay is over, 4 to 6 a finding of reconcile by its
    severity, 130 interrupted.

    Example: onetonne --rpc http://127.0.0.1:8545 batch list
    """
    session = Session(home_folder(home), rpc, chain_id, credits_address)
    context.obj = session
    context.call_on_close(session.close)


def main() -> None:
    """The entry point of `onetonne`."""
    app(prog_name="onetonne")
