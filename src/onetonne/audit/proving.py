"""State that a node has to prove: every word and all code of an audit, against a header that is trusted.

proving = ProvingState(chain, trusted, deployment.addresses)
report = audit(chain, deployment, index, state_at=proving.at)
proof = proving.prove()
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from onetonne.audit.report import Proof
from onetonne.audit.state import NodeState
from onetonne.chain import Block, Chain
from onetonne.chain.proofs import ProvenState
from onetonne.chain.rebuilding import Storage
from onetonne.chain.trusting import Trusted
from onetonne.errors import AuditError
from onetonne.terms import Address

Trust = Callable[[int], Trusted]
"""From a block's number to the header that is trusted; it may be that of another block."""


class ProvingState:
    """A `State` that keeps every word that it gives, until `prove`: reading is as fast as without."""

    def __init__(self, trust: Trust, addresses: Mapping[str, Address]) -> None:
        self._trust = trust
        self._names = {address: name for name, address in addresses.items()}
        self._read: defaultdict[Address, Storage] = defaultdict(Storage)
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

    def prove(self) -> Proof:
        """Proves all that was read. Raises FalseAnswer, with slot and contract, where the node lied."""
        slots, whole = 0, []
        for address in list(self._read):
            storage = self._read.pop(address)  # each is large, and done with
            slots += len(storage)
            if self._proven.check(address, storage):
                whole.append(self._names[address])
        return Proof(
            self._trusted.header.number, self._trusted.hash, self._trusted.reason, slots, tuple(whole)
        )
