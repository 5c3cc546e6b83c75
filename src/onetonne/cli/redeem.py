"""`onetonne redeem`: whole serial numbers back to the programme registry."""

from typing import Annotated

import typer

from onetonne.cli.options import AsJson, DryRun, Holder, Reason, Sender
from onetonne.cli.output import cell, moment, show_json, table, tonnes
from onetonne.cli.root import Misuse
from onetonne.cli.sending import report
from onetonne.cli.session import session_of
from onetonne.terms import BatchId, RedemptionId, Serial, format_quantity, parse_quantity

app = typer.Typer(no_args_is_help=True, help="Take serial numbers back to the programme registry.")

_Redemption = Annotated[int, typer.Argument(metavar="REDEMPTION", min=1, help="Id of the request.")]


@app.command()
def request(
    context: typer.Context,
    batch: Annotated[int, typer.Argument(metavar="BATCH", min=1, help="Id of the batch.")],
    quantity: Annotated[str, typer.Argument(metavar="QUANTITY", help="Whole tonnes, such as 10t.")],
    holder: Holder = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Ask the programme to take whole tonnes back; they wait in escrow until its operator answers.

    Example: onetonne redeem request 3 10t --from proponent
    """
    session = session_of(context)
    kilograms = parse_quantity(quantity)
    done = session.ledger.request_redemption(
        BatchId(batch),
        kilograms,
        signer=session.signer(sender),
        holder=session.account(holder) if holder else None,
        dry_run=dry_run,
    )
    report(
        done.sent,
        as_json,
        {"redemption": done.redemption, "batch": batch, "kilograms": kilograms},
        f"Redemption {done.redemption}: {format_quantity(kilograms)} of batch {batch} wait in escrow.",
    )


@app.command()
def confirm(
    context: typer.Context,
    redemption: _Redemption,
    first: Annotated[
        int | None,
        typer.Option("--first", min=0, help="First serial number that is live again in the registry."),
    ] = None,
    last: Annotated[int | None, typer.Option("--last", min=0, help="Last one.")] = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Confirm that serial numbers are live in the programme registry again. The programme's operator only.

    Without --first and --last, a dry run shows which they are; to confirm, name those that the programme
    registry has.

    Example: onetonne redeem confirm 1 --first 941467422 --last 941467431 --from verra
    """
    session = session_of(context)
    number = RedemptionId(redemption)
    if first is None or last is None:
        expected = session.ledger.next_serials(number)
        if not dry_run or first is not None or last is not None:
            raise Misuse(
                f"Redemption {redemption} takes back {expected[0]} to {expected[1]}: put these live in the "
                f"programme registry, then give --first {expected[0]} --last {expected[1]}."
            )
        first, last = expected
    done = session.ledger.confirm_redemption(
        number, Serial(first), Serial(last), signer=session.signer(sender), dry_run=dry_run
    )
    report(
        done.sent,
        as_json,
        {"redemption": redemption, "first": done.first, "last": done.last},
        f"Redemption {redemption}: serial numbers {done.first} to {done.last} left this chain for good.",
    )


@app.command()
def refuse(
    context: typer.Context,
    redemption: _Redemption,
    reason: Reason,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give what waits in escrow back to its holder. The programme's operator only.

    Example: onetonne redeem refuse 1 --reason "Account closed" --from verra
    """
    session = session_of(context)
    done = session.ledger.refuse_redemption(
        RedemptionId(redemption), reason, signer=session.signer(sender), dry_run=dry_run
    )
    report(done.sent, as_json, {"redemption": redemption}, f"Redemption {redemption} is refused.")


@app.command()
def withdraw(
    context: typer.Context,
    redemption: _Redemption,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take an unanswered request back, once the waiting time is over. Its holder only.

    Example: onetonne redeem withdraw 1 --from proponent
    """
    session = session_of(context)
    done = session.ledger.withdraw_redemption(
        RedemptionId(redemption), signer=session.signer(sender), dry_run=dry_run
    )
    report(done.sent, as_json, {"redemption": redemption}, f"Redemption {redemption} is withdrawn.")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List requests for redemption and what became of them.

    Example: onetonne redeem list
    """
    session = session_of(context)
    found = session.listings.redemptions()
    if as_json:
        show_json(found)
        return
    table(
        ["Id>", "Batch>", "Tonnes>", "Holder", "Status", "Requested", "First>", "Last>"],
        [
            (
                one.id,
                one.batch,
                tonnes(one.kilograms),
                session.short(one.holder),
                cell(one.status),
                moment(one.requested_at),
                one.first or "",
                one.last or "",
            )
            for one in found
        ],
    )
