"""onetonne: certified carbon credits as tokens; one tonne, one token, one claim."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("onetonne")
