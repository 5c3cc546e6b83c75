"""Signed orders: retirements and transfers that a holder signs, and anybody sends and pays for."""

from collections import Counter

from eth_utils.crypto import keccak

from onetonne.chain import Signer
from onetonne.errors import BadInput, DateError
from onetonne.ledger.base import LedgerBase, checked_kilograms, ids, word
from onetonne.ledger.results import Done, Retired
from onetonne.ledger.typed_data import domain, order_digest, order_message, order_tuple, order_types
from onetonne.terms import (
    Address,
    BatchId,
    Kilograms,
    RetirementId,
    RetireOrder,
    Seconds,
    TransferOrder,
    format_quantity,
    from_seconds,
)

Order = RetireOrder | TransferOrder

NONCE_BITS = 64
"""Of a nonce, the lower ones, which count; the key is above them."""
MAX_NONCE_KEY = 2**192 - 1
_MAX_BATCH = 2**32 - 1


class OrderVerbs(LedgerBase):
    """What holders sign, and relayers send."""

    def next_nonce(self, holder: Address, key: int = 0) -> int:
        """The nonce that an order of this holder and key must have now; the key is in its upper bits."""
        if not 0 <= key <= MAX_NONCE_KEY:
            raise BadInput(f"Nonce key {key} can't be: give a number from 0 to 2^192 - 1.")
        return int(self._read("SignedOrders", "nonces", holder, key))

    def sign_order(self, order: Order, signer: Signer) -> bytes:
        """The holder's signature, or that of whoever signs for a contract. Sends nothing.

        Raises `BadInput` where the signer is not the holder, and the holder is no contract.
        """
        _check_sizes(order)
        if signer.address != order.holder and not self.chain.codes([order.holder])[0]:
            raise BadInput(
                f"Account {signer.address} can't sign for {order.holder}, which has a key of its own: "
                "sign with the holder's key."
            )
        return signer.sign_typed(self._orders_domain(), order_types(order), order_message(order))

    def order_digest(self, order: Order) -> bytes:
        """What the holder signs, 32 bytes."""
        return order_digest(order, self.chain.chain_id, self.deployment.addresses["SignedOrders"])

    def check_order(self, order: Order) -> None:
        """Raises `BadInput` where an order is expired, its nonce is not the next, or credits are missing."""
        _check_sizes(order)
        now = self.chain.block("latest").time
        if now > order.deadline:
            raise BadInput(
                f"The order could be sent until {deadline_in_words(order.deadline)}: "
                "ask the holder to sign a new one."
            )
        self.check_nonce(order)
        needed: Counter[BatchId] = Counter()
        for lot in order.lots:
            needed[lot.batch] += lot.kilograms
        for batch, kilograms in needed.items():
            holding = self._read("Credits", "balanceOf", order.holder, batch)
            if holding < kilograms:
                raise BadInput(
                    f"Account {order.holder} has {format_quantity(Kilograms(holding))} of batch {batch}, "
                    f"less than the {format_quantity(Kilograms(kilograms))} of the order: "
                    "ask the holder to sign a smaller one."
                )

    def retire_signed(
        self,
        order: RetireOrder,
        signature: bytes,
        details: str = "",
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Retired:
        """Sends a holder's order to retire. `details` is the text that the order publishes, empty if none."""
        if order.publish and keccak(text=details) != order.details:
            raise BadInput(
                "The text of the details is not the one whose hash the holder signed: ask the holder for it."
            )
        function = self._function("SignedOrders", "retire", order_tuple(order), details, signature)
        sent = self._send(function, signer, dry_run)
        return Retired(tuple(map(RetirementId, ids(sent, "Retired", "retirement"))), sent)

    def transfer_signed(
        self, order: TransferOrder, signature: bytes, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Sends a holder's order to transfer."""
        function = self._function("SignedOrders", "transfer", order_tuple(order), signature)
        return Done(self._send(function, signer, dry_run))

    def cancel_order(self, nonce: int, *, signer: Signer, dry_run: bool = False) -> Done:
        """Uses up the signer's own nonce, the next of its key: no order with it can be sent any more."""
        return Done(self._send(self._function("SignedOrders", "cancel", nonce), signer, dry_run))

    def check_nonce(self, order: Order) -> None:
        """Raises `BadInput` where an order's nonce is not the next of its key."""
        key, number = order.nonce >> NONCE_BITS, order.nonce % 2**NONCE_BITS
        expected = self.next_nonce(order.holder, key) % 2**NONCE_BITS
        if number < expected:
            raise BadInput(
                f"Nonce {number} of key {key} of {order.holder} is used: "
                "the order was sent or cancelled already."
            )
        if number > expected:
            raise BadInput(
                f"The order has nonce {number} of key {key}, and {expected} comes first: send the holder's "
                "earlier orders of that key before it."
            )

    def _orders_domain(self) -> dict[str, object]:
        return domain(self.chain.chain_id, self.deployment.addresses["SignedOrders"])


def deadline_in_words(deadline: Seconds) -> str:
    """Such as `2026-12-31 23:59:59 UTC`."""
    try:
        return f"{from_seconds(deadline):%Y-%m-%d %H:%M:%S} UTC"
    except DateError:  # beyond the calendar
        return f"second {deadline} since 1970"


def _check_sizes(order: Order) -> None:
    """Raises `BadInput` and `QuantityError` for what the contract's types can't hold."""
    for lot in order.lots:
        checked_kilograms(lot.kilograms)
        if not 0 <= lot.batch <= _MAX_BATCH:
            raise BadInput(f"There is no batch {lot.batch}.")
    if isinstance(order, RetireOrder):
        word(order.details, "hash of the details")
