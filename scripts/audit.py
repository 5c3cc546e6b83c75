"""Proves from the chain alone that nothing was counted twice. Exit code 1 where something is broken.

    ONETONNE_RPC=https://node.example ONETONNE_CREDITS=0x... python scripts/audit.py
    brownie run scripts/audit

`onetonne.environment` says which variables name home and node.
"""

import sys
import tempfile
from pathlib import Path

from onetonne import environment
from onetonne.audit import audit
from onetonne.index import Index


@environment.script
def main() -> None:
    ledger = environment.ledger()
    with tempfile.TemporaryDirectory() as folder, Index.open(Path(folder) / "index.sqlite") as index:
        report = audit(ledger.chain, ledger.deployment, index)
    for result in report.results:
        print(f"{result.id:<5}  {result.verdict:<6}  {result.title} ({result.count:,} {result.of})")
    for finding in report.findings:
        print(f"{finding.invariant}, {finding.subject}: {finding.problem}")
    sys.exit(0 if report.holds else 1)


if __name__ == "__main__":
    main()
