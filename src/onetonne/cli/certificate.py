"""`onetonne certificate`: the face of a retirement: shown, drawn, and checked against the chain."""

from pathlib import Path
from typing import Annotated

import typer

from onetonne.certificates import Certificate, details_from_file, frozen, to_pdf, to_svg
from onetonne.certificates import certificate as certificate_of
from onetonne.certificates import verify as verify_certificate
from onetonne.cli.options import AsJson
from onetonne.cli.output import cell, facts, plain, say, show_json
from onetonne.cli.session import Session, session_of
from onetonne.details import kept
from onetonne.policy import frozen_in_words
from onetonne.terms import RetirementDetails, RetirementId, format_quantity

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
    found = _certificate(session_of(context), number, details)
    path = output or Path(f"certificate-{number}.pdf")
    path.write_bytes(to_pdf(found, font))
    _written(found, path, as_json)


@app.command()
def verify(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="FILE|NUMBER", help="An SVG or PDF certificate, or a number.")
    ],
    details: _Details = None,
    as_json: AsJson = False,
) -> None:
    """Check a certificate's file against the chain, text by text. Exit code 1 where it was altered.

    Example: onetonne certificate verify certificate.pdf
    """
    session = session_of(context)
    given = details_from_file(details) if details else None
    wanted = RetirementId(int(source)) if source.isdecimal() else source
    result = verify_certificate(wanted, session.ledger, given)
    if as_json:
        show_json(result)
    else:
        say(result.sentence, *result.remarks)
    if not result.passed:
        raise typer.Exit(1)


def _certificate(session: Session, number: int, details: Path | None) -> Certificate:
    """The certificate with its details: given, published, or kept in this home."""
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
