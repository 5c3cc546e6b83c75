"""What the command line prints: whole numbers in any terminal, and JSON whose names carry units."""

import json
from dataclasses import dataclass
from datetime import date

import pytest
from rich.console import Console

from onetonne.cli import output
from onetonne.cli.words import serials_in_words
from onetonne.terms import Address, BatchId, Holding, Kilograms, Purpose, Seconds, Serial

ROWS = [(1, 941467007, "A project with a long name that may be folded")]
COLUMNS = ["Id>", "First>", "Name~"]


def in_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> Console:
    terminal = Console(width=width, record=True, force_terminal=True, color_system=None)
    monkeypatch.setattr(output, "console", lambda: terminal)
    return terminal


def test_a_table_in_a_pipe_has_whole_rows_and_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(COLUMNS, ROWS * 3, title="Projects")
    printed = capsys.readouterr().out
    assert printed.startswith("Projects\n")
    assert printed.count("A project with a long name that may be folded") == 3
    assert "\x1b" not in printed


def test_prose_is_folded_where_the_terminal_is_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = in_terminal(monkeypatch, 60)
    output.table(COLUMNS, ROWS)
    printed = terminal.export_text()
    assert "941467007" in printed
    assert "that may be " in printed
    assert max(map(len, printed.splitlines())) <= 60


@pytest.mark.parametrize("width", [10, 20, 40])
def test_no_number_is_ever_cut(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    terminal = in_terminal(monkeypatch, width)
    output.table(COLUMNS, [(1, 18446744073709551614, "x"), (2, 941467007, "y")])
    printed = terminal.export_text()
    assert "18446744073709551614" in printed
    assert "941467007" in printed


def test_numbers_stand_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(["Id>"], [(1,), (100,)])
    assert "│   1 │" in capsys.readouterr().out


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(COLUMNS, [], title="Freezes")
    output.table(COLUMNS, [])
    assert capsys.readouterr().out == "Freezes: none.\nNone.\n"


def test_what_people_wrote_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    output.say("[bold]Aero[/bold] :smile: SA")
    output.table(["Name~"], [("[red]x[/red]",)])
    printed = capsys.readouterr().out
    assert "[bold]Aero[/bold] :smile: SA" in printed
    assert "[red]x[/red]" in printed


@dataclass(frozen=True)
class Sample:
    at: Seconds
    never: Seconds
    retired: Kilograms
    purpose: Purpose
    day: date
    word: bytes

    @property
    def left(self) -> Kilograms:
        return Kilograms(self.retired + 1)


def test_json_has_units_in_its_names(capsys: pytest.CaptureFixture[str]) -> None:
    sample = Sample(Seconds(86_400), Seconds(0), Kilograms(5), Purpose.HOST_NDC, date(2026, 1, 2), b"\x01")
    output.show_json({"sample": sample, "lots": (1, 2)})
    assert json.loads(capsys.readouterr().out) == {
        "sample": {
            "at": "1970-01-02T00:00:00Z",
            "never": None,
            "retired_kilograms": 5,
            "purpose": "host-ndc",
            "day": "2026-01-02",
            "word": "0x01",
            "left_kilograms": 6,
        },
        "lots": [1, 2],
    }
    holding = Holding(Address("0x"), BatchId(1), Kilograms(2), Kilograms(1))
    assert output.plain(holding) == {"account": "0x", "batch": 1, "kilograms": 2, "frozen_kilograms": 1}


@pytest.mark.parametrize(
    ("kilograms", "text"), [(0, "0"), (1, "0.001"), (1500, "1.5"), (1_234_567_000, "1,234,567")]
)
def test_tonnes(kilograms: int, text: str) -> None:
    assert output.tonnes(kilograms) == text


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ((7, 7, 1000, 1000), "7"),
        ((7, 7, 300, 300), "300 kg of 7"),
        ((7, 8, 1000, 1000), "7 to 8"),
        ((7, 8, 1000, 500), "7 and 500 kg of 8"),
        ((7, 8, 500, 500), "500 kg of 7 and 500 kg of 8"),
        ((7, 10, 500, 1000), "500 kg of 7 to 10"),
    ],
)
def test_serial_numbers_in_words(record: tuple[int, int, int, int], words: str) -> None:
    first, last, of_first, of_last = record
    assert serials_in_words(Serial(first), Serial(last), Kilograms(of_first), Kilograms(of_last)) == words
