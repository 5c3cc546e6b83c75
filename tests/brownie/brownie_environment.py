"""What brownie finds when it is imported: a home, a compiler and a local chain that are this project's own.

pytest loads this module before brownie's plugin (see pytest.ini beside it). Under `brownie test` brownie is
there first and has read the user's own ~/.brownie; then only the network is set here, and the caller's shell
provides PATH and SOLCX_BINARY_PATH.
"""

import os
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = (
    ROOT / "build" / "brownie-home"
)  # brownie 1.22.2 keeps networks, accounts and hypothesis' examples in $HOME/.brownie


def _free_port() -> int:
    # Of our own: brownie would attach to whatever listens on 8545 already, and take its snapshots there.
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if "brownie" not in sys.modules:
    HOME.mkdir(parents=True, exist_ok=True)
    os.environ["HOME"] = str(HOME)
os.environ.setdefault("SOLCX_BINARY_PATH", str(ROOT / "scripts" / "solc"))
os.environ["PATH"] = f"{ROOT / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"

from brownie._config import CONFIG  # noqa: E402

CONFIG.networks["development"]["cmd_settings"] = {
    "accounts": 15,
    "base_fee": 0,
    "chain_id": 31337,
    "gas_limit": 30_000_000,
    "mnemonic": "test test test test test test test test test test test junk",
    "port": _free_port(),
}
