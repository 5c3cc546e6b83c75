"""Programme registries' serial numbers: the one place off chain that turns them into blocks, and back.

`parse` takes a programme registry's string to a `ParsedSerial`, whose `block` names the same tonnes however
the string was spelled; `format` writes the programme's own form again. `ROOTS` is the table of namespaces
that governance registers on chain.
"""

from onetonne.serials.grammars import detect, format, parse
from onetonne.serials.parsed import Grammar, ParsedSerial
from onetonne.serials.roots import ROOTS, Root, block, check_prefix, root_named

__all__ = [
    "ROOTS",
    "Grammar",
    "ParsedSerial",
    "Root",
    "block",
    "check_prefix",
    "detect",
    "format",
    "parse",
    "root_named",
]
