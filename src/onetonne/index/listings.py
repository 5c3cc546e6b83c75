"""Lists of what there is, by the events of an index: for people, and for programs that look for an id."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from typing import Any

from eth_utils.address import to_checksum_address

from onetonne.index import schema
from onetonne.index.columns import code_word
from onetonne.index.enforcement import EnforcementListings
from onetonne.terms import (
    ActivityId,
    Address,
    BasisPoints,
    BatchId,
    ComponentId,
    Days,
    FreezeScope,
    Kilograms,
    Methodology,
    MethodologyId,
    ProgrammeId,
    ProgrammeRecord,
    ProjectId,
    Redemption,
    RedemptionId,
    RedemptionStatus,
    Seconds,
    Serial,
    Standing,
    VerificationId,
    VerificationStatus,
    Vvb,
    VvbId,
    from_days,
)


@dataclass(frozen=True, slots=True)
class ListedVvb:
    """A VVB with the code it was admitted under."""

    code: str
    vvb: Vvb


@dataclass(frozen=True, slots=True)
class ListedProject:
    """A project, its activity's place, and its name, which only the events have. It may have no type."""

    id: ProjectId
    programme: ProgrammeId
    activity: ActivityId
    code: str
    name: str
    country: str
    site: str
    activity_type: str
    crediting_start: date


