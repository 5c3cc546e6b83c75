"""Where brownie finds the compiler and anvil: set whenever a Python of .venv starts.

brownie 1.22.2 reads no setting of a project before it compiles, and asks py-solc-x for solc: in a fresh HOME
it would download one. `make setup` runs this file, which writes the .pth file that calls `prepare`.
"""

import os
import sys
import sysconfig
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
# Does nothing once the project has moved elsewhere, and leaves no trace in sys.path.
LINE = (
    f"import os, sys; folder = {str(FOLDER)!r}; os.path.isdir(folder) and (sys.path.append(folder), "
    "__import__('for_brownie').prepare(), sys.path.remove(folder))\n"
)


def prepare() -> None:
    os.environ.setdefault("SOLCX_BINARY_PATH", str(FOLDER))
    programs, path = str(ROOT / "node_modules" / ".bin"), os.environ.get("PATH", "")
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = f"{path}{os.pathsep}{programs}"
    words, here = sys.orig_argv, str(Path.cwd())
    if "run" in words and "." in here and any(Path(word).name == "brownie" for word in words[:2]):
        sys.stderr.write(
            f"Error: `brownie run` can't work in {here}: brownie takes the dot for a module's name. Move the "
            "project to a path without a dot, or run `python scripts/NAME.py`.\n"
        )
        sys.stderr.flush()
        os._exit(1)  # Python is starting yet: an exception would end in a traceback


if __name__ == "__main__":
    target = Path(sysconfig.get_path("purelib")) / "onetonne-for-brownie.pth"
    target.write_text(LINE, encoding="utf-8")
