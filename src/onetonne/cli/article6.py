"""`onetonne article6`: what host countries let be used elsewhere, and what they adjust for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.decisions import (
    DecidedOn,
    Evidence,
    EvidenceHash,
    Letter,
    LetterHash,
    Source,
    decision,
    document_hash,
    optional_hash,
)
from onetonne.cli.options import AsJson, DryRun, Sender
from onetonne.cli.output import moment, show_json, table, tonnes
from onetonne.cli.references import PROJECT_HELP, project_named
from onetonne.cli.sending import report
from onetonne.cli.session import session_of
from onetonne.cli.words import UseWord, uses_in_words
from onetonne.errors import BadInput
from onetonne.terms import Authorisation, BatchId, Seconds, format_quantity, parse_quantity

if TYPE_CHECKING:
    from onetonne.labels import Histories

app = typer.Typer(
    no_args_is_help=True, help="Authorise use outside the host country, under Article 6; adjust; show."
)

_Project = Annotated[str, typer.Argument(metavar="PROJECT", help=PROJECT_HELP)]
_Year = Annotated[int, typer.Argument(metavar="YEAR", min=1, max=65_535, help="Vintage year, such as 2021.")]


@app.command()
def authorise(
    context: typer.Context,
    project: _Project,
    year: _Year,
    use: Annotated[
        list[UseWord], typer.Option("--use", help="What for; several times for several. See below.")
    ],
    cap: Annotated[
        str, typer.Option("--cap", metavar="QUANTITY", help="At most this much is first transferred.")
    ],
    source: Source,
    letter: Letter = None,
    letter_hash: LetterHash = None,
    batch: Annotated[
        list[int] | None,
        typer.Option("--batch", min=1, help="That the letter names; else all of that project and year."),
    ] = None,
    decided_on: DecidedOn = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Authorise uses of a project's vintage year, in place of an earlier authorisation.

    The host country's authority only. The uses are ndc (another country's NDC), imp (international
    mitigation, such as CORSIA) and op (other purposes). Batches that the letter does not name, also those
    issued later, are not authorised. While the cap is not used up, the host can't use that year itself.

    Example: onetonne article6 authorise VCS:1340 2021 --use imp --cap 100t
    --letter letter.pdf --source https://unfccc.int/letters --from efccc
    """
    session = session_of(context)
    found, kilograms = project_named(session, project), parse_quantity(cap)
    said = decision(source, decided_on, document_hash("--letter", letter, letter_hash))
    uses = frozenset(word.use for word in use)
    batches = [BatchId(number) for number in batch or []] or [
        one.id for one in session.synced().batches() if (one.project, one.vintage_year) == (found, year)
    ]
    if not batches:
        raise BadInput(
            f"Nothing was issued to project {found} for {year}: there is nothing to authorise yet."
        )
    done = session.ledger.authorise(
        found, year, uses, kilograms, batches, said, signer=session.signer(sender), dry_run=dry_run
    )
    report(
        done.sent,
        as_json,
        {
            "project": found,
            "vintage_year": year,
            "uses": sorted(uses),
            "cap_kilograms": kilograms,
            "batches": batches,
            "decision": said,
        },
        f"Project {found}, vintage {year}: up to {format_quantity(kilograms)} authorised for "
        f"{uses_in_words(uses)}.",
        "It counts from the next second on.",
    )


