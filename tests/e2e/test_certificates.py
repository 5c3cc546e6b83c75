"""Certificates of real retirements: drawn by the contract, drawn by us, and verified against the chain."""

import base64
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader
from world import World, key

from onetonne.certificates import Certificate, certificate, details_from_file, frozen, to_pdf, to_svg, verify
from onetonne.certificates.seal import seal
from onetonne.chain import KeySigner, LocalChain
from onetonne.errors import BadInput, CertificateError, FileError, Reverted
from onetonne.labels import HeldLabel
from onetonne.terms import (
    Approval,
    BatchId,
    Decision,
    FreezeScope,
    Kilograms,
    Lot,
    Purpose,
    RetirementDetails,
    RetirementId,
    Rule,
)

DETAILS = RetirementDetails(
    beneficiary="Søn & Daughters <Shipping> A/S",
    reason="Scope 1 of the coastal ferries",
    claim_start=date(2025, 1, 1),
    claim_end=date(2025, 12, 31),
    jurisdiction="DK",
    salt="5a" * 16,
)
DRAWERS: dict[str, Callable[[Certificate], bytes]] = {
    "pdf": to_pdf,
    "svg": lambda record: to_svg(record).encode(),
}


def retire(
    world: World,
    holder: KeySigner,
    kilograms: int = 1_500,
    details: RetirementDetails | None = DETAILS,
    *,
    publish: bool = False,
) -> RetirementId:
    """Retires from a batch whose first serial is used up by half already."""
    batch = world.issue(941467007, 941467206, holder)
    world.ledger.retire([Lot(batch, Kilograms(500))], holder.address, signer=holder)
    done = world.ledger.retire(
        [Lot(batch, Kilograms(kilograms))], holder.address, details=details, signer=holder, publish=publish
    )
    return done.retirements[0]


def saved(path: Path, record: Certificate) -> Path:
    path.write_bytes(DRAWERS[path.suffix[1:]](record))
    return path


def on_chain(world: World, contract: str, function: str, number: int) -> dict[str, Any]:
    """A data URI's JSON."""
    chain = world.ledger.chain
    called = chain.call(chain.function(world.ledger.contract(contract), function, number))
    start = "data:application/json;base64,"
    assert called.startswith(start)
    content: dict[str, Any] = json.loads(base64.b64decode(called.removeprefix(start)))
    return content


def image(content: dict[str, Any]) -> ElementTree.Element:
    start = "data:image/svg+xml;base64,"
    assert content["image"].startswith(start)
    return ElementTree.fromstring(base64.b64decode(content["image"].removeprefix(start)))


def texts(svg: ElementTree.Element) -> list[str]:
    return ["".join(element.itertext()) for element in svg.iter("{http://www.w3.org/2000/svg}text")]


def test_token_uri_has_the_facts_and_an_image(world: World, buyer: KeySigner) -> None:
    number = retire(world, buyer)
    content = on_chain(world, "Certificates", "tokenURI", number)
    assert content["name"] == f"Retirement certificate {number}"
    assert content["properties"] == {
        "programme": "VCS",
        "project": "1340",
        "country": "ET",
        "methodology": "VM0048 1.0",
        "vintage": "2020-01-01 to 2020-12-31",
        "vintage_year": "2020",
        "serials": "941467007-941467008",
        "fractions": "500 kg of the first serial",
        "retired": f"{certificate(world.ledger, number).retired:%Y-%m-%d} (UTC)",
        "purpose": "voluntary",
        "labels": "none",
        "tonnes": "1.5",
        "beneficiary": buyer.address,
        "batch": "1",
        "claim": str(number),
    }
    assert {one["trait_type"]: one["value"] for one in content["attributes"]}["Tonnes"] == "1.5"
    drawn = texts(image(content))
    for fact in ("1.5", f"No. {number}", "941467007-941467008", "VM0048 1.0", buyer.address):
        assert fact in drawn


