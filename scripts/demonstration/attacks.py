"""Every way to count a tonne twice, as data: what is called, by whom, and the error that must come back.

They are sent as signed transactions, past every check of the Python package: only the contracts refuse them.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from eth_utils.crypto import keccak

from demonstration.stage import YEAR, Stage
from onetonne.chain import KeySigner
from onetonne.errors import Reverted, TransactionFailed
from onetonne.ledger.typed_data import verification_message
from onetonne.terms import code_bytes32, to_days

ABOVE_EVERYTHING = 2**64 - 1
_GAS = 2_000_000
_PATIENCE = 30.0  # seconds


@dataclass(frozen=True)
class Attack:
    """`contract.function(*arguments)`, by the account named `sender`; `error` must refuse it."""

    title: str
    sender: str
    contract: str
    function: str
    arguments: tuple[Any, ...]
    error: str


@dataclass(frozen=True)
class Answer:
    """What became of it. `error` is empty where it went through."""

    attack: Attack
    error: str
    sentence: str
    gas: int

    @property
    def as_expected(self) -> bool:
        return self.error == self.attack.error


def attempt(stage: Stage, attack: Attack) -> Answer:
    """Sends it with a fixed gas limit, so that nothing is tried before the contracts see it."""
    chain, signer = stage.ledger.chain, stage.keys[attack.sender]
    contract = stage.ledger.contract(attack.contract)
    function = chain.function(contract, attack.function, *attack.arguments)
    receipt = _mined(stage, str(function.address), chain.encoded(function), signer)
    gas = int(receipt["gasUsed"], 16)
    if int(receipt["status"], 16) == 1:
        return Answer(attack, "", "it went through", gas)
    try:
        chain.call(function, sender=signer.address, block=int(receipt["blockNumber"], 16))
    except Reverted as refusal:
        return Answer(attack, refusal.error_name, refusal.sentence, gas)
    return Answer(attack, "unknown", "it failed, and no reason can be found", gas)


def _mined(stage: Stage, to: str, data: bytes, signer: KeySigner) -> dict[str, Any]:
    """The receipt of a raw transaction."""
    node = stage.ledger.chain.node
    fields = {
        "type": 2,
        "chainId": stage.ledger.chain.chain_id,
        "nonce": int(node.request("eth_getTransactionCount", signer.address, "pending"), 16),
        "gas": _GAS,
        "maxFeePerGas": 10**11,
        "maxPriorityFeePerGas": 0,
        "to": to,
        "value": 0,
        "data": f"0x{data.hex()}",
    }
    raw = signer.sign_transaction(fields)
    transaction = node.request("eth_sendRawTransaction", f"0x{raw.hex()}")
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        receipt = node.request("eth_getTransactionReceipt", transaction)
        if receipt is not None:
            return dict(receipt)
        time.sleep(0.01)
    raise TransactionFailed(transaction, "it is in no block")


def attacks(stage: Stage) -> dict[str, Sequence[Attack]]:
    """By what they try. Blocks and verifications are those that the story has put on chain."""
    return {
        "The same serial numbers again": _serials(stage),
        "The same serial numbers, spelled in another way": _spellings(stage),
        "More than was verified, or the same days again": _verified(stage),
        "With one key instead of two": _keys(stage),
        "One tonne used twice": _uses(stage),
    }


FIRST, LAST = 990_000_001, 990_008_000
"""Of the first block of the example export, VCS-VCU."""
ACR_PREFIX = "ACR-US-9201-2023-5104"
GS_PREFIX = "GS1-1-KE-9301-16-2023-30256"
FREE = 991_000_001
"""A VCS serial number that nobody has put on chain."""


def control(stage: Stage) -> Attack:
    """What is right must pass by the same way, or the refusals would prove nothing. `error` is empty."""
    return _issue("1,000 verified tonnes that are nowhere else", stage, "", "VCS-VCU", FREE, FREE + 999, ROOM)


class By(NamedTuple):
    """Who issues, under which root and verification, for which year. As it stands, all of it is right."""

    sender: str = "vcs"
    root: str = "VCS-VCU"
    verification: str = "plenty"
    year: int = YEAR


VCS = By()
ROOM = By(verification="room")
ACR = By("acr", "ACR", "acr")
GS = By("gs", "GS1", "gs")


def _issue(title: str, stage: Stage, error: str, prefix: str, first: int, last: int, by: By = VCS) -> Attack:
    order = (
        code_bytes32(by.root),
        prefix,
        first,
        last,
        ABOVE_EVERYTHING,
        stage.verifications[by.verification],
        to_days(date(by.year, 1, 1)),
        to_days(date(by.year, 12, 31)),
        by.year,
        keccak(text="immobilised"),
    )
    recipient = stage.keys["proponent"].address
    return Attack(title, by.sender, "Credits", "issue", ([order], recipient), error)


def _serials(stage: Stage) -> list[Attack]:
    blocks = {
        "The same block": (FIRST, LAST, VCS),
        "A part of it": (FIRST + 500, FIRST + 999, VCS),
        "A larger block around it": (FIRST - 1_000, LAST + 1_000, VCS),
        "A block that shares one serial number with it": (FIRST - 8_000, FIRST, VCS),
        "The same block, by another programme": (FIRST, LAST, By("acr")),
    }
    return [
        _issue(title, stage, "SerialBlockOverlaps", "VCS-VCU", first, last, by)
        for title, (first, last, by) in blocks.items()
    ]


def _spellings(stage: Stage) -> list[Attack]:
    """Each would be a namespace of its own, in which the block is free."""
    malformed, other_root, segments = "SerialPrefixMalformed", "SerialPrefixNotOfRoot", "SerialPrefixSegments"
    spellings = {
        "In lower case": ("vcs-vcu", other_root, VCS),
        "With a blank at its end": ("VCS-VCU ", other_root, VCS),
        "With one segment more": ("VCS-VCU-1", segments, VCS),
        "With an empty segment at its end": ("VCS-VCU-", malformed, VCS),
        "With a leading zero": ("ACR-US-09201-2023-5104", malformed, ACR),
        "With an empty segment": ("ACR-US--9201-2023-5104", malformed, ACR),
        "With the optional GS": ("GS1-1-KE-GS9301-16-2023-30256", malformed, GS),
        "Under another programme's root": ("ACR-US-9201-2023-7", "NotOperator", By("vcs", "ACR")),
    }
    made: list[Attack] = []
    for title, (prefix, error, by) in spellings.items():
        first = FIRST if by is VCS else 1
        made.append(_issue(f"{title}, '{prefix}'", stage, error, prefix, first, first + 999, by))
    return made


def _accept(title: str, stage: Stage, sender: str, verification: str, error: str) -> Attack:
    arguments = (stage.verifications[verification], ABOVE_EVERYTHING)
    return Attack(title, sender, "Projects", "acceptVerification", arguments, error)


def _verified(stage: Stage) -> list[Attack]:
    exceeded, outside = "VerifiedQuantityExceeded", "VintageOutsidePeriod"
    free = FREE, FREE + 1_000
    overlapping, unverified = "MonitoringPeriodOverlaps", By(year=YEAR - 3)
    return [
        _issue("1,001 tonnes where 1,000 were verified", stage, exceeded, "VCS-VCU", *free, ROOM),
        _issue("A year that nobody verified", stage, outside, "VCS-VCU", *free, unverified),
        _accept("The same days again, under another programme", stage, "acr", "elsewhere", overlapping),
        _accept("The same days again, under the same programme", stage, "vcs", "again", overlapping),
        Attack(
            "The same statement of the VVB again",
            "vvb",
            "Projects",
            "proposeVerification",
            (tuple(verification_message(stage.proposals["room"]).values()),),
            "VerificationAlreadyProposed",
        ),
    ]


def _keys(stage: Stage) -> list[Attack]:
    proposal = tuple(verification_message(stage.proposals["waiting"]).values())
    vvb = stage.keys["vvb"].address
    waiting = By(verification="waiting", year=YEAR + 1)
    status, free = "VerificationStatusIs", (FREE, FREE)
    return [
        _issue("The operator issues what it has not accepted", stage, status, "VCS-VCU", *free, waiting),
        _issue("The VVB issues", stage, "NotOperator", "VCS-VCU", *free, By("vvb")),
        Attack("The operator verifies", "vcs", "Projects", "proposeVerification", (proposal,), "NotAVvb"),
        _accept("The VVB accepts its own verification", stage, "vvb", "waiting", "NotAnOperator"),
        Attack(
            "Governance makes the VVB's key an operator's, too",
            "governance",
            "Programmes",
            "admitProgramme",
            (code_bytes32("SECOND"), vvb),
            "KeyTaken",
        ),
    ]


def _uses(stage: Stage) -> list[Attack]:
    ferries, trader = stage.keys["ferry-line"].address, stage.keys["trader"].address
    lots = [(1, 1_500)]
    retired = (lots, ferries, ferries, 0, bytes(32))
    certificate = stage.retirements[0]
    return [
        Attack(
            "Retire the same credits again",
            "ferry-line",
            "Credits",
            "retire",
            retired,
            "ERC1155InsufficientBalance",
        ),
        Attack(
            "Sell what was retired",
            "ferry-line",
            "Credits",
            "safeTransferFrom",
            (ferries, trader, 1, 1_500, b""),
            "ERC1155InsufficientBalance",
        ),
        Attack(
            "Retire another's credits for oneself",
            "trader",
            "Credits",
            "retire",
            ([(2, 1_000)], stage.keys["proponent"].address, trader, 0, bytes(32)),
            "NotHolderNorApproved",
        ),
        Attack(
            "Hand the certificate on",
            "ferry-line",
            "Certificates",
            "transferFrom",
            (ferries, trader, certificate),
            "CertificateNotTransferable",
        ),
        Attack(
            "Put the certificate up for sale",
            "ferry-line",
            "Certificates",
            "approve",
            (trader, certificate),
            "CertificateNotTransferable",
        ),
    ]
