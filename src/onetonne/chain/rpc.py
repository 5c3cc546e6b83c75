"""JSON-RPC over HTTP: requests, batches, and every failure as one of our errors."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

import requests
from web3 import HTTPProvider
from web3.exceptions import BadFunctionCallOutput, Web3Exception
from web3.types import RPCEndpoint

from onetonne.chain.reverts import decode
from onetonne.chain.words import Refusal, meaning
from onetonne.errors import ChainError, NodeRefused, NodeUnreachable, shown_host

TIMED_OUT = "no answer in time"
_TIMEOUT = 30  # seconds
BUSY = {f"HTTP status {status}" for status in (429, 502, 503, 504)}
PASSING = BUSY | {"connection refused", "connection reset", "connection closed", "the connection failed"}
"""Reasons of a `NodeUnreachable` that may be over in a moment."""
PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0)  # seconds
_SILENCE = 2.0  # seconds until somebody who waits is told for what
_LAG = 60.0  # seconds; longer after a block no node is taken for one that lags behind it
_REVERT_CODE = 3  # geth's, and that of those who follow it
_ONCE = "eth_sendRawTransaction"
"""Whether a node took a transaction whose answer is lost is found out by who sent it."""
_STATE = {
    "eth_blockNumber",
    "eth_call",
    "eth_estimateGas",
    "eth_getBalance",
    "eth_getBlockByNumber",
    "eth_getCode",
    "eth_getStorageAt",
    "eth_getTransactionCount",
}
_NAMED = {"latest", "pending"}


class Node:
    """A JSON-RPC node by URL. Its methods raise `NodeUnreachable`, `NodeRefused` and `Reverted`.

    All of them are patient: a node that is busy, breaks off, or has not yet a block that it must have is
    asked again, for about eight seconds.
    """

    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise NodeUnreachable(url, "only http:// and https:// URLs are understood")
        self.url = url
        self.tell: Callable[[str], None] | None = None
        """Is told, in words, what is being waited for, where that takes long."""
        self.provider = _PatientProvider(self)
        self._answered = False
        self._least, self._since = 0, 0.0

    def advance(self, block: int, since: float | None = None) -> None:
        """From now on nothing is read of an earlier state than that of a block with a transaction of ours.

        Balanced nodes are behind each other for a few seconds. `since` is when it was seen, by `time.time`.
        """
        if block >= self._least:
            self._least, self._since = block, time.time() if since is None else since

    def request(self, method: str, *params: Any) -> Any:
        """The `result` of one request."""
        with self.translated():
            response = self.provider.make_request(RPCEndpoint(method), list(params))
        return _result(method, response)

    def integer(self, method: str, *params: Any) -> int:
        """The `result` of a request that answers a number."""
        result = self.request(method, *params)
        with self.reading(method):
            return int(result, 16)

    def batch(self, method: str, many: Sequence[Sequence[Any]], size: int = 100) -> list[Any]:
        """The `result` of one method for many parameters, in order, `size` of them in one HTTP request."""
        results: list[Any] = []
        for start in range(0, len(many), size):
            part = many[start : start + size]
            asked = [(RPCEndpoint(method), list(params)) for params in part]
            with self.translated():
                responses = self.patiently(asked, partial(self._all, asked))
            if isinstance(responses, list) and len(responses) == len(part):
                results.extend(_result(method, response) for response in responses)
            else:  # some nodes take no batches
                results.extend(self.request(method, *params) for params in part)
        return results

    def patiently(self, asked: Sequence["_Asked"], ask: Callable[[], Any]) -> Any:
        """What `ask` returns, asked again after a pause where that may help. Raises what requests raises."""
        until_last = iter(PAUSES)
        while True:
            pause = None if asked[0][0] == _ONCE else next(until_last, None)
            try:
                with self._telling("its answer"):
                    response = ask()
            except requests.RequestException as problem:
                reason = _reason(problem)
                if pause is None or reason not in (PASSING if self._answered else BUSY):
                    raise
            else:
                self._answered = True
                refusal = _passing_refusal(response)
                if refusal is None or pause is None:
                    return response
                reason = refusal
            if pause >= _SILENCE / 2 and self.tell is not None:
                self.tell(f"Waiting for {shown_host(self.url)} ({reason}).")
            time.sleep(pause)

    def _all(self, asked: Sequence["_Asked"]) -> Any:
        """The responses of a batch; of one that asks for the state, not from a node that lags behind."""
        if not self._must_keep_up(asked):
            return self.provider.make_batch_once(asked)
        height: _Asked = (RPCEndpoint("eth_blockNumber"), [])
        responses = self.provider.make_batch_once([height, *asked])
        if not isinstance(responses, list) or len(responses) != len(asked) + 1:
            return responses
        found = responses[0].get("result") if isinstance(responses[0], dict) else None
        if isinstance(found, str) and found.startswith("0x") and int(found, 16) < self._least:
            return [{"error": {"code": 0, "message": f"{_LAGGING} ({int(found, 16)} of {self._least})"}}]
        return responses[1:]

    def one(self, asked: "_Asked") -> Any:
        """The response of a request; errors as `patiently`."""
        if self._must_keep_up([asked]):
            responses = self._all([asked])
            if isinstance(responses, list) and len(responses) == 1:
                return responses[0]
        return self.provider.make_once(*asked)

    def _must_keep_up(self, asked: Sequence["_Asked"]) -> bool:
        if not self._least or time.time() - self._since > _LAG:
            return False
        return any(
            method in _STATE and (method in ("eth_blockNumber", "eth_estimateGas") or _NAMED & _texts(params))
            for method, params in asked
        )

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        """Tells after a while of silence that `what` is being waited for."""
        if self.tell is None:
            yield
            return
        timer = Timer(_SILENCE, self.tell, [f"Waiting for {shown_host(self.url)} ({what})."])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    @contextmanager
    def reading(self, method: str) -> Iterator[None]:
        """For what is made of an answer: a node can answer anything."""
        try:
            yield
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as problem:
            raise NodeRefused(method, "it gave an answer that can't be read") from problem

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turns what HTTP, JSON and web3 raise into one of our errors."""
        try:
            yield
        except requests.RequestException as problem:
            raise NodeUnreachable(self.url, _reason(problem)) from problem
        except (json.JSONDecodeError, UnicodeDecodeError) as problem:
            raise NodeUnreachable(self.url, "it answers, but not as a JSON-RPC node") from problem
        except Web3Exception as problem:
            raise _of_web3(problem) from problem


