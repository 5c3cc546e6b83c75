"""Monitoring periods of the rows into verifications: one a project and period, none over days claimed.

Distinct periods of one project that overlap are reported, with their rows, and stay out: which of them
measured the common days can't be known from an export. In a simulated history they are joined instead to
one that spans them all, where their methodology is the same.

Where an earlier import verified the period and no room is left, because the programme has issued more of it
since, its verification is superseded by one that states the sum.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from eth_utils.crypto import keccak

from onetonne.importing.outcome import EXPORTED, SIMULATED, Period, PlannedBatch, PlannedVerification
from onetonne.importing.presence import Refused
from onetonne.importing.rules import Rules
from onetonne.importing.spellings import spellings
from onetonne.importing.state import ChainState, ChainVerification
from onetonne.registries.rows import CreditRow
from onetonne.terms import (
    KILOGRAMS_PER_TONNE,
    Kilograms,
    MethodologyId,
    ProjectId,
    VerificationId,
    VerificationStatus,
    VvbId,
)

GROWN = "superseded by an import: more was issued for its period"
"""Why an import withdraws what an earlier one had verified."""


@dataclass(slots=True)
class Group:
    """The rows of one monitoring period."""

    period: Period
    batches: list[PlannedBatch] = field(default_factory=list)
    merged: int = 1

    @property
    def new(self) -> Kilograms:
        """What is not on chain yet."""
        return Kilograms(sum(one.block.kilograms for one in self.batches if one.batch is None))


@dataclass(slots=True)
class Verified:
    """Rows with a verification to stand on, and those without."""

    batches: list[PlannedBatch] = field(default_factory=list)
    verifications: list[PlannedVerification] = field(default_factory=list)
    refused: list[tuple[CreditRow, Refused]] = field(default_factory=list)


def verify(batches: Iterable[PlannedBatch], rules: Rules, vvb: VvbId | None) -> Verified:
    """Finds or plans the verification of each batch."""
    result = Verified()
    reserved: dict[VerificationId, Kilograms] = {}
    for groups in _by_project(batches).values():
        if rules.history:
            groups = _merged(groups)
        for group in groups:
            try:
                _check_alone(group, groups)
                found = _verification(group, rules, vvb, reserved)
            except Refused as refusal:
                # What is on chain already stays there: only the rest is refused.
                result.refused += [(one.row, refusal) for one in group.batches if one.batch is None]
                result.batches += [one for one in group.batches if one.batch is not None]
                continue
            if found is not None:
                result.verifications.append(found)
            result.batches += [replace(one, period=group.period) for one in group.batches]
    return result


def _by_project(batches: Iterable[PlannedBatch]) -> dict[str, list[Group]]:
    groups: dict[Period, Group] = {}
    for one in batches:
        groups.setdefault(one.period, Group(one.period)).batches.append(one)
    projects: dict[str, list[Group]] = {}
    for period in sorted(groups):
        projects.setdefault(period.project, []).append(groups[period])
    return projects


def _merged(groups: Sequence[Group]) -> list[Group]:
    """Groups in the order of their first days; overlapping ones of one methodology joined."""
    joined: list[Group] = []
    for group in groups:
        before = next((g for g in joined if _joinable(g.period, group.period)), None)
        if before is None:
            joined.append(Group(group.period, list(group.batches)))
            continue
        before.period = replace(before.period, end=max(before.period.end, group.period.end))
        before.batches += group.batches
        before.merged += 1
    return joined


def _joinable(one: Period, other: Period) -> bool:
    return one.methodology == other.methodology and one.overlaps(other)


def _check_alone(group: Group, groups: Sequence[Group]) -> None:
    """Raises `Refused` where another group of the project claims days of this one."""
    other = next((g for g in groups if g is not group and g.period.overlaps(group.period)), None)
    if other is None:
        return
    row = other.batches[0].row.origin.row
    same = other.period.methodology == group.period.methodology
    under = "" if same else f" under {other.period.methodology}"
    raise Refused(
        f"its monitoring period {group.period} overlaps that of row {row} of the same project, "
        f"{other.period}{under}"
    )


def _verification(
    group: Group, rules: Rules, vvb: VvbId | None, reserved: dict[VerificationId, Kilograms]
) -> PlannedVerification | None:
    """None where nothing of the group is left to issue. Raises `Refused`."""
    if not group.new:
        return None
    period, state = group.period, rules.state
    cap = Kilograms(sum(one.block.kilograms for one in group.batches))
    spelled = spellings(one.row.serial for one in group.batches if one.row.serial and one.batch is None)
    planned = PlannedVerification(period, cap, _salt(group, cap, rules), spelled, group.merged)
    project = state.projects.get((rules.programme.id, period.project))
    if project is None:
        return planned
    claims = [one for one in state.claims_on(project) if one.start <= period.end and period.start <= one.end]
    methodology = state.methodologies.get(
        (rules.programme.id, period.methodology.code, period.methodology.version)
    )
    for claim in claims:
        covers = claim.start <= period.start and period.end <= claim.end
        left = Kilograms(claim.remaining - reserved.get(claim.id, 0))
        if covers and claim.project == project and claim.methodology == methodology and left >= group.new:
            reserved[claim.id] = Kilograms(reserved.get(claim.id, 0) + group.new)
            return replace(planned, accepted=claim.id)
    if len(claims) == 1 and _may_grow(claims[0], period, methodology, project, rules, vvb, reserved):
        return _grown(planned, group, claims[0], rules, reserved)
    if claims:
        raise Refused(_claimed(group, claims[0], Kilograms(reserved.get(claims[0].id, 0))))
    return replace(planned, proposed=_pending(planned.salt, state, vvb))


def _pending(salt: bytes, state: ChainState, vvb: VvbId | None) -> VerificationId | None:
    """What an earlier run proposed, and nobody has accepted yet."""
    proposed = (one for one in state.verifications.values() if one.status is VerificationStatus.PROPOSED)
    return next((one.id for one in proposed if one.vvb == vvb and one.salt == salt), None)


def _may_grow(
    claim: ChainVerification,
    period: Period,
    methodology: MethodologyId | None,
    project: ProjectId,
    rules: Rules,
    vvb: VvbId | None,
    reserved: Mapping[VerificationId, Kilograms],
) -> bool:
    """Whether an import of this kind made the claim for exactly this period, by the same VVB."""
    made = (claim.start, claim.end, claim.project, claim.methodology, claim.vvb)
    same = made == (period.start, period.end, project, methodology, vvb)
    own = claim.source.startswith(SIMULATED if rules.history else EXPORTED)
    withdrawn = claim.status is VerificationStatus.WITHDRAWN and claim.withdrawn_for == GROWN
    return same and own and not reserved.get(claim.id) and (_open(claim) or withdrawn)


def _open(claim: ChainVerification) -> bool:
    return claim.status is VerificationStatus.ACCEPTED


def _grown(
    planned: PlannedVerification,
    group: Group,
    claim: ChainVerification,
    rules: Rules,
    reserved: dict[VerificationId, Kilograms],
) -> PlannedVerification:
    """One that states what was issued in the period so far and what is new, in the place of the claim's."""
    reserved[claim.id] = claim.cap
    stated = Kilograms(claim.carried + claim.issued + group.new)
    salt = _salt(group, stated, rules, claim.id)
    return replace(
        planned,
        kilograms=stated,
        salt=salt,
        proposed=_pending(salt, rules.state, claim.vvb),
        supersedes=claim.id,
        withdrawn=not _open(claim),
    )


def _claimed(group: Group, claim: ChainVerification, reserved: Kilograms) -> str:
    left = (claim.remaining - reserved) // KILOGRAMS_PER_TONNE
    return (
        f"days of its monitoring period {group.period} are claimed by verification {claim.id} "
        f"({claim.start} to {claim.end}, {claim.status.name.lower()}), "
        f"against which {left:,} t are left of the {group.new // KILOGRAMS_PER_TONNE:,} t needed"
    )


def _salt(group: Group, cap: Kilograms, rules: Rules, supersedes: int = 0) -> bytes:
    """The same for the same statement, so that a run can tell what an earlier one proposed."""
    period = group.period
    parts = [rules.programme.code, period.project, *map(str, (period.start, period.end, period.methodology))]
    more = [supersedes] if supersedes else []
    return keccak(text=json.dumps([*parts, cap, rules.source.hash.hex(), rules.history, *more]))
