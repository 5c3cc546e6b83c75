"""`onetonne mint`, `transfer`, `approve`, `cancel`, `force-transfer`: what happens to credits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from onetonne.cli.options import (
    AsJson,
    BatchArgument,
    DryRun,
    Holder,
    Lots,
    QuantityArgument,
    Sender,
    lots_of,
    parse_date,
    parse_period,
)
from onetonne.cli.root import Misuse
from onetonne.cli.sending import report
from onetonne.cli.session import session_of
from onetonne.cli.words import KindWord
from onetonne.terms import (
    BatchId,
    Kilograms,
    Lot,
    VerificationId,
    format_quantity,
    parse_quantity,
)

To = Annotated[
    str, typer.Option("--to", metavar="ACCOUNT", help="Who gets them: name of a keystore, or address.")
]


def mint(
    context: typer.Context,
    serial: Annotated[
        str,
        typer.Option(
            "--serial", metavar="TEXT", help="The block's serial number as the programme registry writes it."
        ),
    ],
    verification: Annotated[
        int, typer.Option("--verification", min=1, help="Accepted verification to issue against.")
    ],
    to: To,
    record: Annotated[
        str,
        typer.Option(
            "--record", metavar="TEXT", help="The programme registry's record that immobilises the block."
        ),
    ],
    record_date: Annotated[
        str | None, typer.Option("--record-date", metavar="DATE", help="Day of that record; else today, UTC.")
    ] = None,
    vintage: Annotated[
        str | None,
        typer.Option("--vintage", metavar="DATE..DATE", help="Where the serial number does not say it."),
    ] = None,
    vintage_year: Annotated[
        int | None,
        typer.Option("--vintage-year", min=1970, max=9999, help="The year that the programme declares."),
    ] = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Issue one block of serial numbers as a batch, as the programme's operator.

    The quantity is the size of the block: nobody types it. A block that overlaps any other is refused,
    however it is spelled.

    Example: onetonne mint --serial 19385-941467007-941467431-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1
    --verification 1 --to proponent --record IMMO-2026-17 --from verra
    """
    from onetonne.ledger.issuing import issuance, withheld

    session = session_of(context)
    ledger, recipient = session.ledger, session.account(to)
    verified = ledger.verification(VerificationId(verification))
    order = issuance(
        serial,
        verified,
        record,
        parse_date(record_date) if record_date else datetime.now(UTC).date(),
        vintage=parse_period(vintage) if vintage else None,
        vintage_year=vintage_year,
    )
    buffered = withheld(order.block.kilograms, ledger.methodology(verified.methodology).buffer_share)
    done = ledger.issue([order], recipient, signer=session.signer(sender), dry_run=dry_run)
    report(
        done.sent,
        as_json,
        {
            "batch": done.batches[0],
            "prefix": order.block.prefix,
            "first": order.block.first,
            "last": order.block.last,
            "kilograms": order.block.kilograms,
            "vintage_start": order.vintage_start,
            "vintage_end": order.vintage_end,
            "recipient": recipient,
            "buffer_kilograms": buffered,
        },
        f"Batch {done.batches[0]}: {format_quantity(order.block.kilograms)}, the serial numbers "
        f"{order.block.first} to {order.block.last} of {order.block.prefix}, "
        f"vintage {order.vintage_start} to {order.vintage_end}.",
        f"For {session.shown(recipient)}: {format_quantity(Kilograms(order.block.kilograms - buffered))}"
        + (f"; withheld in the buffer: {format_quantity(buffered)}." if buffered else "."),
    )


def transfer(
    context: typer.Context,
    to: To,
    batch: BatchArgument = None,
    quantity: QuantityArgument = None,
    lot: Lots = None,
    holder: Holder = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give credits to another account: part of a batch, or parts of several at once.

    Example: onetonne transfer 3 1.5t --to airline --from proponent
    """
    session = session_of(context)
    lots, recipient = lots_of(batch, quantity, lot), session.account(to)
    source = session.account(holder) if holder else None
    done = session.ledger.transfer_many(
        lots,
        recipient,
        signer=session.signer(sender),
        holder=source,
        dry_run=dry_run,
    )
    report(
        done.sent,
        as_json,
        {"lots": lots, "recipient": recipient},
        *(f"{lot_in_words(one)} to {session.shown(recipient)}." for one in lots),
    )


def approve(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Name of a keystore, or an address.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="It may no longer.")] = False,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Let an account move, retire, cancel and redeem all of the signer's credits, until revoked.

    It names the holder with --holder, and chooses who gets them and who benefits: approve only what you
    trust.

    Example: onetonne approve broker --from airline
    """
    session = session_of(context)
    signer, address = session.signer(sender), session.account(account)
    done = session.ledger.approve(address, not revoke, signer=signer, dry_run=dry_run)
    verb = "may no longer" if revoke else "may"
    report(
        done.sent,
        as_json,
        {"holder": signer.address, "account": address, "approved": not revoke},
        f"{session.shown(address)} {verb} move the credits of {session.shown(signer.address)}.",
    )


def cancel(
    context: typer.Context,
    kind: Annotated[KindWord, typer.Option("--kind", help="Why, as a kind.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="In words; public for ever.")],
    batch: BatchArgument = None,
    quantity: QuantityArgument = None,
    lot: Lots = None,
    holder: Holder = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Remove credits for good without a claim. Nothing takes it back.

    Example: onetonne cancel 3 10t --kind voluntary --reason "Gift to the climate" --from airline
    """
    if kind is KindWord.CORSIA:
        raise Misuse(
            "A CORSIA use is a claim, so it is retired, not cancelled: use `onetonne retire` with "
            "`--purpose corsia-1` or `corsia-2`."
        )
    session = session_of(context)
    lots = lots_of(batch, quantity, lot)
    done = session.ledger.cancel(
        lots,
        kind.kind,
        reason,
        signer=session.signer(sender),
        holder=session.account(holder) if holder else None,
        dry_run=dry_run,
    )
    report(
        done.sent,
        as_json,
        {"cancellations": done.cancellations, "lots": lots, "kind": kind.value},
        *(
            f"Cancellation {number}: {lot_in_words(one)}."
            for number, one in zip(done.cancellations, lots, strict=True)
        ),
    )


def force_transfer(
    context: typer.Context,
    batch: Annotated[int, typer.Argument(metavar="BATCH", min=1, help="Id of the batch.")],
    quantity: Annotated[str, typer.Argument(metavar="QUANTITY", help="Such as 1.5t or 1500kg.")],
    holder: Annotated[str, typer.Option("--holder", metavar="ACCOUNT", help="Whose credits are taken.")],
    to: To,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take credits from an account, frozen or not, and give them to another. The regulator only.

    Example: onetonne force-transfer 3 1.5t --holder mallory --to custodian --from authority
    """
    session = session_of(context)
    one = Lot(BatchId(batch), parse_quantity(quantity))
    loser, recipient = session.account(holder), session.account(to)
    done = session.ledger.forced_transfer(
        one.batch, one.kilograms, loser, recipient, signer=session.signer(sender), dry_run=dry_run
    )
    report(
        done.sent,
        as_json,
        {"lot": one, "holder": loser, "recipient": recipient},
        f"{lot_in_words(one)} from {session.shown(loser)} to {session.shown(recipient)}, by force.",
    )


def lot_in_words(lot: Lot) -> str:
    return f"{format_quantity(lot.kilograms)} of batch {lot.batch}"
