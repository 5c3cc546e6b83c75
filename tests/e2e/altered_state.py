"""Contracts whose storage a test alters, on the node itself or in a copy in memory; and altered indexes."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import text
from story import Teller

from onetonne.audit import AuditReport, Finding, State, audit, check, replay
from onetonne.audit.state import NodeState
from onetonne.audit.story import Story
from onetonne.chain import Block
from onetonne.index import Index
from onetonne.terms import Address


class Storage(Protocol):
    """Words of storage by contract and slot, and an audit of what they are."""

    def word(self, contract: str, slot: int) -> int: ...

    def put(self, contract: str, slot: int, word: int) -> None: ...

    def audit(self) -> AuditReport: ...


@contextmanager
def altered(storage: Storage, contract: str, slot: int, change: int) -> Iterator[None]:
    """Flip some bits of one word, and put it back afterwards."""
    before = storage.word(contract, slot)
    storage.put(contract, slot, before ^ change)
    try:
        yield
    finally:
        storage.put(contract, slot, before)


class CopiedState:
    """A node's state of which every word is asked for once."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._words: dict[tuple[Address, bytes], bytes] = {}
        self._codes: dict[Address, bytes] = {}

    @property
    def source(self) -> str:
        return self._state.source

    @property
    def not_checked(self) -> tuple[str, ...]:
        return self._state.not_checked

    def words(self, address: Address, slots: Sequence[bytes]) -> bytes:
        missing = [slot for slot in slots if (address, slot) not in self._words]
        if missing:
            answer = self._state.words(address, missing)
            for number, slot in enumerate(missing):
                self._words[address, slot] = answer[32 * number : 32 * number + 32]
        return b"".join([self._words[address, slot] for slot in slots])

    def codes(self, addresses: Sequence[Address]) -> list[bytes]:
        for address in addresses:
            if address not in self._codes:
                (self._codes[address],) = self._state.codes([address])
        return [self._codes[address] for address in addresses]

    def put(self, address: Address, slot: bytes, word: bytes) -> None:
        self._words[address, slot] = word


class StorageInMemory:
    """A copy of the contracts' state, beside events that were replayed once."""

    def __init__(self, teller: Teller, story: Story, block: Block, state: CopiedState) -> None:
        self._deployment, self._story, self._block, self._state = teller.deployment, story, block, state

    def word(self, contract: str, slot: int) -> int:
        return int.from_bytes(self._state.words(self._deployment.addresses[contract], [slot.to_bytes(32)]))

    def put(self, contract: str, slot: int, word: int) -> None:
        self._state.put(self._deployment.addresses[contract], slot.to_bytes(32), word.to_bytes(32))

    def audit(self) -> AuditReport:
        return check(self._story, self._deployment, self._block, self._state, lambda *_: None)


class StorageOnChain:
    """The contracts as the node has them; each audit is a whole one."""

    def __init__(self, teller: Teller, index: Index) -> None:
        self._teller, self._index = teller, index

    def word(self, contract: str, slot: int) -> int:
        address = self._teller.deployment.addresses[contract]
        return int.from_bytes(self._teller.chain.storage(address, [slot])[0])

    def put(self, contract: str, slot: int, word: int) -> None:
        address = self._teller.deployment.addresses[contract]
        self._teller.chain.node.request("anvil_setStorageAt", address, f"0x{slot:064x}", f"0x{word:064x}")

    def audit(self) -> AuditReport:
        return audit(self._teller.chain, self._teller.deployment, self._index)


class Rewritten:
    """An index whose rows SQL changes, audited against the state that the true events led to."""

    def __init__(self, teller: Teller, index: Index, folder: Path) -> None:
        index.sync(teller.chain, teller.deployment)
        assert index.cursor is not None
        self._index, self._deployment = index, teller.deployment
        self._block = teller.chain.block(index.cursor.block)
        self._state = CopiedState(NodeState(teller.chain, self._block))
        self._original = folder / "original.sqlite"
        index.engine.dispose()
        shutil.copy(str(index.engine.url.database), self._original)

    @contextmanager
    def changed(self, change: str) -> Iterator[Index]:
        with self._index.engine.begin() as connection:
            assert connection.execute(text(change)).rowcount
        try:
            yield self._index
        finally:  # one engine for all changes: it keeps the statements that it compiled
            self._index.engine.dispose()
            shutil.copy(self._original, str(self._index.engine.url.database))

    def findings(self, change: str) -> tuple[Finding, ...]:
        with self.changed(change) as index:
            story = replay(index, self._deployment, self._block.number, lambda *_: None)
        return check(story, self._deployment, self._block, self._state, lambda *_: None).findings

    def by_events(self, change: str) -> list[Finding]:
        """What is found without looking at storage."""
        return [one for one in self.findings(change) if one.problem.startswith("By the events")]
