"""Starting costs little: what a command needs is imported when it runs, and Ctrl-C ends it at any moment."""

import os
import signal
import subprocess
import sys
import time

import pytest

from onetonne.cli import app

HEAVY = {
    *("web3", "eth_account", "eth_abi", "eth_utils", "aiohttp", "requests", "websockets"),
    *("sqlalchemy", "psycopg", "polars", "python_calamine", "fpdf", "fontTools", "pypdf", "PIL", "segno"),
}
"""What starting, the help of any command and completion may not import."""

REPORT = """
import sys
from onetonne.cli import main
try:
    main()
finally:
    print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""

IMPORTS = "import sys, onetonne.cli.batch; print(*{name.partition('.')[0] for name in sys.modules})"


def modules(*words: str, **environment: str) -> set[str]:
    """The top-level modules that a command line imported."""
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout
    return set(done.stderr.split())


def test_the_version_imports_nothing_heavy() -> None:
    assert not modules("--version") & HEAVY


def test_the_help_of_all_commands_imports_nothing_heavy() -> None:
    assert not modules("--help") & HEAVY


def test_the_help_of_each_command_imports_nothing_heavy() -> None:
    """In one process: `load` is all that the help of one command adds."""
    script = (
        "import sys\nfrom onetonne.cli import app\nfor name in app.COMMANDS: app.load(name)\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert len(app.COMMANDS) > 30
    assert not set(done.stdout.split()) & HEAVY


@pytest.mark.parametrize(("words", "found"), [("onetonne ret", "retire"), ("onetonne batch l", "list")])
def test_completion_imports_nothing_heavy(words: str, found: str) -> None:
    asked = {"_ONETONNE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = subprocess.run(
        [sys.executable, "-c", REPORT],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found in done.stdout.split()
    assert not set(done.stderr.split()) & HEAVY


def test_a_list_imports_nothing_of_certificates_or_export_files() -> None:
    script = "import onetonne.index, onetonne.policy, onetonne.ledger; " + IMPORTS
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    drawing_and_reading = {"fpdf", "fontTools", "pypdf", "PIL", "segno", "polars", "python_calamine"}
    assert not set(done.stdout.split()) & drawing_and_reading


def test_ctrl_c_at_any_moment_is_one_sentence() -> None:
    """From the first import that `main` makes; before that it is Python itself that starts."""
    script = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a background job's children ignore it
        "from onetonne.cli import main\n"
        "def tell(event, arguments):\n"
        "    if event == 'import' and arguments[0] == 'onetonne.cli.app':\n"
        "        print('started', flush=True)\n"
        "sys.addaudithook(tell)\n"
        "main()"
    )
    ended = set()
    for number in range(12):
        command = [sys.executable, "-c", script, "index", "sync", "--rpc", "http://127.0.0.1:9"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "started\n"
            time.sleep(number * 0.08)
            process.send_signal(signal.SIGINT)
            _, problem = process.communicate(timeout=20)
        assert problem.startswith("Error: ")
        assert problem.count("\n") == 1
        ended.add(process.returncode)
    assert 130 in ended
    # No node answers: 1 where the command had said so when the signal came, killed where Python was ending.
    assert ended <= {130, 1, -signal.SIGINT}
