"""Check that each proof in tests/proofs fails when a line that it rests on is changed.

`tests/proofs/mutants.json` lists the changes: a file, its text before and after, and the proof that must
find a counterexample. Each change is made in a copy of the contracts, and only that proof is run. Arguments
are parts of proofs' names; without any, every mutant is run.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
COPY = ROOT / "build" / "mutants"
HALMOS = ROOT / ".venv-halmos" / "bin" / "halmos"
COPIED = ("contracts", "tests/proofs", "tests/forge", "scripts/solc", "foundry.toml", "halmos.toml")


class Mutant(NamedTuple):
    """A change of one place in a contract, and the proof, `Contract.function`, that must fail with it."""

    file: str
    before: str
    after: str
    proof: str


def main() -> None:
    mutants = read_mutants()
    if unguarded := find_proofs() - {mutant.proof for mutant in mutants}:
        sys.exit(f"Proofs without a mutant in tests/proofs/mutants.json: {', '.join(sorted(unguarded))}.")
    copy_project()
    names = sys.argv[1:]
    chosen = [mutant for mutant in mutants if not names or any(name in mutant.proof for name in names)]
    survivors = 0
    for number, mutant in enumerate(chosen, 1):
        started = time.monotonic()
        result = run(mutant)
        survivors += result != "killed"
        seconds = time.monotonic() - started
        print(f"{number:>3}/{len(chosen)} {result:<9}{seconds:>4.0f} s  {mutant.proof}", flush=True)
        if result != "killed":
            print(
                f"    {mutant.file}: {mutant.before.strip()}\n    became: {mutant.after.strip() or 'nothing'}"
            )
    print(f"{len(chosen) - survivors} of {len(chosen)} mutants killed.")
    sys.exit(survivors != 0)


def read_mutants() -> list[Mutant]:
    """Return what `tests/proofs/mutants.json` lists."""
    return [Mutant(**entry) for entry in json.loads((ROOT / "tests/proofs/mutants.json").read_text())]


def find_proofs() -> set[str]:
    """Return the name of every proof, as `Contract.function`."""
    proofs: set[str] = set()
    for path in (ROOT / "tests/proofs").glob("*.t.sol"):
        source = path.read_text()
        functions = re.findall(r"function (check_\w+)", source)
        (contract,) = re.findall(r"^contract (\w+Proof) ", source, re.MULTILINE)
        proofs.update(f"{contract}.{function}" for function in functions)
    return proofs


def copy_project() -> None:
    """Copy what the proofs are compiled from to `build/mutants`."""
    shutil.rmtree(COPY, ignore_errors=True)
    for name in COPIED:
        source, target = ROOT / name, COPY / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    (COPY / "node_modules").symlink_to(ROOT / "node_modules")


def run(mutant: Mutant) -> str:
    """Return "killed" if the proof found a counterexample, "alive" if it holds, else what halmos said."""
    path = COPY / mutant.file
    source = path.read_text()
    if source.count(mutant.before) != 1:
        return "not found" if mutant.before not in source else "ambiguous"
    path.write_text(source.replace(mutant.before, mutant.after))
    try:
        status = run_halmos(*mutant.proof.split("."))
    finally:
        path.write_text(source)
    return {"FAIL": "killed", "PASS": "alive"}.get(status, status.lower())


def run_halmos(contract: str, function: str) -> str:
    """Run one proof in the copy; return halmos' word for its result, such as PASS, FAIL or TIMEOUT."""
    environment = {
        **os.environ,
        "FOUNDRY_PROFILE": "prove",
        "PATH": f"{ROOT / 'node_modules/.bin'}{os.pathsep}{os.environ['PATH']}",
    }
    command = [str(HALMOS), "--contract", contract, "--match-test", rf"^{function}\(", "--early-exit"]
    result = subprocess.run(command, cwd=COPY, env=environment, capture_output=True, text=True, check=False)
    (COPY / "halmos.log").write_text(result.stdout + result.stderr)
    words = re.findall(r"\[(PASS|FAIL|TIMEOUT|ERROR)\]", result.stdout)
    return words[0] if len(words) == 1 else "not run"


if __name__ == "__main__":
    main()
