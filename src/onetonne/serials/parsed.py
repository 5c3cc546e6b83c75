"""What a serial number says, field by field."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from onetonne.errors import SerialError
from onetonne.terms import Programme, Serial, SerialBlock, Tonnes


class Grammar(StrEnum):
    """The forms that programmes have written serial numbers in."""

    VCS = "vcs"
    VCS_2026 = "vcs-2026"
    VCS_LEGACY = "vcs-legacy"
    GS = "gs"
    ACR = "acr"
    CAR = "car"
    ART = "art"
    CDM = "cdm"
    CCER = "ccer"


_PROJECT_PREFIX = {
    Programme.VCS: "VCS",
    Programme.GS: "GS",
    Programme.ACR: "ACR",
    Programme.CAR: "CAR",
    Programme.ART: "ART",  # FCPF programmes too: the programme registry lists FCPF-CI-130 as ART130
    Programme.CDM: "CDM",
}


@dataclass(frozen=True, slots=True)
class ParsedSerial:
    """A serial number, read. Which fields are there depends on the grammar; `block` always is.

    `country` is the two-letter code in the serial number. `vintage_start` and `vintage_end` are inclusive
    days; grammars without them have `vintage_year`. `vvb` keeps its leading zeros. `issuer` is the code of
    the body that issued: VER, in the legacy form also TZ1, CDC, APX, MER. `additional_certification` is the
    last digit of VCS: whether the credits carry a further certification or label. `series` is CAR's 1 or ROC.
    `notes` tells what was cleaned.
    """

    programme: Programme
    grammar: Grammar
    block: SerialBlock
    country: str | None = None
    project: int | None = None
    vintage_start: date | None = None
    vintage_end: date | None = None
    vintage_year: int | None = None
    batch: int | None = None
    vvb: str | None = None
    issuer: str | None = None
    scope: int | None = None
    additional_certification: bool | None = None
    series: str | None = None
    project_type: int | None = None
    developer: int | None = None
    state: str | None = None
    commitment_period: int | None = None
    spelled_with_gs: bool | None = None
    opaque: str | None = None
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def tonnes(self) -> Tonnes:
        return self.block.tonnes

    @property
    def project_id(self) -> str | None:
        """The project's number behind the programme's code, such as `VCS1340`: unique over programmes."""
        return None if self.project is None else f"{_PROJECT_PREFIX[self.programme]}{self.project}"

    def within(self, first: int, last: int) -> "ParsedSerial":
        """The same serial number for a part of its block. Raises `SerialError` where it is not a part."""
        part = SerialBlock(self.block.prefix, self.block.root, Serial(first), Serial(last))
        if first < self.block.first or last > self.block.last:
            raise SerialError(str(part), len(part.prefix) + 1, f"it does not lie within {self.block}")
        return replace(self, block=part)
