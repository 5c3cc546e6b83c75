"""What a node has to prove: every word, all code and all events of an audit, against a trusted header.

proving = ProvingState(chain, trusted, deployment.addresses)
report = audit(chain, deployment, index, state_at=proving.at)
proof = proving.prove()
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from onetonne.audit.report import Proof
from onetonne.audit.state import NodeState
from onetonne.chain import Block, Chain
from onetonne.chain.headers import header_of
from onetonne.chain.proofs import ProvenState
from onetonne.chain.rebuilding import Storage
from onetonne.chain.rpc import Node
from onetonne.chain.trusting import Trusted
from onetonne.errors import AuditError, FalseAnswer
from onetonne.index import Cursor, Index
from onetonne.terms import Address

_HEADERS_AT_ONCE = 100

Trust = Callable[[int], Trusted]
"""From a block's number to the header that is trusted; it may be that of another block."""


class ProvingState:
    """A `State` that keeps every word that it gives, until `prove`: reading is as fast as without."""

    def __init__(self, trust: Trust, addresses: Mapping[str, Address]) -> None:
        self._trust = trust
        self._names = {address: name for name, address in addresses.items()}
        self._read: defaultdict[Address, Storage] = defaultdict(Storage)
        self._chain: Chain
        self._node: NodeState
        self._trusted: Trusted
        self._proven: ProvenState

    def at(self, chain: Chain, block: Block) -> "ProvingState":
        """This state, at a block. Raises AuditError where that is not the trusted one."""
        trusted = self._trust(block.number)
        if trusted.hash != block.hash:
            raise AuditError(
                f"The audit is at block {block.number:,} ({block.hash}), and the block that is trusted is "
                f"{trusted.header.number:,} ({trusted.hash}): audit at that block, or trust this one's hash."
            )
        self._chain = chain
        self._node, self._trusted = NodeState(chain, block), trusted
        self._proven = ProvenState(chain.node, trusted.header, self._names)
        return self

    @property
    def source(self) -> str:
        return f"{self._node.source}, proven by eth_getProof"

    @property
    def not_checked(self) -> tuple[str, ...]:
        block, trusted = self._trusted.header.number, self._trusted
        return (f"That block {block:,} is the chain's: it is trusted because {trusted.reason}.",)

    def words(self, address: Address, slots: Sequence[bytes]) -> bytes:
        words = self._node.words(address, slots)
        self._read[address].add(slots, words)
        return words

    def codes(self, addresses: Sequence[Address]) -> list[bytes]:
        """Raises FalseAnswer where a code is not the one whose hash the state has."""
        return [self._proven.code(address) for address in addresses]

    def prove(self, index: Index) -> Proof:
        """Proves all that was read, and that the index's events are those of the trusted block's chain.

        Raises FalseAnswer, with slot and contract, where the node lied; AuditError where the index's events
        were read without proof.
        """
        _link(self._chain.node, index.verified, self._trusted)
        slots, whole = 0, []
        for address in list(self._read):
            storage = self._read.pop(address)  # each is large, and done with
            slots += len(storage)
            if self._proven.check(address, storage):
                whole.append(self._names[address])
        return Proof(
            self._trusted.header.number, self._trusted.hash, self._trusted.reason, slots, tuple(whole)
        )


def _link(node: Node, newest: Cursor | None, trusted: Trusted) -> None:
    """Events are proven up to the newest block of the index: that one must descend from the trusted block."""
    number = trusted.header.number
    if newest is None or newest.block < number:
        raise AuditError(f"The events up to block {number:,} are not proven: sync the index with --verify.")
    expected = bytes.fromhex(newest.hash[2:])
    for last in range(newest.block, number, -_HEADERS_AT_ONCE):
        numbers = range(last, max(last - _HEADERS_AT_ONCE, number), -1)
        for block in node.batch("eth_getBlockByNumber", [[hex(one), False] for one in numbers]):
            header = header_of(block)
            if header.hash != expected:
                raise FalseAnswer(
                    f"The chain whose events the node proved has another block {header.number:,} than the "
                    "one it gives now: audit again, and if that is so again the node is not to be trusted."
                )
            expected = header.parent_hash
    if expected != trusted.header.hash:
        raise FalseAnswer(
            f"The chain whose events the node proved has block {number:,} of hash 0x{expected.hex()}, and "
            f"the one that is trusted is {trusted.hash}: the events are another chain's."
        )
