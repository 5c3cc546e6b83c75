"""The way of a tonne on a chain of its own, from export file to certificate; and every way to count it twice.

    make demo

Exit code 0 only if the contracts refused every attempt for the right reason, and the audit finds nothing.
"""

import argparse
import sys
from pathlib import Path

from demonstration.stage import Stage
from demonstration.story import tell

from onetonne.errors import OnetonneError

HOME = Path(__file__).resolve().parents[1] / "build" / "demo"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Show what onetonne does, on a local chain of its own.")
    parser.add_argument("--home", type=Path, default=HOME, help="folder for the chain; emptied first")
    home: Path = parser.parse_args(arguments).home
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal may lack a letter
    try:
        with Stage.set(home) as stage:
            return tell(stage)
    except OnetonneError as problem:
        print(f"Error: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the local chain is ended.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
