"""Certificates proven from storage: whatever a node or a file says of one that is not so is refused."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from commands import Commands
from labels_story import tell_labels
from lying_node import lying_node, truth
from saved_chains import SavedChains
from story import GS_PREFIX, Teller, tell

from onetonne.certificates import (
    Certificate,
    certificate,
    export,
    is_proof_file,
    prove,
    to_svg,
    verify_proof_file,
)
from onetonne.certificates.proven import Places
from onetonne.certificates.proven_labels import held_labels
from onetonne.chain import LogPage
from onetonne.chain.headers import fetch_header
from onetonne.chain.proofs import ProvenState
from onetonne.chain.trusting import Trusted
from onetonne.errors import CertificateError, FalseAnswer, FileError, OnetonneError
from onetonne.labels import HeldLabel
from onetonne.ledger import Ledger
from onetonne.terms import BatchId, Kilograms, Purpose, RetirementDetails, RetirementId, Seconds


@pytest.fixture(scope="module")
def teller(saved_chains: SavedChains, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    with saved_chains.loaded(tmp_path_factory.mktemp("home"), tell, tell_labels) as one:
        one.retire("bob", "airline", (3, 500))  # of a batch of which some are marked as over-issued
        yield one


@pytest.fixture(scope="module")
def ledger(teller: Teller) -> Ledger:
    return Ledger(teller.chain, teller.deployment)


@pytest.fixture(scope="module")
def trusted(teller: Teller) -> Trusted:
    return Trusted(fetch_header(teller.chain.node, teller.chain.head()), "a test says so")


@pytest.fixture(scope="module")
def record(ledger: Ledger) -> Certificate:
    """One of three in a claim."""
    return certificate(ledger, RetirementId(3))


@pytest.fixture(scope="module")
def exported(teller: Teller, record: Certificate) -> str:
    return export(record, teller.chain.node, teller.deployment.addresses)[1]


@pytest.fixture
def proof_file(exported: str, tmp_path: Path) -> Path:
    path = tmp_path / "certificate-3.proof.json"
    path.write_text(exported, encoding="utf-8")
    return path


def test_every_certificate_is_what_storage_says(ledger: Ledger, teller: Teller, trusted: Trusted) -> None:
    labels, claims, marked = set[HeldLabel](), set[tuple[int, ...]](), 0
    for number in range(1, 12):
        record = certificate(ledger, RetirementId(number))
        proof = prove(record, teller.chain.node, teller.deployment.addresses, trusted)
        assert proof.facts["kilograms"] == record.kilograms
        labels.update(record.labels)
        claims.add(record.claim)
        marked += bool(record.over_issued)
    assert len(labels) > 1
    assert (2, 3, 4) in claims
    assert marked


LIES: dict[str, Any] = {
    "kilograms": Kilograms(2000),
    "claim": (RetirementId(3),),
    "programme": "ACR",
    "project": "1341",
    "country": "ZZ",
    "methodology": "VM0047",
    "methodology_version": "2.0",
    "vintage_year": 2019,
    "prefix": "VCS-VCUX",
    "first": 7,
    "last": 8,
    "first_kilograms": Kilograms(1),
    "last_kilograms": Kilograms(2),
    "batch": 2,
    "beneficiary": "0x" + "ab" * 20,
    "purpose": Purpose.HOST_NDC,
    "labels": (HeldLabel("CCP", False), HeldLabel("MADE-UP", False)),
    "details_hash": b"\x01" * 32,
}


@pytest.mark.parametrize("fact", LIES)
def test_fact_that_the_node_makes_up(
    teller: Teller, record: Certificate, trusted: Trusted, fact: str
) -> None:
    altered = replace(record, **{fact: LIES[fact]})
    said = (
        "do not begin with"
        if fact == "prefix"
        else f"lies about certificate 3: of {fact.replace('_', ' ')} it"
    )
    with pytest.raises(FalseAnswer, match=said):
        prove(altered, teller.chain.node, teller.deployment.addresses, trusted)


@pytest.mark.parametrize("prefix", ["VCS-VCU", "VCU", ""])
def test_prefix_of_another_s_serial_numbers(
    teller: Teller, record: Certificate, trusted: Trusted, prefix: str
) -> None:
    assert record.prefix == GS_PREFIX
    with pytest.raises(FalseAnswer, match=f"of batch {record.batch} do not begin with '{prefix}'"):
        prove(replace(record, prefix=prefix), teller.chain.node, teller.deployment.addresses, trusted)


def test_labels_at_every_second(teller: Teller, ledger: Ledger, trusted: Trusted) -> None:
    """As the contract computes them, at each second at which an entry begins to count and the one before."""
    chain = teller.chain
    get = cache(Places(ProvenState(chain.node, trusted.header), teller.deployment.addresses).get)
    blocks = sorted({int(log["blockNumber"], 16) for page in labels_logs(teller) for log in page})
    seconds = sorted({chain.block(number).time + more for number in blocks for more in (0, 1)})
    held = 0
    (counters,) = get(("ledger counters", ()))
    for number in range(1, counters["batches"] + 1):
        (batch,) = get(("batch", (number,)))
        (project,) = get(("project", (batch["project"],)))
        for second in seconds:
            if second > trusted.header.time:
                continue
            expected = tuple(
                HeldLabel(label, ledger.label_conditions(BatchId(number), label, Seconds(second))[1])
                for label in ledger.labels_at(BatchId(number), Seconds(second))
            )
            assert held_labels(get, number, batch, project, second) == expected, (number, second)
            held += len(expected)
    assert held > 50


def labels_logs(teller: Teller) -> Iterator[LogPage]:
    chain, addresses = teller.chain, teller.deployment.addresses
    return chain.logs([addresses["Labels"]], teller.deployment.block, chain.head())


def test_details_that_are_another_s(teller: Teller, record: Certificate, trusted: Trusted) -> None:
    altered = replace(record, details=RetirementDetails(beneficiary="Somebody else"))
    with pytest.raises(FalseAnswer, match=r"of details it says .*Somebody else"):
        prove(altered, teller.chain.node, teller.deployment.addresses, trusted)


def test_over_issuance_that_the_node_hides(ledger: Ledger, teller: Teller, trusted: Trusted) -> None:
    records = (certificate(ledger, RetirementId(number)) for number in range(1, 12))
    marked = next(one for one in records if one.over_issued)
    with pytest.raises(FalseAnswer, match="of over issued it says '0'"):
        prove(
            replace(marked, over_issued=Kilograms(0)), teller.chain.node, teller.deployment.addresses, trusted
        )


def test_retirement_that_is_not_there_yet(teller: Teller, record: Certificate) -> None:
    before = Trusted(fetch_header(teller.chain.node, record.block - 1), "a test says so")
    with pytest.raises(CertificateError, match=f"no retirement 3 at block {record.block - 1}"):
        prove(record, teller.chain.node, teller.deployment.addresses, before)


def test_contracts_that_are_others(teller: Teller, record: Certificate, trusted: Trusted) -> None:
    addresses = teller.deployment.addresses
    swapped = dict(addresses) | {"Labels": addresses["Projects"], "Projects": addresses["Labels"]}
    with pytest.raises(CertificateError, match=r"The code of \w+ at 0x\w+ is not what this package ships"):
        prove(record, teller.chain.node, swapped, trusted)
    with pytest.raises(CertificateError, match="for this deployment on chain 1:"):
        prove(replace(record, chain_id=1), teller.chain.node, addresses, trusted)


def test_proof_file_proves_without_a_node(proof_file: Path, record: Certificate, trusted: Trusted) -> None:
    proof = verify_proof_file(proof_file, trusted.hash)
    assert is_proof_file(proof_file)
    assert proof.facts["kilograms"] == record.kilograms
    assert proof.facts["labels"] == record.labels
    assert proof.facts["claim"] == (2, 3, 4)
    assert (proof.block, proof.block_hash) == (trusted.header.number, trusted.hash)
    assert proof.sentence.endswith("in events alone: the project's name, the transaction, its block.")


def test_proof_file_and_another_block_s_hash(proof_file: Path, teller: Teller) -> None:
    with pytest.raises(CertificateError, match="It lacks the header of 0x"):
        verify_proof_file(proof_file, teller.chain.block(5).hash)
    with pytest.raises(CertificateError, match="is not the hash of a block"):
        verify_proof_file(proof_file, "0x12")


def figures(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value in a document."""
    if isinstance(content, dict | list):
        for name, one in content.items() if isinstance(content, dict) else enumerate(content):
            yield from figures(one, (*path, name))
    else:
        yield path


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str) and value:
        return value[:-1] + ("1" if value[-1] != "1" else "2")
    return 1


