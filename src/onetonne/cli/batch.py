"""`onetonne batch` and `onetonne holdings`: what was issued, and who holds it."""

from typing import Annotated

import typer

from onetonne.cli.options import AsJson
from onetonne.cli.output import facts, moment, plain, say, show_json, table, tonnes
from onetonne.cli.session import session_of
from onetonne.errors import BadInput
from onetonne.terms import Batch, BatchId, format_quantity

app = typer.Typer(
    no_args_is_help=True, help="List and show batches: one issuance, one block of serial numbers."
)


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List all batches, with what is left of each.

    Example: onetonne batch list
    """
    found = session_of(context).synced().batches()
    if as_json:
        show_json(found)
        return
    table(
        [
            "Id>",
            "Project>",
            "Vintage",
            "Serial prefix",
            "First>",
            "Last>",
            "Issued, t>",
            "In circulation, t>",
        ],
        [
            (
                one.id,
                one.project,
                one.vintage_year,
                one.prefix,
                one.first,
                one.last,
                tonnes(one.issued),
                tonnes(one.in_circulation),
            )
            for one in found
        ],
    )


@app.command()
def show(
    context: typer.Context,
    batch: Annotated[int, typer.Argument(metavar="BATCH", min=1, help="Id of the batch.")],
    as_json: AsJson = False,
) -> None:
    """Show a batch: its serial numbers, where they come from, and where they went.

    Example: onetonne batch show 3
    """
    session = session_of(context)
    session.ledger.batch(BatchId(batch))  # refuses an unknown one in the contract's words
    found = session.synced().batch(BatchId(batch))
    if as_json:
        show_json(found)
    else:
        facts(_facts(found))


def holdings(
    context: typer.Context,
    account: Annotated[
        str | None,
        typer.Argument(metavar="[ACCOUNT]", help="Name of a keystore, or address; else every key here."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what an account holds, batch by batch, or what all accounts on this machine hold.

    Example: onetonne holdings airline
    """
    session = session_of(context)
    addresses = [session.account(account)] if account else list(session.names)
    if not addresses:
        raise BadInput(
            "There are no keys on this machine: name an account, or make one with `onetonne account new`."
        )
    index = session.synced()
    found = [holding for address in addresses for holding in index.holdings(address)]
    if as_json:
        show_json([{**plain(one), "name": session.names.get(one.account)} for one in found])
        return
    table(
        ["Account", "Batch>", "Tonnes>", "Frozen, t>"],
        [
            (
                session.short(one.account),
                one.batch,
                tonnes(one.kilograms),
                tonnes(one.frozen) if one.frozen else "",
            )
            for one in found
        ],
    )
    say(f"In all {tonnes(sum(one.kilograms for one in found))} t.")


def _facts(batch: Batch) -> dict[str, object]:
    return {
        "Batch": batch.id,
        "Serial numbers": f"{batch.prefix} {batch.first} to {batch.last}",
        "Vintage": f"{batch.vintage_year} ({batch.vintage_start} to {batch.vintage_end})",
        "Programme": batch.programme,
        "Project": batch.project,
        "Methodology": batch.methodology,
        "Verification": batch.verification,
        "Issued": f"{format_quantity(batch.issued)} on {moment(batch.issued_at)}",
        "Retired": format_quantity(batch.retired),
        "Cancelled": format_quantity(batch.cancelled),
        "Redeemed": format_quantity(batch.redeemed),
        "In circulation": format_quantity(batch.in_circulation),
    }
