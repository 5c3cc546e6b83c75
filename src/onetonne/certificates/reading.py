"""A certificate from the chain: state for the facts, events for names, prefix and transaction.

Records carry the time of their block, so `history` finds each event without an index.
"""

from dataclasses import dataclass
from itertools import accumulate
from os import PathLike
from pathlib import Path
from typing import Any

from onetonne.certificates.history import History
from onetonne.certificates.record import Certificate
from onetonne.errors import BadInput, CertificateError, FileError
from onetonne.labels import HeldLabel
from onetonne.ledger import Ledger
from onetonne.terms import (
    Batch,
    BatchId,
    FreezeScope,
    Kilograms,
    RetirementDetails,
    RetirementId,
    Seconds,
    ShortfallId,
    from_seconds,
    serials_of,
)

_MOST_DETAILS = 1_000_000  # bytes of a details file


@dataclass(frozen=True, slots=True)
class _Retired:
    """What only events tell of a retirement; `claim` has all ids of its call."""

    details_hash: bytes
    claim: tuple[RetirementId, ...]
    published: str | None
    transaction: str
    block: int


def certificate(
    ledger: Ledger, retirement: RetirementId, details: RetirementDetails | None = None
) -> Certificate:
    """The certificate of a retirement, with its details if they are published, or given and the retirement's.

    Raises `Reverted` where there is no such retirement, `CertificateError` where the details are another's.
    """
    record = ledger.retirement(retirement)
    batch = ledger.batch(record.batch)
    history = History(ledger.chain, ledger.deployment.block)
    found = _retired(ledger, history, retirement, record.time)
    details_hash = found.details_hash
    if details is not None and details.hash() != details_hash:
        raise CertificateError(
            f"The details given are not those of retirement {retirement}: their hash is "
            f"0x{details.hash().hex()}, and on chain it is 0x{details_hash.hex()}."
        )
    published = _read(found.published)
    reported = ledger.reported(record.batch)
    first, last, of_first, of_last = serials_of(batch.first, record.start, record.kilograms)
    return Certificate(
        id=retirement,
        claim=found.claim,
        kilograms=record.kilograms,
        vintage_start=batch.vintage_start,
        vintage_end=batch.vintage_end,
        vintage_year=batch.vintage_year,
        batch=batch.id,
        first=first,
        last=last,
        first_kilograms=of_first,
        last_kilograms=of_last,
        beneficiary=record.beneficiary,
        purpose=record.purpose,
        labels=_labels(ledger, record.batch, record.time),
        over_issued=reported.over_issued,
        made_good=reported.made_good,
        retired=from_seconds(record.time),
        details=published or details,
        details_published=published is not None,
        details_hash=details_hash,
        transaction=found.transaction,
        block=found.block,
        chain_id=ledger.chain.chain_id,
        credits=ledger.deployment.addresses["Credits"],
        certificates=ledger.deployment.addresses["Certificates"],
        **_origin(ledger, history, batch),
    )


def frozen(ledger: Ledger, certificate: Certificate) -> tuple[FreezeScope, ...]:
    """Which of batch, project, programme and the beneficiary's account a regulator has frozen now."""
    batch = ledger.batch(certificate.batch)
    subjects: dict[FreezeScope, int | str] = {
        FreezeScope.BATCH: batch.id,
        FreezeScope.PROJECT: batch.project,
        FreezeScope.PROGRAMME: batch.programme,
        FreezeScope.ACCOUNT: certificate.beneficiary,
    }
    return tuple(scope for scope, subject in subjects.items() if ledger.is_frozen(scope, subject))


def marks(ledger: Ledger, batch: BatchId) -> tuple[Kilograms, ...]:
    """What was marked in a batch as over-issued in all, after each mark."""
    found = (ledger.shortfall(ShortfallId(number + 1)) for number in range(ledger.shortfall_count()))
    return tuple(map(Kilograms, accumulate(one.kilograms for one in found if one.batch == batch)))


def replaced(ledger: Ledger, batch: BatchId) -> Kilograms:
    """What was ever made good of the marks of a batch, annulled ones included."""
    found = (ledger.shortfall(ShortfallId(number + 1)) for number in range(ledger.shortfall_count()))
    return Kilograms(sum(one.made_good for one in found if one.batch == batch))


def details_from_file(path: str | PathLike[str]) -> RetirementDetails:
    """The details that a buyer kept. Raises `FileError`, and `BadInput` where they are no details."""
    try:
        data = Path(path).read_bytes()
        if len(data) > _MOST_DETAILS:
            raise FileError(path, "it is too large to hold a retirement's details")
        text = data.decode("utf-8").strip()
    except OSError as problem:
        raise FileError(path, f"it can't be read ({problem.strerror})") from problem
    except UnicodeDecodeError as problem:
        raise FileError(path, "it holds no text in UTF-8") from problem
    return RetirementDetails.from_text(text)


def _labels(ledger: Ledger, batch: BatchId, time: Seconds) -> tuple[HeldLabel, ...]:
    """Labels at a past second: the contract computes them from its history (I9)."""
    return tuple(
        HeldLabel(label, ledger.label_conditions(batch, label, time)[1])
        for label in ledger.labels_at(batch, time)
    )


def _origin(ledger: Ledger, history: History, batch: Batch) -> dict[str, Any]:
    """What earned the credits, by the certificate's names."""
    project = ledger.project(batch.project)
    methodology = ledger.methodology(batch.methodology)
    at = ledger.deployment.addresses
    issued = history.event(at["Credits"], batch.issued_at, "BatchIssued", "batch", batch.id)
    registered = history.event(
        at["Projects"], project.registered_at, "ProjectRegistered", "project", project.id
    )
    return {
        "programme": ledger.programme(batch.programme).code,
        "project": project.code,
        "project_name": registered.arguments["name"],
        "country": ledger.activity(project.activity).country,
        "methodology": methodology.code,
        "methodology_version": methodology.version,
        "prefix": issued.arguments["prefix"],
    }


def _retired(ledger: Ledger, history: History, retirement: RetirementId, time: Seconds) -> _Retired:
    found = history.event(ledger.deployment.addresses["Credits"], time, "Retired", "retirement", retirement)
    claim = found.arguments["claim"]
    same = [one for one in found.transaction_events if one.arguments.get("claim") == claim]
    texts = [one.arguments["details"] for one in same if one.name == "RetirementDetailsPublished"]
    members = sorted(one.arguments["retirement"] for one in same if one.name == "Retired")
    return _Retired(
        bytes(found.arguments["details"]),
        tuple(RetirementId(member) for member in members),
        texts[0] if texts else None,
        found.transaction,
        found.block,
    )


def _read(text: str | None) -> RetirementDetails | None:
    """Published details; None where others than our programs wrote them in a form of their own."""
    if text is None:
        return None
    try:
        return RetirementDetails.from_text(text)
    except BadInput:
        return None
