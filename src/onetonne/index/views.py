"""Views for analysts: the index as flat tables with codes in place of ids, for any SQL client.

`docs/sql.md` describes each column. The same on SQLite and PostgreSQL, values included: days are texts such
as `2024-12-31`, moments `2024-12-31T23:59:59Z`, serial numbers integers. (A serial number above 2^63 - 1,
which no programme comes near, is NULL here; the tables below have all its digits.)
"""

from collections.abc import Callable, Mapping
from typing import Any

from onetonne.terms import FIRST_NDC_YEAR, CancellationKind, Purpose

PURPOSES: Mapping[Purpose, str] = {
    Purpose.VOLUNTARY: "voluntary",
    Purpose.CORSIA_PHASE_1: "corsia-1",
    Purpose.CORSIA_PHASE_2: "corsia-2",
    Purpose.HOST_NDC: "host-ndc",
    Purpose.NATIONAL_SCHEME: "national-scheme",
    Purpose.OTHER: "other",
}
KINDS: Mapping[CancellationKind, str] = {
    kind: kind.name.lower().replace("_", "-") for kind in CancellationKind
}
_Spelling = Callable[[str], str]
"""How a database writes an expression: a day by its number, a moment by its second."""
_DAY = {
    "sqlite": "date(({0}) * 86400, 'unixepoch')",
    "postgresql": "to_char(DATE '1970-01-01' + CAST({0} AS INTEGER), 'YYYY-MM-DD')",
}
_MOMENT = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%SZ', {0}, 'unixepoch')",
    "postgresql": """to_char(to_timestamp({0}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""",
}
_LARGEST = f"'{2**63 - 1:020}'"


def analysts_views(dialect: str) -> dict[str, str]:
    """Their SQL by name, in the order in which they build on each other."""

    def day(days: str) -> str:
        return _DAY[dialect].format(days)

    def moment(seconds: str) -> str:
        return _MOMENT[dialect].format(seconds)

    return {
        "batch_list": _batch_list(day, moment),
        "holding_list": _HOLDING_LIST,
        "retirement_list": _retirement_list(moment),
        "cancellation_list": _cancellation_list(moment),
        "daily_totals": _daily_totals(day),
        "batch_labels": _batch_labels(),
        "retirement_labels": _retirement_labels(),
    }


def _serial(text: str) -> str:
    return f"CASE WHEN {text} <= {_LARGEST} THEN CAST({text} AS BIGINT) END"


def _words(column: str, words: Mapping[Any, str]) -> str:
    cases = " ".join(f"WHEN {int(number)} THEN '{word}'" for number, word in words.items())
    return f"CASE {column} {cases} END"


# A difference of serial numbers fits where they do not: a batch's kilograms have 48 bits.
_ISSUED = """((CAST(substr(b.last, 1, 10) AS BIGINT) - CAST(substr(b.first, 1, 10) AS BIGINT)) * 10000000000
            + CAST(substr(b.last, 11) AS BIGINT) - CAST(substr(b.first, 11) AS BIGINT) + 1) * 1000"""
_ORIGIN = """
        FROM {0}
        JOIN batches b ON b.batch = {1}.batch
        JOIN verifications v ON v.verification = b.verification
        JOIN projects j ON j.project = v.project
        JOIN programmes p ON p.programme = j.programme"""
_CODES = "p.code AS programme, j.code AS project, b.vintage_year"


def _batch_list(day: _Spelling, moment: _Spelling) -> str:
    return f"""
        SELECT b.batch, {_CODES}, j.name AS project_name, a.country, j.activity_type,
            m.code AS methodology, m.version AS methodology_version,
            {day("b.vintage_start")} AS vintage_start, {day("b.vintage_end")} AS vintage_end,
            b.prefix AS serial_prefix, {_serial("b.first")} AS first_serial,
            {_serial("b.last")} AS last_serial,
            {_ISSUED} AS issued_kilograms, t.retired AS retired_kilograms,
            t.cancelled AS cancelled_kilograms, t.redeemed AS redeemed_kilograms,
            {_ISSUED} - t.retired - t.cancelled - t.redeemed AS circulating_kilograms,
            {moment("c.timestamp")} AS issued_at, b.verification
        FROM batches b
        JOIN batch_totals t ON t.batch = b.batch
        JOIN blocks c ON c.number = b.block_number
        JOIN verifications v ON v.verification = b.verification
        JOIN methodologies m ON m.methodology = v.methodology
        JOIN projects j ON j.project = v.project
        JOIN programmes p ON p.programme = j.programme
        JOIN activities a ON a.activity = j.activity"""


_HOLDING_LIST = f"""
        SELECT h.account, h.batch, {_CODES}, h.kilograms
        {_ORIGIN.format("balances h", "h")}
        WHERE h.kilograms > 0"""


