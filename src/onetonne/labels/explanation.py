"""What an explanation of a label is made of."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from onetonne.terms import Address, BatchId, Condition, Seconds, from_seconds


class Answer(Enum):
    """`NOT_ASKED` where the framework's rule, or an earlier condition, leaves nothing to ask."""

    MET = "met"
    NOT_MET = "not met"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Deciding:
    """The entry that decides a condition."""

    account: Address | None
    """Of the body or the authority that made it; of governance's own, the body it names."""
    source: str
    decided_on: date | None
    """Information only."""
    counts_from: Seconds
    block: int
    transaction: str | None
    document: bytes | None
    """Hash of the condition, the letter or the evidence."""


@dataclass(frozen=True, slots=True)
class Line:
    """One condition; `recognised` is what the label that an approval recognises says of the same subject."""

    condition: Condition
    answer: Answer
    sentence: str
    entry: Deciding | None = None
    recognised: tuple["Recognised", ...] = ()


@dataclass(frozen=True, slots=True)
class Recognised:
    """One step in the chain of recognition: information only, it changes no verdict."""

    label: str
    sentence: str
    entry: Deciding | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Of one label of one batch at one second."""

    batch: BatchId
    label: str
    at: Seconds
    held: bool
    conditional: bool
    missing: tuple[Condition, ...]
    conditions: tuple[Line, ...]

    @property
    def verdict(self) -> str:
        moment = f"{from_seconds(self.at):%Y-%m-%d %H:%M:%S} UTC"
        if not self.held:
            lacks = ", ".join(WORDS[one] for one in self.missing)
            return f"Batch {self.batch} does not hold {self.label} as of {moment}. Not met: {lacks}."
        under = ", on a conditional approval" if self.conditional else ""
        return f"Batch {self.batch} holds {self.label}{under}, as of {moment}."


WORDS = {
    Condition.FRAMEWORK: "framework",
    Condition.ISSUED: "issuance",
    Condition.PROGRAMME: "programme",
    Condition.PROGRAMME_WINDOW: "programme's window",
    Condition.METHODOLOGY: "methodology",
    Condition.METHODOLOGY_WINDOW: "methodology's window",
    Condition.EXCLUSION: "no exclusion",
    Condition.AUTHORISATION: "authorisation",
    Condition.ADJUSTMENT: "adjustment",
}
"""The conditions by name."""
