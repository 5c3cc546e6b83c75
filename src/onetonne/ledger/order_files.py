"""A signed order as a file: whoever carries it to the chain needs no key of the holder's.

The file holds no secret. The text of the details is in it only where the order publishes it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from onetonne.chain import Signer, checked_address
from onetonne.errors import BadInput, DeploymentError, FileError
from onetonne.ledger.orders import Order, OrderVerbs
from onetonne.ledger.typed_data import order_signer
from onetonne.terms import (
    Address,
    BatchId,
    Kilograms,
    Lot,
    Purpose,
    RetireOrder,
    Seconds,
    TransferOrder,
)

FORMAT = "onetonne signed order"
VERSION = 1
_RETIRE, _TRANSFER = "retire", "transfer"


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order, its signature, and the one contract on the one chain that takes it."""

    order: Order
    signature: bytes
    chain_id: int
    signed_orders: Address
    details: str = ""
    """The text that the order publishes; empty where it publishes none."""

    @property
    def kind(self) -> str:
        return _TRANSFER if isinstance(self.order, TransferOrder) else _RETIRE

    def text(self) -> str:
        """JSON: quantities in kilograms, the deadline in seconds since 1970-01-01, bytes in hexadecimal."""
        document: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "chain_id": self.chain_id,
            "signed_orders": self.signed_orders,
            "kind": self.kind,
            "order": order_fields(self.order),
        }
        if self.details:
            document["details"] = self.details
        return json.dumps(document | {"signature": f"0x{self.signature.hex()}"}, indent=2, ensure_ascii=False)

    def check(self, ledger: OrderVerbs) -> None:
        """Everything that can be known before sending.

        Raises `DeploymentError` for an order of another chain or deployment, and `BadInput` where it is
        expired, sent or cancelled already, not signed by its holder, or for more than the holder has.
        A contract's signature is left to the contract.
        """
        self.check_place(ledger)
        holder = self.order.holder
        signed_by = order_signer(self.order, self.signature, self.chain_id, self.signed_orders)
        if signed_by != holder and not ledger.chain.codes([holder])[0]:
            raise BadInput(
                f"The signature is not account {holder}'s over this very order: the file was changed since, "
                "or another account signed; ask the holder for the file."
            )
        ledger.check_order(self.order)

    def check_place(self, ledger: OrderVerbs) -> None:
        """Raises `DeploymentError` for an order of another chain or deployment."""
        here = ledger.deployment.addresses["SignedOrders"]
        if self.chain_id != ledger.chain.chain_id:
            raise DeploymentError(
                f"The order was signed for chain {self.chain_id}, and the node serves "
                f"{ledger.chain.chain_id}: give --rpc a node of the order's chain."
            )
        if self.signed_orders != here:
            raise DeploymentError(
                f"The order was signed for contract {self.signed_orders}, and this deployment's is {here}: "
                "use the order's deployment, or ask the holder to sign for this one."
            )


def sign(ledger: OrderVerbs, order: Order, signer: Signer, details: str = "") -> SignedOrder:
    """Signs an order for the ledger's chain and contract. Sends nothing."""
    return SignedOrder(
        order,
        ledger.sign_order(order, signer),
        ledger.chain.chain_id,
        ledger.deployment.addresses["SignedOrders"],
        details,
    )


def order_fields(order: Order) -> dict[str, Any]:
    """An order for JSON."""
    fields: dict[str, Any] = {
        "lots": [{"batch": lot.batch, "kilograms": lot.kilograms} for lot in order.lots],
        "holder": order.holder,
    }
    if isinstance(order, TransferOrder):
        fields["recipient"] = order.recipient
    else:
        fields |= {
            "beneficiary": order.beneficiary,
            "purpose": order.purpose.name.lower(),
            "details": f"0x{order.details.hex()}",
            "publish": order.publish,
        }
    # As text: readers of JSON round numbers of more than 53 bits.
    return fields | {"nonce": str(order.nonce), "deadline": order.deadline}


