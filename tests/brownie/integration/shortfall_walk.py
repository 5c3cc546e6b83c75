"""Rules about reversals, over-issuances and the buffer: each makes one call or a few, good or bad."""

from both_sides import HOLDERS, NAMESPACES, OPERATORS, PROJECTS
from model import BUFFER
from model.state import numbered
from walk import SENDERS, Chooser

from onetonne.terms import NO_DEADLINE, ShortfallKind, VerificationStatus

Lots = list[tuple[int, int]]
PREFIXES = {programme: prefix for prefix, (_, programme) in NAMESPACES.items()}


class ShortfallWalk(Chooser):
    def report_reversal(self) -> None:
        """Covered by the buffer as far as that goes, made good most times: else nothing more is issued."""
        project = self.random.randint(1, 4) if self.seldom() else self._buffered()
        lots = [] if self.seldom() else self._buffer(project)
        covered = sum(kilograms for _, kilograms in lots)
        beyond = -1 if covered and self.seldom() else self.pick((0, 500, 500))
        made = len(self.twin.shortfalls)
        self.sides.report_reversal(self._operator_of(project), project, covered + beyond, lots)
        self._issue(project)
        if len(self.twin.shortfalls) > made and not self.seldom():
            self._make_good(made)

    def cover_reversal(self) -> None:
        """One that was reported just before without a lot, most times."""
        project, number = self._buffered(), len(self.twin.shortfalls)
        if self.seldom():
            number = self.random.randint(1, number)
        else:
            self.sides.report_reversal(OPERATORS[PROJECTS[project]], project, 300, [])
        lots = self._buffer(project)
        if lots and not self.seldom():
            lots = [(lots[0][0], 300)]
        self.sides.cover_reversal(self._operator_of(project), number, lots)

    def mark_over_issued(self) -> None:
        batch = self.random.randint(1, len(self.twin.batches) - 1 + self.seldom())
        project = self.twin.batches[batch].project if batch < len(self.twin.batches) else 1
        kilograms = self.pick((0, 1, 500, 500, 2_000, 9_000))
        self.sides.mark_over_issued(self._operator_of(project), batch, kilograms)

    def make_good(self) -> None:
        if not self.seldom():
            self.mark_over_issued()
        number = self._shortfall()
        if self.seldom() or number == len(self.twin.shortfalls):
            holder, lots = self._lots()
            self.sides.make_good(self.pick(SENDERS) if self.seldom() else holder, number, lots, holder)
        else:
            self._make_good(number)

    def release_buffer(self) -> None:
        """One thing wrong, or none; sent once more at the end."""
        project = self._buffered()
        lots = self._buffer(project)
        wrong = self.random.randint(0, 9)
        stated = sum(kilograms for _, kilograms in lots) + (wrong == 1)
        deadline = self.twin.now - 1 if wrong == 2 else NO_DEADLINE
        vvb = "operator" if wrong == 3 else self.pick(("vvb", "other_vvb"))
        key = "regulator" if wrong == 4 else vvb
        recipient = BUFFER if wrong == 5 else self.pick(HOLDERS)
        sender, number = self._operator_of(project), len(self.sides.calls)
        for _ in range(2):
            self.sides.release_buffer(
                sender, (project, stated, deadline, number), (vvb, key), lots, recipient
            )

    def _issue(self, project: int) -> None:
        """A tonne with a serial number of its own: what a reversal that is not made good stops."""
        left = {
            entry.cap - entry.issued: number
            for number, entry in numbered(self.twin.verifications)
            if entry.project == project and entry.status == VerificationStatus.ACCEPTED
        }
        if left:
            prefix = PREFIXES[PROJECTS[project]]
            self.sides.issue(
                prefix, [(1_000 + len(self.sides.calls), 0)], left[max(left)], "bob", hinted=False
            )

    def _make_good(self, number: int) -> None:
        """With all that the holder of one lot has of it, at most what is missing."""
        holder, batch, held = self._holding()
        missing = self.twin.shortfalls[number].kilograms - self.twin.made_good(number)
        self.sides.make_good(holder, number, [(batch, min(held, missing))], holder)

    def _buffered(self) -> int:
        """A project that has something in the buffer, and nothing outstanding where there is such a one."""
        held = {
            batch
            for (account, batch), kilograms in self.twin.balances.items()
            if kilograms and account == BUFFER
        }
        projects = sorted({self.twin.batches[batch].project for batch in held}) or [self._project()]
        free = [one for one in projects if not self.twin.outstanding(one, ShortfallKind.REVERSAL)]
        return self.pick(free or projects)

    def _buffer(self, project: int) -> Lots:
        """Of a project's batches in the buffer, some or all."""
        lots = [
            (number, self.twin.balances[BUFFER, number])
            for number, batch in numbered(self.twin.batches)
            if batch.project == project and self.twin.balances[BUFFER, number]
        ]
        some = self.random.randint(0, len(lots)) if self.seldom() else len(lots)
        return [(batch, min(held, self.pick((held, 700, 100)))) for batch, held in lots[:some]]

    def _shortfall(self) -> int:
        """One that is not made good, most times; else any, or none."""
        made = self.twin.shortfalls
        kind = self.pick(list(ShortfallKind))
        open_ = [
            number
            for number, entry in numbered(made)
            if entry.kind == kind and self.twin.made_good(number) < entry.kilograms
        ]
        return self.pick(open_) if open_ and not self.seldom() else self.random.randint(1, len(made))

    def _operator_of(self, project: int) -> str:
        return self.pick(SENDERS) if self.seldom() else OPERATORS[PROJECTS.get(project, 1)]
