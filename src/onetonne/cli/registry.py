"""`onetonne registry`: programmes' exports checked, and imported with two keys."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson, parse_date
from onetonne.cli.output import plain, progress, say, show_json, table
from onetonne.cli.registry_check import check
from onetonne.cli.root import Misuse
from onetonne.cli.session import Session, session_of
from onetonne.errors import BadInput, MissingKey
from onetonne.terms import Address

if TYPE_CHECKING:
    from onetonne.chain import Signer
    from onetonne.importing import ImportPlan, ImportResult

app = typer.Typer(no_args_is_help=True, help="Check programmes' exports, and import them.")

app.command()(check)


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An export of one programme's credits.")],
    operator: Annotated[
        str | None, typer.Option("--operator", metavar="NAME", help="Key of the programme's operator.")
    ] = None,
    verifier: Annotated[
        str | None, typer.Option("--verifier", metavar="NAME", help="Key of the VVB that verified.")
    ] = None,
    holder: Annotated[
        str | None, typer.Option("--holder", metavar="ACCOUNT", help="Who gets the credits.")
    ] = None,
    projects: Annotated[
        Path | None,
        typer.Option(
            "--projects", metavar="FILE", help="The programme's list of projects, for what it adds."
        ),
    ] = None,
    ended: Annotated[
        list[Path] | None,
        typer.Option(
            "--ended",
            metavar="FILE",
            help="Retirements or cancellations; several times for several. What FILE says was issued, and "
            "they do not have, is live.",
        ),
    ] = None,
    record_date: Annotated[
        str | None,
        typer.Option(
            "--record-date",
            metavar="DATE",
            help="Day on which the credits were immobilised; else today, UTC.",
        ),
    ] = None,
    history: Annotated[
        bool,
        typer.Option("--history", help="Local chain only: simulate what was retired and cancelled, too."),
    ] = False,
    at_source: Annotated[
        bool,
        typer.Option(
            "--at-source",
            help="Bring in what the programme ended, too, and cancel it at once as ended at source: these "
            "serial numbers can never be tokenised.",
        ),
    ] = False,
    publish_details: Annotated[
        bool,
        typer.Option(
            "--publish-details", help="With --history: names of beneficiaries go on chain in clear."
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan only.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put an export's live credits on chain: the VVB signs what was verified, the operator issues.

    First shows the plan: what comes on chain, and every row that does not with its reason. Run again, with
    the same file or a later one, it does only what is not done yet: a block that was split since is no second
    issuance, and a corrected quantity is refused.

    Example: onetonne registry import export.csv --operator verra --verifier earthood --holder proponent
    """
    from onetonne import importing

    if operator is None or verifier is None:
        raise Misuse(
            "Two keys make a credit: give --operator, who issues it, and --verifier, who verified it."
        )
    if holder is None:
        raise Misuse("Missing --holder: name who gets the credits.")
    if publish_details and not history:
        raise Misuse("--publish-details goes with --history: nothing else retires for a beneficiary.")
    session = session_of(context)
    accounts = session.account(operator), session.account(verifier)
    if accounts[0] == accounts[1]:
        raise BadInput("Operator and verifier are one key: two keys make a credit, so name another one.")
    senders = (accounts[0], session.account(holder))
    state = importing.read_state(session.chain, session.deployment, senders)
    plan = importing.plan(
        importing.read_source(file, projects, ended or ()),
        state,
        accounts[0],
        vvb=accounts[1],
        history=history,
        at_source=at_source,
        immobilised=parse_date(record_date) if record_date else None,
    )
    if not as_json:
        _show_plan(plan)
    result = None
    if plan.steps and not dry_run:
        if not yes:
            _ask(plan)
        result = _run(session, plan, operator, verifier, holder, publish_details, as_json)
    _show_end(plan, result, dry_run, as_json)


def _ask(plan: ImportPlan) -> None:
    if not sys.stdin.isatty():
        raise Misuse("There is no terminal to ask in: add --yes to do it, or --dry-run to see the plan only.")
    typer.confirm(f"Take these {plan.steps:,} steps?", abort=True, err=True)


def _run(
    session: Session,
    plan: ImportPlan,
    operator: str,
    verifier: str,
    holder: str,
    publish_details: bool,
    as_json: bool,
) -> ImportResult:
    from onetonne import importing

    account = session.account(holder)
    keys = session.signer(operator), session.signer(verifier)
    own = _holder_key(session, account, holder) if plan.history and plan.ending else None
    with progress("Importing", hidden=as_json) as advance:
        return importing.run(
            plan,
            session.ledger,
            *keys,
            account,
            holder_signer=own,
            publish_details=publish_details,
            progress=lambda done, steps, _doing: advance(done, steps),
        )


def _holder_key(session: Session, account: Address, holder: str) -> Signer:
    if account not in session.names:
        raise MissingKey(
            "A simulated history retires and cancels what it issued: give --holder the name of a key."
        )
    return session.signer(holder)


def _show_plan(plan: ImportPlan) -> None:
    from onetonne.importing import Seen, tonnes_of

    say(f"{plan.file} of {plan.programme}, to chain {plan.chain_id}:")
    if plan.history:
        say("A simulated history: it is marked as such in the evidence of every verification.")
    fresh = [one for one in plan.verifications if one.accepted is None]
    rows: Sequence[tuple[str, int, int]] = [
        ("to issue", len(plan.new), tonnes_of(plan.new)),
        ("on chain already", len(plan.batches) - len(plan.new), plan.accepted_tonnes - tonnes_of(plan.new)),
        ("refused", len(plan.refused), plan.refused_tonnes),
        ("the whole file", plan.rows, plan.tonnes),
    ]
    table(["What becomes of them", "Rows>", "Tonnes>"], [(n, _number(c), _number(t)) for n, c, t in rows])
    if plan.refused:
        refused = [(one.origin.row, _tonnes(one.tonnes), one.reason) for one in plan.refused]
        table(["Row>", "Tonnes>", "Why it is refused~"], refused, title="Refused")
    for seen in Seen:
        rows_so = [one for one in plan.batches if one.seen is seen]
        if rows_so:
            count = f"{len(rows_so):,} rows of {tonnes_of(tuple(rows_so)):,} t"
            say(f"On chain already as {seen}: {count}; nothing is done with them.")
    projects = sum(1 for one in plan.projects if not one.registered)
    say(
        f"Steps: {len(plan.methodologies):,} methodologies and {projects:,} projects to register, "
        f"{len(fresh):,} verifications, {len(plan.new):,} batches"
        + (f", {len(plan.ending):,} to retire or cancel." if plan.ending else ".")
    )


def _show_end(plan: ImportPlan, result: ImportResult | None, dry_run: bool, as_json: bool) -> None:
    if as_json:
        show_json({"dry_run": dry_run, "plan": plan.to_json(), "result": plain(result)})
    elif result is not None:
        say(
            f"Done: {len(result.batches):,} batches, {result.retirements:,} retirements and "
            f"{result.cancellations:,} cancellations in {result.transactions:,} transactions, "
            f"{result.gas_used:,} gas."
        )
    elif plan.steps:
        say("Nothing was sent: this was a dry run.")
    else:
        say("Nothing is left to do.")


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else ""


def _tonnes(tonnes: int | None) -> str:
    return "unreadable" if tonnes is None else f"{tonnes:,}"
