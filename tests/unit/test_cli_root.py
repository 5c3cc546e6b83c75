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


WORDS = ["legal", "winner", "thank", "year", "wave", "sausage", "worth", "useful", "legal", "winner", "thank"]
MISSPELT = [*WORDS[:5], "sausagge", *WORDS[6:], "yelow"]
SPANISH = ["ábaco", "abdomen", "abeja", "abierto", "abogado", "abono", "aborto", "abrazo"]


@pytest.mark.parametrize(
    "line",
    [
        ["transfer", "1", "1t", "bob", "--from", " ".join([*WORDS, "yellow"])],
        ["transfer", "1", "1t", "bob", "--from", *WORDS, "yellow"],
        ["transfer", "1", "1t", "bob", f"--from={' '.join(MISSPELT).upper()}"],
        ["account", "fund", " ".join([*SPANISH, *SPANISH[:4]])],
        ["account", "import", "treasury", "--mnemonic", " ".join(MISSPELT)],
        ["account", "import", "treasury", "--mnemonic", *MISSPELT],
        ["account", "import", "treasury", f"--mnemonic={WORDS[0]}"],
    ],
)
def test_a_mnemonic_as_argument_is_refused_and_not_echoed(line: list[str]) -> None:
    result = CliRunner().invoke(app, line)
    assert result.exit_code == MISUSED
    assert "ONETONNE_PASSPHRASE_FILE" in result.stderr
    assert not {*WORDS, *MISSPELT, *SPANISH} & set(result.output.lower().split())


def test_prose_is_no_mnemonic() -> None:
    reason = "the registry found that serial numbers were issued twice and asked for them to be frozen"
    refuse_secrets(["freeze", "batch", "1", "--reason", reason])


@pytest.mark.parametrize("key", [KEY[:-1], KEY + "0", f"0x{KEY[:-4]}"])
def test_a_key_with_a_digit_lost_or_typed_twice_is_not_echoed(key: str) -> None:
    result = CliRunner().invoke(app, ["account", "fund", key])
    assert result.exit_code == MISUSED
    assert KEY[:40] not in result.output


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