def _ended(kind: str, moment: _Spelling) -> str:
    """The columns of what takes kilograms from a batch's front, with the exact serial numbers (I4)."""
    first = _serial("b.first")
    start, end = f"{kind}.from_kilogram", f"({kind}.from_kilogram + {kind}.kilograms)"
    return f"""{_CODES}, {kind}.kilograms, b.prefix AS serial_prefix,
            {first} + {start} / 1000 AS first_serial,
            {first} + ({end} - 1) / 1000 AS last_serial,
            CASE WHEN {start} % 1000 + {kind}.kilograms < 1000 THEN {kind}.kilograms
                ELSE 1000 - {start} % 1000 END AS first_serial_kilograms,
            CASE WHEN {start} / 1000 = ({end} - 1) / 1000 THEN {kind}.kilograms
                ELSE ({end} - 1) % 1000 + 1 END AS last_serial_kilograms,
            {moment("c.timestamp")} AS"""


def _retirement_list(moment: _Spelling) -> str:
    return f"""
        SELECT r.retirement, r.claim, r.batch, r.beneficiary, r.holder,
            {_words("r.purpose", PURPOSES)} AS purpose,
            {_ended("r", moment)} retired_at,
            r.details AS details_hash, d.details AS published_details
        {_ORIGIN.format("retirements r", "r")}
        JOIN blocks c ON c.number = r.block_number
        LEFT JOIN retirement_details d ON d.claim = r.claim"""


def _cancellation_list(moment: _Spelling) -> str:
    return f"""
        SELECT x.cancellation, x.batch, x.holder, {_words("x.kind", KINDS)} AS kind, x.reason,
            {_ended("x", moment)} cancelled_at
        {_ORIGIN.format("cancellations x", "x")}
        JOIN blocks c ON c.number = x.block_number"""


def _daily_totals(day: _Spelling) -> str:
    return f"""
        WITH parts AS (
            SELECT b.block_number, {_ISSUED} AS issued, 0 AS retired, 0 AS cancelled, 0 AS redeemed
            FROM batches b
            UNION ALL SELECT block_number, 0, kilograms, 0, 0 FROM retirements
            UNION ALL SELECT block_number, 0, 0, kilograms, 0 FROM cancellations
            UNION ALL SELECT block_number, 0, 0, 0, kilograms FROM redeemed_blocks
        ), days AS (
            SELECT c.timestamp / 86400 AS number, SUM(issued) AS issued, SUM(retired) AS retired,
                SUM(cancelled) AS cancelled, SUM(redeemed) AS redeemed
            FROM parts JOIN blocks c ON c.number = parts.block_number
            GROUP BY c.timestamp / 86400
        )
        SELECT {day("number")} AS day, CAST(issued AS BIGINT) AS issued_kilograms,
            CAST(retired AS BIGINT) AS retired_kilograms, CAST(cancelled AS BIGINT) AS cancelled_kilograms,
            CAST(redeemed AS BIGINT) AS redeemed_kilograms,
            CAST(SUM(issued - retired - cancelled - redeemed) OVER (ORDER BY number) AS BIGINT)
                AS circulating_kilograms
        FROM days"""


def _dated(table: str, keys: str, columns: str, condition: str) -> str:
    """Entries with the seconds at which they count: after `since`, up to `until`, or still where NULL."""
    return f"""(
            SELECT {keys}, {columns}, c.timestamp AS since, LEAD(c.timestamp) OVER
                (PARTITION BY {keys} ORDER BY e.block_number, e.log_index) AS until
            FROM {table} e JOIN blocks c ON c.number = e.block_number
            WHERE {condition}
        )"""


