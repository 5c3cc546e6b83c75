"""A certificate's facts on an A4 page: the look of `Renderer.sol`, with names, full serials and a QR code."""

from collections.abc import Callable, Iterable, Iterator

from onetonne.certificates.marks import (
    GREEN,
    MUTED,
    Code,
    Font,
    Frame,
    Line,
    Mark,
    Text,
    block,
    fitting,
    width,
)
from onetonne.certificates.record import PURPOSES, Certificate
from onetonne.certificates.seal import X as SEAL_X
from onetonne.certificates.seal import Y as SEAL_Y
from onetonne.certificates.seal import seal
from onetonne.certificates.wording import printable
from onetonne.terms import RetirementId

_LEFT, _RIGHT = 58, 784
_COLUMN = 480  # left of the seal
_VALUES = 150
_CODE_X = 688
_TABLE_TOP, _TABLE_END = 318, 516
_ROW = 20
_FIGURE_SIZES = (92.0, 86.0, 80.0, 72.0, 64.0, 56.0, 48.0)
_NAME_SIZES = ((27.0, 1), (23.0, 1), (19.0, 1), (15.0, 2), (11.0, 2), (8.5, 3), (6.0, 4))
_CLAIM_SIZES = ((13.5, 1), (12.0, 1), (10.5, 2), (8.0, 3), (6.0, 4))
_CLAIM_SHOWN = 12
_WRITTEN = ("beneficiary", "reason", "jurisdiction", "aeroplane_operator")

Letters = Callable[[str], str]


def layout(certificate: Certificate, letters: Letters = str) -> list[Mark]:
    """All marks, in reading order. `letters` turns what people wrote into letters that the medium has."""

    def plain(text: str) -> str:
        return letters(printable(text))

    marks: list[Mark] = [Frame(20, 20, 1), Frame(25, 25, 0.4), Line(_LEFT, 529, _RIGHT, 529)]
    marks += _head(certificate)
    marks += _beneficiary(certificate, plain)
    marks.append(Line(_LEFT, 294, _LEFT + _COLUMN, 294))
    marks += _table(list(_rows(certificate, plain)))
    marks += _seal(certificate)
    marks += _check(certificate)
    marks += _foot(certificate)
    if _respelled(certificate, letters):
        note = "Names here are in Western letters; their exact spelling is in the SVG certificate."
        marks.append(Text("note", _RIGHT, 543, note, 7.5, Font.SANS, MUTED, "end"))
    return marks


def _head(certificate: Certificate) -> Iterator[Mark]:
    yield Text("title", _LEFT, 74, "CERTIFICATE OF RETIREMENT", 13, Font.SANS, GREEN, spacing=4)
    yield Text("number", _RIGHT, 74, f"No. {certificate.id}", 13, Font.SANS, GREEN, "end")
    figure = certificate.figure
    size = fitting(figure, Font.SERIF, _COLUMN, _FIGURE_SIZES)
    yield Text("quantity", _LEFT - size * 0.03, 160, figure, size, width=_COLUMN)
    yield Text("unit", _LEFT, 188, f"{certificate.unit} of CO₂ equivalent, retired for ever", 20)


def _beneficiary(certificate: Certificate, plain: Letters) -> Iterator[Mark]:
    name = plain(_written(certificate, "beneficiary"))
    if not name:
        yield Text("caption", _LEFT, 222, "on behalf of the account", 13, Font.ITALIC, MUTED)
        yield Text("account", _LEFT, 247, certificate.beneficiary, 17, Font.MONO, width=_COLUMN)
    else:
        yield Text("caption", _LEFT, 216, "on behalf of", 13, Font.ITALIC, MUTED)
        yield from _lines("beneficiary", 244, name, _NAME_SIZES)
    claim = ", ".join(
        text
        for text in (
            plain(_written(certificate, "reason")),
            _period(certificate),
            plain(_written(certificate, "jurisdiction")),
        )
        if text
    )
    if claim:
        yield from _lines("claim", 272, f"for {claim}", _CLAIM_SIZES)


def _lines(fact: str, y: float, text: str, sizes: Iterable[tuple[float, int]]) -> Iterator[Mark]:
    """A text over the left column, its one line on `y` or its lines around it."""
    size, lines = block(text, Font.SERIF, _COLUMN, sizes)
    step = size * 1.12
    first = y - (len(lines) - 1) * step / 2
    for number, line in enumerate(lines):
        yield Text(fact, _LEFT, round(first + number * step, 2), line, size, width=_COLUMN)


def _written(certificate: Certificate, field: str) -> str:
    """A text of the details; empty where there is none."""
    return getattr(certificate.details, field, None) or ""


def _respelled(certificate: Certificate, letters: Letters) -> bool:
    texts = [_written(certificate, field) for field in _WRITTEN]
    return any(letters(printable(text)) != printable(text) for text in [*texts, certificate.project_name])