def test_every_figure_of_a_proof_file_counts(exported: str, trusted: Trusted, tmp_path: Path) -> None:
    path = tmp_path / "altered.json"
    content = json.loads(exported)
    many = list(figures(content))
    facts = [way for way in many if way[0] != "answers"]
    assert len(facts) > 35
    for way in facts + random.Random(1).sample(many, 150):
        altered = json.loads(exported)
        *above, last = way
        place = altered
        for step in above:
            place = place[step]
        place[last] = other(place[last])
        path.write_text(json.dumps(altered), encoding="utf-8")
        with pytest.raises((CertificateError, FileError)):
            pytest.fail(f"{way} does not count: {verify_proof_file(path, trusted.hash)}")


def test_bytes_that_are_altered_or_cut(exported: str, trusted: Trusted, tmp_path: Path) -> None:
    """Either the file is refused, or what it says is the same to the letter."""
    path, data, chance = tmp_path / "altered.json", exported.encode(), random.Random(2)
    path.write_bytes(data)
    true = verify_proof_file(path, trusted.hash)
    refused = 0
    for _ in range(300):
        altered = bytearray(data)
        altered[chance.randrange(len(data))] ^= 1 << chance.randrange(7)
        path.write_bytes(altered)
        try:
            assert verify_proof_file(path, trusted.hash) == true
        except (CertificateError, FileError):
            refused += 1
    assert refused > 250
    for size in (0, 1, 100, len(data) // 2, len(data) - 3):
        path.write_bytes(data[:size])
        with pytest.raises(FileError):
            verify_proof_file(path, trusted.hash)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "another"}, "it is not the proof of a certificate"),
        ({"version": 2}, "it is of version 2, and this program reads 1"),
        ({"note": "more"}, "it must have these members and no others"),
        ({"answers": []}, "It lacks the header of 0x"),
        ({"answers": None}, "it is damaged"),
        ({"certificate": []}, "it is damaged"),
        ({"addresses": {}}, "does not prove what it says"),
        ({"details": '{"beneficiary":"Somebody else"}'}, "its details are not those of the retirement"),
    ],
)
def test_proof_file_that_is_another(
    exported: str, trusted: Trusted, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    path = tmp_path / "altered.json"
    path.write_text(json.dumps(json.loads(exported) | change), encoding="utf-8")
    with pytest.raises(OnetonneError, match=said):
        verify_proof_file(path, trusted.hash)


def test_answers_that_prove_nothing(exported: str, trusted: Trusted, tmp_path: Path) -> None:
    content, path = json.loads(exported), tmp_path / "altered.json"
    content["answers"].append(
        {"method": "eth_getProof", "params": ["0x" + "00" * 20, [], "0x1"], "result": {}}
    )
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CertificateError, match="1 of its answers prove nothing"):
        verify_proof_file(path, trusted.hash)
    content["answers"][-1] = content["answers"][-2]
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CertificateError, match="It answers one question twice"):
        verify_proof_file(path, trusted.hash)


