"""A policy's file, TOML or JSON. Every key may be left out, and none may be misspelt:

labels = ["CCP", "CORSIA-1"]    # all of them
no_conditional = true
maximum_age_years = 8           # since the end of the vintage
exclude_over_issued = true      # these two are so where nothing is said
exclude_frozen = true
[vintages]
from = 2018
to = 2024
[programmes]
in = ["VCS", "ART"]
[methodologies]
out = ["VCS:VM0007", "VCS:VM0048:1.0"]
[countries]
out = ["XX"]
"""

import json
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from onetonne.errors import CodeError, FileError, quoted
from onetonne.policy.rules import Choice, Policy
from onetonne.terms import code_bytes32, code_text

_Read = Callable[[str], str | None]
"""A text as the chain has it; None where it can't be one."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, of which no key may be lost."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key comes twice")
    return found


_READERS: dict[str, Callable[[str], Any]] = {
    ".toml": tomllib.loads,
    ".json": partial(json.loads, object_pairs_hook=_once),
}
_COUNTRY = re.compile(r"[A-Z]{2}")
_FIRST_YEAR, _LAST_YEAR, _MOST_YEARS = 1970, 9999, 1000
_FROM_TO, _IN_OUT = ("from", "to"), ("in", "out")


def read_policy(path: str | PathLike[str]) -> Policy:
    """Raises `FileError`, naming the key."""
    return _Reader(path).policy()


class _Reader:
    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = path

    def policy(self) -> Policy:
        readers: dict[str, Callable[[str, Any], Any]] = {
            "labels": partial(self._codes, read=_code),
            "no_conditional": self._flag,
            "maximum_age_years": partial(self._number, least=0, most=_MOST_YEARS),
            "exclude_over_issued": self._flag,
            "exclude_frozen": self._flag,
            "vintages": self._vintages,
            "programmes": partial(self._choice, read=_code),
            "methodologies": partial(self._choice, read=_rule),
            "countries": partial(self._choice, read=_country),
        }
        fields = {
            key: readers[key](key, value) for key, value in self._table("", self._content(), readers).items()
        }
        vintages = fields.pop("vintages", {})
        return Policy(**fields, vintage_from=vintages.get("from"), vintage_to=vintages.get("to"))

    def _content(self) -> Any:
        reader = _READERS.get(Path(self._path).suffix.lower())
        if reader is None:
            raise FileError(self._path, "a policy is a TOML or JSON file; name it .toml or .json")
        try:
            return reader(Path(self._path).read_text(encoding="utf-8"))
        except OSError as problem:
            raise FileError(self._path, f"it can't be read ({problem.strerror})") from problem
        except UnicodeDecodeError as problem:
            raise FileError(self._path, "it holds no text in UTF-8") from problem
        except (ValueError, RecursionError) as problem:
            kind = Path(self._path).suffix[1:].upper()
            raise FileError(self._path, f"it is no {kind} ({problem}); correct it") from problem

    def _table(self, name: str, value: Any, known: Collection[str]) -> dict[str, Any]:
        listed = ", ".join(known)
        if not isinstance(value, dict):
            if name:
                raise self._problem(name, "is no table", f"write {listed} in it")
            raise FileError(self._path, f"it has no keys; write some of {listed}")
        for key in value:
            if key not in known:
                raise self._problem(f"{name}.{key}" if name else key, "is unknown", f"known are {listed}")
        return value

    def _vintages(self, key: str, value: Any) -> dict[str, int]:
        years = {
            side: self._number(f"{key}.{side}", year, least=_FIRST_YEAR, most=_LAST_YEAR)
            for side, year in self._table(key, value, _FROM_TO).items()
        }
        if years.get("from", _FIRST_YEAR) > years.get("to", _LAST_YEAR):
            raise self._problem(key, "ends before it starts", "exchange from and to")
        return years

    def _choice(self, key: str, value: Any, *, read: _Read) -> Choice:
        lists = self._table(key, value, _IN_OUT)
        found = {side: self._codes(f"{key}.{side}", codes, read=read) for side, codes in lists.items()}
        within, without = found.get("in", ()), found.get("out", ())
        both = [code for code in within if code in without]
        if both:
            raise self._problem(key, f"has {quoted(both[0])} both in and out", "take one away")
        return Choice(within, without)

    def _codes(self, key: str, value: Any, *, read: _Read) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._problem(key, "is no list of texts", 'write it as ["A", "B"]')
        if not value:
            raise self._problem(key, "is empty", "name at least one, or leave the key out")
        codes = {one: read(one) for one in value}
        for one, code in codes.items():
            if code is None:
                raise self._problem(key, f"has {quoted(one)}, which can't be one", f"write {_EXAMPLES[read]}")
        return tuple(dict.fromkeys(code for code in codes.values() if code is not None))

    def _flag(self, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._problem(key, f"is {quoted(str(value))}", "write true or false")
        return value

    def _number(self, key: str, value: Any, *, least: int, most: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self._problem(
                key, f"is {quoted(str(value))}", f"write a whole number from {least} to {most}"
            )
        return value

    def _problem(self, key: str, what: str, remedy: str) -> FileError:
        return FileError(self._path, f"key {quoted(key)} {what}; {remedy}")


def _code(text: str) -> str | None:
    """As the chain has it: in capitals. None where it can't be a code."""
    try:
        return code_text(code_bytes32(text))
    except CodeError:
        return None


def _country(text: str) -> str | None:
    code = text.strip().upper()
    return code if _COUNTRY.fullmatch(code) else None


def _rule(text: str) -> str | None:
    """Programme and code, and perhaps a version."""
    parts = [_code(part) for part in text.split(":")]
    return ":".join(map(str, parts)) if len(parts) in (2, 3) and None not in parts else None


_EXAMPLES: Mapping[_Read, str] = {
    _code: "a code such as VCS or CCP",
    _country: "the ISO 3166-1 alpha-2 code, such as ET",
    _rule: "programme and code, and a version where only that is meant, such as VCS:VM0048:1.0",
}
