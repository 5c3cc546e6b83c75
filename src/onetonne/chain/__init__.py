"""Chains: connect to a node, read, sign, send, and run a local one.

Nothing above this package meets web3's exceptions: everything raised here is an `OnetonneError`.
"""

from onetonne import undo_recursion_limit
from onetonne.chain import keystores
from onetonne.chain.abi import Event, decode_event
from onetonne.chain.addresses import checked_address
from onetonne.chain.client import Block, Chain, Log, LogPage, connect
from onetonne.chain.local import LOCAL_CHAIN_ID, LocalChain, LocalStatus
from onetonne.chain.reverts import decode
from onetonne.chain.sending import Sent
from onetonne.chain.signing import KeySigner, Signer, signer_from_env

__all__ = [
    "LOCAL_CHAIN_ID",
    "Block",
    "Chain",
    "Event",
    "KeySigner",
    "LocalChain",
    "LocalStatus",
    "Log",
    "LogPage",
    "Sent",
    "Signer",
    "checked_address",
    "connect",
    "decode",
    "decode_event",
    "keystores",
    "signer_from_env",
]

undo_recursion_limit()  # web3 is imported by now
