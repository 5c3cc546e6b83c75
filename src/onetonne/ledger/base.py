"""What every part of the ledger shares: the contracts of a deployment, reading them and sending to them."""

import re
from collections.abc import Sequence
from typing import Any

from web3.contract import Contract
from web3.contract.contract import ContractFunction

from onetonne.chain import Chain, Sent, Signer, checked_address
from onetonne.deploy import CONTRACTS, Deployment
from onetonne.errors import BadInput, CodeError, QuantityError, Scheduled, quoted
from onetonne.terms import (
    MAX_KILOGRAMS,
    Address,
    BatchId,
    Kilograms,
    Lot,
    ProjectId,
    code_bytes32,
    code_text,
)

_COUNTRY = re.compile(r"[A-Z]{2}")
_BALANCES_A_CALL = 1000


class LedgerBase:
    """The contracts of one deployment on one chain. Raises `DeploymentError` where they are not there."""

    def __init__(self, chain: Chain, deployment: Deployment) -> None:
        deployment.check(chain)
        self.chain = chain
        self.deployment = deployment
        self._contracts = {name: chain.contract(name, deployment.addresses[name]) for name in CONTRACTS}

    def contract(self, name: str) -> Contract:
        """A contract of the deployment, for what has no verb here."""
        return self._contracts[name]

    def _function(self, contract: str, name: str, *arguments: Any) -> ContractFunction:
        return self.chain.function(self._contracts[contract], name, *arguments)

    def _read(self, contract: str, name: str, *arguments: Any) -> Any:
        return self.chain.call(self._function(contract, name, *arguments))

    def _balances(self, owner: Address) -> dict[BatchId, Kilograms]:
        """What an account holds more than nothing of, batch by batch. Asks for every batch there is."""
        batches = self._read("Credits", "counts").batches
        held: dict[BatchId, Kilograms] = {}
        for first in range(1, batches + 1, _BALANCES_A_CALL):
            some = range(first, min(first + _BALANCES_A_CALL, batches + 1))
            balances = self._read("Credits", "balanceOfBatch", [owner] * len(some), list(some))
            held |= {
                BatchId(batch): Kilograms(balance)
                for batch, balance in zip(some, balances, strict=True)
                if balance
            }
        return held

    def _project_codes(self, project: ProjectId) -> tuple[str, str]:
        """The code of a project's programme, and the programme's own number for the project."""
        found = self._read("Projects", "project", project)
        return code_text(self._read("Programmes", "programmeCode", found.programme)), code_text(found.code)

    def _send(self, function: ContractFunction, signer: Signer, dry_run: bool) -> Sent:
        return self.chain.send(function, signer, dry_run=dry_run)

    def _govern(self, function: ContractFunction, signer: Signer, dry_run: bool) -> Sent:
        """As `_send`, for what the `AccessManager` guards: schedules a call whose account has a delay.

        Raises `Scheduled` until the delay has passed.
        """
        waiting = self._waiting(function, signer, dry_run)
        if waiting is not None:
            raise waiting
        return self._send(function, signer, dry_run)

    def _waiting(self, function: ContractFunction, signer: Signer, dry_run: bool) -> Scheduled | None:
        """How long a guarded call must wait; None where it can be made now. Schedules it, once."""
        target, data = function.address, self.chain.encoded(function)
        selector = data[:4]
        immediate, delay = self._read("AccessManager", "canCall", signer.address, target, selector)
        if immediate or delay == 0:
            return None
        operation = self._read("AccessManager", "hashOperation", signer.address, target, data)
        ready_at = self._read("AccessManager", "getSchedule", operation)
        now = self.chain.block("latest").time
        if ready_at == 0:
            if dry_run:
                return Scheduled(now + delay, dry_run=True)
            schedule = self._function("AccessManager", "schedule", target, data, 0)
            sent = self._send(schedule, signer, dry_run)
            return Scheduled(self._read("AccessManager", "getSchedule", operation), sent.transaction)
        return Scheduled(ready_at) if ready_at > now else None


def ids(sent: Sent, event: str, argument: str) -> list[int]:
    """The ids that a verb made, as its events tell; of a dry run, as the function returned them."""
    if sent.transaction is not None:
        return [found.arguments[argument] for found in sent.events if found.name == event]
    return list(sent.returned) if isinstance(sent.returned, (list, tuple)) else [sent.returned]


def country_bytes2(country: str) -> bytes:
    """Raises `CodeError` unless it is two letters."""
    code = country.strip().upper()
    if not _COUNTRY.fullmatch(code):
        raise CodeError(f"Country {quoted(country)} is not two letters: give its ISO 3166-1 alpha-2 code.")
    return code.encode("ascii")


def word(value: bytes, name: str) -> bytes:
    """Raises `BadInput` unless `value` is 32 bytes."""
    if len(value) != 32:
        raise BadInput(f"The {name} has {len(value)} bytes: give 32.")
    return value


def type_word(activity_type: str) -> bytes:
    """A programme's type code as the contracts take it; empty stands for none. Raises `CodeError`."""
    return code_bytes32(activity_type) if activity_type else bytes(32)


def code_or_hexadecimal(code: bytes) -> str:
    """A code that the contracts did not check, as text where it is one; empty where it is not set."""
    try:
        return code_text(code) if any(code) else ""
    except CodeError:
        return f"0x{code.hex()}"


def lot_tuples(lots: Sequence[Lot]) -> list[tuple[int, int]]:
    """Lots as the contracts take them. Raises `QuantityError`."""
    return [(lot.batch, checked_kilograms(lot.kilograms)) for lot in lots]


def checked_kilograms(kilograms: Kilograms) -> Kilograms:
    """Raises `QuantityError` for what no batch can hold. Zero is the contracts' to refuse."""
    if not 0 <= kilograms <= MAX_KILOGRAMS:
        raise QuantityError(f"A quantity of {kilograms} kg can't be: give 1 to {MAX_KILOGRAMS} kg.")
    return kilograms


def holder_of(signer: Signer, holder: Address | None) -> Address:
    """Whose credits: the signer's own, where nobody is named."""
    return signer.address if holder is None else checked_address(holder)
