"""Rows of every table from pages of logs, or from raw logs that an index kept."""

import struct
from binascii import unhexlify
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Table

from onetonne.chain.logs import EthLog
from onetonne.errors import NodeRefused
from onetonne.index import schema
from onetonne.index.decoding import Decode, accounts, decoders
from onetonne.index.reading import Page, Replaced
from onetonne.terms import Address

Rows = dict[Table, list[Any]]
"""Tuples in the order of their table's columns, as they lie in the database."""

_TOPIC = 66  # characters
_BY_BLOCK = attrgetter("block_number")
_DAMAGED = (struct.error, IndexError, KeyError, OverflowError, TypeError, ValueError)

_Handler = tuple[Decode, Callable[[Any], None]]
"""What decodes an event, and where its rows go."""


class Derivation:
    """Rows of what is added, until `clear`."""

    def __init__(self, contracts: Mapping[Address, str], *, raw: bool) -> None:
        """`contracts` by address in small letters; `raw` where the logs themselves are rows too."""
        self.rows: Rows = {table: [] for table in (schema.blocks, schema.transactions, schema.logs)}
        self._raw = raw
        self._handlers = {str(address): self._of_contract(name) for address, name in contracts.items()}

    def clear(self) -> None:
        for rows in self.rows.values():
            rows.clear()

    def add(self, page: Page) -> None:
        """Raises `Replaced` where the page contradicts itself, `NodeRefused` where it can't be read."""
        previous = page.first - 1
        try:
            for text, logs in groupby(page.logs, _BY_BLOCK):
                block = int(text, 16)
                if not previous < block <= page.last:
                    raise NodeRefused("eth_getLogs", f"it gave block {block} after block {previous}")
                self._add_block(page, block, logs)
                previous = block
        except _DAMAGED as problem:
            raise NodeRefused("eth_getLogs", f"no log after block {previous} can be read") from problem
        if previous != page.last:
            header = page.headers[page.last]
            self.rows[schema.blocks].append((page.last, header.hash, int(header.timestamp, 16)))

    def add_raw(self, row: Any) -> None:
        """A row of `schema.logs`."""
        topics = [row.topics[at : at + _TOPIC] for at in range(0, len(row.topics), _TOPIC)]
        found = self._handlers[row.address.lower()].get(topics[0]) if topics else None
        if found is not None:
            found[0](found[1], row.block_number, row.log_index, row.transaction_index, topics, row.data)

    def _add_block(self, page: Page, block: int, logs: Iterable[EthLog]) -> None:
        handlers, raw = self._handlers, self.rows[schema.logs].append if self._raw else None
        index, transaction, block_hash, transaction_hash = -1, -1, "", ""
        for log in logs:  # the inner loop of all: whatever can be done less often is done elsewhere
            if log.block_hash != block_hash:
                self._begin(page, block, log, first=not block_hash)
                block_hash = log.block_hash
            if log.transaction_hash != transaction_hash:
                transaction_hash, before = log.transaction_hash, transaction
                transaction = int(log.transaction_index, 16)
                if transaction <= before:
                    raise ValueError("transactions that are not in order")
                self.rows[schema.transactions].append((block, transaction, transaction_hash))
            before, index = index, int(log.log_index, 16)
            if index <= before:
                raise ValueError("logs that are not in order")
            topics, data = log.topics, unhexlify(log.data[2:])
            found = handlers[log.address].get(topics[0]) if topics else None
            if found is not None:
                found[0](found[1], block, index, transaction, topics, data)
            if raw is not None:
                raw((block, index, transaction, accounts[log.address], "".join(topics), data))

    def _begin(self, page: Page, block: int, log: EthLog, *, first: bool) -> None:
        header = page.headers.get(block)
        if not first or log.removed or (header is not None and header.hash != log.block_hash):
            raise Replaced
        time = header.timestamp if header is not None else log.block_timestamp
        assert time is not None  # where a log tells none, the page has the header
        self.rows[schema.blocks].append((block, log.block_hash, int(time, 16)))

    def _of_contract(self, name: str) -> dict[str, _Handler]:
        return {
            topic: (one.decode, self.rows.setdefault(one.table, []).append)
            for topic, one in decoders(name).items()
        }
