"""Logs into rows, without a chain: what anybody can make a contract emit must stop no index."""

from collections.abc import Iterator
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from sqlalchemy import Engine, create_engine, insert, select
from sqlalchemy.dialects import sqlite

from onetonne.errors import IndexStoreError
from onetonne.index import schema
from onetonne.index.columns import Code, SerialNumber, Uint256, code_word, readable
from onetonne.index.decoding import EventDecoder, decoders
from onetonne.index.events import _MAKERS, _NAMES, _TABLES, rows_of
from onetonne.index.store import engine_of
from onetonne.index.syncing import decoded
from onetonne.terms import code_bytes32

CONTRACTS = ("Programmes", "Projects", "Credits", "Redemptions", "Certificates", "Labels", "Shortfalls")
# Never emitted by these contracts, or of no use beyond the raw log.
OF_NO_TABLE = {
    ("Credits", "AuthorityUpdated"),
    ("Credits", "URI"),
    ("Labels", "AuthorityUpdated"),
    ("Programmes", "AuthorityUpdated"),
    ("Projects", "EIP712DomainChanged"),
    ("Shortfalls", "EIP712DomainChanged"),
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


@pytest.fixture(scope="module")
def tables() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("contract", "decoder"),
    [
        pytest.param(name, one, id=one.event)
        for name in CONTRACTS
        for one in decoders(name).values()
        if (name, one.event) not in OF_NO_TABLE
    ],
)
def test_a_row_of_every_event_has_exactly_its_tables_columns(
    tables: Engine, contract: str, decoder: EventDecoder
) -> None:
    arguments = {one.name: _value(one.type) for one, _ in decoder.indexed}
    arguments |= {one.name: _value(one.type) for group in decoder.arguments for one in group}
    for table, row in rows_of(contract, decoder.event, arguments):
        assert table is not schema.other_events
        assert row.keys() | {"block_number", "log_index"} == set(table.c.keys())
        with tables.connect() as connection:  # rolled back: the next test starts without
            connection.execute(insert(table), [{"block_number": 1, "log_index": 2} | row])


def _value(kind: str) -> Any:
    """Something that an argument of this type may be."""
    if kind.endswith("[]"):
        return [_value(kind.removesuffix("[]"))]
    if kind == "bool":
        return True
    if kind == "address":
        return ALICE
    if kind == "string":
        return b"text"
    if kind.startswith("bytes"):
        return b"AB".ljust(int(kind.removeprefix("bytes")), b"\0")
    return 1


DECISION = {"document": bytes(32), "decided_on": 19_800, "source": b"https://example.org/\xff"}
CCP = code_bytes32("CCP")


def test_an_entry_of_a_label_is_about_a_programme_or_a_methodology() -> None:
    window = {"vintage_start": 1, "vintage_end": 2, "crediting_from": 3}
    approval = {"conditional": False, "recognises": bytes(32)} | window
    arguments = {"label": CCP, "programme": 7} | approval | DECISION
    ((table, row),) = rows_of("Labels", "ProgrammeApproved", arguments)
    assert table is schema.label_approvals
    assert (row["programme"], row["methodology"], row["approved"]) == (7, None, True)
    assert row["recognises"] is None
    assert row["source"] == "https://example.org/\\xff"
    ((table, row),) = rows_of(
        "Labels", "MethodologyApprovalWithdrawn", {"label": CCP, "methodology": 9} | DECISION
    )
    assert table is schema.label_approvals
    assert (row["programme"], row["methodology"], row["approved"]) == (None, 9, False)
    assert row["vintage_end"] == 0


def test_a_revocation_is_an_authorisation_of_nothing() -> None:
    arguments = {"project": 1, "vintage_year": 2021} | DECISION
    ((table, row),) = rows_of("Labels", "AuthorisationRevoked", arguments)
    assert table is schema.authorisations
    assert (row["uses"], row["cap"]) == (0, 0)


def test_a_purpose_that_demands_no_label_has_none() -> None:
    ((_, row),) = rows_of("Labels", "LabelDemanded", {"purpose": 1, "label": bytes(32)})
    assert row["label"] is None


def test_reversals_and_over_issuances_are_shortfalls() -> None:
    told = {"shortfall": 1, "project": 2, "kilograms": 5, "evidence": CCP, "case_reference": b"case 1"}
    ((table, reversal),) = rows_of("Shortfalls", "ReversalReported", told)
    ((same, mark),) = rows_of("Shortfalls", "OverIssuanceMarked", told | {"batch": 3})
    assert table is same is schema.shortfalls
    assert (reversal["kind"], reversal["batch"]) == (1, 0)
    assert (mark["kind"], mark["batch"]) == (2, 3)


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
