"""What the twin is made of: everything that a verb may change, and what several verbs ask of it."""

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, cast

from model.records import BUFFER, ESCROW, Account, Programme, Refused, Verification, require
from onetonne.labels import Histories
from onetonne.terms import FreezeScope, VerificationStatus

RESERVES = (BUFFER, ESCROW)

Lots = Sequence[tuple[int, int]]
"""Batch and kilograms, each."""

Verb = TypeVar("Verb", bound=Callable[..., Any])


def all_or_nothing(verb: Verb) -> Verb:
    """Takes everything back where the verb is refused, as a chain does."""

    @wraps(verb)
    def atomic(ledger: "State", *arguments: Any, **named: Any) -> Any:
        before = copy.deepcopy(vars(ledger))
        try:
            return verb(ledger, *arguments, **named)
        except Refused:
            vars(ledger).update(before)
            raise

    return cast(Verb, atomic)


def _none_yet() -> list[Any]:
    return [None]


@dataclass
class State:
    """Ids count from 1; every list has an entry for id 0 that is never used."""

    now: int = 0
    """The second of the next block."""
    programmes: list[Any] = field(default_factory=_none_yet)
    methodologies: list[Any] = field(default_factory=_none_yet)
    vvbs: list[Any] = field(default_factory=_none_yet)
    projects: list[Any] = field(default_factory=_none_yet)
    verifications: list[Any] = field(default_factory=_none_yet)
    batches: list[Any] = field(default_factory=_none_yet)
    retirements: list[Any] = field(default_factory=_none_yet)
    cancellations: list[Any] = field(default_factory=_none_yet)
    redemptions: list[Any] = field(default_factory=_none_yet)
    shortfalls: list[Any] = field(default_factory=_none_yet)
    balances: Counter[tuple[Account, int]] = field(default_factory=Counter)
    certificates: Counter[Account] = field(default_factory=Counter)
    frozen: set[tuple[FreezeScope, Any]] = field(default_factory=set)
    frozen_amounts: Counter[tuple[Account, int]] = field(default_factory=Counter)
    keys: dict[Account, str] = field(default_factory=dict)
    bodies: dict[str, Account] = field(default_factory=dict)
    """By label."""
    hosts: dict[str, Account] = field(default_factory=dict)
    """By country."""
    releases: set[tuple[int, int]] = field(default_factory=set)
    """The VVBs' statements that the buffer gave credits for."""
    histories: Histories = field(default_factory=Histories)
    """What decides labels, as the package's own evaluation reads it."""

    def can_send(self, account: Account) -> bool:
        return account not in RESERVES and (FreezeScope.ACCOUNT, account) not in self.frozen

    def freezes_in_force(self) -> int:
        return len(self.frozen) + sum(amount != 0 for amount in self.frozen_amounts.values())

    def issued(self, project: int, year: int) -> dict[int, int]:
        """Kilograms by batch of a project's vintage year."""
        batches = ((number, batch) for number, batch in numbered(self.batches) if batch.project == project)
        return {number: batch.issued for number, batch in batches if batch.order.year == year}

    def made_good(self, shortfall: int) -> int:
        made = (entry for _, entry in numbered(self.cancellations) if entry.shortfall == shortfall)
        return sum(entry.kilograms for entry in made)

    def outstanding(self, project: int, kind: Any) -> int:
        """What a project has still to make good, of one kind."""
        entries = ((number, entry) for number, entry in numbered(self.shortfalls) if entry.kind == kind)
        return sum(
            entry.kilograms - self.made_good(number) for number, entry in entries if entry.project == project
        )

    def over_issued(self, batch: int) -> int:
        return sum(entry.kilograms for _, entry in numbered(self.shortfalls) if entry.batch == batch)

    def _require_movable(self, number: int) -> None:
        subjects: set[tuple[FreezeScope, Any]] = {(FreezeScope.BATCH, number)}
        if 0 < number < len(self.batches):
            batch = self.batches[number]
            subjects |= {(FreezeScope.PROJECT, batch.project), (FreezeScope.PROGRAMME, batch.programme)}
        require(not subjects & self.frozen, "FrozenBy")

    def _leave(self, holder: Account, lots: Lots) -> None:
        """Takes lots out of an account: each must be free to go, and all of them together."""
        require(len(lots) != 0, "LotsInvalid")
        for batch, kilograms in lots:
            balance, withheld = self.balances[holder, batch], self.frozen_amounts[holder, batch]
            require(self.can_send(holder), "ERC7943CannotSend")
            self._require_movable(batch)
            stays = withheld == 0 or kilograms > balance or kilograms <= max(balance - withheld, 0)
            require(stays, "ERC7943InsufficientUnfrozenBalance")
        self._take(holder, lots)
        for batch, kilograms in lots:
            covered = kilograms == 0 or self.balances[holder, batch] >= self.frozen_amounts[holder, batch]
            require(covered, "ERC7943InsufficientUnfrozenBalance")

    def _take(self, account: Account, lots: Lots) -> None:
        """Takes lots out of an account, whatever is frozen."""
        for batch, kilograms in lots:
            require(kilograms <= self.balances[account, batch], "ERC1155InsufficientBalance")
            self.balances[account, batch] -= kilograms

    def _take_front(self, batch: int, kilograms: int) -> int:
        """The next kilograms from the front of a block; gives the cursor before."""
        require(kilograms != 0, "QuantityZero")
        start = int(self.batches[batch].taken)
        self.batches[batch].taken += kilograms
        return start

    def _operator(self, sender: Account) -> int:
        """The programme that `sender` operates, which must be active."""
        own = next((number for number, body in numbered(self.programmes) if body.operator == sender), 0)
        require(own != 0, "NotAnOperator")
        require(self.programmes[own].active, "ProgrammeNotActive")
        return own

    def _vvb(self, account: Account) -> int:
        """The VVB of that account, which must be active."""
        number = next((number for number, body in numbered(self.vvbs) if body.account == account), 0)
        require(number != 0, "NotAVvb")
        require(self.vvbs[number].active, "VvbNotActive")
        return number

    def _programme(self, number: int) -> Programme:
        require(0 < number < len(self.programmes), "ProgrammeUnknown")
        return cast(Programme, self.programmes[number])

    def _project(self, number: int) -> Any:
        require(0 < number < len(self.projects), "ProjectUnknown")
        return self.projects[number]

    def _batch(self, number: int) -> Any:
        require(0 < number < len(self.batches), "BatchUnknown")
        return self.batches[number]

    def _verification(self, number: int) -> Verification:
        require(0 < number < len(self.verifications), "VerificationUnknown")
        return cast(Verification, self.verifications[number])

    def _accepted_on(self, component: int) -> list[Verification]:
        """Every verification of a component that was accepted, whatever became of it."""
        entries = (entry for _, entry in numbered(self.verifications) if entry.accepted)
        return [entry for entry in entries if self.projects[entry.project].component == component]

    def _standing_on(self, component: int) -> list[Verification]:
        return [
            entry for entry in self._accepted_on(component) if entry.status == VerificationStatus.ACCEPTED
        ]


def numbered(entries: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    return ((number, entry) for number, entry in enumerate(entries) if number)
