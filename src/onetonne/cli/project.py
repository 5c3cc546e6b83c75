"""`onetonne project`: what earns credits: activities, their components, and programmes' projects for them."""

from typing import Annotated

import typer

from onetonne.cli.against import Against
from onetonne.cli.options import AsJson, DryRun, Sender, parse_date
from onetonne.cli.output import facts, plain, show_json, table
from onetonne.cli.references import PROGRAMME_HELP, PROJECT_HELP, programme_named, project_named
from onetonne.cli.sending import report
from onetonne.cli.session import session_of
from onetonne.terms import ActivityId, ComponentId, type_code

app = typer.Typer(no_args_is_help=True, help="Register and list projects, and what they share.")
component = typer.Typer(no_args_is_help=True, help="Propose, approve and list components of an activity.")
app.add_typer(component, name="component")

_Activity = Annotated[int, typer.Argument(metavar="ACTIVITY", min=1, help="Id of the activity.")]


@app.command()
def register(
    context: typer.Context,
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="The programme's own number for it, such as 1340.")
    ],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="Name of the project; public.")],
    country: Annotated[str, typer.Option("--country", metavar="CC", help="ISO 3166-1 alpha-2, such as ET.")],
    site: Annotated[
        str,
        typer.Option("--site", metavar="CODE", help="The activity's site or asset reference in its country."),
    ],
    crediting_start: Annotated[
        str,
        typer.Option("--crediting-start", metavar="DATE", help="First day of the first crediting period."),
    ],
    activity_type: Annotated[
        str,
        typer.Option(
            "--type", metavar="CODE", help="The programme's type code, such as AFOLU; none for none."
        ),
    ],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Register a project of the signing operator's programme.

    The first project that names a site registers the activity too; another programme's needs consent first.

    Example: onetonne project register 1340 --name "Bale Mountains"
    --country ET --site BALE --type AFOLU --crediting-start 2012-01-01 --from verra
    """
    session = session_of(context)
    done = session.ledger.register_project(
        code,
        country,
        site,
        type_code(activity_type),
        parse_date(crediting_start),
        name,
        signer=session.signer(sender),
        dry_run=dry_run,
    )
    activity = f"activity {done.activity}" if done.activity else "a new activity"
    report(
        done.sent,
        as_json,
        {"project": done.project, "activity": done.activity or None, "code": code.upper()},
        f"Project {done.project}: {code.upper()}, {name}, of {activity}.",
    )


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the projects of all programmes, and what stands against each: freezes, what is to be made good.

    Example: onetonne project list
    """
    listings = session_of(context).listings
    found, against = listings.projects(), Against(listings)
    if as_json:
        show_json([{**plain(one), **against.document(one.id, one.programme)} for one in found])
        return
    table(
        [
            *("Id>", "Programme>", "Code", "Name~", "Country", "Site", "Type", "Activity>"),
            *("Crediting from", "Against it~"),
        ],
        [
            (
                one.id,
                one.programme,
                one.code,
                one.name,
                one.country,
                one.site,
                one.activity_type,
                one.activity,
                one.crediting_start,
                against.words(one.id, one.programme),
            )
            for one in found
        ],
    )


@app.command()
def show(
    context: typer.Context,
    project: Annotated[str, typer.Argument(metavar="PROJECT", help=PROJECT_HELP)],
    as_json: AsJson = False,
) -> None:
    """Show a project, the activity that it is for, and what stands against it.

    Example: onetonne project show VCS:1340
    """
    session = session_of(context)
    found = session.ledger.project(project_named(session, project))
    listings = session.listings
    name = next((one.name for one in listings.projects() if one.id == found.id), "")
    against = Against(listings)
    activity = session.ledger.activity(found.activity)
    if as_json:
        standing = against.document(found.id, found.programme)
        show_json({"project": found, "name": name, "activity": activity, **standing})
        return
    facts(
        {
            "Project": f"{found.id}, {found.code}",
            "Name": name,
            "Programme": found.programme,
            "Type": found.activity_type,
            "Crediting from": found.crediting_start,
            "Activity": f"{activity.id}, {activity.country} {activity.site}",
            "Programmes on it": activity.programmes,
            "First component": activity.first_component,
            "Against it": against.words(found.id, found.programme),
        }
    )


@app.command()
def consent(
    context: typer.Context,
    activity: _Activity,
    programme: Annotated[str, typer.Argument(metavar="PROGRAMME", help=PROGRAMME_HELP)],
    for_suspended: Annotated[
        str | None,
        typer.Option(
            "--for-suspended",
            metavar="PROGRAMME",
            help="As governance, in the place of this suspended programme on the activity.",
        ),
    ] = None,
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Let another programme register projects for an activity; it can't be taken back.

    An operator on the activity only, who vouches that the other will not count the same tonnes again.

    Example: onetonne project consent 1 GS --from verra
    """
    session = session_of(context)
    joining, signer = programme_named(session, programme), session.signer(sender)
    if for_suspended is None:
        done = session.ledger.consent_to_join(ActivityId(activity), joining, signer=signer, dry_run=dry_run)
    else:
        suspended = programme_named(session, for_suspended)
        done = session.ledger.consent_for_suspended(
            ActivityId(activity), suspended, joining, signer=signer, dry_run=dry_run
        )
    report(
        done.sent,
        as_json,
        {"activity": activity, "programme": joining},
        f"Programme {joining} may register projects for activity {activity}.",
    )


@component.command()
def propose(
    context: typer.Context,
    activity: _Activity,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as AREA-2: A-Z 0-9 . _ -")],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Propose a further component of an activity, such as a second planting area. An operator on it only.

    It is active once the operators of all programmes on the activity have approved it.

    Example: onetonne project component propose 1 AREA-2 --from verra
    """
    session = session_of(context)
    done = session.ledger.propose_component(
        ActivityId(activity), name, signer=session.signer(sender), dry_run=dry_run
    )
    report(
        done.sent,
        as_json,
        {"component": done.component, "activity": activity, "name": name.upper()},
        f"Component {done.component}: {name.upper()} of activity {activity}.",
    )


@component.command()
def approve(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="COMPONENT", min=1, help="Id of the component.")],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Agree to a component. An operator on its activity only.

    Example: onetonne project component approve 2 --from gold-standard
    """
    session = session_of(context)
    done = session.ledger.approve_component(
        ComponentId(number), signer=session.signer(sender), dry_run=dry_run
    )
    report(
        done.sent, as_json, {"component": number}, f"Component {number} is approved by the signing operator."
    )


@component.command()
def activate(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="COMPONENT", min=1, help="Id of the component.")],
    suspended: Annotated[
        list[str],
        typer.Option("--suspended", metavar="PROGRAMME", help="That has not approved it; once for each."),
    ],
    sender: Sender = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Activate a component that every programme approved, but for suspended ones. An operator on it only.

    Example: onetonne project component activate 2 --suspended GS --from verra
    """
    session = session_of(context)
    absent = [programme_named(session, name) for name in suspended]
    done = session.ledger.activate_component(
        ComponentId(number), absent, signer=session.signer(sender), dry_run=dry_run
    )
    report(done.sent, as_json, {"component": number, "suspended": absent}, f"Component {number} is active.")


@component.command("list")
def list_components(context: typer.Context, as_json: AsJson = False) -> None:
    """List the components of all activities.

    Example: onetonne project component list
    """
    found = session_of(context).listings.components()
    if as_json:
        show_json(found)
        return
    table(
        ["Id>", "Activity>", "Name", "Approved by programmes", "Active"],
        [(one.id, one.activity, one.name, ", ".join(map(str, one.approved_by)), one.active) for one in found],
    )
