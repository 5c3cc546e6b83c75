"""Issues one block of serial numbers; its quantity is the block's size. The programme's operator signs.

    ONETONNE_SERIAL="19385-941467007-941467431-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1" \\
    ONETONNE_VERIFICATION=1 ONETONNE_RECORD=IMMO-2026-17 ONETONNE_TO=proponent \\
    ONETONNE_FROM=verra python scripts/mint.py              (or `brownie run scripts/mint`)

ONETONNE_RECORD is the programme registry's record that immobilises the block, made today.
`onetonne.environment` says which variables name home, node and key.
"""

from datetime import UTC, datetime

from onetonne import environment
from onetonne.ledger.issuing import issuance
from onetonne.terms import VerificationId, format_quantity


@environment.script
def main() -> None:
    ledger = environment.ledger()
    verification = environment.number("ONETONNE_VERIFICATION", "the id of the accepted verification")
    block = issuance(
        environment.value("ONETONNE_SERIAL", "the block's serial number"),
        ledger.verification(VerificationId(verification)),
        environment.value("ONETONNE_RECORD", "the record that immobilises the block at its source"),
        datetime.now(UTC).date(),
    )
    to = environment.account(environment.value("ONETONNE_TO", "name or address of who gets the credits"))
    (batch,) = ledger.issue([block], to, signer=environment.signer()).batches
    print(f"Batch {batch}: {format_quantity(block.block.kilograms)}, serial numbers {block.block}.")


if __name__ == "__main__":
    main()
