"""The tables of the index: raw logs, and one table for each kind of event.

Rows are only ever added, or removed from the end where the chain took blocks back: nothing is updated, and
what holds now is a reading of what happened (`balances` is a view). A row lies at its log's place: the number
of the block, and the log's index in it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    column,
    table,
)
from sqlalchemy.schema import SchemaItem

from onetonne.index.columns import Code, SerialNumber, Uint256, Word

SCHEMA_VERSION = 1

metadata = MetaData()

state = Table(
    "index_state",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(200), nullable=False),
)
blocks = Table(
    "blocks",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", Word, nullable=False),
    Column("timestamp", BigInteger, nullable=False, comment="seconds since 1970-01-01, UTC"),
)
logs = Table(
    "logs",
    metadata,
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("block_hash", LargeBinary, nullable=False),
    Column("transaction_hash", LargeBinary, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("topics", LargeBinary, nullable=False, comment="up to four words of 32 bytes"),
    Column("data", LargeBinary, nullable=False),
)

EVENT_TABLES: list[Table] = []


def _events(name: str, *columns: SchemaItem, indexed: tuple[str, ...] = (), items: bool = False) -> Table:
    """A table of decoded events. `items` where one log gives several rows."""
    place = [
        Column("block_number", BigInteger, primary_key=True, autoincrement=False),
        Column("log_index", Integer, primary_key=True, autoincrement=False),
    ]
    if items:
        place.append(Column("item", Integer, primary_key=True, autoincrement=False))
    events = Table(name, metadata, *place, *columns)
    for by in indexed:
        Index(f"{name}_by_{by}", events.c[by])
    EVENT_TABLES.append(events)
    return events


def _id(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _account(name: str) -> Column[str]:
    return Column(name, String(42), nullable=False)


def _code(name: str) -> Column[str]:
    return Column(name, Code, nullable=False)


def _hash(name: str) -> Column[bytes]:
    return Column(name, Word, nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


programmes = _events("programmes", _id("programme"), _code("code"), _account("operator"))
programme_standings = _events("programme_standings", _id("programme"), _number("standing"), _text("reason"))
operator_rotations = _events(
    "operator_rotations", _id("programme"), _account("previous"), _account("operator")
)
roots = _events("roots", _code("root"), _id("programme"), _number("segments"), _number("numeric_segments"))
methodologies = _events(
    "methodologies",
    _id("methodology"),
    _id("programme"),
    _code("code"),
    _code("version"),
    _number("monitoring_years"),
    _number("buffer_basis_points"),
)
methodology_standings = _events(
    "methodology_standings", _id("methodology"), _number("standing"), _text("reason")
)
vvbs = _events("vvbs", _id("vvb"), _code("code"), _account("account"))
vvb_standings = _events("vvb_standings", _id("vvb"), _number("standing"), _text("reason"))
vvb_rotations = _events("vvb_rotations", _id("vvb"), _account("previous"), _account("account"))

activities = _events(
    "activities",
    _id("activity"),
    Column("country", String(8), nullable=False),
    _code("site"),
    _id("programme"),
)
activity_consents = _events("activity_consents", _id("activity"), _id("by"), _id("joining"))
activity_joins = _events("activity_joins", _id("activity"), _id("programme"))
components = _events("components", _id("component"), _id("activity"), _code("name"))
component_approvals = _events("component_approvals", _id("component"), _id("programme"))
component_activations = _events("component_activations", _id("component"))
projects = _events(
    "projects",
    _id("project"),
    _id("programme"),
    _id("activity"),
    _code("code"),
    _code("activity_type"),
    _number("crediting_start"),
    _text("name"),
)
verifications = _events(
    "verifications",
    _id("verification"),
    _id("vvb"),
    _id("project"),
    _id("component"),
    _id("methodology"),
    _number("period_start"),
    _number("period_end"),
    _number("verified"),
    _hash("evidence_hash"),
    _hash("data_root"),
    _text("source"),
    _hash("source_hash"),
    _id("supersedes"),
    _number("deadline"),
    _hash("salt"),
)
verification_acceptances = _events("verification_acceptances", _id("verification"), _number("cap"))
verification_withdrawals = _events(
    "verification_withdrawals", _id("verification"), _account("by"), _text("reason")
)

batches = _events(
    "batches",
    _id("batch"),
    _id("verification"),
    _code("root"),
    _text("prefix"),
    Column("first", SerialNumber, nullable=False),
    Column("last", SerialNumber, nullable=False),
    _number("vintage_start"),
    _number("vintage_end"),
    _number("vintage_year"),
    _hash("custody"),
    indexed=("batch",),
)
movements = _events(
    "movements",
    _account("operator"),
    _account("sender"),
    _account("recipient"),
    _id("batch"),
    _number("kilograms"),
    indexed=("batch", "sender", "recipient"),
    items=True,
)
retirements = _events(
    "retirements",
    _id("retirement"),
    _id("batch"),
    _account("beneficiary"),
    _account("holder"),
    _number("from_kilogram"),
    _number("kilograms"),
    _number("purpose"),
    _id("claim"),
    _hash("details"),
    indexed=("retirement", "batch", "beneficiary"),
)
retirement_details = _events("retirement_details", _id("claim"), _text("details"), indexed=("claim",))
cancellations = _events(
    "cancellations",
    _id("cancellation"),
    _id("batch"),
    _account("holder"),
    _number("from_kilogram"),
    _number("kilograms"),
    _number("kind"),
    _text("reason"),
    _hash("reason_hash"),
    indexed=("batch",),
)
redeemed_blocks = _events(
    "redeemed_blocks",
    _id("batch"),
    _number("kilograms"),
    Column("first", SerialNumber, nullable=False),
    Column("last", SerialNumber, nullable=False),
    indexed=("batch",),
)
redemptions = _events(
    "redemptions",
    _id("redemption"),
    _id("batch"),
    _account("holder"),
    _number("kilograms"),
    indexed=("batch",),
)
redemption_answers = _events(
    "redemption_answers",
    _id("redemption"),
    _number("status"),
    Column("first", SerialNumber),
    Column("last", SerialNumber),
    _text("reason"),
)

freezes = _events(
    "freezes",
    _number("scope"),
    Column("subject", Uint256, nullable=False),
    Column("in_force", Boolean, nullable=False),
    Column("reason_hash", Word),
    _text("case_reference"),
)
frozen_amounts = _events(
    "frozen_amounts", _account("account"), _id("batch"), Column("amount", Uint256, nullable=False)
)
forced_transfers = _events(
    "forced_transfers", _account("sender"), _account("recipient"), _id("batch"), _number("kilograms")
)
approvals = _events(
    "approvals", _account("account"), _account("operator"), Column("approved", Boolean, nullable=False)
)
purpose_masks = _events("purpose_masks", _number("mask"))
label_demands = _events("label_demands", _number("purpose"), Column("label", Word, nullable=False))
certificates = _events(
    "certificates", _id("certificate"), _account("sender"), _account("recipient"), indexed=("certificate",)
)
certificate_locks = _events("certificate_locks", _id("certificate"))
other_events = _events("other_events", _text("contract"), _text("event"), _text("arguments"))

VIEWS = {
    "balances": """
        SELECT account, batch, CAST(SUM(kilograms) AS BIGINT) AS kilograms FROM (
            SELECT recipient AS account, batch, kilograms FROM movements
            UNION ALL SELECT sender, batch, -kilograms FROM movements
        ) AS parts
        WHERE account <> '0x0000000000000000000000000000000000000000'
        GROUP BY account, batch""",
    "batch_totals": """
        SELECT b.batch,
            CAST(COALESCE((SELECT SUM(kilograms) FROM retirements o WHERE o.batch = b.batch), 0)
                AS BIGINT) AS retired,
            CAST(COALESCE((SELECT SUM(kilograms) FROM cancellations o WHERE o.batch = b.batch), 0)
                AS BIGINT) AS cancelled,
            CAST(COALESCE((SELECT SUM(kilograms) FROM redeemed_blocks o WHERE o.batch = b.batch), 0)
                AS BIGINT) AS redeemed
        FROM batches b""",
}
"""Their SQL by name. `balances` is there for people: one account's holdings come faster from `movements`."""

batch_totals = table(
    "batch_totals", *(column(name) for name in ("batch", "retired", "cancelled", "redeemed"))
)
