"""Programmes' exports onto the chain: planned before anything is sent, and safe to run again.

`read_source` checks a file, `plan` holds it against the chain, `run` does what the plan says with two keys.
Every row is either on chain in the end or refused with its reason, and the tonnes of both add up to the
file's. There is no journal: a run that was cut off is planned again from what the chain holds. So is a
later snapshot of the file: what was split, joined or ended since is told from what is new.
"""

from onetonne.importing.outcome import (
    Ending,
    ImportPlan,
    ImportResult,
    MethodologyKey,
    Period,
    PlannedBatch,
    PlannedProject,
    PlannedVerification,
    Refusal,
    Seen,
    tonnes_of,
)
from onetonne.importing.planning import plan
from onetonne.importing.rules import UNSTATED
from onetonne.importing.running import GROUP, Progress, run
from onetonne.importing.source import Source, read_source
from onetonne.importing.state import ChainState, read_state

__all__ = [
    "GROUP",
    "UNSTATED",
    "ChainState",
    "Ending",
    "ImportPlan",
    "ImportResult",
    "MethodologyKey",
    "Period",
    "PlannedBatch",
    "PlannedProject",
    "PlannedVerification",
    "Progress",
    "Refusal",
    "Seen",
    "Source",
    "plan",
    "read_source",
    "read_state",
    "run",
    "tonnes_of",
]
