"""The command line in the tests' own process, with a home of its own and keystores that open fast."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner
from world import key

from onetonne.chain import LocalChain, keystores
from onetonne.cli.app import app

PASSPHRASE = "correct horse"
ACTORS = (
    *("council", "authority", "verra", "aenor", "proponent", "airline", "mallory"),
    *("icvcm", "icao", "ethiopia"),
)
_FAST = 2  # scrypt's n; 262,144 takes a second a key
ADDRESSES = {name: key(name).address for name in ACTORS}

SERIAL = "19385-941467007-941467431-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1"
"""425 tonnes."""


@dataclass
class Commands:
    """`onetonne`, typed by somebody whose home is `home`."""

    home: Path
    environment: dict[str, str | None] = field(default_factory=dict)

    def run(self, *line: str, **environment: str | None) -> Any:
        """The result: `exit_code`, `stdout`, `stderr`."""
        given = {
            "ONETONNE_HOME": str(self.home),
            "ONETONNE_PASSPHRASE": PASSPHRASE,
            "ONETONNE_RPC": None,
            "ONETONNE_KEY": None,
            "ONETONNE_FROM": None,
            "ONETONNE_TRACEBACK": "1",
            "COLUMNS": "200",
        }
        return CliRunner().invoke(app, list(line), env={**given, **self.environment, **environment})

    def ok(self, *line: str) -> str:
        """What a command that must succeed prints."""
        result = self.run(*line)
        assert result.exit_code == 0, result.output
        assert result.stderr == ""
        return str(result.stdout)

    def json(self, *line: str) -> Any:
        """The one document that a command prints with --json."""
        return json.loads(self.ok(*line, "--json"))

    def refused(self, *line: str, code: int = 1, **environment: str | None) -> str:
        """The one sentence of a command that must fail."""
        result = self.run(*line, **environment)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        assert result.stderr.startswith("Error: ")
        assert result.stderr.count("\n") == 1, result.stderr
        return str(result.stderr)

    def propose(self, *more: str) -> str:
        """2020 of the story's project, 425 tonnes."""
        return self.ok(
            *("verify", "propose", "--project", "VCS:1340", "--methodology", "VCS:VM0048:1.0"),
            *("--period", "2020-01-01..2020-12-31", "--verified", "425t"),
            *("--evidence-hash", "0x" + "01" * 32, "--from", "aenor", *more),
        )

    def mint(self, *more: str) -> str:
        return self.ok("mint", *MINT, "--from", "verra", *more)


MINT = ("--serial", SERIAL, "--verification", "1", "--to", "proponent", "--record", "IMMO-17")


def with_keys(home: Path, local: LocalChain) -> Commands:
    """A home with a key for each actor, funded."""
    for name in ACTORS:
        keystores.add(home, name, key(name), PASSPHRASE, iterations=_FAST)
        local.fund(ADDRESSES[name])
    return Commands(home)


def up_to_accepted(commands: Commands, *, deployed: bool = False) -> None:
    """All that comes before an issuance, by commands."""
    if not deployed:
        commands.ok("deploy", "--from", "council", "--regulator", "authority")
    commands.ok("programme", "admit", "VCS", "--operator", "verra", "--from", "council")
    commands.ok("verifier", "admit", "AENOR", "--account", "aenor", "--from", "council")
    commands.ok("methodology", "register", "VM0048", "1.0", "--buffer", "1500", "--from", "verra")
    commands.ok(
        *("project", "register", "1340", "--name", "Bale Mountains", "--country", "ET", "--site", "BALE"),
        *("--type", "AFOLU", "--crediting-start", "2012-01-01", "--from", "verra"),
    )
    commands.propose()
    commands.ok("verify", "accept", "1", "--from", "verra")
