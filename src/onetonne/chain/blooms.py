"""Blooms: what a header says of the addresses and topics of its logs. What is not in it did not happen."""

from functools import lru_cache

from onetonne.chain.keccak import keccak

_BITS = 2048


@lru_cache(maxsize=65536)
def bloom_bits(entry: bytes) -> int:
    """The three bits of an address or topic, in a number of 2,048."""
    digest = keccak(entry)
    bits = 0
    for at in (0, 2, 4):
        bits |= 1 << (int.from_bytes(digest[at : at + 2]) % _BITS)
    return bits


def may_have(bloom: bytes, entry: bytes) -> bool:
    """Whether an address or a topic may be among the logs; False is certain."""
    bits = bloom_bits(entry)
    return int.from_bytes(bloom) & bits == bits
