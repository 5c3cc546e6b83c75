"""`onetonne certificate`: the face of a retirement: shown, drawn, and checked against the chain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson
from onetonne.cli.output import cell, facts, plain, say, show_json
from onetonne.cli.root import Misuse
from onetonne.cli.session import Session, session_of
from onetonne.cli.trust import BlockHash, Prove, SecondRpc, trust_of
from onetonne.errors import CertificateError
from onetonne.home import manifest_path
from onetonne.terms import RetirementDetails, RetirementId, format_quantity

if TYPE_CHECKING:
    from onetonne.certificates import Certificate

app = typer.Typer(no_args_is_help=True, help="Show, draw and verify certificates of retirement.")

_Number = Annotated[
    int, typer.Argument(metavar="CERTIFICATE", min=1, help="Its number, which is the retirement's.")
]
_Details = Annotated[
    Path | None,
    typer.Option(
        "--details", metavar="FILE", help="The details that the buyer kept; found by itself in this home."
    ),
]


@app.command()
def show(context: typer.Context, number: _Number, details: _Details = None, as_json: AsJson = False) -> None:
    """Show a certificate's facts, as the chain has them.

    Example: onetonne certificate show 7
    """
    from onetonne.certificates import frozen
    from onetonne.policy import frozen_in_words

    session = session_of(context)
    found = _certificate(session, number, details)
    stopped = frozen(session.ledger, found)
    if as_json:
        show_json({**plain(found), "frozen_by": stopped})
    else:
        facts({**_facts(found), "Frozen now": frozen_in_words(stopped).removeprefix("frozen: ")})


@app.command()
def svg(
    context: typer.Context,
    number: _Number,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Else certificate-NUMBER.svg in this folder."),
    ] = None,
    details: _Details = None,
    as_json: AsJson = False,
) -> None:
    """Draw a certificate as an SVG picture, with names, exact serial numbers and a QR code.

    Example: onetonne certificate svg 7 --output certificate.svg
    """
    from onetonne.certificates import to_svg

    found = _certificate(session_of(context), number, details)
    path = output or Path(f"certificate-{number}.svg")
    path.write_text(to_svg(found), encoding="utf-8")
    _written(found, path, as_json)


@app.command()
def pdf(
    context: typer.Context,
    number: _Number,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Else certificate-NUMBER.pdf in this folder."),
    ] = None,
    details: _Details = None,
    font: Annotated[
        Path | None,
        typer.Option("--font", metavar="FILE", help="TrueType font for names in other scripts than Latin."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw a certificate as a PDF of one page, with names, exact serial numbers and a QR code.

    Example: onetonne certificate pdf 7 --output certificate.pdf
    """
    from onetonne.certificates import to_pdf

    found = _certificate(session_of(context), number, details)
    path = output or Path(f"certificate-{number}.pdf")
    path.write_bytes(to_pdf(found, font))
    _written(found, path, as_json)


@app.command()
def verify(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(metavar="FILE|NUMBER", help="An SVG or PDF certificate, a proof file, or a number."),
    ],
    details: _Details = None,
    prove: Prove = False,
    block_hash: BlockHash = None,
    second_rpc: SecondRpc = None,
    as_json: AsJson = False,
) -> None:
    """Check a certificate's file against the chain, text by text. Exit code 1 where it was altered.

    With --prove, what the node says of it is verified too. A proof file is checked without a node, against
    the block's hash in --block-hash.

    Example: onetonne certificate verify certificate.pdf
    """
    from onetonne.certificates import details_from_file, is_proof_file
    from onetonne.certificates import prove as prove_certificate
    from onetonne.certificates import verify as verify_certificate

    session = session_of(context)
    if not source.isdecimal() and is_proof_file(source):
        _verify_proof_file(session, source, block_hash, as_json)
        return
    trust = trust_of(session, prove, block_hash, second_rpc)
    given = details_from_file(details) if details else None
    wanted = RetirementId(int(source)) if source.isdecimal() else source
    result = verify_certificate(wanted, session.ledger, given)
    proof = None
    if trust is not None:
        node, addresses = session.chain.node, session.deployment.addresses
        proof = prove_certificate(result.certificate, node, addresses, trust(session.chain.head()))
    if as_json:
        show_json({**plain(result), "proof": proof})
    else:
        say(result.sentence, *result.remarks, *([proof.sentence] if proof else []))
    if not result.passed:
        raise typer.Exit(1)


