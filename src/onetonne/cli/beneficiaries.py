"""`onetonne retire --beneficiaries`: many beneficiaries at once, from a table."""

from collections.abc import Sequence
from pathlib import Path

from onetonne import beneficiaries
from onetonne.beneficiaries import Entry, Outcome
from onetonne.cli.output import progress, say, show_json, table
from onetonne.cli.retirement import Demand, confirm_retirement, require_terminal
from onetonne.cli.session import Session
from onetonne.home import details_folder
from onetonne.terms import Kilograms, RetirementDetails, format_quantity


def retire_for_table(
    session: Session,
    file: Path,
    demand: Demand,
    details: RetirementDetails,
    *,
    beneficiary: str | None,
    holder: str | None,
    sender: str | None,
    publish: bool,
    yes: bool,
    dry_run: bool,
) -> None:
    """Retires for each row of a table. What an earlier run of the same table did stays as it is."""
    asks = not (yes or demand.quiet or dry_run)
    if asks:
        require_terminal()
    rows = beneficiaries.read_table(file, session.account)
    signer = session.signer(sender)
    source = session.account(holder) if holder else signer.address
    terms = beneficiaries.Terms(
        session.chain.chain_id,
        session.ledger.deployment.addresses["Credits"],
        demand.purpose,
        source,
        session.account(beneficiary) if beneficiary else signer.address,
        details,
        publish,
    )
    with beneficiaries.opened(session.home, rows, terms, dry_run=dry_run) as round_:
        session.chain.settle(signer.address)
        index = session.synced(quiet=demand.quiet)
        entries = beneficiaries.with_retirements(round_.entries, index, source)
        open_ = Kilograms(sum(entry.row.kilograms for entry in entries if not entry.done))
        if open_:
            entries = beneficiaries.with_lots(entries, demand.pick_for_many(session, open_, source))
            if not demand.quiet:
                _show_table(session, entries)
            if asks:
                confirm_retirement(open_)
        with progress("Retiring", hidden=demand.quiet) as advance:
            outcome = beneficiaries.run(
                session.ledger, session.home, entries, terms, signer, dry_run=dry_run, progress=advance
            )
    _report_table(session, entries, outcome, publish, demand.quiet, dry_run)


def _show_table(session: Session, entries: Sequence[Entry]) -> None:
    table(
        ["Line>", "Name~", "Account", "Kilograms>", "Batches", "Retired before"],
        [
            (
                entry.row.line,
                entry.row.name,
                session.shown(entry.account),
                f"{entry.row.kilograms:,}",
                ", ".join(str(lot.batch) for lot in entry.lots),
                ", ".join(map(str, entry.retirements)),
            )
            for entry in entries
        ],
        title="To be retired",
    )


def _report_table(
    session: Session,
    entries: Sequence[Entry],
    outcome: Outcome,
    published: bool,
    as_json: bool,
    dry_run: bool,
) -> None:
    before = {entry.row.line for entry in entries if entry.done}
    gas, fee = (sum(getattr(one, name) for one in outcome.sent) for name in ("gas_used", "fee_wei"))
    if as_json:
        show_json(
            {
                "beneficiaries": [
                    {
                        "line": one.row.line,
                        "name": one.row.name,
                        "account": one.account,
                        "kilograms": one.row.kilograms,
                        "retirements": one.retirements,
                        "retired_before": one.row.line in before,
                    }
                    for one in outcome.entries
                ],
                "dry_run": dry_run,
                "transactions": [one.transaction for one in outcome.sent if one.transaction],
                "gas": gas,
                "fee_wei": fee,
            }
        )
        return
    for one in outcome.entries:
        if one.done and one.row.line not in before:
            numbers = ", ".join(map(str, one.retirements))
            name, quantity = one.row.name, format_quantity(one.row.kilograms)
            say(f"{name}: {quantity}, certificate {numbers}, of {session.shown(one.account)}.")
    if before:
        say(f"{len(before)} of {len(entries)} beneficiaries had been retired for already: nothing was sent.")
    many = f"{len(outcome.sent)} transaction{'' if len(outcome.sent) == 1 else 's'}, {gas:,} gas"
    if dry_run:
        say(f"Dry run: nothing was sent. It would take {many}.")
    elif outcome.sent:
        kept = f" Details are kept in {details_folder(session.home)}; without them nobody can prove them."
        say(f"{many}.{'' if published else kept}")