def test_batch_uri_has_decimals_and_an_image(world: World, buyer: KeySigner) -> None:
    number = retire(world, buyer)
    content = on_chain(world, "Credits", "uri", certificate(world.ledger, number).batch)
    assert content["decimals"] == 3
    assert content["properties"]["issued_tonnes"] == "200"
    assert content["properties"]["retired_tonnes"] == "2"
    assert "200" in texts(image(content))


def test_contract_and_python_draw_the_same_seal(world: World, buyer: KeySigner) -> None:
    number = retire(world, buyer)
    drawn = image(on_chain(world, "Certificates", "tokenURI", number))
    record = certificate(world.ledger, number)
    wreath = seal(record.chain_id, record.credits, number)
    axes = [
        (int(e.attrib["rx"]), int(e.attrib["ry"])) for e in drawn.iter("{http://www.w3.org/2000/svg}ellipse")
    ]
    assert axes == list(wreath.ellipses) * wreath.turns


def test_certificate_reads_everything_from_the_chain(world: World, buyer: KeySigner) -> None:
    number = retire(world, buyer, publish=True)
    record = certificate(world.ledger, number)
    assert (record.programme, record.project, record.project_name) == ("VCS", "1340", "Bale Mountains")
    assert (record.serials, record.fractions) == ("941467007-941467008-VCS-VCU", "500 kg of the first serial")
    assert (record.figure, record.purpose, record.claim) == ("1.5", Purpose.VOLUNTARY, (number,))
    assert (record.details, record.details_published) == (DETAILS, True)
    assert record.details_hash == DETAILS.hash()
    receipt = world.ledger.chain.node.request("eth_getTransactionReceipt", record.transaction)
    assert int(receipt["blockNumber"], 16) == record.block


def test_certificates_of_one_claim_name_each_other(world: World, buyer: KeySigner) -> None:
    lots = [Lot(world.issue(first, first + 4, buyer), Kilograms(700)) for first in (10, 20, 30)]
    done = world.ledger.retire(lots, buyer.address, signer=buyer)
    for number in done.retirements:
        assert certificate(world.ledger, number).claim == done.retirements


def test_certificate_is_found_among_many_blocks(world: World, buyer: KeySigner) -> None:
    number = retire(world, buyer)
    before = certificate(world.ledger, number)
    world.ledger.chain.node.request("anvil_mine", hex(40), hex(7))
    assert certificate(world.ledger, number) == before


@pytest.mark.parametrize("suffix", DRAWERS)
@pytest.mark.parametrize("publish", [True, False], ids=["published", "kept"])
def test_own_file_is_verified(
    suffix: str, publish: bool, world: World, buyer: KeySigner, tmp_path: Path
) -> None:
    number = retire(world, buyer, publish=publish)
    path = saved(tmp_path / f"certificate.{suffix}", certificate(world.ledger, number, DETAILS))
    found = verify(path, world.ledger)
    assert found.passed
    assert found.identical
    assert found.sentence == f"File {path} is certificate {number}, unaltered."


def test_pdf_prints_the_facts(world: World, buyer: KeySigner) -> None:
    record = certificate(world.ledger, retire(world, buyer), DETAILS)
    printed = PdfReader(io.BytesIO(to_pdf(record))).pages[0].extract_text()
    for fact in (
        f"No. {record.id}",
        "1.5",
        "Søn & Daughters <Shipping> A/S",
        "for Scope 1 of the coastal ferries, 2025-01-01 to 2025-12-31, DK",
        "1340 Bale Mountains",
        "941467007-941467008-VCS-VCU",
        record.transaction,
    ):
        assert fact in printed


ALTERATIONS: dict[str, Callable[[Certificate], dict[str, Any]]] = {
    "quantity": lambda record: {"kilograms": Kilograms(2_500)},
    "programme": lambda record: {"programme": "GS"},
    "project": lambda record: {"project_name": "Bale Forest"},
    "country": lambda record: {"country": "KE"},
    "methodology": lambda record: {"methodology_version": "2.0"},
    "vintage": lambda record: {"vintage_year": 2021},
    "serials": lambda record: {"first": record.first - 1},
    "fractions": lambda record: {"first_kilograms": Kilograms(501)},
    "retired": lambda record: {"retired": record.retired.replace(year=2001)},
    "purpose": lambda record: {"purpose": Purpose.OTHER},
    "account": lambda record: {"beneficiary": record.credits},
    "transaction": lambda record: {"transaction": "0x" + "00" * 32},
    "contracts": lambda record: {"credits": record.certificates},
}


