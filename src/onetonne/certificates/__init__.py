"""The face of retirements: certificates as SVG and PDF, and their verification against the chain.

record = certificate(ledger, RetirementId(12))
Path("certificate.pdf").write_bytes(to_pdf(record))
verify("certificate.pdf", ledger).passed
verify_proof_file("certificate.proof.json", "0x...").facts
"""

from onetonne.certificates.pdf import to_pdf
from onetonne.certificates.proof_files import export, is_proof_file, verify_proof_file
from onetonne.certificates.proving import CertificateProof, prove
from onetonne.certificates.reading import certificate, details_from_file, frozen
from onetonne.certificates.record import Certificate
from onetonne.certificates.svg import to_svg
from onetonne.certificates.verifying import Difference, Verification, verify

__all__ = [
    "Certificate",
    "CertificateProof",
    "Difference",
    "Verification",
    "certificate",
    "details_from_file",
    "export",
    "frozen",
    "is_proof_file",
    "prove",
    "to_pdf",
    "to_svg",
    "verify",
    "verify_proof_file",
]
