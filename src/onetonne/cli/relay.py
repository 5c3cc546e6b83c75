"""`onetonne relay`: sends what a holder signed, and pays for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson, DryRun, Sender
from onetonne.cli.output import say
from onetonne.cli.sending import report
from onetonne.cli.session import Session, session_of
from onetonne.cli.sign import order_in_words
from onetonne.terms import RetirementId, TransferOrder

if TYPE_CHECKING:
    from onetonne.chain import Sent, Signer
    from onetonne.ledger.order_files import SignedOrder


def relay(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `onetonne sign` wrote.")],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Send what a holder signed with `onetonne sign`, and pay for it: a retirement or a transfer.

    First shows what it does, and checks chain, contract, deadline, nonce, signature and the holder's credits.
    The sender can change nothing in it.

    Example: onetonne relay order.json --from treasury
    """
    from onetonne.ledger.order_files import order_fields, read_order

    session = session_of(context)
    signed = read_order(file)
    signed.check(session.ledger)
    if not as_json:
        say(*order_in_words(session, signed.order))
    signer = session.signer(sender)
    certificates, sent = _send(session, signed, signer, dry_run)
    report(
        sent,
        as_json,
        {
            "kind": signed.kind,
            "order": order_fields(signed.order),
            "relayer": signer.address,
            "retirements": certificates,
        },
        *(f"Certificate {number}." for number in certificates),
    )


def _send(
    session: Session, signed: SignedOrder, signer: Signer, dry_run: bool
) -> tuple[tuple[RetirementId, ...], Sent]:
    order, ledger = signed.order, session.ledger
    if isinstance(order, TransferOrder):
        moved = ledger.transfer_signed(order, signed.signature, signer=signer, dry_run=dry_run)
        return (), moved.sent
    retired = ledger.retire_signed(order, signed.signature, signed.details, signer=signer, dry_run=dry_run)
    return retired.retirements, retired.sent
