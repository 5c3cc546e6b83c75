"""Certificates drawn from a record made by hand: what stands on them, and that it fits, whatever it is."""

import hashlib
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pypdf import PdfReader

from onetonne import serials
from onetonne.certificates import Certificate, Difference, Verification, faces, to_pdf, to_svg, verifying
from onetonne.certificates.layout import layout
from onetonne.certificates.marks import HEIGHT, WIDTH, Code, Text, width
from onetonne.certificates.spelling import spelled
from onetonne.certificates.svg import modules, runs
from onetonne.certificates.wording import in_windows_1252, printable
from onetonne.errors import CertificateError, FileError
from onetonne.labels import HeldLabel
from onetonne.terms import (
    Address,
    BatchId,
    Kilograms,
    Purpose,
    RetirementDetails,
    RetirementId,
    Serial,
)

SVG = "{http://www.w3.org/2000/svg}"
ACCOUNT = Address("0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045")
DETAILS = RetirementDetails(
    beneficiary="Hallgrímsson & Søn Shipping A/S",
    reason="Scope 1 emissions of the coastal ferries",
    claim_start=date(2025, 1, 1),
    claim_end=date(2025, 12, 31),
    jurisdiction="Iceland",
    salt="ab" * 16,
)
RECORD = Certificate(
    id=RetirementId(12),
    claim=(RetirementId(12),),
    kilograms=Kilograms(1_500_250),
    programme="VCS",
    project="1340",
    project_name="Bale Mountains Eco-Region",
    country="ET",
    methodology="VM0042",
    methodology_version="2.1",
    vintage_start=date(2021, 1, 1),
    vintage_end=date(2021, 12, 31),
    vintage_year=2021,
    batch=BatchId(3),
    prefix="VCS-VCU",
    first=Serial(941467008),
    last=Serial(941468508),
    first_kilograms=Kilograms(1000),
    last_kilograms=Kilograms(250),
    beneficiary=ACCOUNT,
    purpose=Purpose.VOLUNTARY,
    labels=(HeldLabel("CCP", False), HeldLabel("CORSIA-1", True)),
    over_issued=Kilograms(0),
    retired=datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC),
    details=DETAILS,
    details_published=False,
    details_hash=DETAILS.hash(),
    transaction="0x" + "a1b2c3d4" * 8,
    block=1234,
    chain_id=31337,
    credits=Address("0x5615dEB798BB3E4dFa0139dFa1b3D433Cc23b72f"),
    certificates=Address("0x2e234DAe75C793f67A35089C9d99245E1C58470b"),
)
LARGEST = replace(
    RECORD,
    id=RetirementId(2**40 - 1),
    claim=tuple(RetirementId(2**40 - 200 + i) for i in range(200)),
    kilograms=Kilograms(14_899_999_999),
    first=Serial(2**64 - 2 - 14_899_999),
    last=Serial(2**64 - 2),
    last_kilograms=Kilograms(999),
    programme="ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF",
    project="W" * 32,
    project_name="A project's name that goes on and on " * 5,
    methodology="W" * 32,
    methodology_version="M" * 32,
    prefix="CAR-ROC-US-1152-105-431-NY-2024-9445",
    purpose=Purpose.CORSIA_PHASE_2,
    labels=tuple(HeldLabel(f"LABEL-{number:02}-{'W' * 23}", number % 2 == 0) for number in range(12)),
    over_issued=Kilograms(14_899_999_999),
    details=replace(
        DETAILS,
        beneficiary="The Honourable Association " * 12,
        reason="Because " * 90,
        aeroplane_operator="Wings over Water and Wide Woods " * 9,
    ),
)
HOSTILE = '<script>alert("1")</script> & ]]> (\\) %s {0} \'); -->'
VARIANTS = {
    "typical": RECORD,
    "nameless": replace(RECORD, details=None),
    "one kilogram": replace(
        RECORD,
        kilograms=Kilograms(1),
        last=RECORD.first,
        first_kilograms=Kilograms(1),
        last_kilograms=Kilograms(1),
    ),
    "largest": LARGEST,
    "one word": replace(RECORD, details=replace(DETAILS, beneficiary="W" * 2000, reason="x" * 5000)),
    "hostile": replace(
        RECORD, project_name=HOSTILE, details=replace(DETAILS, beneficiary=HOSTILE, reason=HOSTILE)
    ),
    "over-issued": replace(
        RECORD,
        labels=(),
        over_issued=Kilograms(12_500),
        details=replace(DETAILS, aeroplane_operator="Søn Air A/S"),
    ),
    "other letters": replace(
        RECORD, details=replace(DETAILS, beneficiary="東京電力 Łódź", jurisdiction="日本")
    ),
}


