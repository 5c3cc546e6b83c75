"""The committed figures: what onetonne cost when `snapshot.json` was last written, and what others cost."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
SNAPSHOT = FOLDER / "snapshot.json"
UPDATE = "make gas UPDATE=1"


def snapshot() -> dict[str, int]:
    return dict(json.loads(SNAPSHOT.read_text(encoding="utf-8")))


def write_snapshot(costs: dict[str, int]) -> None:
    SNAPSHOT.write_text(json.dumps(costs, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def peers() -> dict[str, Any]:
    """Peers' figures and the project's bars; `origin` says how they were measured."""
    return dict(json.loads((FOLDER / "peers.json").read_text(encoding="utf-8")))


def differences(committed: dict[str, int], measured: dict[str, int]) -> list[str]:
    """One line for each case that costs something else than `committed` says."""
    lines = []
    for name in sorted(committed.keys() | measured.keys()):
        before, now = committed.get(name), measured.get(name)
        if before is None or now is None:
            lines.append(f"{name}: {_shown(before)} -> {_shown(now)}")
        elif before != now:
            lines.append(f"{name}: {before:,} -> {now:,} ({now - before:+,})")
    return lines


def _shown(gas: int | None) -> str:
    return "none" if gas is None else f"{gas:,}"
