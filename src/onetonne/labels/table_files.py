"""Reading tables of who approved what: TOML, shipped with the package or anybody's own.

    [framework]             label, name, rule (ticks, use, adjusted), as_of, source, decided_on, verified
    [[programme]]           an approval of a programme
    [[methodology]]         an approval of versions of a methodology
    [[exclusion]]           an activity type ("none": projects without one), or versions of a methodology
    [[pending]]             a programme that applied and has no decision yet: shown, never sent

`verified = false` marks what could not be checked against a public source. A window's days are included, and
may be left out. A condition is a sentence of our own; its keccak256 goes on chain.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from onetonne.errors import BadInput, CodeError, DateError, FileError, quoted
from onetonne.labels.tables import (
    EVERY_VERSION,
    ExclusionEntry,
    LabelTable,
    MethodologyEntry,
    PendingEntry,
    ProgrammeEntry,
    Stated,
)
from onetonne.terms import EPOCH, Approval, Rule, Use, code_bytes32, to_days, type_code

SHIPPED = ("ccp", "corsia-1", "corsia-2")
"""Names of the tables that come with the package."""
_USES = {
    "ndc": Use.NDC,
    "international-mitigation": Use.INTERNATIONAL_MITIGATION,
    "other-purposes": Use.OTHER_PURPOSES,
}
_STATED = {"decided_on": date, "source": str, "verified": bool}
_OPTIONAL = {"note": str}
_WINDOW = {
    "vintage_start": date,
    "vintage_end": date,
    "crediting_from": date,
    "condition": str,
    "recognises": str,
}
_KINDS: dict[type, str] = {
    date: "day, such as 2024-06-06 without quotation marks",
    str: "text",
    bool: "true or false",
    list: "list",
    dict: "table",
}


def shipped(name: str) -> LabelTable:
    """A table that comes with the package. Raises `BadInput` where there is none of that name."""
    known = name.strip().lower()
    if known not in SHIPPED:
        raise BadInput(
            f"There is no table {quoted(name)}: name one of {', '.join(SHIPPED)}, or a file that ends in "
            ".toml."
        )
    path = files("onetonne.labels") / "data" / f"{known}.toml"
    return parse(path.read_text("utf-8"), f"{known}.toml")


def read(name_or_path: str) -> LabelTable:
    """A shipped table by name, else a file. Raises `FileError` and `BadInput`."""
    if not name_or_path.lower().endswith(".toml"):
        return shipped(name_or_path)
    try:
        text = Path(name_or_path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is no UTF-8"
        raise FileError(name_or_path, f"it can't be read, {reason}; name a table or a file") from problem
    return parse(text, name_or_path)


def parse(text: str, path: str) -> LabelTable:
    """Raises `FileError`, which names the key."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise FileError(path, f"it is no TOML ({str(problem).rstrip('.')})") from problem
    return _Reader(path).table(content)


