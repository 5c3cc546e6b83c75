"""A signed order as a file, and each way in which a file can be none."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from onetonne.chain import KeySigner
from onetonne.errors import FileError
from onetonne.ledger.order_files import SignedOrder, read_order
from onetonne.ledger.typed_data import domain, order_digest, order_message, order_signer, order_types
from onetonne.terms import (
    Address,
    BatchId,
    Kilograms,
    Lot,
    Purpose,
    RetireOrder,
    Seconds,
    TransferOrder,
)

CONTRACT = Address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
HOLDER = KeySigner.from_key(keccak(text="holder"))
BOB = Address("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")
TEXT = '{"beneficiary":"Aero SA"}'
RETIREMENT = RetireOrder(
    lots=(Lot(BatchId(3), Kilograms(1_500)), Lot(BatchId(4), Kilograms(1))),
    holder=HOLDER.address,
    beneficiary=BOB,
    purpose=Purpose.CORSIA_PHASE_1,
    details=keccak(text=TEXT),
    publish=False,
    nonce=7 << 64 | 2,
    deadline=Seconds(1_800_000_000),
)
TRANSFER = TransferOrder(RETIREMENT.lots, HOLDER.address, BOB, 0, Seconds(2**48 - 1))


def signed(order: RetireOrder | TransferOrder, details: str = "") -> SignedOrder:
    signature = HOLDER.sign_typed(domain(31337, CONTRACT), order_types(order), order_message(order))
    return SignedOrder(order, signature, 31337, CONTRACT, details)


EVERY = [signed(RETIREMENT), signed(replace(RETIREMENT, publish=True), TEXT), signed(TRANSFER)]


def read(tmp_path: Path, text: str) -> SignedOrder:
    path = tmp_path / "order.json"
    path.write_text(text, encoding="utf-8")
    return read_order(path)


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(FileError) as caught:
        read(tmp_path, text)
    sentence = str(caught.value)
    assert sentence.startswith(f"File {tmp_path / 'order.json'}: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("order", EVERY, ids=["retire", "retire and publish", "transfer"])
def test_a_file_is_read_as_it_was_written(tmp_path: Path, order: SignedOrder) -> None:
    assert read(tmp_path, order.text()) == order


def test_text_that_is_not_published_is_not_in_the_file() -> None:
    assert "Aero" not in EVERY[0].text()
    assert json.loads(EVERY[0].text())["order"]["details"] == f"0x{keccak(text=TEXT).hex()}"
    assert json.loads(EVERY[1].text())["details"] == TEXT


@pytest.mark.parametrize("order", EVERY)
def test_the_signer_of_an_order_is_recovered(order: SignedOrder) -> None:
    assert order_signer(order.order, order.signature, 31337, CONTRACT) == HOLDER.address
    for chain, contract in ((1, CONTRACT), (31337, BOB)):
        assert order_signer(order.order, order.signature, chain, contract) != HOLDER.address
    for wrong in (b"", b"\1" * 64, bytes(65), b"\xff" * 65):
        assert order_signer(order.order, wrong, 31337, CONTRACT) != HOLDER.address


@pytest.mark.parametrize(
    "change",
    [
        {"lots": (Lot(BatchId(3), Kilograms(1_501)), RETIREMENT.lots[1])},
        {"lots": RETIREMENT.lots[:1]},
        {"holder": BOB},
        {"beneficiary": HOLDER.address},
        {"purpose": Purpose.VOLUNTARY},
        {"details": bytes(32)},
        {"publish": True},
        {"nonce": 2},
        {"deadline": Seconds(1_800_000_001)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_field_of_a_retirement_is_signed(change: dict[str, Any]) -> None:
    altered = replace(RETIREMENT, **change)
    assert order_digest(altered, 31337, CONTRACT) != order_digest(RETIREMENT, 31337, CONTRACT)
    assert order_signer(altered, EVERY[0].signature, 31337, CONTRACT) != HOLDER.address


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "{", "[" * 100_000, '{"format": 1}', "\ud800"])
def test_what_is_no_order_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "order.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(FileError, match="make one with `onetonne sign`"):
        read_order(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="No such file"):
        read_order(tmp_path / "order.json")
    with pytest.raises(FileError, match="can't be read"):
        read_order(tmp_path)


def test_a_later_version_is_refused(tmp_path: Path) -> None:
    document = json.loads(EVERY[0].text()) | {"version": 2}
    assert "update onetonne" in refused(tmp_path, json.dumps(document))


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("kind", "burn", "neither retire nor transfer"),
        ("chain_id", "31337", "'chain_id' is no number"),
        ("chain_id", True, "'chain_id' is no number"),
        ("signed_orders", "0x12", "'signed_orders' is no address"),
        ("signature", "0xzz", "'signature' is no hexadecimal text"),
        ("signature", 12, "'signature' is no hexadecimal text"),
        ("order", [], "'order' has no fields"),
        ("details", "x", "not to be published"),
        ("details", None, "no text"),
        ("order.nonce", 1, "nonce is no number in quotes"),
        ("order.nonce", "-1", "nonce is no number in quotes"),
        ("order.nonce", "\u0661", "nonce is no number in quotes"),
        ("order.nonce", "9" * 78, "'nonce' is no number of 256 bits"),
        ("order.deadline", 2**48, "'deadline' is no number of 48 bits"),
        ("order.deadline", 1.5, "'deadline' is no number"),
        ("order.holder", None, "'holder' is no address"),
        ("order.beneficiary", CONTRACT.lower()[:-1], "'beneficiary' is no address"),
        ("order.purpose", "profit", "its purpose is none of"),
        ("order.purpose", [], "its purpose is none of"),
        ("order.publish", "yes", "neither true nor false"),
        ("order.publish", True, "not the one whose hash is signed"),
        ("order.details", "0x12", "no hash of 32 bytes"),
        ("order.lots", {}, "no list of batches"),
        ("order.lots", [1], "no list of batches"),
        ("order.lots", [{"batch": 1, "kilograms": -1}], "'kilograms' is no number of 48 bits"),
        ("order.lots", [{"batch": 2**32, "kilograms": 1}], "'batch' is no number of 32 bits"),
    ],
)
def test_a_field_that_can_not_be_is_named(tmp_path: Path, field: str, value: object, problem: str) -> None:
    document = json.loads(EVERY[0].text())
    *path, name = field.split(".")
    (document[path[0]] if path else document)[name] = value
    assert problem in refused(tmp_path, json.dumps(document))


@pytest.mark.parametrize("order", EVERY)
def test_a_missing_field_is_named(tmp_path: Path, order: SignedOrder) -> None:
    document = json.loads(order.text())
    for name in document.keys() - {"details", "format", "version"}:
        less = {key: value for key, value in document.items() if key != name}
        assert f"'{name}' is missing" in refused(tmp_path, json.dumps(less))
    for name in document["order"]:
        fields = {key: value for key, value in document["order"].items() if key != name}
        assert f"'{name}' is missing" in refused(tmp_path, json.dumps(document | {"order": fields}))


@given(data=st.data())
def test_a_damaged_file_is_refused_or_means_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """One byte is changed: never an exception of another kind, never another order under the signature."""
    order = data.draw(st.sampled_from(EVERY))
    content = bytearray(order.text().encode())
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "order.json"
    path.write_bytes(content)
    try:
        found = read_order(path)
    except FileError:
        return
    same = (found.order, found.chain_id, found.signed_orders) == (order.order, 31337, CONTRACT)
    signer = order_signer(found.order, found.signature, found.chain_id, found.signed_orders)
    assert same or signer != found.order.holder
