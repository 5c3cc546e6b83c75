"""Logs into rows, without a chain: what anybody can make a contract emit must stop no index."""

import json
import re
import struct
from random import Random
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from sqlalchemy import create_engine, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeDecorator

from onetonne import artifacts
from onetonne.errors import IndexStoreError
from onetonne.index import schema
from onetonne.index.columns import Account, Code, SerialNumber, Uint256, code_word, readable
from onetonne.index.decoding import EventDecoder, decoders
from onetonne.index.events import EVENTS, EventRows, Hash, NoneIfZero
from onetonne.index.store import engine_of
from onetonne.terms import code_bytes32

CONTRACTS = (
    "Programmes",
    "Projects",
    "Credits",
    "Redemptions",
    "Certificates",
    "Labels",
    "Shortfalls",
    "SignedOrders",
)
# Never emitted by these contracts, or of no use beyond the raw log.
OF_NO_TABLE = {
    ("Credits", "AuthorityUpdated"),
    ("Credits", "URI"),
    ("Labels", "AuthorityUpdated"),
    ("Programmes", "AuthorityUpdated"),
    ("Projects", "AuthorityUpdated"),
    ("Projects", "EIP712DomainChanged"),
    ("Shortfalls", "AuthorityUpdated"),
    ("Shortfalls", "EIP712DomainChanged"),
    ("SignedOrders", "EIP712DomainChanged"),
    ("Certificates", "Approval"),
    ("Certificates", "ApprovalForAll"),
    ("Certificates", "Unlocked"),
}
ALICE = "0x" + "A1" * 20


def test_every_event_has_its_table() -> None:
    events = {(name, one.event) for name in CONTRACTS for one in decoders(name).values()}
    assert EVENTS.keys() | OF_NO_TABLE == events


EVERY = [pytest.param(name, one, id=one.event) for name in CONTRACTS for one in decoders(name).values()]


def told(contract: str, event: str, **given: Any) -> tuple[list[str], bytes, dict[str, Any]]:
    """A log of an event with random arguments: its topics, its data, and the arguments by name, flat."""
    entry = next(e for e in artifacts.load(contract).abi if (e["type"], e.get("name")) == ("event", event))
    chance = Random(event + str(given))
    values = [_made(part, chance, given) for part in entry["inputs"]]
    topics, plain, arguments = [], [], dict[str, Any]()
    for part, value in zip(entry["inputs"], values, strict=True):
        arguments |= _flat(part, value)
        if part["indexed"]:
            topics.append("0x" + encode([_abi_type(part)], [value]).hex())
        else:
            plain.append((_abi_type(part), value))
    types = [_abi_type(part, text="string") for part in entry["inputs"]]
    first = "0x" + keccak(text=f"{event}({','.join(types)})").hex()
    data = encode([kind for kind, _ in plain], [value for _, value in plain])
    return [first, *topics], data, arguments


def _made(part: dict[str, Any], chance: Random, given: dict[str, Any]) -> Any:
    """Something that an argument may be, such as anybody can make a contract emit."""
    kind = part["type"]
    if part["name"] in given:
        return given[part["name"]]
    if kind == "tuple":
        return tuple(_made(member, chance, given) for member in part["components"])
    if kind == "tuple[]":
        return [tuple(_made(member, chance, given) for member in part["components"]) for _ in range(3)]
    if kind.endswith("[]"):
        return [chance.randrange(2 ** min(int(kind.strip("uint[]")), 40)) for _ in range(3)]
    if kind == "bool":
        return chance.random() < 0.5
    if kind == "address":
        return "0x" + chance.randbytes(20).hex()
    if kind == "string":
        return chance.randbytes(chance.randrange(70)) + b"\0\\\t\n\xff"
    if kind.startswith("bytes"):
        size = int(kind.removeprefix("bytes"))
        return chance.choice([b"AB".ljust(size, b"\0"), chance.randbytes(size), bytes(size)])
    return chance.randrange(2 ** min(int(kind.removeprefix("uint")), 48))


