"""`onetonne verify`: a VVB states what it verified, the programme's operator accepts it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from onetonne.cli.decisions import document_hash
from onetonne.cli.options import AsJson, DryRun, Reason, Sender, VvbAccount, end_of, parse_hash, parse_period
from onetonne.cli.output import cell, facts, moment, plain, say, show_json, table, tonnes
from onetonne.cli.references import METHODOLOGY_HELP, PROJECT_HELP, methodology_named, project_named
from onetonne.cli.sending import report
from onetonne.cli.session import Session, session_of
from onetonne.terms import (
    ComponentId,
    Proposal,
    VerificationId,
    format_quantity,
    parse_quantity,
)

app = typer.Typer(no_args_is_help=True, help="Propose, sign, accept and list verifications.")

_Verification = Annotated[int, typer.Argument(metavar="VERIFICATION", min=1, help="Id of the verification.")]
_Project = Annotated[str, typer.Option("--project", metavar="PROJECT", help=PROJECT_HELP)]
_Methodology = Annotated[str, typer.Option("--methodology", metavar="METHODOLOGY", help=METHODOLOGY_HELP)]
_Period = Annotated[
    str, typer.Option("--period", metavar="DATE..DATE", help="First and last day monitored, both included.")
]
_Verified = Annotated[str, typer.Option("--verified", metavar="QUANTITY", help="Such as 425t.")]
_Evidence = Annotated[
    Path | None,
    typer.Option("--evidence", metavar="FILE", help="The verification report; only its hash is used."),
]
_EvidenceHash = Annotated[
    str | None, typer.Option("--evidence-hash", metavar="0x...", help="Instead: keccak256 of the report.")
]
_DataRoot = Annotated[
    str | None, typer.Option("--data-root", metavar="0x...", help="Merkle root of the monitoring data.")
]
_Source = Annotated[str, typer.Option("--source", metavar="URL", help="Where the report is published.")]
_Component = Annotated[int, typer.Option("--component", min=0, help="0: the activity's first.")]
_Supersedes = Annotated[
    int,
    typer.Option(
        "--supersedes",
        min=0,
        help="A withdrawn verification to take over from, whose claim contains this period.",
    ),
]
_Deadline = Annotated[
    str | None, typer.Option("--deadline", metavar="DATE", help="Last day on which it may be proposed, UTC.")
]
_Salt = Annotated[
    str | None,
    typer.Option("--salt", metavar="0x...", help="Tells two statements apart that are equal otherwise."),
]


@app.command()
def propose(
    context: typer.Context,
    project: _Project,
    methodology: _Methodology,
    period: _Period,
    verified: _Verified,
    evidence: _Evidence = None,
    evidence_hash: _EvidenceHash = None,
    data_root: _DataRoot = None,
    source: _Source = "",
    component: _Component = 0,
    supersedes: _Supersedes = 0,
    deadline: _Deadline = None,
    salt: _Salt = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """State what was verified, as the VVB that signs; it claims nothing until the operator accepts it.

    Example: onetonne verify propose --project VCS:1340 --methodology VCS:VM0048:1.0
    --period 2020-01-01..2020-12-31 --verified 425t --evidence report.pdf --from aenor
    """
    session = session_of(context)
    statement = _statement(session, context.params)
    done = session.ledger.propose_verification(statement, signer=session.signer(sender), dry_run=dry_run)
    report(
        done.sent,
        as_json,
        {"verification": done.verification, "statement": statement},
        f"Verification {done.verification}: {format_quantity(statement.verified)} of project "
        f"{statement.project}, {statement.period_start} to {statement.period_end}; proposed.",
    )


@app.command()
def sign(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("--output", metavar="FILE", help="Where to write the signed statement.")
    ],
    project: _Project,
    methodology: _Methodology,
    period: _Period,
    verified: _Verified,
    evidence: _Evidence = None,
    evidence_hash: _EvidenceHash = None,
    data_root: _DataRoot = None,
    source: _Source = "",
    component: _Component = 0,
    supersedes: _Supersedes = 0,
    deadline: _Deadline = None,
    salt: _Salt = None,
    wallet: VvbAccount = None,
    sender: Sender = None,
    as_json: AsJson = False,
) -> None:
    """Sign a verification as its VVB and write it to a file, which anyone can submit; sends nothing.

    Example: onetonne verify sign --output statement.json --project VCS:1340 --methodology VCS:VM0048:1.0
    --period 2020-01-01..2020-12-31 --verified 425t --evidence report.pdf --from aenor
    """
    from onetonne.ledger.statements import sign as sign_statement

    session = session_of(context)
    vvb = session.account(wallet) if wallet else None
    statement = _statement(session, context.params)
    signed = sign_statement(session.ledger, statement, session.signer(sender), vvb)
    output.write_text(signed.text() + "\n", encoding="utf-8")
    if as_json:
        show_json({"file": output, "vvb": signed.vvb, "signature": signed.signature})
    else:
        say(f"Signed by {session.shown(signed.vvb)}; whoever has {output} can submit it.")


@app.command()
def submit(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `verify sign` wrote.")],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Carry a VVB's signed verification to the chain; anyone may, and pays the gas.

    Example: onetonne verify submit statement.json --from verra
    """
    from onetonne.ledger.statements import read_signed

    session = session_of(context)
    signed = read_signed(file)
    signed.check(session.ledger)
    done = session.ledger.propose_signed(
        signed.proposal, signed.vvb, signed.signature, signer=session.signer(sender), dry_run=dry_run
    )
    report(
        done.sent,
        as_json,
        {"verification": done.verification, "vvb": signed.vvb},
        f"Verification {done.verification}: {format_quantity(signed.proposal.verified)} of project "
        f"{signed.proposal.project}; proposed for {session.shown(signed.vvb)}.",
    )


