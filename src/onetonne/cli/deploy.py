"""`onetonne deploy`: the contracts onto a chain."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson, DryRun, Sender
from onetonne.cli.output import facts, say, show_json, table, waiting
from onetonne.cli.session import session_of
from onetonne.home import manifest_path

if TYPE_CHECKING:
    from onetonne.deploy import Deployment

_JOBS = {
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
}


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
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Put the contracts on a chain, give the roles away, and remember the addresses in the home folder.

    First shows what will be where. A home holds one deployment a chain, and never loses it to a second.

    Example: onetonne deploy --from treasury --governance council --regulator authority
    """
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


def _show_plan(plan: Deployment) -> None:
    from onetonne.deploy import CONTRACTS

    gas = {step.step: step.gas for step in plan.transactions}
    rows = [(name, plan.addresses[name], f"{gas[name]:,}", _JOBS[name]) for name in CONTRACTS]
    table(["Contract", "Address", "Gas>", "What it is~"], rows, title=f"Deployment to chain {plan.chain_id}")


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
        "addresses": deployment.addresses,
        "governance": deployment.governance,
        "regulator": deployment.regulator,
        "delay_seconds": deployment.delay,
        "transactions": deployment.transactions,
    }
