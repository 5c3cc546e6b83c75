"""The two EIP-712 statements, against the standard by hand: type strings, encoding, domain."""

from dataclasses import replace
from datetime import date

from eth_abi.abi import encode
from eth_account import Account
from eth_utils.crypto import keccak

from onetonne import serials
from onetonne.chain import KeySigner
from onetonne.ledger import custody_hash
from onetonne.ledger.typed_data import VERIFICATION, domain, verification_message
from onetonne.terms import (
    Address,
    ComponentId,
    Issuance,
    Kilograms,
    MethodologyId,
    ProjectId,
    Proposal,
    Seconds,
    Serial,
    VerificationId,
    code_bytes32,
)

CHAIN = 31337
CREDITS = Address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
ISSUANCE = Issuance(
    block=serials.block("VCS-VCU", 941467001, 941468000),
    verification=VerificationId(1),
    vintage_start=date(2020, 1, 1),
    vintage_end=date(2020, 12, 31),
    vintage_year=2020,
    custody_record="VCS-IMMO-0001",
    custody_date=date(2024, 5, 1),
)
PROPOSAL = Proposal(
    project=ProjectId(1),
    methodology=MethodologyId(2),
    period_start=date(2020, 1, 1),
    period_end=date(2020, 12, 31),
    verified=Kilograms(1_000_000),
    evidence_hash=b"\1" * 32,
    data_root=b"\2" * 32,
    source="https://registry.example/1340",
    component=ComponentId(3),
    supersedes=VerificationId(4),
    deadline=Seconds(1_800_000_000),
    salt=b"\3" * 32,
    programme_code="VCS",
    project_code="1340",
    country="ET",
    site="HUMBO",
    component_name="NORTH",
    methodology_code="VM0048",
    methodology_version="1.0",
)


def digest(type_text: str, types: list[str], values: list[object], chain: int, contract: str) -> bytes:
    separator = keccak(
        encode(
            ["bytes32", "bytes32", "bytes32", "uint256", "address"],
            [
                keccak(
                    text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak(text="onetonne"),
                keccak(text="1"),
                chain,
                contract,
            ],
        )
    )
    struct = keccak(encode(["bytes32", *types], [keccak(text=type_text), *values]))
    return keccak(b"\x19\x01" + separator + struct)


def test_custody_hash_is_eip_712_of_the_immobilisation() -> None:
    by_hand = digest(
        "Immobilisation(string prefix,uint64 first,uint64 last,string record,uint32 date)",
        ["bytes32", "uint64", "uint64", "bytes32", "uint32"],
        [keccak(text="VCS-VCU"), 941467001, 941468000, keccak(text="VCS-IMMO-0001"), 19844],
        CHAIN,
        CREDITS,
    )
    assert custody_hash(ISSUANCE, CHAIN, CREDITS) == by_hand


def test_custody_hash_differs_for_every_part_of_the_record() -> None:
    block = ISSUANCE.block
    others = [
        (replace(ISSUANCE, block=serials.block("VCU", block.first, block.last)), CHAIN, CREDITS),
        (replace(ISSUANCE, block=replace(block, first=Serial(block.first + 1))), CHAIN, CREDITS),
        (replace(ISSUANCE, block=replace(block, last=Serial(block.last + 1))), CHAIN, CREDITS),
        (replace(ISSUANCE, custody_record="VCS-IMMO-0002"), CHAIN, CREDITS),
        (replace(ISSUANCE, custody_date=date(2024, 5, 2)), CHAIN, CREDITS),
        (ISSUANCE, 1, CREDITS),
        (ISSUANCE, CHAIN, Address("0x" + "0" * 39 + "1")),
    ]
    hashes = {custody_hash(*one) for one in others}
    assert len(hashes) == len(others)
    assert custody_hash(ISSUANCE, CHAIN, CREDITS) not in hashes


def test_custody_hash_is_the_same_for_ever() -> None:
    """Audits years from now recompute it."""
    assert (
        custody_hash(ISSUANCE, CHAIN, CREDITS).hex()
        == "153cf345f336525917931f3770f0b4d3adaa4e1d05af5bc5b9996c32e1dcb4c1"
    )


def test_verification_signature_is_over_the_contracts_struct() -> None:
    signer = KeySigner.from_key("0x" + "4c" * 32)
    signature = signer.sign_typed(domain(CHAIN, CREDITS), VERIFICATION, verification_message(PROPOSAL))
    by_hand = digest(
        "Verification(uint32 project,bytes32 programmeCode,bytes32 projectCode,bytes2 country,bytes32 site,"
        "uint32 component,bytes32 componentName,uint32 methodology,"
        "bytes32 methodologyCode,bytes32 methodologyVersion,"
        "uint32 periodStart,uint32 periodEnd,uint48 verified,bytes32 evidenceHash,"
        "bytes32 dataRoot,string source,uint32 supersedes,"
        "uint48 deadline,bytes32 salt)",
        [
            *["uint32", "bytes32", "bytes32", "bytes2", "bytes32", "uint32", "bytes32", "uint32"],
            *["bytes32", "bytes32", "uint32", "uint32"],
            *["uint48", "bytes32", "bytes32", "bytes32", "uint32", "uint48", "bytes32"],
        ],
        [
            *[
                1,
                code_bytes32("VCS"),
                code_bytes32("1340"),
                b"ET",
                code_bytes32("HUMBO"),
                3,
                code_bytes32("NORTH"),
                2,
                code_bytes32("VM0048"),
                code_bytes32("1.0"),
            ],
            *[18262, 18627, 1_000_000, b"\1" * 32, b"\2" * 32],
            *[keccak(text="https://registry.example/1340"), 4, 1_800_000_000, b"\3" * 32],
        ],
        CHAIN,
        CREDITS,
    )
    assert Account._recover_hash(by_hand, signature=signature) == signer.address


def test_every_proposal_has_a_salt_of_its_own() -> None:
    made = [
        Proposal(
            project=ProjectId(1),
            methodology=MethodologyId(1),
            period_start=date(2020, 1, 1),
            period_end=date(2020, 12, 31),
            verified=Kilograms(1),
            evidence_hash=b"\1" * 32,
        )
        for _ in range(2)
    ]
    assert made[0].salt != made[1].salt
    assert len(made[0].salt) == 32
