"""The compiler that forge, brownie and py-solc-x share: which one it runs, and what it compiles only once."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RELEASE = "0.8.37+commit.f401782d"

NATIVE = """#!/bin/sh
if [ "$1" = --version ]; then echo "Version: {version}"; exit; fi
echo run >> "{log}"
cat > "{log}.input"
cat "{answer}"
"""

ANSWER: dict[str, Any] = {
    "contracts": {
        "A.sol": {"A": {"abi": [], "evm": {"bytecode": {"object": "aa", "opcodes": "STOP"}}}},
        "B.sol": {"B": {"abi": [], "evm": {"bytecode": {"object": "bb", "opcodes": "STOP"}}}},
    },
    "errors": [{"severity": "warning", "sourceLocation": {"file": "B.sol"}, "message": "of B"}],
    "sources": {"A.sol": {"id": 0, "ast": {"nodeType": "A"}}, "B.sol": {"id": 1, "ast": {"nodeType": "B"}}},
}


class Compiler:
    """A copy of the project's compiler in a folder of its own, with a native solc whose answer is known."""

    def __init__(self, folder: Path, version: str = f"{RELEASE}.Linux.g++") -> None:
        shutil.copytree(ROOT / "scripts" / "solc", folder / "scripts" / "solc")
        self.folder, self.log = folder, folder / "runs"
        (folder / "answer.json").write_text(json.dumps(ANSWER))
        self.native = folder / "native-solc"
        self.native.write_text(NATIVE.format(version=version, log=self.log, answer=folder / "answer.json"))
        self.native.chmod(0o755)

    @property
    def runs(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0

    def run(
        self, sources: dict[str, str], selection: Any = None, **settings: Any
    ) -> subprocess.CompletedProcess[str]:
        content = {
            "language": "Solidity",
            "settings": {"viaIR": True, **settings, "outputSelection": selection or {"*": {"*": ["abi"]}}},
            "sources": {name: {"content": text} for name, text in sources.items()},
        }
        return subprocess.run(
            [self.folder / "scripts" / "solc" / "solc-v0.8.37", "--standard-json"],
            input=json.dumps(content),
            env={**os.environ, "SOLC": str(self.native), "HOME": str(self.folder)},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def answer(self, sources: dict[str, str], selection: Any = None, **settings: Any) -> Any:
        done = self.run(sources, selection, **settings)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return json.loads(done.stdout)


@pytest.fixture
def compiler(tmp_path: Path) -> Compiler:
    return Compiler(tmp_path / "project")


BOTH = {"A.sol": 'import {B} from "./B.sol"; contract A {}', "B.sol": "contract B {}"}


def test_a_native_compiler_of_the_same_release_is_used(compiler: Compiler) -> None:
    assert compiler.answer(BOTH)["contracts"]["A.sol"] == {"A": {"abi": []}}
    assert compiler.runs == 1


@pytest.mark.parametrize(
    "version",
    ["0.8.36+commit.f401782d.Linux.g++", "0.8.37+commit.00000000.Linux.g++", f"{RELEASE}.Emscripten.clang"],
)
def test_no_other_compiler_is_used(tmp_path: Path, version: str) -> None:
    compiler = Compiler(tmp_path / "project", version)
    done = compiler.run(BOTH)
    assert compiler.runs == 0
    assert done.returncode == 1
    assert done.stderr == "solc-v0.8.37: the npm package solc is not installed; run `npm ci`\n"


def test_a_native_compiler_that_fails_is_named(compiler: Compiler) -> None:
    compiler.native.write_text(
        compiler.native.read_text().replace("cat > ", "echo killed >&2; exit 3; cat > ")
    )
    done = compiler.run(BOTH)
    assert done.returncode == 1
    assert f"{compiler.native} ended with 3: killed" in done.stderr


def test_the_same_job_in_other_words_is_compiled_once(compiler: Compiler) -> None:
    compiler.answer(BOTH)
    (compiler.folder / "B.sol").write_text(BOTH["B.sol"])
    spelled_out = {"metadata": {"bytecodeHash": "none"}, "libraries": {}, "optimizer": {"enabled": False}}
    found = compiler.answer(
        {"A.sol": BOTH["A.sol"]}, {"A.sol": {"*": ["evm.bytecode.object"], "": ["ast"]}}, **spelled_out
    )
    assert compiler.runs == 1
    assert found["contracts"] == {"A.sol": {"A": {"evm": {"bytecode": {"object": "aa"}}}}}
    assert found["sources"] == {"A.sol": {"id": 0, "ast": {"nodeType": "A"}}, "B.sol": {"id": 1}}


def test_an_answer_for_more_sources_serves_fewer(compiler: Compiler) -> None:
    assert [one["message"] for one in compiler.answer(BOTH)["errors"]] == ["of B"]
    alone = {"A.sol": "contract A {}"}
    compiler.answer(alone)
    assert compiler.runs == 2  # not the same text
    found = compiler.answer({"B.sol": BOTH["B.sol"]})
    assert compiler.runs == 2
    assert list(found["contracts"]) == list(found["sources"]) == ["B.sol"]


@pytest.mark.parametrize(
    ("sources", "settings"),
    [
        ({**BOTH, "B.sol": "contract B { uint8 x; }"}, {}),
        ({**BOTH, "C.sol": "contract C {}"}, {}),
        (BOTH, {"optimizer": {"enabled": True}}),
        (BOTH, {"evmVersion": "paris"}),
        (BOTH, {"metadata": {"bytecodeHash": "ipfs"}}),
        (BOTH, {"viaIR": False}),
    ],
)
def test_another_job_is_compiled(compiler: Compiler, sources: dict[str, str], settings: Any) -> None:
    compiler.answer(BOTH)
    compiler.answer(sources, **settings)
    assert compiler.runs == 2


def test_an_imported_file_that_changed_is_compiled_again(compiler: Compiler) -> None:
    vendor = compiler.folder / "node_modules" / "vendor" / "V.sol"
    vendor.parent.mkdir(parents=True)
    sources = {"A.sol": '/* import "x.sol" */\nimport\n  "@vendor/V.sol"; // import "y.sol"\ncontract A {}'}
    for text, runs in (("contract V {}", 1), ("contract V {}", 1), ("contract V { uint8 x; }", 2)):
        vendor.write_text(text)
        compiler.answer(sources, remappings=["@vendor/=node_modules/vendor/"])
        assert compiler.runs == runs
        given = json.loads(Path(f"{compiler.log}.input").read_text())["sources"]
        assert sorted(given) == ["A.sol", "node_modules/vendor/V.sol"]


def test_an_error_is_told_and_not_kept(compiler: Compiler) -> None:
    broken = {"errors": [{"severity": "error", "message": "no"}], "sources": {}}
    (compiler.folder / "answer.json").write_text(json.dumps(broken))
    for runs in (1, 2):
        assert compiler.answer(BOTH)["errors"] == broken["errors"]
        assert compiler.runs == runs


def test_an_answer_that_was_cut_off_is_made_again(compiler: Compiler) -> None:
    compiler.answer(BOTH)
    (kept,) = (compiler.folder / "build" / "solc").glob("*.gz")
    kept.write_bytes(kept.read_bytes()[:50])
    assert compiler.answer(BOTH)["contracts"]["A.sol"] == {"A": {"abi": []}}
    assert compiler.runs == 2
