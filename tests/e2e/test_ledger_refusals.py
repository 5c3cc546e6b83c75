"""Each bad input of the ledger's verbs, with the one sentence that a person gets."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from world import World, key, proposal

from onetonne import serials
from onetonne.chain import KeySigner
from onetonne.errors import (
    AddressError,
    BadInput,
    CodeError,
    InsufficientFunds,
    OnetonneError,
    QuantityError,
    Reverted,
)
from onetonne.terms import (
    BatchId,
    CancellationKind,
    FreezeScope,
    Kilograms,
    Lot,
    Proposal,
    RedemptionId,
    Serial,
)

FIRST, LAST = 941_467_001, 941_467_100
TONNE = Kilograms(1000)
OPERATOR, PROPONENT, BUYER = key("operator"), key("proponent"), key("buyer")


def message(kind: type[OnetonneError], act: Callable[[], object]) -> str:
    """What a person reads: one sentence, on one line."""
    with pytest.raises(kind) as caught:
        act()
    text = str(caught.value)
    assert re.fullmatch(r"[A-Z0-9][^\n]*\.", text)
    return text


@pytest.fixture
def issued(world: World) -> World:
    """100 t with the proponent, as batch 1."""
    world.issue(FIRST, LAST, PROPONENT)
    return world


def test_retirement_larger_than_the_holding(issued: World) -> None:
    text = message(
        Reverted,
        lambda: issued.ledger.retire([Lot(BatchId(1), Kilograms(100_001))], BUYER.address, signer=PROPONENT),
    )
    assert text == (
        f"Account {PROPONENT.address} holds 100 t of batch 1, which is less than the 100.001 t asked for."
    )


def test_refused_verb_costs_nothing(issued: World) -> None:
    chain = issued.ledger.chain
    before = chain.head(), chain.balance(PROPONENT.address)
    message(
        Reverted,
        lambda: issued.ledger.retire([Lot(BatchId(1), Kilograms(100_001))], BUYER.address, signer=PROPONENT),
    )
    assert (chain.head(), chain.balance(PROPONENT.address)) == before


def test_frozen_account(issued: World, regulator: KeySigner) -> None:
    ledger = issued.ledger
    ledger.freeze(FreezeScope.ACCOUNT, PROPONENT.address, "Court order.", "CASE-1", signer=regulator)
    text = message(Reverted, lambda: ledger.transfer(BatchId(1), TONNE, BUYER.address, signer=PROPONENT))
    assert text == (
        f"Account {PROPONENT.address} can't send, retire or cancel credits: "
        "it is frozen by the regulator, or it is the escrow or the buffer."
    )
    text = message(
        Reverted,
        lambda: ledger.freeze(FreezeScope.ACCOUNT, PROPONENT.address, "Again.", "CASE-1", signer=regulator),
    )
    assert text.startswith(f"Account {PROPONENT.address.lower()} is frozen already")


def test_serial_numbers_issued_twice(issued: World) -> None:
    text = message(Reverted, lambda: issued.issue(FIRST + 6, LAST + 10, BUYER))
    assert text.startswith(
        f"Serial numbers {FIRST + 6} to {LAST + 10} overlap batch 1, which holds {FIRST} to {LAST}: "
        "the same tonne can't be issued twice"
    )


def test_more_than_was_verified(issued: World) -> None:
    text = message(Reverted, lambda: issued.issue(LAST + 1, LAST + 901, BUYER))
    assert text == "Verification 1 has 900 t left, less than the 901 t asked for."


def test_days_claimed_twice(world: World, vvb: KeySigner) -> None:
    ledger = world.ledger
    statement = proposal(world.project, world.methodology, date(2020, 12, 1), date(2021, 11, 30))
    second = ledger.propose_verification(statement, signer=vvb).verification
    text = message(Reverted, lambda: ledger.accept_verification(second, signer=OPERATOR))
    assert text == (
        "Days 2020-12-01 to 2021-11-30 of component 1 overlap verification 1, which claims "
        "2020-01-01 to 2020-12-31: the same days can't be counted twice."
    )


def test_one_key_is_not_enough(world: World) -> None:
    statement = proposal(world.project, world.methodology, date(2021, 1, 1), date(2021, 12, 31))
    text = message(Reverted, lambda: world.ledger.propose_verification(statement, signer=OPERATOR))
    assert text == (f"Account {OPERATOR.address} is no VVB's account; sign with that of an admitted VVB.")


def test_issuance_by_another_programmes_operator(world: World, acr_operator: KeySigner) -> None:
    order = world.issuance(FIRST, LAST)
    text = message(Reverted, lambda: world.ledger.issue([order], BUYER.address, signer=acr_operator))
    assert text == (
        f"Account {acr_operator.address} is not the operator of programme 1; "
        "sign with the operator's account."
    )


def test_act_of_governance_by_anyone_else(world: World) -> None:
    text = message(Reverted, lambda: world.ledger.admit_programme("GS", BUYER.address, signer=BUYER))
    assert text.startswith(f"Account {BUYER.address} has no role that allows this")


def test_vintage_outside_the_verified_period(world: World) -> None:
    order = replace(world.issuance(FIRST, LAST), vintage_end=date(2021, 1, 1))
    text = message(Reverted, lambda: world.ledger.issue([order], BUYER.address, signer=OPERATOR))
    assert text == (
        "The vintage 2020-01-01 to 2021-01-01 does not lie within the verified period, "
        "2020-01-01 to 2020-12-31."
    )


def test_root_of_another_programme(world: World) -> None:
    acr = replace(world.issuance(1, 10), block=serials.block("ACR-US-101-2020-1", 1, 10))
    text = message(Reverted, lambda: world.ledger.issue([acr], BUYER.address, signer=OPERATOR))
    assert "is not the operator of programme 2" in text


def test_account_without_gas_money(issued: World) -> None:
    stranger = KeySigner.new()
    issued.ledger.approve(stranger.address, signer=PROPONENT)
    text = message(
        InsufficientFunds,
        lambda: issued.ledger.transfer(
            BatchId(1), TONNE, BUYER.address, holder=PROPONENT.address, signer=stranger
        ),
    )
    assert re.match(rf"Account {stranger.address} holds 0 ETH and may need 0\.000\d+ ETH for gas: send", text)


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "has the right checksum"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", "has a wrong checksum"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "can't be one: write 0x and 40 hexadecimal digits"),
        ("airline.eth", "can't be one: write 0x and 40 hexadecimal digits"),
        ("0x" + "0" * 40, "is the zero address"),
    ],
)
def test_address_that_is_none(issued: World, address: str, problem: str) -> None:
    def act() -> object:
        return issued.ledger.transfer(BatchId(1), TONNE, address, signer=PROPONENT)

    if problem == "has the right checksum":
        act()
    else:
        assert problem in message(Reverted if "zero" in problem else AddressError, act)


@pytest.mark.parametrize("kilograms", [-1, 2**48])
def test_quantity_that_can_not_be(issued: World, kilograms: int) -> None:
    ledger, lot = issued.ledger, Lot(BatchId(1), Kilograms(kilograms))
    acts: list[Callable[[], object]] = [
        lambda: ledger.transfer(BatchId(1), lot.kilograms, BUYER.address, signer=PROPONENT),
        lambda: ledger.transfer_many([lot], BUYER.address, signer=PROPONENT),
        lambda: ledger.retire([lot], BUYER.address, signer=PROPONENT),
        lambda: ledger.cancel([lot], CancellationKind.ERROR, "x", signer=PROPONENT),
        lambda: ledger.request_redemption(BatchId(1), lot.kilograms, signer=PROPONENT),
    ]
    for act in acts:
        assert message(QuantityError, act).startswith(f"A quantity of {kilograms} kg can't be")


def test_quantity_of_zero(issued: World) -> None:
    text = message(
        Reverted,
        lambda: issued.ledger.retire([Lot(BatchId(1), Kilograms(0))], BUYER.address, signer=PROPONENT),
    )
    assert text == "The quantity of batch 1 is zero; give at least 1 kg."


@pytest.mark.parametrize("count", [0, 257])
def test_too_many_lots_or_none(issued: World, count: int) -> None:
    text = message(
        Reverted,
        lambda: issued.ledger.retire(
            [Lot(BatchId(1), Kilograms(1))] * count, BUYER.address, signer=PROPONENT
        ),
    )
    assert text == f"A call takes 1 to 256 lots, not {count}; split it."


def test_batch_that_is_not_there(issued: World) -> None:
    assert message(Reverted, lambda: issued.ledger.batch(BatchId(2))) == "There is no batch 2."
    text = message(BadInput, lambda: issued.ledger.batch(BatchId(2**32)))
    assert text == "The contract's function batch can't take the values '4294967296'."


def test_publishing_no_details(issued: World) -> None:
    text = message(
        BadInput,
        lambda: issued.ledger.retire([Lot(BatchId(1), TONNE)], BUYER.address, publish=True, signer=PROPONENT),
    )
    assert text.startswith("There are no details to publish")


def test_half_a_serial_number_can_not_be_redeemed(issued: World) -> None:
    text = message(
        Reverted, lambda: issued.ledger.request_redemption(BatchId(1), Kilograms(1500), signer=PROPONENT)
    )
    assert text.startswith("1.5 t of batch 1 is not a number of whole tonnes")


def test_redemption_answered_twice(issued: World) -> None:
    ledger = issued.ledger
    asked = ledger.request_redemption(BatchId(1), TONNE, signer=PROPONENT).redemption
    ledger.refuse_redemption(asked, "No.", signer=OPERATOR)
    text = message(
        Reverted, lambda: ledger.confirm_redemption(asked, Serial(LAST), Serial(LAST), signer=OPERATOR)
    )
    assert text == "Redemption 1 is refused, and must be requested for this."
    assert message(Reverted, lambda: ledger.redemption(RedemptionId(9))) == "There is no redemption 9."


def test_codes_and_countries_that_are_none(world: World, governance: KeySigner) -> None:
    ledger = world.ledger
    assert "holds 'É'" in message(
        CodeError, lambda: ledger.admit_programme("CAFÉ", BUYER.address, signer=governance)
    )
    text = message(
        CodeError,
        lambda: ledger.register_project("1", "ETH", "S", "T", date(2020, 1, 1), "n", signer=OPERATOR),
    )
    assert text == "Country 'ETH' is not two letters: give its ISO 3166-1 alpha-2 code."


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"evidence_hash": b"short"}, "The evidence hash has 5 bytes: give 32."),
        ({"evidence_hash": bytes(32)}, "The verification names no evidence; give the hash"),
        ({"verified": Kilograms(0)}, "The verification verifies nothing"),
        ({"deadline": 1_500_000_000}, "could be proposed until 2017-07-14 02:40:00 UTC"),
        ({"period_end": date(2019, 1, 1)}, "period 2020-01-01 to 2019-01-01 ends before it starts"),
        ({"project": 9}, "There is no project 9."),
    ],
)
def test_statement_that_can_not_be(
    world: World, vvb: KeySigner, changed: dict[str, Any], problem: str
) -> None:
    statement: Proposal = replace(proposal(world.project, world.methodology), **changed)
    text = message(OnetonneError, lambda: world.ledger.propose_verification(statement, signer=vvb))
    assert problem in text


def test_frozen_subject_that_is_no_id(world: World, regulator: KeySigner) -> None:
    ledger = world.ledger
    text = message(BadInput, lambda: ledger.freeze(FreezeScope.BATCH, "0xab", "r", "c", signer=regulator))
    assert text == "A batch can't have the id '0xab': give its number."
    text = message(AddressError, lambda: ledger.is_frozen(FreezeScope.ACCOUNT, 7))
    assert text == "Address '7' can't be one: write 0x and 40 hexadecimal digits."