@pytest.mark.parametrize("suffix", DRAWERS)
def test_altered_file_is_refused_naming_the_fact(
    suffix: str, world: World, buyer: KeySigner, tmp_path: Path
) -> None:
    record = certificate(world.ledger, retire(world, buyer), DETAILS)
    for fact, alteration in ALTERATIONS.items():
        path = saved(tmp_path / f"certificate.{suffix}", replace(record, **alteration(record)))
        found = verify(path, world.ledger)
        assert not found.passed
        assert fact in {one.fact for one in found.differences}
        assert f" {fact}: the file " in found.sentence


def test_other_details_than_the_retirements_are_refused(
    world: World, buyer: KeySigner, tmp_path: Path
) -> None:
    record = certificate(world.ledger, retire(world, buyer), DETAILS)
    invented = replace(record, details=replace(DETAILS, beneficiary="Somebody Else Ltd"))
    found = verify(saved(tmp_path / "certificate.svg", invented), world.ledger)
    assert [one.fact for one in found.differences] == ["details"]
    assert "Somebody Else Ltd" in found.sentence


@pytest.mark.parametrize("publish", [True, False], ids=["published", "kept"])
def test_name_that_is_not_the_retirements_is_refused(
    publish: bool, world: World, buyer: KeySigner, tmp_path: Path
) -> None:
    record = certificate(world.ledger, retire(world, buyer, publish=publish), DETAILS)
    path = saved(tmp_path / "certificate.svg", record)
    altered = path.read_text("utf-8").replace(">Søn &amp; Daughters", ">Sun &amp; Daughters")
    path.write_text(altered, "utf-8")
    assert [one.fact for one in verify(path, world.ledger).differences] == ["beneficiary"]


def test_name_on_a_retirement_without_details_is_refused(
    world: World, buyer: KeySigner, tmp_path: Path
) -> None:
    record = certificate(world.ledger, retire(world, buyer, details=None))
    claimed = replace(record, details=DETAILS, details_published=True)
    found = verify(saved(tmp_path / "certificate.pdf", claimed), world.ledger)
    assert not found.passed
    assert DETAILS.beneficiary in {one.printed for one in found.differences}


def test_certificates_added_to_the_claim_are_refused(world: World, buyer: KeySigner, tmp_path: Path) -> None:
    record = certificate(world.ledger, retire(world, buyer))
    more = replace(record, claim=(record.id, RetirementId(record.id + 1)))
    found = verify(saved(tmp_path / "certificate.svg", more), world.ledger)
    assert f"certificate {record.id + 1}" in {one.printed for one in found.differences}


def test_details_with_an_e_mail_address_are_asked_for(world: World, buyer: KeySigner, tmp_path: Path) -> None:
    details = replace(DETAILS, reason="Ask jo@example.org")
    path = saved(
        tmp_path / "certificate.pdf",
        certificate(world.ledger, retire(world, buyer, details=details), details),
    )
    assert b"example.org" not in path.read_bytes()
    with pytest.raises(CertificateError, match="give the details file that the buyer kept"):
        verify(path, world.ledger)
    assert verify(path, world.ledger, details).identical


def test_details_given_must_be_the_retirements(world: World, buyer: KeySigner) -> None:
    number = retire(world, buyer)
    with pytest.raises(CertificateError, match=f"not those of retirement {number}: their hash is 0x"):
        certificate(world.ledger, number, replace(DETAILS, salt="00"))


def test_details_published_in_another_form_are_left_out(world: World, buyer: KeySigner) -> None:
    batch = world.issue(1, 5, buyer)
    chain, credits = world.ledger.chain, world.ledger.contract("Credits")
    text = '{"beneficiary": ["no", "text"]}'
    given = ([(batch, 1000)], buyer.address, buyer.address, 0, text)
    chain.send(chain.function(credits, "retireWithDetails", *given), buyer)
    record = certificate(world.ledger, RetirementId(1))
    assert (record.details, record.details_published) == (None, False)