@app.command()
def revoke(
    context: typer.Context,
    project: _Project,
    year: _Year,
    source: Source,
    letter: Letter = None,
    letter_hash: LetterHash = None,
    decided_on: DecidedOn = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """End an authorisation; what was first transferred stays so, the rest is the host's own again.

    The host country's authority only; not once an adjustment is recorded.

    Example: onetonne article6 revoke VCS:1340 2021 --source https://unfccc.int/letters --from efccc
    """
    session = session_of(context)
    found = project_named(session, project)
    said = decision(source, decided_on, optional_hash("--letter", letter, letter_hash))
    done = session.ledger.revoke(found, year, said, signer=session.signer(sender), dry_run=dry_run)
    report(
        done.sent,
        as_json,
        {"project": found, "vintage_year": year, "uses": [], "decision": said},
        f"Project {found}, vintage {year}: nothing is authorised any more.",
    )


@app.command()
def adjust(
    context: typer.Context,
    project: _Project,
    year: _Year,
    source: Source,
    evidence: Evidence = None,
    evidence_hash: EvidenceHash = None,
    decided_on: DecidedOn = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Record the corresponding adjustment for what is authorised now, for ever. The host's authority only.

    Example: onetonne article6 adjust VCS:1340 2021 --evidence btr.pdf
    --source https://unfccc.int/BTR --from efccc
    """
    session = session_of(context)
    found = project_named(session, project)
    said = decision(source, decided_on, document_hash("--evidence", evidence, evidence_hash))
    done = session.ledger.record_adjustment(found, year, said, signer=session.signer(sender), dry_run=dry_run)
    report(
        done.sent,
        as_json,
        {"project": found, "vintage_year": year, "adjusted": True, "decision": said},
        f"Project {found}, vintage {year}: the corresponding adjustment is recorded.",
    )


@app.command()
def guarantee(
    context: typer.Context,
    project: _Project,
    year: _Year,
    label: Annotated[str, typer.Option("--label", metavar="LABEL", help="The label whose body accepts it.")],
    source: Source,
    evidence: Evidence = None,
    evidence_hash: EvidenceHash = None,
    end: Annotated[bool, typer.Option("--end", help="It is accepted no longer.")] = False,
    decided_on: DecidedOn = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Accept a guarantee in place of the corresponding adjustment, or end that. The label's body only.

    Example: onetonne article6 guarantee VCS:1340 2021 --label CORSIA-1 --evidence policy.pdf
    --source https://www.icao.int/CORSIA --from icao
    """
    session = session_of(context)
    found = project_named(session, project)
    said = decision(source, decided_on, optional_hash("--evidence", evidence, evidence_hash))
    done = session.ledger.set_guarantee(
        label, found, year, not end, said, signer=session.signer(sender), dry_run=dry_run
    )
    code = label.strip().upper()
    report(
        done.sent,
        as_json,
        {"label": code, "project": found, "vintage_year": year, "accepted": not end, "decision": said},
        f"Project {found}, vintage {year}: {code} accepts {'no guarantee any more' if end else 'a guarantee'}"
        " in place of the corresponding adjustment.",
    )


@app.command()
def show(
    context: typer.Context,
    project: Annotated[str | None, typer.Argument(metavar="[PROJECT]", help=PROJECT_HELP)] = None,
    as_json: AsJson = False,
) -> None:
    """Show what is authorised, first transferred, used by the host country and adjusted, by vintage year.

    Example: onetonne article6 show VCS:1340
    """
    from onetonne.labels import Histories

    session = session_of(context)
    wanted = project_named(session, project) if project else None
    histories = Histories.read(session.synced())
    found = [
        _year(histories, one) for one in session.listings.authorisations() if wanted in (None, one.project)
    ]
    if as_json:
        show_json(found)
        return
    table(
        [
            *("Project>", "Vintage", "Authorised for~", "Cap, t>", "First transferred, t>"),
            *("Used by host, t>", "Adjusted", "Guarantees~", "Counts from", "Source~"),
        ],
        [
            (
                one.authorisation.project,
                one.authorisation.vintage_year,
                uses_in_words(one.authorisation.uses) or "nothing",
                tonnes(one.authorisation.cap),
                tonnes(one.authorisation.transferred),
                tonnes(one.authorisation.used_by_host),
                one.adjusted,
                ", ".join(one.guarantees),
                moment(one.counts_from),
                one.source,
            )
            for one in found
        ],
    )


@dataclass(frozen=True, slots=True)
class ListedYear:
    """A project's vintage year: `counts_from` and `source` are the last entry's."""

    authorisation: Authorisation
    adjusted: bool
    guarantees: tuple[str, ...]
    """Labels whose bodies accept one."""
    counts_from: Seconds
    source: str


def _year(histories: Histories, found: Authorisation) -> ListedYear:
    year = (found.project, found.vintage_year)
    entries = histories.authorisations.get(year, [])
    accepted = (
        label
        for (label, subject), switches in histories.guarantees.items()
        if subject == year and switches[-1].on
    )
    return ListedYear(
        found,
        bool(histories.adjustments.get(year)),
        tuple(accepted),
        entries[-1].place.counts_from if entries else Seconds(0),
        entries[-1].said.source if entries else "",
    )
