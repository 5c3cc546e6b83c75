"""How long, how many, and how much memory: the rows of a replay's table."""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_KIB = 1024


@dataclass(slots=True)
class Phase:
    """One part of a replay. Peaks are bytes, of this part alone where the system can tell; None: unknown."""

    name: str
    of: str
    """What is counted."""
    count: int = 0
    seconds: float = 0.0
    own_peak: int | None = None
    node_peak: int | None = None
    remark: str = ""

    @property
    def rate(self) -> float:
        """A second."""
        return self.count / self.seconds if self.seconds else 0.0


@contextmanager
def measured(phase: Phase, node: int | None) -> Iterator[Phase]:
    """Takes time and memory of what is done inside. `node` is the node's process, where it is ours."""
    for process in ("self", node):
        _forget_peak(process)
    started = time.perf_counter()
    yield phase
    phase.seconds = time.perf_counter() - started
    phase.own_peak = _peak("self") or _own_peak_ever()
    phase.node_peak = _peak(node)


def _forget_peak(process: int | str | None) -> None:
    """Linux only; where it is refused, peaks are those since the process began."""
    try:
        Path(f"/proc/{process}/clear_refs").write_text("5")
    except OSError:
        return


def _peak(process: int | str | None) -> int | None:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return None
    found = next((line for line in lines if line.startswith("VmHWM:")), None)
    return int(found.split()[1]) * _KIB if found else None


def _own_peak_ever() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * _KIB
