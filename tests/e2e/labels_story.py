"""What comes after `story`: labels, claims of host countries, demanded monitoring, shortfalls and the buffer.

It leaves something in every kind of storage of `Labels` and `Shortfalls`, and two entries in one second.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from eth_utils.crypto import keccak
from story import Teller

from onetonne.ledger.typed_data import BUFFER_RELEASE, domain, release_message
from onetonne.terms import (
    BufferRelease,
    Kilograms,
    ProjectId,
    Purpose,
    Use,
    code_bytes32,
    code_text,
    to_days,
)

CCP, CORSIA, NATIONAL = (code_bytes32(code) for code in ("CCP", "CORSIA-1", "CCER"))
AFOLU = code_bytes32("AFOLU")
WINDOW = (to_days(date(2016, 1, 1)), to_days(date(2030, 12, 31)), to_days(date(2016, 1, 1)))
NO_LABEL, NO_TYPE, NO_DOCUMENT = bytes(32), bytes(32), bytes(32)
VERRA = "verra's second key"
OF_2020, OF_2021, OF_2022 = 8, 9, 10
"""Batches of project 4, by vintage year."""
FORESTS, MONITORED, PLANTED, COMPOSED = 4, 3, 4, 5
"""The project; a methodology of two years that withholds a tenth, one more, and one composed of both."""


def decision(document: bytes = NO_DOCUMENT) -> tuple[bytes, int, str]:
    return document, to_days(date(2024, 6, 1)), "https://example.org/decision"


def tell_labels(teller: Teller) -> None:
    """Batches 8 to 10, retirements 6 to 10, cancellations 3 to 6, shortfalls 1 to 3."""
    with seconds_between_blocks(teller, 1):
        _certify(teller)
        _label(teller)
        _authorise(teller)
        _use(teller)
        _make_good(teller)


def _certify(teller: Teller) -> None:
    words = (code_bytes32("VM0050"), code_bytes32("1.0"))
    teller.send(VERRA, "Programmes", "registerMethodology", *words, 2, 1000)
    teller.methodology(VERRA, "VM0047", 500)
    words = (code_bytes32("VM0047_VM0050"), code_bytes32("1.0"))
    teller.send(VERRA, "Programmes", "registerComposedMethodology", *words, [MONITORED, PLANTED])
    teller.project(VERRA, "2500", "KE", "MAU", "Mau forests")
    for year, methodology in ((2020, 1), (2021, MONITORED), (2022, COMPOSED)):
        verification = teller.verify("aenor", VERRA, FORESTS, methodology, year, 100)
        first = year * 1000
        teller.issue(VERRA, verification, "VCS-VCU", first, first + 99, year, "alice")


def _label(teller: Teller) -> None:
    rules = (
        (CCP, (True, True, 0, False)),
        (CORSIA, (True, False, int(Use.INTERNATIONAL_MITIGATION), True)),
        (NATIONAL, (False, False, int(Use.OTHER_PURPOSES), False)),
    )
    for label, rule in rules:
        teller.send("governor", "Labels", "admitFramework", label, teller.address("icvcm"), rule)
    teller.send("governor", "Labels", "rotateBody", CORSIA, teller.address("icao"))
    teller.send("governor", "Labels", "setHost", b"KE", teller.address("kenya"))
    teller.send("governor", "Labels", "setHost", b"ET", teller.address("ethiopia"))
    teller.send("governor", "Labels", "setHost", b"ET", "0x" + "00" * 20)
    for purpose, label in (
        (Purpose.CORSIA_PHASE_1, CORSIA),
        (Purpose.NATIONAL_SCHEME, NATIONAL),
        (Purpose.OTHER, CCP),
        (Purpose.OTHER, NO_LABEL),
    ):
        teller.send("governor", "Labels", "demandLabel", int(purpose), label)
    _entries(teller)


def _entries(teller: Teller) -> None:
    plain, condition = (False, *WINDOW, NO_LABEL), keccak(text="the condition")
    conditional = (True, *WINDOW, CCP)
    teller.send("icvcm", "Labels", "approveProgramme", CCP, 1, plain, decision())
    for methodology in (MONITORED, PLANTED):
        teller.send("icvcm", "Labels", "approveMethodology", CCP, methodology, plain, decision())
    teller.send("icvcm", "Labels", "approveMethodology", CCP, 1, plain, decision())
    teller.send("icvcm", "Labels", "withdrawMethodology", CCP, 1, decision())
    teller.send("icao", "Labels", "approveProgramme", CORSIA, 1, conditional, decision(condition))
    for kind, excluded in ((AFOLU, True), (AFOLU, False), (NO_TYPE, True)):
        arguments = (CORSIA, 2, kind, excluded, decision())
        teller.send("icao", "Labels", "setActivityTypeExclusion", *arguments)
    with seconds_between_blocks(teller, 0):
        for excluded in (True, False, True):
            teller.send("icvcm", "Labels", "setMethodologyExclusion", CCP, 2, excluded, decision())


@contextmanager
def seconds_between_blocks(teller: Teller, seconds: int) -> Iterator[None]:
    """By the clock two blocks may share a second or not: here every entry's second is known.

    With 0 several entries on one subject become one. Afterwards blocks are a second apart.
    """
    teller.chain.node.request("anvil_setBlockTimestampInterval", seconds)
    try:
        yield
    finally:
        teller.chain.node.request("anvil_setBlockTimestampInterval", 1)


def _authorise(teller: Teller) -> None:
    """60 t, then 70 t of 2021; 2022 authorised by mistake."""
    for year, uses, cap, batch in (
        (2021, 1 << Use.INTERNATIONAL_MITIGATION, 60_000, OF_2021),
        (2021, 1 << Use.INTERNATIONAL_MITIGATION | 1 << Use.OTHER_PURPOSES, 70_000, OF_2021),
        (2022, 1 << Use.NDC, 5_000, OF_2022),
    ):
        arguments = (FORESTS, year, uses, cap, [batch], decision(keccak(text="letter")))
        teller.send("kenya", "Labels", "authorise", *arguments)
    teller.send("kenya", "Labels", "revoke", FORESTS, 2022, decision())
    teller.send("icao", "Labels", "setGuarantee", CORSIA, FORESTS, 2021, True, decision())
    teller.send("kenya", "Labels", "recordAdjustment", FORESTS, 2021, decision(keccak(text="BTR")))
    teller.send("icao", "Labels", "setGuarantee", CORSIA, FORESTS, 2021, False, decision())


def _use(teller: Teller) -> None:
    for purpose, *lots in (
        (Purpose.CORSIA_PHASE_1, (OF_2021, 10_500), (OF_2021, 1_500)),
        (Purpose.NATIONAL_SCHEME, (OF_2021, 2_000)),
        (Purpose.CORSIA_PHASE_2, (OF_2020, 3_000)),
    ):
        retire(teller, purpose, *lots)
    teller.transfer("alice", "kenya", OF_2022, 4_000)
    retire(teller, Purpose.HOST_NDC, (OF_2022, 4_000), holder="kenya")


def retire(teller: Teller, purpose: Purpose, *lots: tuple[int, int], holder: str = "alice") -> None:
    accounts = teller.address(holder), teller.address("airline")
    teller.send(holder, "Credits", "retire", list(lots), *accounts, int(purpose), bytes(32))


def _make_good(teller: Teller) -> None:
    """15 t lost and made good from the buffer and by Alice; 4 t over-issued; 7 t lost and outstanding."""
    evidence, alice, bob = keccak(text="report"), teller.address("alice"), teller.address("bob")
    lots = [(OF_2021, 10_000)]
    arguments: tuple[Any, ...] = (FORESTS, [(OF_2021, 15_000)], lots, evidence, "fire 1")
    first = teller.send(VERRA, "Shortfalls", "reportReversal", *arguments).returned
    teller.send(VERRA, "Shortfalls", "coverReversal", first, [(OF_2022, 2_000)])
    teller.send("alice", "Shortfalls", "makeGood", first, [(OF_2020, 3_000)], alice)
    _release(teller)
    mark = teller.send(VERRA, "Shortfalls", "markOverIssued", 3, 4_000, evidence, "area 1").returned
    teller.send("bob", "Shortfalls", "makeGood", mark, [(3, 1_000)], bob)
    teller.send(VERRA, "Shortfalls", "reportReversal", FORESTS, [(OF_2022, 7_000)], [], evidence, "fire 2")


def _release(teller: Teller) -> None:
    forests = teller.read("Projects", "project", FORESTS)
    release = BufferRelease(
        ProjectId(FORESTS),
        Kilograms(1_000),
        keccak(text="evidence"),
        salt=bytes(32),
        programme_code=code_text(teller.read("Programmes", "programmeCode", forests.programme)),
        project_code=code_text(forests.code),
    )
    target = domain(teller.chain.chain_id, teller.deployment.addresses["Shortfalls"])
    message = release_message(release)
    signature = teller.signer("aenor").sign_typed(target, BUFFER_RELEASE, message)
    struct = tuple(message.values())
    arguments = (struct, teller.address("aenor"), signature, [(OF_2022, 1_000)], teller.address("carol"))
    teller.send(VERRA, "Shortfalls", "releaseBuffer", *arguments)
