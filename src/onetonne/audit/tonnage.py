"""How much was issued, and what became of it: over time, and by programme, vintage and label."""

from dataclasses import dataclass
from typing import Any, Self


@dataclass(slots=True)
class Tonnage:
    """In kilograms."""

    issued: int = 0
    retired: int = 0
    cancelled: int = 0
    redeemed: int = 0

    @property
    def held(self) -> int:
        """By accounts, escrow and buffer included."""
        return self.issued - self.retired - self.cancelled - self.redeemed

    def add(self, other: Self) -> None:
        self.issued += other.issued
        self.retired += other.retired
        self.cancelled += other.cancelled
        self.redeemed += other.redeemed

    def to_json(self) -> dict[str, int]:
        parts = ("issued", "held", "retired", "cancelled", "redeemed")
        return {f"{part}_kilograms": getattr(self, part) for part in parts}


@dataclass(frozen=True, slots=True)
class Market:
    """What the events come to at the end of the audited block."""

    over_time: tuple[tuple[int, Tonnage], ...]
    """What there had been by a second, from the first issuance to the block's own second."""
    by_programme: tuple[tuple[str, Tonnage], ...]
    """By code, in the order of admission."""
    by_vintage: tuple[tuple[str, Tonnage], ...]
    """By year, the earliest first."""
    by_label: tuple[tuple[str, Tonnage], ...]
    """By what batches hold at the block's second, in the order of admission. One may hold several."""

    def to_json(self) -> dict[str, Any]:
        return {
            "over_time": [{"second": second, **one.to_json()} for second, one in self.over_time],
            "by_programme": [{"programme": name, **one.to_json()} for name, one in self.by_programme],
            "by_vintage": [{"vintage": name, **one.to_json()} for name, one in self.by_vintage],
            "by_label": [{"label": name, **one.to_json()} for name, one in self.by_label],
        }
