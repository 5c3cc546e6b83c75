"""Monitoring data as evidence: one hash over all of it, and the proof that one item is in it.

evidence = of_files([Path("monitoring-2024")])
evidence.root                                   # what a verification's data root is
evidence.prove("satellite/2024-06.csv")         # checked with `Proof.leads_to`, or by a contract
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

from onetonne.errors import BadInput, FileError, quoted
from onetonne.evidence.items import Advance, FileItem, Item, RowItem, Years, files_in, hash_of, rows_in
from onetonne.evidence.merkle import WORD, MerkleTree, root_of

__all__ = [
    "Evidence",
    "FileItem",
    "Proof",
    "RowItem",
    "hash_of",
    "of_files",
    "of_rows",
    "read_proof",
    "read_tree",
]

TREE_FORMAT = "onetonne-evidence-tree-1"
PROOF_FORMAT = "onetonne-evidence-proof-1"


@dataclass(frozen=True, slots=True)
class Proof:
    """An item, and the siblings on its way to the root."""

    item: Item
    siblings: tuple[bytes, ...]

    @property
    def root(self) -> bytes:
        """Where it leads to."""
        return root_of(self.item.leaf, self.siblings)

    def document(self) -> dict[str, Any]:
        """As JSON has it; `leaf` and `root` are there for other programs, and are not believed when read."""
        return {
            "format": PROOF_FORMAT,
            "item": _described(self.item),
            "leaf": _hexadecimal(self.item.leaf),
            "proof": [_hexadecimal(sibling) for sibling in self.siblings],
            "root": _hexadecimal(self.root),
        }


@dataclass(frozen=True)
class Evidence:
    """Items, of which there is at least one and no two have one key."""

    items: tuple[Item, ...]
    years: tuple[int, ...] = ()
    """Which the rows' days lie in; empty where nothing says."""

    @cached_property
    def _tree(self) -> MerkleTree:
        return MerkleTree(item.leaf for item in self.items)

    @property
    def root(self) -> bytes:
        return self._tree.root

    def prove(self, key: str) -> Proof:
        """`key` is a file's name, or a row's number. Raises `BadInput` where there is none."""
        for item in self.items:
            if item.key == key:
                return Proof(item, tuple(self._tree.proof(item.leaf)))
        kind = "row" if isinstance(self.items[0], RowItem) else "file"
        raise BadInput(
            f"There is no {kind} {quoted(key)} in this evidence: it has {len(self.items)}, "
            f"from {quoted(self.items[0].key)} to {quoted(self.items[-1].key)}."
        )

    def text(self) -> str:
        """The tree's file, from which `read_tree` makes the same evidence."""
        document = {
            "format": TREE_FORMAT,
            "root": _hexadecimal(self.root),
            "years": self.years,
            "items": [_described(item) for item in self.items],
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def of_files(paths: Sequence[Path], advance: Advance | None = None) -> Evidence:
    """Over files: a name is relative to the folder given, or the file's own. Raises `FileError`."""
    return Evidence(tuple(files_in(paths, advance)))


def of_rows(path: Path, advance: Advance | None = None) -> Evidence:
    """Over the rows of a CSV file. Raises `FileError`."""
    years = Years()
    items: list[Item] = []
    for item in rows_in(path, advance):
        items.append(item)
        years.add(item)
    return Evidence(tuple(items), years.covered)


def read_tree(path: str | PathLike[str]) -> Evidence:
    """Raises `FileError` where the file is no tree, or its root is not that of its items."""
    document = _document(path, TREE_FORMAT, "tree", "evidence hash --tree")
    try:
        items = tuple(_item(one) for one in document["items"])
        evidence = Evidence(items, tuple(int(year) for year in document["years"]))
        root = _word(document["root"])
        distinct = len({item.key for item in items}) == len(items) > 0
    except (KeyError, TypeError, ValueError, OverflowError, UnicodeEncodeError) as problem:
        raise FileError(path, "it is damaged; make it again with `onetonne evidence hash`") from problem
    if not distinct or evidence.root != root:
        raise FileError(path, "its items do not make its root; make it again with `onetonne evidence hash`")
    return evidence


def read_proof(path: str | PathLike[str]) -> Proof:
    """Raises `FileError` where the file is no proof."""
    document = _document(path, PROOF_FORMAT, "proof", "evidence prove")
    try:
        return Proof(_item(document["item"]), tuple(_word(one) for one in document["proof"]))
    except (KeyError, TypeError, ValueError, OverflowError, UnicodeEncodeError) as problem:
        raise FileError(path, "it is damaged; ask for it again") from problem


def _document(path: str | PathLike[str], form: str, kind: str, maker: str) -> Mapping[str, Any]:
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as problem:
        raise FileError(path, f"it can't be read ({problem.strerror})") from problem
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("format") != form:
        raise FileError(path, f"it is no {kind} of evidence; give what `onetonne {maker}` wrote")
    return document


def _described(item: Item) -> dict[str, object]:
    if isinstance(item, RowItem):
        return {"row": item.number, "cells": list(item.cells)}
    return {"file": item.name, "content": _hexadecimal(item.content)}


def _item(described: Mapping[str, Any]) -> Item:
    """Raises `KeyError`, `TypeError`, `ValueError` and `OverflowError` where it is none."""
    if "row" in described:
        number, cells = described["row"], described["cells"]
        if isinstance(number, bool) or not isinstance(number, int) or not isinstance(cells, list):
            raise TypeError("a row has a number and cells")
        if not all(isinstance(cell, str) for cell in cells):
            raise TypeError("a cell is a text")
        item: Item = RowItem(number, tuple(cells))
        number.to_bytes(WORD, "big")
    else:
        if not isinstance(described["file"], str):
            raise TypeError("a name is a text")
        item = FileItem(described["file"], _word(described["content"]))
    (item.text if isinstance(item, RowItem) else item.name).encode()  # what can't be encoded shows here
    return item


def _hexadecimal(word: bytes) -> str:
    return f"0x{word.hex()}"


def _word(text: str) -> bytes:
    word = bytes.fromhex(text.removeprefix("0x"))
    if len(word) != WORD:
        raise ValueError("a hash has 32 bytes")
    return word
