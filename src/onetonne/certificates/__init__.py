"""The face of retirements: certificates as SVG and PDF, and their verification against the chain.

record = certificate(ledger, RetirementId(12))
Path("certificate.pdf").write_bytes(to_pdf(record))
verify("certificate.pdf", ledger).passed
"""

from onetonne.certificates.pdf import to_pdf
from onetonne.certificates.reading import certificate, details_from_file, frozen
from onetonne.certificates.record import Certificate
from onetonne.certificates.svg import to_svg
from onetonne.certificates.verifying import Difference, Verification, verify

__all__ = [
    "Certificate",
    "Difference",
    "Verification",
    "certificate",
    "details_from_file",
    "frozen",
    "to_pdf",
    "to_svg",
    "verify",
]
