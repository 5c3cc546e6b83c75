"""A table of beneficiaries: each gets a retirement of its own, many of them in one transaction, none twice.

A round is what one table asks for. Its salts are drawn once and kept in the home before anything is sent, so
each row has one hash of its details for good; the rows whose hashes the chain has are done.
"""

import csv
import fcntl
import hashlib
import io
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from onetonne.chain import Sent, Signer
from onetonne.details import keep_again
from onetonne.errors import BadInput, FileError, GasCapExceeded, OnetonneError, quoted
from onetonne.home import rounds_folder
from onetonne.index import Index, schema
from onetonne.ledger import Ledger
from onetonne.policy import Planned
from onetonne.terms import (
    Address,
    Claim,
    Kilograms,
    Lot,
    Purpose,
    RetirementDetails,
    RetirementId,
    parse_quantity,
)

COLUMNS = ("name", "quantity", "account", "reason")
MOST_ROWS = 5_000
MOST_BYTES = 4_000_000
_GROUP = 100  # rows of the first transaction that is tried
_HASHES_A_QUERY = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One beneficiary. `account` will own the certificate; None stands for the command's."""

    line: int
    """Of the file, counted from 1."""
    name: str
    kilograms: Kilograms
    account: Address | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the whole round is retired for and how; a round that was begun goes on with the same."""

    chain_id: int
    credits: Address
    purpose: Purpose
    holder: Address
    beneficiary: Address
    """Of rows that name no account."""
    details: RetirementDetails
    """Of every row, besides its name and reason."""
    publish: bool = False

    def to_json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"purpose": int(self.purpose), "details": self.details.text()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with what the chain has of it."""

    row: Row
    account: Address
    details: RetirementDetails
    retirements: tuple[RetirementId, ...] = ()
    lots: tuple[Lot, ...] = ()
    """Planned; none where it is done."""

    @property
    def done(self) -> bool:
        return bool(self.retirements)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every row with its retirements, and what this run sent for them."""

    entries: tuple[Entry, ...]
    sent: tuple[Sent, ...] = field(default=())


def read_table(path: Path, account: Callable[[str], Address]) -> tuple[Row, ...]:
    """The rows of a CSV file with the columns `name` and `quantity`, and perhaps `account` and `reason`.

    Separated by commas, semicolons or tabs, as the header is. `account` turns what a person writes into an
    address. Raises `FileError` with the line for the first that can't be used.
    """
    text = _text(path)
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    names = [name.strip().casefold() for name in reader.fieldnames or ()]
    reader.fieldnames = names
    unknown = [name for name in names if name not in COLUMNS]
    missing = [name for name in COLUMNS[:2] if name not in names]
    if unknown or missing or len(set(names)) != len(names):
        said = f"no column {missing[0]!r}" if missing else f"a column {quoted((unknown or names)[0])}"
        raise FileError(path, f"it has {said}: give {', '.join(COLUMNS)}, the last two where wanted")
    rows: list[Row] = []
    try:
        for cells in reader:
            if len(rows) == MOST_ROWS:
                raise FileError(path, f"it has more than {MOST_ROWS:,} rows: divide it")
            rows.append(_row(path, reader.line_num, cells, account))
    except csv.Error as problem:
        raise FileError(path, f"line {reader.line_num} is no CSV ({problem})") from problem
    if not rows:
        raise FileError(path, "it names no beneficiary")
    return tuple(rows)


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise FileError(path, "it is no file" if path.exists() else "it is not there")
        content = path.read_bytes()[: MOST_BYTES + 1]
    except OSError as problem:
        raise FileError(path, f"it can't be read ({problem.strerror})") from problem
    if len(content) > MOST_BYTES:
        raise FileError(path, f"it has more than {MOST_BYTES:,} bytes: divide it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise FileError(path, f"it is not UTF-8 (byte {problem.start})") from problem


def _row(path: Path, line: int, cells: Mapping[str | None, Any], account: Callable[[str], Address]) -> Row:
    if None in cells or None in cells.values():
        raise FileError(path, f"line {line} has not as many cells as the header")
    texts = {str(name): value.strip() for name, value in cells.items()}
    if not texts["name"]:
        raise FileError(path, f"line {line} has no name")
    try:
        kilograms = parse_quantity(texts["quantity"])
        who = account(texts["account"]) if texts.get("account") else None
    except OnetonneError as problem:
        raise FileError(path, f"line {line}: {str(problem).removesuffix('.')}") from problem
    if kilograms <= 0:
        raise FileError(path, f"line {line} has a quantity of nothing")
    return Row(line, texts["name"], kilograms, who, texts.get("reason") or None)


@dataclass(frozen=True, slots=True)
class Round:
    """A table's rows, and the secret that its salts are made of. `place` is where that is kept."""

    rows: tuple[Row, ...]
    terms: Terms
    secret: str
    place: Path

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every row with its details, as the chain will have their hash."""
        return tuple(self._entry(number, row) for number, row in enumerate(self.rows))

    def _entry(self, number: int, row: Row) -> Entry:
        salt = hashlib.sha256(f"{self.secret}-{number}".encode()).hexdigest()[:32]
        details = replace(self.terms.details, beneficiary=row.name, salt=salt)
        details = replace(details, reason=row.reason or details.reason)
        return Entry(row, row.account or self.terms.beneficiary, details)


@contextmanager
def opened(home: Path, rows: Sequence[Row], terms: Terms, *, dry_run: bool = False) -> Iterator[Round]:
    """The round of these rows, begun now or earlier; no other process has it meanwhile.

    Raises `BadInput` where another one has, or where it was begun with other terms. A dry run keeps nothing.
    """
    content = json.dumps([terms.chain_id, terms.credits, [asdict(row) for row in rows]], sort_keys=True)
    place = rounds_folder(home) / f"{hashlib.sha256(content.encode()).hexdigest()[:32]}.json"
    if dry_run and not place.exists():
        yield Round(tuple(rows), terms, secrets.token_hex(16), place)
        return
    with ExitStack() as stack:
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
            file = stack.enter_context(os.fdopen(handle, "r+", encoding="utf-8"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            kept = file.read()
            if not kept:
                kept = json.dumps({"secret": secrets.token_hex(16), **terms.to_json()}, indent=1)
                file.write(kept + "\n")
                file.flush()
                os.fsync(file.fileno())
        except BlockingIOError as problem:
            raise BadInput("Another process retires for the same table: wait for it.") from problem
        except OSError as problem:
            raise FileError(place, f"the round can't be kept in it ({problem.strerror})") from problem
        yield Round(tuple(rows), terms, _secret(place, kept, terms), place)


def _secret(place: Path, kept: str, terms: Terms) -> str:
    try:
        found = json.loads(kept)
        secret = str(found.pop("secret"))
    except (ValueError, KeyError, AttributeError, TypeError) as problem:
        raise FileError(place, "it holds no round of beneficiaries") from problem
    given = json.loads(json.dumps(terms.to_json()))
    for name, value in given.items():
        if found.get(name) != value:
            raise BadInput(
                f"This table was begun with another {name} ({quoted(str(found.get(name)))}, now "
                f"{quoted(str(value))}): go on with that one, or change the table for another round."
            )
    return secret


def with_retirements(entries: Sequence[Entry], index: Index, holder: Address) -> tuple[Entry, ...]:
    """The entries with what the chain has of them already. `sync` the index first."""
    hashes = [entry.details.hash() for entry in entries]
    columns = schema.retirements.c
    found: dict[bytes, list[RetirementId]] = {}
    with index.engine.connect() as connection:
        for start in range(0, len(hashes), _HASHES_A_QUERY):
            query = select(columns.details, columns.retirement).where(
                columns.details.in_(hashes[start : start + _HASHES_A_QUERY]), columns.holder == holder
            )
            for row in connection.execute(query.order_by(columns.retirement)):
                found.setdefault(row.details, []).append(RetirementId(row.retirement))
    return tuple(
        replace(entry, retirements=tuple(found.get(hash_, ())))
        for entry, hash_ in zip(entries, hashes, strict=True)
    )


def with_lots(entries: Sequence[Entry], plan: Sequence[Planned]) -> tuple[Entry, ...]:
    """The open entries with their lots: the plan's, in its order, divided among them in theirs."""
    left = [(one.lot.batch, int(one.lot.kilograms)) for one in reversed(plan)]
    divided: list[Entry] = []
    for entry in entries:
        wanted, lots = 0 if entry.done else int(entry.row.kilograms), list[Lot]()
        while wanted:
            batch, kilograms = left.pop()
            taken = min(wanted, kilograms)
            lots.append(Lot(batch, Kilograms(taken)))
            wanted -= taken
            if kilograms > taken:
                left.append((batch, kilograms - taken))
        divided.append(replace(entry, lots=tuple(lots)))
    return tuple(divided)