_Asked = tuple[RPCEndpoint, list[Any]]


class _PatientProvider(HTTPProvider):
    """web3's own, for contracts; so what they ask is asked patiently too."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.url, request_kwargs={"timeout": _TIMEOUT}, exception_retry_configuration=None)
        # A hostile contract could make us ask any server (ERC-3668).
        self.global_ccip_read_enabled = False
        self._node = node

    def make_request(self, method: RPCEndpoint, params: Any) -> Any:
        asked = (method, list(params))
        return self._node.patiently([asked], lambda: self._node.one(asked))

    def make_once(self, method: RPCEndpoint, params: list[Any]) -> Any:
        return super().make_request(method, params)

    def make_batch_once(self, asked: Sequence[_Asked]) -> Any:
        return super().make_batch_request(list(asked))


_LAGGING = "it lags behind the others"


def _texts(params: Sequence[Any]) -> set[str]:
    return {one for one in params if isinstance(one, str)}


def _passing_refusal(response: Any) -> str | None:
    """Why a node should be asked the same again, in its words; None where it should not."""
    for one in response if isinstance(response, list) else [response]:
        error = one.get("error") if isinstance(one, dict) else None
        if isinstance(error, dict):
            message = str(error.get("message", ""))
            if message.startswith(_LAGGING) or (
                _revert_data(error.get("data")) is None
                and meaning(message, error.get("code")) in (Refusal.BUSY, Refusal.BEHIND)
            ):
                return message
    return None


def _reason(problem: requests.RequestException) -> str:
    if isinstance(problem, requests.Timeout):
        return TIMED_OUT
    if isinstance(problem, requests.HTTPError):
        status = problem.response.status_code if problem.response is not None else "unknown"
        return f"HTTP status {status}"
    if isinstance(problem, requests.ConnectionError):
        return _connection_problem(problem)
    return "the URL can't be used"


def _result(method: str, response: Any) -> Any:
    if isinstance(response, dict) and "result" in response and response.get("error") is None:
        return response["result"]
    error = response.get("error") if isinstance(response, dict) else None
    if not isinstance(error, dict):
        raise NodeRefused(method, "it gave an answer that is no JSON-RPC")
    message = str(error.get("message", "no reason given"))
    data = _revert_data(error.get("data"))
    if data is not None and (error.get("code") == _REVERT_CODE or data or "revert" in message):
        raise decode(data)
    if error.get("code") == _REVERT_CODE or message.startswith("execution reverted"):
        raise decode(b"")
    raise NodeRefused(method, message, error.get("code"))


def _revert_data(data: Any) -> bytes | None:
    """A revert's data, wherever the node puts it; None where there is none."""
    if isinstance(data, dict):
        return next((found for value in data.values() if (found := _revert_data(value)) is not None), None)
    if not isinstance(data, str):
        return None
    digits = data.removeprefix("Reverted ")
    if not digits.startswith("0x"):
        return None
    try:
        return bytes.fromhex(digits[2:])
    except ValueError:
        return None


def _of_web3(problem: Web3Exception) -> ChainError:
    data = _revert_data(getattr(problem, "data", None))
    if data is not None:
        return decode(data)
    if isinstance(problem, BadFunctionCallOutput):
        return ChainError("There is no such contract at this address: check the deployment and the chain.")
    response = getattr(problem, "rpc_response", None)
    if isinstance(response, dict) and isinstance(response.get("error"), dict):
        error = response["error"]
        return NodeRefused("a call", str(error.get("message")), error.get("code"))
    return NodeRefused("a call", str(problem))


def _connection_problem(problem: requests.ConnectionError) -> str:
    text = str(problem).lower()  # holds the whole URL: never shown
    for mark, reason in _CONNECTION_PROBLEMS.items():
        if mark in text:
            return reason
    return "the connection failed"


_CONNECTION_PROBLEMS = {
    "refused": "connection refused",
    "resolve": "unknown host",
    "name or service": "unknown host",
    "certificate": "its certificate is not valid",
    "ssl": "no secure connection",
    "reset": "connection reset",
    "aborted": "connection closed",
    "unreachable": "network unreachable",
}
