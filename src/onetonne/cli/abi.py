"""`onetonne abi`: the contracts' interfaces, for programs in other languages."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from onetonne.cli.options import AsJson
from onetonne.cli.output import say, show_json, table
from onetonne.cli.root import Misuse


class Format(StrEnum):
    JSON = "json"
    TS = "ts"
    HUMAN = "human"


def abi(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="The contract, such as Credits; without it, a list."),
    ] = None,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="json: a plain array, as without it. ts: a TypeScript constant for viem and wagmi. human: "
            "a declaration a line, as ethers and viem read them.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the contracts, or print the ABI of one with every error that its calls can raise.

    Example: onetonne abi Credits --format ts
    """
    from onetonne import artifacts
    from onetonne.artifacts import formats

    if as_json and format_ not in (None, Format.JSON):
        raise Misuse(f"Give either --json or --format {format_}.")
    if name is None:
        if format_ is not None:
            raise Misuse("Missing the contract's name, such as Credits; `onetonne abi` lists them.")
        _list(as_json)
        return
    entries = artifacts.load(name).abi
    if format_ is Format.TS:
        typer.echo(formats.as_typescript(name, entries), nl=False)
    elif format_ is Format.HUMAN:
        typer.echo("\n".join(formats.as_human(entries)))
    else:
        typer.echo(formats.as_json(entries), nl=False)


def _list(as_json: bool) -> None:
    from onetonne import artifacts

    kinds = {name: [entry["type"] for entry in artifacts.load(name).abi] for name in artifacts.names()}
    if as_json:
        show_json(
            [
                {"contract": name, "functions": found.count("function"), "events": found.count("event")}
                for name, found in kinds.items()
            ]
        )
        return
    rows = [(name, found.count("function"), found.count("event")) for name, found in kinds.items()]
    table(["Contract", "Functions>", "Events>"], rows)
    say("Print one with `onetonne abi NAME`.")
