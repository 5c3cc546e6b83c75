"""A signer by URL, in both dialects: clef's `account_*` and web3signer's `eth_*`. It can be made to lie.

with signing_server("clef", key) as server:
    RemoteSigner(server.url)
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from eth_account import Account
from eth_account.messages import encode_typed_data

Dialect = Literal["clef", "web3signer"]
Alter = Callable[[dict[str, Any]], dict[str, Any]]


class Refused(Exception):
    """Answered with an error of JSON-RPC."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.error = {"code": code, "message": message}


class SigningServer:
    """`alter` changes what is signed, `answer` what is answered; `asked` has the methods, in order."""

    def __init__(self, dialect: Dialect, *keys: str) -> None:
        self.accounts = {account.address: account for account in map(Account.from_key, keys)}
        self.dialect = dialect
        self.url = ""
        self.asked: list[str] = []
        self.moved_to: str | None = None
        """Where requests are sent on to, by HTTP's redirection."""
        self.alter: Alter = lambda asked: asked
        self.answer: Callable[[Any], Any] = lambda result: result

    def respond(self, method: str, parameters: list[Any]) -> Any:
        self.asked.append(method)
        clef = self.dialect == "clef"
        known: dict[str, Callable[..., Any]] = {
            "account_list" if clef else "eth_accounts": self._list,
            "account_signTransaction" if clef else "eth_signTransaction": self._transaction,
            "account_signTypedData" if clef else "eth_signTypedData": self._typed,
        }
        if method not in known:
            raise Refused(f"the method {method} does not exist/is not available", -32601)
        return self.answer(known[method](*parameters))

    def _list(self) -> list[str]:
        return [address.lower() for address in self.accounts]

    def _account(self, address: str) -> Any:
        if address not in self.accounts:
            raise Refused("Signing from account is not available", -32000)
        return self.accounts[address]

    def _transaction(self, asked: dict[str, Any]) -> Any:
        account = self._account(asked.pop("from"))
        numbers = ("nonce", "gas", "value", "chainId", "gasPrice", "maxFeePerGas", "maxPriorityFeePerGas")
        fields = {name: int(asked[name], 16) if name in numbers else asked[name] for name in asked}
        signed = account.sign_transaction(self.alter(fields))
        raw = f"0x{signed.raw_transaction.hex()}"
        return {"raw": raw, "tx": {"hash": f"0x{signed.hash.hex()}"}} if self.dialect == "clef" else raw

    def _typed(self, address: str, given: Any) -> str:
        if isinstance(given, str) == (self.dialect == "clef"):
            raise Refused("invalid argument", -32602)
        document = json.loads(given) if isinstance(given, str) else given
        if self.dialect == "clef":  # it reads numbers as floats, and takes those that are whole
            exact = all(int(float(number)) == number for number in _numbers(document["message"]))
            if not exact:
                raise Refused("invalid integer value for type uint256", -32000)
        signable = encode_typed_data(full_message=self.alter(document))
        return f"0x{self._account(address).sign_message(signable).signature.hex()}"


def _numbers(value: Any) -> Iterator[int]:
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _numbers(member)
    elif isinstance(value, int):
        yield value


@contextmanager
def signing_server(dialect: Dialect, *keys: str) -> Iterator[SigningServer]:
    """A server on a port of its own that ends with the block."""
    server = SigningServer(dialect, *keys)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            document: Any = {"jsonrpc": "2.0", "id": request["id"]}
            try:
                document["result"] = server.respond(request["method"], request["params"])
            except Refused as refused:
                document["error"] = refused.error
            body = json.dumps(document).encode()
            self.send_response(307 if server.moved_to else 200)
            if server.moved_to:
                body = b""
                self.send_header("Location", server.moved_to)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
