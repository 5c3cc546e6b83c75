"""Programmes' files held against what was tokenised of them, serial by serial.

A side is what one system says: `programme_side` of export files, `chain_side` of an index, `list_side` of
another system's list. `reconcile` compares the files with every system, and the systems with each other.
Each tonne of each side is in exactly one sum or finding.
"""

from collections.abc import Sequence
from datetime import date
from itertools import combinations

from onetonne.reconciling.chains import chain_side
from onetonne.reconciling.comparing import compare, doubles
from onetonne.reconciling.files import programme_side
from onetonne.reconciling.findings import Comparison, Finding, Kind, Reconciliation, Severity, Tally
from onetonne.reconciling.lists import list_side
from onetonne.reconciling.statements import Side, State, Statement

__all__ = [
    "Comparison",
    "Finding",
    "Kind",
    "Reconciliation",
    "Severity",
    "Side",
    "State",
    "Statement",
    "Tally",
    "chain_side",
    "compare",
    "doubles",
    "list_side",
    "programme_side",
    "reconcile",
]


def reconcile(files: Side, systems: Sequence[Side], as_of: date, after: int = 30) -> Reconciliation:
    """Everything against everything. `as_of` is the day on which the files were made; an end on chain that
    they do not show `after` days later is a warning.
    """
    comparisons = [compare(files, system, as_of, after) for system in systems]
    comparisons += [doubles(one, other) for one, other in combinations(systems, 2)]
    return Reconciliation(tuple(comparisons), as_of, after, tuple(_notes(files, systems)))


def _notes(files: Side, systems: Sequence[Side]) -> list[str]:
    return [
        f"{side.unmeasured:,} rows of {side.name} state no quantity that can be read: they are in no sum"
        for side in (files, *systems)
        if side.unmeasured
    ]
