"""`onetonne methodology`: a programme's quantification rules, by code and version."""

from typing import Annotated

import typer

from onetonne.cli.options import AsJson, DryRun, Reason, Sender
from onetonne.cli.output import cell, moment, show_json, table
from onetonne.cli.references import METHODOLOGY_HELP, methodology_named
from onetonne.cli.sending import report
from onetonne.cli.session import session_of
from onetonne.terms import BasisPoints

app = typer.Typer(no_args_is_help=True, help="Register, suspend and list methodologies.")

_Methodology = Annotated[str, typer.Argument(metavar="METHODOLOGY", help=METHODOLOGY_HELP)]


@app.command()
def register(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Such as VM0048.")],
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Such as 1.0.")],
    monitoring_years: Annotated[
        int,
        typer.Option("--monitoring-years", min=0, max=255, help="Consecutive years of monitoring demanded."),
    ] = 0,
    buffer: Annotated[
        int,
        typer.Option(
            "--buffer",
            metavar="BASIS POINTS",
            min=0,
            max=10_000,
            help="Share withheld against reversals; 2000 is 20%.",
        ),
    ] = 0,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Register a version of a methodology of the signing operator's programme.

    Example: onetonne methodology register VM0048 1.0 --buffer 1500 --from verra
    """
    session = session_of(context)
    done = session.ledger.register_methodology(
        code, version, monitoring_years, BasisPoints(buffer), signer=session.signer(sender), dry_run=dry_run
    )
    report(
        done.sent,
        as_json,
        {"methodology": done.methodology, "code": code.upper(), "version": version.upper()},
        f"Methodology {done.methodology}: {code.upper()} {version.upper()}, {buffer / 100:g}% buffer.",
    )


@app.command()
def compose(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Of the composed methodology.")],
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Such as 1.0.")],
    part: Annotated[
        list[str],
        typer.Option("--part", metavar="METHODOLOGY", help=f"2 to 8 of the programme. {METHODOLOGY_HELP}"),
    ],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Register a methodology composed of others, for projects that apply several at once.

    It demands the most years of monitoring and withholds the greatest buffer share of its parts, and holds a
    label where every part does.

    Example: onetonne methodology compose VM0042-VM0047 1.0 --part VCS:VM0042:2.1 --part VCS:VM0047:1.0
    --from verra
    """
    session = session_of(context)
    parts = [methodology_named(session, name) for name in part]
    done = session.ledger.register_composed_methodology(
        code, version, parts, signer=session.signer(sender), dry_run=dry_run
    )
    numbers = ", ".join(map(str, parts))
    report(
        done.sent,
        as_json,
        {"methodology": done.methodology, "code": code.upper(), "version": version.upper(), "parts": parts},
        f"Methodology {done.methodology}: {code.upper()} {version.upper()}, composed of {numbers}.",
    )


@app.command()
def suspend(
    context: typer.Context,
    methodology: _Methodology,
    reason: Reason,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Stop issuance under a methodology's version, from that block on. The programme's operator only.

    Example: onetonne methodology suspend VCS:VM0048:1.0 --reason "Superseded" --from verra
    """
    session = session_of(context)
    found = methodology_named(session, methodology)
    done = session.ledger.suspend_methodology(found, reason, signer=session.signer(sender), dry_run=dry_run)
    report(
        done.sent,
        as_json,
        {"methodology": found, "standing": "suspended"},
        f"Methodology {found} is suspended.",
    )


@app.command()
def reinstate(
    context: typer.Context,
    methodology: _Methodology,
    reason: Reason,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """End a methodology's suspension. The programme's operator only.

    Example: onetonne methodology reinstate VCS:VM0048:1.0 --reason "Error corrected" --from verra
    """
    session = session_of(context)
    found = methodology_named(session, methodology)
    done = session.ledger.reinstate_methodology(found, reason, signer=session.signer(sender), dry_run=dry_run)
    report(
        done.sent, as_json, {"methodology": found, "standing": "active"}, f"Methodology {found} is active."
    )


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the methodologies that operators registered.

    Example: onetonne methodology list --json
    """
    found = session_of(context).listings.methodologies()
    if as_json:
        show_json(found)
        return
    table(
        ["Id>", "Programme>", "Code", "Version", "Parts", "Buffer>", "Years>", "Standing", "Since"],
        [
            (
                one.id,
                one.programme,
                one.code,
                one.version,
                ", ".join(map(str, one.parts)),
                f"{one.buffer_share / 100:g}%",
                one.monitoring_years,
                cell(one.standing),
                moment(one.since),
            )
            for one in found
        ],
    )
