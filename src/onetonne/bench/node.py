"""An anvil of the benchmark's own: nothing on disk, and blocks mined when they are asked for."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from onetonne.chain import Chain, connect
from onetonne.chain.local import anvil_program
from onetonne.errors import ChainError, NodeUnreachable

_PATIENCE = 20.0  # seconds until anvil answers
_GAS_LIMIT = 1_000_000_000  # of a block: how many logs it has is the benchmark's to choose


@contextmanager
def bench_node() -> Iterator[Chain]:
    """A node that ends with the block. It mines at every transaction until told otherwise."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [anvil_program(), "--host", "127.0.0.1", "--port", str(port), "--accounts", "0", "--quiet"]
    command += ["--gas-limit", str(_GAS_LIMIT), "--base-fee", "0", "--order", "fifo"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            yield _connected(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()


def _connected(url: str, process: "subprocess.Popen[bytes]") -> Chain:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return connect(url)
        except NodeUnreachable as problem:
            if process.poll() is not None or time.monotonic() > until:
                raise ChainError("The benchmark's node did not start.") from problem
        time.sleep(0.02)