def run(
    ledger: Ledger,
    home: Path,
    entries: Sequence[Entry],
    terms: Terms,
    signer: Signer,
    *,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Retires for the open entries, as many in one transaction as its gas allows, in their order.

    Keeps each one's details before it is sent. Raises what `Ledger.retire` does; what was sent before is on
    chain, and the same round goes on with the rest.
    """
    outcome, sent = {entry.row.line: entry for entry in entries}, list[Sent]()
    waiting = [entry for entry in entries if not entry.done]
    total, size = len(waiting), _GROUP
    while waiting:
        group = waiting[:size]
        claims = [Claim(entry.lots, entry.account, entry.details) for entry in group]
        given: dict[str, Any] = {"signer": signer, "publish": terms.publish, "holder": terms.holder}
        try:
            done = ledger.retire_for_each(claims, terms.purpose, **given, dry_run=True)
        except GasCapExceeded:
            if len(group) == 1:
                raise
            size = len(group) // 2
            continue
        if not dry_run:
            if not terms.publish:
                for entry in group:
                    keep_again(home, entry.details)
            done = ledger.retire_for_each(claims, terms.purpose, **given)
        sent.append(done.sent)
        for entry, retirements in zip(group, done.retirements, strict=True):
            outcome[entry.row.line] = replace(entry, retirements=() if dry_run else retirements)
        waiting = waiting[len(group) :]
        progress(total - len(waiting), total)
    return Outcome(tuple(outcome.values()), tuple(sent))