def read_order(path: str | PathLike[str]) -> SignedOrder:
    """A file that has `SignedOrder.text()`. Raises `FileError`."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as problem:
        raise FileError(path, f"it can't be read ({problem.strerror})") from problem
    except (ValueError, RecursionError) as problem:
        raise FileError(path, "it holds no JSON; make one with `onetonne sign`") from problem
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FileError(path, "it holds no signed order; make one with `onetonne sign`")
    if content.get("version") != VERSION:
        raise FileError(path, f"its version is not {VERSION}, which this onetonne reads; update onetonne")
    try:
        signed = _parsed(content)
    except KeyError as missing:
        raise FileError(path, f"its field {missing} is missing; ask the holder for the file") from missing
    except (ValueError, TypeError, BadInput) as problem:
        raise FileError(path, f"{problem}; ask the holder for the file") from problem
    return signed


def _parsed(content: Mapping[str, Any]) -> SignedOrder:
    kind, fields = content["kind"], _mapping(content, "order")
    if kind == _RETIRE:
        order: Order = _retirement(fields)
    elif kind == _TRANSFER:
        order = TransferOrder(
            _lots(fields),
            _address(fields, "holder"),
            _address(fields, "recipient"),
            _nonce(fields),
            Seconds(_number(fields, "deadline", 48)),
        )
    else:
        raise ValueError("its kind is neither retire nor transfer")
    return SignedOrder(
        order,
        _bytes(content, "signature"),
        _number(content, "chain_id", 256),
        _address(content, "signed_orders"),
        _details(order, content.get("details", "")),
    )


def _retirement(fields: Mapping[str, Any]) -> RetireOrder:
    purposes = {purpose.name.lower(): purpose for purpose in Purpose}
    purpose, publish, details = fields["purpose"], fields["publish"], _bytes(fields, "details")
    if not isinstance(purpose, str) or purpose not in purposes:
        raise ValueError(f"its purpose is none of {', '.join(purposes)}")
    if not isinstance(publish, bool):
        raise ValueError("its field 'publish' is neither true nor false")
    if len(details) != 32:
        raise ValueError("its field 'details' is no hash of 32 bytes")
    return RetireOrder(
        _lots(fields),
        _address(fields, "holder"),
        _address(fields, "beneficiary"),
        purposes[purpose],
        details,
        publish,
        _nonce(fields),
        Seconds(_number(fields, "deadline", 48)),
    )


def _details(order: Order, given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError("its details are no text")
    text: str = given
    if isinstance(order, RetireOrder) and order.publish:
        if keccak(text.encode("utf-8", "surrogatepass")) != order.details:
            raise ValueError("the text of its details is not the one whose hash is signed")
    elif text:
        raise ValueError("it has the text of details that are not to be published")
    return text


def _lots(fields: Mapping[str, Any]) -> tuple[Lot, ...]:
    lots = fields["lots"]
    if not isinstance(lots, list) or not all(isinstance(lot, dict) for lot in lots):
        raise ValueError("its lots are no list of batches and kilograms")
    return tuple(
        Lot(BatchId(_number(lot, "batch", 32)), Kilograms(_number(lot, "kilograms", 48))) for lot in lots
    )


def _mapping(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = fields[name]
    if not isinstance(value, dict):
        raise ValueError(f"its field {name!r} has no fields")
    return value


def _number(fields: Mapping[str, Any], name: str, bits: int) -> int:
    value = fields[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**bits:
        raise ValueError(f"its field {name!r} is no number of {bits} bits")
    return value


def _nonce(fields: Mapping[str, Any]) -> int:
    value = fields["nonce"]
    if not isinstance(value, str) or not value.isascii() or not value.isdecimal() or len(value) > 78:
        raise ValueError("its nonce is no number in quotes")
    return _number({"nonce": int(value)}, "nonce", 256)


def _address(fields: Mapping[str, Any], name: str) -> Address:
    value = fields[name]
    if not isinstance(value, str):
        raise ValueError(f"its field {name!r} is no address")
    try:
        return checked_address(value)
    except BadInput as problem:
        raise ValueError(f"its field {name!r} is no address") from problem


def _bytes(fields: Mapping[str, Any], name: str) -> bytes:
    value = fields[name]
    if not isinstance(value, str) or not value.startswith("0x"):
        raise ValueError(f"its field {name!r} is no hexadecimal text")
    try:
        return bytes.fromhex(value[2:])
    except ValueError as problem:
        raise ValueError(f"its field {name!r} is no hexadecimal text") from problem
