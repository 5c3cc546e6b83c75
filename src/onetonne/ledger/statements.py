"""A VVB's signed verification as a file: whoever carries it to the chain needs no key of the VVB's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any

from onetonne.chain import Signer, checked_address
from onetonne.errors import BadInput, DeploymentError, FileError
from onetonne.ledger.projects import ProjectVerbs
from onetonne.terms import (
    Address,
    ComponentId,
    Kilograms,
    MethodologyId,
    ProjectId,
    Proposal,
    Seconds,
    VerificationId,
)


@dataclass(frozen=True, slots=True)
class SignedVerification:
    """A statement, who signed it, and the one contract on the one chain that takes it."""

    proposal: Proposal
    vvb: Address
    signature: bytes
    chain_id: int
    projects: Address

    def text(self) -> str:
        """JSON: days as dates, quantities in kilograms, bytes in hexadecimal."""
        proposal = self.proposal
        return json.dumps(
            {
                "chain_id": self.chain_id,
                "projects": self.projects,
                "vvb": self.vvb,
                "signature": f"0x{self.signature.hex()}",
                "verification": {
                    "project": proposal.project,
                    "methodology": proposal.methodology,
                    "period_start": proposal.period_start.isoformat(),
                    "period_end": proposal.period_end.isoformat(),
                    "verified_kilograms": proposal.verified,
                    "evidence_hash": f"0x{proposal.evidence_hash.hex()}",
                    "data_root": f"0x{proposal.data_root.hex()}",
                    "source": proposal.source,
                    "component": proposal.component,
                    "supersedes": proposal.supersedes,
                    "deadline": proposal.deadline,
                    "salt": f"0x{proposal.salt.hex()}",
                },
            },
            indent=2,
            ensure_ascii=False,
        )

    def check(self, ledger: ProjectVerbs) -> None:
        """Raises `DeploymentError` where it was signed for another chain or deployment."""
        here = ledger.deployment.addresses["Projects"]
        if (self.chain_id, self.projects) != (ledger.chain.chain_id, here):
            raise DeploymentError(
                f"The statement was signed for chain {self.chain_id} and contract {self.projects}, not for "
                f"chain {ledger.chain.chain_id} and {here}: ask the VVB to sign it for this one."
            )


def sign(ledger: ProjectVerbs, proposal: Proposal, signer: Signer) -> SignedVerification:
    """Signs a statement for the ledger's chain and contract. Sends nothing."""
    return SignedVerification(
        proposal,
        signer.address,
        ledger.sign_verification(proposal, signer),
        ledger.chain.chain_id,
        ledger.deployment.addresses["Projects"],
    )


def read_signed(path: str | PathLike[str]) -> SignedVerification:
    """A file that has `SignedVerification.text()`. Raises `FileError`."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        return SignedVerification(
            _proposal(content["verification"]),
            checked_address(str(content["vvb"])),
            _bytes(content["signature"]),
            int(content["chain_id"]),
            checked_address(str(content["projects"])),
        )
    except OSError as problem:
        raise FileError(path, f"it can't be read ({problem.strerror})") from problem
    except (ValueError, TypeError, KeyError, AttributeError, BadInput) as problem:
        raise FileError(
            path, "it holds no signed verification; make one with `onetonne verify sign`"
        ) from problem


def _proposal(fields: Mapping[str, Any]) -> Proposal:
    return Proposal(
        project=ProjectId(int(fields["project"])),
        methodology=MethodologyId(int(fields["methodology"])),
        period_start=date.fromisoformat(fields["period_start"]),
        period_end=date.fromisoformat(fields["period_end"]),
        verified=Kilograms(int(fields["verified_kilograms"])),
        evidence_hash=_bytes(fields["evidence_hash"]),
        data_root=_bytes(fields["data_root"]),
        source=str(fields["source"]),
        component=ComponentId(int(fields["component"])),
        supersedes=VerificationId(int(fields["supersedes"])),
        deadline=Seconds(int(fields["deadline"])),
        salt=_bytes(fields["salt"]),
    )


def _bytes(text: Any) -> bytes:
    return bytes.fromhex(str(text).removeprefix("0x"))
