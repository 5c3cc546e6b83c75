"""`onetonne deploy`: the contracts onto a chain, and what is true of them there."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson, DryRun, RolesFile, Sender
from onetonne.cli.output import facts, say, show_json, table, waiting
from onetonne.cli.sending import governing
from onetonne.cli.session import session_of
from onetonne.home import manifest_path
from onetonne.networks import of_chain

if TYPE_CHECKING:
    from onetonne.deploy import Deployment, Transaction
    from onetonne.deploy.verifying import Verification

app = typer.Typer()

_JOBS = {
    "Factory": "creates the contracts at addresses that are known before",
    "AccessManager": "who may do what, and after which delay",
    "Programmes": "who may certify: programmes, methodologies, VVBs",
    "Projects": "what earned the credits: activities, projects, verifications",
    "Labels": "what the credits are good for",
    "Redemptions": "back to the programme registry",
    "Shortfalls": "reversals, over-issuances, and what makes them good",
    "Renderer": "draws certificates and batches",
    "Certificates": "one for each retirement, never moved",
    "Credits": "the ledger of batches, retirements and freezes",
    "SignedOrders": "retirements and transfers that holders sign and others send",
    "roles": "gives every role to its account, with its delay",
}


@app.callback(invoke_without_command=True)
def deploy(
    context: typer.Context,
    sender: Sender = None,
    governance: Annotated[
        str | None,
        typer.Option(
            "--governance", metavar="ACCOUNT", help="Who admits programmes and VVBs; else the sender."
        ),
    ] = None,
    regulator: Annotated[
        str | None,
        typer.Option("--regulator", metavar="ACCOUNT", help="Who freezes and forces; else the sender."),
    ] = None,
    delay: Annotated[
        int | None,
        typer.Option(
            "--delay",
            metavar="SECONDS",
            min=0,
            help="Governance waits so long; by default 0 on the local chain, a day elsewhere.",
        ),
    ] = None,
    salt: Annotated[
        int | None,
        typer.Option(
            "--salt",
            metavar="NUMBER",
            min=0,
            max=2**64 - 1,
            help="Another number gives other addresses: one account can deploy more than once. By default 0.",
        ),
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Put the contracts on a chain, give the roles away, and remember the addresses in the home folder.

    First shows what will be where, and what it costs. A deployment that stopped goes on when the command is
    given again. The addresses follow from the sender and --salt, and are the same on every chain. A home
    holds one deployment a chain, and never loses it to a second.

    Example: onetonne deploy --from treasury --governance council --regulator authority
    """
    if context.invoked_subcommand is not None:
        return
    from onetonne.deploy import deploy as deploy_contracts

    session = session_of(context)
    chain, signer = session.chain, session.signer(sender)
    deploying = partial(
        deploy_contracts,
        chain,
        signer,
        governance=session.account(governance) if governance else None,
        regulator=session.account(regulator) if regulator else None,
        delay=delay,
        salt=salt,
        home=session.home,
    )
    plan = deploying(dry_run=True)
    if not as_json:
        _show_plan(plan)
    if dry_run:
        if as_json:
            show_json({"dry_run": True, **_document(plan)})
        else:
            say("Nothing was sent: this was a dry run.")
        return
    with waiting(f"Deploying to chain {chain.chain_id}", hidden=as_json):
        done = deploying()
    manifest = manifest_path(session.home, chain.chain_id)
    if as_json:
        show_json({"dry_run": False, "manifest": manifest, **_document(done)})
        return
    _show_roles(done)
    gas = sum(step.gas for step in done.transactions)
    say(
        f"Deployed in {len(done.transactions)} transactions, with {gas:,} gas, from block {done.block} on.",
        f"Manifest: {manifest}",
    )


