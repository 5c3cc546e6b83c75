"""What a reconciliation finds, as data: each finding with what both sides say, and sums that add up."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import Any

from onetonne.reconciling.statements import State, Statement
from onetonne.terms import SerialBlock, Tonnes, from_seconds


class Severity(IntEnum):
    """How bad: `CRITICAL` where a tonne is, or can be, counted twice."""

    NOTICE = 1
    WARNING = 2
    CRITICAL = 3


class Kind(StrEnum):
    NOT_IN_FILE = "on chain, not in the file"
    ENDED_IN_FILE = "ended in the file, live on chain"
    TWO_TOKENISATIONS = "two tokenisations"
    NOT_MIRRORED = "ended on chain, still immobilised at the programme"
    QUANTITY = "quantity differs"
    DAMAGED_ROW = "on chain, in the file as a damaged row only"
    LIVE_IN_FILE = "ended on chain, live in the file"
    PARTLY_RETIRED = "partly retired serial"


SEVERITY: Mapping[Kind, Severity] = {
    Kind.NOT_IN_FILE: Severity.CRITICAL,
    Kind.ENDED_IN_FILE: Severity.CRITICAL,
    Kind.TWO_TOKENISATIONS: Severity.CRITICAL,
    Kind.NOT_MIRRORED: Severity.WARNING,
    Kind.QUANTITY: Severity.WARNING,
    Kind.DAMAGED_ROW: Severity.WARNING,
    Kind.LIVE_IN_FILE: Severity.NOTICE,
    Kind.PARTLY_RETIRED: Severity.NOTICE,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One run of serials with one thing wrong. `one` and `other` are what the sides say; None: nothing."""

    kind: Kind
    block: SerialBlock
    sentence: str
    one: Statement | None
    other: Statement | None

    @property
    def severity(self) -> Severity:
        return SEVERITY[self.kind]

    @property
    def tonnes(self) -> Tonnes:
        return self.block.tonnes

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "severity": self.severity.name.lower(),
            "prefix": self.block.prefix,
            "first": self.block.first,
            "last": self.block.last,
            "tonnes": self.tonnes,
            "sentence": self.sentence,
            "evidence": [_evidence(one) for one in (self.one, self.other) if one is not None],
        }


@dataclass(frozen=True, slots=True)
class Tally:
    """One side's tonnes by what became of them in a comparison: `parts` add up to `total`."""

    side: str
    total: Tonnes
    parts: Mapping[str, Tonnes]

    def to_json(self) -> dict[str, Any]:
        return {"side": self.side, "total_tonnes": self.total, "tonnes": dict(self.parts)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides held against each other."""

    one: Tally
    other: Tally
    findings: tuple[Finding, ...]

    @property
    def title(self) -> str:
        return f"{self.one.side} against {self.other.side}"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Every comparison that was made. `as_of` is the day on which the files are taken to have been made."""

    comparisons: tuple[Comparison, ...]
    as_of: date
    after: int
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        found = (finding for comparison in self.comparisons for finding in comparison.findings)
        return tuple(sorted(found, key=lambda one: -one.severity))

    @property
    def severity(self) -> Severity | None:
        """Of the worst finding; None where there is none."""
        return max((finding.severity for finding in self.findings), default=None)

    def count(self, kind: Kind) -> int:
        return sum(1 for finding in self.findings if finding.kind is kind)

    def to_json(self) -> dict[str, Any]:
        """Plain data for `json.dumps`: serial numbers, days, places, and no text that could name people."""
        counts = Counter(finding.kind for finding in self.findings)
        severity = self.severity
        return {
            "as_of": self.as_of.isoformat(),
            "after_days": self.after,
            "severity": severity.name.lower() if severity else None,
            "counts": {str(kind): counts[kind] for kind in Kind},
            "summary": [
                {"comparison": one.title, "sides": [one.one.to_json(), one.other.to_json()]}
                for one in self.comparisons
            ],
            "findings": [finding.to_json() for finding in self.findings],
            "notes": list(self.notes),
        }

    def csv_rows(self) -> Iterator[list[object]]:
        """A header, then a row for each finding."""
        yield CSV_HEADER
        for finding in self.findings:
            block = finding.block
            what = [finding.severity.name.lower(), str(finding.kind)]
            serials = [block.prefix, block.first, block.last, finding.tonnes, finding.sentence]
            yield [*what, *serials, *_csv_evidence(finding.one), *_csv_evidence(finding.other)]


_EVIDENCE_COLUMNS = ("place", "state", "since", "first", "last", "tonnes", "transactions")
CSV_HEADER: list[object] = [
    *("severity", "kind", "prefix", "first", "last", "tonnes", "sentence"),
    *(f"{side}_{column}" for side in ("one", "other") for column in _EVIDENCE_COLUMNS),
]


def _csv_evidence(said: Statement | None) -> list[object]:
    if said is None:
        return [""] * len(_EVIDENCE_COLUMNS)
    transactions = [said.transaction or "", *(act.transaction for act in said.acts)]
    return [
        said.place,
        str(said.state),
        said.since or "",
        said.block.first,
        said.block.last,
        said.tonnes,
        " ".join(filter(None, dict.fromkeys(transactions))),
    ]


def _evidence(said: Statement) -> dict[str, Any]:
    """What one side says, with where to look it up."""
    plain: dict[str, Any] = {
        "side": said.side,
        "place": said.place,
        "state": str(said.state),
        "prefix": said.block.prefix,
        "first": said.block.first,
        "last": said.block.last,
        "tonnes": said.tonnes,
        "since": said.since.isoformat() if said.since else None,
    }
    if said.batch is None:
        return plain | {"file": said.file, "row": said.row, "defect": said.defect or None}
    return plain | {
        "batch": said.batch,
        "issued_in_block": said.block_number,
        "issued_in_transaction": said.transaction,
        "circulating_kilograms": said.left if said.state is State.PARTLY else None,
        "acts": [
            {
                "kind": "retirement" if act.purpose is not None else "cancellation",
                "id": act.id,
                "kilograms": act.kilograms,
                "time": from_seconds(act.time).isoformat().replace("+00:00", "Z"),
                "block": act.block,
                "transaction": act.transaction,
            }
            for act in said.acts
        ],
    }
