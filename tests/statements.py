"""What people state to the contracts, as the tuples that a transaction takes: one place for its defaults.

The story behind the defaults: a forest in Ethiopia, VCS project 1340, its 2020 verified, one block of its
serial numbers. Each test names only what matters to it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from eth_utils.crypto import keccak

from onetonne.serials.roots import ROOTS
from onetonne.terms import NO_DEADLINE, code_bytes32, to_days

ABOVE_EVERYTHING = 2**64 - 1
"""The hint for a block or a period above all others."""

FIRST, LAST = 941_467_001, 941_468_000
"""Serial numbers of the story's block: 1,000 tonnes."""
BLOCK_KILOGRAMS = 1_000_000

EVIDENCE = keccak(text="verification report 2020")
CUSTODY = keccak(text="immobilisation record 2020")


def code(text: str) -> bytes:
    return code_bytes32(text)


def word(text: str) -> bytes:
    """`text` as a contract takes a code, whether it is a good one or not."""
    return text.encode("latin-1").ljust(32, b"\0")


def hexadecimal(word_: bytes) -> str:
    return "0x" + word_.hex()


def namespace(prefix: str) -> bytes:
    return keccak(text=prefix)


def day(year: int, month: int, day_of_month: int) -> int:
    return to_days(date(year, month, day_of_month))


def roots_of(programme: str) -> list[tuple[bytes, int, int]]:
    """Root, segments, numeric segments of each of a programme's roots."""
    return [
        (code(root.name), root.segments, root.numeric_mask) for root in ROOTS if root.programme == programme
    ]


_REGISTRATION: Mapping[str, Any] = {
    "code": code("1340"),
    "country": b"ET",
    "site": code("BALE-MOUNTAINS"),
    "activity_type": code("AFOLU"),
    "crediting_start": day(2012, 1, 1),
    "name": "Bale Mountains Eco-region REDD+",
}

_PROPOSAL: Mapping[str, Any] = {
    "project": 1,
    "programme_code": code("VCS"),
    "project_code": code("1340"),
    "country": b"ET",
    "site": code("BALE-MOUNTAINS"),
    "component": 0,
    "component_name": code("BALE-MOUNTAINS"),
    "methodology": 1,
    "methodology_code": code("VCS-M1"),
    "methodology_version": code("1.0"),
    "period_start": day(2020, 1, 1),
    "period_end": day(2020, 12, 31),
    "verified": 10 * BLOCK_KILOGRAMS,
    "evidence_hash": EVIDENCE,
    "data_root": bytes(32),
    "source": "https://registry.example/reports/1340-2020.pdf",
    "supersedes": 0,
    "deadline": NO_DEADLINE,
    "salt": bytes(32),
}

_ISSUANCE: Mapping[str, Any] = {
    "root": code("VCS-VCU"),
    "prefix": "VCS-VCU",
    "first": FIRST,
    "last": LAST,
    "hint": ABOVE_EVERYTHING,
    "verification": 1,
    "vintage_start": day(2020, 1, 1),
    "vintage_end": day(2020, 12, 31),
    "vintage_year": 2020,
    "custody": CUSTODY,
}

_RULE: Mapping[str, Any] = {"by_programme": True, "by_methodology": True, "use": 0, "adjusted": False}

_APPROVAL: Mapping[str, Any] = {
    "conditional": False,
    "vintage_start": day(2016, 1, 1),
    "vintage_end": day(2026, 12, 31),
    "crediting_from": 0,
    "recognises": bytes(32),
}

_DECISION: Mapping[str, Any] = {
    "document": keccak(text="decision 7"),
    "decided_on": day(2024, 6, 6),
    "source": "https://framework.example/decisions/7",
}

_RELEASE: Mapping[str, Any] = {
    "project": 1,
    "programme_code": code("VCS"),
    "project_code": code("1340"),
    "kilograms": 10_000,
    "evidence": EVIDENCE,
    "deadline": NO_DEADLINE,
    "salt": bytes(32),
}


def registration(**changes: Any) -> tuple[Any, ...]:
    """`IProjects.Registration`."""
    return _stated(_REGISTRATION, changes)


def proposal(**changes: Any) -> tuple[Any, ...]:
    """`IProjects.Proposal`: 10,000 tonnes for 2020, unless told otherwise."""
    return _stated(_PROPOSAL, changes)


def issuance(**changes: Any) -> tuple[Any, ...]:
    """`ICredits.Issuance`: 1,000 tonnes of 2020, unless told otherwise."""
    return _stated(_ISSUANCE, changes)


def rule(**changes: Any) -> tuple[Any, ...]:
    """`ILabels.Rule`: ticks for programme and methodology, as CCP asks, unless told otherwise."""
    return _stated(_RULE, changes)


def approval(**changes: Any) -> tuple[Any, ...]:
    """`ILabels.Approval`: of vintages 2016 to 2026, unless told otherwise."""
    return _stated(_APPROVAL, changes)


def decision(**changes: Any) -> tuple[Any, ...]:
    """`ILabels.Decision`."""
    return _stated(_DECISION, changes)


def release(**changes: Any) -> tuple[Any, ...]:
    """`IShortfalls.BufferRelease`: of 10 tonnes, unless told otherwise."""
    return _stated(_RELEASE, changes)


def _stated(defaults: Mapping[str, Any], changes: Mapping[str, Any]) -> tuple[Any, ...]:
    unknown = changes.keys() - defaults.keys()
    assert not unknown, f"no such field: {unknown}"
    return tuple({**defaults, **changes}.values())
