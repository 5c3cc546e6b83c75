"""Any calls in any order: the contracts and their twin never differ, and the invariants hold after each call.

Actors and figures are few and small, so that calls meet. ONETONNE_EXAMPLES and ONETONNE_STEPS make it longer.
"""

import os
from typing import Any

import brownie
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sides import HOLDERS, NAMESPACES, OPERATORS, PROJECTS, Sides, numbered, tell

from onetonne.terms import CancellationKind, FreezeScope, RedemptionStatus, VerificationStatus

EXAMPLES = int(os.environ.get("ONETONNE_EXAMPLES", "5"))
STEPS = int(os.environ.get("ONETONNE_STEPS", "30"))
SERIALS = 60
WEEK = 7 * 86_400
ALL, MORE = -1, -2
"""All that is held, and a kilogram more."""

SENDERS = st.sampled_from(("operator", "acr_operator", "vvb", "other_vvb", "alice"))
VVBS = st.sampled_from(("vvb", "vvb", "vvb", "other_vvb", "operator"))
PREFIX = st.sampled_from(tuple(NAMESPACES))
PROJECT = st.sampled_from(tuple(PROJECTS))
HOLDER = st.sampled_from(HOLDERS)
DAYS = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda days: (min(days), max(days)))
TONNES = st.integers(0, 40)
BATCH = st.integers(1, 4)
NUMBER = st.integers(1, 5)
BLOCKS = st.lists(st.tuples(st.integers(0, SERIALS - 15), st.integers(0, 9)), min_size=1, max_size=3)
WHICH = st.integers(0, 11)
"""Which of the holdings, or of the requests, that there are."""
AMOUNT = st.sampled_from((0, 1, 300, 500, 1_000, 2_500, 4_000, ALL, ALL, MORE))
WHICH_LOTS = st.lists(st.tuples(WHICH, AMOUNT), min_size=1, max_size=3)
FREEZES = st.one_of(
    st.tuples(st.sampled_from((FreezeScope.BATCH, FreezeScope.PROJECT, FreezeScope.PROGRAMME)), BATCH),
    st.tuples(st.just(FreezeScope.ACCOUNT), HOLDER),
)
SELDOM = st.sampled_from((False, False, False, True))


