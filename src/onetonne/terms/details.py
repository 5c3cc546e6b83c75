"""The text behind a retirement's hash. Its owner keeps it; the chain has the hash, or all if published."""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from onetonne.errors import BadInput, quoted
from onetonne.terms.vocabulary import to_days


@dataclass(frozen=True, slots=True)
class RetirementDetails:
    """Who benefits and why. All fields are optional, but for the salt where names must not be guessed.

    Without a salt, whoever can guess the text can confirm it from the hash: `salted` draws one.
    Raises `BadInput` where the claim ends before it starts, `DateError` before 1970.
    """

    beneficiary: str | None = None
    """Name of whom the credits are retired for."""
    reason: str | None = None
    claim_start: date | None = None
    """First day of what the claim covers, such as a year's flights."""
    claim_end: date | None = None
    """Last day, included."""
    jurisdiction: str | None = None
    """Country or scheme under whose rules the claim is made."""
    salt: str | None = None
    aeroplane_operator: str | None = None
    """Whose flights they are, where the credits are used for CORSIA."""

    def __post_init__(self) -> None:
        for day in (self.claim_start, self.claim_end):
            if day is not None:
                to_days(day)
        try:
            self.text().encode()
        except UnicodeEncodeError as problem:
            raise BadInput(f"Retirement details {quoted(self.text())} are not Unicode text.") from problem
        if self.claim_start and self.claim_end and self.claim_end < self.claim_start:
            raise BadInput(
                f"The claim's last day {self.claim_end.isoformat()} lies before its first, "
                f"{self.claim_start.isoformat()}: exchange them."
            )

    def salted(self, salt: str) -> "RetirementDetails":
        """The same details with a salt, such as `secrets.token_hex(16)`."""
        return replace(self, salt=salt)

    def text(self) -> str:
        """Canonical JSON: sorted keys, no blanks, only what is set. One set of details has one text."""
        fields: dict[str, str | None] = {
            "aeroplane_operator": self.aeroplane_operator,
            "beneficiary": self.beneficiary,
            "reason": self.reason,
            "claim_start": self.claim_start.isoformat() if self.claim_start else None,
            "claim_end": self.claim_end.isoformat() if self.claim_end else None,
            "jurisdiction": self.jurisdiction,
            "salt": self.salt,
        }
        present = {key: value for key, value in fields.items() if value is not None}
        return json.dumps(present, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def hash(self) -> bytes:
        """keccak256 of the text's UTF-8; 32 bytes. A retirement keeps the first 20, its event all."""
        from eth_utils.crypto import keccak  # a tenth of a second, which a command's help need not wait for

        return keccak(text=self.text())

    @classmethod
    def from_text(cls, text: str) -> "RetirementDetails":
        """The details of a text that `text()` made. Raises `BadInput` for any other text."""
        try:
            fields: Any = json.loads(text)
            if not all(isinstance(value, str) for value in fields.values()):
                raise TypeError("every value must be a text")
            fields.update({key: date.fromisoformat(fields[key]) for key in _DAYS if key in fields})
            details = cls(**fields)
            canonical = details.text() == text
        except (ValueError, TypeError, AttributeError) as problem:
            raise BadInput(f"Retirement details {quoted(text)} can't be read: {problem}.") from problem
        if not canonical:
            raise BadInput(
                f"Retirement details {quoted(text)} are not in canonical form: their hash would differ."
            )
        return details


_DAYS = ("claim_start", "claim_end")
