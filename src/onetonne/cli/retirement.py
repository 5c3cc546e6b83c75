"""`onetonne retire`: credits used for good, and their certificates."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onetonne.cli.buying import PolicyFile, Required, demanded, labels_in_words
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
from onetonne.cli.output import table
from onetonne.cli.root import Misuse
from onetonne.cli.sending import report
from onetonne.cli.session import Session, session_of
from onetonne.cli.words import PurposeWord, serials_in_words
from onetonne.errors import BadInput
from onetonne.terms import (
    Address,
    Kilograms,
    Lot,
    Purpose,
    RetirementDetails,
    RetirementId,
    format_quantity,
    parse_quantity,
    serials_of,
)

if TYPE_CHECKING:
    from onetonne.ledger import Ledger
    from onetonne.policy import Planned


Wanted = Annotated[
    str | None,
    typer.Option(
        "--quantity",
        metavar="QUANTITY",
        help="Instead of batches: how much, of what the holder has and the policy admits.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before retiring what was picked.")]
Beneficiary = Annotated[
    str | None,
    typer.Option(
        "--beneficiary",
        metavar="ACCOUNT",
        help="Account that will own the certificate; else the sender's.",
    ),
]
BeneficiaryName = Annotated[
    str | None,
    typer.Option("--beneficiary-name", metavar="TEXT", help="On whose behalf, for the certificate."),
]
ClaimReason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="What it is for.")]
ClaimPeriod = Annotated[
    str | None,
    typer.Option("--period", metavar="DATE..DATE", help="What the claim covers, both days included."),
]
Jurisdiction = Annotated[
    str | None, typer.Option("--jurisdiction", metavar="TEXT", help="Country or scheme of the claim.")
]
AeroplaneOperator = Annotated[
    str | None,
    typer.Option("--aeroplane-operator", metavar="TEXT", help="Whose flights, for a purpose of CORSIA."),
]
ForPurpose = Annotated[
    PurposeWord, typer.Option("--purpose", help="What it is used for; some purposes demand a label.")
]
Publish = Annotated[
    bool, typer.Option("--publish-details", help="Put name, reason and so on on chain; public for ever.")
]
DetailsFile = Annotated[
    Path | None,
    typer.Option(
        "--details-file", metavar="FILE", help="Where to keep the details; else in the home's `details`."
    ),
]


BeneficiariesFile = Annotated[
    Path | None,
    typer.Option(
        "--beneficiaries",
        metavar="FILE",
        help="CSV of many: name, quantity, account, reason. Lots are picked; none is retired twice.",
    ),
]


def retire(
    context: typer.Context,
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
    beneficiaries: BeneficiariesFile = None,
    holder: Holder = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Retire credits for good on somebody's behalf; each lot becomes a certificate. Irrevocable.

    Name batches, or give --quantity: then lots are picked, oldest vintage first, of what the policy admits
    and the purpose allows; the plan is shown and confirmed, and retired in one transaction.
    What named batches must be is checked before anything is sent.

    Name, reason, period and jurisdiction stay with you, in a file: only their salted hash goes on chain,
    unless they are published. Without the file nobody can prove later what they were.

    For many beneficiaries at once, --beneficiaries names a CSV file with the columns name and quantity, and
    perhaps account and reason. A run that was cut off goes on with the rest; no row is retired twice.

    Example: onetonne retire --policy policy.toml --quantity 250t --purpose corsia-1
    --aeroplane-operator "Aero SA" --period 2026-01-01..2026-12-31 --from airline
    """
    from onetonne.chain.journal import fingerprint
    from onetonne.details import retire_keeping

    session = session_of(context)
    if beneficiaries is not None:
        if batch is not None or lot or wanted or beneficiary_name or details_file:
            raise Misuse(
                "--beneficiaries gives names and quantities, and lots are picked: leave out batches, --lot, "
                "--quantity, --beneficiary-name and --details-file."
            )
        from onetonne.cli.beneficiaries import retire_for_table

        retire_for_table(
            session,
            beneficiaries,
            Demand(policy_file, require, purpose.purpose, as_json),
            details_of(None, reason, period, jurisdiction, aeroplane_operator) or RetirementDetails(),
            beneficiary=beneficiary,
            holder=holder,
            sender=sender,
            publish=publish,
            yes=yes,
            dry_run=dry_run,
        )
        return
    details = details_of(beneficiary_name, reason, period, jurisdiction, aeroplane_operator)
    if publish and details is None:
        raise Misuse(
            "There are no details to publish: give --beneficiary-name, --reason, --period or --jurisdiction."
        )
    demand = Demand(policy_file, require, purpose.purpose, as_json)
    if wanted is None:
        lots = lots_of(batch, quantity, lot)
        demand.check(session, lots)
    elif batch is not None or lot:
        raise Misuse("Give either batches or --quantity, which picks them.")
    else:
        kilograms = parse_quantity(wanted)
    signer = session.signer(sender)
    owner = session.account(beneficiary) if beneficiary else signer.address
    source = session.account(holder) if holder else None
    intent = fingerprint(
        "retire", wanted or lots, owner, purpose, details and details.text(), source, policy_file, require
    )
    if not dry_run:
        # Before lots are picked: where it was done a moment ago there is nothing left to pick.
        session.chain.outbox.begin(signer.address, intent)
    if wanted is not None:
        lots = demand.pick(session, kilograms, source or signer.address)
        if not (yes or as_json or dry_run):
            confirm_retirement(kilograms)
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
            intent=intent,
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
            intent=intent,
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


