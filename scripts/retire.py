"""Retires part of a batch for good. The details stay in the home, and their hash goes on chain.

    ONETONNE_BATCH=1 ONETONNE_QUANTITY=1.5t \\
    ONETONNE_BENEFICIARY_NAME="Aero SA" ONETONNE_REASON="Flights of 2026" \\
    ONETONNE_FROM=airline python scripts/retire.py          (or `brownie run scripts/retire`)

`onetonne.environment` says which variables name home, node and key.
"""

from onetonne import environment
from onetonne.details import retire_keeping
from onetonne.home import home
from onetonne.terms import BatchId, Lot, RetirementDetails, parse_quantity


@environment.script
def main() -> None:
    ledger, signer = environment.ledger(), environment.signer()
    lot = Lot(
        BatchId(environment.number("ONETONNE_BATCH", "the batch's id")),
        parse_quantity(environment.value("ONETONNE_QUANTITY", "how much, such as 1.5t")),
    )
    details = RetirementDetails(
        beneficiary=environment.value("ONETONNE_BENEFICIARY_NAME", "on whose behalf"),
        reason=environment.value("ONETONNE_REASON", "what for"),
    )
    done, kept = retire_keeping(ledger, home(), [lot], signer.address, details, signer=signer)
    print(f"Certificate {done.retirements[0]}; its details are in {kept}.")


if __name__ == "__main__":
    main()
