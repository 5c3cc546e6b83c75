"""JSON-RPC for bulk: one kept connection, answers read straight into typed structs, patience with bad lines.

`Node` is for single questions and for contracts. What is asked a thousand times goes through here: a third
of the time, and an answer of the wrong shape is refused before anything is made of it.
"""

import itertools
import time
from collections.abc import Callable, Sequence
from functools import cache
from threading import Thread
from typing import Any, Generic, TypeVar

import msgspec
import requests
import urllib3

from onetonne.chain.rpc import BUSY, PASSING, PAUSES, TIMED_OUT, Node
from onetonne.chain.words import Refusal, meaning
from onetonne.errors import NodeRefused, NodeUnreachable

TOO_LARGE = "its answer is too large"
_TIMEOUT = 30.0  # seconds without a byte
_LONGEST_PAUSE = 60.0  # seconds, where the node asks for one
_PATIENCE_AT_END = 0.5  # seconds, with an answer that nobody wants any more
_PIECE = 1 << 20

T = TypeVar("T")


class _Error(msgspec.Struct):
    message: str = "no reason given"
    code: int = 0


class _Response(msgspec.Struct, Generic[T]):
    id: int | str | None = None
    result: T | msgspec.UnsetType | None = msgspec.UNSET
    error: _Error | None = None


class _Busy(Exception):
    """The node asks to be left alone for a while: `pause` seconds, where it says how many."""

    def __init__(self, problem: NodeUnreachable | NodeRefused, pause: float | None = None) -> None:
        self.problem = problem
        self.pause = pause


class Wire:
    """A connection to a node, for one thread. Its methods raise `NodeUnreachable` and `NodeRefused`."""

    def __init__(self, node: Node) -> None:
        self.url = node.url
        self._node = node
        self._ids = itertools.count(1)
        self._begun: _Sending | None = None
        # Proxies, certificates and passwords as everywhere else, settled once instead of at each request.
        session = requests.Session()
        asked = requests.Request("POST", node.url, headers={"Content-Type": "application/json"})
        self._prepared = session.prepare_request(asked)
        self._adapter = session.get_adapter(node.url)
        settings = session.merge_environment_settings(node.url, {}, True, None, None)
        self._settings: Any = {**settings, "stream": True}

    def close(self) -> None:
        if self._begun is not None:
            self._begun.forget()
        self._adapter.close()

    def request(self, method: str, *params: Any, into: Any, limit: int | None = None) -> Any:
        """The `result` of one request as the type `into`; None for null.

        An answer of more bytes than `limit` is not read: `NodeUnreachable` with the reason TOO_LARGE.
        """
        return self._patiently(lambda: self._one(method, params, into, limit, self._sent))

    def batch(self, method: str, many: Sequence[Sequence[Any]], into: Any) -> list[Any]:
        """The `result` for each of many parameters, in order, asked for in one HTTP request."""
        return self._batched(method, many, into, self._sent)

    def begin(self, method: str, *params: Any, into: Any, limit: int | None = None) -> Callable[[], Any]:
        """As `request`, sent at once; what it returns waits for the answer. One at a time.

        The node works while the caller does. A thread waits, and reads nothing: it would fight for the
        interpreter with who has work to do.
        """
        send = self._begin(_encoded(self._asked(method, params)))
        return lambda: self._patiently(lambda: self._one(method, params, into, limit, send))

    def begin_batch(self, method: str, many: Sequence[Sequence[Any]], into: Any) -> Callable[[], list[Any]]:
        """As `batch`, sent at once; what it returns waits for the answer. One at a time."""
        if len(many) < 2:
            return lambda: self._batched(method, many, into, self._sent)
        asked = self._all_asked(method, many)
        send = self._begin(_encoded(asked))
        return lambda: self._batched(method, many, into, send, asked)

    def _begin(self, body: bytes) -> "_Send":
        """Sends a request in advance: when it is to be sent first, it has been; then it is sent again."""
        sending = _Sending(lambda: self._sent(body))
        self._begun = sending
        sent = iter([sending])

        def send(again: bytes) -> requests.Response:
            first = next(sent, None)
            return self._sent(again) if first is None else first.result()

        return send

    def _batched(
        self,
        method: str,
        many: Sequence[Sequence[Any]],
        into: Any,
        send: "_Send",
        asked: Sequence[dict[str, Any]] = (),
    ) -> list[Any]:
        if len(many) < 2:
            return [self.request(method, *params, into=into) for params in many]
        asked = asked or self._all_asked(method, many)
        found: list[Any] | None = self._patiently(lambda: self._many(method, asked, into, send))
        if found is None:  # some nodes take no batches
            return [self.request(method, *params, into=into) for params in many]
        return found

    def _one(self, method: str, params: Sequence[Any], into: Any, limit: int | None, send: "_Send") -> Any:
        body = self._received(send(_encoded(self._asked(method, params))), limit)
        return _result(method, _read(method, body, _Response[into]))

    def _many(
        self, method: str, asked: Sequence[dict[str, Any]], into: Any, send: "_Send"
    ) -> list[Any] | None:
        body = self._received(send(_encoded(asked)), None)
        if not body.lstrip().startswith(b"["):
            return None
        responses = {one.id: one for one in _read(method, body, list[_Response[into]])}
        if responses.keys() != {one["id"] for one in asked}:
            raise NodeRefused(method, "it did not answer each request of a batch")
        return [_result(method, responses[one["id"]]) for one in asked]

    def _all_asked(self, method: str, many: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        return [self._asked(method, params) for params in many]

    def _asked(self, method: str, params: Sequence[Any]) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}

    def _patiently(self, ask: Any) -> Any:
        """Asks again, after a pause, where a node is only busy or a connection broke: public ones do."""
        for pause in PAUSES:
            try:
                return ask()
            except _Busy as busy:
                time.sleep(max(pause, busy.pause or 0))
        try:
            return ask()
        except _Busy as busy:
            raise busy.problem from busy

    def _sent(self, body: bytes) -> requests.Response:
        """The beginning of the answer."""
        self._prepared.body = body
        self._prepared.headers["Content-Length"] = str(len(body))
        try:
            with self._node.translated():
                return self._adapter.send(self._prepared, timeout=_TIMEOUT, **self._settings)
        except NodeUnreachable as problem:
            if problem.reason in PASSING:
                raise _Busy(problem) from problem
            raise

    def _received(self, response: requests.Response, limit: int | None) -> bytes:
        if response.status_code != 200:
            problem = NodeUnreachable(self.url, f"HTTP status {response.status_code}")
            pause = _seconds(response.headers.get("Retry-After"))
            response.close()
            raise _Busy(problem, pause) if problem.reason in BUSY else problem
        try:
            content = _content(response.raw, limit)
        except urllib3.exceptions.ReadTimeoutError as problem:
            raise NodeUnreachable(self.url, TIMED_OUT) from problem
        except (urllib3.exceptions.HTTPError, OSError) as problem:
            raise _Busy(NodeUnreachable(self.url, "connection closed")) from problem
        if content is None:
            response.close()
            raise NodeUnreachable(self.url, TOO_LARGE)
        response.raw.release_conn()
        return content