def given(**fields: Any) -> Certificate:
    return replace(RECORD, **fields)


def svg_texts(record: Certificate) -> list[str]:
    root = ElementTree.fromstring(to_svg(record))
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def pdf_text(record: Certificate) -> str:
    return PdfReader(io.BytesIO(to_pdf(record))).pages[0].extract_text()


FACTS = [
    "No. 12",
    "1,500.25",
    "tonnes of CO2 equivalent, retired for ever",
    "Hallgrímsson & Søn Shipping A/S",
    "for Scope 1 emissions of the coastal ferries, 2025-01-01 to 2025-12-31, Iceland",
    "VCS",
    "1340 Bale Mountains Eco-Region",
    "ET",
    "VM0042 2.1",
    "2021 (2021-01-01 to 2021-12-31)",
    "941467008-941468508-VCS-VCU",
    "250 kg of the last serial",
    "2026-09-21 14:13:20 UTC",
    "voluntary",
    "CCP, CORSIA-1 (conditional)",
    ACCOUNT,
    f"Chain 31337, block 1234, transaction {RECORD.transaction}",
    f"Credits {RECORD.credits}, certificates {RECORD.certificates}",
]


@pytest.mark.parametrize("fact", FACTS)
def test_svg_and_pdf_print_the_fact(fact: str) -> None:
    assert fact in svg_texts(RECORD)
    assert fact.replace(" ", "") in re.sub(r"\s", "", pdf_text(RECORD)).replace(" ", "")


def test_other_certificates_of_the_claim_are_named() -> None:
    ids = tuple(RetirementId(number) for number in (11, 12, 13))
    assert "certificates 11, 13" in svg_texts(given(claim=ids))
    assert "200 certificates, 1099511627576 to 1099511627775" in svg_texts(LARGEST)


def test_labels_warnings_and_aeroplane_operators_are_printed() -> None:
    record = VARIANTS["over-issued"]
    for fact in ("Labels", "none", "Warning", "12.5 t of the batch were over-issued", "Søn Air A/S"):
        assert fact in svg_texts(record)
        assert fact.replace(" ", "") in re.sub(r"\s", "", pdf_text(record))
    assert "Warning" not in svg_texts(RECORD)
    assert "Aeroplane operator" not in svg_texts(RECORD)


@pytest.mark.parametrize("name", VARIANTS)
def test_rows_of_the_table_keep_apart_and_above_the_line(name: str) -> None:
    marks = [mark for mark in layout(VARIANTS[name]) if isinstance(mark, Text)]
    labels = [mark for mark in marks if mark.fact == "label"]
    for above, below in pairwise(labels):
        inside = [m for m in marks if m.x == 150 and above.y - 8 < m.y < below.y - 8]
        assert inside
        lowest = max(mark.y + mark.size * 0.22 for mark in inside)
        highest = min(m.y - m.size * 0.7 for m in marks if m.x == 150 and m.y >= below.y - below.size * 0.9)
        assert below.y - above.y <= 20
        assert lowest <= highest + 0.01
    assert max(mark.y for mark in marks if mark.x == 150) <= 522


def test_nameless_certificate_shows_the_account() -> None:
    assert svg_texts(given(details=None)).count(ACCOUNT) == 1


@pytest.mark.parametrize("draw", [to_svg, to_pdf])
@pytest.mark.parametrize("name", VARIANTS)
def test_same_certificate_gives_the_same_file(draw: Any, name: str) -> None:
    assert draw(VARIANTS[name]) == draw(replace(VARIANTS[name]))


@pytest.mark.parametrize("name", VARIANTS)
def test_every_text_stays_within_its_room_and_page(name: str) -> None:
    for mark in layout(VARIANTS[name]):
        if not isinstance(mark, Text):
            continue
        taken = width(mark.content, mark.font, mark.size, mark.spacing)
        start = {"start": mark.x, "middle": mark.x - taken / 2, "end": mark.x - taken}[mark.anchor]
        assert mark.width is None or taken <= mark.width
        assert start >= 26
        assert start + taken <= WIDTH - 26
        assert 26 < mark.y < HEIGHT - 26


