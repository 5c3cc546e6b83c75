"""Pages of logs that the node proved: every header hashed again, linked to the one before, and every receipt
of a block that may have our logs put into the trie whose root the header has.

Not proved are the hashes of transactions, which receipts do not have.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

from onetonne.chain import Chain
from onetonne.chain.blooms import may_have
from onetonne.chain.headers import Header, header_of
from onetonne.chain.logs import EthLog, paged
from onetonne.chain.receipts import EthReceipt, receipts_root
from onetonne.chain.wire import Wire
from onetonne.errors import ChainError, FalseAnswer, NodeRefused
from onetonne.index.lies import difference
from onetonne.index.reading import EthBlock, Head, Page, Replaced, read_block
from onetonne.terms import Address

_BLOCKS_AT_ONCE = 100

Receipts = Sequence[EthReceipt]


class _Missing(ChainError):
    """The node lacks a block or its receipts."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Headers in their order, and the receipts of those that may have logs of ours."""

    headers: Sequence[Header]
    receipts: Mapping[int, Receipts]

    def __len__(self) -> int:
        """How many logs there are: all logs of a block have to be read to prove some of them."""
        return sum(len(one.logs) for many in self.receipts.values() for one in many)


class VerifiedReader:
    """Trusts the node with nothing but which chain it is: compare the last block's hash elsewhere."""

    def __init__(self, chain: Chain, addresses: Sequence[Address], previous: bytes | None) -> None:
        """`previous` is the hash of the block before the first, where it is known."""
        self._receipts, self._headers = Wire(chain.node), Wire(chain.node)
        self._digits = {address[2:] for address in addresses}
        self._entries = [bytes.fromhex(address[2:]) for address in addresses]
        self._previous = previous

    def pages(self, first: int, head: Head) -> Generator[Page, None, None]:
        try:
            for start, end, found in paged(partial(self._begin, head), first, head.number, _BLOCKS_AT_ONCE):
                logs = self._checked(found, head)
                last = found.headers[-1]
                yield Page(start, end, logs, {one.number: _told(one) for one in found.headers}, last.hash)
        finally:
            self._receipts.close()
            self._headers.close()

    def _begin(self, head: Head, first: int, last: int) -> Callable[[], _Found]:
        try:
            headers = self._read_headers(first, last)
        except _Missing as problem:
            return partial(self._refuse, head, problem)
        except ChainError as problem:
            return partial(_raise, problem)
        wanted = [one.number for one in headers if any(may_have(one.logs_bloom, e) for e in self._entries)]
        many = [[hex(number)] for number in wanted]
        answer = self._receipts.begin_batch("eth_getBlockReceipts", many, into=list[EthReceipt])

        def finish() -> _Found:
            answers = answer()
            if None in answers:
                number = wanted[answers.index(None)]
                problem = _Missing(f"The node has no receipts of block {number}: ask one that keeps all.")
                self._refuse(head, problem)
            return _Found(headers, dict(zip(wanted, answers, strict=True)))

        return finish

    def _read_headers(self, first: int, last: int) -> list[Header]:
        many = [[hex(number), False] for number in range(first, last + 1)]
        blocks = self._headers.batch("eth_getBlockByNumber", many, into=dict[str, Any])
        if None in blocks:
            raise _Missing(f"The node has no block {first + blocks.index(None)}.")
        headers = [header_of(block) for block in blocks]
        for number, header in enumerate(headers, first):
            if header.number != number:
                raise FalseAnswer(f"Asked for block {number}, the node gave block {header.number}.")
        return headers

    def _checked(self, found: _Found, head: Head) -> list[EthLog]:
        """The logs of our contracts."""
        logs: list[EthLog] = []
        for header in found.headers:
            if self._previous not in (None, header.parent_hash):
                reason = (
                    f"Block {header.number} is of another chain: it does not follow block "
                    f"{header.number - 1}, which the node gave before."
                )
                self._refuse(head, FalseAnswer(reason))
            self._previous = header.hash
            if header.number == head.number and header.hash.hex() != head.hash[2:]:
                raise Replaced
            if header.number in found.receipts:
                receipts = found.receipts[header.number]
                if _root(receipts) != header.receipts_root:
                    self._refuse(head, FalseAnswer(difference(self._headers, header, receipts)))
                logs += self._ours(header, receipts)
        return logs

    def _ours(self, header: Header, receipts: Receipts) -> list[EthLog]:
        """Raises `FalseAnswer` where the node gives a proved log another place."""
        block, block_hash = hex(header.number), f"0x{header.hash.hex()}"
        index, ours = 0, []
        for transaction, receipt in enumerate(receipts):
            place = block, block_hash, hex(transaction), receipt.transaction_hash
            for log in receipt.logs:
                told = log.block_number, log.block_hash, log.transaction_index, log.transaction_hash
                if told != place or int(log.log_index, 16) != index:
                    raise FalseAnswer(
                        f"The node gives log {index} of block {header.number} a false place: "
                        f"transaction {transaction} emitted it, in this block."
                    )
                if log.address[2:].lower() in self._digits:
                    if log.topics and not (log.topics[0].islower() and log.topics[0].startswith("0x")):
                        raise NodeRefused("eth_getBlockReceipts", f"log {index} of block {block} is no log")
                    ours.append(log)
                index += 1
        return ours

    def _refuse(self, head: Head, problem: ChainError) -> NoReturn:
        """Raise the problem, unless the chain was reorganised meanwhile: that looks like one, and is none."""
        found = read_block(self._headers, head.number)
        if found is None or found.hash != head.hash:
            raise Replaced
        raise problem


def _root(receipts: Receipts) -> bytes:
    try:
        return receipts_root(receipts)
    except (OverflowError, ValueError) as problem:
        raise NodeRefused("eth_getBlockReceipts", "it gave receipts that can't be read") from problem


def _told(header: Header) -> EthBlock:
    block_hash, parent = f"0x{header.hash.hex()}", f"0x{header.parent_hash.hex()}"
    return EthBlock(hex(header.number), block_hash, parent, hex(header.time))


def _raise(problem: ChainError) -> NoReturn:
    raise problem
