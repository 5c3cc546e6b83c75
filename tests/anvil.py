"""An anvil with options of its own, in memory: where `LocalChain` has no such option."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onetonne.chain.rpc import Node
from onetonne.errors import NodeUnreachable

_BIN = Path(__file__).resolve().parents[1] / "node_modules" / ".bin"
_PATIENCE = 20.0  # seconds


@contextmanager
def anvil(*options: str) -> Iterator[Node]:
    """A chain that ends with the block."""
    program = shutil.which("anvil", path=f"{_BIN}{os.pathsep}{os.environ['PATH']}")
    assert program, "anvil is neither on PATH nor in node_modules"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [program, "--host", "127.0.0.1", "--port", str(port), "--silent", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield _ready(process, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


def _ready(process: "subprocess.Popen[bytes]", url: str) -> Node:
    node, until = Node(url), time.monotonic() + _PATIENCE
    while True:
        try:
            node.integer("eth_chainId")
        except NodeUnreachable:
            assert process.poll() is None, "anvil did not start"
            assert time.monotonic() < until, "anvil does not answer"
            time.sleep(0.02)
        else:
            return node
