"""A signer by URL: asked in its own dialect, and believed in nothing."""

import traceback
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import pytest
from signing_server import SigningServer, signing_server

from onetonne.chain import KeySigner
from onetonne.chain.remote_signing import RemoteSigner, remote_signer
from onetonne.errors import AddressError, SignerError, WrongKey
from onetonne.ledger.typed_data import RETIRE_ORDER, VERIFICATION

KEY, OTHER = "0x" + "4c" * 32, "0x" + "4d" * 32
SIGNER = KeySigner.from_key(KEY)
TRANSACTION = {
    **{"chainId": 31337, "nonce": 0, "gas": 90_000, "value": 0, "data": "0xabcdef", "type": 2},
    **{"maxFeePerGas": 2_000_000_000, "maxPriorityFeePerGas": 0, "to": "0x" + "11" * 20},
}
LEGACY = {name: value for name, value in TRANSACTION.items() if name[:3] not in ("max", "typ")} | {
    "gasPrice": 9
}
CREATION = {name: value for name, value in TRANSACTION.items() if name != "to"}
DOMAIN = {"name": "onetonne", "version": "1", "chainId": 31337, "verifyingContract": "0x" + "22" * 20}


def _value(kind: str) -> Any:
    if kind.endswith("[]"):
        return [_value(kind[:-2])] * 2
    if kind.startswith("uint"):
        return 2 ** int(kind[4:]) - 1
    if kind == "Lot":
        return {"batch": 3, "kilograms": 2**48 - 1}
    values = {
        "string": "https://example.org/é",
        "address": "0x" + "33" * 20,
        "bool": True,
        "bytes": b"\x00\x01",
    }
    return values[kind] if kind in values else bytes(range(int(kind.removeprefix("bytes"))))


def _message(types: Any, name: str) -> dict[str, Any]:
    return {member["name"]: _value(member["type"]) for member in types[name]}


@pytest.fixture(params=["clef", "web3signer"])
def server(request: pytest.FixtureRequest) -> Iterator[SigningServer]:
    with signing_server(request.param, KEY) as running:
        yield running


@pytest.mark.parametrize("asked", [TRANSACTION, LEGACY, CREATION], ids=["1559", "legacy", "creation"])
def test_a_transaction_is_signed_as_a_key_at_hand_signs_it(
    server: SigningServer, asked: dict[str, Any]
) -> None:
    signer = RemoteSigner(server.url)
    assert signer.address == SIGNER.address
    assert signer.sign_transaction(dict(asked)) == SIGNER.sign_transaction(dict(asked))


@pytest.mark.parametrize(("types", "name"), [(VERIFICATION, "Verification"), (RETIRE_ORDER, "RetireOrder")])
def test_a_statement_is_signed_as_a_key_at_hand_signs_it(
    server: SigningServer, types: Any, name: str
) -> None:
    message = _message(types, name)
    signature = RemoteSigner(server.url, SIGNER.address).sign_typed(DOMAIN, types, message)
    assert signature == SIGNER.sign_typed(DOMAIN, types, message)
    server.answer = lambda result: result[:-2] + ("00" if result.endswith("1b") else "01")
    assert RemoteSigner(server.url, SIGNER.address).sign_typed(DOMAIN, types, message) == signature


def test_an_address_is_not_asked_for_where_it_is_given(server: SigningServer) -> None:
    assert RemoteSigner(server.url, SIGNER.address).address == SIGNER.address
    assert server.asked == []


LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "to": lambda asked: asked | {"to": "0x" + "12" * 20},
    "no to": lambda asked: {name: value for name, value in asked.items() if name != "to"},
    "nonce": lambda asked: asked | {"nonce": 1},
    "chain": lambda asked: asked | {"chainId": 1},
    "gas": lambda asked: asked | {"gas": 90_001},
    "value": lambda asked: asked | {"value": 1},
    "data": lambda asked: asked | {"data": "0xabcdee"},
    "fee": lambda asked: asked | {"maxFeePerGas": 2_000_000_001},
    "tip": lambda asked: asked | {"maxPriorityFeePerGas": 1},
    "access": lambda asked: asked | {"accessList": [{"address": "0x" + "11" * 20, "storageKeys": []}]},
    "type": lambda asked: {name: asked[name] for name in asked if name[:3] != "max"} | {"gasPrice": 9},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_another_transaction_is_refused(
    server: SigningServer, lie: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    server.alter = lie
    with pytest.raises(WrongKey, match="signed another transaction than it was asked to: nothing was sent"):
        RemoteSigner(server.url).sign_transaction(dict(TRANSACTION))


@pytest.mark.parametrize(
    "change", [{"nonce": 1}, {"chainId": 1}, {"gasPrice": 10}, {"gas": 1}, {"data": "0x"}, {"value": 1}]
)
def test_another_legacy_transaction_is_refused(server: SigningServer, change: dict[str, Any]) -> None:
    server.alter = lambda asked: asked | change
    with pytest.raises(WrongKey, match="signed another transaction"):
        RemoteSigner(server.url).sign_transaction(dict(LEGACY))


def test_a_legacy_transaction_for_any_chain_is_refused(server: SigningServer) -> None:
    server.alter = lambda asked: {name: asked[name] for name in asked if name != "chainId"}
    with pytest.raises(WrongKey, match="signed another transaction"):
        RemoteSigner(server.url).sign_transaction(dict(LEGACY))


def test_anothers_signature_is_refused(server: SigningServer) -> None:
    server.accounts = {SIGNER.address: KeySigner.from_key(OTHER)._account}
    signer = RemoteSigner(server.url, SIGNER.address)
    with pytest.raises(WrongKey, match=f"under the transaction that is not account {SIGNER.address}'s"):
        signer.sign_transaction(dict(TRANSACTION))
    with pytest.raises(WrongKey, match=f"under the statement that is not account {SIGNER.address}'s"):
        signer.sign_typed(DOMAIN, VERIFICATION, _message(VERIFICATION, "Verification"))


def _mirrored(result: str) -> str:
    order = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
    raw = bytes.fromhex(result[2:])
    s = order - int.from_bytes(raw[32:64])
    return f"0x{raw[:32].hex()}{s:064x}{55 - raw[64]:02x}"


@pytest.mark.parametrize(
    "answer",
    [
        lambda result: result[:-2],
        lambda result: "0x" + "00" * 65,
        lambda result: result[:-2] + "33",
        _mirrored,
    ],
    ids=["short", "zeros", "v", "mirrored"],
)
def test_a_signature_that_contracts_refuse_is_refused(
    server: SigningServer, answer: Callable[[str], str]
) -> None:
    server.answer = answer
    with pytest.raises(WrongKey, match="under the statement"):
        RemoteSigner(server.url, SIGNER.address).sign_typed(
            DOMAIN, VERIFICATION, _message(VERIFICATION, "Verification")
        )


def test_a_signature_under_another_statement_is_refused(server: SigningServer) -> None:
    server.alter = lambda document: document | {"message": document["message"] | {"verified": "1"}}
    with pytest.raises(WrongKey, match="under the statement"):
        RemoteSigner(server.url).sign_typed(DOMAIN, VERIFICATION, _message(VERIFICATION, "Verification"))


@pytest.mark.parametrize("answer", [None, 5, "0xzz", "ab", [], {"raw": None}], ids=str)
def test_an_answer_that_is_none(server: SigningServer, answer: Any) -> None:
    server.answer = lambda result: answer
    with pytest.raises(SignerError, match="is no signer that is understood: ONETONNE_SIGNER must name one"):
        RemoteSigner(server.url, SIGNER.address).sign_transaction(dict(TRANSACTION))


def test_a_refusal_is_told_and_not_asked_again(server: SigningServer) -> None:
    with pytest.raises(SignerError, match=r"refused .*_signTransaction: 'Signing from account is not avail"):
        RemoteSigner(server.url, KeySigner.from_key(OTHER).address).sign_transaction(dict(TRANSACTION))
    assert len(server.asked) == (2 if server.dialect == "clef" else 1)


def test_several_accounts_are_not_chosen_from() -> None:
    with (
        signing_server("clef", KEY, OTHER) as server,
        pytest.raises(SignerError, match=f"has 2 accounts .*{SIGNER.address}.*: name one by its address"),
    ):
        RemoteSigner(server.url)
    with signing_server("clef") as server, pytest.raises(SignerError, match="has 0 accounts: name one"):
        RemoteSigner(server.url)


@pytest.mark.parametrize(
    "url", ["http://user:SECRET@127.0.0.1:9/SECRET?key=SECRET", "ftp://SECRET", "SECRET", "http://[SECRET/"]
)
def test_of_the_url_only_the_host_is_shown(url: str) -> None:
    with pytest.raises(SignerError) as caught:
        RemoteSigner(url)
    assert "SECRET" not in str(caught.value)
    assert "SECRET" not in "".join(traceback.format_exception(caught.value)[-1:])
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_what_is_meant_by_the_environment(monkeypatch: pytest.MonkeyPatch, server: SigningServer) -> None:
    for variable in ("ONETONNE_KEY", "ONETONNE_MNEMONIC", "ONETONNE_MNEMONIC_FILE", "ONETONNE_SIGNER"):
        monkeypatch.delenv(variable, raising=False)
    assert remote_signer(None) is None
    monkeypatch.setenv("ONETONNE_SIGNER", server.url)
    assert remote_signer("airline") is None
    named, only = remote_signer(SIGNER.address.lower()), remote_signer(None)
    assert named is not None
    assert only is not None
    assert named.address == only.address == SIGNER.address
    with pytest.raises(AddressError, match="wrong checksum"):
        remote_signer(SIGNER.address[:-1] + ("D" if SIGNER.address[-1] != "D" else "d"))
    monkeypatch.setenv("ONETONNE_KEY", OTHER)
    with pytest.raises(SignerError, match="Both ONETONNE_SIGNER and a key are in the environment"):
        remote_signer(None)


def test_a_large_number_is_signed_exactly(server: SigningServer) -> None:
    types = {"Large": [{"name": "number", "type": "uint256"}]}
    message = {"number": 2**256 - 1}
    signature = RemoteSigner(server.url).sign_typed(DOMAIN, types, message)
    assert signature == SIGNER.sign_typed(DOMAIN, types, message)


def test_nothing_is_sent_on_to_another_address(server: SigningServer) -> None:
    with signing_server(server.dialect, KEY) as other:
        server.moved_to = other.url
        with pytest.raises(
            SignerError, match=r"No signer answers at .* \(HTTP status 307\); check ONETONNE_"
        ):
            RemoteSigner(server.url, SIGNER.address).sign_transaction(dict(TRANSACTION))
        assert other.asked == []


def test_who_waits_for_consent_is_told(server: SigningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onetonne.chain.remote_signing._SILENCE", 0.01)
    said, told = [], Event()

    def tell(sentence: str) -> None:
        said.append(sentence)
        told.set()

    def consent(asked: dict[str, Any]) -> dict[str, Any]:
        assert told.wait(10)
        return asked

    server.alter = consent
    RemoteSigner(server.url, SIGNER.address, tell).sign_transaction(dict(TRANSACTION))
    assert said == [f"Waiting for the signer at {server.url}: it may ask somebody for consent."] * len(said)
