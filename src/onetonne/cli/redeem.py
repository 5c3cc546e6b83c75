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
        typer.Option("--first", min=0, help="First serial number that leaves this chain."),
    ] = None,
    last: Annotated[int | None, typer.Option("--last", min=0, help="Last one.")] = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Burn what waits in escrow and fix its serial numbers, for ever. The programme's operator only.

    Burnt first, live afterwards: make the serial numbers live in the programme registry only when this is
    final on the chain, then run `onetonne redeem reactivated`. Without --first and --last, a dry run shows
    which they are; to confirm, name them.

    Example: onetonne redeem confirm 1 --first 941467422 --last 941467431 --from verra
    """
    session = session_of(context)
    number = RedemptionId(redemption)
    if first is None or last is None:
        expected = session.ledger.next_serials(number)
        if not dry_run or first is not None or last is not None:
            raise Misuse(
                f"Redemption {redemption} takes serial numbers {expected[0]} to {expected[1]}, which are "
                f"burnt for good: to confirm, give --first {expected[0]} --last {expected[1]}."
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
        "When this is final on the chain, make them live in the programme registry, then run "
        f"`onetonne redeem reactivated {redemption} --reference TEXT`.",
    )


@app.command()
def reactivated(
    context: typer.Context,
    redemption: _Redemption,
    reference: Annotated[
        str, typer.Option("--reference", metavar="TEXT", help="Of the registry's own entry; public for ever.")
    ],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Report that burnt serial numbers are live again in the programme registry. The operator only.

    Example: onetonne redeem reactivated 1 --reference VCS-2026-77 --from verra
    """
    session = session_of(context)
    done = session.ledger.report_reactivated(
        RedemptionId(redemption), reference, signer=session.signer(sender), dry_run=dry_run
    )
    report(
        done.sent,
        as_json,
        {"redemption": redemption, "registry_reference": reference},
        f"Redemption {redemption}: reported as live again in the programme registry, {reference}.",
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
    """Take an unanswered request back, once the waiting time is over. Its holder or one it approved.

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
