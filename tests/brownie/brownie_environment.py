"""What brownie finds when it is imported: a home, a compiler and a local chain that are this project's own.

pytest loads this module before brownie's plugin (see pytest.ini beside it). Under `brownie test` brownie is
there first and has read the user's own ~/.brownie; then only the network is set here. PATH and
SOLCX_BINARY_PATH are set by scripts/solc/for_brownie.py.
"""

import importlib
import os
import socket
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

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

from brownie import web3  # noqa: E402
from brownie._config import CONFIG  # noqa: E402
from web3.exceptions import TransactionNotFound  # noqa: E402

CONFIG.networks["development"]["cmd_settings"] = {
    "accounts": 15,
    "base_fee": 0,
    "chain_id": 31337,
    "gas_limit": 30_000_000,
    "mnemonic": "test test test test test test test test test test test junk",
    "port": _free_port(),
}

# brownie 1.22.2 asks at every snapshot, revert and sleep who called, by inspect.stack(): that reads the
# source of every frame, more than half of a test's time. To go when brownie asks for the one frame.
importlib.import_module("brownie.network.rpc").inspect = SimpleNamespace(
    stack=lambda: [SimpleNamespace(frame=sys._getframe(depth)) for depth in (2, 3)]
)

_receipt = web3.eth.get_transaction_receipt


def _receipt_when_mined(transaction: Any) -> Any:
    # brownie 1.22.2 sleeps for a second where a receipt isn't there at once, and takes the transaction for
    # dropped where anvil 1.7.1 shows its nonce a moment before its receipt. To go when brownie looks again.
    until = time.monotonic() + 5
    while True:
        try:
            return _receipt(transaction)
        except TransactionNotFound:
            if time.monotonic() > until:
                raise
            time.sleep(0.002)


web3.eth.get_transaction_receipt = _receipt_when_mined