@app.command()
def prove(
    context: typer.Context,
    number: _Number,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Else certificate-NUMBER.proof.json in this folder."),
    ] = None,
    details: _Details = None,
    as_json: AsJson = False,
) -> None:
    """Write a certificate's proof: a file that anyone can check without a node, who trusts one block's hash.

    Example: onetonne certificate prove 7 --output certificate.proof.json
    """
    from onetonne.certificates import export

    session = session_of(context)
    found = _certificate(session, number, details)
    proof, text = export(found, session.chain.node, session.deployment.addresses)
    path = output or Path(f"certificate-{number}.proof.json")
    path.write_text(text, encoding="utf-8")
    if as_json:
        show_json(
            {"certificate": found.id, "file": path, "block": proof.block, "block_hash": proof.block_hash}
        )
        return
    say(f"The proof of certificate {found.id} is in {path}, at block {proof.block:,}: {proof.block_hash}.")
    say("Whoever checks it must have that hash from a source of their own.")


def _verify_proof_file(session: Session, path: str, block_hash: str | None, as_json: bool) -> None:
    from onetonne.certificates import verify_proof_file

    if block_hash is None:
        raise Misuse(f"{path} is a proof: give --block-hash HASH, the block's, from a source that you trust.")
    proof = verify_proof_file(path, block_hash)
    here = _own_credits(session, proof.facts["chain_id"])
    credits = proof.facts["credits"]
    if here is not None and here.lower() != credits.lower():
        raise CertificateError(
            f"File {path} proves a certificate of the Credits contract {credits}, and the deployment's is "
            f"{here}: give the one that it names in --credits, if you trust that one."
        )
    if as_json:
        show_json({"file": path, "proof": proof})
        return
    say(f"File {path} is the proof of certificate {proof.facts['id']}, unaltered. {proof.sentence}")
    facts({name.replace("_", " ").capitalize(): cell(one) for name, one in proof.facts.items()})
    if here is None:
        say(f"Make sure that {credits} is the Credits contract that you mean: anyone can deploy another.")


def _own_credits(session: Session, chain_id: int) -> str | None:
    """The Credits contract that is meant: the one in --credits, or the home's on that chain, if any."""
    from onetonne.deploy import Deployment

    if session.credits:
        return session.credits
    if not manifest_path(session.home, chain_id).exists():
        return None
    return Deployment.load(session.home, chain_id).addresses["Credits"]


def _certificate(session: Session, number: int, details: Path | None) -> Certificate:
    """The certificate with its details: given, published, or kept in this home."""
    from onetonne.certificates import certificate as certificate_of
    from onetonne.certificates import details_from_file
    from onetonne.details import kept

    retirement = RetirementId(number)
    if details is not None:
        return certificate_of(session.ledger, retirement, details_from_file(details))
    found = certificate_of(session.ledger, retirement)
    own = kept(session.home, found.details_hash)
    if found.details is not None or own is None:
        return found
    return certificate_of(session.ledger, retirement, details_from_file(own))


def _written(certificate: Certificate, path: Path, as_json: bool) -> None:
    if as_json:
        show_json(
            {"certificate": certificate.id, "file": path, "with_details": certificate.details is not None}
        )
        return
    say(f"Certificate {certificate.id} is in {path}.")
    if certificate.details is None and any(certificate.details_hash):
        say("It names nobody: its details were not published, and are not in this home; give --details FILE.")


def _facts(certificate: Certificate) -> dict[str, object]:
    details = certificate.details or RetirementDetails()
    return {
        "Certificate": certificate.id,
        "Quantity": format_quantity(certificate.kilograms),
        "Beneficiary": details.beneficiary,
        "Account": certificate.beneficiary,
        "Programme": certificate.programme,
        "Project": f"{certificate.project} {certificate.project_name}",
        "Country": certificate.country,
        "Methodology": f"{certificate.methodology} {certificate.methodology_version}",
        "Vintage": f"{certificate.vintage_year} ({certificate.vintage_start} to {certificate.vintage_end})",
        "Serial numbers": certificate.serials,
        "Fractions": certificate.fractions or None,
        "Retired": f"{certificate.retired:%Y-%m-%d %H:%M:%S} UTC",
        "Purpose": cell(certificate.purpose),
        "Labels": certificate.labels_in_words,
        "Warning": certificate.warning or None,
        "Reason": details.reason,
        "Claim covers": f"{details.claim_start} to {details.claim_end}" if details.claim_start else None,
        "Jurisdiction": details.jurisdiction,
        "Aeroplane operator": details.aeroplane_operator,
        "Same claim": ", ".join(map(str, certificate.claim)) if len(certificate.claim) > 1 else None,
        "Transaction": certificate.transaction,
        "Name": certificate.uri,
    }
