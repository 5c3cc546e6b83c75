"""onetonne: certified carbon credits as tokens; one tonne, one token, one claim."""

import sys

__all__ = ["__version__"]

__version__: str


def __getattr__(name: str) -> str:
    """Look up the version where it is asked for: reading the package's metadata is slow."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version

    return version(__name__)


def undo_recursion_limit() -> None:
    """Take back the recursion limit of py_ecc, which comes with web3 and raises it to 100,000 when imported.

    Under that limit Python 3.11 crashes on JSON that is nested too deeply, instead of raising RecursionError.
    """
    if "py_ecc" in sys.modules and sys.getrecursionlimit() == 100_000:
        sys.setrecursionlimit(1000)  # Python's own


undo_recursion_limit()
