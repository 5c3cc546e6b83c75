"""`onetonne host`: who speaks for the host countries of projects."""

from typing import Annotated

import typer

from onetonne.cli.options import AsJson, DryRun, Sender
from onetonne.cli.output import show_json, table
from onetonne.cli.sending import governing, report
from onetonne.cli.session import session_of

app = typer.Typer(no_args_is_help=True, help="Set and list the accounts that speak for host countries.")


@app.command("set")
def set_(
    context: typer.Context,
    country: Annotated[str, typer.Argument(metavar="COUNTRY", help="ISO 3166-1 alpha-2, such as ET.")],
    authority: Annotated[
        str,
        typer.Option(
            "--authority", metavar="ACCOUNT", help="Who authorises and adjusts for it; none ends that."
        ),
    ],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Say which account speaks for a host country under Article 6 of the Paris Agreement. Governance only.

    Example: onetonne host set ET --authority efccc --from council
    """
    session = session_of(context)
    account = None if authority.strip().lower() == "none" else session.account(authority)
    with governing(as_json):
        done = session.ledger.set_host(country, account, signer=session.signer(sender), dry_run=dry_run)
    code = country.strip().upper()
    report(
        done.sent,
        as_json,
        {"country": code, "authority": account},
        f"For {code} speaks {session.shown(account) if account else 'nobody'}.",
    )


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the host countries that somebody speaks for.

    Example: onetonne host list
    """
    session = session_of(context)
    found = session.listings.hosts()
    if as_json:
        show_json([{"country": country, "authority": account} for country, account in found.items()])
        return
    table(["Country", "Authority"], [(country, session.short(account)) for country, account in found.items()])
