"""`onetonne portfolio`: what share of an account's credits has which label, programme, vintage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.bar import Bar
from rich.table import Table
from rich.text import Text

from onetonne.cli.batch import accounts_of
from onetonne.cli.buying import facts_of
from onetonne.cli.options import AsJson
from onetonne.cli.output import console, plain, say, show_json, tonnes
from onetonne.cli.session import session_of

if TYPE_CHECKING:
    from onetonne.portfolio import Portfolio, Share

_BAR = 24  # columns


def portfolio(
    context: typer.Context,
    account: Annotated[
        str | None,
        typer.Option(
            "--account", metavar="ACCOUNT", help="Name of a keystore, or address; else every key here."
        ),
    ] = None,
    of_retired: Annotated[
        bool,
        typer.Option("--retired", help="Of what was retired for the account, with the labels of that day."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show which share of an account's credits has which label, programme, vintage, methodology, country.

    Labels overlap: a batch may hold several, and then counts for each.

    Example: onetonne portfolio --account airline --retired
    """
    from onetonne.portfolio import held, portfolio_of, retired

    session = session_of(context)
    addresses = accounts_of(session, account)
    facts = facts_of(session)
    positions = (retired if of_retired else held)(session.index, addresses, facts)
    found = portfolio_of(positions)
    if as_json:
        show_json({"accounts": addresses, "retired": of_retired, **plain(found)})
        return
    verb = "retired" if of_retired else "held"
    if not found.kilograms:
        say(f"Nothing is {verb}.")
        return
    console().print(_grid(found))
    say(f"In all {tonnes(found.kilograms)} t {verb}.")


def _grid(found: Portfolio) -> Table:
    grid = Table()
    for name in ("", "Of"):
        grid.add_column(name, no_wrap=True)
    for name in ("Tonnes", "Share"):
        grid.add_column(name, justify="right", no_wrap=True)
    grid.add_column("")
    for kind, shares in _parts(found):
        for number, share in enumerate(shares):
            grid.add_row(
                "" if number else kind,
                Text(share.name),
                tonnes(share.kilograms),
                _percent(share),
                Bar(size=100, begin=0, end=share.percent, width=_BAR),
                end_section=number == len(shares) - 1,
            )
    return grid


def _parts(found: Portfolio) -> Iterator[tuple[str, tuple[Share, ...]]]:
    yield "Labels", found.labels
    yield "Programmes", found.programmes
    yield "Vintages", found.vintages
    yield "Methodologies", found.methodologies
    yield "Countries", found.countries


def _percent(share: Share) -> str:
    said = f"{share.percent:g}%"
    if share.usable < share.kilograms:
        said += f", {tonnes(share.usable)} t within the hosts' caps"
    if share.conditional == share.kilograms:
        return f"{said}, conditional"
    return f"{said}, {tonnes(share.conditional)} t conditional" if share.conditional else said
