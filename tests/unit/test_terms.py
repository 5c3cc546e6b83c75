"""Quantities, blocks, days and codes."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetonne.errors import CodeError, DateError, QuantityError, ReversedRange, SerialError
from onetonne.terms import (
    MAX_KILOGRAMS,
    MAX_SERIAL,
    CancellationKind,
    Condition,
    Days,
    Kilograms,
    Purpose,
    Serial,
    SerialBlock,
    ShortfallKind,
    Use,
    code_bytes32,
    code_text,
    format_quantity,
    from_days,
    parse_quantity,
    to_days,
)


@pytest.mark.parametrize(
    ("text", "kilograms"),
    [
        ("1.5t", 1500),
        ("1500kg", 1500),
        ("1,500 kg", 1500),
        (" 2 tonnes ", 2000),
        ("0.001 t", 1),
        ("1.500 t", 1500),
        ("14,900,000 T", 14_900_000_000),
        ("1,500\u00a0kg", 1500),
        (f"{MAX_KILOGRAMS} kg", MAX_KILOGRAMS),
    ],
)
def test_parse_quantity_reads(text: str, kilograms: int) -> None:
    assert parse_quantity(text) == kilograms


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1500", "has no unit"),
        ("1500 lb", "unknown unit 'lb'"),
        ("0.0005t", "fraction of a kilogram"),
        ("1.5 kg", "fraction of a kilogram"),
        ("12345678901.00000000000000000001t", "fraction of a kilogram"),
        ("0t", "not more than zero"),
        ("-1t", "not more than zero"),
        ("1,5t", "can't be read"),
        ("1.500.000 kg", "can't be read"),
        ("", "can't be read"),
        ("t", "can't be read"),
        ("9" * 5000 + "t", "can't be read"),
        ("1e3 t", "can't be read"),
        (f"{MAX_KILOGRAMS + 1} kg", "split it"),
    ],
)
def test_parse_quantity_refuses(text: str, problem: str) -> None:
    with pytest.raises(QuantityError, match=problem):
        parse_quantity(text)


@given(st.text())
def test_parse_quantity_raises_only_quantity_error(text: str) -> None:
    with suppress(QuantityError):
        parse_quantity(text)


@given(st.integers(1, MAX_KILOGRAMS))
def test_parse_quantity_reads_what_format_quantity_writes(kilograms: int) -> None:
    assert parse_quantity(format_quantity(Kilograms(kilograms))) == kilograms


@pytest.mark.parametrize(
    ("kilograms", "text"),
    [(500, "500 kg"), (1000, "1 t"), (1_500_250, "1,500.25 t"), (20_000_000, "20,000 t"), (0, "0 kg")],
)
def test_format_quantity_writes(kilograms: int, text: str) -> None:
    assert format_quantity(Kilograms(kilograms)) == text


def _block(first: int, last: int, prefix: str = "VCS-VCU") -> SerialBlock:
    return SerialBlock(prefix, "VCS-VCU", Serial(first), Serial(last))


def test_block_counts_both_ends() -> None:
    block = _block(941467007, 941467431)
    assert block.tonnes == 425
    assert block.kilograms == 425_000
    assert block.namespace == "VCS-VCU"


def test_block_of_one_serial_is_one_tonne() -> None:
    assert _block(7, 7).tonnes == 1


def test_block_refuses_a_reversed_range() -> None:
    with pytest.raises(ReversedRange, match="reversed range, the last serial 4 lies before the first 5"):
        _block(5, 4)


@pytest.mark.parametrize(("first", "last"), [(-1, 4), (1, MAX_SERIAL + 1)])
def test_block_refuses_serials_that_the_contracts_cannot_hold(first: int, last: int) -> None:
    with pytest.raises(SerialError, match="serials run from 0 to 18446744073709551614"):
        _block(first, last)


@given(st.tuples(st.integers(0, 30), st.integers(0, 30)), st.tuples(st.integers(0, 30), st.integers(0, 30)))
def test_blocks_overlap_where_they_share_a_serial(a: tuple[int, int], b: tuple[int, int]) -> None:
    one, other = _block(min(a), max(a)), _block(min(b), max(b))
    shared = set(range(min(a), max(a) + 1)) & set(range(min(b), max(b) + 1))
    assert one.overlaps(other) is bool(shared)
    assert not one.overlaps(_block(min(b), max(b), "VCU"))


@given(st.dates(min_value=date(1970, 1, 1)))
def test_days_round_trip(day: date) -> None:
    assert from_days(to_days(day)) == day


def test_days_count_from_1970() -> None:
    assert to_days(date(1970, 1, 1)) == 0
    assert to_days(date(2024, 2, 29)) == 19782


def test_days_refuse_what_lies_before_1970() -> None:
    with pytest.raises(DateError, match="1969-12-31 lies before 1970-01-01"):
        to_days(date(1969, 12, 31))
    with pytest.raises(DateError, match="Day -1"):
        from_days(Days(-1))
    with pytest.raises(DateError, match="Day 4294967295"):
        from_days(Days(2**32 - 1))


def test_code_is_upper_cased_and_padded() -> None:
    assert code_bytes32("vm0048") == b"VM0048" + bytes(26)
    assert code_text(code_bytes32("AMS-I.E")) == "AMS-I.E"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("VM 48", "holds ' '"),
        ("VM\0", "holds"),
        ("é", "holds 'É'"),
        ("A" * 33, "33 characters"),
    ],
)
def test_code_refuses(text: str, problem: str) -> None:
    with pytest.raises(CodeError, match=problem):
        code_bytes32(text)


@pytest.mark.parametrize("word", [bytes(32), b"A", b"A\0B".ljust(32, b"\0"), b"a".ljust(32, b"\0")])
def test_code_text_refuses_a_word_without_a_code(word: bytes) -> None:
    with pytest.raises(CodeError, match="holds no code"):
        code_text(word)


@given(st.text(alphabet="ABCXYZ0189._-", min_size=1, max_size=32))
def test_code_round_trip(text: str) -> None:
    assert code_text(code_bytes32(text)) == text


def test_enums_have_the_numbers_of_the_contracts() -> None:
    assert [purpose.name for purpose in sorted(Purpose)] == [
        "VOLUNTARY",
        "CORSIA_PHASE_1",
        "CORSIA_PHASE_2",
        "HOST_NDC",
        "NATIONAL_SCHEME",
        "OTHER",
    ]
    assert [kind.name for kind in sorted(CancellationKind)] == [
        "VOLUNTARY",
        "CORSIA",
        "CONVERSION",
        "REVERSAL",
        "ERROR",
        "AT_SOURCE",
        "REPLACEMENT",
    ]
    assert [int(kind) for kind in CancellationKind] == list(range(7))
    assert [use.name for use in sorted(Use)] == ["NDC", "INTERNATIONAL_MITIGATION", "OTHER_PURPOSES"]
    assert [condition.name for condition in sorted(Condition)] == [
        "FRAMEWORK",
        "ISSUED",
        "PROGRAMME",
        "PROGRAMME_WINDOW",
        "METHODOLOGY",
        "METHODOLOGY_WINDOW",
        "EXCLUSION",
        "AUTHORISATION",
        "ADJUSTMENT",
    ]
    assert [int(condition) for condition in Condition] == list(range(9))
    assert [kind.name for kind in sorted(ShortfallKind)] == ["REVERSAL", "OVER_ISSUANCE"]
    assert [int(kind) for kind in ShortfallKind] == [1, 2]
