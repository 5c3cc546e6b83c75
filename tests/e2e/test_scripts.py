"""The short programs in `scripts/`: by themselves, and under `brownie run`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from commands import ADDRESSES, PASSPHRASE, SERIAL, Commands, up_to_accepted, with_keys

from onetonne.chain import LocalChain

ROOT = Path(__file__).parents[2]
NAMES = ("deploy", "mint", "transfer", "retire", "audit")
MINT = {
    "ONETONNE_SERIAL": SERIAL,
    "ONETONNE_VERIFICATION": "1",
    "ONETONNE_RECORD": "IMMO-17",
    "ONETONNE_TO": "proponent",
    "ONETONNE_FROM": "verra",
}
TRANSFER = {
    "ONETONNE_BATCH": "1",
    "ONETONNE_QUANTITY": "10t",
    "ONETONNE_TO": ADDRESSES["airline"],
    "ONETONNE_FROM": "proponent",
}
RETIRE = {
    "ONETONNE_BATCH": "1",
    "ONETONNE_QUANTITY": "1.5t",
    "ONETONNE_BENEFICIARY_NAME": "Aero SA",
    "ONETONNE_REASON": "Flights",
    "ONETONNE_FROM": "airline",
}


class Programs:
    """Runs scripts in processes of their own, as a person does: `brownie` or not."""

    def __init__(self, home: Path, url: str, brownie: bool) -> None:
        self.home, self.url, self.brownie = home, url, brownie

    def run(self, name: str, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        plain = {key: value for key, value in os.environ.items() if not key.startswith("ONETONNE_")}
        given = {"ONETONNE_HOME": str(self.home), "ONETONNE_PASSPHRASE": PASSPHRASE, **variables}
        if not self.brownie:
            command = [sys.executable, f"scripts/{name}.py"]
        else:
            # brownie knows its network; another URL in the environment must not matter.
            given |= {"HOME": str(self._brownie_home()), "ONETONNE_RPC": "http://127.0.0.1:9"}
            plain.pop("SOLCX_BINARY_PATH", None)  # brownie finds the compiler in a fresh HOME all the same
            brownie = Path(sys.executable).with_name("brownie")
            command = [str(brownie), "run", f"scripts/{name}", "--network", "story"]
        return subprocess.run(
            command,
            cwd=self._root(),
            env=plain | given,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def ok(self, name: str, variables: Mapping[str, str]) -> str:
        done = self.run(name, variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _root(self) -> Path:
        """Where the programs are run: brownie 1.22.2 takes a script's path for a module's dotted name.

        So it gets a copy where the project's own path has a dot, as that of a temporary folder may.
        """
        if not self.brownie or "." not in ROOT.as_posix():
            return ROOT
        copy = self.home / "project"
        assert "." not in copy.as_posix(), "brownie needs a folder without a dot in its path"
        if not copy.exists():
            for folder in ("contracts", "scripts", "build"):
                shutil.copytree(ROOT / folder, copy / folder, symlinks=True)
            shutil.copy(ROOT / "brownie-config.yaml", copy)
            (copy / "tests").mkdir()
            (copy / "node_modules").symlink_to(ROOT / "node_modules")
        return copy

    def _brownie_home(self) -> Path:
        """brownie 1.22.2 keeps its networks in $HOME/.brownie."""
        home = self.home / "brownie"
        (home / ".brownie").mkdir(parents=True, exist_ok=True)
        (home / ".brownie" / "network-config.yaml").write_text(
            "live:\n- name: Tests\n  networks:\n"
            f"  - {{name: story, id: story, chainid: 31337, host: '{self.url}'}}\n"
            "development: []\n"
        )
        return home


@pytest.fixture(scope="module", params=[False, True], ids=["python", "brownie"])
def programs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """A home with keys, and a chain with nothing on it."""
    home = tmp_path_factory.mktemp("programs")
    local = LocalChain(home)
    url = local.up().url
    with_keys(home, local)
    yield Programs(home, url, request.param)
    local.down()


def test_the_whole_way_by_scripts(programs: Programs) -> None:
    said = programs.ok("deploy", {"ONETONNE_FROM": "council", "ONETONNE_REGULATOR": "authority"})
    assert "Credits is at 0x" in said
    commands = Commands(programs.home)
    up_to_accepted(commands, deployed=True)
    assert "Batch 1: 425 t, serial numbers VCS-VCU 941467007 to 941467431." in programs.ok("mint", MINT)
    assert f"10 t of batch 1 went to {ADDRESSES['airline']}." in programs.ok("transfer", TRANSFER)
    assert "Certificate 1; its details are in " in programs.ok("retire", RETIRE)
    assert commands.json("certificate", "show", "1")["details"]["beneficiary"] == "Aero SA"
    assert programs.ok("audit", {}).count(" holds ") >= 10

    again = programs.run("mint", MINT)
    assert again.returncode == 1
    assert "(done), so nothing was sent now" in again.stderr
    again = programs.run("mint", MINT | {"ONETONNE_AGAIN": "1"})
    assert again.returncode == 1
    assert "overlap batch 1" in again.stderr
    assert "Traceback" not in again.stderr


@pytest.mark.parametrize(
    ("name", "variables", "problem"),
    [
        ("mint", MINT | {"ONETONNE_SERIAL": ""}, "Set ONETONNE_SERIAL: the block's serial number."),
        ("mint", MINT | {"ONETONNE_VERIFICATION": "one"}, "ONETONNE_VERIFICATION is 'one'"),
        ("transfer", TRANSFER | {"ONETONNE_QUANTITY": "10"}, "has no unit"),
        ("transfer", TRANSFER | {"ONETONNE_FROM": ""}, "ONETONNE_FROM"),
        ("transfer", TRANSFER | {"ONETONNE_PASSPHRASE": "wrong"}, "the passphrase is wrong"),
        ("retire", RETIRE | {"ONETONNE_RPC": "http://127.0.0.1:9"}, "No node answers"),
        ("audit", {"ONETONNE_HOME": "nowhere"}, "No chain is named"),
    ],
)
def test_a_script_says_what_it_lacks_in_one_sentence(
    told: Programs, name: str, variables: Mapping[str, str], problem: str
) -> None:
    done = told.run(name, variables)
    assert done.returncode == 1
    assert problem in done.stderr
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """Plain programs, and the story up to what can be issued."""
    home = tmp_path_factory.mktemp("told")
    local = LocalChain(home)
    url = local.up().url
    up_to_accepted(with_keys(home, local))
    yield Programs(home, url, brownie=False)
    local.down()


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_short_and_says_how_to_run_it(name: str) -> None:
    text = (ROOT / "scripts" / f"{name}.py").read_text()
    assert f"python scripts/{name}.py" in text
    assert f"brownie run scripts/{name}" in text
    body = text.partition("def main()")[2].partition('if __name__ == "__main__"')[0]
    assert len(body.strip().splitlines()) <= 20


def test_nothing_in_the_package_imports_brownie() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        assert "import brownie" not in path.read_text()
        assert "from brownie" not in path.read_text()


def test_brownie_run_says_what_it_can_not_do_in_a_path_with_a_dot(tmp_path: Path) -> None:
    folder = tmp_path / "version-1.0"
    folder.mkdir()
    command = [str(Path(sys.executable).with_name("brownie")), "run", "deploy"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: `brownie run` can't work in {folder}: ")
    assert done.stderr.count("\n") == 1
