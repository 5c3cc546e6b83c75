"""The outermost command: options anywhere on the line, failures in one sentence, no secrets as arguments."""

import pytest
import typer
from typer.testing import CliRunner

from onetonne.cli.app import app
from onetonne.cli.root import FAILED, INTERRUPTED, MISUSED, Misuse, guarded, hoisted, refuse_secrets
from onetonne.errors import QuantityError

KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"


def test_options_for_all_commands_may_stand_anywhere() -> None:
    line = ["batch", "list", "--rpc", "http://x", "--json", "--home=/h", "--chain-id", "1"]
    assert hoisted(line) == ["--rpc", "http://x", "--home=/h", "--chain-id", "1", "batch", "list", "--json"]


def test_nothing_is_moved_from_behind_two_hyphens() -> None:
    assert hoisted(["a", "--", "--rpc", "b"]) == ["a", "--", "--rpc", "b"]


def test_an_option_without_its_value_stays_for_the_parser_to_refuse() -> None:
    assert hoisted(["a", "--rpc"]) == ["a", "--rpc"]


@pytest.mark.parametrize("argument", [KEY, f"0x{KEY}", f"0X{KEY.upper()}"])
@pytest.mark.parametrize(
    "line", [["account", "fund", "{}"], ["transfer", "--from", "{}"], ["mint", "--to={}"]]
)
def test_a_key_as_argument_is_refused_and_not_echoed(line: list[str], argument: str) -> None:
    result = CliRunner().invoke(app, [part.format(argument) for part in line])
    assert result.exit_code == MISUSED
    assert "looks like a private key" in result.stderr
    assert "ONETONNE_PASSPHRASE_FILE" in result.stderr
    assert argument not in result.output


@pytest.mark.parametrize("option", ["--passphrase", "--private-key", "--password=hunter2"])
def test_options_for_secrets_are_refused_with_a_hint(option: str) -> None:
    result = CliRunner().invoke(app, ["account", "new", "alice", option, "hunter2"])
    assert result.exit_code == MISUSED
    assert "account new" in result.stderr
    assert "hunter2" not in result.output


def test_a_hash_is_no_key() -> None:
    refuse_secrets(["verify", "propose", "--evidence-hash", f"0x{KEY}", f"--salt=0x{KEY}"])
    with pytest.raises(Misuse):
        refuse_secrets(["--evidence-hash", f"0x{KEY}", f"0x{KEY}"])


@pytest.mark.parametrize(
    ("problem", "code", "sentence"),
    [
        (QuantityError("No unit."), FAILED, "Error: No unit.\n"),
        (KeyboardInterrupt(), INTERRUPTED, "Error: Interrupted"),
        (typer.Abort(), INTERRUPTED, "Error: Interrupted"),
        (Misuse("Give a batch."), MISUSED, "Error: Give a batch.\n"),
        (FileNotFoundError(2, "No such file", "x.json"), FAILED, "Error: x.json: No such file; "),
        (
            ZeroDivisionError("by zero"),
            FAILED,
            "Error: A fault of onetonne's own (ZeroDivisionError: 'by zero')",
        ),
    ],
)
def test_every_failure_is_one_line_on_stderr(
    problem: BaseException, code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise problem

    assert guarded(fail) == code
    out, err = capsys.readouterr()
    assert err.startswith(sentence)
    assert err.count("\n") == 1
    assert out == ""


def test_a_fault_of_our_own_shows_its_traceback_where_one_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETONNE_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        guarded(lambda: 1 / 0)


@pytest.mark.parametrize("line", [["transfr"], ["mint", "--nope"], ["batch", "show", "0"], ["batch", "show"]])
def test_a_mistake_in_the_line_is_one_sentence_with_where_to_look(line: list[str]) -> None:
    result = CliRunner().invoke(app, line)
    assert result.exit_code == MISUSED
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert "--help` " in result.stderr or result.stderr.endswith("--help`.\n")
    assert result.stdout == ""
