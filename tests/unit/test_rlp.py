"""RLP held against the `rlp` package, which takes longer."""

import pytest
import rlp
from hypothesis import given
from hypothesis import strategies as st

from onetonne.chain.rlp import Item, decoded, encoded, encoded_list, encoded_number

SIZES = [0, 1, 2, 31, 32, 33, 55, 56, 57, 255, 256, 257, 65535, 65536]
STRINGS = st.one_of(
    st.binary(max_size=70),
    st.binary(min_size=32, max_size=32),
    st.sampled_from([b"", b"\0", b"\x7f", b"\x80"]),
)
LISTS = st.recursive(st.lists(STRINGS, max_size=18), lambda inner: st.lists(inner | STRINGS, max_size=18))


def spelled(item: Item) -> bytes:
    return encoded(item) if isinstance(item, bytes) else encoded_list(b"".join(map(spelled, item)))


@pytest.mark.parametrize("size", SIZES)
def test_strings_and_lists_of_every_size(size: int) -> None:
    data = b"\x7f" * size
    assert encoded(data) == rlp.encode(data)
    assert encoded_list(encoded(data)) == rlp.encode([data])
    assert decoded(rlp.encode([data, [data]])) == [data, [data]]


@pytest.mark.parametrize("value", [0, 1, 127, 128, 255, 256, 2**64, 2**256 - 1])
def test_numbers(value: int) -> None:
    assert encoded_number(value) == rlp.encode(value)


@given(LISTS)
def test_any_list(item: list[Item]) -> None:
    assert spelled(item) == rlp.encode(item)
    assert decoded(spelled(item)) == item


@given(st.one_of(st.binary(max_size=80), LISTS.map(rlp.encode)), st.data())
def test_what_the_package_refuses_is_refused(written: bytes, data: st.DataObject) -> None:
    damaged = bytearray(written)
    for _ in range(data.draw(st.integers(0, 2))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        expected = rlp.decode(bytes(damaged))
    except rlp.DecodingError:
        expected = None
    if isinstance(expected, list):
        assert decoded(bytes(damaged)) == expected
    else:
        with pytest.raises(ValueError, match=r"list|length|long"):
            decoded(bytes(damaged))