@app.command()
def accept(
    context: typer.Context,
    verification: _Verification,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Accept a verification: it claims its period for ever. The project's operator only.

    Example: onetonne verify accept 1 --from verra
    """
    session = session_of(context)
    done = session.ledger.accept_verification(
        VerificationId(verification), signer=session.signer(sender), dry_run=dry_run
    )
    report(
        done.sent,
        as_json,
        {"verification": done.verification, "cap_kilograms": done.cap},
        f"Verification {done.verification}: accepted, for up to {format_quantity(done.cap)}.",
    )


@app.command()
def withdraw(
    context: typer.Context,
    verification: _Verification,
    reason: Reason,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Stop issuance against a verification for ever; what was issued stays. Its VVB, or the operator.

    Example: onetonne verify withdraw 1 --reason "Report corrected" --from aenor
    """
    session = session_of(context)
    done = session.ledger.withdraw_verification(
        VerificationId(verification), reason, signer=session.signer(sender), dry_run=dry_run
    )
    report(done.sent, as_json, {"verification": verification}, f"Verification {verification} is withdrawn.")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List verifications, with what may still be issued against each.

    Example: onetonne verify list
    """
    found = session_of(context).listings.verifications()
    if as_json:
        show_json(found)
        return
    table(
        [
            "Id>",
            "Project>",
            "VVB>",
            "First day",
            "Last day",
            "Verified, t>",
            "Cap, t>",
            "Issued, t>",
            "Status",
        ],
        [
            (
                one.id,
                one.project,
                one.vvb,
                one.period_start,
                one.period_end,
                tonnes(one.verified),
                tonnes(one.cap),
                tonnes(one.issued),
                cell(one.status),
            )
            for one in found
        ],
    )


@app.command()
def show(context: typer.Context, verification: _Verification, as_json: AsJson = False) -> None:
    """Show a verification: its period, its cap, its evidence, and the years of monitoring demanded.

    Example: onetonne verify show 1 --json
    """
    session = session_of(context)
    found = session.ledger.verification(VerificationId(verification))
    years = session.ledger.methodology(found.methodology).monitoring_years
    verifications = session.listings.verifications()
    source = next((one.source for one in verifications if one.id == found.id), "")
    if as_json:
        show_json({**plain(found), "source": source, "monitoring_years_demanded": years})
        return
    facts(
        {
            "Verification": found.id,
            "Status": cell(found.status),
            "Project": found.project,
            "Component": found.component,
            "VVB": found.vvb,
            "Methodology": found.methodology,
            "Monitoring period": f"{found.period_start} to {found.period_end}",
            "Monitoring demanded": _demanded(years, found.period_end),
            "Cap": format_quantity(found.cap),
            "Issued": format_quantity(found.issued),
            "Remaining": format_quantity(found.remaining),
            "Supersedes": found.supersedes or None,
            "Proposed": moment(found.proposed_at),
            "Accepted": moment(found.accepted_at) or None,
            "Withdrawn": moment(found.withdrawn_at) or None,
            "Evidence": found.evidence_hash,
            "Data root": found.data_root if any(found.data_root) else None,
            "Source": source,
        }
    )


def _demanded(years: int, end: date) -> str:
    counted = "1 year" if years == 1 else f"{years} consecutive years"
    return f"{counted} up to {end}" if years else "none"


def _statement(session: Session, given: Mapping[str, Any]) -> Proposal:
    """What the options of `propose` and `sign` say."""
    start, end = parse_period(given["period"])
    return Proposal(
        project=project_named(session, given["project"]),
        methodology=methodology_named(session, given["methodology"]),
        period_start=start,
        period_end=end,
        verified=parse_quantity(given["verified"]),
        evidence_hash=document_hash("--evidence", given["evidence"], given["evidence_hash"]),
        data_root=parse_hash(given["data_root"], "Data root") if given["data_root"] else bytes(32),
        source=given["source"],
        component=ComponentId(given["component"]),
        supersedes=VerificationId(given["supersedes"]),
        deadline=end_of(given["deadline"]),
        # Not a random one: the same command twice makes the same statement, and the contract refuses that.
        salt=parse_hash(given["salt"], "Salt") if given["salt"] else bytes(32),
    )
