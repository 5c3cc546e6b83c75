"""What the AccessManager's events say: which roles, accounts, functions and operations there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from onetonne.deploy.roles import ADMIN
from onetonne.terms import Address


@dataclass(frozen=True, slots=True)
class Operation:
    """A call that was scheduled and neither made nor cancelled."""

    account: Address
    target: Address
    selector: bytes
    ready_at: int
    """Seconds since 1970."""


@dataclass(slots=True)
class AccessEvents:
    """Replayed events, in order. Each argument name is the contract's, or that in small letters with `_`."""

    members: dict[tuple[int, Address], bool] = field(default_factory=dict)
    """Every account that ever had a role; whether it has it after the last event."""
    functions: dict[tuple[Address, bytes], int] = field(default_factory=dict)
    """Role by contract and selector, where one was set."""
    roles: set[int] = field(default_factory=lambda: {ADMIN})
    operations: dict[tuple[str, int], Operation] = field(default_factory=dict)

    def add(self, event: str, arguments: Mapping[str, Any]) -> None:
        """The next event of the AccessManager; others of its names change nothing here."""
        given = {name.replace("_", "").lower(): value for name, value in arguments.items()}
        if "roleid" in given:
            self.roles.add(int(given["roleid"]))
        if event in ("RoleGranted", "RoleRevoked"):
            self.members[int(given["roleid"]), Address(given["account"])] = event == "RoleGranted"
        elif event == "TargetFunctionRoleUpdated":
            self.functions[Address(given["target"]), _bytes(given["selector"])] = int(given["roleid"])
        elif event == "OperationScheduled":
            self.operations[_operation(given)] = Operation(
                Address(given["caller"]),
                Address(given["target"]),
                _bytes(given["data"])[:4],
                int(given["schedule"]),
            )
        elif event in ("OperationExecuted", "OperationCanceled"):
            self.operations.pop(_operation(given), None)


def _operation(given: Mapping[str, Any]) -> tuple[str, int]:
    return _bytes(given["operationid"]).hex(), int(given["nonce"])


def _bytes(value: str | bytes) -> bytes:
    return bytes.fromhex(value[2:]) if isinstance(value, str) else value
