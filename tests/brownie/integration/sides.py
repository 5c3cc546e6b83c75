"""The contracts and their twin, side by side: every call goes to both, and both must agree afterwards."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import brownie
from model import BUFFER, ESCROW, Ledger, Order, Refused, check
from statements import ABOVE_EVERYTHING, code, day, issuance, namespace, proposal, registration
from story import Story

from onetonne.terms import CancellationKind, FreezeScope, Purpose, RedemptionStatus

NAMESPACES = {"VCS-VCU": ("VCS-VCU", 1), "VCU": ("VCU", 1), "ACR-US-499-2022-2006": ("ACR", 2)}
"""Prefix -> root and programme."""
OPERATORS = {1: "operator", 2: "acr_operator"}
PROJECTS = {1: 1, 2: 2, 3: 1}
"""Project -> programme. Projects 1 and 2 are on one activity, 3 is on another."""
HOLDERS = ("alice", "bob", "airline")
ACR_BUFFER = 1_500
"""Basis points."""
START = day(2020, 1, 1)
"""Day 0 of the twin."""

Lots = list[tuple[int, int]]


def tell(story: Story) -> None:
    """Two programmes on one activity, two VVBs, three projects."""
    contracts = story.contracts
    story.tell("project_id")
    story.admit("ACR", story.actor("acr_operator"), buffer_basis_points=ACR_BUFFER)
    governance, operator = {"from": story.actor("governance")}, {"from": story.actor("operator")}
    contracts.programmes.admitVvb(code("VVB-2"), story.actor("other_vvb"), governance)
    contracts.projects.consentToJoin(1, 2, operator)
    contracts.projects.registerProject(registration(code=code("991")), {"from": story.actor("acr_operator")})
    contracts.projects.registerProject(registration(code=code("1341"), site=code("ELSEWHERE")), operator)


class Sides:
    """Verbs take actors by name. A call on what is not there is refused by both sides."""

    def __init__(self, contracts: SimpleNamespace, actor: Callable[[str], Any]) -> None:
        self.contracts = contracts
        self.reserves = {BUFFER: contracts.credits.BUFFER(), ESCROW: contracts.redemptions.address}
        self.actor = actor
        self.furthest: dict[int, tuple[int, int]] = {}
        self.statements = 0
        self.calls: list[str] = []
        self.twin = Ledger()
        self.twin.admit_programme("operator")
        self.twin.admit_programme("acr_operator", ACR_BUFFER)
        for name in ("vvb", "other_vvb"):
            self.twin.admit_vvb(name)
        for number, programme in PROJECTS.items():
            self.twin.register_project(programme, component=1 if number < 3 else 2)

    def account(self, name: str) -> Any:
        return self.reserves.get(name) or self.actor(name)

    def both(self, twin: tuple[Any, ...], sender: str, verb: Any, *arguments: Any) -> None:
        """The twin's verb and the contract's: both do it, or both refuse it for the same reason."""
        self.calls.append(f"{sender}: {verb._name}{arguments}")
        sent = (*arguments, {"from": self.actor(sender)})
        try:
            twin[0](*twin[1:])
        except Refused as refusal:
            with brownie.reverts(revert_pattern=rf"{refusal.error}: .*"):
                verb(*sent)
        else:
            verb(*sent)

    def propose(self, vvb: str, project: int, days: tuple[int, int], tonnes: int, supersedes: int) -> None:
        self.statements += 1
        statement = proposal(
            project=project,
            methodology=PROJECTS[project],
            period_start=START + days[0],
            period_end=START + days[1],
            verified=1_000 * tonnes,
            supersedes=supersedes,
            salt=self.statements.to_bytes(32, "big"),
        )
        twin = (self.twin.propose, vvb, project, days, 1_000 * tonnes, supersedes)
        self.both(twin, vvb, self.contracts.projects.proposeVerification, statement)

    def accept(self, sender: str, number: int) -> None:
        verb = self.contracts.projects.acceptVerification
        self.both((self.twin.accept, sender, number), sender, verb, number, ABOVE_EVERYTHING)

    def withdraw_verification(self, sender: str, number: int) -> None:
        verb = self.contracts.projects.withdrawVerification
        self.both((self.twin.withdraw_verification, sender, number), sender, verb, number, "")

    def issue(self, prefix: str, blocks: Lots, verification: int, recipient: str, hinted: bool) -> None:
        """`blocks` are first serial numbers, and how many more; the vintage is all that was verified."""
        root, programme = NAMESPACES[prefix]
        days = (0, 0)
        if 0 < verification < len(self.twin.verifications):
            days = (self.twin.verifications[verification].start, self.twin.verifications[verification].end)
        orders = [Order(prefix, first, first + more, verification, days) for first, more in blocks]
        stated = [
            issuance(
                root=code(root),
                prefix=prefix,
                first=order.first,
                last=order.last,
                hint=self._hint(order) if hinted else ABOVE_EVERYTHING,
                verification=verification,
                vintage_start=START + days[0],
                vintage_end=START + days[1],
            )
            for order in orders
        ]
        sender = OPERATORS[programme]
        twin = (self.twin.issue, sender, programme, orders, recipient)
        self.both(twin, sender, self.contracts.credits.issue, stated, self.account(recipient))

    def _hint(self, order: Order) -> int:
        return int(self.contracts.credits.serialHint(namespace(order.namespace), order.first))

    def transfer(self, holder: str, to: str, batch: int, kilograms: int) -> None:
        twin = (self.twin.transfer, holder, to, batch, kilograms)
        sent = (self.account(holder), self.account(to), batch, kilograms, b"")
        self.both(twin, holder, self.contracts.credits.safeTransferFrom, *sent)

    def retire(self, sender: str, lots: Lots, holder: str, beneficiary: str) -> None:
        twin = (self.twin.retire, sender, lots, holder, beneficiary)
        sent = (lots, self.account(holder), self.account(beneficiary), Purpose.VOLUNTARY, bytes(32))
        self.both(twin, sender, self.contracts.credits.retire, *sent)

    def cancel(self, sender: str, lots: Lots, holder: str, kind: CancellationKind) -> None:
        twin = (self.twin.cancel, sender, lots, holder, kind)
        self.both(twin, sender, self.contracts.credits.cancel, lots, self.account(holder), kind, "")

    def request(self, holder: str, batch: int, kilograms: int) -> None:
        twin = (self.twin.request, holder, batch, kilograms, holder)
        verb = self.contracts.redemptions.request
        self.both(twin, holder, verb, batch, kilograms, self.account(holder))

    def confirm(self, sender: str, number: int, first: int, last: int) -> None:
        twin = (self.twin.confirm, sender, number, first, last)
        self.both(twin, sender, self.contracts.redemptions.confirm, number, first, last)

    def refuse(self, sender: str, number: int) -> None:
        self.both((self.twin.refuse, sender, number), sender, self.contracts.redemptions.refuse, number, "")

    def withdraw(self, holder: str, number: int) -> None:
        verb = self.contracts.redemptions.withdraw
        self.both((self.twin.withdraw, holder, number), holder, verb, number)

    def wait(self, seconds: int) -> None:
        brownie.chain.sleep(seconds)
        self.twin.now += seconds

    def freeze(self, scope: FreezeScope, subject: int | str) -> None:
        sent = (scope, self._subject(subject), bytes(32), "")
        self.both((self.twin.freeze, scope, subject), "regulator", self.contracts.credits.freeze, *sent)

    def lift(self, scope: FreezeScope, subject: int | str) -> None:
        sent = (scope, self._subject(subject), "")
        self.both((self.twin.lift, scope, subject), "regulator", self.contracts.credits.lift, *sent)

    def _subject(self, subject: int | str) -> int:
        return subject if isinstance(subject, int) else int(self.account(subject).address, 16)

    def set_frozen(self, holder: str, batch: int, kilograms: int) -> None:
        twin = (self.twin.set_frozen, holder, batch, kilograms)
        verb = self.contracts.credits.setFrozenTokens
        self.both(twin, "regulator", verb, self.account(holder), batch, kilograms)

    def forced_transfer(self, holder: str, to: str, batch: int, kilograms: int) -> None:
        twin = (self.twin.forced_transfer, holder, to, batch, kilograms)
        sent = (self.account(holder), self.account(to), batch, kilograms)
        self.both(twin, "regulator", self.contracts.credits.forcedTransfer, *sent)

    def set_standing(self, of_programme: bool, number: int, active: bool) -> None:
        programmes = self.contracts.programmes
        if of_programme:
            body = self.twin.programmes[number]
            verb = programmes.reinstateProgramme if active else programmes.suspendProgramme
        else:
            body = self.twin.vvbs[number]
            verb = programmes.reinstateVvb if active else programmes.suspendVvb
        self.both((self.twin.set_standing, body, active), "governance", verb, number, "")

    # -- what both must agree on

    def agree(self) -> None:
        """On all that a call may change: of retirements and cancellations, on the last three."""
        check(self.twin, self.furthest)
        self._agree_on_batches()
        self._agree_on_balances()
        self._agree_on_verifications()
        self._agree_on_counts()
        self._agree_on_records(latest=3)
        self._agree_on_redemptions()

    def _agree_on_batches(self) -> None:
        for number, batch in numbered(self.twin.batches):
            entry = self.contracts.credits.batch(number)
            assert (entry["first"], entry["last"]) == (batch.order.first, batch.order.last)
            assert (entry["project"], entry["programme"]) == (batch.project, batch.programme)
            assert entry["verification"] == batch.order.verification
            cursors = (batch.taken, batch.cancelled, batch.redeemed)
            assert (entry["taken"], entry["cancelled"], entry["redeemed"]) == cursors

    def _agree_on_balances(self) -> None:
        accounts = (*HOLDERS, BUFFER, ESCROW)
        pairs = [(account, number) for account in accounts for number, _ in numbered(self.twin.batches)]
        owners, batches = [self.account(owner) for owner, _ in pairs], [number for _, number in pairs]
        held = self.contracts.credits.balanceOfBatch(owners, batches)
        assert list(held) == [self.twin.balances[pair] for pair in pairs]
        for holder in HOLDERS:
            owned = self.contracts.certificates.balanceOf(self.account(holder))
            assert owned == self.twin.certificates[holder]

    def _agree_on_verifications(self) -> None:
        for number, entry in numbered(self.twin.verifications):
            found = self.contracts.projects.verification(number)
            assert found["status"] == entry.status
            figures = (entry.cap, entry.issued, entry.carried)
            assert (found["cap"], found["issued"], found["carried"]) == figures

    def _agree_on_counts(self) -> None:
        credits, twin = self.contracts.credits, self.twin
        made = (len(twin.batches) - 1, len(twin.retirements) - 1, len(twin.cancellations) - 1)
        assert tuple(credits.counts()) == made
        assert credits.freezesInForce() == twin.freezes_in_force()

    def _agree_on_records(self, latest: int) -> None:
        credits, twin = self.contracts.credits, self.twin
        for kept, view, owner in (
            (twin.retirements, credits.retirement, "beneficiary"),
            (twin.cancellations, credits.cancellation, "holder"),
        ):
            for number, record in numbered(kept)[-latest:]:
                entry = view(number)
                assert entry[owner] == self.account(record.account)
                figures = (record.batch, record.start, record.kilograms)
                assert (entry["batch"], entry["from"], entry["kilograms"]) == figures

    def _agree_on_redemptions(self) -> None:
        assert self.contracts.redemptions.count() == len(self.twin.redemptions) - 1
        for number, entry in numbered(self.twin.redemptions):
            found = self.contracts.redemptions.redemption(number)
            assert (found["status"], found["kilograms"]) == (entry.status, entry.kilograms)
            if entry.status == RedemptionStatus.CONFIRMED:
                assert (found["first"], found["last"]) == (entry.first, entry.last)

    def agree_at_the_end(self) -> None:
        """On every record, every certificate's owner, and what holds the serials about every block."""
        self._agree_on_records(latest=10**6)
        for number, record in numbered(self.twin.retirements):
            assert self.contracts.certificates.ownerOf(number) == self.account(record.account)
        for _, batch in numbered(self.twin.batches):
            prefix, first, last = batch.order.namespace, batch.order.first, batch.order.last
            for serial in {max(first - 1, 0), first, (first + last) // 2, last, last + 1}:
                found = int(self.contracts.credits.batchOfSerial(namespace(prefix), serial))
                assert found == self._batch_of(prefix, serial), f"{prefix} {serial}"

    def _batch_of(self, prefix: str, serial: int) -> int:
        for number, batch in numbered(self.twin.batches):
            if batch.order.namespace == prefix and batch.order.first <= serial <= batch.order.last:
                return number
        return 0


def numbered(entries: list[Any]) -> list[tuple[int, Any]]:
    """Without the entry for id 0."""
    return list(enumerate(entries))[1:]