def _abi_type(part: dict[str, Any], text: str = "bytes") -> str:
    """eth_abi demands UTF-8 of strings; as bytes they are encoded alike."""
    if part["type"].startswith("tuple"):
        members = ",".join(_abi_type(member, text) for member in part["components"])
        return f"({members}){part['type'].removeprefix('tuple')}"
    return text if part["type"] == "string" else str(part["type"])


def _flat(part: dict[str, Any], value: Any) -> dict[str, Any]:
    if part["type"] == "tuple":
        members = zip(part["components"], value, strict=True)
        return {name: inner for member, one in members for name, inner in _flat(member, one).items()}
    name = re.sub("(?<!^)([A-Z])", r"_\1", part["name"]).lower().strip("_")
    return {"from_" if name == "from" else name: value}


def decoded(contract: str, topics: list[str], data: bytes) -> list[dict[str, Any]]:
    """The rows by column, as they lie in the database."""
    rows: list[Any] = []
    decoder = decoders(contract)[topics[0]]
    decoder.decode(rows.append, 5, 7, 3, topics, data)
    return [dict(zip(decoder.table.c.keys(), row, strict=True)) for row in rows]


@pytest.mark.parametrize(("contract", "decoder"), EVERY)
def test_an_event_becomes_what_eth_abi_and_sqlalchemy_make_of_it(
    contract: str, decoder: EventDecoder
) -> None:
    topics, data, arguments = told(contract, decoder.event)
    assert arguments.keys() == {one.name for one in decoder.arguments}
    found = decoded(contract, topics, data)
    if (contract, decoder.event) in OF_NO_TABLE:
        (row,) = found
        shown = {name: _json(value) for name, value in arguments.items()}
        assert (row["contract"], row["event"]) == (contract, decoder.event)
        assert json.loads(row["arguments"]) == shown
        return
    rows = EVENTS[contract, decoder.event]
    lengths = [len(arguments[name]) for name in rows.each] or [1]
    expected = [_expected(rows, arguments, item) for item in range(lengths[0])]
    assert found == expected
    assert {type(value) for row in found for value in row.values()} <= {int, str, bool, type(None)}


def _expected(rows: EventRows, arguments: dict[str, Any], item: int) -> dict[str, Any]:
    place = {"block_number": 5, "log_index": 7, "transaction_index": 3, "item": item}
    values: dict[str, Any] = {}
    for column in rows.table.c:
        source = place.get(column.name, rows.given.get(column.name, column.name))
        if isinstance(source, Hash):
            value: Any = keccak(arguments[source.argument])
        elif isinstance(source, NoneIfZero):
            value = arguments[source.argument] if any(arguments[source.argument]) else None
        elif isinstance(source, str) and source in arguments:
            value = arguments[source][item] if source in rows.each else arguments[source]
        else:
            value = source
        values[column.name] = _stored(column.type, value)
    return values


def _stored(kind: Any, value: Any) -> Any:
    if isinstance(kind, TypeDecorator):
        return kind.process_bind_param(value, sqlite.dialect())
    if isinstance(value, bytes):
        return readable(value)
    if isinstance(value, list):
        return json.dumps(value)
    return to_checksum_address(value) if isinstance(kind, Account) and value is not None else value


