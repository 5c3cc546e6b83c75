"""A chain of one's own on this machine: Foundry's anvil, with its state in a file."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from onetonne.chain.client import Chain, connect
from onetonne.errors import ChainError, NodeUnreachable
from onetonne.home import journal_folder, local_chain_folder
from onetonne.terms import Address

LOCAL_CHAIN_ID = 31337
_HOST = "127.0.0.1"
_PATIENCE = 20.0  # seconds until anvil answers, or is gone
_REPOSITORY = Path(__file__).resolve().parents[3]

_STARTED: list["subprocess.Popen[bytes]"] = []
"""Chains outlive what started them; Python warns where it frees the object of a process that still runs."""


@dataclass(frozen=True, slots=True)
class LocalStatus:
    """A local chain that runs."""

    url: str
    chain_id: int
    process: int


class LocalChain:
    """The local chain of a home. It runs until `down`, also after this program ends; its state survives.

    Accounts hold nothing there, and none is unlocked: `fund` gives one what it needs for gas.
    """

    def __init__(self, home: Path, chain_id: int = LOCAL_CHAIN_ID) -> None:
        self.chain_id = chain_id
        self._home = home
        self.folder = local_chain_folder(home)
        self._record = self.folder / "running.json"
        self._state = self.folder / "state.json"
        self._log = self.folder / "anvil.log"

    def up(self, port: int = 0) -> LocalStatus:
        """Starts the chain, unless it runs. Port 0: the last one, or a free one where that is taken.

        Raises `ChainError` where anvil can't be found or does not start.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "lock"):
            running = self.status()
            if running is None:
                chosen = self._free_port(port)
                process = self._start(chosen)
                running = LocalStatus(f"http://{_HOST}:{chosen}", self.chain_id, process.pid)
                self._record.write_text(json.dumps({"port": chosen, "process": process.pid}))
                self._wait(running, process)
        return running

    def down(self) -> None:
        """Stops the chain; it writes its state first. Does nothing where none runs."""
        running = self.status()
        if running is None:
            return
        os.kill(running.process, signal.SIGTERM)
        until = time.monotonic() + _PATIENCE
        while self._is_ours(running.process):
            if time.monotonic() > until:
                raise ChainError(
                    f"The local chain (process {running.process}) does not stop: end it yourself."
                )
            time.sleep(0.02)
        for process in _STARTED:
            if process.pid == running.process:  # its command line goes before its port does
                process.wait(_PATIENCE)
        _STARTED[:] = [process for process in _STARTED if process.poll() is None]

    def status(self) -> LocalStatus | None:
        """None where the chain does not run."""
        record = self._recorded()
        if record is None or not self._is_ours(record["process"]):
            return None
        return LocalStatus(f"http://{_HOST}:{record['port']}", self.chain_id, record["process"])

    def connect(self) -> Chain:
        """Raises `ChainError` where the chain does not run."""
        running = self.status()
        if running is None:
            raise ChainError("The local chain does not run: start it first.")
        return connect(running.url, self.chain_id, home=self._home)

    def fund(self, account: Address, wei: int = 10**21) -> None:
        """Sets what an account holds for gas."""
        self.connect().node.request("anvil_setBalance", account, hex(wei))

    def advance(self, seconds: int) -> None:
        """Lets time pass, and a block with it."""
        node = self.connect().node
        node.request("evm_increaseTime", hex(seconds))
        node.request("evm_mine")

    def snapshot(self) -> str:
        """Remembers the state; `revert` takes the chain back to it, once."""
        return str(self.connect().node.request("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        """What was sent since then is not, on this chain: its journals are removed."""
        if not self.connect().node.request("evm_revert", snapshot):
            raise ChainError(f"The local chain has no snapshot {snapshot}.")
        for journal in journal_folder(self._home).glob(f"{self.chain_id}-*.jsonl"):
            journal.unlink()

    def _start(self, port: int) -> subprocess.Popen[bytes]:
        command = [anvil_program(), "--host", _HOST, "--port", str(port), "--chain-id", str(self.chain_id)]
        command += ["--accounts", "0", "--state", str(self._state), "--state-interval", "2"]
        with self._log.open("wb") as log:
            # In a session of its own: Ctrl+C in the terminal is meant for this program, not for the chain.
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        _STARTED.append(process)
        return process

    def _wait(self, running: LocalStatus, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            if process.poll() is not None:
                raise ChainError(f"The local chain did not start; {self._log} says why.")
            try:
                connect(running.url, self.chain_id)
            except NodeUnreachable as problem:
                if time.monotonic() > until:
                    raise ChainError(f"The local chain does not answer; {self._log} says why.") from problem
            else:
                return
            time.sleep(0.02)

    def _free_port(self, asked: int) -> int:
        record = self._recorded()
        last = [record["port"]] if record else []
        for port in [asked] if asked else [*last, 0]:
            with socket.socket() as listener:
                # As anvil does: a port whose last connections have only just ended is free.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    listener.bind((_HOST, port))
                except OSError:
                    continue
                return int(listener.getsockname()[1])
        raise ChainError(f"Port {asked} is taken: choose another, or leave the choice to this program.")

    def _recorded(self) -> dict[str, Any] | None:
        try:
            record = json.loads(self._record.read_text())
            return {"port": int(record["port"]), "process": int(record["process"])}
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _is_ours(self, process: int) -> bool:
        """Whether this process is our anvil: numbers of ended processes are given again."""
        return str(self._state) in _command(process)


def _command(process: int) -> str:
    """The command line of a process; empty where it has ended, also where nobody has waited for it yet."""
    if Path("/proc/self/cmdline").exists():  # slim images of Linux have no ps
        try:
            return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    asked = ["ps", "-ww", "-o", "stat=,command=", "-p", str(process)]
    shown = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return "" if shown.startswith("Z") else shown


def anvil_program() -> str:
    """anvil on PATH, else what npm installed here or in the repository. Raises `ChainError` without any."""
    places = [None, Path.cwd() / "node_modules" / ".bin", _REPOSITORY / "node_modules" / ".bin"]
    for place in places:
        found = shutil.which("anvil", path=str(place) if place else None)
        if found:
            return found
    raise ChainError(
        "The local chain needs anvil, which is not on PATH: install Foundry, or run `make setup`."
    )
