"""One form of numbers for a whole file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetonne.errors import QuantityError
from onetonne.registries.numbers import decide, parse_tonnes


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["1459"], "plain digits"),
        (["1,459", "12"], "plain digits and commas between thousands"),
        (["1459.0"], "plain digits and decimals of zero"),
        (["1.459", "1.234.567"], "plain digits and dots between thousands"),
        (["1 459", "12"], "plain digits and blanks between thousands"),
        (["1\u00a0459"], "plain digits and blanks between thousands"),
        (["1'459"], "plain digits and apostrophes between thousands"),
    ],
)
def test_form_is_decided_by_all_texts(texts: list[str], name: str) -> None:
    form = decide(texts)
    assert form.name == name
    assert form.read(texts[0]) == (1459)


@pytest.mark.parametrize("text", ["", "x", "1.5", "0", "-5", "1,45", "1e5", "0.0", "١٢", "1" * 20])
def test_parse_tonnes_refuses(text: str) -> None:
    with pytest.raises(QuantityError):
        parse_tonnes(text)


@given(st.lists(st.integers(1, 10**9), min_size=1))
def test_commas_are_read_back(numbers: list[int]) -> None:
    texts = [f"{number:,}" for number in numbers]
    form = decide(texts)
    assert [form.read(text) for text in texts] == numbers
