"""Where trust begins: the header of one block, by a hash that somebody vouches for, or by a second node."""

from dataclasses import dataclass

from onetonne.chain.headers import Header, block_hash, fetch_header
from onetonne.chain.rpc import Node
from onetonne.errors import FalseAnswer, WrongChain, shown_host


@dataclass(frozen=True, slots=True)
class Trusted:
    """A block's header, and what makes it one to rely on."""

    header: Header
    reason: str
    """In words, such as `its hash was given`."""

    @property
    def hash(self) -> str:
        return f"0x{self.header.hash.hex()}"


def trust_hash(node: Node, text: str) -> Trusted:
    """The block of a hash that the auditor has from elsewhere. Raises `BadInput`, and as `fetch_header`."""
    header = fetch_header(node, f"0x{block_hash(text).hex()}")
    return Trusted(header, "its hash was given by whoever asked")


def trust_second_node(node: Node, second: Node, block: int | None = None) -> Trusted:
    """A block of which two nodes have the same header: by number, else the latest that both have.

    Raises `FalseAnswer` where they differ, `WrongChain` where the second serves another chain.
    """
    chain_id, other = node.integer("eth_chainId"), second.integer("eth_chainId")
    if other != chain_id:
        raise WrongChain(chain_id, other)
    if block is None:
        block = min(node.integer("eth_blockNumber"), second.integer("eth_blockNumber"))
    header, same = fetch_header(node, block), fetch_header(second, block)
    if header.hash != same.hash:
        raise FalseAnswer(
            f"The two nodes have different headers of block {block}: 0x{header.hash.hex()} at "
            f"{shown_host(node.url)} and 0x{same.hash.hex()} at {shown_host(second.url)}; "
            "try again, and if they still differ, one of them is not to be trusted."
        )
    return Trusted(
        header, f"two nodes have the same header ({shown_host(node.url)}, {shown_host(second.url)})"
    )
