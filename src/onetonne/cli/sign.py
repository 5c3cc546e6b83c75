"""`onetonne sign`: retirements and transfers that the holder signs, and somebody else sends and pays for."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.buying import PolicyFile, Required
from onetonne.cli.credits import To, lot_in_words
from onetonne.cli.options import (
    AsJson,
    BatchArgument,
    DryRun,
    Lots,
    QuantityArgument,
    Sender,
    end_of,
    lots_of,
)
from onetonne.cli.output import say, show_json
from onetonne.cli.retirement import (
    AeroplaneOperator,
    Beneficiary,
    BeneficiaryName,
    ClaimPeriod,
    ClaimReason,
    Demand,
    DetailsFile,
    ForPurpose,
    Jurisdiction,
    Publish,
    Wanted,
    Yes,
    confirm_retirement,
    details_of,
)
from onetonne.cli.root import Misuse
from onetonne.cli.sending import report
from onetonne.cli.session import Session, session_of
from onetonne.cli.words import PurposeWord
from onetonne.errors import BadInput, FileError, quoted
from onetonne.terms import (
    RetirementDetails,
    RetireOrder,
    Seconds,
    TransferOrder,
    parse_quantity,
)

if TYPE_CHECKING:
    from onetonne.chain import Signer
    from onetonne.ledger.order_files import SignedOrder
    from onetonne.ledger.orders import Order

app = typer.Typer(
    no_args_is_help=True, help="Sign retirements and transfers that somebody else sends and pays for."
)

_VALID_FOR = "7d"
_DURATION = re.compile(r"([0-9]{1,6})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

_Output = Annotated[Path, typer.Option("--output", metavar="FILE", help="Where to write the signed order.")]
_Deadline = Annotated[
    str | None, typer.Option("--deadline", metavar="DATE", help="Last day on which it may be sent, UTC.")
]
_ValidFor = Annotated[
    str | None,
    typer.Option(
        "--valid-for",
        metavar="DURATION",
        help=f"How long it may be sent, such as 30m, 12h or 7d; {_VALID_FOR} where no deadline is given.",
    ),
]
_NonceKey = Annotated[
    int,
    typer.Option(
        "--nonce-key",
        metavar="NUMBER",
        min=0,
        help="Orders of one key go one after the other, those of different keys in any order.",
    ),
]
_Wallet = Annotated[
    str | None,
    typer.Option(
        "--holder", metavar="ACCOUNT", help="Contract wallet whose credits these are, if you own one."
    ),
]


@app.command()
def retire(
    context: typer.Context,
    output: _Output,
    batch: BatchArgument = None,
    quantity: QuantityArgument = None,
    lot: Lots = None,
    policy_file: PolicyFile = None,
    require: Required = None,
    wanted: Wanted = None,
    yes: Yes = False,
    beneficiary: Beneficiary = None,
    beneficiary_name: BeneficiaryName = None,
    reason: ClaimReason = None,
    period: ClaimPeriod = None,
    jurisdiction: Jurisdiction = None,
    aeroplane_operator: AeroplaneOperator = None,
    purpose: ForPurpose = PurposeWord.VOLUNTARY,
    publish: Publish = False,
    details_file: DetailsFile = None,
    deadline: _Deadline = None,
    valid_for: _ValidFor = None,
    nonce_key: _NonceKey = 0,
    holder: _Wallet = None,
    sender: Sender = None,
    as_json: AsJson = False,
) -> None:
    """Sign, as the holder, a retirement for somebody else to send; sends nothing and costs nothing.

    The file holds no secret, but whoever has it can send it until the deadline: give it to who shall. The
    text of the details is in it only if it is to be published; else it stays with you, in a file, as with
    `onetonne retire`.

    Example: onetonne sign retire 3 1.5t --beneficiary-name "Aero SA" --output order.json --from airline
    """
    session = session_of(context)
    details = details_of(beneficiary_name, reason, period, jurisdiction, aeroplane_operator)
    if publish and details is None:
        raise Misuse(
            "There are no details to publish: give --beneficiary-name, --reason, --period or --jurisdiction."
        )
    demand = Demand(policy_file, require, purpose.purpose, as_json)
    until = _until(session, deadline, valid_for)
    kilograms = parse_quantity(wanted) if wanted is not None else None
    if kilograms is not None and (batch is not None or lot):
        raise Misuse("Give either batches or --quantity, which picks them.")
    lots = lots_of(batch, quantity, lot) if kilograms is None else []
    signer = session.signer(sender)
    owner = session.account(holder) if holder else signer.address
    if kilograms is None:
        demand.check(session, lots)
    else:
        lots = demand.pick(session, kilograms, owner)
        if not (yes or as_json):
            confirm_retirement(kilograms)
    if details is not None and not publish:
        details = details.salted(secrets.token_hex(16))
    order = RetireOrder(
        lots=tuple(lots),
        holder=owner,
        beneficiary=session.account(beneficiary) if beneficiary else owner,
        purpose=purpose.purpose,
        details=details.hash() if details else bytes(32),
        publish=publish,
        nonce=session.ledger.next_nonce(owner, nonce_key),
        deadline=until,
    )
    signed, kept = _sign_retirement(session, order, signer, details, details_file)
    _write(output, signed)
    _tell(session, output, signed, as_json, kept)


@app.command()
def transfer(
    context: typer.Context,
    to: To,
    output: _Output,
    batch: BatchArgument = None,
    quantity: QuantityArgument = None,
    lot: Lots = None,
    deadline: _Deadline = None,
    valid_for: _ValidFor = None,
    nonce_key: _NonceKey = 0,
    holder: _Wallet = None,
    sender: Sender = None,
    as_json: AsJson = False,
) -> None:
    """Sign, as the holder, a transfer for somebody else to send; sends nothing and costs nothing.

    Whoever has the file can send it until the deadline.

    Example: onetonne sign transfer 3 1.5t --to airline --output order.json --valid-for 12h --from proponent
    """
    from onetonne.ledger.order_files import sign

    session = session_of(context)
    lots, recipient = lots_of(batch, quantity, lot), session.account(to)
    until = _until(session, deadline, valid_for)
    signer = session.signer(sender)
    owner = session.account(holder) if holder else signer.address
    order = TransferOrder(tuple(lots), owner, recipient, session.ledger.next_nonce(owner, nonce_key), until)
    session.ledger.check_order(order)
    signed = sign(session.ledger, order, signer)
    _write(output, signed)
    _tell(session, output, signed, as_json)


@app.command()
def cancel(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `sign` wrote.")],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make an order of one's own void before its deadline: nobody can send it any more. The holder only.

    Other orders that were signed with the same nonce are void too.

    Example: onetonne sign cancel order.json --from airline
    """
    from onetonne.ledger.order_files import read_order

    session = session_of(context)
    signed = read_order(file)
    signed.check_place(session.ledger)
    session.ledger.check_nonce(signed.order)
    signer, order = session.signer(sender), signed.order
    if signer.address != order.holder:
        raise BadInput(
            f"The order is account {order.holder}'s, and only the holder can cancel it: sign with its key."
        )
    done = session.ledger.cancel_order(order.nonce, signer=signer, dry_run=dry_run)
    report(
        done.sent,
        as_json,
        {"holder": order.holder, "nonce": str(order.nonce)},
        f"The order of {session.shown(order.holder)} in {file} is void.",
    )


