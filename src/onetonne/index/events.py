"""Which rows an event becomes.

Most events are one row of one table, whose columns have the arguments' names. The exceptions are functions
here. An event that no table wants is kept by name in `other_events`: nothing emitted is lost to a query.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from eth_utils.crypto import keccak
from sqlalchemy import Table

from onetonne.index import schema
from onetonne.index.columns import readable

Arguments = dict[str, Any]
Rows = Iterator[tuple[Table, dict[str, Any]]]

ZERO_ACCOUNT = "0x0000000000000000000000000000000000000000"
_NAMES = {"from": "from_kilogram"}
_REDEMPTION_STATUS = {"RedemptionConfirmed": 2, "RedemptionRefused": 3, "RedemptionWithdrawn": 4}
_SHORTFALL_KIND = {"ReversalReported": 1, "OverIssuanceMarked": 2}


def rows_of(contract: str, event: str, arguments: Arguments) -> Rows:
    """The rows of one decoded event, without their place."""
    make = _MAKERS.get((contract, event))
    if make is not None:
        yield from make(event, arguments)
        return
    table = _TABLES.get((contract, event))
    if table is None:
        text = json.dumps(arguments, default=_plain, sort_keys=True)
        yield schema.other_events, {"contract": contract, "event": event, "arguments": text}
        return
    yield table, _row(arguments)


def _row(arguments: Arguments) -> Arguments:
    return {_NAMES.get(name, name): value for name, value in arguments.items()}


def _plain(value: Any) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)


def _with_text(table: Table, text: str, hashed: str | None = None) -> Callable[[str, Arguments], Rows]:
    """A row with one argument of text, made readable; `hashed` names the column for its hash."""

    def make(_event: str, arguments: Arguments) -> Rows:
        row = _row(arguments)
        if hashed is not None:
            row[hashed] = keccak(row[text])
        row[text] = readable(row[text])
        yield table, row

    return make


def _in_country(table: Table) -> Callable[[str, Arguments], Rows]:
    def make(_event: str, arguments: Arguments) -> Rows:
        yield table, arguments | {"country": arguments["country"].decode("ascii", "backslashreplace")}

    return make


def _transfer(_event: str, arguments: Arguments) -> Rows:
    """Zero kilograms move nothing, and may name a batch that can't be (ERC-1155 admits any id): no row."""
    several = "ids" in arguments
    ids = arguments["ids"] if several else (arguments["id"],)
    values = arguments["values"] if several else (arguments["value"],)
    for item, (batch, kilograms) in enumerate(zip(ids, values, strict=True)):
        if kilograms:
            yield (
                schema.movements,
                {
                    "item": item,
                    "operator": arguments["operator"],
                    "sender": arguments["from"],
                    "recipient": arguments["to"],
                    "batch": batch,
                    "kilograms": kilograms,
                },
            )


def _forced(_event: str, arguments: Arguments) -> Rows:
    if arguments["amount"]:
        yield (
            schema.forced_transfers,
            {
                "sender": arguments["from"],
                "recipient": arguments["to"],
                "batch": arguments["token_id"],
                "kilograms": arguments["amount"],
            },
        )


def _frozen(_event: str, arguments: Arguments) -> Rows:
    account, batch, amount = arguments["account"], arguments["token_id"], arguments["amount"]
    yield schema.frozen_amounts, {"account": account, "batch": batch, "amount": amount}


def _freeze(event: str, arguments: Arguments) -> Rows:
    yield (
        schema.freezes,
        {
            "scope": arguments["scope"],
            "subject": arguments["subject"],
            "in_force": event == "FreezeImposed",
            "reason_hash": arguments.get("reason_hash"),
            "case_reference": readable(arguments["case_reference"]),
        },
    )


def _answer(event: str, arguments: Arguments) -> Rows:
    yield (
        schema.redemption_answers,
        {
            "redemption": arguments["redemption"],
            "status": _REDEMPTION_STATUS[event],
            "first": arguments.get("first"),
            "last": arguments.get("last"),
            "reason": readable(arguments.get("reason", b"")),
        },
    )


def _certificate(_event: str, arguments: Arguments) -> Rows:
    yield (
        schema.certificates,
        {
            "certificate": arguments["token_id"],
            "sender": arguments["from"],
            "recipient": arguments["to"],
        },
    )


def _locked(_event: str, arguments: Arguments) -> Rows:
    yield schema.certificate_locks, {"certificate": arguments["token_id"]}


def _demand(_event: str, arguments: Arguments) -> Rows:
    yield schema.label_demands, arguments | {"label": _named(arguments["label"])}


def _approved(_event: str, arguments: Arguments) -> Rows:
    row = _label_subject(arguments) | {"approved": True, "recognises": _named(arguments["recognises"])}
    yield schema.label_approvals, row


def _withdrawn(_event: str, arguments: Arguments) -> Rows:
    nothing = {"approved": False, "conditional": False, "recognises": None}
    window = dict.fromkeys(("vintage_start", "vintage_end", "crediting_from"), 0)
    yield schema.label_approvals, _label_subject(arguments) | nothing | window


def _exclusion(_event: str, arguments: Arguments) -> Rows:
    yield schema.label_exclusions, {"activity_type": None} | _label_subject(arguments)


