"""What the chain holds that an import has to know: folded from events, in one pass.

A plan is advice: whatever the node leaves out or invents, the contracts refuse what must not be.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from onetonne.chain import Chain, Event, decode_event
from onetonne.deploy import Deployment
from onetonne.terms import (
    KILOGRAMS_PER_TONNE,
    ActivityId,
    Address,
    BatchId,
    ComponentId,
    Days,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Serial,
    SerialBlock,
    VerificationId,
    VerificationStatus,
    VvbId,
    code_text,
    from_days,
    from_seconds,
)

_NOTHING = Kilograms(0)
_NONE = VerificationId(0)


@dataclass(slots=True)
class ChainBatch:
    """A batch. Retirements and cancellations took `taken` from its front, redemptions `redeemed` from its
    end.
    """

    id: BatchId
    prefix: str
    first: Serial
    last: Serial
    verification: VerificationId
    vintage_start: date
    vintage_end: date
    taken: Kilograms = _NOTHING
    redeemed: Kilograms = _NOTHING

    @property
    def kilograms(self) -> Kilograms:
        return Kilograms((self.last - self.first + 1) * KILOGRAMS_PER_TONNE)

    @property
    def used(self) -> Kilograms:
        return Kilograms(self.taken + self.redeemed)

    def holds(self, block: SerialBlock) -> bool:
        """Whether all serials of the block are the batch's."""
        return self.prefix == block.prefix and self.first <= block.first and block.last <= self.last

    def circulates(self, block: SerialBlock) -> bool:
        """Whether anything is left of the batch's serials in the block."""
        front = self.first + self.taken // KILOGRAMS_PER_TONNE
        end = self.last - self.redeemed // KILOGRAMS_PER_TONNE
        return max(front, block.first) <= min(end, block.last)


@dataclass(slots=True)
class ChainVerification:
    id: VerificationId
    project: ProjectId
    component: ComponentId
    methodology: MethodologyId
    vvb: VvbId
    start: date
    end: date
    salt: bytes
    cap: Kilograms
    source: str = ""
    supersedes: VerificationId = _NONE
    status: VerificationStatus = VerificationStatus.PROPOSED
    issued: Kilograms = _NOTHING
    carried: Kilograms = _NOTHING
    """What those that it superseded had issued."""
    withdrawn_for: str = ""

    @property
    def remaining(self) -> Kilograms:
        return Kilograms(self.cap - self.issued if self.status is VerificationStatus.ACCEPTED else 0)


@dataclass(slots=True)
class ChainProgramme:
    id: ProgrammeId
    code: str
    operator: Address


