"""Certificates as files, read back: what they say they are, and each text that they print."""

import io
import json
import zlib
from dataclasses import dataclass
from enum import StrEnum
from os import PathLike
from typing import Any
from xml.etree import ElementTree

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ContentStream, StreamObject

from onetonne.certificates.layout import layout
from onetonne.certificates.marks import Text
from onetonne.certificates.pdf import printed as pdf_printed
from onetonne.certificates.pdf import to_pdf
from onetonne.certificates.record import LAYOUT, Certificate
from onetonne.certificates.svg import NAMESPACE, to_svg
from onetonne.certificates.wording import in_windows_1252
from onetonne.errors import CertificateError
from onetonne.terms import Kilograms

_NOTHING = Kilograms(0)
_TEXT = "{http://www.w3.org/2000/svg}text"
_SHAPES = "shapes that a certificate does not have"
_UNREADABLE = (  # what the parsers raise on files that others made
    ElementTree.ParseError,
    PyPdfError,
    zlib.error,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
)
_CERTIFICATE = f"{{{NAMESPACE}}}certificate"


class Kind(StrEnum):
    SVG = "svg"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Face:
    """A certificate's file, read. `texts` are in the order in which they are drawn."""

    kind: Kind
    data: bytes
    texts: tuple[str, ...]
    certificate: int
    certificates: str
    chain_id: int
    layout: int
    details: str | None
    over_issued: Kilograms
    """Of the batch, marked when the file was drawn, as it says."""
    has_own_font: bool = False
    made_good: Kilograms = _NOTHING
    """Of `over_issued`, as the file says."""


def read(path: str | PathLike[str], data: bytes) -> Face:
    """Raises `CertificateError` where the file is no certificate of ours."""
    try:
        if data.startswith(b"%PDF"):
            return _pdf(data)
        if b"<!DOCTYPE" not in data and b"<!ENTITY" not in data:  # entities can blow up
            return _svg(data)
    except _UNREADABLE as problem:
        raise _no_certificate(path) from problem
    raise _no_certificate(path)


def draw(certificate: Certificate, kind: Kind, has_own_font: bool) -> bytes | None:
    """What this version draws; None where that takes a font that only the file has."""
    if kind is Kind.SVG:
        return to_svg(certificate).encode()
    return None if has_own_font else to_pdf(certificate)


def printed(certificate: Certificate, kind: Kind, has_own_font: bool) -> list[tuple[str, str]]:
    """Fact and text of all that such a file prints."""
    if kind is Kind.SVG:
        marks = layout(certificate)
        return [(m.fact, m.content.replace("₂", "2")) for m in marks if isinstance(m, Text)]
    letters = str if has_own_font else in_windows_1252
    return [(fact, text.strip()) for fact, text in pdf_printed(layout(certificate, letters))]


def foreign(face: Face, drawn: bytes | None) -> list[str]:
    """What a file draws beside its texts that a certificate does not have: it can hide or fake them."""
    if face.kind is Kind.SVG:
        same = drawn is not None and _textless(face.data) == _textless(drawn)
        return [] if same else [_SHAPES]
    reader = PdfReader(io.BytesIO(face.data))
    page = reader.pages[0]
    found = []
    if len(reader.pages) != 1:
        found.append(f"{len(reader.pages)} pages instead of one")
    if page.get("/Annots"):
        found.append("annotations")
    if _resources(page).get("/XObject"):
        found.append("pictures")
    if not found and drawn is not None and _strokes(reader) != _strokes(PdfReader(io.BytesIO(drawn))):
        found.append(_SHAPES)
    return found


def _strokes(reader: PdfReader) -> list[tuple[bytes, list[str]]]:
    """All that a page draws, and where, but not the texts themselves."""
    content = ContentStream(reader.pages[0].get_contents(), reader)
    return [
        (operator, [f"{number:.2f}" for number in operands if isinstance(number, int | float)])
        for operands, operator in content.operations
        if operator not in (b"Tj", b"TJ", b"Tf")
    ]


def _svg(data: bytes) -> Face:
    root = ElementTree.fromstring(data.decode("utf-8"))
    identity = root.find(f".//{_CERTIFICATE}")
    texts = tuple("".join(element.itertext()) for element in root.iter(_TEXT))
    return _face(Kind.SVG, data, texts, identity)


def _pdf(data: bytes) -> Face:
    reader = PdfReader(io.BytesIO(data))
    texts: list[str] = []
    for page in reader.pages:
        page.extract_text(visitor_text=lambda text, *_: texts.append(text.strip()))
    xmp = reader.root_object["/Metadata"].get_object()
    if not isinstance(xmp, StreamObject):
        raise TypeError("metadata are a stream")
    identity = ElementTree.fromstring(xmp.get_data()).find(f".//{_CERTIFICATE}")
    own = any("/ToUnicode" in font.get_object() for font in _resources(reader.pages[0])["/Font"].values())
    return _face(Kind.PDF, data, tuple(filter(None, texts)), identity, own)


def _resources(page: Any) -> Any:
    return page["/Resources"].get_object()


def _face(
    kind: Kind, data: bytes, texts: tuple[str, ...], identity: ElementTree.Element | None, own: bool = False
) -> Face:
    if identity is None or identity.text is None:
        raise ValueError("no identity")
    fields = json.loads(identity.text)
    number, details = int(fields["layout"]), fields.get("details")
    if details is not None and not isinstance(details, str):
        raise TypeError("details are a text")
    return Face(
        kind,
        data,
        texts,
        int(fields["certificate"]),
        str(fields["certificates"]),
        int(fields["chain"]),
        number,
        details,
        Kilograms(int(fields["over_issued_kilograms"]) if number == LAYOUT else 0),
        own,
        Kilograms(int(fields.get("over_issued_made_good_kilograms", 0))),
    )


def _textless(data: bytes) -> str:
    """An SVG in canonical form, without what its texts say."""
    root = ElementTree.fromstring(data)
    for element in root.iter(_TEXT):
        for inner in element.iter():
            inner.text = None
            if inner is not element:
                inner.tail = None
    return ElementTree.canonicalize(ElementTree.tostring(root, encoding="unicode"))


def _no_certificate(path: str | PathLike[str]) -> CertificateError:
    return CertificateError(
        f"File {path} is no certificate of onetonne's: give an SVG or PDF that it has drawn."
    )
