"""The seal: two wreaths of turned ellipses whose number and shape follow from chain, contract and number.

`Renderer.sol` draws the same one on chain, so that no two certificates look alike and each looks the same
everywhere.
"""

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from onetonne.certificates.marks import Wreath
from onetonne.terms import Address, RetirementId

X, Y = 676, 212


def seal(chain_id: int, credits: Address, certificate: RetirementId) -> Wreath:
    """Raises nothing: any chain, contract and number have a seal."""
    kinds = ["uint256", "address", "string", "uint40"]
    seed = keccak(encode(kinds, [chain_id, credits, "retirement", certificate]))
    return Wreath(
        X,
        Y,
        turns=18 + seed[0] % 13,
        ellipses=((108, 54 + seed[1] % 35), (86, 24 + seed[2] % 25)),
        circles=((45, 1), (42, 0.4)),
    )