@dataclass(slots=True)
class ChainState:
    """`today` is the day of the newest block: no monitoring period may end after it."""

    chain_id: int
    today: date
    programmes: dict[ProgrammeId, ChainProgramme] = field(default_factory=dict)
    vvbs: dict[Address, VvbId] = field(default_factory=dict)
    methodologies: dict[tuple[ProgrammeId, str, str], MethodologyId] = field(default_factory=dict)
    projects: dict[tuple[ProgrammeId, str], ProjectId] = field(default_factory=dict)
    codes: dict[ProjectId, str] = field(default_factory=dict)
    activities: dict[ProjectId, ActivityId] = field(default_factory=dict)
    first_components: dict[ActivityId, ComponentId] = field(default_factory=dict)
    verifications: dict[VerificationId, ChainVerification] = field(default_factory=dict)
    claims: dict[ComponentId, list[ChainVerification]] = field(default_factory=dict)
    """Verifications that claim their period: accepted ones, withdrawn since or not."""
    batches: dict[BatchId, ChainBatch] = field(default_factory=dict)
    held: Counter[tuple[Address, BatchId]] = field(default_factory=Counter)
    """Kilograms by account and batch."""
    _blocks: dict[str, list[tuple[int, BatchId]]] = field(default_factory=dict)
    """Of each namespace, the last serials in order: blocks on chain never overlap."""

    @classmethod
    def of(cls, chain_id: int, today: date, events: Iterable[Event]) -> "ChainState":
        state = cls(chain_id, today)
        for event in events:
            fold = _FOLDS.get(event.name)
            if fold is not None:
                fold(state, event.arguments)
        return state

    def overlapping(self, block: SerialBlock) -> ChainBatch | None:
        """The lowest batch that holds serials of the block."""
        blocks = self._blocks.get(block.prefix, [])
        place = bisect_left(blocks, (block.first, BatchId(0)))
        if place == len(blocks):
            return None
        batch = self.batches[blocks[place][1]]
        return batch if batch.first <= block.last else None

    def all_overlapping(self, block: SerialBlock) -> list[ChainBatch]:
        """Every batch that holds serials of the block, in their order."""
        blocks = self._blocks.get(block.prefix, [])
        found: list[ChainBatch] = []
        for _, id_ in blocks[bisect_left(blocks, (block.first, BatchId(0))) :]:
            batch = self.batches[id_]
            if batch.first > block.last:
                break
            found.append(batch)
        return found

    def claims_on(self, project: ProjectId) -> list[ChainVerification]:
        """Periods claimed of the activity's first component, whichever project or programme claimed them."""
        return self.claims.get(self.first_components[self.activities[project]], [])

    def _programme_admitted(self, it: Mapping[str, Any]) -> None:
        id_ = ProgrammeId(it["programme"])
        self.programmes[id_] = ChainProgramme(id_, code_text(it["code"]), it["operator"])

    def _operator_rotated(self, it: Mapping[str, Any]) -> None:
        self.programmes[it["programme"]].operator = it["operator"]

    def _vvb_admitted(self, it: Mapping[str, Any]) -> None:
        self.vvbs[it["account"]] = VvbId(it["vvb"])

    def _vvb_rotated(self, it: Mapping[str, Any]) -> None:
        self.vvbs.pop(it["previous"], None)
        self.vvbs[it["account"]] = VvbId(it["vvb"])

    def _methodology_registered(self, it: Mapping[str, Any]) -> None:
        key = ProgrammeId(it["programme"]), code_text(it["code"]), code_text(it["version"])
        self.methodologies[key] = MethodologyId(it["methodology"])

    def _component_proposed(self, it: Mapping[str, Any]) -> None:
        self.first_components.setdefault(it["activity"], ComponentId(it["component"]))

    def _project_registered(self, it: Mapping[str, Any]) -> None:
        id_, code = ProjectId(it["project"]), code_text(it["code"])
        self.projects[ProgrammeId(it["programme"]), code] = id_
        self.codes[id_] = code
        self.activities[id_] = ActivityId(it["activity"])

    def _verification_proposed(self, it: Mapping[str, Any]) -> None:
        stated = it["proposal"]
        id_ = VerificationId(it["verification"])
        self.verifications[id_] = ChainVerification(
            id=id_,
            project=ProjectId(stated["project"]),
            component=ComponentId(stated["component"]),
            methodology=MethodologyId(stated["methodology"]),
            vvb=VvbId(it["vvb"]),
            start=from_days(Days(stated["periodStart"])),
            end=from_days(Days(stated["periodEnd"])),
            salt=bytes(stated["salt"]),
            source=stated.get("source", ""),
            supersedes=VerificationId(stated.get("supersedes", 0)),
            cap=Kilograms(stated["verified"]),
        )

    def _verification_accepted(self, it: Mapping[str, Any]) -> None:
        entry = self.verifications[it["verification"]]
        entry.status, entry.cap = VerificationStatus.ACCEPTED, Kilograms(it["cap"])
        claims = self.claims.setdefault(entry.component, [])
        before = self.verifications.get(entry.supersedes)
        if before is not None:
            before.status = VerificationStatus.SUPERSEDED
            entry.carried = Kilograms(before.carried + before.issued)
            claims.remove(before)
        claims.append(entry)

    def _verification_withdrawn(self, it: Mapping[str, Any]) -> None:
        entry = self.verifications[it["verification"]]
        entry.status, entry.withdrawn_for = VerificationStatus.WITHDRAWN, it.get("reason", "")

    def _batch_issued(self, it: Mapping[str, Any]) -> None:
        batch = ChainBatch(
            id=BatchId(it["batch"]),
            prefix=it["prefix"],
            first=Serial(it["first"]),
            last=Serial(it["last"]),
            verification=VerificationId(it["verification"]),
            vintage_start=from_days(Days(it["vintageStart"])),
            vintage_end=from_days(Days(it["vintageEnd"])),
        )
        self.batches[batch.id] = batch
        insort(self._blocks.setdefault(batch.prefix, []), (batch.last, batch.id))
        entry = self.verifications[batch.verification]
        entry.issued = Kilograms(entry.issued + batch.kilograms)

    def _taken(self, it: Mapping[str, Any]) -> None:
        batch = self.batches[it["batch"]]
        batch.taken = Kilograms(batch.taken + it["kilograms"])

    def _redeemed(self, it: Mapping[str, Any]) -> None:
        batch = self.batches[it["batch"]]
        batch.redeemed = Kilograms(batch.redeemed + it["kilograms"])

    def _moved(self, it: Mapping[str, Any]) -> None:
        several = "ids" in it
        ids, values = (it["ids"], it["values"]) if several else ([it["id"]], [it["value"]])
        for id_, kilograms in zip(ids, values, strict=True):
            self.held[it["from"], id_] -= kilograms
            self.held[it["to"], id_] += kilograms


_FOLDS = {
    "ProgrammeAdmitted": ChainState._programme_admitted,
    "OperatorRotated": ChainState._operator_rotated,
    "VvbAdmitted": ChainState._vvb_admitted,
    "VvbKeyRotated": ChainState._vvb_rotated,
    "MethodologyRegistered": ChainState._methodology_registered,
    "ComponentProposed": ChainState._component_proposed,
    "ProjectRegistered": ChainState._project_registered,
    "VerificationProposed": ChainState._verification_proposed,
    "VerificationAccepted": ChainState._verification_accepted,
    "VerificationWithdrawn": ChainState._verification_withdrawn,
    "BatchIssued": ChainState._batch_issued,
    "Retired": ChainState._taken,
    "Cancelled": ChainState._taken,
    "Redeemed": ChainState._redeemed,
    "TransferSingle": ChainState._moved,
    "TransferBatch": ChainState._moved,
}


def read_state(chain: Chain, deployment: Deployment, senders: Sequence[Address] = ()) -> ChainState:
    """What the chain holds now, with all that `senders` have sent.

    Waits for their transactions that are in no block yet; raises `ChainError` where they stay out.
    """
    for account in senders:
        chain.settle(account)
    newest = chain.block("latest")
    addresses = [deployment.addresses[name] for name in ("Programmes", "Projects", "Credits")]
    events = (
        event
        for page in chain.logs(addresses, deployment.block, newest.number)
        for log in page
        if (event := decode_event(log)) is not None
    )
    return ChainState.of(chain.chain_id, from_seconds(newest.time).date(), events)
