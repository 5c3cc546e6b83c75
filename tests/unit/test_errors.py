"""Every error is one sentence, and the tree in the docstring is the tree in the code."""

import inspect
import re

import pytest

from onetonne import errors

EXAMPLES = [
    errors.SerialError("ACR-US-x", 7, "expected digits for the project, found 'x'"),
    errors.ReversedRange("GS1", 2, "reversed range"),
    errors.FormatError("a.csv", "it is empty"),
    errors.UnknownLayout("a.csv", ["A", "B"], ["vcs-transactions"]),
    errors.MissingColumn("a.csv", "vcs-transactions", ["Serial Number"], ["ID"]),
    errors.NodeUnreachable("https://user:secret@node.example:8545/v3/KEY?token=KEY", "connection refused"),
    errors.NodeRefused("eth_getLogs", "query returned more than 10000 results\ntry less"),
    errors.WrongChain(1, 31337),
    errors.InsufficientFunds("0xab", 0, 21_000 * 10**9),
    errors.Scheduled(1_800_000_000, "0xab"),
    errors.Scheduled(1_800_000_000, dry_run=True),
    errors.TransactionFailed("0xab", "out of gas"),
    errors.Reverted("BatchFrozen", {"batch": 3}, "Batch 3 is frozen; ask the regulator that froze it."),
]


def _leaves() -> list[str]:
    return [
        name
        for name, thing in inspect.getmembers(errors, inspect.isclass)
        if issubclass(thing, errors.OnetonneError)
    ]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_error_is_one_sentence_on_one_line(error: errors.OnetonneError) -> None:
    assert re.fullmatch(r"[A-Z][^\n]*\.", str(error))


@pytest.mark.parametrize("name", _leaves())
def test_error_stands_in_the_drawn_tree(name: str) -> None:
    assert re.search(rf"\b{name}\b", inspect.getdoc(errors) or "")


@pytest.mark.parametrize("name", _leaves())
def test_error_stands_below_its_parent_in_the_drawn_tree(name: str) -> None:
    drawn = [
        (match.start(1), match[1])
        for line in (errors.__doc__ or "").splitlines()
        if (match := re.match(r"[ │├└─]*\b([A-Z]\w+)(?:  .*)?$", line))
    ]
    names = [drawn_name for _, drawn_name in drawn]
    place = names.index(name)
    parent = getattr(errors, name).__mro__[1].__name__
    indents = [indent for indent, _ in drawn]
    above = [i for i in range(place) if indents[i] < indents[place]]
    assert names[above[-1]] == parent if above else parent == "Exception"


def test_serial_error_tells_the_position_from_one() -> None:
    assert "from character 8 on" in str(EXAMPLES[0])


def test_node_unreachable_keeps_keys_out_of_its_message() -> None:
    message = str(EXAMPLES[5])
    assert "https://node.example:8545" in message
    assert "KEY" not in message
    assert "secret" not in message


def test_node_unreachable_survives_what_is_no_url() -> None:
    assert "no URL" in str(errors.NodeUnreachable("http://[", "bad"))
    assert "no URL" in str(errors.NodeUnreachable("node", "bad"))


def test_missing_column_names_what_is_missing_and_what_was_found() -> None:
    message = str(EXAMPLES[4])
    assert "'Serial Number'" in message
    assert "'ID'" in message
    assert "a.csv" in message


def test_quoted_escapes_and_cuts() -> None:
    assert errors.quoted("a\nb\u200b") == r"'a\nb\u200b'"
    assert errors.quoted("x" * 200) == repr("x" * 120) + "... (200 characters)"
