"""The EIP-712 statements: what VVBs and holders sign, and a block's immobilisation, which is hashed."""

from typing import Any

from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_keys.exceptions import BadSignature
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

from onetonne.chain.signing import TypedMembers
from onetonne.terms import (
    SIGNING_DOMAIN,
    Address,
    BufferRelease,
    Issuance,
    Proposal,
    RetireOrder,
    TransferOrder,
    code_bytes32,
    to_days,
)

VERIFICATION: TypedMembers = {
    "Verification": [
        {"name": "project", "type": "uint32"},
        {"name": "programmeCode", "type": "bytes32"},
        {"name": "projectCode", "type": "bytes32"},
        {"name": "country", "type": "bytes2"},
        {"name": "site", "type": "bytes32"},
        {"name": "component", "type": "uint32"},
        {"name": "componentName", "type": "bytes32"},
        {"name": "methodology", "type": "uint32"},
        {"name": "methodologyCode", "type": "bytes32"},
        {"name": "methodologyVersion", "type": "bytes32"},
        {"name": "periodStart", "type": "uint32"},
        {"name": "periodEnd", "type": "uint32"},
        {"name": "verified", "type": "uint48"},
        {"name": "evidenceHash", "type": "bytes32"},
        {"name": "dataRoot", "type": "bytes32"},
        {"name": "source", "type": "string"},
        {"name": "supersedes", "type": "uint32"},
        {"name": "deadline", "type": "uint48"},
        {"name": "salt", "type": "bytes32"},
    ]
}
BUFFER_RELEASE: TypedMembers = {
    "BufferRelease": [
        {"name": "project", "type": "uint32"},
        {"name": "programmeCode", "type": "bytes32"},
        {"name": "projectCode", "type": "bytes32"},
        {"name": "kilograms", "type": "uint48"},
        {"name": "evidence", "type": "bytes32"},
        {"name": "deadline", "type": "uint48"},
        {"name": "salt", "type": "bytes32"},
    ]
}
_LOT = [{"name": "batch", "type": "uint32"}, {"name": "kilograms", "type": "uint48"}]
RETIRE_ORDER: TypedMembers = {
    "RetireOrder": [
        {"name": "lots", "type": "Lot[]"},
        {"name": "holder", "type": "address"},
        {"name": "beneficiary", "type": "address"},
        {"name": "purpose", "type": "uint8"},
        {"name": "details", "type": "bytes32"},
        {"name": "publish", "type": "bool"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint48"},
    ],
    "Lot": _LOT,
}
TRANSFER_ORDER: TypedMembers = {
    "TransferOrder": [
        {"name": "lots", "type": "Lot[]"},
        {"name": "holder", "type": "address"},
        {"name": "recipient", "type": "address"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint48"},
    ],
    "Lot": _LOT,
}
IMMOBILISATION: TypedMembers = {
    "Immobilisation": [
        {"name": "prefix", "type": "string"},
        {"name": "first", "type": "uint64"},
        {"name": "last", "type": "uint64"},
        {"name": "record", "type": "string"},
        {"name": "date", "type": "uint32"},
    ]
}


def domain(chain_id: int, contract: Address) -> dict[str, Any]:
    """The EIP-712 domain of one of our contracts: a statement for one chain and contract fits no other."""
    name, version = SIGNING_DOMAIN
    return {"name": name, "version": version, "chainId": chain_id, "verifyingContract": contract}


def verification_message(proposal: Proposal) -> dict[str, Any]:
    """Also the contract's struct, member by member in its order.

    Raises `CodeError` for a code that is not given.
    """
    return {
        "project": proposal.project,
        "programmeCode": code_bytes32(proposal.programme_code),
        "projectCode": code_bytes32(proposal.project_code),
        "country": proposal.country.encode("ascii"),
        "site": code_bytes32(proposal.site),
        "component": proposal.component,
        "componentName": code_bytes32(proposal.component_name),
        "methodology": proposal.methodology,
        "methodologyCode": code_bytes32(proposal.methodology_code),
        "methodologyVersion": code_bytes32(proposal.methodology_version),
        "periodStart": to_days(proposal.period_start),
        "periodEnd": to_days(proposal.period_end),
        "verified": proposal.verified,
        "evidenceHash": proposal.evidence_hash,
        "dataRoot": proposal.data_root,
        "source": proposal.source,
        "supersedes": proposal.supersedes,
        "deadline": proposal.deadline,
        "salt": proposal.salt,
    }


def release_message(release: BufferRelease) -> dict[str, Any]:
    """Also the contract's struct, member by member in its order.

    Raises `CodeError` for a code that is not given.
    """
    return {
        "project": release.project,
        "programmeCode": code_bytes32(release.programme_code),
        "projectCode": code_bytes32(release.project_code),
        "kilograms": release.kilograms,
        "evidence": release.evidence,
        "deadline": release.deadline,
        "salt": release.salt,
    }


def order_message(order: RetireOrder | TransferOrder) -> dict[str, Any]:
    """Also the contract's struct, member by member in its order; `order_tuple` makes it of this."""
    lots = [{"batch": lot.batch, "kilograms": lot.kilograms} for lot in order.lots]
    if isinstance(order, TransferOrder):
        return {
            "lots": lots,
            "holder": order.holder,
            "recipient": order.recipient,
            "nonce": order.nonce,
            "deadline": order.deadline,
        }
    return {
        "lots": lots,
        "holder": order.holder,
        "beneficiary": order.beneficiary,
        "purpose": int(order.purpose),
        "details": order.details,
        "publish": order.publish,
        "nonce": order.nonce,
        "deadline": order.deadline,
    }


def order_tuple(order: RetireOrder | TransferOrder) -> tuple[Any, ...]:
    """An order as the contract takes it."""
    message = order_message(order)
    lots = [tuple(lot.values()) for lot in message.pop("lots")]
    return (lots, *message.values())


def order_types(order: RetireOrder | TransferOrder) -> TypedMembers:
    """The EIP-712 types of an order."""
    return TRANSFER_ORDER if isinstance(order, TransferOrder) else RETIRE_ORDER


def order_digest(order: RetireOrder | TransferOrder, chain_id: int, signed_orders: Address) -> bytes:
    """What a holder signs, 32 bytes: also `retireDigest` and `transferDigest` of the contract."""
    return _digest(_order_statement(order, chain_id, signed_orders))


def order_signer(
    order: RetireOrder | TransferOrder, signature: bytes, chain_id: int, signed_orders: Address
) -> Address | None:
    """The account whose key made a signature over an order; None where the contract takes it for none."""
    if len(signature) != 65 or signature[64] not in (27, 28):
        return None
    statement = _order_statement(order, chain_id, signed_orders)
    try:
        return Address(str(Account.recover_message(statement, signature=signature)))
    except (ValueError, BadSignature, ValidationError):
        return None


def _order_statement(
    order: RetireOrder | TransferOrder, chain_id: int, signed_orders: Address
) -> SignableMessage:
    return _statement(domain(chain_id, signed_orders), order_types(order), order_message(order))


def custody_hash(issuance: Issuance, chain_id: int, credits: Address) -> bytes:
    """What a batch carries of the programme registry's immobilisation record: its EIP-712 hash, 32 bytes.

    It names chain and contract, so that one record backs one issuance on one chain. Whoever has the record
    can compute it again.
    """
    block = issuance.block
    message = {
        "prefix": block.prefix,
        "first": block.first,
        "last": block.last,
        "record": issuance.custody_record,
        "date": to_days(issuance.custody_date),
    }
    return _digest(_statement(domain(chain_id, credits), IMMOBILISATION, message))


def _statement(place: dict[str, Any], types: TypedMembers, message: dict[str, Any]) -> SignableMessage:
    plain = {name: [dict(member) for member in members] for name, members in types.items()}
    return encode_typed_data(place, plain, message)


def _digest(statement: SignableMessage) -> bytes:
    return keccak(b"\x19" + statement.version + statement.header + statement.body)
