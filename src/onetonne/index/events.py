"""Which rows an event becomes.

Most events are one row of one table, whose columns have the arguments' names. What differs is said here. An
event that no table wants is kept by name in `other_events`: nothing emitted is lost to a query.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table

from onetonne.index import schema

ZERO_ACCOUNT = "0x0000000000000000000000000000000000000000"


@dataclass(frozen=True, slots=True)
class Hash:
    """keccak256 of an argument of text, as it was emitted."""

    argument: str


@dataclass(frozen=True, slots=True)
class NoneIfZero:
    """An argument of bytes, or nothing where all of them are zero."""

    argument: str


@dataclass(frozen=True, slots=True)
class EventRows:
    """The rows of an event."""

    table: Table
    given: Mapping[str, object] = field(default_factory=dict)
    """By column, where it is not the argument of its name: another argument's name, or a constant."""
    each: tuple[str, ...] = ()
    """Arguments that are lists of one length: a row for each place in them, which is its `item`."""
    unless_zero: str = ""
    """An argument; no row where it is 0."""


_MOVED = {"sender": "from_", "recipient": "to"}
# Zero kilograms move nothing, and may name a batch that can't be (ERC-1155 admits any id): no row.
_TRANSFER = EventRows(schema.movements, _MOVED | {"batch": "id", "kilograms": "value"}, unless_zero="value")
_TRANSFERS = EventRows(
    schema.movements,
    _MOVED | {"batch": "ids", "kilograms": "values"},
    each=("ids", "values"),
    unless_zero="values",
)
_FORCED = EventRows(
    schema.forced_transfers, _MOVED | {"batch": "token_id", "kilograms": "amount"}, unless_zero="amount"
)
# A label's entry is about a programme or a methodology; the other one's column is empty.
_OF_PROGRAMME: dict[str, object] = {"methodology": None}
_OF_METHODOLOGY: dict[str, object] = {"programme": None}
_APPROVED: dict[str, object] = {"approved": True, "recognises": NoneIfZero("recognises")}
_WITHDRAWN: dict[str, object] = {"approved": False, "conditional": False, "recognises": None}
_WITHDRAWN |= {"vintage_start": 0, "vintage_end": 0, "crediting_from": 0}
_NO_SERIALS: dict[str, object] = {"first": None, "last": None}

