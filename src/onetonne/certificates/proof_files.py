"""A certificate's proof as a file: whoever trusts a block's hash can check it, without any node, for ever.

The file has the facts, for people and programs; and what the node answered, which proves them. Checking it is
to carry out the same proof with these answers in the node's place, and to compare the facts.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any

from onetonne.certificates.proven import Facts, facts
from onetonne.certificates.proving import CertificateProof, prove
from onetonne.certificates.record import Certificate
from onetonne.chain import checked_address
from onetonne.chain.headers import HEADER_FIELDS, fetch_header
from onetonne.chain.proofs import ProvenState
from onetonne.chain.rpc import Node
from onetonne.chain.trusting import Trusted, trust_hash
from onetonne.errors import BadInput, CertificateError, FileError, OnetonneError, quoted
from onetonne.terms import Address, RetirementDetails, RetirementId

FORMAT = "onetonne proof of a certificate"
VERSION = 1
_MOST_BYTES = 20_000_000
_MEMBERS = {"format", "version", "certificate", "details", "chain_id", "addresses", "block", "answers"}


def export(
    certificate: Certificate, node: Node, addresses: Mapping[str, Address], block: int | str = "latest"
) -> tuple[CertificateProof, str]:
    """The proof of a certificate at a block, and the same as JSON. Errors as `prove`."""
    recording = _Recording(node)
    header = fetch_header(recording, f"0x{fetch_header(node, block).hash.hex()}")
    proof = prove(certificate, recording, addresses, Trusted(header, "the node gave its hash"))
    details = certificate.details
    content = {
        "format": FORMAT,
        "version": VERSION,
        "chain_id": certificate.chain_id,
        "addresses": dict(addresses),
        "block": {"number": proof.block, "hash": proof.block_hash},
        "certificate": _plain(proof.facts),
        "details": details.text() if details is not None else None,
        "answers": recording.answers,
    }
    return proof, json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def is_proof_file(path: str | PathLike[str]) -> bool:
    """By its first bytes; certificates themselves begin otherwise. Raises `FileError`."""
    return _read(path)[:1].lstrip() == b"{"


def verify_proof_file(path: str | PathLike[str], trusted_hash: str) -> CertificateProof:
    """Proves what a file says, against a block's hash. No node is asked.

    Raises `FileError` for a file that is none, `CertificateError` where it does not prove what it says.
    """
    content = _content(path)
    try:
        recorded = _Recorded(content["answers"])
        trusted = trust_hash(recorded, trusted_hash)
        addresses = {str(name): checked_address(one) for name, one in content["addresses"].items()}
        said, number = content["certificate"], RetirementId(content["certificate"]["id"])
        state = ProvenState(recorded, trusted.header, {one: name for name, one in addresses.items()})
        found = facts(state, content["chain_id"], addresses, number, said["prefix"])
        _require_same(path, said, found)
        _require_details(path, content["details"], found)
        block = {"number": trusted.header.number, "hash": trusted.hash}
        if content["block"] != block:
            raise _refused(path, f"it says block {content['block']}, and its proof is of {block}")
        if recorded.unused:
            raise _refused(path, f"{len(recorded.unused)} of its answers prove nothing")
    except CertificateError:
        raise
    except OnetonneError as problem:
        raise _refused(path, str(problem).removesuffix(".")) from problem
    except (
        AttributeError,
        IndexError,
        KeyError,
        LookupError,
        OverflowError,
        TypeError,
        ValueError,
    ) as problem:
        raise _refused(path, f"it is damaged ({problem!r})") from problem
    return CertificateProof(trusted.header.number, trusted.hash, trusted.reason, found)


def _require_same(path: str | PathLike[str], said: Mapping[str, Any], found: Facts) -> None:
    proven = _plain(found)
    for name in sorted({*said, *proven}):
        if said.get(name) != proven.get(name) or type(said.get(name)) is not type(proven.get(name)):
            what = quoted(str(said.get(name))), quoted(str(proven.get(name)))
            raise _refused(path, f"of {name} it says {what[0]}, and proves {what[1]}")


def _require_details(path: str | PathLike[str], text: str | None, found: Facts) -> None:
    proven = found["details_hash"]
    if text is not None and RetirementDetails.from_text(text).hash()[: len(proven)] != proven:
        raise _refused(path, "its details are not those of the retirement")


def _refused(path: str | PathLike[str], problem: str) -> CertificateError:
    return CertificateError(f"File {path} does not prove what it says: {problem}.")


def _content(path: str | PathLike[str]) -> dict[str, Any]:
    try:
        content = json.loads(_read(path))
    except (ValueError, RecursionError) as problem:
        raise FileError(path, f"it is no JSON document ({problem})") from problem
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FileError(path, "it is not the proof of a certificate")
    if content.get("version") != VERSION:
        raise FileError(path, f"it is of version {content.get('version')}, and this program reads {VERSION}")
    if set(content) != _MEMBERS:
        raise FileError(path, f"it must have these members and no others: {', '.join(sorted(_MEMBERS))}")
    return content


def _read(path: str | PathLike[str]) -> bytes:
    try:
        if Path(path).stat().st_size > _MOST_BYTES:
            raise FileError(path, "it is too large to be the proof of a certificate")
        return Path(path).read_bytes()
    except OSError as problem:
        raise FileError(path, f"it can't be read ({problem.strerror})") from problem


def _plain(value: Any) -> Any:
    """For JSON: dates as ISO 8601 has them, bytes as hexadecimal digits, enumerations by their names."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if isinstance(value, date):
        return value.isoformat()
    return value.name if hasattr(value, "name") else value


class _Recording(Node):
    """A node whose answers are kept, as far as they prove something."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.url)
        self.answers: list[dict[str, Any]] = []
        self._of_accounts: set[str] = set()

    def request(self, method: str, *params: Any) -> Any:
        result = super().request(method, *params)
        self.answers.append(
            {"method": method, "params": list(params), "result": self._kept(method, params, result)}
        )
        return result

    def _kept(self, method: str, params: tuple[Any, ...], result: Any) -> Any:
        if method != "eth_getProof":
            return {name: result[name] for name in HEADER_FIELDS if result.get(name) is not None}
        # Most proofs begin with the same nodes: each is kept once, as often as it is looked at.
        account = [node for node in result["accountProof"] if node not in self._of_accounts]
        self._of_accounts.update(account)
        seen: set[str] = set()
        slots = []
        for one in result["storageProof"]:
            slots.append(
                {"value": one["value"], "proof": [node for node in one["proof"] if node not in seen]}
            )
            seen.update(one["proof"])
        return {"accountProof": account, "storageProof": slots}


class _Recorded(Node):
    """Answers that were recorded, in the node's place."""

    def __init__(self, answers: list[dict[str, Any]]) -> None:
        self.url = ""
        self._answers = {_question(one["method"], one["params"]): one["result"] for one in answers}
        if len(self._answers) != len(answers):
            raise BadInput("It answers one question twice.")
        self.unused = set(self._answers)

    def request(self, method: str, *params: Any) -> Any:
        question = _question(method, list(params))
        if question not in self._answers:
            what = f"the proof of {params[0]}" if method == "eth_getProof" else f"the header of {params[0]}"
            raise BadInput(f"It lacks {what}.")
        self.unused.discard(question)
        return self._answers[question]


def _question(method: str, params: list[Any]) -> str:
    return json.dumps([method, params])