@dataclass(frozen=True, slots=True)
class _Reader:
    path: str

    def table(self, content: Mapping[str, Any]) -> LabelTable:
        sections = {"framework": dict, "programme": list, "methodology": list, "exclusion": list}
        self._check(content, "", {"framework": dict}, {**sections, "pending": list})
        head = content["framework"]
        rule: dict[str, type] = {"by_programme": bool, "by_methodology": bool, "adjusted": bool}
        wanted = {"label": str, "name": str, "as_of": date, **rule, **_STATED}
        self._check(head, "framework", wanted, {"use": str, **_OPTIONAL})
        return self._once(
            LabelTable(
                self._code(head["label"], "framework.label"),
                head["name"],
                Rule(head["by_programme"], head["by_methodology"], self._use(head), head["adjusted"]),
                head["as_of"],
                self._stated(head),
                tuple(self._programme(*one) for one in self._entries(content, "programme")),
                tuple(self._each(self._methodology(*one) for one in self._entries(content, "methodology"))),
                tuple(self._each(self._exclusion(*one) for one in self._entries(content, "exclusion"))),
                tuple(self._pending(*one) for one in self._entries(content, "pending")),
            )
        )

    def _once(self, table: LabelTable) -> LabelTable:
        """Refuses a table that says two things of one subject."""
        subjects = [f"programme {one.programme}" for one in table.programmes]
        subjects += [f"methodology {one.programme} {one.code} {one.version}" for one in table.methodologies]
        subjects += [
            f"exclusion {one.programme} {one.activity_type or f'{one.code} {one.version}'}"
            for one in table.exclusions
        ]
        twice = next((one for place, one in enumerate(subjects) if one in subjects[:place]), None)
        if twice:
            raise self._wrong(f"{twice} is there twice: keep one")
        return table

    def _entries(self, content: Mapping[str, Any], section: str) -> list[tuple[str, Any]]:
        return [(f"{section}[{place}]", one) for place, one in enumerate(content.get(section, []), 1)]

    def _each(self, parts: Any) -> list[Any]:
        return [one for part in parts for one in part]

    def _programme(self, key: str, entry: Any) -> ProgrammeEntry:
        self._check(entry, key, {"programme": str, **_STATED}, {**_WINDOW, **_OPTIONAL})
        programme = self._code(entry["programme"], f"{key}.programme")
        return ProgrammeEntry(
            programme, self._approval(key, entry), entry.get("condition"), self._stated(entry)
        )

    def _methodology(self, key: str, entry: Any) -> list[MethodologyEntry]:
        wanted = {"programme": str, "code": str, "versions": list, **_STATED}
        self._check(entry, key, wanted, {"name": str, **_WINDOW, **_OPTIONAL})
        approval, stated = self._approval(key, entry), self._stated(entry)
        programme = self._code(entry["programme"], f"{key}.programme")
        code = self._code(entry["code"], f"{key}.code")
        return [
            MethodologyEntry(programme, code, version, approval, entry.get("condition"), stated)
            for version in self._versions(key, entry)
        ]

    def _exclusion(self, key: str, entry: Any) -> list[ExclusionEntry]:
        choice = {"activity_type": str, "code": str, "versions": list, "name": str}
        self._check(entry, key, {"programme": str, **_STATED}, {**choice, **_OPTIONAL})
        programme, stated = self._code(entry["programme"], f"{key}.programme"), self._stated(entry)
        if ("activity_type" in entry) == ("code" in entry):
            raise self._wrong(f"{key} names neither or both: give activity_type, or code and versions")
        if "activity_type" in entry:
            kind = type_code(self._code(entry["activity_type"], f"{key}.activity_type"))
            return [ExclusionEntry(programme, kind, None, None, stated)]
        code = self._code(entry["code"], f"{key}.code")
        return [
            ExclusionEntry(programme, None, code, version, stated) for version in self._versions(key, entry)
        ]

    def _pending(self, key: str, entry: Any) -> PendingEntry:
        self._check(entry, key, {"programme": str, **_STATED}, _OPTIONAL)
        return PendingEntry(self._code(entry["programme"], f"{key}.programme"), self._stated(entry))

    def _versions(self, key: str, entry: Mapping[str, Any]) -> list[str]:
        versions = entry.get("versions")
        if not versions or not all(isinstance(one, str) for one in versions):
            raise self._wrong(f'{key}.versions is no list of texts: write such as ["1.0", "1.1"], or ["*"]')
        if versions == [EVERY_VERSION]:
            return [EVERY_VERSION]
        return [self._code(one, f"{key}.versions") for one in versions]

    def _approval(self, key: str, entry: Mapping[str, Any]) -> Approval:
        start, end = entry.get("vintage_start", EPOCH), entry.get("vintage_end", date.max)
        if end < start:
            raise self._wrong(f"{key}: its window ends before it starts, so exchange the days")
        recognises = entry.get("recognises")
        label = self._code(recognises, f"{key}.recognises") if recognises else None
        return Approval(start, end, entry.get("crediting_from"), "condition" in entry, label)

    def _stated(self, entry: Mapping[str, Any]) -> Stated:
        return Stated(entry["source"], entry["decided_on"], entry["verified"], entry.get("note", ""))

    def _use(self, head: Mapping[str, Any]) -> Use | None:
        if "use" not in head:
            return None
        if head["use"] not in _USES:
            raise self._wrong(f"framework.use is {quoted(head['use'])}: write one of {', '.join(_USES)}")
        return _USES[head["use"]]

    def _check(self, entry: Any, key: str, wanted: Mapping[str, type], allowed: Mapping[str, type]) -> None:
        """Names, kinds and days of an entry's keys."""
        name_of = key or "the file"
        if not isinstance(entry, dict):
            raise self._wrong(f"{name_of} is no table")
        kinds = {**allowed, **wanted}
        unknown = [name for name in entry if name not in kinds]
        if unknown:
            raise self._wrong(f"{name_of} has the unknown key {quoted(unknown[0])}: use {', '.join(kinds)}")
        missing = [name for name in wanted if name not in entry]
        if missing:
            raise self._wrong(f"{name_of} has no {missing[0]}: add it")
        for name, value in entry.items():
            self._check_value(f"{key}.{name}" if key else name, value, kinds[name])

    def _check_value(self, key: str, value: Any, kind: type) -> None:
        if value.__class__ is not kind:  # a moment is a day too, and true a number
            raise self._wrong(f"{key} is no {_KINDS[kind]}")
        if isinstance(value, str) and not value.strip():
            raise self._wrong(f"{key} is empty: fill it in")
        if isinstance(value, date):
            self._day(value, key)

    def _day(self, day: date, key: str) -> None:
        try:
            to_days(day)
        except DateError as problem:
            raise self._wrong(f"{key} can't be used: {str(problem).rstrip('.')}") from problem

    def _code(self, text: str, key: str) -> str:
        try:
            return code_bytes32(text).rstrip(b"\0").decode("ascii")
        except CodeError as problem:
            raise self._wrong(f"{key} can't be used: {str(problem).rstrip('.')}") from problem

    def _wrong(self, problem: str) -> FileError:
        return FileError(self.path, problem)
