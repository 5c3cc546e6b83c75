"""The command line: it parses, calls the library, and prints. Everything it does, the library can do."""

import os
import signal
import sys
from types import FrameType

__all__ = ["main"]


def main() -> None:
    """Run `onetonne`. Ctrl-C ends it with 130 and one sentence, however early it comes."""
    try:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, end_at_once)
    except KeyboardInterrupt:
        end_at_once()
    from onetonne.cli.app import app

    app(prog_name="onetonne")


def end_at_once(_number: int = signal.SIGINT, _frame: FrameType | None = None) -> None:
    """Handle Ctrl-C until a command begins: nothing was sent or opened so far.

    An exception would meet modules half imported, some of which turn it into an error of their own.
    """
    sys.stderr.write("Error: Interrupted before anything was done.\n")
    sys.stderr.flush()
    os._exit(130)
