"""What every rule of a walk asks: a seed's own choices, and what there is to act on."""

from random import Random

from both_sides import HOLDERS, PROJECTS
from model.state import numbered
from sides import Sides
from statements import day

from onetonne.terms import FreezeScope, RedemptionStatus

SENDERS = ("operator", "acr_operator", "vvb", "other_vvb", "alice")
START = day(2020, 12, 20)
"""Vintages begin in the first days of this and the next year, which alone needs its host's authorisation."""


class Chooser:
    def __init__(self, sides: Sides, seed: int) -> None:
        self.sides = sides
        self.twin = sides.twin
        self.random = Random(seed)
        self.pick = self.random.choice

    def seldom(self) -> bool:
        return self.random.random() < 0.15

    def _days(self) -> tuple[int, int]:
        start = START + self.random.randint(0, 30)
        return start, start + self.random.randint(-1 if self.seldom() else 0, 4)

    def _verification(self) -> int:
        return self.random.randint(1, len(self.twin.verifications) - 1)

    def _holding(self) -> tuple[str, int, int]:
        balances = self.twin.balances
        held = sorted(pair for pair, kilograms in balances.items() if kilograms and pair[0] in HOLDERS)
        holder, batch = self.pick(held) if held else ("alice", 1)
        return holder, batch, balances[holder, batch]

    def _lot(self) -> tuple[str, int, int]:
        holder, batch, held = self._holding()
        if self.seldom():
            return holder, batch, self.pick((0, held + 1))
        return holder, batch, min(held, self.pick((1, 300, 1_000, 2_500, held)))

    def _lots(self) -> tuple[str, list[tuple[int, int]]]:
        """Of one holder."""
        lots = [self._lot() for _ in range(self.pick((1, 1, 2, 4)))]
        holder = lots[0][0]
        return holder, [(batch, kilograms) for owner, batch, kilograms in lots if owner == holder]

    def _request(self) -> int:
        """A redemption that waits for an answer, most times; else any, or none."""
        made = self.twin.redemptions
        waiting = [n for n, entry in numbered(made) if entry.status == RedemptionStatus.REQUESTED]
        return self.pick(waiting) if waiting and not self.seldom() else self.random.randint(1, len(made))

    def _subject(self) -> tuple[FreezeScope, int | str]:
        scope = self.pick(list(FreezeScope))
        return scope, self.pick(HOLDERS) if scope == FreezeScope.ACCOUNT else self.random.randint(1, 3)

    def _project(self) -> int:
        """One that has batches, most times."""
        with_batches = [batch.project for batch in self.twin.batches[1:]]
        return self.pick(list(PROJECTS) if self.seldom() else with_batches)
