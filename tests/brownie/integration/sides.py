"""The contracts and their twin, side by side: every call goes to both, and both must agree afterwards."""

from agreement import Agreement
from both_sides import BUFFERS, MONITORED, NAMESPACES, OPERATORS
from eth_utils.crypto import keccak
from label_sides import LabelSides
from model import Order
from shortfall_sides import ShortfallSides
from statements import ABOVE_EVERYTHING, code, issuance, namespace, proposal, registration
from story import Story

from onetonne.terms import CancellationKind, FreezeScope, Purpose, from_days

Lots = list[tuple[int, int]]


def tell(story: Story) -> None:
    """Two programmes on one activity, two VVBs, three projects, each with a methodology."""
    contracts = story.contracts
    story.tell("project_id")
    story.admit("ACR", story.actor("acr_operator"), buffer_basis_points=BUFFERS[2])
    governance, operator = {"from": story.actor("governance")}, {"from": story.actor("operator")}
    contracts.programmes.registerMethodology(code("VCS-M2"), code("1.0"), 1, BUFFERS[MONITORED], operator)
    contracts.programmes.admitVvb(code("VVB-2"), story.actor("other_vvb"), governance)
    contracts.projects.consentToJoin(1, 2, operator)
    contracts.projects.registerProject(registration(code=code("991")), {"from": story.actor("acr_operator")})
    contracts.projects.registerProject(registration(code=code("1341"), site=code("ELSEWHERE")), operator)


class Sides(LabelSides, ShortfallSides, Agreement):
    def propose(
        self,
        vvb: str,
        project: int,
        days: tuple[int, int],
        tonnes: int,
        supersedes: int,
        monitored: bool = True,
    ) -> None:
        self.statements += 1
        statement = proposal(
            project=project,
            methodology=project,
            period_start=days[0],
            period_end=days[1],
            verified=1_000 * tonnes,
            data_root=keccak(text="monitoring data") if monitored else bytes(32),
            supersedes=supersedes,
            salt=self.statements.to_bytes(32, "big"),
        )
        twin = (self.twin.propose, vvb, project, project, days, 1_000 * tonnes, supersedes, monitored)
        self.both(twin, vvb, self.contracts.projects.proposeVerification, statement)

    def accept(self, sender: str, number: int) -> None:
        verb = self.contracts.projects.acceptVerification
        self.both((self.twin.accept, sender, number), sender, verb, number, ABOVE_EVERYTHING)

    def withdraw_verification(self, sender: str, number: int) -> None:
        verb = self.contracts.projects.withdrawVerification
        self.both((self.twin.withdraw_verification, sender, number), sender, verb, number, "")

    def issue(
        self,
        prefix: str,
        blocks: Lots,
        verification: int,
        recipient: str,
        *,
        late: bool = False,
        hinted: bool,
    ) -> None:
        """`blocks` are first serial numbers, and how many more; the vintage is all that was verified, and its
        year the first or the last that it touches."""
        root, programme = NAMESPACES[prefix]
        days = (0, 0)
        if 0 < verification < len(self.twin.verifications):
            days = (self.twin.verifications[verification].start, self.twin.verifications[verification].end)
        year = from_days(days[late]).year
        orders = [Order(prefix, first, first + more, verification, days, year) for first, more in blocks]
        stated = [
            issuance(
                root=code(root),
                prefix=prefix,
                first=order.first,
                last=order.last,
                hint=self._hint(order) if hinted else ABOVE_EVERYTHING,
                verification=verification,
                vintage_start=days[0],
                vintage_end=days[1],
                vintage_year=year,
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

    def retire(
        self, sender: str, lots: Lots, holder: str, beneficiary: str, purpose: Purpose = Purpose.VOLUNTARY
    ) -> None:
        twin = (self.twin.retire, sender, lots, holder, beneficiary, purpose)
        sent = (lots, self.account(holder), self.account(beneficiary), purpose, bytes(32))
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