@pytest.fixture
def commands(teller: Teller, tmp_path: Path) -> Commands:
    teller.deployment.save(tmp_path / "home")
    return Commands(tmp_path / "home", {"ONETONNE_RPC": teller.chain.url})


def test_commands(
    commands: Commands, tmp_path: Path, record: Certificate, trusted: Trusted, teller: Teller
) -> None:
    drawn, path = tmp_path / "certificate.svg", tmp_path / "3.proof.json"
    drawn.write_text(to_svg(record), encoding="utf-8")
    said = commands.ok("certificate", "prove", "3", "--output", str(path))
    assert (
        f"The proof of certificate 3 is in {path}, at block {trusted.header.number}: {trusted.hash}." in said
    )
    nowhere: dict[str, str | None] = {"ONETONNE_RPC": "http://127.0.0.1:1"}
    offline = Commands(commands.home, nowhere)
    said = offline.ok("certificate", "verify", str(path), "--block-hash", trusted.hash)
    assert f"File {path} is the proof of certificate 3, unaltered. Proven at block" in said
    assert "Make sure" not in said
    stranger = Commands(tmp_path / "elsewhere", nowhere)
    assert "Make sure that 0x" in stranger.ok(
        "certificate", "verify", str(path), "--block-hash", trusted.hash
    )
    shown = offline.json("certificate", "verify", str(path), "--block-hash", trusted.hash)
    assert shown["proof"]["facts"]["kilograms"] == record.kilograms
    assert "give --block-hash HASH" in offline.refused("certificate", "verify", str(path), code=2)
    said = offline.refused(
        "--credits", "0x" + "ab" * 20, "certificate", "verify", str(path), "--block-hash", trusted.hash
    )
    assert "give the one that it names in --credits" in said
    for source in ("3", str(drawn)):
        said = commands.ok("certificate", "verify", source, "--prove", "--block-hash", trusted.hash)
        assert "because its hash was given by whoever asked; not proven, as it is in events alone" in said
        said = commands.ok("certificate", "verify", source, "--prove", "--second-rpc", teller.chain.url)
        assert "Proven at block" in said
    assert commands.json("certificate", "verify", "3")["proof"] is None


def test_node_that_makes_a_certificate_larger(commands: Commands, teller: Teller, trusted: Trusted) -> None:
    """It answers every call with ten times the kilograms."""
    kilograms = certificate(Ledger(teller.chain, teller.deployment), RetirementId(1)).kilograms

    def larger(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_call" and isinstance(result, str):
            return result.replace(f"{kilograms:064x}", f"{10 * kilograms:064x}")
        return result

    with lying_node(teller.chain.url, larger) as proxy:
        lied_to = Commands(commands.home, {"ONETONNE_RPC": proxy.url})
        assert f"{10 * kilograms / 1000:g}" in lied_to.ok("certificate", "show", "1")
        said = lied_to.refused("certificate", "verify", "1", "--prove", "--block-hash", trusted.hash)
        proxy.lie = truth
        lied_to.ok("certificate", "verify", "1", "--prove", "--block-hash", trusted.hash)
    assert (
        "Error: The node lies about certificate 1: of kilograms it says '15000', and by the state root"
        in said
    )
