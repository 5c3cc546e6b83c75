"""`python -m onetonne.artifacts [PROJECT]` builds the artifacts of a project, by default of this folder's."""

import argparse
import json
import sys
from pathlib import Path

from onetonne.artifacts.building import build
from onetonne.errors import ArtifactError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m onetonne.artifacts", description=__doc__)
    parser.add_argument("project", nargs="?", type=Path, default=Path.cwd())
    try:
        built = build(parser.parse_args().project.resolve())
    except ArtifactError as problem:
        print(problem, file=sys.stderr)
        return 1
    for name, path in sorted(built.items()):
        size = len(json.loads(path.read_text(encoding="utf-8"))["deployedBytecode"]) // 2 - 1
        print(f"{name:<16} {size:>6,} bytes of 24,576")
    return 0


if __name__ == "__main__":
    sys.exit(main())
