"""The accounts of the tests by name, and the records that they start from."""

from dataclasses import dataclass
from datetime import date

from onetonne import serials
from onetonne.chain import KeySigner
from onetonne.ledger import Ledger
from onetonne.terms import (
    BatchId,
    Issuance,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Proposal,
    VerificationId,
    VvbId,
)

NAMES = (
    "deployer",
    "governance",
    "regulator",
    "operator",
    "acr_operator",
    "vvb",
    "proponent",
    "buyer",
    "airline",
)


START, END = date(2020, 1, 1), date(2020, 12, 31)
MOST = Kilograms(1_000_000)
NONE = VerificationId(0)


def key(name: str) -> KeySigner:
    """The key of this name: the same in every run, so that a failure can be repeated."""
    return KeySigner.from_key(name.encode().rjust(32, b"-"))


@dataclass(frozen=True)
class World:
    """Two programmes with their roots, a VVB, methodology, project, and an accepted verification."""

    ledger: Ledger
    vcs: ProgrammeId
    acr: ProgrammeId
    vvb: VvbId
    methodology: MethodologyId
    project: ProjectId
    verification: VerificationId

    def issuance(self, first: int, last: int) -> Issuance:
        return Issuance(
            block=serials.block("VCS-VCU", first, last),
            verification=self.verification,
            vintage_start=START,
            vintage_end=END,
            vintage_year=2020,
            custody_record="VCS-IMMO-0001",
            custody_date=date(2024, 5, 1),
        )

    def issue(self, first: int, last: int, recipient: KeySigner) -> BatchId:
        issued = self.ledger.issue([self.issuance(first, last)], recipient.address, signer=key("operator"))
        return issued.batches[0]


def proposal(
    project: ProjectId,
    methodology: MethodologyId,
    start: date = START,
    end: date = END,
    verified: Kilograms = MOST,
    supersedes: VerificationId = NONE,
) -> Proposal:
    return Proposal(
        project=project,
        methodology=methodology,
        period_start=start,
        period_end=end,
        verified=verified,
        evidence_hash=b"\x01" * 32,
        supersedes=supersedes,
        source="https://registry.example/1340/report.pdf",
        salt=bytes(32),
    )
