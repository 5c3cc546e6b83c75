"""Check that a test, or a proof, fails when a line of a contract is changed.

Two lists name the changes, each a file and its text before and after:

- `tests/forge/mutants.json` (`make mutants`): one token each, over the ledger's contracts. forge's tests are
  run against each. A mutant that behaves as the contract does says under "equivalent" why.
- `tests/proofs/mutants.json` (`make prove-mutants`): what each proof rests on. Only that proof is run.

Each change is made in a copy of the project. Arguments: the list, then parts of files' or proofs' names;
without any of these, every mutant of the list is run.
"""

import json
import os
import queue
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
HALMOS = ROOT / ".venv-halmos" / "bin" / "halmos"
COPIED = ("contracts", "tests/proofs", "tests/forge", "scripts/solc", "foundry.toml", "halmos.toml")
# Optimising takes minutes for each mutant, and changes nothing that a test sees but gas.
PLAIN = {"FOUNDRY_VIA_IR": "false", "FOUNDRY_OPTIMIZER": "false"}
FORGE = ("test", "--fail-fast", "--no-match-contract", "Gas|Invariants")


class Mutant(NamedTuple):
    """A change of one place in a contract.

    `proof` is the one, as `Contract.function`, that must fail with it; `equivalent` says why no test can.
    """

    file: str
    before: str
    after: str
    proof: str = ""
    equivalent: str = ""


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in ("forge", "proofs"):
        sys.exit("Usage: mutants.py forge|proofs [PART OF A NAME]...")
    kind, names = sys.argv[1], sys.argv[2:]
    mutants = read_mutants(kind)
    if kind == "proofs" and (unguarded := find_proofs() - {mutant.proof for mutant in mutants}):
        sys.exit(f"Proofs without a mutant in tests/proofs/mutants.json: {', '.join(sorted(unguarded))}.")
    chosen = [
        mutant
        for mutant in mutants
        if not names or any(name in mutant.proof or name in mutant.file for name in names)
    ]
    counted = {"killed": 0, "equivalent": 0}
    for number, (mutant, result, seconds) in enumerate(run_all(chosen, kind), 1):
        print(
            f"{number:>3}/{len(chosen)} {result:<10}{seconds:>4.0f} s  {mutant.proof or mutant.file}",
            flush=True,
        )
        if result in counted:
            counted[result] += 1
        else:
            print(f"    {mutant.before.strip()}\n    became: {mutant.after.strip() or 'nothing'}", flush=True)
    print(
        ", ".join(f"{count} {result}" for result, count in counted.items()) + f", of {len(chosen)} mutants."
    )
    sys.exit(sum(counted.values()) != len(chosen))


def read_mutants(kind: str) -> list[Mutant]:
    """Return what `tests/forge/mutants.json` or `tests/proofs/mutants.json` lists."""
    return [Mutant(**entry) for entry in json.loads((ROOT / "tests" / kind / "mutants.json").read_text())]


def run_all(mutants: list[Mutant], kind: str) -> Iterable[tuple[Mutant, str, float]]:
    """Yield each mutant with what became of it, and in how many seconds; one at once for each core."""
    workers = os.cpu_count() or 1
    copies: queue.Queue[Path] = queue.Queue()
    for number in range(workers):
        copies.put(copy_project(number))

    def run_one(mutant: Mutant) -> tuple[Mutant, str, float]:
        copy, started = copies.get(), time.monotonic()
        try:
            return mutant, run(mutant, copy), time.monotonic() - started
        finally:
            copies.put(copy)

    if kind == "forge" and (said := run_forge(copies.queue[0])) != "alive":
        sys.exit(f"Without any change the tests give: {said}. See forge.log in {copies.queue[0]}.")
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(run_one, mutants)


def find_proofs() -> set[str]:
    """Return the name of every proof, as `Contract.function`."""
    proofs: set[str] = set()
    for path in (ROOT / "tests/proofs").glob("*.t.sol"):
        source = path.read_text()
        functions = re.findall(r"function (check_\w+)", source)
        (contract,) = re.findall(r"^contract (\w+Proof) ", source, re.MULTILINE)
        proofs.update(f"{contract}.{function}" for function in functions)
    return proofs


def copy_project(number: int) -> Path:
    """Copy what tests and proofs are compiled from to `build/mutants`; return the copy's folder."""
    copy = ROOT / "build" / "mutants" / str(number)
    shutil.rmtree(copy, ignore_errors=True)
    for name in COPIED:
        source, target = ROOT / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    (copy / "node_modules").symlink_to(ROOT / "node_modules")
    return copy


def run(mutant: Mutant, copy: Path) -> str:
    """Return "killed" if a test or the proof failed, "alive" if none did, else what else happened."""
    path = copy / mutant.file
    source = path.read_text()
    if source.count(mutant.before) != 1:
        return "not found" if mutant.before not in source else "ambiguous"
    path.write_text(source.replace(mutant.before, mutant.after))
    try:
        result = run_halmos(copy, *mutant.proof.split(".")) if mutant.proof else run_forge(copy)
    finally:
        path.write_text(source)
    return "equivalent" if mutant.equivalent and result == "alive" else result


def run_forge(copy: Path) -> str:
    """Run forge's tests in the copy; return "killed", "alive" or "not compiled"."""
    forge = str(ROOT / "node_modules/.bin/forge")
    result = subprocess.run(
        [forge, *FORGE], cwd=copy, env=os.environ | PLAIN, capture_output=True, text=True, check=False
    )
    (copy / "forge.log").write_text(result.stdout + result.stderr)
    if result.returncode == 0:
        return "alive"
    return "killed" if "[FAIL" in result.stdout else "not compiled"


def run_halmos(copy: Path, contract: str, function: str) -> str:
    """Run one proof in the copy; return "killed", "alive", or halmos' word, such as "timeout"."""
    environment = {
        **os.environ,
        "FOUNDRY_PROFILE": "prove",
        "PATH": f"{ROOT / 'node_modules/.bin'}{os.pathsep}{os.environ['PATH']}",
    }
    command = [str(HALMOS), "--contract", contract, "--match-test", rf"^{function}\(", "--early-exit"]
    result = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    (copy / "halmos.log").write_text(result.stdout + result.stderr)
    words = re.findall(r"\[(PASS|FAIL|TIMEOUT|ERROR)\]", result.stdout)
    word = words[0] if len(words) == 1 else "not run"
    return {"FAIL": "killed", "PASS": "alive"}.get(word, word.lower())


if __name__ == "__main__":
    main()
