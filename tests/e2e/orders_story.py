"""Orders of every kind, after `story.tell`: two keys, a cancellation, relayed by other accounts."""

from typing import Any

from eth_utils.crypto import keccak
from story import NEVER, Teller

from onetonne.ledger.typed_data import domain, order_message, order_tuple, order_types
from onetonne.terms import BatchId, Kilograms, Lot, Purpose, RetireOrder, Seconds, TransferOrder

KEY = 2**191 + 7
"""A nonce key that fits no integer of a database."""


def tell_orders(teller: Teller) -> None:
    """Two transfers, a cancellation and two retirements of Alice's, one transfer of Bob's."""
    transfer(teller, "alice", "carol", 2, 1_000, 0)
    teller.send("alice", "SignedOrders", "cancel", 1)
    transfer(teller, "alice", "bob", 2, 500, 2)
    retire(teller, "alice", 2, 300, KEY << 64)
    retire(teller, "alice", 2, 200, KEY << 64 | 1)
    transfer(teller, "bob", "alice", 1, 100, 0)


def transfer(teller: Teller, holder: str, recipient: str, batch: int, kilograms: int, nonce: int) -> None:
    order = TransferOrder(
        (Lot(BatchId(batch), Kilograms(kilograms)),),
        teller.address(holder),
        teller.address(recipient),
        nonce,
        Seconds(NEVER),
    )
    teller.send("relayer", "SignedOrders", "transfer", order_tuple(order), _signed(teller, holder, order))


def retire(teller: Teller, holder: str, batch: int, kilograms: int, nonce: int) -> None:
    order = RetireOrder(
        lots=(Lot(BatchId(batch), Kilograms(kilograms)),),
        holder=teller.address(holder),
        beneficiary=teller.address("airline"),
        purpose=Purpose.VOLUNTARY,
        details=keccak(text="details"),
        publish=True,
        nonce=nonce,
        deadline=Seconds(NEVER),
    )
    signature = _signed(teller, holder, order)
    teller.send("relayer", "SignedOrders", "retire", order_tuple(order), "details", signature)


def _signed(teller: Teller, holder: str, order: Any) -> bytes:
    place = domain(teller.chain.chain_id, teller.deployment.addresses["SignedOrders"])
    return teller.signer(holder).sign_typed(place, order_types(order), order_message(order))
