"""`onetonne framework`: quality frameworks and schemes, whose labels credits may hold."""

from enum import StrEnum
from typing import Annotated

import typer

from onetonne.cli.options import AsJson, DryRun, Sender
from onetonne.cli.output import facts, moment, plain, show_json, table
from onetonne.cli.sending import governing, report
from onetonne.cli.session import session_of
from onetonne.cli.words import UseWord, purpose_words, rule_in_words
from onetonne.terms import Rule

app = typer.Typer(no_args_is_help=True, help="Admit and list frameworks, such as CCP and CORSIA.")

_Label = Annotated[str, typer.Argument(metavar="LABEL", help="Code of the label, such as CCP.")]
_Body = Annotated[
    str, typer.Option("--body", metavar="ACCOUNT", help="Account that makes the framework's entries.")
]


class TickWord(StrEnum):
    """What a framework approves."""

    PROGRAMME = "programme"
    METHODOLOGY = "methodology"


@app.command()
def admit(
    context: typer.Context,
    label: _Label,
    body: _Body,
    tick: Annotated[
        list[TickWord] | None,
        typer.Option("--tick", help="What its body must have approved; twice for both, as for CCP."),
    ] = None,
    use: Annotated[
        UseWord | None,
        typer.Option("--use", help="The use that the host country must have authorised, from 2021 on."),
    ] = None,
    adjusted: Annotated[
        bool,
        typer.Option("--adjusted", help="With it, a corresponding adjustment or an accepted guarantee."),
    ] = False,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Admit a framework: its label, the body that runs it, and its rule, which never changes.

    Governance only. The uses are ndc (another country's NDC), imp (international mitigation, such as CORSIA)
    and op (other purposes).

    Example: onetonne framework admit CCP --body icvcm --tick programme --tick methodology --from council
    """
    session = session_of(context)
    account, ticks = session.account(body), tick or []
    rule = Rule(
        TickWord.PROGRAMME in ticks, TickWord.METHODOLOGY in ticks, use.use if use else None, adjusted
    )
    with governing(as_json):
        done = session.ledger.admit_framework(
            label, account, rule, signer=session.signer(sender), dry_run=dry_run
        )
    report(
        done.sent,
        as_json,
        {"label": label.strip().upper(), "body": account, "rule": rule},
        f"Label {label.strip().upper()}, run by {session.shown(account)}.",
        f"It asks for {rule_in_words(rule)}; that never changes.",
    )


@app.command()
def rotate(
    context: typer.Context,
    label: _Label,
    body: _Body,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give a framework another body's account. Governance only.

    Example: onetonne framework rotate CCP --body icvcm-2 --from council
    """
    session = session_of(context)
    account = session.account(body)
    with governing(as_json):
        done = session.ledger.rotate_body(label, account, signer=session.signer(sender), dry_run=dry_run)
    report(
        done.sent,
        as_json,
        {"label": label.strip().upper(), "body": account},
        f"Label {label.strip().upper()} is run by {session.shown(account)}.",
    )


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the frameworks that were admitted, and what each asks for.

    Example: onetonne framework list
    """
    session = session_of(context)
    found = session.listings.frameworks()
    if as_json:
        show_json(found)
        return
    table(
        ["Label", "Body", "Asks for~", "Admitted"],
        [
            (one.label, session.short(one.body), rule_in_words(one.rule), moment(one.admitted_at))
            for one in found
        ],
    )


@app.command()
def show(context: typer.Context, label: _Label, as_json: AsJson = False) -> None:
    """Show a framework: who runs it, what it asks for, and which purposes demand its label.

    Example: onetonne framework show CCP
    """
    session = session_of(context)
    found = session.ledger.framework(label)
    demanded = session.listings.demanded_labels()
    purposes = purpose_words(purpose for purpose, wanted in demanded.items() if wanted == found.label)
    if as_json:
        show_json({**plain(found), "demanded_for": purposes})
        return
    facts(
        {
            "Label": found.label,
            "Body": session.shown(found.body),
            "Asks for": rule_in_words(found.rule),
            "Admitted": moment(found.admitted_at),
            "Demanded for": ", ".join(purposes),
        }
    )
