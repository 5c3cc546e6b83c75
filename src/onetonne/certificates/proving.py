"""A certificate proven: what the node said of it against storage that it could not choose."""

from collections.abc import Mapping
from dataclasses import dataclass

from onetonne.certificates.proven import DETAILS_BYTES, IN_EVENTS_ALONE, Facts, facts
from onetonne.certificates.record import Certificate
from onetonne.chain.proofs import ProvenState
from onetonne.chain.rpc import Node
from onetonne.chain.trusting import Trusted
from onetonne.errors import FalseAnswer, quoted
from onetonne.terms import Address


@dataclass(frozen=True, slots=True)
class CertificateProof:
    """That the facts of a certificate are those of storage at a block."""

    block: int
    block_hash: str
    trusted: str
    """Why that block's hash is relied on, in words."""
    facts: Facts

    @property
    def sentence(self) -> str:
        return (
            f"Proven at block {self.block:,}, which is trusted because {self.trusted}; "
            f"not proven, as it is in events alone: {', '.join(IN_EVENTS_ALONE)}."
        )


def prove(
    certificate: Certificate, node: Node, addresses: Mapping[str, Address], trusted: Trusted
) -> CertificateProof:
    """Raises `FalseAnswer` where the node said something else of it than what storage proves."""
    names = {address: name for name, address in addresses.items()}
    state = ProvenState(node, trusted.header, names)
    found = facts(state, certificate.chain_id, addresses, certificate.id, certificate.prefix)
    _compare(certificate, found, trusted.header.number)
    return CertificateProof(trusted.header.number, trusted.hash, trusted.reason, found)


def _compare(certificate: Certificate, found: Facts, block: int) -> None:
    details = certificate.details
    for name, proven in found.items():
        said = getattr(certificate, name)
        if name == "details_hash":
            said = said[:DETAILS_BYTES]
            if details is not None and details.hash()[:DETAILS_BYTES] != proven:
                raise _lie(
                    certificate, "details", details.text(), f"a text of hash 0x{proven.hex()}...", block
                )
        # Reports may have come since the block that is trusted. Less than there was then is what a node
        # hides; a report that governance annulled since looks the same, and is told apart with a later
        # trusted block.
        if said < proven if name in ("over_issued", "made_good") else said != proven:
            raise _lie(certificate, name, said, proven, block)


def _lie(certificate: Certificate, name: str, said: object, proven: object, block: int) -> FalseAnswer:
    return FalseAnswer(
        f"The node lies about certificate {certificate.id}: of {name.replace('_', ' ')} it says "
        f"{quoted(str(said))}, and by the state root of block {block} it is {quoted(str(proven))}."
    )
