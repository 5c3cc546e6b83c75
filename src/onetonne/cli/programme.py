"""`onetonne programme`: carbon-crediting programmes, and the operators who act for them."""

from __future__ import annotations

from typing import Annotated

import typer

from onetonne.cli.against import Against
from onetonne.cli.options import AsJson, DryRun, Reason, Sender
from onetonne.cli.output import cell, facts, moment, plain, say, show_json, table
from onetonne.cli.references import PROGRAMME_HELP, programme_named
from onetonne.cli.sending import governing, report, roots_in_words
from onetonne.cli.session import session_of

app = typer.Typer(no_args_is_help=True, help="Admit, suspend and list carbon-crediting programmes.")

_Programme = Annotated[str, typer.Argument(metavar="PROGRAMME", help=PROGRAMME_HELP)]
_Operator = Annotated[
    str,
    typer.Option("--operator", metavar="ACCOUNT", help="Account that will accept verifications and issue."),
]


@app.command()
def admit(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Unique short code, such as VCS.")],
    operator: _Operator,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Admit a programme with its operator's account, and register the roots of its serial numbers.

    Governance only. The roots are those known for the code. Where governance has a delay, both are scheduled,
    and the command is given again once it is over: it goes on where it was, and schedules nothing twice.

    Example: onetonne programme admit VCS --operator verra --from council
    """
    session = session_of(context)
    signer, ledger = session.signer(sender), session.ledger
    account = session.account(operator)
    with governing(as_json):
        done = ledger.admit_with_roots(code, account, signer=signer, dry_run=dry_run)
        if done.waiting is not None:
            if not as_json:
                say(f"Programme {done.programme} is admitted, and roots of its serial numbers wait.")
            raise done.waiting
    document = {
        "programme": done.programme,
        "code": code.strip().upper(),
        "operator": account,
        "roots": done.roots,
    }
    sentences = (
        f"Programme {done.programme}: {code.strip().upper()}, operated by {account}.",
        f"Roots of its serial numbers: {roots_in_words(done.roots)}.",
    )
    report(done.sent[0], as_json, document, *sentences)


@app.command()
def roots(
    context: typer.Context,
    programme: _Programme,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Register the roots of serial numbers that a programme lacks still, for ever.

    Governance only. `programme admit` does it too: this is for roots that became known later.

    Example: onetonne programme roots VCS --from council
    """
    session = session_of(context)
    with governing(as_json):
        done = session.ledger.register_roots(
            programme_named(session, programme), signer=session.signer(sender), dry_run=dry_run
        )
    if as_json:
        show_json(
            {
                "roots": done.roots,
                "dry_run": dry_run,
                "transactions": [sent.transaction for sent in done.sent],
            }
        )
    else:
        say(f"Newly registered roots: {roots_in_words(done.roots)}.")
        if dry_run:
            say("Dry run: nothing was sent.")


@app.command()
def suspend(
    context: typer.Context,
    programme: _Programme,
    reason: Reason,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Stop a programme from registering, accepting and issuing; holders keep what they have.

    Governance only.

    Example: onetonne programme suspend VCS --reason "Review of 2026" --from council
    """
    session = session_of(context)
    found = programme_named(session, programme)
    with governing(as_json):
        done = session.ledger.suspend_programme(found, reason, signer=session.signer(sender), dry_run=dry_run)
    report(
        done.sent, as_json, {"programme": found, "standing": "suspended"}, f"Programme {found} is suspended."
    )


@app.command()
def reinstate(
    context: typer.Context,
    programme: _Programme,
    reason: Reason,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """End a programme's suspension.

    Governance only.

    Example: onetonne programme reinstate VCS --reason "Review closed" --from council
    """
    session = session_of(context)
    found = programme_named(session, programme)
    with governing(as_json):
        done = session.ledger.reinstate_programme(
            found, reason, signer=session.signer(sender), dry_run=dry_run
        )
    report(done.sent, as_json, {"programme": found, "standing": "active"}, f"Programme {found} is active.")


@app.command()
def rotate(
    context: typer.Context,
    programme: _Programme,
    operator: _Operator,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give a programme another operator's account; the old one can hold no key again.

    Governance only.

    Example: onetonne programme rotate VCS --operator verra-2 --from council
    """
    session = session_of(context)
    found, account = programme_named(session, programme), session.account(operator)
    with governing(as_json):
        done = session.ledger.rotate_operator(found, account, signer=session.signer(sender), dry_run=dry_run)
    report(
        done.sent,
        as_json,
        {"programme": found, "operator": account},
        f"Programme {found} is operated by {account}.",
    )


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the programmes that were admitted.

    Example: onetonne programme list
    """
    session = session_of(context)
    listings = session.listings
    found, against = listings.programmes(), Against(listings)
    if as_json:
        show_json([{**plain(one), "frozen": against.programme_frozen(one.id)} for one in found])
        return
    table(
        ["Id>", "Code", "Operator", "Standing", "Since", "Against it"],
        [
            (
                one.id,
                one.code,
                session.short(one.operator),
                cell(one.standing),
                moment(one.since),
                "frozen" if against.programme_frozen(one.id) else "",
            )
            for one in found
        ],
    )


@app.command()
def show(context: typer.Context, programme: _Programme, as_json: AsJson = False) -> None:
    """Show a programme: its operator, its standing, and the roots of its serial numbers.

    Example: onetonne programme show VCS
    """
    session = session_of(context)
    found = session.ledger.programme(programme_named(session, programme))
    listings = session.listings
    own = [root for root, owner in listings.roots() if owner == found.id]
    frozen = Against(listings).programme_frozen(found.id)
    if as_json:
        show_json({"programme": found, "roots": own, "frozen": frozen})
        return
    facts(
        {
            "Programme": f"{found.id}, {found.code}",
            "Operator": session.shown(found.operator),
            "Standing": f"{cell(found.standing)} since {moment(found.since)}",
            "Roots": roots_in_words(own),
            "Against it": "frozen by the regulator" if frozen else None,
        }
    )