@dataclass(frozen=True, slots=True)
class Demand:
    """What the credits must be, and what they are retired for."""

    policy_file: Path | None
    required: list[str] | None
    purpose: Purpose
    quiet: bool

    def check(self, session: Session, lots: Sequence[Lot]) -> None:
        """Raises `BadInput` where a named batch is not what is asked for."""
        from onetonne.policy import ANY

        if self.policy_file is None and not self.required:
            return
        policy, facts = demanded(session, self.policy_file, self.required)
        for lot in lots:
            session.ledger.batch(lot.batch)  # refuses an unknown one in the contract's words
            reasons = (policy or ANY).admits(facts.of(lot.batch), facts.today)
            if reasons:
                raise BadInput(
                    f"Batch {lot.batch} is not what you ask for ({'; '.join(reasons)}): name another one, "
                    "or ask for less."
                )

    def pick(self, session: Session, kilograms: Kilograms, holder: Address) -> list[Lot]:
        """The lots for a quantity, shown. Raises `BadInput` where there is too little."""
        from onetonne.policy import ANY, pick

        policy, facts = demanded(session, self.policy_file, self.required)
        held, name = session.index.holdings(holder), session.shown(holder)
        plan = pick(held, facts, policy or ANY, kilograms, self.purpose, f"Account {name}")
        if not self.quiet:
            _show_plan(plan)
        return [one.lot for one in plan]

    def pick_for_many(self, session: Session, kilograms: Kilograms, holder: Address) -> list[Planned]:
        """As `pick`, for as many transactions as it takes; shows nothing."""
        from onetonne.policy import ANY, pick_any_number

        policy, facts = demanded(session, self.policy_file, self.required)
        held, name = session.index.holdings(holder), session.shown(holder)
        return pick_any_number(held, facts, policy or ANY, kilograms, self.purpose, f"Account {name}")


def _show_plan(plan: Sequence[Planned]) -> None:
    table(
        ["Batch>", "Programme", "Project", "Vintage", "Labels", "Kilograms>"],
        [
            (
                one.facts.batch.id,
                one.facts.programme,
                one.facts.project,
                one.facts.batch.vintage_year,
                labels_in_words(one.facts.labels, left=one.facts.authorised_left),
                f"{one.kilograms:,}",
            )
            for one in plan
        ],
        title="To be retired",
    )


def confirm_retirement(kilograms: Kilograms) -> None:
    """Asks. Raises `BadInput` where the answer is no, or nobody can answer."""
    require_terminal()
    if not typer.confirm(f"Retire {format_quantity(kilograms)} for good?", err=True):
        raise BadInput("Nothing was retired: the plan was not confirmed.")


def require_terminal() -> None:
    """Raises `BadInput` where nobody can answer."""
    if not sys.stdin.isatty():
        raise BadInput(
            "A retirement can't be taken back, and there is no terminal to ask in: "
            "add --yes, or --dry-run to send nothing."
        )


def details_of(
    name: str | None,
    reason: str | None,
    period: str | None,
    jurisdiction: str | None,
    aeroplane_operator: str | None,
) -> RetirementDetails | None:
    """None where nothing is said: then there is nothing to keep."""
    if not (name or reason or period or jurisdiction or aeroplane_operator):
        return None
    start, end = parse_period(period) if period else (None, None)
    return RetirementDetails(name, reason, start, end, jurisdiction, aeroplane_operator=aeroplane_operator)


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
