"""`with refused("NotOperator", 1, alice):` expects exactly this custom error of a contract."""

from typing import Any

import brownie


def refused(error: str, *arguments: Any) -> Any:
    return brownie.reverts(f"{error}: {', '.join(_written(argument) for argument in arguments)}")


def _written(argument: Any) -> str:
    """As brownie 1.22.2 writes an error's argument: addresses in lower case, words as Python's bytes."""
    address = getattr(argument, "address", argument)
    return address.lower() if isinstance(address, str) and address.startswith("0x") else str(address)