def _revocation(_event: str, arguments: Arguments) -> Rows:
    yield schema.authorisations, _decided(arguments) | {"uses": 0, "cap": 0}


def _shortfall(event: str, arguments: Arguments) -> Rows:
    kind = _SHORTFALL_KIND[event]
    row = {"kind": kind, "batch": 0} | arguments
    yield schema.shortfalls, row | {"case_reference": readable(arguments["case_reference"])}


def _label_subject(arguments: Arguments) -> Arguments:
    """A label's entry is about a programme or a methodology; the other one's column is empty."""
    return {"programme": None, "methodology": None} | _decided(arguments)


def _decided(arguments: Arguments) -> Arguments:
    return arguments | {"source": readable(arguments["source"])}


def _named(label: bytes) -> bytes | None:
    return label if any(label) else None


_TABLES: dict[tuple[str, str], Table] = {
    ("Programmes", "ProgrammeAdmitted"): schema.programmes,
    ("Programmes", "OperatorRotated"): schema.operator_rotations,
    ("Programmes", "SerialRootRegistered"): schema.roots,
    ("Programmes", "MethodologyRegistered"): schema.methodologies,
    ("Programmes", "VvbAdmitted"): schema.vvbs,
    ("Programmes", "VvbKeyRotated"): schema.vvb_rotations,
    ("Projects", "ActivityJoinConsented"): schema.activity_consents,
    ("Projects", "ActivityJoined"): schema.activity_joins,
    ("Projects", "ComponentProposed"): schema.components,
    ("Projects", "ComponentApproved"): schema.component_approvals,
    ("Projects", "ComponentActivated"): schema.component_activations,
    ("Projects", "VerificationAccepted"): schema.verification_acceptances,
    ("Credits", "Retired"): schema.retirements,
    ("Credits", "Redeemed"): schema.redeemed_blocks,
    ("Credits", "ApprovalForAll"): schema.approvals,
    ("Credits", "PurposesDemandingLabelSet"): schema.purpose_masks,
    ("Projects", "OutstandingSet"): schema.project_outstanding,
    ("Labels", "FrameworkAdmitted"): schema.frameworks,
    ("Labels", "BodyRotated"): schema.framework_bodies,
    ("Labels", "FirstTransferred"): schema.first_transfers,
    ("Labels", "UsedByHost"): schema.host_uses,
    ("Shortfalls", "MadeGood"): schema.shortfall_cancellations,
    ("Shortfalls", "BufferReleased"): schema.buffer_releases,
    ("Redemptions", "RedemptionRequested"): schema.redemptions,
}

_MAKERS: dict[tuple[str, str], Callable[[str, Arguments], Rows]] = {
    ("Programmes", "ProgrammeStandingSet"): _with_text(schema.programme_standings, "reason"),
    ("Programmes", "MethodologyStandingSet"): _with_text(schema.methodology_standings, "reason"),
    ("Programmes", "VvbStandingSet"): _with_text(schema.vvb_standings, "reason"),
    ("Projects", "ActivityRegistered"): _in_country(schema.activities),
    ("Projects", "ProjectRegistered"): _with_text(schema.projects, "name"),
    ("Projects", "VerificationProposed"): _with_text(schema.verifications, "source", "source_hash"),
    ("Projects", "VerificationWithdrawn"): _with_text(schema.verification_withdrawals, "reason"),
    ("Credits", "BatchIssued"): _with_text(schema.batches, "prefix"),
    ("Credits", "TransferSingle"): _transfer,
    ("Credits", "TransferBatch"): _transfer,
    ("Credits", "RetirementDetailsPublished"): _with_text(schema.retirement_details, "details"),
    ("Credits", "Cancelled"): _with_text(schema.cancellations, "reason", "reason_hash"),
    ("Credits", "FreezeImposed"): _freeze,
    ("Credits", "FreezeLifted"): _freeze,
    ("Credits", "Frozen"): _frozen,
    ("Credits", "ForcedTransfer"): _forced,
    ("Labels", "HostSet"): _in_country(schema.hosts),
    ("Labels", "LabelDemanded"): _demand,
    ("Labels", "ProgrammeApproved"): _approved,
    ("Labels", "ProgrammeApprovalWithdrawn"): _withdrawn,
    ("Labels", "MethodologyApproved"): _approved,
    ("Labels", "MethodologyApprovalWithdrawn"): _withdrawn,
    ("Labels", "ActivityTypeExclusionSet"): _exclusion,
    ("Labels", "MethodologyExclusionSet"): _exclusion,
    ("Labels", "GuaranteeSet"): _with_text(schema.label_guarantees, "source"),
    ("Labels", "Authorised"): _with_text(schema.authorisations, "source"),
    ("Labels", "AuthorisationRevoked"): _revocation,
    ("Labels", "AdjustmentRecorded"): _with_text(schema.adjustments, "source"),
    ("Shortfalls", "ReversalReported"): _shortfall,
    ("Shortfalls", "OverIssuanceMarked"): _shortfall,
    ("Redemptions", "RedemptionConfirmed"): _answer,
    ("Redemptions", "RedemptionRefused"): _answer,
    ("Redemptions", "RedemptionWithdrawn"): _answer,
    ("Certificates", "Transfer"): _certificate,
    ("Certificates", "Locked"): _locked,
}