@dataclass(frozen=True, slots=True)
class ListedComponent:
    """Part of an activity; `name` is empty for the first, which comes with the activity."""

    id: ComponentId
    activity: ActivityId
    name: str
    approved_by: tuple[ProgrammeId, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class ListedVerification:
    """A verification; `cap` is 0 until it is accepted."""

    id: VerificationId
    project: ProjectId
    vvb: VvbId
    methodology: MethodologyId
    period_start: date
    period_end: date
    verified: Kilograms
    cap: Kilograms
    issued: Kilograms
    status: VerificationStatus
    source: str
    """Where the report is published."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """A freeze in force: of a batch, project or programme by its id, or of an account by its address."""

    scope: FreezeScope
    subject: int | Address
    since: Seconds
    case_reference: str


@dataclass(frozen=True, slots=True)
class FrozenAmount:
    """How much of a batch may not leave an account."""

    account: Address
    batch: BatchId
    frozen: Kilograms


class Listings(EnforcementListings):
    """Reads an index's engine, as it is: `sync` first. Every list is in the order of its ids."""

    def programmes(self) -> list[ProgrammeRecord]:
        with self._reading() as rows:
            standings = rows.last(schema.programme_standings, "programme")
            operators = rows.last(schema.operator_rotations, "programme")
            return [
                ProgrammeRecord(
                    ProgrammeId(row.programme),
                    row.code,
                    Address(operators.get(row.programme, row).operator),
                    *_standing(row, standings.get(row.programme)),
                )
                for row in rows.all(schema.programmes)
            ]

    def roots(self) -> list[tuple[str, ProgrammeId]]:
        """Roots of serial numbers, and whose they are."""
        with self._reading() as rows:
            return [(row.root, ProgrammeId(row.programme)) for row in rows.all(schema.roots)]

    def vvbs(self) -> list[ListedVvb]:
        with self._reading() as rows:
            standings = rows.last(schema.vvb_standings, "vvb")
            accounts = rows.last(schema.vvb_rotations, "vvb")
            return [
                ListedVvb(
                    row.code,
                    Vvb(
                        VvbId(row.vvb),
                        Address(accounts.get(row.vvb, row).account),
                        *_standing(row, standings.get(row.vvb)),
                    ),
                )
                for row in rows.all(schema.vvbs)
            ]

    def methodologies(self) -> list[Methodology]:
        with self._reading() as rows:
            standings = rows.last(schema.methodology_standings, "methodology")
            parts: dict[int, list[MethodologyId]] = {}
            for row in rows.all(schema.methodology_parts):
                parts.setdefault(row.methodology, []).append(MethodologyId(row.part))
            return [
                Methodology(
                    MethodologyId(row.methodology),
                    ProgrammeId(row.programme),
                    row.code,
                    row.version,
                    row.monitoring_years,
                    BasisPoints(row.buffer_basis_points),
                    *_standing(row, standings.get(row.methodology)),
                    parts=tuple(parts.get(row.methodology, ())),
                )
                for row in rows.all(schema.methodologies)
            ]

    def projects(self) -> list[ListedProject]:
        with self._reading() as rows:
            activities = rows.last(schema.activities, "activity")
            return [
                ListedProject(
                    ProjectId(row.project),
                    ProgrammeId(row.programme),
                    ActivityId(row.activity),
                    row.code,
                    row.name,
                    activities[row.activity].country,
                    activities[row.activity].site,
                    row.activity_type if any(code_word(row.activity_type)) else "",
                    from_days(Days(row.crediting_start)),
                )
                for row in rows.all(schema.projects)
            ]

    def components(self) -> list[ListedComponent]:
        with self._reading() as rows:
            active = rows.last(schema.component_activations, "component")
            approvals = [(row.component, row.programme) for row in rows.all(schema.component_approvals)]
            return [
                ListedComponent(
                    ComponentId(row.component),
                    ActivityId(row.activity),
                    row.name,
                    tuple(ProgrammeId(by) for component, by in approvals if component == row.component),
                    row.component in active,
                )
                for row in rows.all(schema.components)
            ]

    def verifications(self) -> list[ListedVerification]:
        with self._reading() as rows:
            accepted = rows.last(schema.verification_acceptances, "verification")
            withdrawn = rows.last(schema.verification_withdrawals, "verification")
            issued = rows.issued()
            stated = rows.all(schema.verifications)
            superseded = {row.supersedes for row in stated if row.verification in accepted}
            return [
                ListedVerification(
                    VerificationId(row.verification),
                    ProjectId(row.project),
                    VvbId(row.vvb),
                    MethodologyId(row.methodology),
                    from_days(Days(row.period_start)),
                    from_days(Days(row.period_end)),
                    Kilograms(row.verified),
                    Kilograms(accepted[row.verification].cap if row.verification in accepted else 0),
                    Kilograms(issued.get(row.verification, 0)),
                    _status(row.verification, accepted, withdrawn, superseded),
                    row.source,
                )
                for row in stated
            ]

    def redemptions(self) -> list[Redemption]:
        with self._reading() as rows:
            answers = rows.last(schema.redemption_answers, "redemption")
            live = rows.last(schema.reactivations, "redemption")
            return [
                _redemption(row, answers.get(row.redemption), row.redemption in live)
                for row in rows.all(schema.redemptions)
            ]

    def freezes(self) -> list[Freeze]:
        """Those in force, in the order in which they were imposed."""
        with self._reading() as rows:
            last = {(row.scope, row.subject): row for row in rows.all(schema.freezes)}
        found = sorted((row for row in last.values() if row.in_force), key=lambda row: row.block_number)
        return [
            Freeze(FreezeScope(row.scope), _subject(row), Seconds(row.timestamp), row.case_reference)
            for row in found
        ]

    def frozen_amounts(self) -> list[FrozenAmount]:
        """Those above zero."""
        with self._reading() as rows:
            last = {(row.account, row.batch): row for row in rows.all(schema.frozen_amounts)}
        return [
            FrozenAmount(Address(account), BatchId(batch), Kilograms(row.amount))
            for (account, batch), row in sorted(last.items())
            if row.amount
        ]


def _standing(admitted: Any, changed: Any) -> tuple[Standing, Seconds]:
    if changed is None:
        return Standing.ACTIVE, Seconds(admitted.timestamp)
    return Standing(changed.standing), Seconds(changed.timestamp)


def _status(
    id_: int, accepted: Container[int], withdrawn: Container[int], superseded: Container[int]
) -> VerificationStatus:
    if id_ in superseded:
        return VerificationStatus.SUPERSEDED
    if id_ in withdrawn:
        return VerificationStatus.WITHDRAWN
    return VerificationStatus.ACCEPTED if id_ in accepted else VerificationStatus.PROPOSED


def _redemption(row: Any, answer: Any, reactivated: bool) -> Redemption:
    status = answer.status if answer else RedemptionStatus.REQUESTED
    return Redemption(
        RedemptionId(row.redemption),
        BatchId(row.batch),
        Address(row.holder),
        Kilograms(row.kilograms),
        RedemptionStatus.REACTIVATED if reactivated else RedemptionStatus(status),
        Seconds(row.timestamp),
        Serial((answer.first if answer else 0) or 0),
        Serial((answer.last if answer else 0) or 0),
    )


def _subject(row: Any) -> int | Address:
    if row.scope == FreezeScope.ACCOUNT:
        return Address(to_checksum_address(f"0x{row.subject:040x}"))
    return int(row.subject)
