"""The twin's verbs of those who certify, hold, retire and regulate."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from model.labels import LabelVerbs
from model.records import (
    BUFFER,
    ESCROW,
    KILOGRAMS_PER_TONNE,
    Account,
    Batch,
    Methodology,
    Order,
    Programme,
    Project,
    Redemption,
    Retirement,
    Verification,
    Vvb,
    require,
)
from model.shortfalls import ShortfallVerbs
from model.state import RESERVES, Lots, all_or_nothing, numbered
from onetonne.labels.entries import Issued
from onetonne.labels.entries import Project as Labelled
from onetonne.terms import (
    BatchId,
    CancellationKind,
    Days,
    FreezeScope,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Purpose,
    RedemptionStatus,
    Seconds,
    ShortfallKind,
    VerificationStatus,
    from_days,
    to_days,
)

WAITING_TIME = 14 * 86_400
RESERVED = (CancellationKind.CORSIA, CancellationKind.REVERSAL, CancellationKind.REPLACEMENT)


class Ledger(LabelVerbs, ShortfallVerbs):
    # -- who may certify

    def admit_programme(self, operator: Account) -> None:
        self._take_key(operator, "operator")
        self.programmes.append(Programme(operator))

    def register_methodology(
        self, programme: int, buffer_basis_points: int = 0, monitoring_years: int = 0
    ) -> None:
        self.methodologies.append(Methodology(programme, buffer_basis_points, monitoring_years))

    def admit_vvb(self, account: Account) -> None:
        self._take_key(account, "vvb")
        self.vvbs.append(Vvb(account))

    def register_project(
        self, programme: int, component: int, *, country: str, activity_type: str, crediting_start: int
    ) -> None:
        number, start = ProjectId(len(self.projects)), Days(crediting_start)
        self.projects.append(Project(programme, component, country))
        self.histories.projects[number] = Labelled(
            number, ProgrammeId(programme), "", activity_type, country, start
        )

    def set_standing(self, body: Programme | Vvb, active: bool) -> None:
        require(body.active != active, "StandingUnchanged")
        body.active = active

    # -- what was verified

    @all_or_nothing
    def propose(
        self,
        sender: Account,
        project: int,
        methodology: int,
        days: tuple[int, int],
        verified: int,
        supersedes: int,
        monitored: bool = True,
    ) -> None:
        """`monitored` says whether the statement has a root of monitoring data."""
        vvb = self._vvb(sender)
        past = days[0] <= days[1] and days[1] * 86_400 <= self.now
        require(past, "VerificationPeriodInvalid")
        require(verified != 0, "VerificationEmpty")
        statement = Verification(
            project, vvb, methodology, *days, verified, supersedes, monitored, cap=verified
        )
        self.verifications.append(statement)

    @all_or_nothing
    def accept(self, sender: Account, number: int) -> None:
        entry = self._verification(number)
        require(entry.status == VerificationStatus.PROPOSED, "VerificationStatusIs")
        project = self.projects[entry.project]
        require(self._operator(sender) == project.programme, "VerificationOfOtherProgramme")
        require(self.vvbs[entry.vvb].active, "VvbNotActive")
        if entry.supersedes:
            self._inherit(entry)
        else:
            claims = [one for one in self._accepted_on(project.component) if not one.supersedes]
            free = not any(_meet(one.start, one.end, entry.start, entry.end) for one in claims)
            require(free, "MonitoringPeriodOverlaps")
        self._require_monitored(entry)
        entry.status, entry.accepted = VerificationStatus.ACCEPTED, True

    def _require_monitored(self, entry: Verification) -> None:
        """Every day of the years demanded, up to the last, is in an accepted period with data."""
        years = self.methodologies[entry.methodology].monitoring_years
        if years == 0:
            return
        require(entry.monitored, "MonitoringDataMissing")
        standing = [*self._standing_on(self.projects[entry.project].component), entry]
        monitored = {day for one in standing if one.monitored for day in range(one.start, one.end + 1)}
        needed = range(_years_before(entry.end + 1, years), entry.end + 1)
        require(monitored.issuperset(needed), "MonitoringGap")

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
            stated = self.verifications[self.batches[number].order.verification]
            share = self.methodologies[stated.methodology].buffer_basis_points
            withheld = -(-self.batches[number].issued * share // 10_000)
            self.balances[BUFFER, number] += withheld
            self.balances[recipient, number] += self.batches[number].issued - withheld

    def _open(self, sender: Account, programme: int, order: Order) -> int:
        taken = [b for _, b in numbered(self.batches) if b.order.namespace == order.namespace]
        free = not any(_meet(b.order.first, b.order.last, order.first, order.last) for b in taken)
        require(free, "SerialBlockOverlaps")
        body = self.programmes[programme]
        require(body.operator == sender, "NotOperator")
        require(body.active, "ProgrammeNotActive")
        start, end = (from_days(day).year for day in order.vintage)
        require(order.vintage[0] <= order.vintage[1] and start <= order.year <= end, "VintageInvalid")
        entry = self._verification(order.verification)
        require(entry.status == VerificationStatus.ACCEPTED, "VerificationStatusIs")
        require(self.projects[entry.project].programme == programme, "VerificationOfOtherProgramme")
        require(entry.start <= order.vintage[0] and order.vintage[1] <= entry.end, "VintageOutsidePeriod")
        kilograms = KILOGRAMS_PER_TONNE * (order.last - order.first + 1)
        require(kilograms <= entry.cap - entry.issued, "VerifiedQuantityExceeded")
        require(self.outstanding(entry.project, ShortfallKind.REVERSAL) == 0, "ReversalNotMadeGood")
        entry.issued += kilograms
        number = BatchId(len(self.batches))
        self.batches.append(Batch(order, programme, entry.project, kilograms))
        self.histories.batches[number] = Issued(
            number,
            self.histories.projects[ProjectId(entry.project)],
            MethodologyId(entry.methodology),
            *(Days(day) for day in order.vintage),
            order.year,
            Seconds(self.now),
        )
        return number

    @all_or_nothing
    def transfer(self, holder: Account, to: Account, batch: int, kilograms: int) -> None:
        require(to not in RESERVES, "ERC7943CannotReceive")
        require(self.can_send(to), "ERC7943CannotReceive")
        self._leave(holder, [(batch, kilograms)])
        self.balances[to, batch] += kilograms

    @all_or_nothing
    def retire(
        self,
        sender: Account,
        lots: Lots,
        holder: Account,
        beneficiary: Account,
        purpose: Purpose = Purpose.VOLUNTARY,
    ) -> None:
        require(beneficiary not in RESERVES, "BeneficiaryInvalid")
        require(sender == holder, "NotHolderNorApproved")
        self._leave(holder, lots)
        for batch, kilograms in lots:
            use = self._claim(batch, purpose, kilograms)
            start = self._take_front(batch, kilograms)
            self.retirements.append(Retirement(beneficiary, batch, start, kilograms, purpose, use))
            self.certificates[beneficiary] += 1

    @all_or_nothing
    def cancel(self, sender: Account, lots: Lots, holder: Account, kind: CancellationKind) -> None:
        require(kind not in RESERVED, "CancellationKindReserved")
        require(sender == holder, "NotHolderNorApproved")
        self._leave(holder, lots)
        self._cancel(lots, holder, kind)

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

    # -- what the verbs ask

    def _take_key(self, account: Account, kind: str) -> None:
        require(account not in self.keys, "KeyTaken")
        self.keys[account] = kind

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


def _years_before(day: int, years: int) -> int:
    """The same calendar day `years` earlier; 1 March for 29 February where there is none."""
    date = from_days(Days(day))
    try:
        return to_days(date.replace(year=date.year - years))
    except ValueError:
        return to_days(date.replace(year=date.year - years, day=28) + timedelta(days=1))


def _meet(first: int, last: int, other_first: int, other_last: int) -> bool:
    return first <= other_last and other_first <= last
