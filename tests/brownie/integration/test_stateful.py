"""Any calls in any order: the contracts and their twin never differ, and the invariants hold after each call.

Actors and figures are few and small, so that calls meet. A walk is what its seed makes of it, the same every
time; ONETONNE_WALKS and ONETONNE_STEPS ask for more and longer ones. Not brownie's `state_machine`: that of
1.22.2 breaks in its compiled build, and hypothesis as pinned by it (6.27.3) repeats itself in short runs.
"""

import os
from collections.abc import Callable

import brownie
import pytest
from both_sides import HOLDERS, NAMESPACES, OPERATORS, PROJECTS
from label_walk import LabelWalk
from model.state import numbered
from shortfall_walk import ShortfallWalk
from sides import Sides, tell
from statements import day
from walk import SENDERS, START

from onetonne.terms import CancellationKind, VerificationStatus

WALKS = int(os.environ.get("ONETONNE_WALKS", "3"))
STEPS = int(os.environ.get("ONETONNE_STEPS", "60"))
SERIALS = 60
WEEK = 7 * 86_400


class Walk(LabelWalk, ShortfallWalk):
    """Each rule makes one call or a few, good or bad."""

    def __init__(self, sides: Sides, seed: int) -> None:
        super().__init__(sides, seed)
        self.rules: list[Callable[[], None]] = [
            *4 * [self.propose],
            *2 * [self.supersede],
            self.accept,
            self.withdraw_verification,
            *5 * [self.issue],
            *5 * [self.transfer],
            *5 * [self.retire],
            self.retire_of_another,
            *2 * [self.cancel],
            *3 * [self.request],
            *3 * [self.confirm],
            self.refuse,
            *2 * [self.withdraw],
            self.wait,
            *2 * [self.freeze],
            *2 * [self.lift],
            self.set_frozen,
            self.forced_transfer,
            self.suspend,
            *2 * [self.monitor],
            *3 * [self.retire_for_any_purpose],
            *3 * [self.approve],
            self.withdraw_approval,
            self.exclude,
            self.set_guarantee,
            *4 * [self.authorise],
            self.revoke,
            self.record_adjustment,
            self.demand,
            self.rotate,
            *2 * [self.report_reversal],
            self.cover_reversal,
            self.mark_over_issued,
            *2 * [self.make_good],
            *2 * [self.release_buffer],
        ]

    def go(self, steps: int) -> None:
        self.admit_frameworks()
        self._begin(1, START, "VCS-VCU")
        self._begin(1, START + 14, "VCU")
        self._begin(2, START + 20, "ACR-US-499-2022-2006")
        for _ in range(steps):
            self._let_time_pass()
            self.pick(self.rules)()
            self.sides.agree()
            self.ask()
        self.sides.agree_at_the_end()

    def _begin(self, project: int, start: int, prefix: str) -> None:
        """Three days of a project verified, and two batches of them issued to alice."""
        number, operator = len(self.twin.verifications), OPERATORS[PROJECTS[project]]
        self.sides.propose("vvb", project, (start, start + 2), 30, 0)
        self.sides.accept(operator, number)
        self.sides.issue(prefix, [(10, 9), (30, 9)], number, "alice", hinted=False)

    def propose(self) -> None:
        project, made = self.pick((1, 2)), len(self.twin.verifications)
        vvb = self.pick(SENDERS) if self.seldom() else "vvb"
        tonnes = 0 if self.seldom() else self.random.randint(1, 40)
        self.sides.propose(vvb, project, self._days(), tonnes, 0)
        if len(self.twin.verifications) > made and not self.seldom():
            self.sides.accept(OPERATORS[PROJECTS[project]], made)

    def monitor(self) -> None:
        """Of project 3, whose methodology demands a year of it: on from the last period, most times."""
        last = max((entry.end for entry in self.twin.verifications[1:] if entry.project == 3), default=0)
        start = (last or day(2019, 5, 31)) + (self.pick((2, 9, -8)) if self.seldom() else 1)
        made = len(self.twin.verifications)
        days = start, start + self.pick((90, 182, 364, 365))
        self.sides.propose("vvb", 3, days, self.random.randint(1, 40), 0, monitored=not self.seldom())
        if len(self.twin.verifications) > made:
            self.sides.accept("operator", made)

    def supersede(self) -> None:
        """A typo: withdrawn, proposed again, whole or in part, and accepted where that is allowed."""
        number = self._verification()
        entry = self.twin.verifications[number]
        if not self.seldom():
            self.sides.withdraw_verification("vvb", number)
        days = self._days() if self.seldom() else (entry.start, entry.end)
        made = len(self.twin.verifications)
        self.sides.propose("other_vvb", entry.project, days, self.random.randint(1, 40), number)
        self.sides.accept(OPERATORS[PROJECTS[entry.project]], made)

    def accept(self) -> None:
        self.sides.accept(self.pick(SENDERS), self._verification() + self.seldom())

    def withdraw_verification(self) -> None:
        self.sides.withdraw_verification(self.pick(SENDERS), self._verification() + self.seldom())

    def issue(self) -> None:
        """Against a verification of the prefix's programme that stands, most times."""
        prefix = self.pick(list(NAMESPACES))
        standing = [
            number
            for number, entry in numbered(self.twin.verifications)
            if entry.status == VerificationStatus.ACCEPTED
            and PROJECTS[entry.project] == NAMESPACES[prefix][1]
        ]
        number = self.pick(standing) if standing and not self.seldom() else self._verification()
        blocks = [
            (self.random.randint(0, SERIALS), self.random.randint(0, 9))
            for _ in range(self.pick((1, 1, 1, 3)))
        ]
        hinted, late = self.pick((True, False)), self.pick((True, False))
        recipient = self.pick(HOLDERS)
        self.sides.issue(prefix, blocks, number + self.seldom(), recipient, hinted=hinted, late=late)

    def transfer(self) -> None:
        holder, batch, kilograms = self._lot()
        self.sides.transfer(holder, self.pick(HOLDERS), batch, kilograms)

    def retire(self) -> None:
        holder, lots = self._lots()
        self.sides.retire(holder, lots, holder, self.pick(HOLDERS))

    def retire_of_another(self) -> None:
        holder, batch, kilograms = self._lot()
        self.sides.retire(self.pick(SENDERS), [(batch, kilograms)], holder, "bob")

    def cancel(self) -> None:
        holder, lots = self._lots()
        self.sides.cancel(holder, lots, holder, self.pick(list(CancellationKind)))

    def request(self) -> None:
        holder, batch, held = self._holding()
        tonnes = self.random.randint(0, min(held // 1_000, 5) + self.seldom())
        self.sides.request(holder, batch, 1_000 * tonnes + 500 * self.seldom())

    def confirm(self) -> None:
        number, wrong = self._request(), self.seldom()
        if number == len(self.twin.redemptions):
            self.sides.confirm("operator", number, 0, 0)
            return
        entry = self.twin.redemptions[number]
        batch = self.twin.batches[entry.batch]
        last = batch.order.last - batch.redeemed // 1_000
        sender = self.pick(SENDERS) if self.seldom() else OPERATORS[batch.programme]
        self.sides.confirm(sender, number, last + 1 - entry.kilograms // 1_000, last + wrong)

    def refuse(self) -> None:
        self.sides.refuse(self.pick(("operator", "acr_operator")), self._request())

    def withdraw(self) -> None:
        number = self._request()
        known = number < len(self.twin.redemptions)
        self.sides.withdraw(self.twin.redemptions[number].holder if known else "bob", number)
        if self.seldom():
            self.sides.withdraw(self.pick(HOLDERS), number)

    def wait(self) -> None:
        self.sides.wait(WEEK)

    def freeze(self) -> None:
        """One at a time, most times: with more, nothing moves any more."""
        if not self.seldom():
            self.lift()
        self.sides.freeze(*self._subject())

    def lift(self) -> None:
        for frozen in sorted(self.twin.frozen, key=str) or [self._subject()]:
            self.sides.lift(*frozen)

    def set_frozen(self) -> None:
        holder, batch, kilograms = self._lot()
        self.sides.set_frozen(holder, batch, self.pick((0, 0, kilograms)))

    def forced_transfer(self) -> None:
        holder, batch, kilograms = self._lot()
        self.sides.forced_transfer(holder, self.pick(HOLDERS), batch, kilograms)

    def suspend(self) -> None:
        """A programme or a VVB, until after two calls."""
        of_programme = self.pick((True, False))
        for active in (True, False, False):
            self.sides.set_standing(of_programme, 1, active)
        self.sides.issue("VCS-VCU", [(self.random.randint(0, SERIALS), 0)], 1, "bob", hinted=False)
        self.sides.propose("vvb", 1, self._days(), 1, 0)
        self.sides.set_standing(of_programme, 1, True)


@pytest.mark.parametrize("seed", range(WALKS))
def test_contracts_and_twin_never_differ(contracts, told, seed):
    tell(told)
    sides = Sides(contracts, told.actor)
    try:
        Walk(sides, seed).go(STEPS)
    except (AssertionError, brownie.exceptions.VirtualMachineError) as difference:
        difference.add_note("The calls so far:\n" + "\n".join(sides.calls))
        raise
