"""`onetonne retire`: credits used for good, and their certificates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

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
    parse_period,
)
from onetonne.cli.root import Misuse
from onetonne.cli.sending import report
from onetonne.cli.session import session_of
from onetonne.cli.words import PurposeWord, serials_in_words
from onetonne.details import retire_keeping
from onetonne.ledger import Ledger
from onetonne.terms import Lot, RetirementDetails, RetirementId, format_quantity, serials_of


def retire(
    context: typer.Context,
    batch: BatchArgument = None,
    quantity: QuantityArgument = None,
    lot: Lots = None,
    beneficiary: Annotated[
        str | None,
        typer.Option(
            "--beneficiary",
            metavar="ACCOUNT",
            help="Account that will own the certificate; else the sender's.",
        ),
    ] = None,
    beneficiary_name: Annotated[
        str | None,
        typer.Option("--beneficiary-name", metavar="TEXT", help="On whose behalf, for the certificate."),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="What it is for.")] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", metavar="DATE..DATE", help="What the claim covers, both days included."),
    ] = None,
    jurisdiction: Annotated[
        str | None, typer.Option("--jurisdiction", metavar="TEXT", help="Country or scheme of the claim.")
    ] = None,
    purpose: Annotated[
        PurposeWord, typer.Option("--purpose", help="What it is used for.")
    ] = PurposeWord.VOLUNTARY,
    publish: Annotated[
        bool, typer.Option("--publish-details", help="Put name, reason and so on on chain; public for ever.")
    ] = False,
    details_file: Annotated[
        Path | None,
        typer.Option(
            "--details-file", metavar="FILE", help="Where to keep the details; else in the home's `details`."
        ),
    ] = None,
    holder: Holder = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Retire credits for good on somebody's behalf; each lot becomes a certificate. Nothing takes it back.

    Name, reason, period and jurisdiction stay with you, in a file: only their salted hash goes on chain,
    unless they are published. Without the file nobody can prove later what they were.

    Example: onetonne retire 3 1.5t --beneficiary-name "Aero SA"
    --reason "Flights of 2026" --period 2026-01-01..2026-12-31 --from airline
    """
    session = session_of(context)
    lots = lots_of(batch, quantity, lot)
    details = _details(beneficiary_name, reason, period, jurisdiction)
    if publish and details is None:
        raise Misuse(
            "There are no details to publish: give --beneficiary-name, --reason, --period or --jurisdiction."
        )
    signer = session.signer(sender)
    owner = session.account(beneficiary) if beneficiary else signer.address
    source = session.account(holder) if holder else None
    kept = None
    if details is None or publish or dry_run:
        done = session.ledger.retire(
            lots,
            owner,
            purpose.purpose,
            details,
            signer=signer,
            publish=publish,
            holder=source,
            dry_run=dry_run,
        )
    else:
        done, kept = retire_keeping(
            session.ledger,
            session.home,
            lots,
            owner,
            details,
            purpose.purpose,
            signer=signer,
            holder=source,
            path=details_file,
        )
    records = [_planned(number, one) for number, one in zip(done.retirements, lots, strict=True)]
    if not dry_run:
        records = [_retired(session.ledger, number) for number in done.retirements]
    report(
        done.sent,
        as_json,
        {
            "retirements": records,
            "beneficiary": owner,
            "details_file": kept,
            "details_published": publish,
        },
        *map(_sentence, records),
        f"Beneficiary: {session.shown(owner)}.",
        *([f"Details kept in {kept}; without this file nobody can prove what they were."] if kept else []),
    )


def _details(
    name: str | None, reason: str | None, period: str | None, jurisdiction: str | None
) -> RetirementDetails | None:
    """None where nothing is said: then there is nothing to keep."""
    if not (name or reason or period or jurisdiction):
        return None
    start, end = parse_period(period) if period else (None, None)
    return RetirementDetails(name, reason, start, end, jurisdiction)


def _planned(number: RetirementId, lot: Lot) -> dict[str, object]:
    """Without serial numbers: until it is sent, another retirement may take them."""
    return {"certificate": number, "batch": lot.batch, "kilograms": lot.kilograms}


def _retired(ledger: Ledger, number: RetirementId) -> dict[str, object]:
    """What was retired, to the serial number."""
    made = ledger.retirement(number)
    block_first = ledger.batch(made.batch).first
    first, last, of_first, of_last = serials_of(block_first, made.start, made.kilograms)
    return {
        **_planned(number, Lot(made.batch, made.kilograms)),
        "first": first,
        "last": last,
        "first_kilograms": of_first,
        "last_kilograms": of_last,
        "serials": serials_in_words(first, last, of_first, of_last),
    }


def _sentence(record: Mapping[str, Any]) -> str:
    quantity = format_quantity(record["kilograms"])
    serials = f", serial numbers {record['serials']}" if "serials" in record else ""
    return f"Certificate {record['certificate']}: {quantity} of batch {record['batch']}{serials}."
