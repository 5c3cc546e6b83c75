"""Every refusal of the contracts is one sentence with its values, in their units."""

import re
import string
from collections.abc import Mapping
from typing import Any

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from onetonne import artifacts
from onetonne.chain import decode
from onetonne.chain.abi import errors_by_selector, signature
from onetonne.chain.reverts import sentences

ACCOUNT = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
LONG = "VCS\n" + "X" * 500
EXAMPLES = {
    "address": ACCOUNT,
    "string": "VCS-VCU",
    "bytes32": b"VCS-VCU".ljust(32, b"\0"),
    "bytes2": b"ET",
    "bytes4": b"\xde\xad\xbe\xef",
}
ERRORS = sorted(errors_by_selector().items(), key=lambda found: found[1]["name"])


def revert(name: str, *values: Any) -> bytes:
    """The data of a revert, as a contract gives it."""
    (found,) = [(selector, entry) for selector, entry in ERRORS if entry["name"] == name]
    return found[0] + encode([part["type"] for part in found[1]["inputs"]], values)


def test_every_error_of_every_contract_has_a_sentence() -> None:
    named = {
        entry["name"]
        for name in artifacts.names()
        for entry in artifacts.load(name).abi
        if entry["type"] == "error"
    }
    assert named == set(sentences())


@pytest.mark.parametrize(
    ("selector", "entry"), ERRORS, ids=lambda part: str(part) if isinstance(part, str) else ""
)
def test_sentence_of_an_error(selector: bytes, entry: Mapping[str, Any]) -> None:
    values = [EXAMPLES.get(part["type"], 1) for part in entry["inputs"]]
    reverted = decode(revert(entry["name"], *values))
    assert reverted.error_name == entry["name"]
    assert list(reverted.arguments) == [part["name"] for part in entry["inputs"]]
    assert reverted.sentence == str(reverted)
    assert re.fullmatch(r"[A-Z0-9][^\n]*[^ .]\.", reverted.sentence)
    assert not re.search(r"[{}]|  |None|b'", reverted.sentence), signature(entry)


