"""Any calls in any order: the contracts and their twin never differ, and the invariants hold after each call.

Actors and figures are few and small, so that calls meet. ONETONNE_EXAMPLES and ONETONNE_STEPS make it longer.
"""

import os
from typing import Any

import brownie
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sides import HOLDERS, NAMESPACES, OPERATORS, PROJECTS, Sides, tell

from onetonne.terms import CancellationKind, FreezeScope

EXAMPLES = int(os.environ.get("ONETONNE_EXAMPLES", "5"))
STEPS = int(os.environ.get("ONETONNE_STEPS", "30"))
SERIALS = 60
WEEK = 7 * 86_400

SENDERS = st.sampled_from(("operator", "acr_operator", "vvb", "other_vvb", "alice"))
VVBS = st.sampled_from(("vvb", "vvb", "vvb", "other_vvb", "operator"))
HOLDER = st.sampled_from(HOLDERS)
PROJECT = st.sampled_from(tuple(PROJECTS))
DAYS = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda days: (min(days), max(days)))
TONNES = st.integers(0, 40)
KILOGRAMS = st.one_of(st.sampled_from((0, 1, 500, 1_000, 2_000, 5_000)), st.integers(1, 12_000))
BATCH = st.integers(1, 4)
NUMBER = st.integers(1, 5)
BLOCKS = st.lists(st.tuples(st.integers(0, SERIALS - 15), st.integers(0, 9)), min_size=1, max_size=3)
LOTS = st.lists(st.tuples(BATCH, st.sampled_from((1, 300, 1_000, 2_500))), min_size=1, max_size=3)
FREEZES = st.one_of(
    st.tuples(st.sampled_from((FreezeScope.BATCH, FreezeScope.PROJECT, FreezeScope.PROGRAMME)), BATCH),
    st.tuples(st.just(FreezeScope.ACCOUNT), HOLDER),
)


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

    @rule(
        prefix=st.sampled_from(tuple(NAMESPACES)),
        blocks=BLOCKS,
        number=NUMBER,
        recipient=HOLDER,
        hinted=st.booleans(),
    )
    def issue(self, prefix: str, blocks: Any, number: int, recipient: str, hinted: bool) -> None:
        self.sides.issue(prefix, blocks, number, recipient, hinted)

    @rule(holder=HOLDER, to=HOLDER, batch=BATCH, kilograms=KILOGRAMS)
    def transfer(self, holder: str, to: str, batch: int, kilograms: int) -> None:
        self.sides.transfer(holder, to, batch, kilograms)

    @rule(holder=HOLDER, beneficiary=HOLDER, lots=LOTS)
    def retire(self, holder: str, beneficiary: str, lots: Any) -> None:
        self.sides.retire(holder, lots, holder, beneficiary)

    @rule(holder=HOLDER, batch=BATCH)
    def retire_all(self, holder: str, batch: int) -> None:
        everything = self.sides.twin.balances[holder, batch]
        self.sides.retire(holder, [(batch, everything)], holder, holder)

    @rule(sender=SENDERS, holder=HOLDER)
    def retire_of_another(self, sender: str, holder: str) -> None:
        self.sides.retire(sender, [(1, 1)], holder, "bob")

    @rule(holder=HOLDER, lots=LOTS, kind=st.sampled_from(tuple(CancellationKind)))
    def cancel(self, holder: str, lots: Any, kind: CancellationKind) -> None:
        self.sides.cancel(holder, lots, holder, kind)

    @rule(holder=HOLDER, batch=BATCH, kilograms=st.sampled_from((0, 500, 1_000, 2_000, 3_000, 7_000)))
    def request(self, holder: str, batch: int, kilograms: int) -> None:
        self.sides.request(holder, batch, kilograms)

    @rule(number=NUMBER, sender=SENDERS, off=st.sampled_from((0, 0, 0, 1)))
    def confirm(self, number: int, sender: str, off: int) -> None:
        first = last = 0
        twin = self.sides.twin
        if number < len(twin.redemptions):
            entry = twin.redemptions[number]
            batch = twin.batches[entry.batch]
            last = batch.order.last - batch.redeemed // 1_000
            first = last + 1 - entry.kilograms // 1_000
            sender = sender if off else OPERATORS[batch.programme]
        self.sides.confirm(sender, number, first, last + off)

    @rule(number=NUMBER, sender=SENDERS)
    def refuse(self, number: int, sender: str) -> None:
        self.sides.refuse(sender, number)

    @rule(number=NUMBER, holder=HOLDER)
    def withdraw(self, number: int, holder: str) -> None:
        self.sides.withdraw(holder, number)

    @rule()
    def wait(self) -> None:
        self.sides.wait(WEEK)

    @rule(frozen=FREEZES)
    def freeze(self, frozen: Any) -> None:
        self.sides.freeze(*frozen)

    @rule(frozen=FREEZES, every=st.booleans())
    def lift(self, frozen: Any, every: bool) -> None:
        for scope, subject in sorted(self.sides.twin.frozen, key=str) if every else [frozen]:
            self.sides.lift(scope, subject)

    @rule(holder=HOLDER, batch=BATCH, kilograms=KILOGRAMS)
    def set_frozen(self, holder: str, batch: int, kilograms: int) -> None:
        self.sides.set_frozen(holder, batch, kilograms)

    @rule(holder=HOLDER, to=HOLDER, batch=BATCH, kilograms=KILOGRAMS)
    def forced_transfer(self, holder: str, to: str, batch: int, kilograms: int) -> None:
        self.sides.forced_transfer(holder, to, batch, kilograms)

    @rule(of_programme=st.booleans(), active=st.sampled_from((True, True, False)))
    def set_standing(self, of_programme: bool, active: bool) -> None:
        self.sides.set_standing(of_programme, 1, active)

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
