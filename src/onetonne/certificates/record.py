"""A certificate as facts: everything that its reader needs, read from the chain."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from onetonne.certificates.spelling import spelled
from onetonne.labels import HeldLabel
from onetonne.registries.tables import redact
from onetonne.serials import block
from onetonne.terms import (
    KILOGRAMS_PER_TONNE,
    Address,
    BatchId,
    Kilograms,
    Purpose,
    RetirementDetails,
    RetirementId,
    Serial,
    SerialBlock,
)

_NOTHING = Kilograms(0)
LAYOUT = 2
"""Number of the face that this version draws; raised whenever a certificate's texts or their order change."""

DETAILS_WITHHELD = "withheld"

PURPOSES = {
    Purpose.VOLUNTARY: "voluntary",
    Purpose.CORSIA_PHASE_1: "CORSIA, first phase",
    Purpose.CORSIA_PHASE_2: "CORSIA, second phase",
    Purpose.HOST_NDC: "host country NDC",
    Purpose.NATIONAL_SCHEME: "national scheme",
    Purpose.OTHER: "other",
}
"""The contracts' words."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A retirement, with all that its face shows. Its id is the retirement's.

    `details` are the text behind `details_hash`, published on chain or kept by the buyer; None where neither
    is at hand. `first_kilograms` and `last_kilograms` are how much of the first and the last serial were
    retired: `kilograms` itself for both where they are one serial.
    """

    id: RetirementId
    claim: tuple[RetirementId, ...]
    """All certificates of the same claim, this one included."""
    kilograms: Kilograms
    programme: str
    project: str
    project_name: str
    country: str
    methodology: str
    methodology_version: str
    vintage_start: date
    vintage_end: date
    vintage_year: int
    batch: BatchId
    prefix: str
    first: Serial
    last: Serial
    first_kilograms: Kilograms
    last_kilograms: Kilograms
    beneficiary: Address
    purpose: Purpose
    labels: tuple[HeldLabel, ...]
    """Which the batch held when it was retired, computed from what was said until then (I9)."""
    over_issued: Kilograms
    """Of the batch, marked as over-issued until now."""
    retired: datetime
    """UTC, with its time zone."""
    details: RetirementDetails | None
    details_published: bool
    details_hash: bytes
    """keccak256 of the details' text; zeros for none."""
    transaction: str
    block: int
    chain_id: int
    credits: Address
    certificates: Address
    made_good: Kilograms = _NOTHING
    """Of `over_issued`, what other credits were cancelled for until now."""

    @property
    def uri(self) -> str:
        """`onetonne:` and the certificate's CAIP-19 name: chain, contract, number. The QR code says this."""
        return f"onetonne:eip155:{self.chain_id}/erc721:{self.certificates}/{self.id}"

    @property
    def serial_block(self) -> SerialBlock:
        return block(self.prefix, self.first, self.last)

    @property
    def serials(self) -> str:
        """The exact serials as the programme registry spells them."""
        return spelled(self.serial_block, self.project)

    @property
    def fractions(self) -> str:
        """Which kilograms of the first and the last serial, where not all; empty where all."""
        if self.first == self.last:
            whole = self.kilograms == KILOGRAMS_PER_TONNE
            return "" if whole else f"{self.kilograms} kg of this serial"
        parts = {"first": self.first_kilograms, "last": self.last_kilograms}
        return ", ".join(
            f"{kilograms} kg of the {end} serial"
            for end, kilograms in parts.items()
            if kilograms != KILOGRAMS_PER_TONNE
        )

    @property
    def labels_in_words(self) -> str:
        found = (f"{one.label} (conditional)" if one.conditional else one.label for one in self.labels)
        return ", ".join(found) or "none"

    @property
    def warning(self) -> str:
        """What stands against the batch; empty where nothing does. The contract's words."""
        if not self.over_issued:
            return ""
        marked = f"{_tonnes(self.over_issued)} t of the batch were over-issued"
        if not self.made_good:
            return marked
        if self.made_good == self.over_issued:
            return f"{marked} and made good"
        return f"{marked}, {_tonnes(self.made_good)} t of them made good"

    @property
    def figure(self) -> str:
        """The quantity in digits: tonnes, or kilograms where it is less than one."""
        if self.kilograms < KILOGRAMS_PER_TONNE:
            return str(self.kilograms)
        whole, point, rest = _tonnes(self.kilograms).partition(".")
        return f"{int(whole):,}{point}{rest}"

    @property
    def unit(self) -> str:
        return "kg" if self.kilograms < KILOGRAMS_PER_TONNE else "tonnes"

    def identity(self) -> str:
        """What a file carries so that it can be verified, as JSON: which certificate it is, and the details.

        What was over-issued when it was drawn is in it too: a mark that comes later alters no certificate.

        Details that are on chain stay away, and so do those with an e-mail address, which is never printed.
        """
        identity: dict[str, object] = {
            "certificate": self.id,
            "certificates": self.certificates,
            "chain": self.chain_id,
            "layout": LAYOUT,
            "over_issued_kilograms": self.over_issued,
        }
        if self.made_good:
            identity["over_issued_made_good_kilograms"] = self.made_good
        if self.details is not None and not self.details_published:
            text = self.details.text()
            identity["details"] = text if redact(text) == text else DETAILS_WITHHELD
        return json.dumps(identity, sort_keys=True, ensure_ascii=False)


def _tonnes(kilograms: Kilograms) -> str:
    """Kilograms as tonnes, exact, without trailing zeros."""
    whole, rest = divmod(kilograms, KILOGRAMS_PER_TONNE)
    return str(whole) + (f".{rest:03d}".rstrip("0") if rest else "")