def _labels(counts: Callable[[str], str]) -> str:
    """The joins and conditions by which a batch holds a label; `counts` says when an entry does.

    The same rule as the contract's `Labels._conditions`, and as `onetonne.labels.evaluate`.
    """
    window = "approved, conditional, vintage_start, vintage_end, crediting_from"
    inside = """{0}.approved AND {0}.vintage_start <= b.vintage_start
            AND b.vintage_end <= {0}.vintage_end AND {0}.crediting_from <= j.crediting_start"""
    by_programme = _dated("label_approvals", "label, programme", window, "programme IS NOT NULL")
    by_methodology = _dated("label_approvals", "label, methodology", window, "methodology IS NOT NULL")
    of_type = _dated(
        "label_exclusions", "label, programme, activity_type", "excluded", "programme IS NOT NULL"
    )
    of_methodology = _dated("label_exclusions", "label, methodology", "excluded", "methodology IS NOT NULL")
    authorised = _dated("authorisations", "project, vintage_year", "uses, cap, batches", "1 = 1")
    adjusted = _dated("adjustments", "project, vintage_year", "uses, cap", "1 = 1")
    guaranteed = _dated("label_guarantees", "label, project, vintage_year", "accepted", "1 = 1")
    return f"""
        LEFT JOIN {by_programme} pa ON f.by_programme AND pa.label = f.label AND pa.programme = j.programme
            AND {inside.format("pa")} AND {counts("pa")}
        LEFT JOIN {by_methodology} ma ON f.by_methodology AND ma.label = f.label
            AND ma.methodology = v.methodology AND {inside.format("ma")} AND {counts("ma")}
        LEFT JOIN {of_type} te ON te.label = f.label AND te.programme = j.programme
            AND te.activity_type = j.activity_type AND te.excluded AND {counts("te")}
        LEFT JOIN {of_methodology} me ON me.label = f.label AND me.methodology = v.methodology
            AND me.excluded AND {counts("me")}
        LEFT JOIN {authorised} au ON au.project = v.project AND au.vintage_year = b.vintage_year
            AND (au.uses >> CAST(f.use AS INTEGER)) & 1 = 1 AND {_NAMED} AND {counts("au")}
        LEFT JOIN {adjusted} ad ON ad.project = v.project AND ad.vintage_year = b.vintage_year
            AND (au.uses & ~ad.uses) = 0 AND au.cap <= ad.cap AND {counts("ad")}
        LEFT JOIN {guaranteed} gu ON gu.label = f.label AND gu.project = v.project
            AND gu.vintage_year = b.vintage_year AND gu.accepted AND {counts("gu")}
        WHERE (NOT f.by_programme OR pa.label IS NOT NULL)
            AND (NOT f.by_methodology OR ma.label IS NOT NULL OR (
                EXISTS (SELECT 1 FROM methodology_parts mp WHERE mp.methodology = v.methodology)
                AND NOT EXISTS (
                    SELECT 1 FROM methodology_parts mp WHERE mp.methodology = v.methodology AND NOT EXISTS (
                        SELECT 1 FROM {by_methodology} pt
                            WHERE pt.label = f.label AND pt.methodology = mp.part
                            AND {inside.format("pt")} AND {counts("pt")}))))
            AND te.label IS NULL AND me.label IS NULL
            AND NOT EXISTS (SELECT 1 FROM methodology_parts mp JOIN {of_methodology} pe
                ON pe.methodology = mp.part AND pe.label = f.label AND pe.excluded AND {counts("pe")}
                WHERE mp.methodology = v.methodology)
            AND (f.use = 0 OR b.vintage_year < {FIRST_NDC_YEAR} OR (au.project IS NOT NULL
                AND (NOT f.adjusted OR ad.project IS NOT NULL OR gu.label IS NOT NULL)))"""


# A list of numbers as JSON has it, searched alike by every database.
_NAMED = """(', ' || replace(replace(au.batches, '[', ''), ']', '') || ',')
                LIKE ('%, ' || CAST(b.batch AS TEXT) || ',%')"""


def _conditional(counts: Callable[[str], str]) -> str:
    window = "approved, conditional"
    ticks = _dated("label_approvals", "label, methodology", window, "methodology IS NOT NULL")
    return f"""CASE WHEN pa.conditional OR ma.conditional OR (f.by_methodology AND EXISTS (
            SELECT 1 FROM methodology_parts mp JOIN {ticks} pc ON pc.methodology = mp.part
                AND pc.label = f.label AND pc.conditional AND {counts("pc")}
                WHERE mp.methodology = v.methodology)) THEN 1 ELSE 0 END AS conditional"""


def _batch_labels() -> str:
    def counts(entry: str) -> str:
        return f"{entry}.until IS NULL"

    return f"""
        SELECT b.batch, f.label, {_conditional(counts)}
        FROM batches b
        CROSS JOIN frameworks f
        JOIN verifications v ON v.verification = b.verification
        JOIN projects j ON j.project = v.project
        {_labels(counts)}"""


def _retirement_labels() -> str:
    def counts(entry: str) -> str:
        return f"{entry}.since < t.timestamp AND ({entry}.until IS NULL OR t.timestamp <= {entry}.until)"

    return f"""
        SELECT r.retirement, f.label, {_conditional(counts)}
        FROM retirements r
        JOIN blocks t ON t.number = r.block_number
        JOIN batches b ON b.batch = r.batch
        JOIN verifications v ON v.verification = b.verification
        JOIN projects j ON j.project = v.project
        JOIN frameworks f ON 1 = 1
        JOIN blocks fb ON fb.number = f.block_number AND fb.timestamp < t.timestamp
        {_labels(counts)}"""
