"""A node that lies, or breaks, on demand: an HTTP proxy before a real one, which alters what it is told to.

def richer(method, parameters, result):
    return "0x1" if method == "eth_getBalance" else result

with lying_node(chain.url, richer) as node:
    connect(node.url)
"""

import http.client
import json
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Lie = Callable[[str, list[Any], Any], Any]
"""From method, parameters and the node's `result` to the `result` that is given instead.

It may raise what is below, and may sleep. It is called from several threads; of a batch, for each request.
"""


class Refusal(Exception):
    """Answers with an error of JSON-RPC instead."""

    def __init__(self, message: str, code: int = -32000) -> None:
        super().__init__(message)
        self.error = {"code": code, "message": message}


class HttpStatus(Exception):
    """Answers the whole HTTP request with a status instead, such as 429."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers


class Dropped(Exception):
    """Closes the connection: after the first `share` of the answer's body, or without a word."""

    def __init__(self, share: float = 0.0) -> None:
        super().__init__(share)
        self.share = share


def truth(method: str, parameters: list[Any], result: Any) -> Any:
    """Alters nothing."""
    return result


class LyingNode:
    """What stands before the node. `lie` can be exchanged while it runs; `asked` counts the methods."""

    def __init__(self, upstream: str, lie: Lie) -> None:
        self.upstream = upstream
        self.lie = lie
        self.before: Callable[[str, list[Any]], None] = lambda method, parameters: None
        """Is asked before a request is passed on, and may raise too: then it is not."""
        self.asked: Counter[str] = Counter()
        self.url = ""

    def reply(self, body: bytes) -> tuple[bytes, float | None]:
        """The body to answer with, and what share of it to send before dropping the connection, if so."""
        asked = json.loads(body)
        batched = isinstance(asked, list)
        try:
            for request in asked if batched else [asked]:
                self.before(request["method"], request.get("params", []))
        except Refusal as problem:
            many = [
                {"jsonrpc": "2.0", "id": one["id"], "error": problem.error}
                for one in (asked if batched else [asked])
            ]
            return json.dumps(many if batched else many[0]).encode(), None
        except Dropped:
            return b"", 0.0
        told = json.loads(self._forwarded(body))
        pairs = zip(asked, told, strict=True) if batched else [(asked, told)]
        dropped: float | None = None
        answers = []
        for request, response in pairs:
            try:
                answers.append(self._altered(request, response))
            except Dropped as problem:
                dropped = problem.share
                answers.append(response)
        return json.dumps(answers if batched else answers[0]).encode(), dropped

    def _altered(self, request: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
        method, parameters = request["method"], request.get("params", [])
        self.asked[method] += 1
        try:
            result = self.lie(method, parameters, response.get("result"))
        except Refusal as problem:
            return {"jsonrpc": "2.0", "id": request["id"], "error": problem.error}
        return response if result is response.get("result") else {**response, "result": result}

    def _forwarded(self, body: bytes) -> bytes:
        place = urlsplit(self.upstream)
        assert place.hostname
        connection = http.client.HTTPConnection(place.hostname, place.port)
        try:
            connection.request("POST", place.path or "/", body, {"Content-Type": "application/json"})
            return connection.getresponse().read()
        finally:
            connection.close()


@contextmanager
def lying_node(upstream: str, lie: Lie = truth) -> Iterator[LyingNode]:
    """A proxy before the node at `upstream`, until the block ends. Then raises what a lie failed with."""
    node = LyingNode(upstream, lie)
    faults: list[BaseException] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections are kept, as real nodes keep them
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # a client that was killed
                self.close_connection = True
                return
            try:
                content, dropped = node.reply(body)
            except HttpStatus as problem:
                self._send(problem.status, b"", problem.headers)
                return
            if dropped is None:
                self._send(200, content, {"Content-Type": "application/json"})
                return
            if dropped:
                self._send(200, content, {}, sent=int(len(content) * dropped))
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def _send(
            self, status: int, content: bytes, headers: dict[str, str], sent: int | None = None
        ) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[:sent])
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            problem = sys.exc_info()[1]
            if problem is not None and not isinstance(problem, ConnectionError):  # a client that has gone
                faults.append(problem)

    server = Server(("127.0.0.1", 0), Handler)
    node.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield node
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    if faults:
        raise faults[0]