def _json(value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return to_checksum_address(value) if isinstance(value, str) else value


@pytest.mark.parametrize(("contract", "decoder"), EVERY)
def test_data_that_ends_early_is_refused(contract: str, decoder: EventDecoder) -> None:
    topics, data, _ = told(contract, decoder.event)
    for end in range(0, len(data), 32):
        with pytest.raises((ValueError, struct.error)):
            decoded(contract, topics, data[:end])
    with pytest.raises(ValueError, match="values to unpack"):
        decoded(contract, [*topics, topics[0]], data)


def test_moving_nothing_of_a_batch_that_cannot_be_gives_no_row() -> None:
    topics, data, _ = told("Credits", "TransferSingle", id=2**255, value=0)
    assert decoded("Credits", topics, data) == []
    topics, data, _ = told("Credits", "TransferBatch", ids=[2**255, 3], values=[0, 5])
    (row,) = decoded("Credits", topics, data)
    assert (row["item"], row["batch"], row["kilograms"]) == (1, 3, 5)
    topics, data, _ = told("Credits", "TransferBatch", ids=[], values=[])
    assert decoded("Credits", topics, data) == []


def test_an_entry_of_a_label_is_about_a_programme_or_a_methodology() -> None:
    topics, data, _ = told("Labels", "ProgrammeApproved", programme=7, recognises=bytes(32))
    (row,) = decoded("Labels", topics, data)
    assert (row["programme"], row["methodology"], row["approved"]) == (7, None, True)
    assert row["recognises"] is None
    topics, data, _ = told("Labels", "MethodologyApprovalWithdrawn", methodology=9)
    (row,) = decoded("Labels", topics, data)
    assert (row["programme"], row["methodology"], row["approved"]) == (None, 9, False)
    assert row["vintage_end"] == 0


def test_a_revocation_is_an_authorisation_of_nothing() -> None:
    topics, data, _ = told("Labels", "AuthorisationRevoked", transferred=7)
    (row,) = decoded("Labels", topics, data)
    assert (row["uses"], row["cap"], row["batches"]) == (0, 7, "[]")


def test_reversals_and_over_issuances_are_shortfalls() -> None:
    (reversal,) = decoded("Shortfalls", *told("Shortfalls", "ReversalReported")[:2])
    (mark,) = decoded("Shortfalls", *told("Shortfalls", "OverIssuanceMarked", batch=3)[:2])
    assert (reversal["kind"], reversal["batch"]) == (1, 0)
    assert (mark["kind"], mark["batch"]) == (2, 3)


def test_text_is_made_fit_for_any_database() -> None:
    assert readable(b"plain") == "plain"
    assert readable(b"a\0b\xff") == "a\\x00b\\xff"


@pytest.mark.parametrize(
    "word", [code_bytes32("VM0048"), bytes(32), b"lower".ljust(32, b"\0"), b"\0" * 31 + b"A"]
)
def test_a_code_column_gives_back_every_word(word: bytes) -> None:
    assert code_word(str(Code().process_bind_param(word, sqlite.dialect()))) == word


@pytest.mark.parametrize(("kind", "highest"), [(SerialNumber(), 2**64 - 1), (Uint256(), 2**256 - 1)])
def test_large_numbers_keep_their_order_as_text(kind: Any, highest: int) -> None:
    numbers = [0, 9, 10, 2**63, highest]
    texts = [kind.process_bind_param(number, sqlite.dialect()) for number in numbers]
    assert texts == sorted(texts)
    assert [kind.process_result_value(text, sqlite.dialect()) for text in texts] == numbers


def test_tables_hold_the_highest_values_of_the_chain() -> None:
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    with engine.begin() as connection:
        place = {"block_number": 2**62, "log_index": 1, "transaction_index": 0}
        row = place | {"account": ALICE, "batch": 2**32 - 1, "amount": 2**256 - 1}
        connection.execute(insert(schema.frozen_amounts), [row])
        assert connection.execute(select(schema.frozen_amounts.c.amount)).scalar_one() == 2**256 - 1
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("://", "can't be read; write sqlite:///path or postgresql://"),
        ("nosuch://host/database", "needs a database driver"),
    ],
)
def test_a_url_that_cannot_be_used_is_said_in_a_sentence(url: str, problem: str) -> None:
    with pytest.raises(IndexStoreError, match=problem):
        engine_of(url)


def test_a_password_in_a_url_is_never_shown() -> None:
    with pytest.raises(IndexStoreError) as caught:
        engine_of("nosuch://user:secret@host/database")
    assert "secret" not in str(caught.value)
