"""What an audit says: per invariant what was checked, on how much, and what was found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from onetonne.access import Member, role_name
from onetonne.audit.tonnage import Market

SCHEMA_VERSION = 3

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

TITLES = {
    "I1": "Conservation: balances + retired + cancelled + redeemed = issued",
    "I2": "One serial, one batch: serial blocks of a namespace never overlap",
    "I3": "Size is quantity: issued kilograms = 1,000 x serial numbers",
    "I4": "One door out: every kilogram that left has a record with exact serial numbers, gapless from "
    "either end",
    "I5": "Nothing comes back: cursors never fall, records never change",
    "I6": "Verified first: caps hold, and monitoring periods of a component never overlap",
    "I7": "Two keys: a verifier and an operator that were never one account",
    "I8": "One claim: tonnes first transferred and tonnes that the host country used are different ones",
    "I9": "Labels are history: dated entries that never change, and held where a purpose demanded them",
    "I10": "One retirement, one batch, one certificate, with its beneficiary, never moved",
    "SHORTFALLS": "Buffer and shortfalls: the share is withheld, and no tonne makes good two shortfalls",
    "STATE": "Everything else in storage is what the events say",
    "CODE": "The contracts' code is what this package ships",
    "ROLES": "Roles, their functions and their delays are as intended, and nobody else has one",
}


NOT_CHECKED = (
    "Whether tonnes were reduced or removed: what verifiers measured, and the evidence behind the hashes.",
    "Whether registries hold these serials, immobilised: `onetonne reconcile` compares their files.",
    "Other deployments and other chains: one serial may stand on two.",
    "Who is behind an account: whether verifier and operator are two, or a beneficiary who it seems.",
    "Who sent a transaction, and by what right: left to the contracts, whose code is checked.",
    "Whether anything was suspended or frozen at the time of an event; what is so now is checked.",
    "What is scheduled with the AccessManager: `onetonne roles` lists it.",
    "Texts of which no event has a hash: names of projects, reasons, sources, case references.",
    "Storage of which no event speaks: the contracts' code, which is checked, writes none.",
)
"""What no audit from a chain alone can know, or this one does not look at."""
NOBODY_NAMED = "Whether the accounts that have a role should: no manifest names them, and no --roles FILE."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be."""

    invariant: str
    subject: str
    """Such as `batch 3`, or `retirement 5`."""
    batches: tuple[int, ...]
    """Ids of the batches that it touches."""
    problem: str
    """One sentence."""
    events: str | None = None
    """What the events say, where that differs from the storage."""
    storage: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "invariant": self.invariant,
            "subject": self.subject,
            "batches": list(self.batches),
            "problem": self.problem,
            "events": self.events,
            "storage": self.storage,
        }


@dataclass(frozen=True, slots=True)
class Result:
    """One invariant."""

    id: str
    checked: str
    """In words."""
    count: int
    of: str
    """What `count` counts."""
    kilograms: int
    findings: tuple[Finding, ...] = ()

    @property
    def title(self) -> str:
        return TITLES[self.id]

    @property
    def verdict(self) -> Literal["holds", "broken"]:
        return "broken" if self.findings else "holds"

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "checked": self.checked,
            "count": self.count,
            "of": self.of,
            "kilograms": self.kilograms,
            "verdict": self.verdict,
            "findings": [finding.to_json() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Proof:
    """That events, storage and code which a report rests on are those of a block, whatever the node says."""

    block: int
    block_hash: str
    trusted: str
    """Why that block's hash is relied on, in words. Nothing else is taken on trust."""
    slots: int
    """How many were proven, each once."""
    whole: tuple[str, ...]
    """The contracts whose storage holds nothing but the slots that were proven."""

    def to_json(self) -> dict[str, Any]:
        return {
            "block": {"number": self.block, "hash": self.block_hash},
            "trusted": self.trusted,
            "slots": self.slots,
            "contracts_with_nothing_else": list(self.whole),
        }


@dataclass(frozen=True, slots=True)
class AuditReport:
    """An audit at one block. `notes` is what no key can catch: for people to look at, never a failure."""

    chain_id: int
    block: int
    block_hash: str
    time: int
    """Of the block, in seconds since 1970-01-01."""
    addresses: dict[str, str]
    results: tuple[Result, ...]
    slots: int
    """Storage slots read and compared."""
    events: int
    """Rows of events recomputed."""
    source: str
    """Where storage was read from, such as `eth_getStorageAt`."""
    not_checked: tuple[str, ...]
    """Sentences."""
    market: Market
    holders: tuple[Member, ...] = field(default=())
    """Every account that has a role."""
    notes: tuple[str, ...] = field(default=())
    proof: Proof | None = None
    """None where the node's word was taken."""

    @property
    def holds(self) -> bool:
        return not self.findings

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for result in self.results for finding in result.findings)

    def result(self, invariant: str) -> Result:
        """Raises KeyError for an id that is not audited."""
        return {result.id: result for result in self.results}[invariant]

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA_VERSION,
            "chain_id": self.chain_id,
            "block": {"number": self.block, "hash": self.block_hash, "time": self.time},
            "addresses": dict(self.addresses),
            "verdict": "holds" if self.holds else "broken",
            "slots": self.slots,
            "events": self.events,
            "source": self.source,
            "invariants": [result.to_json() for result in self.results],
            "not_checked": list(self.not_checked),
            "roles": [_holder(member) for member in self.holders],
            "notes": list(self.notes),
            "market": self.market.to_json(),
            "proof": self.proof.to_json() if self.proof else None,
        }


def _holder(member: Member) -> dict[str, Any]:
    return {
        "role": role_name(member.role),
        "role_id": member.role,
        "account": member.account,
        "since": member.since,
        "delay_seconds": member.delay,
    }
