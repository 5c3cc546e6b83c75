"""onetonne: certified carbon credits as tokens; one tonne, one token, one claim."""

__all__ = ["__version__"]

__version__: str


def __getattr__(name: str) -> str:
    """Look up the version where it is asked for: reading the package's metadata is slow."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version

    return version(__name__)
