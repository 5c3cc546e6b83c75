"""JSON-RPC over HTTP: requests, batches, and every failure as one of our errors."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from web3 import HTTPProvider
from web3.exceptions import BadFunctionCallOutput, Web3Exception
from web3.types import RPCEndpoint

from onetonne.chain.reverts import decode
from onetonne.errors import ChainError, NodeRefused, NodeUnreachable

TIMED_OUT = "no answer in time"
_TIMEOUT = 30  # seconds
BUSY = {f"HTTP status {status}" for status in (429, 502, 503, 504)}
_PAUSES = (0.25, 0.5, 1.0, 2.0)  # seconds
_REVERT_CODE = 3  # geth's, and that of those who follow it


class Node:
    """A JSON-RPC node by URL. Its methods raise `NodeUnreachable`, `NodeRefused` and `Reverted`."""

    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise NodeUnreachable(url, "only http:// and https:// URLs are understood")
        self.url = url
        # No retries of web3's own: they make a node that is down take seconds to say so.
        self.provider = HTTPProvider(
            url, request_kwargs={"timeout": _TIMEOUT}, exception_retry_configuration=None
        )
        # A hostile contract could make us ask any server (ERC-3668).
        self.provider.global_ccip_read_enabled = False

    def request(self, method: str, *params: Any) -> Any:
        """The `result` of one request."""
        response = self._patiently(self.provider.make_request, RPCEndpoint(method), list(params))
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
            responses = self._patiently(self.provider.make_batch_request, asked)
            if isinstance(responses, list) and len(responses) == len(part):
                results.extend(_result(method, response) for response in responses)
            else:  # some nodes take no batches
                results.extend(self.request(method, *params) for params in part)
        return results

    def _patiently(self, ask: Callable[..., Any], *given: Any) -> Any:
        """Asks again, after a pause, where a node is only busy: public ones often are."""
        for pause in _PAUSES:
            try:
                with self.translated():
                    return ask(*given)
            except NodeUnreachable as problem:
                if problem.reason not in BUSY:
                    raise
            time.sleep(pause)
        with self.translated():
            return ask(*given)

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
        except requests.Timeout as problem:
            raise NodeUnreachable(self.url, TIMED_OUT) from problem
        except requests.HTTPError as problem:
            status = problem.response.status_code if problem.response is not None else "unknown"
            raise NodeUnreachable(self.url, f"HTTP status {status}") from problem
        except requests.ConnectionError as problem:
            raise NodeUnreachable(self.url, _connection_problem(problem)) from problem
        except requests.RequestException as problem:
            raise NodeUnreachable(self.url, "the URL can't be used") from problem
        except (json.JSONDecodeError, UnicodeDecodeError) as problem:
            raise NodeUnreachable(self.url, "it answers, but not as a JSON-RPC node") from problem
        except Web3Exception as problem:
            raise _of_web3(problem) from problem


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
    raise NodeRefused(method, message)


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
        return NodeRefused("a call", str(response["error"].get("message")))
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
