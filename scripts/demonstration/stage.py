"""A local chain, throw-away keys, the contracts, and what the acts of the story hand on to each other."""

import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Self

from rich.console import Console

from onetonne.chain import KeySigner, LocalChain, keystores
from onetonne.deploy import deploy
from onetonne.errors import BadInput
from onetonne.ledger import Ledger
from onetonne.terms import (
    KILOGRAMS_PER_TONNE,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Proposal,
    RetirementId,
    Tonnes,
    VerificationId,
)

NAMES = (
    "governance",
    "vcs",
    "acr",
    "gs",
    "vvb",
    "icvcm",
    "icao",
    "kenya",
    "proponent",
    "trader",
    "ferry-line",
    "airline",
)
YEAR = 2023
_MARK = "made by scripts/demo.py"
_QUICK = 2**12  # scrypt's n: these keys live for a minute
_WIDTH = 110  # columns where there is no terminal


@dataclass
class Stage:
    """`keys` are by name. `verifications` and `programmes` are filled by the story as it goes."""

    home: Path
    local: LocalChain
    console: Console
    ledger: Ledger
    keys: dict[str, KeySigner]
    started: float
    """Moment, as `time.monotonic` tells it."""
    programmes: dict[str, ProgrammeId] = field(default_factory=dict)
    verifications: dict[str, VerificationId] = field(default_factory=dict)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    retirements: list[RetirementId] = field(default_factory=list)

    @classmethod
    @contextmanager
    def set(cls, home: Path) -> Iterator[Self]:
        """Starts afresh in `home`, and ends the chain afterwards whatever happens."""
        started = time.monotonic()
        _empty(home)
        local = LocalChain(home)
        local.up()
        try:
            keys = _keys(home, local)
            deployment = deploy(local.connect(), keys["governance"], home=home)
            ledger = Ledger(local.connect(), deployment)
            yield cls(home, local, _console(), ledger, keys, started)
        finally:
            local.down()
            shutil.rmtree(home / "keystores", ignore_errors=True)

    def verify(self, name: str, operator: str, proposal: Proposal, *, accept: bool = True) -> VerificationId:
        """The VVB proposes, and the operator accepts or not."""
        made = self.ledger.propose_verification(proposal, signer=self.keys["vvb"]).verification
        if accept:
            self.ledger.accept_verification(made, signer=self.keys[operator])
        self.proposals[name], self.verifications[name] = self.ledger.named(proposal), made
        return made


def statement(
    project: ProjectId, methodology: MethodologyId, start: date, end: date, tonnes: int
) -> Proposal:
    return Proposal(
        project=project,
        methodology=methodology,
        period_start=start,
        period_end=end,
        verified=Kilograms(Tonnes(tonnes) * KILOGRAMS_PER_TONNE),
        evidence_hash=secrets.token_bytes(32),
        source="verification report of the demonstration",
    )


def _empty(home: Path) -> None:
    """Ends what an earlier run may have left, and removes it. Raises `BadInput` for any other folder."""
    mark = home / "README"
    if home.exists() and any(home.iterdir()) and not mark.is_file():
        raise BadInput(f"Folder {home} holds something else: name another, or an empty one.")
    LocalChain(home).down()
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    mark.write_text(f"{_MARK}; emptied when it runs again\n", encoding="utf-8")


def _keys(home: Path, local: LocalChain) -> dict[str, KeySigner]:
    """Keystores under a passphrase that nobody learns: they go when the chain goes."""
    passphrase = secrets.token_urlsafe(32)
    keys = {name: keystores.create(home, name, passphrase, iterations=_QUICK) for name in NAMES}
    for key in keys.values():
        local.fund(key.address)
    return keys


def _console() -> Console:
    console = Console(highlight=False, emoji=False)
    return console if console.is_terminal else Console(highlight=False, emoji=False, width=_WIDTH)
