"""`onetonne buffer`: what is withheld against reversals, and its release by two keys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onetonne.cli.credits import lot_in_words
from onetonne.cli.decisions import Evidence, EvidenceHash, document_hash
from onetonne.cli.options import AsJson, DryRun, Sender, VvbAccount, end_of, parse_hash, parse_lot
from onetonne.cli.output import say, show_json, table, tonnes
from onetonne.cli.references import PROJECT_HELP, project_named
from onetonne.cli.sending import report
from onetonne.cli.session import session_of
from onetonne.terms import BufferRelease, format_quantity, parse_quantity

app = typer.Typer(no_args_is_help=True, help="Show, sign and release what is withheld against reversals.")

_Project = Annotated[str, typer.Argument(metavar="PROJECT", help=PROJECT_HELP)]


@app.command()
def show(
    context: typer.Context,
    project: Annotated[str | None, typer.Argument(metavar="[PROJECT]", help=PROJECT_HELP)] = None,
    as_json: AsJson = False,
) -> None:
    """Show what is in the buffer, by project, in the order in which a reversal takes it.

    Example: onetonne buffer show VCS:1340
    """
    session = session_of(context)
    wanted = project_named(session, project) if project else None
    index = session.synced()
    held = {one.batch: one.kilograms for one in index.holdings(session.ledger.buffer_account())}
    found = sorted(
        (one for one in index.batches() if one.id in held and wanted in (None, one.project)),
        key=lambda one: (one.project, one.vintage_start, one.vintage_end, one.id),
    )
    if as_json:
        show_json(
            [
                {
                    "project": one.project,
                    "batch": one.id,
                    "vintage_start": one.vintage_start,
                    "vintage_end": one.vintage_end,
                    "kilograms": held[one.id],
                }
                for one in found
            ]
        )
        return
    table(
        ["Project>", "Batch>", "Vintage", "In the buffer, t>"],
        [
            (one.project, one.id, f"{one.vintage_start} to {one.vintage_end}", tonnes(held[one.id]))
            for one in found
        ],
    )
    say(f"In all {tonnes(sum(held[one.id] for one in found))} t.")


@app.command()
def sign(
    context: typer.Context,
    project: _Project,
    quantity: Annotated[str, typer.Argument(metavar="QUANTITY", help="What may leave, such as 20t.")],
    output: Annotated[
        Path, typer.Option("--output", metavar="FILE", help="Where to write the signed statement.")
    ],
    evidence: Evidence = None,
    evidence_hash: EvidenceHash = None,
    deadline: Annotated[
        str | None, typer.Option("--deadline", metavar="DATE", help="Last day on which it may be used, UTC.")
    ] = None,
    salt: Annotated[
        str | None,
        typer.Option("--salt", metavar="0x...", help="Tells two statements apart that are equal otherwise."),
    ] = None,
    wallet: VvbAccount = None,
    sender: Sender = None,
    as_json: AsJson = False,
) -> None:
    """Sign, as a VVB, that buffer credits are no longer needed, and write it to a file; sends nothing.

    The project's operator uses it, once. The same statement again needs another --salt.

    Example: onetonne buffer sign VCS:1340 20t --output release.json --evidence report.pdf --from aenor
    """
    from onetonne.ledger.statements import sign_release

    session = session_of(context)
    vvb = session.account(wallet) if wallet else None
    release = BufferRelease(
        project=project_named(session, project),
        kilograms=parse_quantity(quantity),
        evidence=document_hash("--evidence", evidence, evidence_hash),
        deadline=end_of(deadline),
        salt=parse_hash(salt, "Salt") if salt else bytes(32),
    )
    signed = sign_release(session.ledger, release, session.signer(sender), vvb)
    output.write_text(signed.text() + "\n", encoding="utf-8")
    if as_json:
        show_json({"file": output, "vvb": signed.vvb, "signature": signed.signature, "release": release})
    else:
        say(
            f"{format_quantity(release.kilograms)} of project {release.project}: signed by "
            f"{session.shown(signed.vvb)}; its operator can release them with {output}."
        )


@app.command()
def release(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `buffer sign` wrote.")],
    to: Annotated[str, typer.Option("--to", metavar="ACCOUNT", help="Who gets the credits.")],
    lot: Annotated[
        list[str] | None,
        typer.Option("--lot", metavar="BATCH:QUANTITY", help="Else the oldest vintages first."),
    ] = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give buffer credits back into circulation, with a VVB's signed statement. The operator only.

    Example: onetonne buffer release release.json --to proponent --from verra
    """
    from onetonne.ledger.shortfalls import exactly
    from onetonne.ledger.statements import read_release

    session = session_of(context)
    signed = read_release(file)
    signed.check(session.ledger)
    stated, recipient = signed.release, session.account(to)
    lots = tuple(parse_lot(text) for text in lot or []) or exactly(
        session.ledger.buffer_lots(stated.project), stated.kilograms
    )
    done = session.ledger.release_buffer(
        stated, signed.vvb, signed.signature, lots, recipient, signer=session.signer(sender), dry_run=dry_run
    )
    report(
        done.sent,
        as_json,
        {"project": stated.project, "vvb": signed.vvb, "lots": lots, "recipient": recipient},
        *(f"{lot_in_words(one)} from the buffer to {session.shown(recipient)}." for one in lots),
    )
