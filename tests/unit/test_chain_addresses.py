"""Addresses as people write them."""

import pytest

from onetonne.chain import checked_address
from onetonne.errors import AddressError

RIGHT = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"  # an example of EIP-55


@pytest.mark.parametrize("text", [RIGHT, RIGHT.lower(), "0x" + RIGHT[2:].upper(), f" {RIGHT}\n"])
def test_right_address(text: str) -> None:
    assert checked_address(text) == RIGHT


@pytest.mark.parametrize("text", [RIGHT[:-1] + "D", RIGHT.replace("5aAeb", "5aaeb")])
def test_wrong_checksum(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        checked_address(text)
    assert str(caught.value) == (
        f"Address {text} has a wrong checksum, so a character is probably mistyped: copy it again."
    )


@pytest.mark.parametrize(
    "text", ["", "0x", RIGHT[:-1], RIGHT + "0", RIGHT[2:], "0X" + RIGHT[2:], "airline.eth"]
)
def test_no_address(text: str) -> None:
    with pytest.raises(AddressError, match="can't be one: write 0x and 40 hexadecimal digits"):
        checked_address(text)