def order_in_words(session: Session, order: Order) -> list[str]:
    """What an order does, in sentences."""
    from onetonne.ledger.orders import NONCE_BITS, deadline_in_words

    lots, holder = ", ".join(map(lot_in_words, order.lots)), session.shown(order.holder)
    if isinstance(order, TransferOrder):
        act = f"Transfer {lots} from {holder} to {session.shown(order.recipient)}."
    else:
        act = (
            f"Retire {lots} of {holder} for {session.shown(order.beneficiary)}, for good; purpose: "
            f"{PurposeWord[order.purpose.name]}; details: {_details_in_words(order)}."
        )
    key, number = order.nonce >> NONCE_BITS, order.nonce % 2**NONCE_BITS
    return [act, f"Nonce {number} of key {key}; to be sent until {deadline_in_words(order.deadline)}."]


def _details_in_words(order: RetireOrder) -> str:
    if order.publish:
        return "published"
    return "by their hash only" if any(order.details) else "none"


def _sign_retirement(
    session: Session,
    order: RetireOrder,
    signer: Signer,
    details: RetirementDetails | None,
    details_file: Path | None,
) -> tuple[SignedOrder, Path | None]:
    """Checks, then keeps the text that is not published, then signs."""
    from onetonne.details import keep
    from onetonne.ledger.order_files import sign

    session.ledger.check_order(order)
    text = details.text() if details and order.publish else ""
    signed = sign(session.ledger, order, signer, text)
    kept = keep(session.home, details, details_file) if details and not order.publish else None
    return signed, kept


def _until(session: Session, deadline: str | None, valid_for: str | None) -> Seconds:
    """Raises `Misuse` where both are given, and `BadInput` for no duration, or one that has passed."""
    if deadline is not None and valid_for is not None:
        raise Misuse("Give either --deadline or --valid-for.")
    now = max(int(time.time()), session.chain.block("latest").time)
    if deadline is not None:
        until = end_of(deadline)
        if until < now:
            raise BadInput(f"The deadline {deadline} has passed: give a later day.")
        return until
    text = valid_for or _VALID_FOR
    found = _DURATION.fullmatch(text.strip())
    if not found or not int(found[1]):
        raise BadInput(
            f"Duration {quoted(text)} can't be read: write a number and s, m, h or d, such as 12h."
        )
    return Seconds(now + int(found[1]) * _SECONDS[found[2]])


def _write(output: Path, signed: SignedOrder) -> None:
    try:
        output.write_text(signed.text() + "\n", encoding="utf-8")
    except OSError as problem:
        raise FileError(output, f"the order can't be written to it ({problem.strerror})") from problem


def _tell(
    session: Session, output: Path, signed: SignedOrder, as_json: bool, kept: Path | None = None
) -> None:
    from onetonne.ledger.order_files import order_fields

    if as_json:
        document = {"file": output, "kind": signed.kind, "order": order_fields(signed.order)}
        show_json(document | {"signature": signed.signature, "details_file": kept})
        return
    say(
        *order_in_words(session, signed.order),
        f"Signed and written to {output}; whoever has it can send it with `onetonne relay {output}`.",
    )
    if kept:
        say(f"Details kept in {kept}; without this file nobody can prove what they were.")