class Machine(RuleBasedStateMachine):
    begin: Any
    """Makes the two sides."""

    def __init__(self) -> None:
        super().__init__()
        brownie.chain.revert()
        self.sides: Sides = type(self).begin()

    @initialize()
    def one_batch(self) -> None:
        self.sides.propose("vvb", 1, (0, 2), 30, 0)
        self.sides.accept("operator", 1)
        self.sides.issue("VCS-VCU", [(10, 9)], 1, "alice", hinted=False)

    @rule(
        vvb=VVBS, project=st.sampled_from(tuple(PROJECTS)), days=DAYS, tonnes=TONNES, accepted=st.booleans()
    )
    def propose(self, vvb: str, project: int, days: tuple[int, int], tonnes: int, accepted: bool) -> None:
        before = len(self.sides.twin.verifications)
        self.sides.propose(vvb, project, days, tonnes, 0)
        if accepted and len(self.sides.twin.verifications) > before:
            self.sides.accept(OPERATORS[PROJECTS[project]], before)

    @rule(number=NUMBER, days=DAYS, tonnes=TONNES, whole=st.booleans())
    def supersede(self, number: int, days: tuple[int, int], tonnes: int, whole: bool) -> None:
        """A typo: withdrawn, proposed again, whole or in part, and accepted where that is allowed."""
        twin = self.sides.twin
        if number < len(twin.verifications):
            entry = twin.verifications[number]
            self.sides.withdraw_verification("vvb", number)
            made = len(twin.verifications)
            self.sides.propose(
                "vvb", entry.project, (entry.start, entry.end) if whole else days, tonnes, number
            )
            self.sides.accept(OPERATORS[PROJECTS[entry.project]], made)

    @rule(sender=SENDERS, number=NUMBER)
    def accept(self, sender: str, number: int) -> None:
        self.sides.accept(sender, number)

    @rule(sender=SENDERS, number=NUMBER)
    def withdraw_verification(self, sender: str, number: int) -> None:
        self.sides.withdraw_verification(sender, number)

    @rule(prefix=PREFIX, blocks=BLOCKS, number=NUMBER, recipient=HOLDER, hinted=st.booleans(), wrong=SELDOM)
    def issue(self, prefix: str, blocks: Any, number: int, recipient: str, hinted: bool, wrong: bool) -> None:
        """Against one of the prefix's programme's verifications that stand; now and then against any."""
        twin = self.sides.twin
        good = [n for n, entry in numbered(twin.verifications) if entry.status == VerificationStatus.ACCEPTED]
        own = [n for n in good if PROJECTS[twin.verifications[n].project] == NAMESPACES[prefix][1]]
        if own and not wrong:
            number = own[number % len(own)]
        self.sides.issue(prefix, blocks, number, recipient, hinted)

    @rule(which=WHICH, amount=AMOUNT, to=HOLDER)
    def transfer(self, which: int, amount: int, to: str) -> None:
        holder, batch, kilograms = self._lot(which, amount)
        self.sides.transfer(holder, to, batch, kilograms)

    @rule(lots=WHICH_LOTS, beneficiary=HOLDER)
    def retire(self, lots: Any, beneficiary: str) -> None:
        holder, of_holder = self._lots(lots)
        self.sides.retire(holder, of_holder, holder, beneficiary)

    @rule(sender=SENDERS, holder=HOLDER)
    def retire_of_another(self, sender: str, holder: str) -> None:
        self.sides.retire(sender, [(1, 1)], holder, "bob")

    @rule(lots=WHICH_LOTS, kind=st.sampled_from(tuple(CancellationKind)))
    def cancel(self, lots: Any, kind: CancellationKind) -> None:
        holder, of_holder = self._lots(lots)
        self.sides.cancel(holder, of_holder, holder, kind)

    @rule(which=WHICH, amount=st.sampled_from((0, 500, 1_000, 1_000, 2_000, 3_000, ALL)))
    def request(self, which: int, amount: int) -> None:
        self.sides.request(*self._lot(which, amount))

    @rule(which=WHICH, sender=SENDERS, wrong=SELDOM)
    def confirm(self, which: int, sender: str, wrong: bool) -> None:
        twin, number = self.sides.twin, self._request(which)
        first = last = 0
        if number < len(twin.redemptions):
            entry = twin.redemptions[number]
            batch = twin.batches[entry.batch]
            last = batch.order.last - batch.redeemed // 1_000
            first = last + 1 - entry.kilograms // 1_000
            sender = sender if wrong else OPERATORS[batch.programme]
        self.sides.confirm(sender, number, first, last + wrong)

    @rule(which=WHICH, sender=SENDERS)
    def refuse(self, which: int, sender: str) -> None:
        self.sides.refuse(sender, self._request(which))

    @rule(which=WHICH, by_its_holder=st.booleans())
    def withdraw(self, which: int, by_its_holder: bool) -> None:
        twin, number = self.sides.twin, self._request(which)
        known = by_its_holder and number < len(twin.redemptions)
        self.sides.withdraw(twin.redemptions[number].holder if known else "bob", number)

    def _lot(self, which: int, amount: int) -> tuple[str, int, int]:
        """A holder, a batch, and as much of what is held there."""
        balances = self.sides.twin.balances
        held = sorted(pair for pair, kilograms in balances.items() if kilograms and pair[0] in HOLDERS)
        holder, batch = held[which % len(held)] if held else ("alice", 1)
        kilograms = balances[holder, batch]
        return holder, batch, {ALL: kilograms, MORE: kilograms + 1}.get(amount, amount)

    def _lots(self, picked: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
        """Lots of one holder: the first one's, and those of its others that are the same holder's."""
        lots = [self._lot(which, amount) for which, amount in picked]
        holder = lots[0][0]
        return holder, [(batch, kilograms) for owner, batch, kilograms in lots if owner == holder]

    def _request(self, which: int) -> int:
        """A redemption that waits for an answer, if there is one; now and then any, or none that is there."""
        made = self.sides.twin.redemptions
        waiting = [n for n, entry in numbered(made) if entry.status == RedemptionStatus.REQUESTED]
        return waiting[which % len(waiting)] if waiting and which < 9 else which // 3

    @rule()
    def wait(self) -> None:
        self.sides.wait(WEEK)

    @rule(frozen=FREEZES, more=SELDOM)
    def freeze(self, frozen: Any, more: bool) -> None:
        if not more:
            self.lift_all()
        self.sides.freeze(*frozen)

    @rule(frozen=FREEZES)
    def lift(self, frozen: Any) -> None:
        self.sides.lift(*frozen)

    @rule()
    def lift_all(self) -> None:
        for scope, subject in sorted(self.sides.twin.frozen, key=str):
            self.sides.lift(scope, subject)

    @rule(which=WHICH, amount=AMOUNT, batch=BATCH, seldom=SELDOM)
    def set_frozen(self, which: int, amount: int, batch: int, seldom: bool) -> None:
        holder, of, kilograms = self._lot(which, amount)
        self.sides.set_frozen(holder, batch if seldom else of, kilograms)

    @rule(which=WHICH, amount=AMOUNT, to=HOLDER)
    def forced_transfer(self, which: int, amount: int, to: str) -> None:
        holder, batch, kilograms = self._lot(which, amount)
        self.sides.forced_transfer(holder, to, batch, kilograms)

    @rule(of_programme=st.booleans())
    def set_standing(self, of_programme: bool) -> None:
        """Suspended, and after two calls reinstated."""
        body = self.sides.twin.programmes[1] if of_programme else self.sides.twin.vvbs[1]
        assert body.active
        for active in (True, False, False):
            self.sides.set_standing(of_programme, 1, active)
        self.sides.issue("VCS-VCU", [(50, 0)], 1, "bob", hinted=False)
        self.sides.propose("vvb", 1, (3, 4), 1, 0)
        self.sides.set_standing(of_programme, 1, True)

    @invariant()
    def agree(self) -> None:
        self.sides.agree()

    def teardown(self) -> None:
        self.sides.agree_on_every_serial(SERIALS)


def test_contracts_and_twin_never_differ(contracts, told):
    # hypothesis' own machine: brownie 1.22.2's `state_machine` breaks in its compiled build.
    tell(told)
    brownie.chain.snapshot()
    bound = type("BoundMachine", (Machine,), {"begin": staticmethod(lambda: Sides(contracts, told.actor))})
    run_state_machine_as_test(
        bound,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
