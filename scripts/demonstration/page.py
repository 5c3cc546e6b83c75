"""How the story looks: headings, sentences, tables, with and without a terminal."""

import re
from collections.abc import Sequence

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from demonstration.attacks import Answer
from demonstration.stage import Stage


def act(stage: Stage, title: str, *sentences: str) -> None:
    stage.console.print()
    stage.console.rule(f"[bold]{escape(title)}", align="left")
    for sentence in sentences:
        stage.console.print(sentence, markup=False)


def say(stage: Stage, sentence: str) -> None:
    stage.console.print(sentence, markup=False)


def table(stage: Stage, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A column whose name ends in ">" stands to the right."""
    grid = Table(header_style="bold")
    for name in columns:
        right = name.endswith(">")
        grid.add_column(name.removesuffix(">"), justify="right" if right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*map(Text, row))
    stage.console.print(grid)


def readable(stage: Stage, sentence: str) -> str:
    """Accounts by their names, and no hashes."""
    for name, key in stage.keys.items():
        sentence = sentence.replace(f"Account {key.address}", f"The {spoken(name)}")
        sentence = sentence.replace(key.address, f"({spoken(name)})")
    return re.sub(r" \([a-z]+ 0x[0-9a-f]{64}\)", "", sentence)


def spoken(name: str) -> str:
    named = {"icvcm": "ICVCM", "icao": "ICAO", "kenya": "authority of Kenya", "vvb": "VVB"}
    named |= {name: f"operator of {name.upper()}" for name in ("vcs", "acr", "gs")}
    return named.get(name, name.replace("-", " "))


def aside(stage: Stage, sentence: str) -> None:
    stage.console.print(Padding(Text(readable(stage, sentence), style="dim"), (0, 0, 0, 6)))


def answered(stage: Stage, answer: Answer) -> None:
    """An attempt, and what the contracts said."""
    wanted = answer.attack.error
    mark = f"refused by {answer.error}" if answer.error else "goes through"
    if not answer.as_expected:
        mark += f", not {f'refused by {wanted}' if wanted else 'let through'} as it must be"
    colour = "green" if answer.as_expected else "red"
    line = Text.assemble(f"  {answer.attack.title}: ", (mark, f"bold {colour}"), f" ({answer.gas:,} gas)")
    stage.console.print(line, soft_wrap=True)
    if answer.error:
        aside(stage, answer.sentence)
