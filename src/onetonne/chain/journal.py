"""The journal: every transaction is written down before it is sent, so that none is sent twice.

One file for each chain and account, in the home's `journal`, a JSON document a line: a transaction as it was
signed, and later what became of it. Whoever reads it can send the same transaction again, and no other one.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from filelock import FileLock

from onetonne.errors import JournalError, quoted
from onetonne.terms import Address

RECENT = 600.0  # seconds in which the same act is taken for a repetition


class State(StrEnum):
    """What is known of a transaction."""

    SIGNED = "signed"
    """Written down; it may have been sent, and may not."""
    SENT = "sent"
    """A node has it, or may have it; in no block that was seen."""
    DONE = "done"
    REVERTED = "reverted"
    """In a block, where a contract refused it: it did nothing and cost its gas."""
    REPLACED = "replaced"
    """Another one with its nonce is in a block: it did nothing, and never can."""
    REFUSED = "refused"
    """No node took it: it did nothing, and its nonce was given to the next."""

    @property
    def is_open(self) -> bool:
        return self in (State.SIGNED, State.SENT)


@dataclass(frozen=True, slots=True)
class Entry:
    """A transaction that was signed, and what is known of it. Times are seconds since 1970."""

    hash: str
    raw: str
    """As it is sent; hexadecimal."""
    account: Address
    fields: dict[str, Any]
    """The transaction as it was signed, in web3's names."""
    content: str
    """Hash of whom it is sent to and what it carries."""
    intent: str
    """Hash of what was asked for, where the content has a random part; else the content."""
    what: str
    """In words, such as `Credits.retire`."""
    run: str
    """Which connection sent it: what one program repeats, it means to."""
    height: int
    """Of the chain when it was signed."""
    time: float
    replaces: str | None = None
    """Hash of the transaction whose nonce it takes on purpose."""
    file: str | None = None
    """A file that has to be there once it is sent, and its text."""
    text: str | None = None
    state: State = State.SIGNED
    block: int | None = None
    changed: float = 0.0
    """When its state was found."""
    by: str | None = None
    """Hash of the transaction that replaced it."""

    @property
    def nonce(self) -> int:
        return int(self.fields["nonce"])

    @property
    def to(self) -> Address | None:
        """None where it creates a contract."""
        return self.fields.get("to")


def fingerprint(*parts: object) -> str:
    """A hash by which the same act is known again."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]


class Journal:
    """Of one account on one chain. Raises `JournalError` where it can't be kept or read."""

    def __init__(self, folder: Path, chain: str, account: Address) -> None:
        self.path = folder / f"{chain}-{account.lower()}.jsonl"
        self._forget()

    def _forget(self) -> None:
        self._read_to = 0
        self._entries: dict[str, Entry] = {}
        self._open: set[str] = set()
        self._alike: dict[str, list[str]] = {}
        self._settled: str | None = None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else signs for the account meanwhile."""
        with self._guarded():
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(self.path.with_suffix(".lock"), mode=0o600):
            yield

    def entries(self) -> list[Entry]:
        """All, in the order in which they were signed."""
        self._read()
        return list(self._entries.values())

    def open(self) -> list[Entry]:
        """Those of which nobody knows yet what became of them, by nonce."""
        self._read()
        return sorted((self._entries[one] for one in self._open), key=lambda one: one.nonce)

    def settled(self) -> Entry | None:
        """The one with the highest nonce that is in a block."""
        self._read()
        return self._entries[self._settled] if self._settled else None

    def find(self, hash_: str) -> Entry | None:
        self._read()
        return self._entries.get(hash_.lower())

    def repeated(self, content: str, intent: str, run: str) -> Entry | None:
        """The same act of another run, where it is open or was done a short time ago."""
        self._read()
        since = time.time() - RECENT
        alike = [*self._alike.get(intent, []), *self._alike.get(content, [])]
        for entry in (self._entries[one] for one in reversed(alike)):
            recent = entry.state is State.DONE and entry.changed > since
            if entry.run != run and (entry.state.is_open or recent):
                return entry
        return None

    def add(self, entry: Entry) -> Entry:
        """Writes an entry down; it is on the disk when this returns."""
        self._append({"signed": {key: value for key, value in asdict(entry).items() if value is not None}})
        self._put(entry)
        return entry

    def change(self, entry: Entry, state: State, *, block: int | None = None, by: str | None = None) -> Entry:
        """Writes down what became of a transaction."""
        known = self._entries.get(entry.hash, entry)
        if known.state == state and known.block == block:
            return known
        changed = replace(known, state=state, block=block, by=by, changed=time.time())
        members = {"hash": entry.hash, "state": state, "block": block, "by": by, "time": changed.changed}
        self._append({"became": {key: value for key, value in members.items() if value is not None}})
        self._put(changed)
        return changed

    def _put(self, entry: Entry) -> None:
        if entry.hash not in self._entries:
            for key in {entry.content, entry.intent}:
                self._alike.setdefault(key, []).append(entry.hash)
        self._entries[entry.hash] = entry
        (self._open.add if entry.state.is_open else self._open.discard)(entry.hash)
        if entry.state in (State.DONE, State.REVERTED):
            last = self._entries[self._settled] if self._settled else None
            if last is None or last.nonce <= entry.nonce:
                self._settled = entry.hash

    def _append(self, document: dict[str, object]) -> None:
        line = (json.dumps(document, ensure_ascii=False) + "\n").encode()
        with self._guarded():
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "r+b") as file:
                size = file.seek(0, os.SEEK_END)
                if size:
                    file.seek(size - 1)
                    if file.read(1) != b"\n":  # whoever wrote the last line was killed within it
                        line = b"\n" + line
                file.write(line)
                file.flush()
                os.fsync(file.fileno())

    def _read(self) -> None:
        """Reads what was written since the last time. A line cut off by a kill says nothing."""
        with self._guarded():
            try:
                with self.path.open("rb") as file:
                    if file.seek(0, os.SEEK_END) < self._read_to:
                        self._forget()  # another file, in place of the one that was moved away
                    file.seek(self._read_to)
                    content = file.read()
            except FileNotFoundError:
                self._forget()
                return
        whole, _, _ = content.rpartition(b"\n")
        if not whole:
            return
        self._read_to += len(whole) + 1
        for line in whole.split(b"\n"):
            self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            document = json.loads(line)
            if "signed" in document:
                found = document["signed"]
                entry = Entry(**{**found, "state": State(found.get("state", State.SIGNED))})
                if entry.hash not in self._entries:
                    self._put(entry)
            else:
                became = document["became"]
                state, block, by = State(became["state"]), became.get("block"), became.get("by")
                known = self._entries[became["hash"]]
                self._put(replace(known, state=state, block=block, by=by, changed=became["time"]))
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            if line.endswith(b"}"):
                raise JournalError(
                    f"The journal {self.path} is damaged ({quoted(line.decode(errors='replace'))}): what was "
                    "sent can't be known from it; look the account up, and move the file away."
                ) from problem

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            raise JournalError(
                f"The journal {self.path} can't be kept ({problem.strerror}): nothing is sent without it."
            ) from problem


def journals(folder: Path, chain: str) -> list[Journal]:
    """Those of every account that has one on a chain."""
    accounts = (path.stem.rpartition("-")[2] for path in sorted(folder.glob(f"{chain}-0x*.jsonl")))
    return [Journal(folder, chain, Address(account)) for account in accounts]


Ask = Callable[[Entry], bool]
"""Whether the same act is to be done once more, though an entry says that it was begun or done."""