@pytest.mark.parametrize("name", VARIANTS)
def test_texts_stay_clear_of_the_code_and_the_seal(name: str) -> None:
    marks = layout(VARIANTS[name])
    code = next(mark for mark in marks if isinstance(mark, Code))
    for mark in marks:
        if not isinstance(mark, Text) or mark.anchor != "start":
            continue
        end = mark.x + width(mark.content, mark.font, mark.size, mark.spacing)
        if code.y < mark.y < code.y + code.size:
            assert end < code.x
        if 104 < mark.y < 320:
            assert end < 568


@pytest.mark.parametrize("name", VARIANTS)
def test_files_can_be_read(name: str) -> None:
    record = VARIANTS[name]
    assert ElementTree.fromstring(to_svg(record)).tag == f"{SVG}svg"
    reader = PdfReader(io.BytesIO(to_pdf(record)), strict=True)
    assert len(reader.pages) == 1
    assert (reader.pages[0].mediabox.width, reader.pages[0].mediabox.height) == (WIDTH, HEIGHT)


def test_hostile_text_is_printed_and_adds_no_element() -> None:
    record = VARIANTS["hostile"]
    assert HOSTILE in svg_texts(record)
    tags = {element.tag for element in ElementTree.fromstring(to_svg(record)).iter()}
    assert tags == {element.tag for element in ElementTree.fromstring(to_svg(RECORD)).iter()}
    assert HOSTILE in pdf_text(record)


def test_addresses_of_people_are_nowhere_in_a_file() -> None:
    written = "Jo Doe <jo.doe@example.org>, jo\u200b@example.org"
    record = given(details=replace(DETAILS, beneficiary=written, reason=written), project_name=written)
    for file in (to_svg(record), to_pdf(record).decode("latin-1")):
        assert "@" not in file


@pytest.mark.parametrize(
    ("kilograms", "figure", "unit"),
    [
        (1, "1", "kg"),
        (999, "999", "kg"),
        (1000, "1", "tonnes"),
        (1500, "1.5", "tonnes"),
        (1001, "1.001", "tonnes"),
        (14_900_000_000, "14,900,000", "tonnes"),
    ],
)
def test_quantity_is_exact(kilograms: int, figure: str, unit: str) -> None:
    record = given(kilograms=Kilograms(kilograms))
    assert (record.figure, record.unit) == (figure, unit)


@pytest.mark.parametrize(
    ("first", "last", "of_first", "of_last", "said"),
    [
        (5, 6, 1000, 1000, ""),
        (5, 6, 400, 1000, "400 kg of the first serial"),
        (5, 6, 400, 1, "400 kg of the first serial, 1 kg of the last serial"),
        (5, 5, 7, 7, "7 kg of this serial"),
        (5, 5, 1000, 1000, ""),
    ],
)
def test_fractions_name_kilograms_of_either_end(
    first: int, last: int, of_first: int, of_last: int, said: str
) -> None:
    quantity = of_first if first == last else of_first + of_last
    record = given(
        first=Serial(first),
        last=Serial(last),
        kilograms=Kilograms(quantity),
        first_kilograms=Kilograms(of_first),
        last_kilograms=Kilograms(of_last),
    )
    assert record.fractions == said


@pytest.mark.parametrize(
    ("text", "project"),
    [
        ("GS1-1-KE-11603-16-2025-30256-110-5463", "11603"),
        ("ACR-US-499-2022-2006-28173 to 28213", "499"),
        ("CAR-ROC-US-1152-105-431-NY-2024-9445-1 to 18101", "1152"),
        ("ART-GY-102-2021-11-2759599 to 2760598", "102"),
        ("FCPF-CI-130-2023-20-1 to 46404", "130"),
        ("RW-5-563732-2-2-0-6207 - RW-5-586300-2-2-0-6207", "CDM6207"),
    ],
)
def test_serials_are_spelled_as_the_programme_registry_does(text: str, project: str) -> None:
    assert spelled(serials.parse(text).block, project) == text


@pytest.mark.parametrize(
    "text",
    [
        "19385-941467007-941467431-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1",
        "8160-461651645-461651984-VCU-009-MER-CN-14-1847-15042017-14042019-1",
    ],
)
def test_serials_of_vcs_are_a_part_of_the_programme_registrys(text: str) -> None:
    found = spelled(serials.parse(text).block, "1340")
    assert re.fullmatch(r"[0-9]+-[0-9]+-(VCS-)?VCU", found)
    assert f"-{found}-" in text


