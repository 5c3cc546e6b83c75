"""Chains that are filled once in a run of the tests, and loaded by each module that needs such a chain."""

import gzip
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from story import Teller, chain_of_its_own, signer_of

from onetonne.chain import LOCAL_CHAIN_ID, LocalChain
from onetonne.deploy import Deployment
from onetonne.home import journal_folder, local_chain_folder

Part = Callable[[Teller], None]


@dataclass(frozen=True)
class SavedChains:
    """In a folder that all processes of a run share."""

    folder: Path

    @contextmanager
    def loaded(self, home: Path, *parts: Part) -> Iterator[Teller]:
        """A chain in `home`, of no one else, after these parts of the story in this order."""
        shutil.copytree(self._saved(parts), home, dirs_exist_ok=True)
        # Who goes on is another one, and may say again what was said before.
        shutil.rmtree(journal_folder(home), ignore_errors=True)
        local = LocalChain(home)
        local.up()
        try:
            # `Teller.signer` would fund these accounts again, and so alter the state at the head.
            names = json.loads((home / "accounts.json").read_text())
            signers = {name: signer_of(name) for name in names}
            deployment, chain = Deployment.load(home, LOCAL_CHAIN_ID), local.connect()
            # anvil 1.7.1 forgets that the clock was advanced, and would date the next block before the last.
            head = chain.block("latest").time
            if head > time.time():
                chain.node.request("evm_setTime", head)
            yield Teller(local, chain, deployment, signer_of("governor"), signers)
        finally:
            local.down()

    @contextmanager
    def _before_last(self, home: Path, parts: tuple[Part, ...]) -> Iterator[Teller]:
        """A chain after all parts but the last."""
        with self.loaded(home, *parts[:-1]) if parts[:-1] else chain_of_its_own(home) as teller:
            yield teller

    def _saved(self, parts: tuple[Part, ...]) -> Path:
        saved = self.folder / "-".join(["chain", *(part.__name__ for part in parts)])
        with FileLock(f"{saved}.lock"):
            if not saved.exists():
                home = Path(tempfile.mkdtemp(dir=self.folder))
                with self._before_last(home, parts) as teller:
                    parts[-1](teller)
                    teller.deployment.save(home)
                    (home / "accounts.json").write_text(json.dumps(list(teller.signers)))
                    # anvil 1.7.1 leaves the states at earlier blocks out of the file that it writes itself.
                    dump = bytes.fromhex(teller.chain.node.request("anvil_dumpState", True)[2:])
                chain = local_chain_folder(home)
                (chain / "state.json").write_bytes(gzip.decompress(dump))
                (chain / "running.json").unlink()  # or every copy would ask for one port
                home.rename(saved)
        return saved
