"""A certificate from the chain: state for the facts, events for names, prefix and transaction.

Records carry the time of their block, so each event is found where it must lie: no index, no scan.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from onetonne.certificates.record import Certificate
from onetonne.chain import Chain, Event, decode_event
from onetonne.errors import BadInput, CertificateError, FileError
from onetonne.ledger import Ledger
from onetonne.terms import (
    Address,
    Batch,
    RetirementDetails,
    RetirementId,
    Seconds,
    from_seconds,
    serials_of,
)

_MOST_DETAILS = 1_000_000  # bytes of a details file


@dataclass(frozen=True, slots=True)
class _Retired:
    """A retirement's own event, the claim it belongs to, and where that lies."""

    event: Event
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
    found = _retired(ledger, retirement, record.time)
    details_hash = bytes(found.event.arguments["details"])
    if details is not None and details.hash() != details_hash:
        raise CertificateError(
            f"The details given are not those of retirement {retirement}: their hash is "
            f"0x{details.hash().hex()}, and on chain it is 0x{details_hash.hex()}."
        )
    published = _read(found.published)
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
        retired=from_seconds(record.time),
        details=published or details,
        details_published=published is not None,
        details_hash=details_hash,
        transaction=found.transaction,
        block=found.block,
        chain_id=ledger.chain.chain_id,
        credits=ledger.deployment.addresses["Credits"],
        certificates=ledger.deployment.addresses["Certificates"],
        **_origin(ledger, batch),
    )


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


def _origin(ledger: Ledger, batch: Batch) -> dict[str, Any]:
    """What earned the credits, by the certificate's names."""
    project = ledger.project(batch.project)
    methodology = ledger.methodology(batch.methodology)
    issued = _only(_events(ledger, "Credits", batch.issued_at, "BatchIssued", "batch", batch.id))
    registered = _only(
        _events(ledger, "Projects", project.registered_at, "ProjectRegistered", "project", project.id)
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


def _retired(ledger: Ledger, retirement: RetirementId, time: Seconds) -> _Retired:
    credits = ledger.deployment.addresses["Credits"]
    for logs in _blocks_at(ledger, credits, time):
        events = [(log, event) for log in logs if (event := decode_event(log)) is not None]
        for log, event in events:
            if event.name != "Retired" or event.arguments["retirement"] != retirement:
                continue
            claim = event.arguments["claim"]
            same = [other for _, other in events if other.arguments.get("claim") == claim]
            texts = [one.arguments["details"] for one in same if one.name == "RetirementDetailsPublished"]
            members = sorted(one.arguments["retirement"] for one in same if one.name == "Retired")
            return _Retired(
                event,
                tuple(RetirementId(member) for member in members),
                texts[0] if texts else None,
                log["transactionHash"],
                int(log["blockNumber"], 16),
            )
    raise _missing()


def _read(text: str | None) -> RetirementDetails | None:
    """Published details; None where others than our programs wrote them in a form of their own."""
    if text is None:
        return None
    try:
        return RetirementDetails.from_text(text)
    except BadInput:
        return None


def _events(ledger: Ledger, contract: str, time: Seconds, name: str, key: str, value: int) -> Iterator[Event]:
    """Events of a name and about one thing, in the blocks of a moment."""
    for logs in _blocks_at(ledger, ledger.deployment.addresses[contract], time):
        for log in logs:
            event = decode_event(log)
            if event is not None and event.name == name and event.arguments[key] == value:
                yield event


def _only(events: Iterator[Event]) -> Event:
    for event in events:
        return event
    raise _missing()


def _missing() -> CertificateError:
    return CertificateError(
        "The node has the state of the retirement, and not all its events: ask a node that keeps all logs."
    )


def _blocks_at(ledger: Ledger, contract: Address, time: Seconds) -> Iterator[list[dict[str, Any]]]:
    """A contract's logs, block by block, of all blocks of a moment; some chains make several a second."""
    chain = ledger.chain
    head = chain.head()
    number = _first_block_at(chain, time, ledger.deployment.block, head)
    while number <= head and chain.block(number).time == time:
        for page in chain.logs([contract], number, number):
            yield list(page)
        number += 1


def _first_block_at(chain: Chain, time: Seconds, low: int, high: int) -> int:
    """The first block of `low..high` that is not before `time`; after them all, `high + 1`.

    Guesses by proportion, as blocks come at an even pace, and halves in between, as local chains jump.
    """
    low_time, high_time = chain.block(low).time, chain.block(high).time
    if low_time >= time or high_time < time:
        return low if low_time >= time else high + 1
    halving = False
    while high - low > 1:  # low is before `time`, high is not
        share = 0.5 if halving else (time - low_time) / max(1, high_time - low_time)
        guess = min(max(low + round((high - low) * share), low + 1), high - 1)
        found = chain.block(guess).time
        if found < time:
            low, low_time = guess, found
        else:
            high, high_time = guess, found
        halving = not halving
    return high
