"""`python -m onetonne.artifacts [PROJECT]` builds a project's artifacts and its folder `abi/`.

The project is by default this folder's.
"""

import argparse
import json
import sys
from pathlib import Path

from onetonne.artifacts.building import build
from onetonne.artifacts.formats import write_abis
from onetonne.errors import ArtifactError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m onetonne.artifacts", description=__doc__)
    parser.add_argument("project", nargs="?", type=Path, default=Path.cwd())
    project = parser.parse_args().project.resolve()
    try:
        built = build(project)
    except ArtifactError as problem:
        print(problem, file=sys.stderr)
        return 1
    artifacts = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in sorted(built.items())}
    write_abis({name: artifact["abi"] for name, artifact in artifacts.items()}, project / "abi")
    for name, artifact in artifacts.items():
        size = len(artifact["deployedBytecode"]) // 2 - 1
        print(f"{name:<16} {size:>6,} bytes of 24,576")
    return 0


if __name__ == "__main__":
    sys.exit(main())
