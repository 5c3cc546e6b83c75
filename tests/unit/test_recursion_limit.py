"""A library that raises Python's recursion limit must not turn a hostile file into a crash."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

PY_ECC = "import sys\nsys.setrecursionlimit(max(100000, sys.getrecursionlimit()))\n"
READ = """
import sys
from pathlib import Path
from onetonne.errors import FormatError
from onetonne.registries.documents import read_records
try:
    read_records(Path(sys.argv[1]), "utf-8")
except FormatError as problem:
    print(sys.getrecursionlimit(), problem)
"""


@pytest.mark.parametrize("order", ["import py_ecc, onetonne", "import onetonne, py_ecc, onetonne.chain"])
def test_json_nested_too_deeply_is_refused_whatever_was_imported(tmp_path: Path, order: str) -> None:
    if find_spec("py_ecc") is None:  # not with every release of web3's parts
        (tmp_path / "py_ecc.py").write_text(PY_ECC)
    nested = tmp_path / "nested.json"
    nested.write_text("[" * 100_000)
    done = subprocess.run(
        [sys.executable, "-c", f"{order}\n{READ}", nested],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1000 ")
    assert "no JSON that can be read" in done.stdout
