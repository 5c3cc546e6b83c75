"""JSON of the newer platforms into rows of text: an array, an object that holds one, or an object a line.

Objects within objects become columns such as `project.id`; lists of words become one text.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from onetonne.errors import FormatError

_MOST_COLUMNS = 400
_BLANKS = re.compile(r"[\s,]*")
_DEEPEST = 4

Record = dict[str, str]


def looks_like_json(start: bytes) -> bool:
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_records(path: Path, codec: str) -> tuple[list[str], list[Record]]:
    """The columns, in the order in which they first come, and the records.

    Raises `FormatError`, and `UnicodeError` where the file is in another encoding.
    """
    columns: dict[str, None] = {}
    records: list[Record] = []
    try:
        for found in _objects(path.read_text(codec)):
            record: Record = {}
            _flatten("", found, record, 0)
            columns.update(dict.fromkeys(record))
            if len(columns) > _MOST_COLUMNS:
                raise FormatError(path, "its records have more columns than any export has")
            records.append(record)
    except UnicodeError:
        raise
    except (ValueError, RecursionError) as problem:  # JSONDecodeError is a ValueError
        raise FormatError(path, "it is no JSON that can be read; export it again") from problem
    return list(columns), records


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """Every record, one after the other. Raises `ValueError`."""
    decoder = json.JSONDecoder(parse_constant=str)
    place = _past_blanks(text, 0)
    in_array = text.startswith("[", place)
    place = _past_blanks(text, place + 1 if in_array else place)
    while place < len(text) and not (in_array and text[place] == "]"):
        value, place = decoder.raw_decode(text, place)
        yield from _records_in(value)
        place = _past_blanks(text, place)
    if in_array and text[place : place + 1] != "]":
        raise ValueError("the array is cut off")
    if in_array and text[place + 1 :].strip():
        raise ValueError("something follows the array")


def _past_blanks(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def _records_in(value: object) -> Iterator[Mapping[str, Any]]:
    """The object itself, or those in the longest array of objects that it holds."""
    if not isinstance(value, dict):
        raise ValueError("it is no object")
    lists = [
        inner
        for inner in value.values()
        if isinstance(inner, list) and (not inner or any(isinstance(one, dict) for one in inner))
    ]
    holds_text = any(isinstance(inner, str) and "-" in inner for inner in value.values())
    if not lists or holds_text:
        yield value
        return
    for one in max(lists, key=len):
        if not isinstance(one, dict):
            raise ValueError("it is no object")
        yield one


def _flatten(name: str, value: object, record: Record, depth: int) -> None:
    if isinstance(value, dict) and depth < _DEEPEST:
        for key, inner in value.items():
            _flatten(f"{name}.{key}" if name else str(key), inner, record, depth + 1)
    elif isinstance(value, list) and not any(isinstance(inner, dict | list) for inner in value):
        record[name] = "; ".join(_text(inner) for inner in value)
    else:
        record[name] = _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
