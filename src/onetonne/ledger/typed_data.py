"""The EIP-712 statements: what a VVB signs, and a block's immobilisation, which is hashed."""

from typing import Any

from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak

from onetonne.chain.signing import TypedMembers
from onetonne.terms import (
    SIGNING_DOMAIN,
    Address,
    BufferRelease,
    Issuance,
    Proposal,
    code_bytes32,
    to_days,
)

VERIFICATION: TypedMembers = {
    "Verification": [
        {"name": "project", "type": "uint32"},
        {"name": "programmeCode", "type": "bytes32"},
        {"name": "projectCode", "type": "bytes32"},
        {"name": "component", "type": "uint32"},
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
        "component": proposal.component,
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
    types = {name: [dict(member) for member in members] for name, members in IMMOBILISATION.items()}
    statement = encode_typed_data(domain(chain_id, credits), types, message)
    return keccak(b"\x19" + statement.version + statement.header + statement.body)
