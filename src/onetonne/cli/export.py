"""`onetonne export`: the chain's batches back into a programme's layout."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from onetonne.cli.options import AsJson
from onetonne.cli.output import say, show_json, table
from onetonne.cli.session import session_of
from onetonne.terms import Programme


class ProgrammeWord(StrEnum):
    VCS = "vcs"
    GS = "gs"
    ACR = "acr"
    CAR = "car"
    ART = "art"


def export(
    context: typer.Context,
    as_: Annotated[ProgrammeWord, typer.Option("--as", help="The programme, and its layout.")],
    to: Annotated[
        Path,
        typer.Option("--to", metavar="FILE", help="CSV to write; one for each kind where it has several."),
    ],
    as_json: AsJson = False,
) -> None:
    """Write a programme's batches on chain as the programme's own export has them, serial by serial.

    Serial numbers, quantities and vintages are what was issued; days are the chain's. A VCS serial number
    holds more than the chain keeps: where no import told it, the batch number is the chain's own and the VVB
    is 0, and the row says so. Redeemed credits are left out: the programme registry has them again.

    Example: onetonne export --as vcs --to verra.csv
    """
    from onetonne import exporting

    made = exporting.export(session_of(context).synced(quiet=as_json), Programme[as_.name], to)
    if as_json:
        show_json({"files": made.files, "rebuilt_rows": made.rebuilt, "left_out_tonnes": made.left_out})
        return
    rows = [(one.path, one.kind, f"{one.rows:,}", f"{one.tonnes:,}") for one in made.files]
    table(["File", "Kind", "Rows>", "Tonnes>"], rows, title="Written")
    for reason, tonnes in made.left_out.items():
        say(f"Left out: {tonnes:,} t, {reason}.")
    if made.rebuilt:
        say(f"In {made.rebuilt:,} rows, {exporting.REBUILT}.")
    say(f"On chain in all: {made.tonnes:,} t.")