EVENTS: dict[tuple[str, str], EventRows] = {
    ("Programmes", "ProgrammeAdmitted"): EventRows(schema.programmes),
    ("Programmes", "ProgrammeStandingSet"): EventRows(schema.programme_standings),
    ("Programmes", "OperatorRotated"): EventRows(schema.operator_rotations),
    ("Programmes", "SerialRootRegistered"): EventRows(schema.roots),
    ("Programmes", "MethodologyRegistered"): EventRows(schema.methodologies),
    ("Programmes", "MethodologyComposed"): EventRows(
        schema.methodology_parts, {"part": "parts"}, each=("parts",)
    ),
    ("Programmes", "MethodologyStandingSet"): EventRows(schema.methodology_standings),
    ("Programmes", "VvbAdmitted"): EventRows(schema.vvbs),
    ("Programmes", "VvbStandingSet"): EventRows(schema.vvb_standings),
    ("Programmes", "VvbKeyRotated"): EventRows(schema.vvb_rotations),
    ("Projects", "ActivityRegistered"): EventRows(schema.activities),
    ("Projects", "ActivityJoinConsented"): EventRows(schema.activity_consents),
    ("Projects", "ActivityJoined"): EventRows(schema.activity_joins),
    ("Projects", "ComponentProposed"): EventRows(schema.components),
    ("Projects", "ComponentApproved"): EventRows(schema.component_approvals),
    ("Projects", "ComponentActivated"): EventRows(schema.component_activations),
    ("Projects", "ProjectRegistered"): EventRows(schema.projects),
    ("Projects", "VerificationProposed"): EventRows(schema.verifications, {"source_hash": Hash("source")}),
    ("Projects", "VerificationAccepted"): EventRows(schema.verification_acceptances),
    ("Projects", "VerificationWithdrawn"): EventRows(schema.verification_withdrawals),
    ("Projects", "OutstandingSet"): EventRows(schema.project_outstanding),
    ("Credits", "BatchIssued"): EventRows(schema.batches),
    ("Credits", "TransferSingle"): _TRANSFER,
    ("Credits", "TransferBatch"): _TRANSFERS,
    ("Credits", "Retired"): EventRows(schema.retirements, {"from_kilogram": "from_"}),
    ("Credits", "RetirementDetailsPublished"): EventRows(schema.retirement_details),
    ("Credits", "Cancelled"): EventRows(
        schema.cancellations, {"from_kilogram": "from_", "reason_hash": Hash("reason")}
    ),
    ("Credits", "Redeemed"): EventRows(schema.redeemed_blocks),
    ("Credits", "FreezeImposed"): EventRows(schema.freezes, {"in_force": True}),
    ("Credits", "FreezeLifted"): EventRows(schema.freezes, {"in_force": False, "reason_hash": None}),
    ("Credits", "Frozen"): EventRows(schema.frozen_amounts, {"batch": "token_id"}),
    ("Credits", "ForcedTransfer"): _FORCED,
    ("Credits", "ApprovalForAll"): EventRows(schema.approvals),
    ("Credits", "PurposesDemandingLabelSet"): EventRows(schema.purpose_masks),
    ("Redemptions", "RedemptionRequested"): EventRows(schema.redemptions),
    ("Redemptions", "RedemptionConfirmed"): EventRows(schema.redemption_answers, {"status": 2, "reason": ""}),
    ("Redemptions", "RedemptionRefused"): EventRows(schema.redemption_answers, {"status": 3} | _NO_SERIALS),
    ("Redemptions", "RedemptionWithdrawn"): EventRows(
        schema.redemption_answers, {"status": 4, "reason": ""} | _NO_SERIALS
    ),
    ("Redemptions", "Reactivated"): EventRows(schema.reactivations),
    ("Certificates", "Transfer"): EventRows(schema.certificates, _MOVED | {"certificate": "token_id"}),
    ("Certificates", "Locked"): EventRows(schema.certificate_locks, {"certificate": "token_id"}),
    ("Labels", "FrameworkAdmitted"): EventRows(schema.frameworks),
    ("Labels", "BodyRotated"): EventRows(schema.framework_bodies),
    ("Labels", "HostSet"): EventRows(schema.hosts),
    ("Labels", "LabelDemanded"): EventRows(schema.label_demands, {"label": NoneIfZero("label")}),
    ("Labels", "ProgrammeApproved"): EventRows(schema.label_approvals, _OF_PROGRAMME | _APPROVED),
    ("Labels", "ProgrammeApprovalWithdrawn"): EventRows(schema.label_approvals, _OF_PROGRAMME | _WITHDRAWN),
    ("Labels", "MethodologyApproved"): EventRows(schema.label_approvals, _OF_METHODOLOGY | _APPROVED),
    ("Labels", "MethodologyApprovalWithdrawn"): EventRows(
        schema.label_approvals, _OF_METHODOLOGY | _WITHDRAWN
    ),
    ("Labels", "ActivityTypeExclusionSet"): EventRows(schema.label_exclusions, _OF_PROGRAMME),
    ("Labels", "MethodologyExclusionSet"): EventRows(
        schema.label_exclusions, _OF_METHODOLOGY | {"activity_type": None}
    ),
    ("Labels", "GuaranteeSet"): EventRows(schema.label_guarantees),
    ("Labels", "Authorised"): EventRows(schema.authorisations),
    ("Labels", "AuthorisationRevoked"): EventRows(
        schema.authorisations, {"uses": 0, "cap": "transferred", "batches": "[]"}
    ),
    ("Labels", "AdjustmentRecorded"): EventRows(schema.adjustments),
    ("Labels", "FirstTransferred"): EventRows(schema.first_transfers),
    ("Labels", "UsedByHost"): EventRows(schema.host_uses),
    ("Shortfalls", "ReversalReported"): EventRows(schema.shortfalls, {"kind": 1, "batch": 0}),
    ("Shortfalls", "OverIssuanceMarked"): EventRows(schema.shortfalls, {"kind": 2, "lost": "[]"}),
    ("Shortfalls", "ReportAnnulled"): EventRows(schema.annulments),
    ("Shortfalls", "MadeGood"): EventRows(schema.shortfall_cancellations),
    ("Shortfalls", "BufferReleased"): EventRows(schema.buffer_releases),
    ("SignedOrders", "OrderExecuted"): EventRows(schema.signed_orders),
    ("SignedOrders", "OrderCancelled"): EventRows(schema.signed_orders, {"digest": None, "relayer": None}),
}
