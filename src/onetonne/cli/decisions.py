"""Options for where a decision or a report can be read, and readings of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from onetonne.cli.options import parse_date, parse_hash
from onetonne.cli.root import Misuse
from onetonne.terms import Decision

Source = Annotated[
    str, typer.Option("--source", metavar="URL", help="Where the decision is published; public for ever.")
]
DecidedOn = Annotated[
    str | None,
    typer.Option(
        "--decided-on",
        metavar="DATE",
        help="Day of the decision, else today; information only: it counts from when it is on chain.",
    ),
]
Evidence = Annotated[
    Path | None, typer.Option("--evidence", metavar="FILE", help="The report; only its hash goes on chain.")
]
EvidenceHash = Annotated[
    str | None, typer.Option("--evidence-hash", metavar="0x...", help="Instead: keccak256 of the report.")
]
Letter = Annotated[
    Path | None,
    typer.Option("--letter", metavar="FILE", help="The letter; only its hash goes on chain."),
]
LetterHash = Annotated[
    str | None, typer.Option("--letter-hash", metavar="0x...", help="Instead: keccak256 of the letter.")
]


def decision(source: str, decided_on: str | None, document: bytes = bytes(32)) -> Decision:
    """Raises `DateError`."""
    day = parse_date(decided_on) if decided_on else datetime.now(UTC).date()
    return Decision(source, day, document)


def document_hash(option: str, file: Path | None, given: str | None) -> bytes:
    """keccak256 of a file, or the hash itself; `option` is `--letter` or such. Raises `Misuse`."""
    from eth_utils.crypto import keccak

    if (file is None) == (given is None):
        raise Misuse(f"Give the document with {option} FILE, or its hash with {option}-hash 0x...")
    if file is not None:
        return bytes(keccak(file.read_bytes()))
    return parse_hash(given or "", f"{option.removeprefix('--').capitalize()} hash")


def optional_hash(option: str, file: Path | None, given: str | None) -> bytes:
    """As `document_hash`; zeros where neither is given."""
    return bytes(32) if file is None and given is None else document_hash(option, file, given)
