"""The twin: what the ledger does, in plain Python, to be driven side by side with the contracts.

    ledger = Ledger()
    ledger.admit_programme("operator")
    ...
    check(ledger, seen)

A verb changes the twin or raises `Refused` with the name of the contracts' error; where a call breaks several
rules, the one that the contracts check first. Everything is found by looking at everything: no list of
ranges, no hint, no slot. Left out: spelling of prefixes and codes, signatures, governance's own keys. Which
labels a batch holds is `onetonne.labels`' to say, the package's own twin of the contract.
"""

from model.invariants import INVARIANTS, Seen, check
from model.ledger import Ledger
from model.records import BUFFER, ESCROW, Order, Refused

__all__ = ["BUFFER", "ESCROW", "INVARIANTS", "Ledger", "Order", "Refused", "Seen", "check"]