@app.command()
def verify(
    context: typer.Context,
    roles: RolesFile = None,
    write: Annotated[
        Path | None,
        typer.Option(
            "--write", metavar="FOLDER", help="Write what Sourcify and Etherscan need to verify the sources."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a deployment: code, constructor arguments, roles, and delays, as the chain has them.

    Code is compared byte for byte, with the immutables' values. Nobody may have a role but the accounts of
    the manifest, or of --roles. Exit code 1 where something is not as it must be; each such thing is named.

    Example: onetonne deploy verify --write verification
    """
    from onetonne.access import read_roles_file
    from onetonne.deploy.verifying import verify as verify_deployment
    from onetonne.deploy.verifying import write_inputs

    session = session_of(context)
    deployment = session.deployment
    expected = read_roles_file(roles, deployment.delay) if roles else None
    with waiting("Verifying", hidden=as_json):
        found = verify_deployment(session.chain, deployment, expected)
    files = write_inputs(deployment, write) if write else []
    if as_json:
        show_json({"holds": found.holds, "counts": found.counts, "findings": found.findings, "files": files})
    else:
        _show_verification(deployment, found)
        if write:
            say(f"Wrote {len(files)} files for Sourcify and Etherscan into {write}.")
    if not found.holds:
        raise typer.Exit(1)


def _show_verification(deployment: Deployment, found: Verification) -> None:
    from onetonne.deploy.verifying import CHECKS

    broken = {finding.check for finding in found.findings}
    rows = [
        (name, CHECKS[name], f"{count:,}", "broken" if name in broken else "holds")
        for name, count in found.counts.items()
    ]
    title = f"Deployment on chain {deployment.chain_id}, Credits at {deployment.addresses['Credits']}"
    table(["Check", "What must hold~", "Checked>", "Verdict"], rows, title=title)
    say(*(f"{finding.check}, {finding.subject}: {finding.problem}" for finding in found.findings))
    say("Everything holds." if found.holds else f"BROKEN: {len(found.findings):,} findings, each above.")


@app.command()
def handover(
    context: typer.Context,
    to: Annotated[
        str, typer.Option("--to", metavar="ACCOUNT", help="Who gets every role that the sender has.")
    ],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Hand every role of the sender over to another account: granted, then renounced, then shown to be gone.

    Each role keeps its delay. Where the sender has a delay, the grants are scheduled first, and the command
    is given again once it is over; nothing is scheduled twice. The manifest names the new account at the end.

    Example: onetonne deploy handover --to council-2 --from council
    """
    from onetonne.access import role_name
    from onetonne.deploy.handing_over import hand_over

    session = session_of(context)
    account = session.account(to)
    with governing(as_json):
        done = hand_over(session.chain, session.deployment, account, session.signer(sender), dry_run=dry_run)
    names = [role_name(role) for role in done.roles]
    if not dry_run and not session.credits:
        done.deployment.save(session.home)
    if as_json:
        transactions = [sent.transaction for sent in done.sent]
        show_json({"to": account, "roles": names, "dry_run": dry_run, "transactions": transactions})
    elif dry_run:
        say(f"Dry run: nothing was sent. {account} would get: {', '.join(names)}.")
    else:
        table(
            ["Role", "Account", "Delay"],
            [
                (role_name(one.role), session.shown(one.account), f"{one.delay:,} s")
                for one in done.access.members
            ],
            title="Roles after the handover",
        )
        say(f"{session.shown(account)} has: {', '.join(names)}. The sender has no role any more.")


def _show_plan(plan: Deployment) -> None:
    addresses = {"Factory": plan.factory, **plan.addresses}
    rows = [
        (step.step, addresses.get(step.step), f"{step.gas:,}", _state(step), _JOBS[step.step])
        for step in plan.transactions
    ]
    title = f"Deployment to chain {plan.chain_id}"
    table(["Contract", "Address", "Gas>", "Transaction", "What it is~"], rows, title=title)
    missing = [step for step in plan.transactions if step.hash is None]
    coin = of_chain(plan.chain_id).coin
    say(
        f"{len(missing)} transactions to send, at most {sum(step.gas for step in missing):,} gas, which is "
        f"{_coins(sum(step.fee_wei for step in missing))} {coin} at the prices of now."
    )


def _state(step: Transaction) -> str:
    return "to send" if step.hash is None else step.hash


def _coins(wei: int) -> str:
    return f"{(Decimal(wei) / 10**18).normalize():f}"


def _show_roles(deployment: Deployment) -> None:
    facts(
        {
            "Governance": deployment.governance,
            "Regulator": deployment.regulator,
            "Delay of governance": f"{deployment.delay:,} s",
        }
    )


def _document(deployment: Deployment) -> dict[str, object]:
    return {
        "chain_id": deployment.chain_id,
        "version": deployment.version,
        "block": deployment.block,
        "deployer": deployment.deployer,
        "salt": deployment.salt,
        "factory": deployment.factory,
        "addresses": deployment.addresses,
        "governance": deployment.governance,
        "regulator": deployment.regulator,
        "delay_seconds": deployment.delay,
        "transactions": deployment.transactions,
    }
