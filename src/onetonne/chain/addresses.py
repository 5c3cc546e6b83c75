"""Addresses as people write them, checked."""

import re

from eth_utils.address import is_checksum_address, to_checksum_address

from onetonne.errors import AddressError, quoted
from onetonne.terms import Address

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


def checked_address(text: str) -> Address:
    """`text` as an address. Raises `AddressError` unless it is one, with a right checksum or with none.

    Mixed case is a checksum (EIP-55): where it is wrong, a character probably is.
    """
    address = text.strip()
    if not _ADDRESS.fullmatch(address):
        raise AddressError(f"Address {quoted(text)} can't be one: write 0x and 40 hexadecimal digits.")
    digits = address[2:]
    if digits not in (digits.lower(), digits.upper()) and not is_checksum_address(address):
        raise AddressError(
            f"Address {address} has a wrong checksum, so a character is probably mistyped: copy it again."
        )
    return Address(to_checksum_address(address.lower()))
