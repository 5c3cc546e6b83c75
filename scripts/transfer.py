"""Gives part of a batch to another account.

    ONETONNE_BATCH=1 ONETONNE_QUANTITY=1.5t ONETONNE_TO=airline \\
    ONETONNE_FROM=proponent python scripts/transfer.py      (or `brownie run scripts/transfer`)

`onetonne.environment` says which variables name home, node and key.
"""

from onetonne import environment
from onetonne.terms import BatchId, format_quantity, parse_quantity


@environment.script
def main() -> None:
    ledger = environment.ledger()
    batch = BatchId(environment.number("ONETONNE_BATCH", "the batch's id"))
    kilograms = parse_quantity(environment.value("ONETONNE_QUANTITY", "how much, such as 1.5t"))
    to = environment.account(environment.value("ONETONNE_TO", "name or address of who gets the credits"))
    ledger.transfer(batch, kilograms, to, signer=environment.signer())
    print(f"{format_quantity(kilograms)} of batch {batch} went to {to}.")


if __name__ == "__main__":
    main()
