"""An account whose key another program keeps and signs with: clef, web3signer, or what speaks as they do.

Nothing that it answers is believed: a transaction must be the one that was asked for, field by field, and
every signature that of the account.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from threading import Timer
from typing import Any

import requests
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError

from onetonne.chain.addresses import checked_address
from onetonne.chain.rlp import Item, decoded
from onetonne.chain.signing import TypedMembers, has_key_in_env
from onetonne.errors import AddressError, SignerError, WrongKey, quoted, shown_host
from onetonne.terms import Address

VARIABLE = "ONETONNE_SIGNER"
_TRANSACTION = ("eth_signTransaction", "account_signTransaction")
_TYPED = ("account_signTypedData", "eth_signTypedData")
_ACCOUNTS = ("account_list", "eth_accounts")
_NO_METHOD = {-32601, -32604}
"""JSON-RPC's code for an unknown method, and besu's, to which web3signer hands on what it does not know."""
_CONNECTING, _PATIENCE = 10, 300  # seconds; a person may have to consent
_SILENCE = 2.0  # seconds until somebody who waits is told for what
_HALF_ORDER = 0x7FFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_5D576E73_57A4501D_DFE92F46_681B20A0
"""Of secp256k1: contracts refuse a signature whose s is above it."""
_DOMAIN = {
    "name": "string",
    "version": "string",
    "chainId": "uint256",
    "verifyingContract": "address",
    "salt": "bytes32",
}
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, AssertionError)
_UNRECOVERED = (*_UNREADABLE, BadSignature, ValidationError)


class RemoteSigner:
    """An account at a signer by URL. Methods raise `SignerError`; `WrongKey` for a signature that is false.

    Of the URL only the host is ever shown: the rest may hold a secret. `tell` gets a sentence about what is
    waited for, where that takes long.
    """

    def __init__(
        self, url: str, address: Address | None = None, tell: Callable[[str], None] | None = None
    ) -> None:
        """Without an address it is the signer's account, if that has just one."""
        self._url = url
        self._host = shown_host(url)
        self._tell = tell
        if not self._host.startswith(("http://", "https://")):
            raise SignerError(f"The URL in {VARIABLE} can't be used: it must begin with http:// or https://.")
        self.address = address if address is not None else self._only_account()

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        """As `Signer` has it."""
        fields = {
            name: hex(value) if isinstance(value, int) else value
            for name, value in transaction.items()
            if name != "type"
        }
        answer = self._ask(_TRANSACTION, lambda method: [{"from": self.address, **fields}])
        raw = self._bytes(answer["raw"] if isinstance(answer, dict) and "raw" in answer else answer)
        if not _is_transaction(raw, transaction):
            raise WrongKey(
                f"The signer at {self._host} signed another transaction than it was asked to: nothing was "
                "sent; find out why before you use it again."
            )
        self._require_own(_recovered(lambda: Account.recover_transaction(raw)), "transaction")
        return raw

    def sign_typed(self, domain: dict[str, Any], types: TypedMembers, message: dict[str, Any]) -> bytes:
        """As `Signer` has it."""
        document = _document(domain, types, message)

        def parameters(method: str) -> list[Any]:
            # web3signer takes the document as text only.
            return [self.address, document if method == "account_signTypedData" else json.dumps(document)]

        signature = self._bytes(self._ask(_TYPED, parameters))
        if len(signature) == 65 and signature[64] < 2:  # contracts want 27 or 28
            signature = signature[:64] + bytes([signature[64] + 27])
        plain = {name: [dict(member) for member in members] for name, members in types.items()}
        signable = encode_typed_data(domain, plain, message)
        valid = len(signature) == 65 and int.from_bytes(signature[32:64]) <= _HALF_ORDER
        recovered = _recovered(lambda: Account.recover_message(signable, signature=signature))
        self._require_own(recovered if valid else None, "statement")
        return signature

    def __repr__(self) -> str:
        return f"RemoteSigner({self.address} at {self._host})"

    def _require_own(self, recovered: str | None, what: str) -> None:
        if recovered != self.address:
            raise WrongKey(
                f"The signer at {self._host} gave a signature under the {what} that is not account "
                f"{self.address}'s: nothing was sent; check its version and which keys it has."
            )

    def _only_account(self) -> Address:
        answer = self._ask(_ACCOUNTS, lambda method: [])
        try:
            found = [checked_address(str(one["address"] if isinstance(one, dict) else one)) for one in answer]
        except (*_UNREADABLE, AddressError):
            raise self._unreadable() from None
        if len(found) != 1:
            listed = f" ({', '.join(found[:5])}{', ...' if len(found) > 5 else ''})" if found else ""
            raise SignerError(
                f"The signer at {self._host} has {len(found)} accounts{listed}: name one by its address, "
                "with --from or in ONETONNE_FROM."
            )
        return found[0]

    def _ask(self, methods: Sequence[str], parameters: Callable[[str], list[Any]]) -> Any:
        """Return the result of the first method that the signer knows: programs call one act differently."""
        problems: list[SignerError] = []
        for method in methods:
            response = self._post(method, parameters(method))
            error = response.get("error")
            if error is None and "result" in response:
                return response["result"]
            reason = error.get("message") if isinstance(error, dict) else None
            problem = SignerError(
                f"The signer at {self._host} refused {method}: {quoted(str(reason or 'no reason given'))}; "
                "see what it asks for, or its log."
            )
            if isinstance(error, dict) and error.get("code") not in _NO_METHOD:
                raise problem
            problems.append(problem)
        raise problems[0]

    def _post(self, method: str, parameters: list[Any]) -> dict[str, Any]:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        timer = Timer(_SILENCE, self._waiting)
        timer.daemon = True
        timer.start()
        reason = None
        try:
            # Elsewhere than to this address nothing is to be sent.
            answer = requests.post(
                self._url, json=body, timeout=(_CONNECTING, _PATIENCE), allow_redirects=False
            )
            content = answer.json()
        except requests.JSONDecodeError:
            valid = 200 <= answer.status_code < 300
            content, reason = None, None if valid else f"HTTP status {answer.status_code}"
        except requests.Timeout:
            content, reason = None, "no answer in time"
        except (requests.RequestException, ValueError):  # their text has the whole URL
            content, reason = None, "the connection failed"
        finally:
            timer.cancel()
        if reason is not None:
            raise SignerError(
                f"No signer answers at {self._host} ({reason}); check {VARIABLE}, and that it is running."
            )
        if not isinstance(content, dict) or not ("result" in content or content.get("error")):
            raise self._unreadable()
        return content

    def _waiting(self) -> None:
        if self._tell is not None:
            self._tell(f"Waiting for the signer at {self._host}: it may ask somebody for consent.")

    def _bytes(self, text: Any) -> bytes:
        try:
            assert text.startswith("0x")
            return bytes.fromhex(text[2:])
        except _UNREADABLE:
            raise self._unreadable() from None

    def _unreadable(self) -> SignerError:
        return SignerError(
            f"What answers at {self._host} is no signer that is understood: {VARIABLE} must name one that "
            "speaks as clef or web3signer do."
        )


