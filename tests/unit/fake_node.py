"""A node that answers as it is told, for what no real one does on demand. Loopback only."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

Answer = Callable[[str, list[Any]], dict[str, Any]]
"""From method and parameters to what comes beside `jsonrpc` and `id`: a `result` or an `error`."""


@contextmanager
def fake_node(
    answer: Answer,
    *,
    status: int = 200,
    statuses: Sequence[int] = (),
    batches: bool = True,
    body: bytes | None = None,
) -> Iterator[str]:
    """Its URL. With `body` it answers that, whatever it is asked; `statuses` come first, then `status`."""

    coming = iter(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            content = json.dumps(reply(asked)).encode() if body is None else body
            self.send_response(next(coming, status))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    def reply(asked: Any) -> Any:
        if isinstance(asked, list):
            if not batches:
                return {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "no batches"}}
            return [reply(one) for one in asked]
        if asked["method"] == "eth_chainId":
            return {"jsonrpc": "2.0", "id": asked["id"], "result": "0x7a69"}
        return {"jsonrpc": "2.0", "id": asked["id"], **answer(asked["method"], asked["params"])}

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
