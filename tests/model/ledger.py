"""The twin's verbs."""

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, cast

from model.records import (
    BUFFER,
    ESCROW,
    KILOGRAMS_PER_TONNE,
    Account,
    Batch,
    Order,
    Programme,
    Project,
    Record,
    Redemption,
    Refused,
    Verification,
    Vvb,
    require,
)
from onetonne.terms import CancellationKind, FreezeScope, RedemptionStatus, VerificationStatus

RESERVES = (BUFFER, ESCROW)
WAITING_TIME = 14 * 86_400

Lots = Sequence[tuple[int, int]]
"""Batch and kilograms, each."""

Verb = TypeVar("Verb", bound=Callable[..., Any])


def all_or_nothing(verb: Verb) -> Verb:
    """Takes everything back where the verb is refused, as a chain does."""

    @wraps(verb)
    def atomic(ledger: "Ledger", *arguments: Any, **named: Any) -> Any:
        before = copy.deepcopy(vars(ledger))
        try:
            return verb(ledger, *arguments, **named)
        except Refused:
            vars(ledger).update(before)
            raise

    return cast(Verb, atomic)


@dataclass
class Ledger:
    """Ids count from 1; every list has an entry for id 0 that is never used."""

    now: int = 0
    programmes: list[Any] = field(default_factory=lambda: [None])
    vvbs: list[Any] = field(default_factory=lambda: [None])
    projects: list[Any] = field(default_factory=lambda: [None])
    verifications: list[Any] = field(default_factory=lambda: [None])
    batches: list[Any] = field(default_factory=lambda: [None])
    retirements: list[Any] = field(default_factory=lambda: [None])
    cancellations: list[Any] = field(default_factory=lambda: [None])
    redemptions: list[Any] = field(default_factory=lambda: [None])
    balances: Counter[tuple[Account, int]] = field(default_factory=Counter)
    certificates: Counter[Account] = field(default_factory=Counter)
    frozen: set[tuple[FreezeScope, Any]] = field(default_factory=set)
    frozen_amounts: Counter[tuple[Account, int]] = field(default_factory=Counter)
    keys: dict[Account, str] = field(default_factory=dict)

    # -- who may certify

    def admit_programme(self, operator: Account, buffer_basis_points: int = 0) -> None:
        self._take_key(operator, "operator")
        self.programmes.append(Programme(operator, buffer_basis_points))

    def admit_vvb(self, account: Account) -> None:
        self._take_key(account, "vvb")
        self.vvbs.append(Vvb(account))

    def register_project(self, programme: int, component: int) -> None:
        self.projects.append(Project(programme, component))

    def set_standing(self, body: Programme | Vvb, active: bool) -> None:
        require(body.active != active, "StandingUnchanged")
        body.active = active

    # -- what was verified

    @all_or_nothing
    def propose(
        self, sender: Account, project: int, days: tuple[int, int], verified: int, supersedes: int
    ) -> None:
        vvb = next((number for number, body in _numbered(self.vvbs) if body.account == sender), 0)
        require(vvb != 0, "NotAVvb")
        require(self.vvbs[vvb].active, "VvbNotActive")
        require(days[0] <= days[1], "VerificationPeriodInvalid")
        require(verified != 0, "VerificationEmpty")
        statement = Verification(project, vvb, *days, verified, supersedes, cap=verified)
        self.verifications.append(statement)

    @all_or_nothing
    def accept(self, sender: Account, number: int) -> None:
        entry = self._verification(number)
        require(entry.status == VerificationStatus.PROPOSED, "VerificationStatusIs")
        project = self.projects[entry.project]
        own = next((n for n, body in _numbered(self.programmes) if body.operator == sender), 0)
        require(own != 0, "NotAnOperator")
        require(self.programmes[own].active, "ProgrammeNotActive")
        require(own == project.programme, "VerificationOfOtherProgramme")
        require(self.vvbs[entry.vvb].active, "VvbNotActive")
        if entry.supersedes:
            self._inherit(entry)
        else:
            claims = [one for one in self._accepted_on(project.component) if not one.supersedes]
            free = not any(_meet(one.start, one.end, entry.start, entry.end) for one in claims)
            require(free, "MonitoringPeriodOverlaps")
        entry.status, entry.accepted = VerificationStatus.ACCEPTED, True

    @all_or_nothing
    def withdraw_verification(self, sender: Account, number: int) -> None:
        entry = self._verification(number)
        pending = entry.status in (VerificationStatus.PROPOSED, VerificationStatus.ACCEPTED)
        require(pending, "VerificationStatusIs")
        operator = self.programmes[self.projects[entry.project].programme].operator
        require(sender in (operator, self.vvbs[entry.vvb].account), "NotAllowedToWithdraw")
        entry.status = VerificationStatus.WITHDRAWN
        entry.carried += entry.issued

    # -- credits

    @all_or_nothing
    def issue(self, sender: Account, programme: int, orders: Sequence[Order], recipient: Account) -> None:
        """All orders under roots of `programme`."""
        require(len(orders) != 0, "LotsInvalid")
        opened = [self._open(sender, programme, order) for order in orders]
        require(self.can_send(recipient), "ERC7943CannotReceive")
        for number in opened:
            self._require_movable(number)
            share = self.programmes[programme].buffer_basis_points
            withheld = -(-self.batches[number].issued * share // 10_000)
            self.balances[BUFFER, number] += withheld
            self.balances[recipient, number] += self.batches[number].issued - withheld

    def _open(self, sender: Account, programme: int, order: Order) -> int:
        taken = [b for _, b in _numbered(self.batches) if b.order.namespace == order.namespace]
        free = not any(_meet(b.order.first, b.order.last, order.first, order.last) for b in taken)
        require(free, "SerialBlockOverlaps")
        body = self.programmes[programme]
        require(body.operator == sender, "NotOperator")
        require(body.active, "ProgrammeNotActive")
        entry = self._verification(order.verification)
        require(entry.status == VerificationStatus.ACCEPTED, "VerificationStatusIs")
        require(self.projects[entry.project].programme == programme, "VerificationOfOtherProgramme")
        require(entry.start <= order.vintage[0] and order.vintage[1] <= entry.end, "VintageOutsidePeriod")
        kilograms = KILOGRAMS_PER_TONNE * (order.last - order.first + 1)
        require(kilograms <= entry.cap - entry.issued, "VerifiedQuantityExceeded")
        entry.issued += kilograms
        self.batches.append(Batch(order, programme, entry.project, kilograms))
        return len(self.batches) - 1

    @all_or_nothing
    def transfer(self, holder: Account, to: Account, batch: int, kilograms: int) -> None:
        require(to not in RESERVES, "ERC7943CannotReceive")
        require(self.can_send(to), "ERC7943CannotReceive")
        self._leave(holder, [(batch, kilograms)])
        self.balances[to, batch] += kilograms

    @all_or_nothing
    def retire(self, sender: Account, lots: Lots, holder: Account, beneficiary: Account) -> None:
        require(beneficiary not in RESERVES, "BeneficiaryInvalid")
        for batch, start, kilograms in self._take_front(sender, lots, holder):
            self.retirements.append(Record(beneficiary, batch, start, kilograms))
            self.certificates[beneficiary] += 1

    @all_or_nothing
    def cancel(self, sender: Account, lots: Lots, holder: Account, kind: CancellationKind) -> None:
        require(kind != CancellationKind.REVERSAL, "CancellationKindReserved")
        for batch, start, kilograms in self._take_front(sender, lots, holder):
            self.cancellations.append(Record(holder, batch, start, kilograms))
            self.batches[batch].cancelled += kilograms

    def _take_front(self, sender: Account, lots: Lots, holder: Account) -> Iterator[tuple[int, int, int]]:
        require(len(lots) != 0, "LotsInvalid")
        require(sender == holder, "NotHolderNorApproved")
        self._leave(holder, lots)
        for batch, kilograms in lots:
            require(kilograms != 0, "QuantityZero")
            yield batch, self.batches[batch].taken, kilograms
            self.batches[batch].taken += kilograms

    # -- back to the programme registry

    @all_or_nothing
    def request(self, sender: Account, batch: int, kilograms: int, holder: Account) -> None:
        require(sender == holder, "NotHolderNorApproved")
        require(kilograms != 0 and kilograms % KILOGRAMS_PER_TONNE == 0, "RedemptionNotWholeTonnes")
        self._leave(holder, [(batch, kilograms)])
        self.balances[ESCROW, batch] += kilograms
        self.redemptions.append(Redemption(holder, batch, kilograms, self.now))

    @all_or_nothing
    def confirm(self, sender: Account, number: int, first: int, last: int) -> None:
        entry = self._answered(sender, number)
        batch = self.batches[entry.batch]
        require(self.can_send(entry.holder), "ERC7943CannotSend")
        self._require_movable(entry.batch)
        on_hand = self.balances[entry.holder, entry.batch]
        covered = on_hand >= self.frozen_amounts[entry.holder, entry.batch]
        require(covered, "ERC7943InsufficientUnfrozenBalance")
        self.balances[ESCROW, entry.batch] -= entry.kilograms
        expected_last = batch.order.last - batch.redeemed // KILOGRAMS_PER_TONNE
        expected_first = expected_last + 1 - entry.kilograms // KILOGRAMS_PER_TONNE
        require((first, last) == (expected_first, expected_last), "RedemptionSerialsDiffer")
        batch.redeemed += entry.kilograms
        entry.status, entry.first, entry.last = RedemptionStatus.CONFIRMED, first, last

    @all_or_nothing
    def refuse(self, sender: Account, number: int) -> None:
        self._give_back(self._answered(sender, number), RedemptionStatus.REFUSED)

    @all_or_nothing
    def withdraw(self, sender: Account, number: int) -> None:
        entry = self._requested(number)
        require(sender == entry.holder, "NotRedeemer")
        require(self.now >= entry.requested_at + WAITING_TIME, "RedemptionWaiting")
        self._give_back(entry, RedemptionStatus.WITHDRAWN)

    def _requested(self, number: int) -> Redemption:
        require(0 < number < len(self.redemptions), "RedemptionUnknown")
        entry: Redemption = self.redemptions[number]
        require(entry.status == RedemptionStatus.REQUESTED, "RedemptionStatusIs")
        return entry

    def _answered(self, sender: Account, number: int) -> Redemption:
        entry = self._requested(number)
        operator = self.programmes[self.batches[entry.batch].programme].operator
        require(sender == operator, "NotOperatorOfBatch")
        return entry

    def _give_back(self, entry: Redemption, status: RedemptionStatus) -> None:
        entry.status = status
        self.balances[ESCROW, entry.batch] -= entry.kilograms
        self.balances[entry.holder, entry.batch] += entry.kilograms

    # -- the regulator

    def freeze(self, scope: FreezeScope, subject: Any) -> None:
        require((scope, subject) not in self.frozen, "FreezeUnchanged")
        self.frozen.add((scope, subject))

    def lift(self, scope: FreezeScope, subject: Any) -> None:
        require((scope, subject) in self.frozen, "FreezeUnchanged")
        self.frozen.remove((scope, subject))

    def set_frozen(self, account: Account, batch: int, kilograms: int) -> None:
        require(0 < batch < len(self.batches), "BatchUnknown")
        self.frozen_amounts[account, batch] = kilograms

    @all_or_nothing
    def forced_transfer(self, holder: Account, to: Account, batch: int, kilograms: int) -> None:
        require(holder not in RESERVES, "ERC7943CannotSend")
        require(self.can_send(to), "ERC7943CannotReceive")
        require(kilograms <= self.balances[holder, batch], "ERC1155InsufficientBalance")
        self.balances[holder, batch] -= kilograms
        self.balances[to, batch] += kilograms
        left = self.balances[holder, batch]
        self.frozen_amounts[holder, batch] = min(self.frozen_amounts[holder, batch], left)

    def can_send(self, account: Account) -> bool:
        return account not in RESERVES and (FreezeScope.ACCOUNT, account) not in self.frozen

    def freezes_in_force(self) -> int:
        return len(self.frozen) + sum(amount != 0 for amount in self.frozen_amounts.values())

    def _require_movable(self, number: int) -> None:
        subjects: set[tuple[FreezeScope, Any]] = {(FreezeScope.BATCH, number)}
        if 0 < number < len(self.batches):
            batch = self.batches[number]
            subjects |= {(FreezeScope.PROJECT, batch.project), (FreezeScope.PROGRAMME, batch.programme)}
        require(not subjects & self.frozen, "FrozenBy")

    def _leave(self, holder: Account, lots: Lots) -> None:
        """Takes lots out of an account: each must be free to go, and all of them together."""
        for batch, kilograms in lots:
            balance, withheld = self.balances[holder, batch], self.frozen_amounts[holder, batch]
            require(self.can_send(holder), "ERC7943CannotSend")
            self._require_movable(batch)
            stays = withheld == 0 or kilograms > balance or kilograms <= max(balance - withheld, 0)
            require(stays, "ERC7943InsufficientUnfrozenBalance")
        for batch, kilograms in lots:
            require(kilograms <= self.balances[holder, batch], "ERC1155InsufficientBalance")
            self.balances[holder, batch] -= kilograms
        for batch, kilograms in lots:
            covered = kilograms == 0 or self.balances[holder, batch] >= self.frozen_amounts[holder, batch]
            require(covered, "ERC7943InsufficientUnfrozenBalance")

    # -- what the verbs ask

    def _take_key(self, account: Account, kind: str) -> None:
        require(account not in self.keys, "KeyTaken")
        self.keys[account] = kind

    def _verification(self, number: int) -> Verification:
        require(0 < number < len(self.verifications), "VerificationUnknown")
        return cast(Verification, self.verifications[number])

    def _accepted_on(self, component: int) -> list[Verification]:
        entries = (entry for _, entry in _numbered(self.verifications) if entry.accepted)
        return [entry for entry in entries if self.projects[entry.project].component == component]

    def _inherit(self, entry: Verification) -> None:
        """The days of the first in the chain, and all that was issued for them by now."""
        require(0 < entry.supersedes < len(self.verifications), "NotSupersedable")
        before = self.verifications[entry.supersedes]
        require(before.accepted and before.status == VerificationStatus.WITHDRAWN, "NotSupersedable")
        require(before.project == entry.project, "NotSupersedable")
        claim = before
        while claim.supersedes:
            claim = self.verifications[claim.supersedes]
        require(claim.start <= entry.start and entry.end <= claim.end, "NotSupersedable")
        before.status = VerificationStatus.SUPERSEDED
        entry.carried = before.carried
        entry.cap = max(entry.verified - entry.carried, 0)


def _numbered(entries: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    return ((number, entry) for number, entry in enumerate(entries) if number)


def _meet(first: int, last: int, other_first: int, other_last: int) -> bool:
    return first <= other_last and other_first <= last
