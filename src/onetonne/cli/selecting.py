"""Options that say which rows a list shows, and how many."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import parse_window
from onetonne.cli.output import say
from onetonne.cli.references import PROGRAMME_HELP, PROJECT_HELP, programme_named, project_named
from onetonne.cli.session import Session
from onetonne.errors import BadInput, quoted

if TYPE_CHECKING:
    from onetonne.index import Selection

OfProgramme = Annotated[
    str | None, typer.Option("--programme", metavar="PROGRAMME", help=f"Only of this one. {PROGRAMME_HELP}")
]
OfProject = Annotated[
    str | None, typer.Option("--project", metavar="PROJECT", help=f"Only of this one. {PROJECT_HELP}")
]
OfVintage = Annotated[
    str | None,
    typer.Option("--vintage", metavar="YEAR", help="Only of this year, or of years such as 2018..2021."),
]
OfCountry = Annotated[
    str | None,
    typer.Option("--country", metavar="COUNTRY", help="Only from there: two letters, ISO 3166-1 alpha-2."),
]
OfBatch = Annotated[int | None, typer.Option("--batch", metavar="BATCH", min=1, help="Only of this batch.")]
Dates = Annotated[
    str | None,
    typer.Option("--dates", metavar="FIRST..LAST", help="Only of these days, UTC; either may be left out."),
]
Limit = Annotated[
    int | None, typer.Option("--limit", metavar="ROWS", min=1, help="Show no more rows than this.")
]
IN_A_TABLE = 100
"""Rows of a table where nobody says how many. Files have all."""


def origin(
    session: Session,
    programme: str | None,
    project: str | None,
    vintage: str | None,
    country: str | None = None,
) -> Selection:
    """Raises `BadInput` where there is no such programme or project, or the years can't be read."""
    from onetonne.index import Selection
    from onetonne.ledger.base import country_bytes2

    return Selection(
        programme=programme_named(session, programme) if programme else None,
        project=project_named(session, project) if project else None,
        vintages=_years(vintage) if vintage else None,
        country=country_bytes2(country).decode() if country else None,
    )


def days_of(dates: str | None) -> tuple[date, date] | None:
    """Raises `DateError`."""
    return parse_window(dates) if dates else None


def say_how_many(shown: int, count: int, of: str) -> None:
    """A sentence where a table does not show all."""
    if shown < count:
        say(f"{shown:,} of {count:,} {of} are shown: give a --limit for more, or --format csv for all.")


def _years(text: str) -> tuple[int, int]:
    first, dots, last = text.partition("..")
    years = first.strip(), (last if dots else first).strip()
    if not all(year.isdecimal() and len(year) == 4 for year in years) or years[0] > years[1]:
        raise BadInput(f"Vintage {quoted(text)} can't be read: write a year, or two such as 2018..2021.")
    return int(years[0]), int(years[1])
