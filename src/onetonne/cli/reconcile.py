"""`onetonne reconcile`: programmes' files held against the chain, and against other systems."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from onetonne.cli.options import AsJson, parse_date
from onetonne.cli.output import progress, say, show_json, table, waiting
from onetonne.cli.root import Misuse
from onetonne.cli.session import Session, session_of
from onetonne.errors import BadInput, quoted
from onetonne.home import index_path
from onetonne.terms import from_seconds

if TYPE_CHECKING:
    from onetonne.reconciling import Comparison, Finding, Reconciliation, Side

_SHOWN = 200  # findings in a table; machines get all

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_URL = re.compile(r"https?://", re.IGNORECASE)


def reconcile(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Exports of programme registries.")],
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against",
            metavar="CHAIN|FILE",
            help="Another system: URL or URL#ADDRESS of another chain's Credits contract, ADDRESS of one on "
            "this chain, or a list of serial numbers; several times for several.",
        ),
    ] = None,
    after: Annotated[
        int,
        typer.Option(
            "--after", metavar="DAYS", min=0, help="Days that programmes have to end what was ended on chain."
        ),
    ] = 30,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Day of the files; else that of the newest block."),
    ] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the findings there, a row each.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold programmes' exports against the chain, serial by serial, and say what does not fit.

    Found are: blocks on chain and not in the files; ended in the files and live on chain; ended on chain and
    live in the files, from --after days on still immobilised; other quantities; partly retired serials; two
    tokenisations of one block, on two chains or in another system's list. Where no chain is named and none
    runs, --against takes its place.

    Exit code by the worst finding: 0 none, 4 a notice, 5 a warning, 6 critical: a tonne is or can be counted
    twice. 1 and 2 as always: it could not be done.

    Example: onetonne reconcile verra.csv --against bridge.csv --csv findings.csv
    """
    from onetonne import reconciling

    if csv_file is not None and csv_file.resolve() in {file.resolve() for file in files}:
        raise Misuse("--csv names one of the files to read: name another one.")
    with ExitStack() as opened:
        session = session_of(context)
        systems, newest = _systems(session, against or [], opened, as_json)
        day = parse_date(as_of) if as_of else newest
        with waiting("Comparing serial numbers", hidden=as_json):
            made = reconciling.reconcile(reconciling.programme_side(files), systems, day, after)
    if csv_file is not None:
        _write_csv(csv_file, made)
    if as_json:
        show_json(made.to_json())
    else:
        _show(made, csv_file)
    raise typer.Exit(0 if made.severity is None else 3 + made.severity)  # notice 4, warning 5, critical 6


def _systems(
    session: Session, against: Sequence[str], opened: ExitStack, quiet: bool
) -> tuple[list[Side], date]:
    """The chain's side, where there is one, and one for each `--against`; and the day of the newest block."""
    from onetonne import reconciling

    systems: list[Side] = []
    newest = datetime.now(UTC).date()
    if session.rpc or session.credits or session.local.status() is not None or not against:
        index = session.synced(quiet=quiet)
        systems.append(reconciling.chain_side(index, f"chain {session.chain.chain_id}"))
        newest = from_seconds(session.chain.block("latest").time).date()
    for text in against:
        systems.append(_other(session, text, opened, quiet))
    return systems, newest


def _other(session: Session, text: str, opened: ExitStack, quiet: bool) -> Side:
    """Raises `BadInput` where `text` names nothing that could be read."""
    from onetonne import reconciling

    if _ADDRESS.fullmatch(text):
        return _chain(session, session.rpc or session.chain.url, text, f"Credits {text}", opened, quiet)
    if _URL.match(text):
        url, _, credits = text.partition("#")
        parts = urlsplit(url)
        return _chain(session, url, credits or None, f"{parts.hostname}:{parts.port}", opened, quiet)
    if not Path(text).is_file():
        raise BadInput(
            f"--against {quoted(text)} is no file, no chain's URL and no address: name one of them, such as "
            "bridge.csv or https://node.example#0x5FbDB2315678afecb367f032d93F642f64180aa3."
        )
    return reconciling.list_side(text)


def _chain(
    session: Session, url: str, credits: str | None, shown: str, opened: ExitStack, quiet: bool
) -> Side:
    """Another deployment's side. Its index is its own: two local chains may share an id and addresses."""
    from onetonne import reconciling
    from onetonne.index import Index

    other = Session(session.home, url, None, credits)
    own = hashlib.sha256(f"{url}#{credits}".encode()).hexdigest()[:16]
    path = index_path(session.home, other.chain.chain_id)
    index = opened.enter_context(Index.open(path.with_stem(f"{path.stem}-{own}")))
    with progress(f"Reading the events of {shown}", hidden=quiet) as advance:
        index.sync(other.chain, other.deployment, progress=lambda at, last, _logs: advance(at, last))
    return reconciling.chain_side(index, f"chain {other.chain.chain_id} ({shown})")


def _write_csv(path: Path, made: Reconciliation) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(made.csv_rows())


def _show(made: Reconciliation, csv_file: Path | None) -> None:
    from onetonne import reconciling

    for comparison in made.comparisons:
        _show_sums(comparison)
    for note in made.notes:
        say(f"Note: {note}.")
    findings = made.findings
    if findings:
        rows = [_row(finding) for finding in findings[:_SHOWN]]
        table(["Severity", "Finding", "Serial numbers", "Tonnes>", "What is said~"], rows, title="Findings")
    if len(findings) > _SHOWN:
        more = "they are in the CSV" if csv_file else "--csv FILE and --json give all"
        say(f"{len(findings) - _SHOWN:,} more findings are not shown: {more}.")
    kinds = {kind: made.count(kind) for kind in reconciling.Kind}
    counted = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items() if count)
    say(f"{len(findings):,} findings: {counted}." if findings else "Nothing found: all sides agree.")


def _show_sums(comparison: Comparison) -> None:
    one, other = comparison.one, comparison.other
    parts = [*one.parts, *(name for name in other.parts if name not in one.parts)]
    rows = [(name, _tonnes(one.parts.get(name)), _tonnes(other.parts.get(name))) for name in parts]
    rows.append(("in all", _tonnes(one.total), _tonnes(other.total)))
    table(["Of which", f"{one.side}, t>", f"{other.side}, t>"], rows, title=f"{comparison.title}:")


def _row(finding: Finding) -> tuple[object, ...]:
    block = finding.block
    serials = f"{block.prefix} {block.first} to {block.last}"
    said = finding.sentence.removeprefix(f"{block} ({block.tonnes:,} t)").lstrip(":").strip()
    return finding.severity, str(finding.kind), serials, f"{finding.tonnes:,}", said


def _tonnes(tonnes: int | None) -> str:
    return "" if tonnes is None else f"{tonnes:,}"
