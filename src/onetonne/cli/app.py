"""The command `onetonne`: every noun's commands in one tree.

A command's module is imported when that command is used, and not for the help of others.
"""

import signal
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from onetonne.cli import end_at_once
from onetonne.cli.root import DRY_RUN, RootGroup
from onetonne.cli.session import Session
from onetonne.home import home as home_folder

COMMANDS = {
    "chain": ("chain:app", "Run a local chain, whose state survives restarts."),
    "account": ("account:app", "Make and list keys, kept encrypted on this machine."),
    "programme": ("programme:app", "Admit, suspend and list carbon-crediting programmes."),
    "methodology": ("methodology:app", "Register, suspend and list methodologies."),
    "verifier": ("verifier:app", "Admit, suspend and list VVBs, who verify."),
    "project": ("project:app", "Register and list projects, and what they share."),
    "verify": ("verify:app", "Propose, sign, accept and list verifications."),
    "framework": ("framework:app", "Admit and list frameworks, such as CCP and CORSIA."),
    "label": ("label:app", "Approve, exclude, demand and explain labels."),
    "host": ("host:app", "Set and list the accounts that speak for host countries."),
    "article6": ("article6:app", "Authorise use outside the host country, under Article 6; adjust; show."),
    "reversal": ("shortfall:reversal", "Report stored carbon that was lost; cover it."),
    "over-issuance": ("shortfall:over_issuance", "Mark tonnes that should not have been issued."),
    "shortfall": ("shortfall:shortfall", "List what is to be made good, and make it good."),
    "buffer": ("buffer:app", "Show, sign and release what is withheld against reversals."),
    "redeem": ("redeem:app", "Take serial numbers back to the programme registry."),
    "freeze": ("freeze:app", "Freeze batches, projects, programmes, accounts and amounts."),
    "batch": ("batch:app", "List and show batches: one issuance, one block of serial numbers."),
    "certificate": ("certificate:app", "Show, draw and verify certificates of retirement."),
    "evidence": ("evidence:app", "Hash monitoring data into one root, and prove that an item is in it."),
    "index": ("index:app", "Keep the chain's events in a database of one's own."),
    "registry": ("registry:app", "Check programmes' exports, and import them."),
    "network": ("network:app", "List the networks that are known by name, and check their nodes."),
    "transaction": (
        "transaction:app",
        "Show what was sent from this home, wait for it, speed it up or cancel it.",
    ),
    "abi": (
        "abi:abi",
        "List the contracts, or print the ABI of one with every error that its calls can raise.",
    ),
    "bench": ("bench:app", "Measure, on this machine, what our figures say."),
    "deploy": (
        "deploy:app",
        "Put the contracts on a chain, give the roles away, and remember the addresses in the home folder.",
    ),
    "roles": (
        "roles:roles",
        "Show who may do what, since when and with which delay: each role, its holders and its functions.",
    ),
    "mint": ("credits:mint", "Issue one block of serial numbers as a batch, as the programme's operator."),
    "transfer": (
        "credits:transfer",
        "Give credits to another account: part of a batch, or parts of several at once.",
    ),
    "retire": (
        "retirement:retire",
        "Retire credits for good on somebody's behalf; each lot becomes a certificate. Irrevocable.",
    ),
    "sign": ("sign:app", "Sign retirements and transfers that somebody else sends and pays for."),
    "relay": (
        "relay:relay",
        "Send what a holder signed with `onetonne sign`, and pay for it: a retirement or a transfer.",
    ),
    "approve": (
        "credits:approve",
        "Let an account move, retire, cancel and redeem all of the signer's credits, until revoked.",
    ),
    "cancel": ("credits:cancel", "Remove credits for good without a claim. Nothing takes it back."),
    "force-transfer": (
        "credits:force_transfer",
        "Take credits from an account, frozen or not, and give them to another. The regulator only.",
    ),
    "holdings": (
        "batch:holdings",
        "Show what an account holds, batch by batch, or what all accounts on this machine hold.",
    ),
    "retirements": (
        "retirements:retirements",
        "List retirements: which serial numbers, how much, for whom, when. Each has one certificate.",
    ),
    "history": (
        "history:history",
        "Show what became of every kilogram of a batch, in serial order: who held it, who used it, when.",
    ),
    "portfolio": (
        "portfolio:portfolio",
        "Show which share of an account's credits has which label, programme, vintage, methodology, country.",
    ),
    "audit": (
        "audit:audit",
        "Prove that nothing was counted twice: every event and every storage slot, at one block.",
    ),
    "reconcile": (
        "reconcile:reconcile",
        "Hold programmes' exports against the chain, serial by serial, and say what does not fit.",
    ),
    "export": (
        "export:export",
        "Write a programme's batches on chain as the programme's own export has them, serial by serial.",
    ),
}
"""By name: the module in `onetonne.cli` and its attribute, and the command's help, as the module has it."""


def load(name: str) -> Any:
    """Import a command and build it for the parser."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(import_module(f"onetonne.cli.{module}"), attribute)
    parent = typer.Typer(rich_markup_mode="markdown", pretty_exceptions_enable=False)
    if isinstance(found, typer.Typer):
        parent.add_typer(found, name=name)
    else:
        parent.command(name)(found)
    return typer.main.get_group(parent).commands[name]


class LazyGroup(RootGroup):
    """Lists every command by its name and help alone; imports the one that a line goes on to."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and args[0] in COMMANDS:
            self.commands[args[0]] = load(args[0])
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=LazyGroup, no_args_is_help=True, rich_markup_mode="markdown", pretty_exceptions_enable=False
)
for _name, (_, _help) in COMMANDS.items():
    app.command(_name, help=_help)(lambda: None)


def _show_version(wanted: bool) -> None:
    if wanted:
        from onetonne import __version__

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
    network: Annotated[
        str | None,
        typer.Option(
            "--network",
            metavar="NAME",
            envvar="ONETONNE_NETWORK",
            help="Which chain, by name (`onetonne network list`); without it, what --rpc serves.",
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
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            envvar="ONETONNE_AGAIN",
            help="Do it once more, though the same is under way or was done in the last ten minutes.",
        ),
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Certified carbon credits as tokens: one tonne, one token, one claim.

    The options below may stand anywhere on the line. Exit codes: 0 done, 1 failed (an audit: broken),
    2 misused, 3 scheduled and to be repeated once the delay is over, 4 to 6 a finding of reconcile by its
    severity, 7 sent before or not seen in a block yet (see `onetonne transaction`), 130 interrupted.

    Example: onetonne --rpc http://127.0.0.1:8545 batch list
    """
    if signal.getsignal(signal.SIGINT) is end_at_once:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # what a command began, it ends in order
    session = Session(
        home_folder(home), rpc, chain_id, credits_address, again, network, context.meta[DRY_RUN]
    )
    context.obj = session
    context.call_on_close(session.close)
