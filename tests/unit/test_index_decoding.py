"""Logs into rows, without a chain: what anybody can make a contract emit must stop no index."""

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from sqlalchemy import create_engine, insert, select
from sqlalchemy.dialects import sqlite

from onetonne.errors import IndexStoreError
from onetonne.index import schema
from onetonne.index.columns import Code, SerialNumber, Uint256, code_word, readable
from onetonne.index.decoding import decoders
from onetonne.index.events import _MAKERS, _NAMES, _TABLES, rows_of
from onetonne.index.store import engine_of
from onetonne.index.syncing import decoded
from onetonne.terms import code_bytes32

CONTRACTS = ("Programmes", "Projects", "Credits", "Redemptions", "Certificates", "Labels")
# Never emitted by these contracts, or of no use beyond the raw log.
OF_NO_TABLE = {
    ("Credits", "AuthorityUpdated"),
    ("Credits", "URI"),
    ("Labels", "AuthorityUpdated"),
    ("Programmes", "AuthorityUpdated"),
    ("Projects", "EIP712DomainChanged"),
    ("Certificates", "Approval"),
    ("Certificates", "ApprovalForAll"),
    ("Certificates", "Unlocked"),
}
ALICE = "0x" + "A1" * 20


def test_every_event_has_its_table() -> None:
    events = {(name, one.event) for name in CONTRACTS for one in decoders(name).values()}
    assert _TABLES.keys() | _MAKERS.keys() | OF_NO_TABLE == events


def test_the_columns_of_a_table_are_the_arguments_of_its_event() -> None:
    for (contract, event), table in _TABLES.items():
        decoder = next(one for one in decoders(contract).values() if one.event == event)
        arguments = [argument for argument, _ in decoder.indexed]
        arguments += [argument for group in decoder.arguments for argument in group]
        columns = set(table.c.keys()) - {"block_number", "log_index"}
        assert {_NAMES.get(one.name, one.name) for one in arguments} == columns, event


def transfer(ids: list[int], values: list[int]) -> list[dict[str, Any]]:
    arguments = {"operator": ALICE, "from": ALICE, "to": ALICE, "ids": ids, "values": values}
    return [row for _, row in rows_of("Credits", "TransferBatch", arguments)]


def test_moving_nothing_of_a_batch_that_cannot_be_gives_no_row() -> None:
    assert transfer([2**255, 3], [0, 5]) == [
        {"item": 1, "operator": ALICE, "sender": ALICE, "recipient": ALICE, "batch": 3, "kilograms": 5}
    ]
    assert transfer([], []) == []


def test_a_log_is_decoded_by_its_topic() -> None:
    topic = keccak(text="RetirementDetailsPublished(uint40,string)")
    data = encode(["bytes"], [b"caf\xc3\xa9 \xff\0"])
    ((table, row),) = decoded("Credits", {"block_number": 1, "log_index": 2}, [topic, (7).to_bytes(32)], data)
    assert table is schema.retirement_details
    assert row == {"block_number": 1, "log_index": 2, "claim": 7, "details": "café \\xff\\x00"}


def test_a_log_that_no_abi_knows_gives_no_row() -> None:
    assert list(decoded("Credits", {}, [b"?" * 32], b"")) == []
    assert list(decoded("Credits", {}, [], b"")) == []


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
        place = {"block_number": 2**62, "log_index": 1}
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