def test_code_says_chain_contract_and_number() -> None:
    code = next(mark for mark in layout(RECORD) if isinstance(mark, Code))
    assert code.content == f"onetonne:eip155:31337/erc721:{RECORD.certificates}/12"
    rows = modules(code.content)
    drawn = [bytearray(len(rows)) for _ in rows]
    for x, y, length in runs(rows):
        drawn[y][x : x + length] = b"\1" * length
    assert drawn == [bytearray(row) for row in rows]


def test_seals_differ_between_certificates_chains_and_contracts() -> None:
    others = (given(id=RetirementId(13)), given(chain_id=1), given(credits=ACCOUNT))
    seals = {next(str(m) for m in layout(one) if type(m).__name__ == "Wreath") for one in (RECORD, *others)}
    assert len(seals) == 4


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Two\nlines\t and  blanks ", "Two lines and blanks"),
        ("abc\u202edcba\u2066", "abcdcba"),
        ("nul\0 bell\a", "nul bell"),
        ("write to jo@example.org", "write to [e-mail address removed]"),
        ("jo@exam\u200bple.org", "[e-mail address removed]"),
    ],
)
def test_printable_text_hides_nothing(written: str, printed: str) -> None:
    assert printable(written) == printed


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Hallgrímsson €", "Hallgrímsson €"),
        ("Wałęsa Đoković Őrség", "Walesa Dokovic Orség"),
        ("Toyota トヨタ 自動車 A/S", "Toyota [...] A/S"),
        ("東京電力", "[in other letters]"),
    ],
)
def test_pdf_falls_back_to_western_letters_without_guessing(written: str, printed: str) -> None:
    assert in_windows_1252(written) == printed


def test_pdf_says_that_names_were_respelled() -> None:
    note = "their exact spelling is in the SVG certificate"
    assert note in pdf_text(VARIANTS["other letters"])
    assert note not in pdf_text(RECORD)
    assert "東京電力 Łódź" in svg_texts(VARIANTS["other letters"])


def test_font_that_is_no_font_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no.ttf"
    with pytest.raises(FileError, match="no such font file"):
        to_pdf(RECORD, path)
    path.write_bytes(b"nothing")
    with pytest.raises(FileError, match="can't be read as a TrueType"):
        to_pdf(RECORD, path)