def _period(certificate: Certificate) -> str:
    details = certificate.details
    start = details.claim_start if details else None
    end = details.claim_end if details else None
    if start and end:
        return f"{start.isoformat()} to {end.isoformat()}"
    if start:
        return f"from {start.isoformat()}"
    return f"until {end.isoformat()}" if end else ""


def _rows(certificate: Certificate, plain: Letters) -> Iterator[tuple[str, str, str]]:
    """Fact, label, value."""
    yield "programme", "Programme", certificate.programme
    yield "project", "Project", " ".join((certificate.project, plain(certificate.project_name))).strip()
    yield "country", "Country", certificate.country
    methodology = f"{certificate.methodology} {certificate.methodology_version}"
    yield "methodology", "Methodology", methodology
    dates = f"{certificate.vintage_start.isoformat()} to {certificate.vintage_end.isoformat()}"
    yield "vintage", "Vintage", f"{certificate.vintage_year} ({dates})"
    yield "serials", "Serial numbers", certificate.serials
    if certificate.fractions:
        yield "fractions", "Fractions", certificate.fractions
    yield "retired", "Retired", f"{certificate.retired:%Y-%m-%d %H:%M:%S} UTC"
    yield "purpose", "Purpose", PURPOSES[certificate.purpose]
    operator = plain(_written(certificate, "aeroplane_operator"))
    if operator:
        yield "aeroplane operator", "Aeroplane operator", operator
    yield "labels", "Labels", certificate.labels_in_words
    if certificate.warning:
        yield "over-issued", "Warning", certificate.warning
    if plain(_written(certificate, "beneficiary")):
        yield "account", "Account", certificate.beneficiary
    if len(certificate.claim) > 1:
        yield "same claim", "Same claim", _claim(certificate.id, certificate.claim)


def _claim(own: RetirementId, claim: tuple[RetirementId, ...]) -> str:
    """The other certificates of the claim; their ids follow one another."""
    others = [str(other) for other in claim if other != own]
    if len(others) <= _CLAIM_SHOWN:
        return f"certificate{'s' if len(others) > 1 else ''} {', '.join(others)}"
    return f"{len(claim)} certificates, {claim[0]} to {claim[-1]}"


def _table(rows: list[tuple[str, str, str]]) -> Iterator[Mark]:
    """Labels and values, at most `_ROW` apart; long values take smaller letters, then more lines."""
    step = min(_ROW, (_TABLE_END - _TABLE_TOP) / (len(rows) - 1))
    largest = min(14.0, step * 0.74)
    sizes = (
        (largest, 1),
        (largest * 0.85, 1),
        (largest * 0.7, 1),
        (min(8.0, step * 0.45), 2),
        (step * 0.3, 3),
    )
    for number, (fact, label, value) in enumerate(rows):
        y = _TABLE_TOP + number * step
        room = (_LEFT + _COLUMN if y < SEAL_Y + 120 else _CODE_X - 20) - _VALUES
        size, lines = block(value, Font.SERIF, room, sizes)
        yield Text("label", _LEFT, round(y, 2), label, min(10.0, step * 0.55), Font.SANS, MUTED)
        first = y - (len(lines) - 1) * size * 0.55
        for below, line in enumerate(lines):
            yield Text(fact, _VALUES, round(first + below * size * 1.1, 2), line, round(size, 2), width=room)


def _seal(certificate: Certificate) -> Iterator[Mark]:
    yield seal(certificate.chain_id, certificate.credits, certificate.id)
    yield Text("stamp", SEAL_X + 1, SEAL_Y - 4, "RETIRED", 9, Font.SANS, GREEN, "middle", spacing=2)
    day = certificate.retired.date().isoformat()
    yield Text("retired", SEAL_X, SEAL_Y + 13, day, 15, anchor="middle")


def _check(certificate: Certificate) -> Iterator[Mark]:
    yield Code(_CODE_X, 408, _RIGHT - _CODE_X, certificate.uri)
    yield Text("caption", _RIGHT, 517, "check it: onetonne verify", 8, Font.SANS, MUTED, "end")


def _foot(certificate: Certificate) -> Iterator[Mark]:
    size = 7.5
    chain = f"Chain {certificate.chain_id}, block {certificate.block}, transaction {certificate.transaction}"
    contracts = f"Credits {certificate.credits}, certificates {certificate.certificates}"
    yield Text("transaction", _LEFT, 543, chain, size, Font.SANS, MUTED)
    yield Text("contracts", _LEFT, 555, contracts, size, Font.SANS, MUTED)
    motto = "one tonne, one token, one claim"
    yield Text(
        "motto", _RIGHT, 555, motto, 8.5, Font.SANS, MUTED, "end", width=width(motto, Font.SANS, 8.5) + 30
    )