def remote_signer(account: str | None, tell: Callable[[str], None] | None = None) -> RemoteSigner | None:
    """Return the account at the signer in ONETONNE_SIGNER; None if that is not set, or a keystore is named.

    `account` is what was given to sign with: an address, a keystore's name, or None for the signer's only
    account. Raises `SignerError`, `AddressError`.
    """
    url = os.environ.get(VARIABLE, "").strip()
    if not url:
        return None
    if account is not None:
        text = account.strip()
        return RemoteSigner(url, checked_address(text), tell) if _is_address(text) else None
    if has_key_in_env():
        raise SignerError(
            f"Both {VARIABLE} and a key are in the environment: take one out, or name the account with "
            "--from or in ONETONNE_FROM."
        )
    return RemoteSigner(url, None, tell)


def _is_address(text: str) -> bool:
    return text.lower().startswith("0x") and len(text) == 42


def _is_transaction(raw: bytes, asked: Mapping[str, Any]) -> bool:
    """Whether signed bytes are the transaction that was asked for, spelled in the one valid way."""
    to, data = bytes.fromhex(str(asked.get("to", "0x"))[2:]), bytes.fromhex(str(asked["data"])[2:])
    act: list[Item] = [to, _number(asked["value"]), data]
    try:
        if "gasPrice" in asked:
            fields = decoded(raw)
            expected = [*(_number(asked[name]) for name in ("nonce", "gasPrice", "gas")), *act]
            replay_protected = {_number(2 * asked["chainId"] + 35), _number(2 * asked["chainId"] + 36)}
            return len(fields) == 9 and fields[:6] == expected and fields[6] in replay_protected
        fields = decoded(raw[1:])
    except _UNREADABLE:
        return False
    names = ("chainId", "nonce", "maxPriorityFeePerGas", "maxFeePerGas", "gas")
    return (
        raw[:1] == b"\x02"
        and len(fields) == 12
        and fields[:9] == [*(_number(asked[name]) for name in names), *act, []]
    )


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8)


def _recovered(recover: Callable[[], str]) -> str | None:
    """Return whose signature it is; None for one that nobody can have made."""
    try:
        return str(recover())
    except _UNRECOVERED:
        return None


def _document(domain: Mapping[str, Any], types: TypedMembers, message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON of typed data. Numbers of the message are text: clef reads others as floats."""
    used = {member["type"].partition("[")[0] for members in types.values() for member in members}
    described = [{"name": name, "type": kind} for name, kind in _DOMAIN.items() if name in domain]
    return {
        "types": {"EIP712Domain": described, **{name: list(map(dict, types[name])) for name in types}},
        "primaryType": next(name for name in types if name not in used),
        "domain": {name: _plain(value) if name != "chainId" else value for name, value in domain.items()},
        "message": _plain(message),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, bytes | bytearray):
        return f"0x{value.hex()}"
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return str(value)
    return [_plain(member) for member in value]
