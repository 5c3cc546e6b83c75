"""The commands that README and docs show, run as they stand and in their order by a new user."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if "```sh\n" in path.read_text(encoding="utf-8")
]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"make( \w[\w-]*)?")


def commands(document: Path) -> list[str]:
    """The lines of a document's shell blocks, less those that call make."""
    lines = "".join(BLOCK.findall(document.read_text(encoding="utf-8"))).splitlines()
    return [line for line in lines if not MAKE.match(line)]


def test_readme_is_among_the_documents() -> None:
    assert ROOT / "README.md" in DOCUMENTS
    assert len(commands(ROOT / "README.md")) >= 40


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_targets_of_make_that_a_document_names_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"`make ([a-z][a-z-]*)|^make ([a-z][a-z-]*)", document.read_text(), re.MULTILINE)
    assert {one or other for one, other in named} <= targets


@pytest.mark.parametrize(
    "document", [path for path in DOCUMENTS if commands(path)], ids=lambda path: path.name
)
def test_every_command_of_a_document_works(document: Path, tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "folder"
    home.mkdir()
    folder.mkdir()
    for name in ("src", "scripts"):
        (folder / name).symlink_to(ROOT / name)
    script = tmp_path / "commands.sh"
    script.write_text("\n".join(["set -euo pipefail", *commands(document), ""]))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONETONNE_")}
    environment = {**kept, "HOME": str(home), "XDG_DATA_HOME": str(home / "data")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    bash = shutil.which("bash")
    assert bash
    try:
        done = subprocess.run(
            [bash, "-x", script],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        assert "Traceback" not in done.stderr
    finally:
        down = [sys.executable, "-m", "onetonne", "chain", "down"]
        subprocess.run(down, env=environment, capture_output=True, check=False)
