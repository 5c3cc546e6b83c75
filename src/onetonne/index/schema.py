"""The tables of the index: raw logs, and one table for each kind of event.

Rows are only ever added, or removed from the end where the chain took blocks back: nothing is updated, and
what holds now is a reading of what happened (`balances` is a view). A row lies at its log's place: the number
of the block, and the log's index in it.
"""

from sqlalchemy import BigInteger, Column, Connection, String, Text, column, table
from sqlalchemy.schema import CreateIndex

from onetonne.index.columns import Account, Code, SerialNumber, Uint256, Word
from onetonne.index.tables import (
    EVENT_TABLES,
    INDEXES,
    account,
    blocks,
    code,
    decision,
    event_table,
    flag,
    id_column,
    logs,
    metadata,
    number,
    state,
    text,
    transactions,
    word,
)

__all__ = [
    "EVENT_TABLES",
    "INDEXES",
    "RAW_SINCE",
    "SCHEMA_VERSION",
    "VIEWS",
    "batch_totals",
    "blocks",
    "logs",
    "metadata",
    "state",
    "transactions",
]

SCHEMA_VERSION = 4
RAW_SINCE = 3
"""The version since which blocks, transactions and raw logs are kept as now: migrations start from them."""

programmes = event_table("programmes", id_column("programme"), code("code"), account("operator"))
programme_standings = event_table(
    "programme_standings", id_column("programme"), number("standing"), text("reason")
)
operator_rotations = event_table(
    "operator_rotations", id_column("programme"), account("previous"), account("operator")
)
roots = event_table(
    "roots", code("root"), id_column("programme"), number("segments"), number("numeric_segments")
)
methodologies = event_table(
    "methodologies",
    id_column("methodology"),
    id_column("programme"),
    code("code"),
    code("version"),
    number("monitoring_years"),
    number("buffer_basis_points"),
)
methodology_parts = event_table("methodology_parts", id_column("methodology"), id_column("part"), items=True)
methodology_standings = event_table(
    "methodology_standings", id_column("methodology"), number("standing"), text("reason")
)
vvbs = event_table("vvbs", id_column("vvb"), code("code"), account("account"))
vvb_standings = event_table("vvb_standings", id_column("vvb"), number("standing"), text("reason"))
vvb_rotations = event_table("vvb_rotations", id_column("vvb"), account("previous"), account("account"))

activities = event_table(
    "activities",
    id_column("activity"),
    Column("country", String(8), nullable=False),
    code("site"),
    id_column("programme"),
)
activity_consents = event_table(
    "activity_consents", id_column("activity"), id_column("by"), id_column("joining")
)
activity_joins = event_table("activity_joins", id_column("activity"), id_column("programme"))
components = event_table("components", id_column("component"), id_column("activity"), code("name"))
component_approvals = event_table("component_approvals", id_column("component"), id_column("programme"))
component_activations = event_table("component_activations", id_column("component"))
projects = event_table(
    "projects",
    id_column("project"),
    id_column("programme"),
    id_column("activity"),
    code("code"),
    code("activity_type"),
    number("crediting_start"),
    text("name"),
)
verifications = event_table(
    "verifications",
    id_column("verification"),
    id_column("vvb"),
    id_column("project"),
    code("programme_code"),
    code("project_code"),
    Column("country", String(8), nullable=False),
    code("site"),
    id_column("component"),
    code("component_name"),
    id_column("methodology"),
    code("methodology_code"),
    code("methodology_version"),
    number("period_start"),
    number("period_end"),
    number("verified"),
    word("evidence_hash"),
    word("data_root"),
    text("source"),
    word("source_hash"),
    id_column("supersedes"),
    number("deadline"),
    word("salt"),
)
verification_acceptances = event_table("verification_acceptances", id_column("verification"), number("cap"))
verification_withdrawals = event_table(
    "verification_withdrawals", id_column("verification"), account("by"), text("reason")
)

batches = event_table(
    "batches",
    id_column("batch"),
    id_column("verification"),
    code("root"),
    text("prefix"),
    Column("first", SerialNumber, nullable=False),
    Column("last", SerialNumber, nullable=False),
    number("vintage_start"),
    number("vintage_end"),
    number("vintage_year"),
    word("custody"),
    indexed=("batch",),
)
movements = event_table(
    "movements",
    account("operator"),
    account("sender"),
    account("recipient"),
    id_column("batch"),
    number("kilograms"),
    indexed=("batch", "sender", "recipient"),
    items=True,
)
retirements = event_table(
    "retirements",
    id_column("retirement"),
    id_column("batch"),
    account("beneficiary"),
    account("holder"),
    number("from_kilogram"),
    number("kilograms"),
    number("purpose"),
    id_column("claim"),
    word("details"),
    indexed=("retirement", "batch", "beneficiary"),
)
retirement_details = event_table(
    "retirement_details", id_column("claim"), text("details"), indexed=("claim",)
)
cancellations = event_table(
    "cancellations",
    id_column("cancellation"),
    id_column("batch"),
    account("holder"),
    number("from_kilogram"),
    number("kilograms"),
    number("kind"),
    text("reason"),
    word("reason_hash"),
    indexed=("batch",),
)
redeemed_blocks = event_table(
    "redeemed_blocks",
    id_column("batch"),
    number("kilograms"),
    Column("first", SerialNumber, nullable=False),
    Column("last", SerialNumber, nullable=False),
    indexed=("batch",),
)
redemptions = event_table(
    "redemptions",
    id_column("redemption"),
    id_column("batch"),
    account("holder"),
    number("kilograms"),
    indexed=("batch",),
)
redemption_answers = event_table(
    "redemption_answers",
    id_column("redemption"),
    number("status"),
    Column("first", SerialNumber),
    Column("last", SerialNumber),
    text("reason"),
)
reactivations = event_table("reactivations", id_column("redemption"), text("registry_reference"))

