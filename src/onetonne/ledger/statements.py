"""A VVB's signed statement as a file: whoever carries it to the chain needs no key of the VVB's."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any

from onetonne.chain import Signer, checked_address
from onetonne.errors import BadInput, DeploymentError, FileError
from onetonne.ledger.base import LedgerBase
from onetonne.ledger.projects import ProjectVerbs
from onetonne.ledger.shortfalls import ShortfallVerbs
from onetonne.terms import (
    Address,
    BufferRelease,
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
                    "programme_code": proposal.programme_code,
                    "project_code": proposal.project_code,
                    "country": proposal.country,
                    "site": proposal.site,
                    "methodology": proposal.methodology,
                    "methodology_code": proposal.methodology_code,
                    "methodology_version": proposal.methodology_version,
                    "period_start": proposal.period_start.isoformat(),
                    "period_end": proposal.period_end.isoformat(),
                    "verified_kilograms": proposal.verified,
                    "evidence_hash": f"0x{proposal.evidence_hash.hex()}",
                    "data_root": f"0x{proposal.data_root.hex()}",
                    "source": proposal.source,
                    "component": proposal.component,
                    "component_name": proposal.component_name,
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
        _check_place(ledger, "Projects", self.chain_id, self.projects)


@dataclass(frozen=True, slots=True)
class SignedRelease:
    """A statement that buffer credits are no longer needed, who signed it, and the contract that takes it."""

    release: BufferRelease
    vvb: Address
    signature: bytes
    chain_id: int
    shortfalls: Address

    def text(self) -> str:
        """JSON: the quantity in kilograms, bytes in hexadecimal."""
        release = self.release
        return json.dumps(
            {
                "chain_id": self.chain_id,
                "shortfalls": self.shortfalls,
                "vvb": self.vvb,
                "signature": f"0x{self.signature.hex()}",
                "buffer_release": {
                    "project": release.project,
                    "programme_code": release.programme_code,
                    "project_code": release.project_code,
                    "kilograms": release.kilograms,
                    "evidence": f"0x{release.evidence.hex()}",
                    "deadline": release.deadline,
                    "salt": f"0x{release.salt.hex()}",
                },
            },
            indent=2,
        )

    def check(self, ledger: ShortfallVerbs) -> None:
        """Raises `DeploymentError` where it was signed for another chain or deployment."""
        _check_place(ledger, "Shortfalls", self.chain_id, self.shortfalls)


def sign(
    ledger: ProjectVerbs, proposal: Proposal, signer: Signer, vvb: Address | None = None
) -> SignedVerification:
    """Sign a statement for the ledger's chain and contract. Sends nothing.

    `vvb` is the VVB's account where it is a contract wallet that the signer owns; else it is the signer.
    """
    proposal = ledger.named(proposal)
    return SignedVerification(
        proposal,
        vvb or signer.address,
        ledger.sign_verification(proposal, signer),
        ledger.chain.chain_id,
        ledger.deployment.addresses["Projects"],
    )


def sign_release(
    ledger: ShortfallVerbs, release: BufferRelease, signer: Signer, vvb: Address | None = None
) -> SignedRelease:
    """Sign a release for the ledger's chain and contract. Sends nothing. `vvb` as for `sign`."""
    release = ledger.named_release(release)
    return SignedRelease(
        release,
        vvb or signer.address,
        ledger.sign_buffer_release(release, signer),
        ledger.chain.chain_id,
        ledger.deployment.addresses["Shortfalls"],
    )


def read_signed(path: str | PathLike[str]) -> SignedVerification:
    """A file that has `SignedVerification.text()`. Raises `FileError`."""
    with _reading(path, "verification; make one with `onetonne verify sign`"):
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        return SignedVerification(
            _proposal(content["verification"]),
            checked_address(str(content["vvb"])),
            _bytes(content["signature"]),
            int(content["chain_id"]),
            checked_address(str(content["projects"])),
        )


def read_release(path: str | PathLike[str]) -> SignedRelease:
    """A file that has `SignedRelease.text()`. Raises `FileError`."""
    with _reading(path, "release from the buffer; make one with `onetonne buffer sign`"):
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        stated = content["buffer_release"]
        release = BufferRelease(
            project=ProjectId(int(stated["project"])),
            kilograms=Kilograms(int(stated["kilograms"])),
            evidence=_bytes(stated["evidence"]),
            deadline=Seconds(int(stated["deadline"])),
            salt=_bytes(stated["salt"]),
            programme_code=str(stated["programme_code"]),
            project_code=str(stated["project_code"]),
        )
        return SignedRelease(
            release,
            checked_address(str(content["vvb"])),
            _bytes(content["signature"]),
            int(content["chain_id"]),
            checked_address(str(content["shortfalls"])),
        )


def _check_place(ledger: LedgerBase, contract: str, chain_id: int, address: Address) -> None:
    here = ledger.deployment.addresses[contract]
    if (chain_id, address) != (ledger.chain.chain_id, here):
        raise DeploymentError(
            f"The statement was signed for chain {chain_id} and contract {address}, not for "
            f"chain {ledger.chain.chain_id} and {here}: ask the VVB to sign it for this one."
        )


@contextmanager
def _reading(path: str | PathLike[str], kind: str) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise FileError(path, f"it can't be read ({problem.strerror})") from problem
    except (ValueError, TypeError, KeyError, AttributeError, BadInput) as problem:
        raise FileError(path, f"it holds no signed {kind}") from problem


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
        programme_code=str(fields["programme_code"]),
        project_code=str(fields["project_code"]),
        country=str(fields["country"]),
        site=str(fields["site"]),
        component_name=str(fields["component_name"]),
        methodology_code=str(fields["methodology_code"]),
        methodology_version=str(fields["methodology_version"]),
    )


def _bytes(text: Any) -> bytes:
    return bytes.fromhex(str(text).removeprefix("0x"))
