"""`make bench`: the check of registry exports at four sizes, and beside pandas. Only ratios count."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.made_up import write

HERE = Path(__file__).parent
SIZES = (50_000, 100_000, 200_000, 550_000)
PEAK = 1024  # MiB


def measured(python: str, script: str, path: Path) -> dict[str, Any]:
    environment = os.environ | {"PYTHONPATH": str(HERE.parents[1] / "src")}
    ended = subprocess.run(
        [python, str(HERE / script), str(path)], env=environment, check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def sizes(folder: Path, rounds: int) -> Path:
    """A line for each size. Returns the largest file."""
    print(f"{'rows':>8}  {'seconds':>8}  {'of 50,000':>9}  {'rows of 50,000':>14}  {'peak MiB':>8}")
    paths = [write(folder / f"{count}.csv", count) for count in SIZES]
    runs: dict[int, list[dict[str, Any]]] = {count: [] for count in SIZES}
    for _ in range(rounds):
        for count, path in zip(SIZES, paths, strict=True):
            runs[count].append(measured(sys.executable, "ours.py", path))
    base = median(run["seconds"] for run in runs[SIZES[0]])
    for count in SIZES:
        seconds, peak = median(run["seconds"] for run in runs[count]), max(run["peak"] for run in runs[count])
        ratio = f"{seconds / base:.1f}"
        print(f"{count:>8,}  {seconds:>8.2f}  {ratio:>9}  {count / SIZES[0]:>14.1f}  {peak:>8.0f}")
    peak = max(run["peak"] for run in runs[SIZES[-1]])
    print(
        f"Peak memory at {SIZES[-1]:,} rows: {peak:.0f} MiB, "
        f"{'below' if peak < PEAK else 'ABOVE'} {PEAK} MiB."
    )
    return paths[-1]


def beside(pandas: str, path: Path, rounds: int) -> None:
    """Both, one after the other, several times: the machine's other work weighs on both alike."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(measured(sys.executable, "ours.py", path))
        theirs.append(measured(pandas, "plain_pandas.py", path))
    assert all(run["found"]["live tonnes"] == ours[0]["found"]["live tonnes"] for run in ours + theirs)
    for name, runs in (("onetonne", ours), ("plain pandas", theirs)):
        seconds, processor = (median(run[key] for run in runs) for key in ("seconds", "processor"))
        print(f"{name:>12}: {seconds:6.2f} s, {processor:6.2f} s of processor, {runs[0]['peak']:5.0f} MiB")
    for key, what in (("seconds", "time"), ("processor", "processor time")):
        ratio = median(one[key] for one in theirs) / median(one[key] for one in ours)
        print(f"pandas takes {ratio:.1f} times our {what}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pandas", metavar="PYTHON", help="a Python that has pandas")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        largest = sizes(Path(folder), given.rounds)
        if given.pandas:
            beside(given.pandas, largest, given.rounds)


if __name__ == "__main__":
    main()
