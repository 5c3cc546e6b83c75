"""A contract's refusal into one sentence."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from eth_abi.abi import decode as decode_abi
from eth_abi.exceptions import DecodingError

from onetonne.chain.abi import Entry, decode_arguments, errors_by_selector
from onetonne.errors import CodeError, DateError, Reverted, quoted
from onetonne.terms import (
    Days,
    Kilograms,
    Seconds,
    code_text,
    format_quantity,
    from_days,
    from_seconds,
)

_PANICS = {
    0x01: "a condition that must always hold did not",
    0x11: "a number became too large or negative",
    0x12: "a division by zero",
    0x21: "a number that names no choice",
    0x22: "damaged storage",
    0x31: "an empty list was shortened",
    0x32: "an item beyond a list's end",
    0x41: "too much memory was asked for",
    0x51: "an empty function was called",
}
_ERROR_STRING = bytes.fromhex("08c379a0")  # Error(string)
_PANIC = bytes.fromhex("4e487b71")  # Panic(uint256)

# The contracts' own spelling; 0 is "none".
_CHOICES = {
    "enum ICredits.CancellationKind": (
        "voluntary",
        "CORSIA",
        "conversion",
        "reversal",
        "error",
        "at source",
        "replacement",
    ),
    "enum ICredits.FreezeScope": ("Batch", "Project", "Programme", "Account"),
    "enum ICredits.Purpose": (
        "voluntary use",
        "CORSIA's first phase",
        "CORSIA's second phase",
        "the host country's NDC",
        "a national scheme",
        "another purpose",
    ),
    "enum ILabels.Use": (
        "any use",
        "use toward another country's NDC",
        "use for international mitigation such as CORSIA",
        "use for other purposes",
    ),
    "enum IProgrammes.KeyKind": ("none", "operator", "VVB"),
    "enum IProgrammes.Standing": ("none", "active", "suspended"),
    "enum IProjects.VerificationStatus": ("none", "proposed", "accepted", "withdrawn", "superseded"),
    "enum IRedemptions.Status": ("none", "requested", "confirmed", "refused", "withdrawn"),
}
# What it means that a label's condition is not met, in the contract's order (`ILabels.Condition`).
_CONDITIONS = (
    "its framework was not admitted then",
    "the batch was not issued then",
    "the programme is not approved",
    "its vintage or crediting period lies outside the programme's approval",
    "the methodology's version is not approved",
    "its vintage or crediting period lies outside the methodology's approval",
    "its activity type or methodology is excluded",
    "the host country has not authorised this use",
    "no corresponding adjustment is recorded and no guarantee accepted",
)
_KILOGRAMS = {
    # Quantities that a token standard, or an unwrapped sum, gives as plain numbers.
    "ERC1155InsufficientBalance": {"balance", "needed"},
    "ERC7943CannotTransfer": {"amount"},
    "ERC7943InsufficientUnfrozenBalance": {"amount", "unfrozen"},
    "ReleaseQuantityDiffers": {"asked"},
    "ShortfallExceeded": {"asked"},
    "VerifiedQuantityExceeded": {"asked"},
}
_DAYS = {
    "gapEnd",
    "gapStart",
    "periodEnd",
    "periodStart",
    "takenEnd",
    "takenStart",
    "vintageEnd",
    "vintageStart",
}
_HEXADECIMAL = {"actual", "digest", "namespace", "operationId", "selector", "signed", "statement"}


@cache
def sentences() -> Mapping[str, str]:
    """What each error of the contracts means, by name; the places are its arguments."""
    groups = json.loads((files(__package__) / "sentences.json").read_text(encoding="utf-8"))
    return {name: sentence for group in groups.values() for name, sentence in group.items()}


def decode(data: bytes) -> Reverted:
    """The refusal behind a revert's data. Never raises: what it can't read, it says so."""
    selector, rest = data[:4], data[4:]
    try:
        if selector == _ERROR_STRING:
            (text,) = decode_abi(["string"], rest)
            return Reverted("Error", {"message": text}, f"The contract refused: {quoted(text)}.")
        if selector == _PANIC:
            (code,) = decode_abi(["uint256"], rest)
            problem = _PANICS.get(code, f"panic code {code}")
            return Reverted(
                "Panic", {"code": code}, f"The contract stopped at a fault of its own: {problem}."
            )
        entry = errors_by_selector().get(selector)
        if entry is not None:
            arguments = decode_arguments(entry["inputs"], rest)
            return Reverted(entry["name"], arguments, _sentence(entry, arguments))
    except (DecodingError, ValueError, OverflowError):  # and text that is no UTF-8
        pass
    return _unknown(data)


def _unknown(data: bytes) -> Reverted:
    if not data:
        return Reverted(
            "", {}, "The contract refused without a reason; check that the deployment is of this version."
        )
    name = f"0x{data[:4].hex()}"
    return Reverted(
        name, {}, f"The contract refused with the error {name}, which this version of onetonne does not know."
    )


def _sentence(entry: Entry, arguments: Mapping[str, Any]) -> str:
    shown = {part["name"]: _shown(entry["name"], part, arguments[part["name"]]) for part in entry["inputs"]}
    return sentences()[entry["name"]].format_map(_with_subject(entry["name"], arguments, shown))


def _with_subject(name: str, arguments: Mapping[str, Any], shown: dict[str, str]) -> dict[str, str]:
    """A freeze's subject is a number, except where it is an account."""
    if name in {"FrozenBy", "FreezeUnchanged", "FreezeSubjectInvalid"} and shown["scope"] == "Account":
        shown["subject"] = f"0x{arguments['subject']:040x}"
    return shown


def _shown(error: str, part: Entry, value: Any) -> str:
    name, kind = part["name"], part.get("internalType", part["type"])
    if kind in _CHOICES:
        return _choice(_CHOICES[kind], value)
    if kind == "Kilograms" or name in _KILOGRAMS.get(error, ()):
        return format_quantity(Kilograms(value))
    if error == "LabelMissing" and name == "missing":
        return _conditions(value)
    if name in _DAYS:
        return _calendar(lambda: from_days(Days(value)), value)
    if part["type"] == "uint48":
        return _calendar(lambda: from_seconds(Seconds(value)), value)
    if part["type"] == "string":
        return quoted(value)
    if isinstance(value, bytes):
        return f"0x{value.hex()}" if name in _HEXADECIMAL else _code(value)
    return str(value)


def _choice(names: tuple[str, ...], number: int) -> str:
    return names[number] if number < len(names) else str(number)


def _conditions(missing: int) -> str:
    """The bits of a label's conditions, as words."""
    named = [words for bit, words in enumerate(_CONDITIONS) if missing >> bit & 1]
    if missing >> len(_CONDITIONS):
        named.append("a condition that this version of onetonne does not know")
    return ", and ".join(named) or "nothing that is told"


def _calendar(day: Callable[[], date], number: int) -> str:
    try:
        found = day()
    except DateError:
        return str(number)
    return f"{found:%Y-%m-%d %H:%M:%S} UTC" if hasattr(found, "hour") else found.isoformat()


def _code(word: bytes) -> str:
    try:
        return code_text(word) if len(word) == 32 else word.decode("ascii")
    except (CodeError, UnicodeDecodeError):
        return f"0x{word.hex()}"
