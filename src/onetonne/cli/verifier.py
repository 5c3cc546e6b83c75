"""`onetonne verifier`: validation and verification bodies (VVBs), the first of the two keys."""

from typing import Annotated

import typer

from onetonne.cli.options import AsJson, DryRun, Reason, Sender
from onetonne.cli.output import cell, moment, show_json, table
from onetonne.cli.references import VVB_HELP, vvb_named
from onetonne.cli.sending import governing, report
from onetonne.cli.session import session_of

app = typer.Typer(no_args_is_help=True, help="Admit, suspend and list VVBs, who verify.")

_Vvb = Annotated[str, typer.Argument(metavar="VERIFIER", help=VVB_HELP)]
_Account = Annotated[
    str, typer.Option("--account", metavar="ACCOUNT", help="Account that signs its verifications.")
]


@app.command()
def admit(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Unique short code, such as 1507.")],
    account: _Account,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Accredit a VVB with its account. Governance only.

    An account that was ever an operator's can't be a VVB's, nor the reverse: no one key makes a credit.

    Example: onetonne verifier admit AENOR --account aenor --from council
    """
    session = session_of(context)
    address = session.account(account)
    with governing(as_json):
        done = session.ledger.admit_vvb(code, address, signer=session.signer(sender), dry_run=dry_run)
    report(
        done.sent,
        as_json,
        {"verifier": done.vvb, "code": code.upper(), "account": address},
        f"VVB {done.vvb}: {code.upper()}, signing with {address}.",
    )


@app.command()
def suspend(
    context: typer.Context,
    verifier: _Vvb,
    reason: Reason,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Withdraw a VVB's accreditation from that block on. Governance only.

    Example: onetonne verifier suspend AENOR --reason "Accreditation lapsed" --from council
    """
    session = session_of(context)
    found = vvb_named(session, verifier)
    with governing(as_json):
        done = session.ledger.suspend_vvb(found, reason, signer=session.signer(sender), dry_run=dry_run)
    report(done.sent, as_json, {"verifier": found, "standing": "suspended"}, f"VVB {found} is suspended.")


@app.command()
def reinstate(
    context: typer.Context,
    verifier: _Vvb,
    reason: Reason,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """End a VVB's suspension. Governance only.

    Example: onetonne verifier reinstate AENOR --reason "Accredited again" --from council
    """
    session = session_of(context)
    found = vvb_named(session, verifier)
    with governing(as_json):
        done = session.ledger.reinstate_vvb(found, reason, signer=session.signer(sender), dry_run=dry_run)
    report(done.sent, as_json, {"verifier": found, "standing": "active"}, f"VVB {found} is active.")


@app.command()
def rotate(
    context: typer.Context,
    verifier: _Vvb,
    account: _Account,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give a VVB another account; the old one can hold no key again. Governance only.

    Example: onetonne verifier rotate AENOR --account aenor-2 --from council
    """
    session = session_of(context)
    found, address = vvb_named(session, verifier), session.account(account)
    with governing(as_json):
        done = session.ledger.rotate_vvb_key(found, address, signer=session.signer(sender), dry_run=dry_run)
    report(done.sent, as_json, {"verifier": found, "account": address}, f"VVB {found} signs with {address}.")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the VVBs that were accredited.

    Example: onetonne verifier list
    """
    session = session_of(context)
    found = session.listings.vvbs()
    if as_json:
        show_json(found)
        return
    table(
        ["Id>", "Code", "Account", "Standing", "Since"],
        [
            (
                one.vvb.id,
                one.code,
                session.short(one.vvb.account),
                cell(one.vvb.standing),
                moment(one.vvb.since),
            )
            for one in found
        ],
    )