_Send = Callable[[bytes], requests.Response]


class _Sending:
    """A request that is being sent, by a thread: a daemon, so that nobody who leaves must wait for it."""

    def __init__(self, send: Callable[[], requests.Response]) -> None:
        self._send = send
        self._response: requests.Response | None = None
        self._problem: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def result(self) -> requests.Response:
        self._thread.join()
        if self._response is None:
            assert self._problem is not None
            raise self._problem
        response, self._response = self._response, None
        return response

    def forget(self) -> None:
        self._thread.join(_PATIENCE_AT_END)
        if self._response is not None:
            self._response.close()

    def _run(self) -> None:
        try:
            self._response = self._send()
        except BaseException as problem:
            self._problem = problem


def _content(raw: Any, limit: int | None) -> bytes | None:
    """The body; None where it is larger than `limit`."""
    told = int(raw.headers.get("Content-Length") or 0)
    if limit is None or 0 < told <= limit:
        content: bytes = raw.read(decode_content=True)
        return content
    if told > limit:
        return None
    pieces, size = [], 0
    while piece := raw.read(_PIECE, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            return None
    return b"".join(pieces)


def _encoded(asked: Any) -> bytes:
    return msgspec.json.encode(asked)


@cache
def _decoder(into: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(into)


def _read(method: str, body: bytes, into: Any) -> Any:
    try:
        return _decoder(into).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise NodeRefused(method, "it gave an answer that can't be read") from problem


def _result(method: str, response: _Response[Any]) -> Any:
    if response.error is not None:
        error = response.error
        problem = NodeRefused(method, error.message, error.code)
        if meaning(error.message, error.code) is Refusal.BUSY:
            raise _Busy(problem)
        raise problem
    if response.result is msgspec.UNSET:
        raise NodeRefused(method, "it gave an answer that is no JSON-RPC")
    return response.result


def _seconds(text: str | None) -> float | None:
    """Of a Retry-After header; None where it is missing, or a date."""
    return min(float(text), _LONGEST_PAUSE) if text and text.isdecimal() else None
