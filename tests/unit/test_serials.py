"""Serial numbers: every grammar, its noise, and its damage."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from serial_strategies import SERIAL_NUMBERS

from onetonne.errors import ReversedRange, SerialError
from onetonne.serials import ROOTS, Grammar, block, check_prefix, format, grammars, parse, root_named
from onetonne.serials.canonical import read_canonical
from onetonne.terms import MAX_SERIAL, Programme

ETHIOPIA = "19385-941467007-941467431-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1"
CHINA = "8160-461651645-461651984-VCU-009-MER-CN-14-1847-15042017-14042019-1"
RWANDA = "RW-5-563732-2-2-0-6207 - RW-5-586300-2-2-0-6207"
FRANCE = "ACR-FR-1129-2025-2917-30932 to 35143"

EXAMPLES = [
    (ETHIOPIA, Grammar.VCS, "VCS-VCU", 941467007, 941467431),
    (
        "19298-935996546-935996546-VCS-VCU-1491-VER-BR-1-513-01012018-31122018-0",
        Grammar.VCS,
        "VCS-VCU",
        935996546,
        935996546,
    ),
    (
        "19902-1139690318-1139925921-VCS-VCU-500-VER-US-3352-01012024-31122024-0",
        Grammar.VCS_2026,
        "VCS-VCU",
        1139690318,
        1139925921,
    ),
    (CHINA, Grammar.VCS_LEGACY, "VCU", 461651645, 461651984),
    (
        "7059-367676034-367676083-VCU-005-APX-BR-14-1686-01072014-31122014-1",
        Grammar.VCS_LEGACY,
        "VCU",
        367676034,
        367676083,
    ),
    ("GS1-1-KE-GS11603-16-2025-30256-110-5463", Grammar.GS, "GS1-1-KE-11603-16-2025-30256", 110, 5463),
    ("GS1-1-KH-1020-16-2012-325-1-22283", Grammar.GS, "GS1-1-KH-1020-16-2012-325", 1, 22283),
    ("ACR-US-499-2022-2006-28173 to 28213", Grammar.ACR, "ACR-US-499-2022-2006", 28173, 28213),
    (FRANCE, Grammar.ACR, "ACR-FR-1129-2025-2917", 30932, 35143),
    (
        "CAR-1-US-1335-31-983-KS-2025-9205-1 to 5000",
        Grammar.CAR,
        "CAR-1-US-1335-31-983-KS-2025-9205",
        1,
        5000,
    ),
    (
        "CAR-ROC-US-1152-105-431-NY-2024-9445-1 to 18101",
        Grammar.CAR,
        "CAR-ROC-US-1152-105-431-NY-2024-9445",
        1,
        18101,
    ),
    ("ART-GY-102-2021-11-2759599 to 2760598", Grammar.ART, "ART-GY-102-2021-11", 2759599, 2760598),
    ("FCPF-CI-130-2023-20-1 to 46404", Grammar.ART, "FCPF-CI-130-2023-20", 1, 46404),
    (RWANDA, Grammar.CDM, "CDM-RW-2", 563732, 586300),
]


@pytest.mark.parametrize(("text", "grammar", "prefix", "first", "last"), EXAMPLES)
def test_parse_reads_real_serial_numbers(
    text: str, grammar: Grammar, prefix: str, first: int, last: int
) -> None:
    parsed = parse(text)
    assert parsed.grammar is grammar
    assert (parsed.block.prefix, parsed.block.first, parsed.block.last) == (prefix, first, last)
    assert parsed.notes == ()
    assert format(parsed) == text


def test_parse_reads_every_field_of_vcs() -> None:
    parsed = parse(CHINA)
    assert (parsed.batch, parsed.vvb, parsed.issuer, parsed.country) == (8160, "009", "MER", "CN")
    assert (parsed.scope, parsed.project, parsed.project_id) == (14, 1847, "VCS1847")
    assert (parsed.vintage_start, parsed.vintage_end) == (date(2017, 4, 15), date(2019, 4, 14))
    assert parsed.additional_certification is True


def test_parse_reads_every_field_of_car() -> None:
    parsed = parse("CAR-ROC-US-1152-105-431-NY-2024-9445-1 to 18101")
    assert (parsed.series, parsed.project_type, parsed.developer, parsed.state) == ("ROC", 105, 431, "NY")
    assert (parsed.vintage_year, parsed.batch, parsed.project_id) == (2024, 9445, "CAR1152")


def test_parse_counts_tonnes_of_both_ends() -> None:
    assert parse(ETHIOPIA).tonnes == 425


@given(SERIAL_NUMBERS)
def test_format_writes_what_parse_read(text: str) -> None:
    parsed = parse(text)
    assert format(parsed) == text
    assert parse(format(parsed)) == parsed


@given(SERIAL_NUMBERS, st.data())
def test_canonical_form_is_read_as_step_by_step(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    for spelling in (text, text[:at] + data.draw(st.sampled_from(["", "0", "9", "-", "V"])) + text[at + 1 :]):
        read = read_canonical(spelling)
        if read is not None:
            assert grammars._parse_step_by_step(spelling, None, None) == read


def test_canonical_form_of_examples_is_read_at_once() -> None:
    at_once = [text for text, *_ in EXAMPLES if read_canonical(text)]
    assert len(at_once) == 11  # all but CAR and CDM


@given(SERIAL_NUMBERS)
def test_parse_gives_a_prefix_that_the_contracts_take(text: str) -> None:
    parsed = parse(text)
    root = check_prefix(parsed.block.prefix)
    assert (root.name, root.programme) == (parsed.block.root, parsed.programme)
    assert block(parsed.block.prefix, parsed.block.first, parsed.block.last) == parsed.block


@pytest.mark.parametrize(
    ("spelling", "note"),
    [
        (f"  {ETHIOPIA} ", "needless blanks removed"),
        (ETHIOPIA.lower(), "lower case read as upper case"),
        (ETHIOPIA.replace("-VCS", "\u00a0-VCS"), "unusual blanks read as plain ones"),
        (ETHIOPIA.replace("-VCS", "\u00c2\u00a0-VCS"), "unusual blanks read as plain ones"),
        (ETHIOPIA.replace("-VCS", "\u200b-VCS"), "invisible characters removed"),
        (f"\ufeff{ETHIOPIA}", "invisible characters removed"),
        (ETHIOPIA.replace("-", "\u2013"), "dashes read as hyphens"),
        (ETHIOPIA.replace("01012020-", "01012020_"), "underscore read as a hyphen"),
        (ETHIOPIA.replace("-", " - "), "needless blanks removed"),
        (ETHIOPIA.replace("-", "\n-"), "unusual blanks read as plain ones"),
    ],
)
def test_parse_takes_noise_out_and_says_so(spelling: str, note: str) -> None:
    parsed = parse(spelling)
    assert parsed == parse(ETHIOPIA)
    assert note in parsed.notes


@pytest.mark.parametrize(
    "spelling",
    [
        "RW-5-563732-2-2-0-6207 to RW-5-586300-2-2-0-6207",
        "RW-5-563732-2-2-0-6207 -\u00a0RW-5-586300-2-2-0-6207",
        "RW-5-563732-2-2-0-6207-RW-5-586300-2-2-0-6207",
        " RW-5-563732-2-2-0- 6207 -  RW-5-586300 -2-2-0-6207",
        "RW \u2013 5 - 563732 -2-2-0-6207 - RW \u2013 5 - 586300 -2-2-0-6207",
    ],
)
def test_parse_reads_the_spellings_of_cdm(spelling: str) -> None:
    assert parse(spelling).block == parse(RWANDA).block


def test_parse_gives_one_namespace_to_both_spellings_of_a_gs_project() -> None:
    with_gs, without = parse("GS1-1-KE-GS116-16-2025-302-1-9"), parse("GS1-1-KE-116-16-2025-302-1-9")
    assert with_gs.block == without.block
    assert (with_gs.block.namespace, with_gs.project_id) == ("GS1-1-KE-116-16-2025-302", "GS116")


def test_parse_keeps_the_two_counters_of_vcs_apart() -> None:
    assert parse(ETHIOPIA).block.namespace != parse(CHINA).block.namespace


@pytest.mark.parametrize(
    ("text", "position", "problem"),
    [
        ("", 0, "does not begin as those of any programme do"),
        ("N-5-237485259-2-2-0-10288 - N-5-237492845-2-2-0-10288", 0, "does not begin"),
        ("15302296 - 15310755", 19, "expected '-', found the end"),
        ("RW-5-638440-2-2-06207 - RW-5-660640-2-2-06207", 15, "expected '-0-'"),
        ("HN-05-00-37743-01-01-000-0000492 - HN-05-00-44927-01-01-000-0000492", 2, "expected '-5-'"),
        ("RW-5-563732-2-2-0-6207 - CN-5-586300-2-2-0-6207", 25, "two ends differ"),
        ("RW-5-563732-1-2-0-6207 - RW-5-586300-1-2-0-6207", 14, "commitment periods differ"),
        ("ACR-US-0499-2022-2006-1 to 2", 7, "must not begin with 0"),
        ("ACR-US-499-2022-2006-01 to 2", 21, "must not begin with 0"),
        ("ACR-US-499-2022-2006-1-2", 22, "expected ' to '"),
        ("ACR-US-499-22-2006-1 to 2", 11, "4 digits for the vintage"),
        ("ACR-USA-499-2022-2006-1 to 2", 4, "2 letters for the country"),
        ("ACR-US-499-2022-2006-1 to 2 x", 27, "expected the end, found ' '"),
        ("ACR-US-499-2022-2006-1 to 2\u0663", 27, "expected the end"),
        ("CAR-2-US-1335-31-983-KS-2025-9205-1 to 5000", 4, "the series (1 or ROC)"),
        (ETHIOPIA[:-1] + "2", 72, "expected the additional certification (0 or 1)"),
        (ETHIOPIA[:-1], 72, "found the end"),
        (ETHIOPIA.replace("31122020", "31112020"), 63, "must be a date as DDMMYYYY, found '31112020'"),
        (ETHIOPIA.replace("01012020", "01012021"), 63, "the vintage ends before it starts"),
        (ETHIOPIA.replace("VER", "APX"), 39, "expected the issuer (VER)"),
        (f"\u200b {ETHIOPIA.replace('VER', 'APX')}", 41, "expected the issuer (VER)"),
        ("8160-1-2-VCU-009-MER-CN-1847-15042017-14042019-1", 47, "8 digits for the vintage's end"),
        (f"1-1-{MAX_SERIAL + 1}-VCS-VCU-1-VER-ET-14-1-01012020-31122020-1", 4, "is above"),
        (f"1-1-{'9' * 5000}-VCS-VCU-1-VER-ET-14-1-01012020-31122020-1", 4, "expected digits"),
    ],
)
def test_parse_refuses_and_says_where_it_stopped(text: str, position: int, problem: str) -> None:
    with pytest.raises(SerialError) as caught:
        parse(text)
    assert caught.value.position == position
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("ACR-US-499-2022-2006-28213 to 28173", 30),
        ("GS1-1-KE-GS11603-16-2025-30256-5463-110", 36),
        ("19385-941467431-941467007-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1", 16),
        ("RW-5-586300-2-2-0-6207 - RW-5-563732-2-2-0-6207", 25),
    ],
)
def test_parse_refuses_a_reversed_range(text: str, position: int) -> None:
    with pytest.raises(ReversedRange, match="reversed range") as caught:
        parse(text)
    assert caught.value.position == position


@given(st.text())
def test_parse_raises_only_serial_error_whatever_the_text(text: str) -> None:
    with suppress(SerialError):
        parse(text)


@given(st.text(alphabet="0123456789-VCUSGAR TO_\u00a0\u00c2\u200b\ud800to", max_size=90))
def test_parse_raises_only_serial_error_on_what_looks_like_one(text: str) -> None:
    for programme in (None, *Programme):
        with suppress(SerialError):
            parse(text, programme, tonnes=5)


@given(SERIAL_NUMBERS, st.data())
def test_parse_refuses_damage_or_reads_another_block_and_never_crashes(
    text: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    damaged = text[:at] + data.draw(st.sampled_from(["", "X", "0", "-", "\u00e9"])) + text[at + 1 :]
    assume(damaged != text)
    with suppress(SerialError):
        parsed = parse(damaged)
        assert format(parsed).replace(" ", "").upper() == damaged.upper().replace(" ", "")


@given(SERIAL_NUMBERS, st.integers(0, 9))
def test_parse_refuses_what_follows_a_sound_serial_number(text: str, digit: int) -> None:
    with pytest.raises(SerialError):
        parse(f"{text}-{digit}")


def test_parse_refuses_the_wrong_programme() -> None:
    with pytest.raises(SerialError, match="it has the form of ACR, not of VCS"):
        parse(FRANCE, Programme.VCS)
    with pytest.raises(SerialError, match="does not begin as VCS does"):
        parse("?", Programme.VCS)
    assert parse(FRANCE, Programme.ACR).programme is Programme.ACR


def test_parse_takes_ccer_as_a_whole() -> None:
    assert parse("\ud800", Programme.CCER, tonnes=1).tonnes == 1
    one = parse("CCER-2024-0001/A", Programme.CCER, tonnes=40)
    assert (one.block.first, one.block.last, one.tonnes) == (1, 40, 40)
    assert one.block == parse(" ccer-2024-0001/a ", Programme.CCER, tonnes=40).block
    assert one.block.prefix != parse("CCER-2024-0001/B", Programme.CCER, tonnes=40).block.prefix
    assert check_prefix(one.block.prefix).programme is Programme.CCER
    assert format(one) == "CCER-2024-0001/A"


@pytest.mark.parametrize(("text", "tonnes"), [("X1", None), ("X1", 0), (" ", 5), ("X1", MAX_SERIAL + 1)])
def test_parse_refuses_ccer_without_a_range(text: str, tonnes: int | None) -> None:
    with pytest.raises(SerialError):
        parse(text, Programme.CCER, tonnes=tonnes)


def test_within_names_a_part_of_the_block() -> None:
    part = parse(ETHIOPIA).within(941467007, 941467008)
    assert format(part) == "19385-941467007-941467008-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1"
    with pytest.raises(SerialError, match="does not lie within VCS-VCU 941467007 to 941467431"):
        parse(ETHIOPIA).within(941467006, 941467008)


def test_roots_are_canonical_and_unique() -> None:
    assert len({root.name for root in ROOTS}) == len(ROOTS)
    assert {root.programme for root in ROOTS} == set(Programme)
    for root in ROOTS:
        assert root_named(root.name) is root
        assert all(root.name.count("-") < position < root.segments for position in root.numeric)
        segments = root.name.split("-")
        segments += ["1" if i in root.numeric else "XX" for i in range(len(segments), root.segments)]
        assert check_prefix("-".join(segments)) is root


def test_root_mask_sets_a_bit_for_each_numeric_segment() -> None:
    assert root_named("ACR").numeric_mask == 0b11100
    assert root_named("VCU").numeric_mask == 0


@pytest.mark.parametrize(
    ("prefix", "position", "problem"),
    [
        ("", 0, "none of the roots"),
        ("VCUX", 0, "none of the roots"),
        ("ACR-US-499-2022", 15, "ACR has 5 segments"),
        ("ACR-US-499-2022-2006-1", 22, "ACR has 5 segments"),
        ("ACR-US-0499-2022-2006", 7, "segment 3 must be a number without a leading zero"),
        ("ACR-US-4x9-2022-2006", 8, "segment 3"),
        ("ACR-us-499-2022-2006", 4, "segment 2 must be A-Z and 0-9 only"),
        ("ACR--499-2022-2006", 4, "segment 2"),
        ("VCS-VCU-", 8, "segment 3"),
    ],
)
def test_check_prefix_refuses(prefix: str, position: int, problem: str) -> None:
    with pytest.raises(SerialError, match=problem) as caught:
        check_prefix(prefix)
    assert caught.value.position == position


def test_root_named_refuses_an_unknown_root() -> None:
    with pytest.raises(SerialError, match="no such root"):
        root_named("XYZ")
