"""The command line: it parses, calls the library, and prints. Everything it does, the library can do."""

from onetonne.cli.app import app, main

__all__ = ["app", "main"]