@pytest.mark.parametrize("name", sentences())
def test_sentence_names_only_arguments_that_the_error_has(name: str) -> None:
    places = {place for _, place, _, _ in string.Formatter().parse(sentences()[name]) if place}
    (entry,) = [entry for _, entry in ERRORS if entry["name"] == name]
    assert places <= {part["name"] for part in entry["inputs"]}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            revert("SerialBlockOverlaps", b"\1" * 32, 941467007, 941467431, 3, 941467001, 941468000),
            (
                "Serial numbers 941467007 to 941467431 overlap batch 3, which holds 941467001 to 941468000: "
                f"the same tonne can't be issued twice (namespace 0x{'01' * 32})."
            ),
        ),
        (
            revert("VerifiedQuantityExceeded", 7, 2_500_500, 1_000_000),
            "Verification 7 has 1,000 t left, less than the 2,500.5 t asked for.",
        ),
        (
            revert("MonitoringPeriodOverlaps", 1, 18262, 18627, 4, 18261, 18262),
            (
                "Days 2020-01-01 to 2020-12-31 of component 1 overlap verification 4, which claims "
                "2019-12-31 to 2020-01-01: the same days can't be counted twice."
            ),
        ),
        (
            revert("ProgrammeNotActive", 2, 2, 1_577_836_800),
            "Programme 2 is suspended since 2020-01-01 00:00:00 UTC, so its operator can't do this.",
        ),
        (
            revert("CodeTaken", b"VM0048".ljust(32, b"\0")),
            "Code VM0048 is in use already; give another one.",
        ),
        (
            revert("CodeMalformed", b"a\0b".ljust(32, b"\0")),
            (
                f"Code 0x610062{'00' * 29} is empty, or holds other characters than A-Z, 0-9, full stop, "
                "underscore and hyphen."
            ),
        ),
        (
            revert("FrozenBy", 2, 1),
            "Programme 1 is frozen by the regulator, so nothing of it can move; ask the regulator.",
        ),
        (
            revert("FreezeUnchanged", 3, int(ACCOUNT, 16)),
            f"Account {ACCOUNT.lower()} is frozen already, or not frozen at all: nothing to change.",
        ),
        (
            revert("RedemptionWaiting", 1, 2**48 - 1),
            "Redemption 1 can be withdrawn from 281474976710655 on, if it is unanswered then.",
        ),
        (
            revert("CountryMalformed", b"\xff1"),
            "Country 0xff31 is not two letters A-Z (ISO 3166-1 alpha-2).",
        ),
        (
            revert("SerialPrefixMalformed", LONG, 3),
            (
                f"Serial prefix {LONG[:120]!r}... (504 characters) is not canonical from character 3 on "
                "(counted from 0): segments of A-Z 0-9, joined by single hyphens, numbers without leading "
                "zeros."
            ),
        ),
        (
            revert("ERC1155InsufficientBalance", ACCOUNT, 0, 999, 5),
            (f"Account {ACCOUNT} holds 0 kg of batch 5, which is less than the 999 kg asked for."),
        ),
        (
            revert("LabelMissing", 3, 1, b"CORSIA-1".ljust(32, b"\0"), 1 << 7),
            (
                "Batch 3 can't be retired for CORSIA's first phase: it does not hold the label CORSIA-1 "
                "(the host country has not authorised this use); see `onetonne label explain 3 --label "
                "CORSIA-1`."
            ),
        ),
        (
            revert("LabelMissing", 3, 0, b"CCP".ljust(32, b"\0"), 1 << 2 | 1 << 4 | 1 << 9),
            (
                "Batch 3 can't be retired for voluntary use: it does not hold the label CCP (the programme "
                "is not approved, and the methodology's version is not approved, and a condition that this "
                "version of onetonne does not know); see `onetonne label explain 3 --label CCP`."
            ),
        ),
        (
            revert("NotAuthorised", 1, 2021, 2),
            (
                "The host country has not authorised use for international mitigation such as CORSIA for "
                "project 1's vintage year 2021; its authority must do so first, at least a second before."
            ),
        ),
        (
            revert("AuthorisationExceeded", 1, 2021, 150_500, 100_000),
            (
                "The host country's authorisation for project 1's vintage year 2021 has 100 t left, less "
                "than the 150.5 t asked for."
            ),
        ),
        (
            revert("MonitoringGap", 7, 3, 18262, 18627),
            (
                "Verification 7 can't be accepted: its methodology demands 3 consecutive years of monitoring"
                ", and none is accepted for 2020-01-01 to 2020-12-31; have those days verified and accepted "
                "first."
            ),
        ),
        (
            revert("ShortfallExceeded", 2, 5000, 1000),
            (
                "Of shortfall 2, 1 t are outstanding, less than the 5 t that would be cancelled for it; "
                "cancel no more than that."
            ),
        ),
        (
            revert("ReleaseQuantityDiffers", 5000, 1000),
            "The lots add up to 5 t, and the VVB stated a release of 1 t; name lots of exactly that.",
        ),
        (bytes.fromhex("08c379a0") + encode(["string"], ["paused"]), "The contract refused: 'paused'."),
        (
            bytes.fromhex("4e487b71") + encode(["uint256"], [0x11]),
            "The contract stopped at a fault of its own: a number became too large or negative.",
        ),
        (
            bytes.fromhex("4e487b71") + encode(["uint256"], [0x99]),
            "The contract stopped at a fault of its own: panic code 153.",
        ),
        (b"", "The contract refused without a reason; check that the deployment is of this version."),
        (
            b"\xde\xad\xbe\xef\0",
            "The contract refused with the error 0xdeadbeef, which this version of onetonne does not know.",
        ),
    ],
)
def test_refusal_in_words(data: bytes, sentence: str) -> None:
    assert decode(data).sentence == sentence


@given(st.sampled_from([selector for selector, _ in ERRORS]), st.binary(max_size=200))
def test_any_data_is_decoded_into_a_sentence(selector: bytes, rest: bytes) -> None:
    """A hostile contract may revert with anything."""
    assert re.fullmatch(r"[^\n]+\.", decode(selector + rest).sentence)
    assert re.fullmatch(r"[^\n]+\.", decode(rest).sentence)