def test_certificate_of_another_chain_is_refused(world: World, buyer: KeySigner, tmp_path: Path) -> None:
    record = replace(certificate(world.ledger, retire(world, buyer), DETAILS), chain_id=1)
    path = saved(tmp_path / "certificate.pdf", record)
    with pytest.raises(CertificateError, match=r"of chain 1, and the node serves chain 31337"):
        verify(path, world.ledger)


def test_certificate_of_another_contract_is_refused(world: World, buyer: KeySigner, tmp_path: Path) -> None:
    record = certificate(world.ledger, retire(world, buyer), DETAILS)
    path = saved(tmp_path / "certificate.svg", replace(record, certificates=record.credits))
    with pytest.raises(CertificateError, match=f"of the contract '{record.credits}'"):
        verify(path, world.ledger)


def test_certificate_of_another_layout_is_refused(world: World, buyer: KeySigner, tmp_path: Path) -> None:
    path = saved(tmp_path / "certificate.svg", certificate(world.ledger, retire(world, buyer)))
    path.write_text(path.read_text("utf-8").replace('"layout": 2', '"layout": 1'), "utf-8")
    with pytest.raises(CertificateError, match="drawn in layout 1, and this version of onetonne knows 2"):
        verify(path, world.ledger)


def labelled(world: World, local_chain: LocalChain) -> Decision:
    """CCP for the world's programme, and a national label under a condition; they count from now on."""
    governance = key("governance")
    ledger = world.ledger
    decision = Decision("https://example.org/decision", date(2026, 1, 1), b"\1" * 32)
    window = Approval(date(1970, 1, 1), date(2100, 1, 1))
    for label, conditional in (("CCP", False), ("NATIONAL", True)):
        ledger.admit_framework(label, governance.address, Rule(True, False), signer=governance)
        approval = replace(window, conditional=conditional)
        ledger.approve_programme(label, world.vcs, approval, decision, signer=governance)
    local_chain.advance(1)
    return decision


def mark(world: World, batch: BatchId, kilograms: int) -> None:
    given = (batch, Kilograms(kilograms), b"\1" * 32, "CASE 1")
    world.ledger.mark_over_issued(*given, signer=key("operator"))


LABELS = (HeldLabel("CCP", False), HeldLabel("NATIONAL", True))


def test_labels_are_those_of_the_day_whatever_comes_later(
    world: World, local_chain: LocalChain, buyer: KeySigner, tmp_path: Path
) -> None:
    decision = labelled(world, local_chain)
    number = retire(world, buyer)
    paths = [saved(tmp_path / f"c.{suffix}", certificate(world.ledger, number)) for suffix in DRAWERS]
    before = on_chain(world, "Certificates", "tokenURI", number)
    for label in ("CCP", "NATIONAL"):
        world.ledger.withdraw_programme(label, world.vcs, decision, signer=key("governance"))
    local_chain.advance(1)
    record = certificate(world.ledger, number)
    assert record.labels == LABELS
    assert record.labels_in_words == "CCP, NATIONAL (conditional)"
    assert all(verify(path, world.ledger).identical for path in paths)
    assert on_chain(world, "Certificates", "tokenURI", number) == before
    assert before["properties"]["labels"] == "CCP, NATIONAL"
    later = world.ledger.retire([Lot(record.batch, Kilograms(1))], buyer.address, signer=buyer)
    assert certificate(world.ledger, later.retirements[0]).labels == ()


def test_labels_that_were_not_held_are_refused(
    world: World, local_chain: LocalChain, buyer: KeySigner, tmp_path: Path
) -> None:
    record = certificate(world.ledger, retire(world, buyer))
    claimed = saved(tmp_path / "c.svg", replace(record, labels=LABELS))
    labelled(world, local_chain)
    found = verify(claimed, world.ledger)
    assert [(one.fact, one.printed, one.on_chain) for one in found.differences] == [
        ("labels", "CCP, NATIONAL (conditional)", "none")
    ]


