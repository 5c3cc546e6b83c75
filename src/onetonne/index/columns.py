"""Column types: how values of the chain lie in SQL, on SQLite and PostgreSQL alike."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

from onetonne.errors import CodeError
from onetonne.terms import code_bytes32, code_text

_UINT64_DIGITS = 20
_UINT256_DIGITS = 78


class Account(String):
    """An address with its checksum (EIP-55), as people know it."""

    def __init__(self) -> None:
        super().__init__(42)


class Topics(String):
    """Words one after another, as hexadecimal digits with 0x before each."""

    def __init__(self) -> None:
        super().__init__(4 * 66)


class PaddedNumber(TypeDecorator[int]):
    """An integer as decimal text, padded with zeros: above a database's integers, and still in order."""

    impl = String
    cache_ok = True

    def __init__(self, digits: int) -> None:
        self.digits = digits
        super().__init__(digits)

    def process_bind_param(self, value: int | None, dialect: Any) -> str | None:
        return None if value is None else str(value).zfill(self.digits)

    def process_result_value(self, value: str | None, dialect: Any) -> int | None:
        return None if value is None else int(value)


class SerialNumber(PaddedNumber):
    """A serial: up to 2^64 - 2, where a signed integer of 64 bits ends at 2^63 - 1."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(_UINT64_DIGITS)


class Uint256(PaddedNumber):
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(_UINT256_DIGITS)


class Word(TypeDecorator[bytes]):
    """Bytes as `0x` and hexadecimal digits: hashes, which people copy."""

    impl = String
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(66)

    def process_bind_param(self, value: bytes | None, dialect: Any) -> str | None:
        return None if value is None else "0x" + value.hex()

    def process_result_value(self, value: str | None, dialect: Any) -> bytes | None:
        return None if value is None else bytes.fromhex(value[2:])


class Code(TypeDecorator[Any]):
    """A code as its text; a word that holds none, which some arguments may be, as hexadecimal digits."""

    impl = String
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(66)

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else code_shown(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return value


def code_shown(word: bytes) -> str:
    """What `Code` stores for the 32 bytes of a code."""
    try:
        return code_text(word)
    except CodeError:
        return "0x" + word.hex()


def code_word(text: str) -> bytes:
    """The 32 bytes that `Code` stored as `text`. No code has a small letter, so `0x` is none."""
    return bytes.fromhex(text[2:]) if text.startswith("0x") else code_bytes32(text)


def readable(text: bytes) -> str:
    """Text from the chain as any database takes it: anybody can emit bytes that are no UTF-8, or a NUL.

    The raw log keeps the bytes; where a contract keeps their hash, the index has a column for the hash.
    """
    return text.decode("utf-8", errors="backslashreplace").replace("\0", "\\x00")
