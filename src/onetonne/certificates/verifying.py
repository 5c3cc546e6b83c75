"""Verification: the file says which certificate it is, the chain says what must stand on it.

What is compared is what a reader sees, text by text, with the certificate drawn anew from the chain; the
file's own metadata is only trusted for where to look.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest
from os import PathLike
from pathlib import Path

from onetonne.certificates import faces
from onetonne.certificates.faces import Face
from onetonne.certificates.reading import certificate, frozen, marks, replaced
from onetonne.certificates.record import DETAILS_WITHHELD, LAYOUT, Certificate
from onetonne.errors import BadInput, CertificateError, FileError, quoted
from onetonne.ledger import Ledger
from onetonne.terms import FreezeScope, Kilograms, RetirementDetails, RetirementId, format_quantity

_MOST_BYTES = 20_000_000
DRAWING = "drawing"
ADDED = "added text"


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that the file prints otherwise than the chain has it; one of the two may be empty."""

    fact: str
    printed: str
    on_chain: str

    def __str__(self) -> str:
        if self.fact == DRAWING:
            return f"the {self.fact} holds {self.printed}"
        if not self.on_chain:
            return f"{self.fact}: the file prints {quoted(self.printed)}, which the chain does not say"
        if not self.printed:
            return f"{self.fact}: the file leaves out {quoted(self.on_chain)}"
        return f"{self.fact}: the file prints {quoted(self.printed)}, the chain says {quoted(self.on_chain)}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of checking a certificate. `file` is None where only its id was given."""

    certificate: Certificate
    file: str | None
    identical: bool
    """The file is, byte for byte, what this version draws. Where not, but all facts agree, another program
    has saved it, or another version of a library has drawn it."""
    differences: tuple[Difference, ...]
    frozen: tuple[FreezeScope, ...] = ()
    """Which of batch, project, programme and the beneficiary's account a regulator has frozen now."""

    @property
    def passed(self) -> bool:
        return not self.differences

    @property
    def sentence(self) -> str:
        number = self.certificate.id
        if self.file is None:
            return f"Retirement {number} is on chain {self.certificate.chain_id}."
        if not self.passed:
            listed = "; ".join(map(str, self.differences))
            return f"File {self.file} is not certificate {number} as the chain has it: {listed}."
        if self.identical:
            return f"File {self.file} is certificate {number}, unaltered."
        return (
            f"File {self.file} prints what the chain says of certificate {number}, but is not what onetonne "
            "draws to the byte (a font of its own, or saved by another program): rely on its words alone."
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know besides, though the certificate stays: as the chain has it now."""
        batch, found = self.certificate.batch, []
        if self.certificate.over_issued:
            quantity = format_quantity(self.certificate.over_issued)
            found.append(f"Of batch {batch}, {quantity} are marked as over-issued; the certificate stays.")
        if self.frozen:
            scopes = ", ".join(scope.name.lower() for scope in self.frozen)
            found.append(f"Now frozen by the regulator: {scopes}; the retirement stays.")
        return tuple(found)


def verify(
    source: RetirementId | int | str | PathLike[str],
    ledger: Ledger,
    details: RetirementDetails | None = None,
) -> Verification:
    """Checks a certificate's file (SVG or PDF) against the chain, or an id's record alone.

    Raises `CertificateError` where the file is no certificate, another chain's or another deployment's,
    `Reverted` where there is no such retirement. An altered file is not an error: it has `differences`.
    """
    if isinstance(source, int):
        record = certificate(ledger, RetirementId(source), details)
        return Verification(record, None, False, (), frozen(ledger, record))
    data = _data(source)
    face = faces.read(source, data)
    _check_deployment(source, face, ledger)
    record = certificate(ledger, RetirementId(face.certificate), details)
    stopped = frozen(ledger, record)
    own = _own_details(source, face) if record.details is None else None
    if own is not None:
        if own.hash() != record.details_hash:
            return Verification(record, str(source), False, (_other_details(own, record),), stopped)
        record = replace(record, details=own)
    over_issued, made_good = _marked_then(face, record, ledger)
    then = replace(record, over_issued=over_issued, made_good=made_good)
    drawn = faces.draw(then, face.kind, face.has_own_font)
    identical = drawn == data
    differences = () if identical else _differences(face, then, drawn)
    return Verification(record, str(source), identical, differences, stopped)


def _marked_then(face: Face, record: Certificate, ledger: Ledger) -> tuple[Kilograms, Kilograms]:
    """What was over-issued and made good when the file was drawn: what it says, if that once was so."""
    said, good = face.over_issued, face.made_good
    was_marked = said in (0, record.over_issued) or said in marks(ledger, record.batch)
    if was_marked and good <= min(said, max(record.made_good, replaced(ledger, record.batch))):
        return said, good
    return record.over_issued, record.made_good


def _data(path: str | PathLike[str]) -> bytes:
    try:
        if Path(path).stat().st_size > _MOST_BYTES:
            raise FileError(path, "it is too large to be a certificate")
        return Path(path).read_bytes()
    except OSError as problem:
        raise FileError(path, f"it can't be read ({problem.strerror})") from problem


def _check_deployment(path: str | PathLike[str], face: Face, ledger: Ledger) -> None:
    if face.layout != LAYOUT:
        raise CertificateError(
            f"File {path} was drawn in layout {face.layout}, and this version of onetonne knows {LAYOUT}: "
            "verify it with the version that drew it, or draw the certificate anew."
        )
    if face.chain_id != ledger.chain.chain_id:
        raise CertificateError(
            f"File {path} is a certificate of chain {face.chain_id}, and the node serves chain "
            f"{ledger.chain.chain_id}: give the URL of a node of chain {face.chain_id}."
        )
    here = ledger.deployment.addresses["Certificates"]
    if face.certificates.lower() != here.lower():
        raise CertificateError(
            f"File {path} is a certificate of the contract {quoted(face.certificates)}, and the deployment's "
            f"is {here}: give the deployment that it names, if you trust that one."
        )


def _own_details(path: str | PathLike[str], face: Face) -> RetirementDetails | None:
    """The details that the file holds, which need not be the retirement's."""
    if face.details == DETAILS_WITHHELD:
        raise CertificateError(
            f"File {path} prints details that it does not hold in full: "
            "give the details file that the buyer kept."
        )
    if face.details is None:
        return None
    try:
        return RetirementDetails.from_text(face.details)
    except BadInput as problem:
        raise CertificateError(f"File {path} holds damaged details: get the certificate anew.") from problem


def _other_details(own: RetirementDetails, record: Certificate) -> Difference:
    if not any(record.details_hash):
        return Difference("details", own.beneficiary or own.text(), "")
    on_chain = f"another text, of hash 0x{record.details_hash.hex()}"
    return Difference("details", own.beneficiary or own.text(), on_chain)


def _differences(face: Face, record: Certificate, drawn: bytes | None) -> tuple[Difference, ...]:
    expected = faces.printed(record, face.kind, face.has_own_font)
    found = _texts_that_differ(expected, face.texts)
    if not found:
        found = [Difference(DRAWING, what, "") for what in faces.foreign(face, drawn)]
    return tuple(found)


def _texts_that_differ(expected: Sequence[tuple[str, str]], printed: Sequence[str]) -> list[Difference]:
    matcher = SequenceMatcher(None, [text for _, text in expected], list(printed), autojunk=False)
    found: list[Difference] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
        for wanted, text in zip_longest(expected[a:b], printed[c:d]):
            fact, on_chain = wanted or (ADDED, "")
            found.append(Difference(fact, text or "", on_chain))
    return found