@pytest.mark.parametrize("suffix", DRAWERS)
def test_over_issuance_is_told_and_the_certificate_stays(
    suffix: str, world: World, buyer: KeySigner, tmp_path: Path
) -> None:
    number = retire(world, buyer)
    batch = certificate(world.ledger, number).batch
    paths = []
    for nth, marked in enumerate((0, 12_500, 500)):
        if marked:
            mark(world, batch, marked)
        paths.append(saved(tmp_path / f"{nth}.{suffix}", certificate(world.ledger, number)))
    record = certificate(world.ledger, number)
    assert record.warning == "13 t of the batch were over-issued"
    assert on_chain(world, "Certificates", "tokenURI", number)["properties"]["over_issued_tonnes"] == "13"
    for path in paths:
        found = verify(path, world.ledger)
        assert found.identical
        assert found.remarks == (f"Of batch {batch}, 13 t are marked as over-issued; the certificate stays.",)
    for invented in (13_001, 5, -12_500):
        path = saved(tmp_path / f"c.{suffix}", replace(record, over_issued=Kilograms(invented)))
        assert "over-issued" in {one.fact for one in verify(path, world.ledger).differences}


def test_contract_and_python_warn_in_the_same_words(world: World, buyer: KeySigner) -> None:
    number = retire(world, buyer)
    record = certificate(world.ledger, number)
    mark(world, record.batch, 1_001)
    warning = certificate(world.ledger, number).warning
    assert warning == "1.001 t of the batch were over-issued"
    assert warning in texts(image(on_chain(world, "Certificates", "tokenURI", number)))


def test_freezes_are_told_and_the_certificate_stays(world: World, buyer: KeySigner, tmp_path: Path) -> None:
    record = certificate(world.ledger, retire(world, buyer))
    path = saved(tmp_path / "certificate.pdf", record)
    assert verify(path, world.ledger).remarks == ()
    subjects: dict[FreezeScope, int | str] = {
        FreezeScope.BATCH: record.batch,
        FreezeScope.PROJECT: world.project,
        FreezeScope.PROGRAMME: world.vcs,
        FreezeScope.ACCOUNT: buyer.address,
    }
    for scope, subject in subjects.items():
        world.ledger.freeze(scope, subject, "inquiry", "CASE 2", signer=key("regulator"))
    assert frozen(world.ledger, record) == tuple(subjects)
    found = verify(path, world.ledger)
    assert found.identical
    scopes = "batch, project, programme, account"
    assert found.remarks == (f"Now frozen by the regulator: {scopes}; the retirement stays.",)


def test_id_alone_is_looked_up(world: World, buyer: KeySigner) -> None:
    number = retire(world, buyer)
    found = verify(number, world.ledger)
    assert found.passed
    assert found.sentence == f"Retirement {number} is on chain 31337."


def test_unknown_id_is_refused_in_one_sentence(world: World, buyer: KeySigner, tmp_path: Path) -> None:
    with pytest.raises(Reverted, match=r"^There is no retirement 99\.$"):
        certificate(world.ledger, RetirementId(99))
    with pytest.raises(BadInput):
        certificate(world.ledger, RetirementId(2**40))
    record = replace(certificate(world.ledger, retire(world, buyer)), id=RetirementId(99))
    with pytest.raises(Reverted, match=r"^There is no retirement 99\.$"):
        verify(saved(tmp_path / "certificate.pdf", record), world.ledger)


def test_details_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "details.json"
    path.write_text(DETAILS.text() + "\n", encoding="utf-8")
    assert details_from_file(path) == DETAILS
    with pytest.raises(FileError, match="can't be read"):
        details_from_file(tmp_path / "none.json")
    path.write_bytes(b"\xff\xff")
    with pytest.raises(FileError, match="no text in UTF-8"):
        details_from_file(path)


def test_batch_that_is_none_has_no_uri(world: World) -> None:
    with pytest.raises(Reverted, match="There is no batch 7"):
        on_chain(world, "Credits", "uri", BatchId(7))
