"""RLP as headers and tries need it: the `rlp` package takes several times as long, and is our oracle.

Reading is strict: what could have been written shorter is refused, so that one value has one spelling.
"""

from typing import TypeAlias

Item: TypeAlias = "bytes | list[Item]"


def encoded(data: bytes) -> bytes:
    """A string of bytes."""
    size = len(data)
    if size == 1 and data[0] < 0x80:
        return data
    return bytes((0x80 + size,)) + data if size < 56 else _long(0xB7, size) + data


def encoded_number(value: int) -> bytes:
    """An integer, not negative: big end first, no leading zeros."""
    return encoded(value.to_bytes((value.bit_length() + 7) // 8))


def encoded_list(payload: bytes) -> bytes:
    """A list, by its items, which are encoded already and joined."""
    size = len(payload)
    return bytes((0xC0 + size,)) + payload if size < 56 else _long(0xF7, size) + payload


def _long(base: int, size: int) -> bytes:
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((base + len(length),)) + length


def decoded(data: bytes) -> list[Item]:
    """The items of the list that `data` is, and nothing but. Raises ValueError."""
    first = data[0] if data else 0
    if first < 0xC0:
        raise ValueError("no list")
    start, end = _span(data, 0, 0xC0)
    if end != len(data):
        raise ValueError("not as long as it says")
    return _items(data, start, end)


def _items(data: bytes, at: int, end: int) -> list[Item]:
    found: list[Item] = []
    while at < end:
        first = data[at]
        if first == 0xA0:  # 32 bytes, which most items of most nodes are
            found.append(data[at + 1 : at + 33])
            at += 33
        elif first == 0x80:
            found.append(b"")
            at += 1
        elif first < 0x80:
            found.append(data[at : at + 1])
            at += 1
        elif first < 0xC0:
            start, at = _span(data, at, 0x80)
            if at - start == 1 and data[start : start + 1] < b"\x80":
                raise ValueError("a byte with a length before it")
            found.append(data[start:at])
        else:
            start, at = _span(data, at, 0xC0)
            if at > end:
                raise ValueError("an item longer than its list")
            found.append(_items(data, start, at))
    if at != end:
        raise ValueError("an item longer than its list")
    return found


def _span(data: bytes, at: int, base: int) -> tuple[int, int]:
    """Where what begins at `at` has its first byte and where it ends; `base` is that of its kind."""
    size = data[at] - base
    if size < 56:
        return at + 1, at + 1 + size
    start = at + 1 + size - 55
    length = data[at + 1 : start]
    if len(length) != size - 55 or length[0] == 0 or (size := int.from_bytes(length)) < 56:
        raise ValueError("a length that is not the shortest")
    return start, start + size
