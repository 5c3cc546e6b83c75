"""Every command says what it does, with an example, and takes the options that commands of its kind take."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from onetonne.cli import app
from onetonne.cli.root import hoisted

PRINTS_NO_DATA: set[str] = set()
NOTHING_SENT = {
    *("chain", "account", "batch", "holdings", "portfolio", "certificate", "evidence"),
    *("index", "audit", "registry", "reconcile", "export", "bench", "retirements", "history", "abi"),
    *("roles", "network"),
}
READS = {"wait", "list", "show", "sign", "explain", "tables", "verify"}
SIGNS = {"sign retire", "sign transfer"}
"""They write what somebody else sends."""
EXAMPLE = re.compile(r"Example: (onetonne .+)")


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its path, such as `programme admit`."""

    def walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield " ".join(path), command
        for name, one in (inner or {}).items():
            yield from walk(one, (*path, name))

    for name in app.COMMANDS:
        yield from walk(app.load(name), (name,))


COMMANDS = dict(commands())


def options(command: Any) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


def sends(path: str) -> bool:
    words = path.split()
    return words[0] not in NOTHING_SENT and words[-1] not in READS and path not in SIGNS


def test_the_nouns_and_verbs_are_all_there() -> None:
    assert len(COMMANDS) > 50
    nouns = {path.split()[0] for path in COMMANDS}
    assert {"mint", "transfer", "retire", "cancel", "redeem", "freeze", "audit", "registry"} <= nouns
    assert {"framework", "label", "host", "article6", "reversal", "shortfall", "buffer"} <= nouns


@pytest.mark.parametrize("name", app.COMMANDS)
def test_the_help_of_all_commands_says_what_each_command_says(name: str) -> None:
    help_text = app.load(name).help
    assert app.COMMANDS[name][1] == " ".join(help_text.split("\n\n")[0].split())


@pytest.mark.parametrize("path", COMMANDS)
def test_command_has_a_docstring_that_ends_with_an_example_of_itself(path: str) -> None:
    paragraphs = (COMMANDS[path].callback.__doc__ or "").strip().split("\n\n")
    assert len(paragraphs) > 1, "say what it does first"
    example = EXAMPLE.fullmatch(" ".join(paragraphs[-1].split()))
    assert example, f"the last paragraph must be `Example: onetonne {path} ...`"
    assert example[1].startswith(f"onetonne {path}")


@pytest.mark.parametrize("path", COMMANDS)
def test_every_argument_and_option_is_explained(path: str) -> None:
    for parameter in COMMANDS[path].params:
        assert parameter.help, parameter.name


@pytest.mark.parametrize("path", COMMANDS)
def test_example_is_one_that_the_parser_takes(path: str) -> None:
    paragraphs = COMMANDS[path].callback.__doc__.strip().split("\n\n")
    line = shlex.split(" ".join(paragraphs[-1].split()).removeprefix("Example: onetonne "))
    words = path.split()
    assert line[: len(words)] == words
    rest = hoisted(line)
    COMMANDS[path].make_context(path, rest[rest.index(words[0]) + len(words) :])


@pytest.mark.parametrize("path", [path for path in COMMANDS if path not in PRINTS_NO_DATA])
def test_command_that_prints_data_has_json(path: str) -> None:
    assert "--json" in options(COMMANDS[path])


@pytest.mark.parametrize("path", [path for path in COMMANDS if sends(path)])
def test_command_that_sends_has_dry_run_and_from(path: str) -> None:
    assert {"--dry-run", "--from"} <= options(COMMANDS[path])


@pytest.mark.parametrize("path", [path for path in COMMANDS if not sends(path)])
def test_command_that_only_reads_takes_no_key(path: str) -> None:
    if path.split()[-1] != "sign" and path not in SIGNS:
        assert not {"--dry-run", "--from"} & options(COMMANDS[path]) or path.startswith("registry")


@pytest.mark.parametrize("path", COMMANDS)
def test_no_option_takes_a_secret(path: str) -> None:
    assert not {"--key", "--private-key", "--passphrase", "--password"} & options(COMMANDS[path])


def test_python_m_onetonne_is_onetonne() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "onetonne", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("onetonne ")