@pytest.fixture
def font(tmp_path: Path) -> Path:
    """A font with all letters of one name, each a square."""
    letters = sorted(set("東京電力 Łódź"))
    names = [".notdef", *(f"letter{number}" for number in range(len(letters)))]
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): names[i + 1] for i, letter in enumerate(letters)})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 700), (700, 700), (700, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square = pen.glyph()
    builder.setupGlyf(dict.fromkeys(names, square))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1200, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    builder.save(tmp_path / "squares.ttf")
    return tmp_path / "squares.ttf"


def test_name_is_set_in_the_font_that_is_given(font: Path) -> None:
    record = given(details=replace(DETAILS, beneficiary="東京電力 Łódź"))
    file = to_pdf(record, font)
    assert file == to_pdf(record, font)
    assert "東京電力 Łódź" in PdfReader(io.BytesIO(file)).pages[0].extract_text()
    assert differences(record, file) == []
    other = given(details=replace(DETAILS, beneficiary="東京 Łódź"))
    assert differences(other, file) == [("beneficiary", "東京電力 Łódź", "東京 Łódź")]


def test_font_without_the_letters_is_refused(font: Path) -> None:
    with pytest.raises(FileError, match=r"no letters for 日 本; give one of the script"):
        to_pdf(given(details=replace(DETAILS, beneficiary="日本")), font)


# What a file says of itself, and what was changed in it; against a chain: tests/e2e/test_certificates.py.


def differences(record: Certificate, data: bytes) -> list[tuple[str, str, str]]:
    face = faces.read("a file", data)
    drawn = faces.draw(record, face.kind, face.has_own_font)
    found = verifying._differences(face, record, drawn)
    return [(one.fact, one.printed, one.on_chain) for one in found]


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("draw", [lambda record: to_svg(record).encode(), to_pdf], ids=["svg", "pdf"])
def test_unaltered_file_has_no_differences(draw: Any, name: str) -> None:
    assert differences(VARIANTS[name], draw(VARIANTS[name])) == []


ALTERATIONS = [
    ("number", "No. 12", "No. 13"),
    ("quantity", "1,500.25", "9,500.25"),
    ("unit", " equivalent, retired for ever", " equivalent, retired for once"),
    ("beneficiary", "Shipping A/S", "Sleeping A/S"),
    ("claim", "Iceland", "Ireland"),
    ("programme", "VCS", "ACR"),
    ("project", "1340 Bale", "1341 Bale"),
    ("country", "ET", "KE"),  # a whole text: two letters are found elsewhere too
    ("methodology", "VM0042 2.1", "VM0042 2.2"),
    ("vintage", "2021-12-31", "2022-12-31"),
    ("serials", "941467008-", "941467009-"),
    ("fractions", "250 kg", "750 kg"),
    ("retired", "14:13:20", "15:13:20"),
    ("purpose", "voluntary", "VOLUNTARY"),
    ("labels", "CCP, CORSIA", "CCP, CORSICA"),
    ("labels", "conditional", "for all time"),
    ("account", ACCOUNT, ACCOUNT[:-1] + "6"),
    ("transaction", "block 1234", "block 1235"),
    ("contracts", "Credits 0x56", "Credits 0x57"),
]


@pytest.mark.parametrize(("fact", "before", "after"), ALTERATIONS)
def test_altered_fact_of_a_pdf_is_named(fact: str, before: str, after: str) -> None:
    data = to_pdf(RECORD)
    start = data.index(b"stream\nq") if b"stream\nq" in data else 0
    page = data[start:]
    whole = ("(" if fact == "country" else "", ")" if fact == "country" else "")
    altered = page.replace(before.join(whole).encode("cp1252"), after.join(whole).encode("cp1252"), 1)
    assert altered != page
    assert [found[0] for found in differences(RECORD, data[:start] + altered)] == [fact]


@pytest.mark.parametrize(("fact", "before", "after"), ALTERATIONS)
def test_altered_fact_of_an_svg_is_named(fact: str, before: str, after: str) -> None:
    head, body = to_svg(RECORD).split("</metadata>")
    before_it = ">" if fact == "country" else ">[^<]*"
    altered = re.sub(rf"({before_it}){re.escape(before)}", lambda m: m[1] + after, body, count=1)
    assert altered != body
    assert [found[0] for found in differences(RECORD, f"{head}</metadata>{altered}".encode())] == [fact]


def test_added_text_is_named() -> None:
    altered = to_svg(RECORD).replace("</svg>", '<text x="1" y="1">Carbon neutral!</text></svg>')
    assert differences(RECORD, altered.encode()) == [("added text", "Carbon neutral!", "")]


def test_left_out_text_is_named() -> None:
    altered = re.sub(r"<text[^>]*>250 kg of the last serial</text>", "", to_svg(RECORD))
    assert differences(RECORD, altered.encode()) == [("fractions", "", "250 kg of the last serial")]


@pytest.mark.parametrize(
    "addition",
    [
        '<rect width="400" height="400"/>',
        '<image href="data:image/png;base64,AAAA"/>',
        "<style>text{}</style>",
    ],
)
def test_drawing_over_an_svg_is_found(addition: str) -> None:
    altered = to_svg(RECORD).replace("</svg>", f"{addition}</svg>")
    assert [found[0] for found in differences(RECORD, altered.encode())] == ["drawing"]


def test_drawing_over_a_pdf_is_found() -> None:
    data = to_pdf(RECORD)
    cover = data.replace(b"0.00 595.00 842.00 -595.00 re f", b"0.00 395.00 842.00 -595.00 re f", 1)
    assert cover != data
    assert [found[0] for found in differences(RECORD, cover)] == ["drawing"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"%PDF-1.4 nothing",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>",
        b"\xff\xfe<\x00",
    ],
)
def test_other_files_are_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(CertificateError, match=r"^File x\.svg is no certificate of onetonne's: [^\n]*\.$"):
        faces.read("x.svg", data)


def test_verification_says_what_is_wrong_in_one_sentence() -> None:
    wrong = (Difference("quantity", "2,000", "1,500.25"), Difference("added text", "Net zero", ""))
    assert Verification(RECORD, "a.pdf", False, wrong).sentence == (
        "File a.pdf is not certificate 12 as the chain has it: quantity: the file prints '2,000', "
        "the chain says '1,500.25'; added text: the file prints 'Net zero', which the chain does not say."
    )
    assert Verification(RECORD, "a.pdf", True, ()).sentence == "File a.pdf is certificate 12, unaltered."


def test_look_is_the_reviewed_one() -> None:
    """Who changes the face looks at it, and raises LAYOUT if its texts changed: old files fail to verify."""
    assert hashlib.sha256(to_svg(RECORD).encode()).hexdigest()[:16] == "3d91c325c92189f3"