freezes = event_table(
    "freezes",
    number("scope"),
    Column("subject", Uint256, nullable=False),
    flag("in_force"),
    Column("reason_hash", Word),
    text("case_reference"),
)
frozen_amounts = event_table(
    "frozen_amounts", account("account"), id_column("batch"), Column("amount", Uint256, nullable=False)
)
forced_transfers = event_table(
    "forced_transfers", account("sender"), account("recipient"), id_column("batch"), number("kilograms")
)
approvals = event_table("approvals", account("account"), account("operator"), flag("approved"))
purpose_masks = event_table("purpose_masks", number("mask"))
certificates = event_table(
    "certificates",
    id_column("certificate"),
    account("sender"),
    account("recipient"),
    indexed=("certificate",),
)
certificate_locks = event_table("certificate_locks", id_column("certificate"))

frameworks = event_table(
    "frameworks",
    code("label"),
    account("body"),
    flag("by_programme"),
    flag("by_methodology"),
    number("use"),
    flag("adjusted"),
)
framework_bodies = event_table("framework_bodies", code("label"), account("previous"), account("body"))
hosts = event_table("hosts", Column("country", String(8), nullable=False), account("authority"))
label_demands = event_table(
    "label_demands", number("purpose"), Column("label", Code, comment="none where nothing is demanded")
)
label_approvals = event_table(
    "label_approvals",
    code("label"),
    Column("programme", BigInteger),
    Column("methodology", BigInteger),
    flag("approved"),
    flag("conditional"),
    number("vintage_start"),
    number("vintage_end"),
    number("crediting_from"),
    Column("recognises", Code),
    *decision(),
)
label_exclusions = event_table(
    "label_exclusions",
    code("label"),
    Column("programme", BigInteger),
    Column("activity_type", Code),
    Column("methodology", BigInteger),
    flag("excluded"),
    *decision(),
)
label_guarantees = event_table(
    "label_guarantees",
    code("label"),
    id_column("project"),
    number("vintage_year"),
    flag("accepted"),
    *decision(),
)
authorisations = event_table(
    "authorisations",
    id_column("project"),
    number("vintage_year"),
    number("uses"),
    number("cap"),
    Column("batches", Text, nullable=False, comment="that the letter names, as JSON; none of a revocation"),
    *decision(),
)
adjustments = event_table(
    "adjustments",
    id_column("project"),
    number("vintage_year"),
    number("uses"),
    number("cap"),
    *decision(),
)
first_transfers = event_table(
    "first_transfers",
    id_column("project"),
    number("vintage_year"),
    number("use"),
    number("kilograms"),
    number("total"),
)
host_uses = event_table(
    "host_uses",
    id_column("project"),
    number("vintage_year"),
    id_column("batch"),
    number("kilograms"),
    number("total"),
)

shortfalls = event_table(
    "shortfalls",
    id_column("shortfall"),
    number("kind"),
    id_column("project"),
    id_column("batch"),
    number("kilograms"),
    Column("lost", Text, nullable=False, comment="of a reversal, as JSON: a list of [batch, kilograms]"),
    word("evidence"),
    text("case_reference"),
    indexed=("batch",),
)
annulments = event_table(
    "annulments", id_column("shortfall"), id_column("project"), number("kilograms"), text("reason")
)
shortfall_cancellations = event_table(
    "shortfall_cancellations", id_column("shortfall"), id_column("cancellation"), number("kilograms")
)
buffer_releases = event_table(
    "buffer_releases",
    id_column("project"),
    account("vvb"),
    account("recipient"),
    word("statement"),
    number("kilograms"),
    word("evidence"),
)
signed_orders = event_table(
    "signed_orders",
    account("holder"),
    Column("nonce", Uint256, nullable=False),
    Column("digest", Word, nullable=True, comment="what the holder signed; null where it cancelled"),
    Column("relayer", Account, nullable=True),
    indexed=("holder",),
)
project_outstanding = event_table("project_outstanding", id_column("project"), number("kilograms"))
other_events = event_table("other_events", text("contract"), text("event"), text("arguments"))

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


def create_indexes(connection: Connection) -> None:
    """Those that an index lacks yet: it makes them when it has caught up with its chain."""
    for index in INDEXES:
        connection.execute(CreateIndex(index, if_not_exists=True))
