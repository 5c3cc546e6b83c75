"""What the contracts and their twin must agree on after each call."""

from typing import Any

from both_sides import HOLDERS, BothSides
from model import BUFFER, ESCROW, check
from model.state import numbered
from statements import code, hexadecimal, namespace

from onetonne.labels import evaluate, labels_of
from onetonne.labels.entries import latest as latest_of
from onetonne.terms import BatchId, RedemptionStatus, ShortfallKind


class Agreement(BothSides):
    def agree(self) -> None:
        """On all that a call may change: of records and shortfalls, on the last three."""
        check(self.twin, self.seen)
        self._agree_on_batches()
        self._agree_on_balances()
        self._agree_on_verifications()
        self._agree_on_counts()
        self._agree_on_records(latest=3)
        self._agree_on_redemptions()
        self._agree_on_claims()
        self._agree_on_shortfalls(latest=3)

    def _agree_on_batches(self) -> None:
        for entry, batch in self._each(self.contracts.credits.batch, self.twin.batches):
            assert (entry["first"], entry["last"]) == (batch.order.first, batch.order.last)
            assert (entry["project"], entry["programme"]) == (batch.project, batch.programme)
            assert (entry["verification"], entry["vintageYear"]) == (
                batch.order.verification,
                batch.order.year,
            )
            cursors = (batch.taken, batch.cancelled, batch.redeemed)
            assert (entry["taken"], entry["cancelled"], entry["redeemed"]) == cursors

    def _agree_on_balances(self) -> None:
        accounts = (*HOLDERS, BUFFER, ESCROW)
        pairs = [(account, number) for account in accounts for number, _ in numbered(self.twin.batches)]
        owners, batches = [self.account(owner) for owner, _ in pairs], [number for _, number in pairs]
        held, *owned = self.ask(
            (self.contracts.credits.balanceOfBatch, owners, batches),
            *((self.contracts.certificates.balanceOf, self.account(holder)) for holder in HOLDERS),
        )
        assert list(held) == [self.twin.balances[pair] for pair in pairs]
        assert owned == [self.twin.certificates[holder] for holder in HOLDERS]

    def _agree_on_verifications(self) -> None:
        for found, entry in self._each(self.contracts.projects.verification, self.twin.verifications):
            assert found["status"] == entry.status
            figures = (entry.cap, entry.issued, entry.carried)
            assert (found["cap"], found["issued"], found["carried"]) == figures

    def _agree_on_counts(self) -> None:
        credits, twin = self.contracts.credits, self.twin
        made, freezes = self.ask((credits.counts,), (credits.freezesInForce,))
        assert tuple(made) == tuple(
            len(kept) - 1 for kept in (twin.batches, twin.retirements, twin.cancellations)
        )
        assert freezes == twin.freezes_in_force()

    def _agree_on_records(self, latest: int) -> None:
        credits, twin = self.contracts.credits, self.twin
        for kept, view, owner, why in (
            (twin.retirements, credits.retirement, "beneficiary", "purpose"),
            (twin.cancellations, credits.cancellation, "holder", "kind"),
        ):
            for entry, record in self._each(view, kept, latest):
                assert (entry[owner], entry[why]) == (self.account(record.account), getattr(record, why))
                figures = (record.batch, record.start, record.kilograms)
                assert (entry["batch"], entry["from"], entry["kilograms"]) == figures

    def _agree_on_redemptions(self) -> None:
        redemptions, kept = self.contracts.redemptions, self.twin.redemptions
        assert self.ask((redemptions.count,)) == [len(kept) - 1]
        for found, entry in self._each(redemptions.redemption, kept):
            assert (found["status"], found["kilograms"]) == (entry.status, entry.kilograms)
            if entry.status == RedemptionStatus.CONFIRMED:
                assert (found["first"], found["last"]) == (entry.first, entry.last)

    def _agree_on_claims(self) -> None:
        """What each project's vintage year is authorised for, and what was used of it (I8)."""
        years = sorted({(batch.project, batch.order.year) for batch in self.twin.batches[1:]})
        answers = self.ask(*((self.contracts.labels.authorisation, *year) for year in years))
        for year, found in zip(years, answers, strict=True):
            used = self.twin.histories.used_of(year)
            permission = latest_of(self.twin.histories.authorisations[year])
            uses, cap = (permission.uses, permission.cap) if permission else ((), 0)
            assert (found["uses"], found["cap"]) == (sum(1 << use for use in uses), cap)
            assert (found["transferred"], found["usedByHost"]) == (used.transferred, used.by_host)

    def _agree_on_shortfalls(self, latest: int) -> None:
        shortfalls, twin = self.contracts.shortfalls, self.twin
        projects = range(1, len(twin.projects))
        count, *left = self.ask(
            (shortfalls.count,), *((shortfalls.outstanding, project) for project in projects)
        )
        assert count == len(twin.shortfalls) - 1
        for project, outstanding in zip(projects, left, strict=True):
            assert tuple(outstanding) == tuple(twin.outstanding(project, kind) for kind in ShortfallKind)
        first = max(len(twin.shortfalls) - latest, 1)
        for number, (found, entry) in enumerate(
            self._each(shortfalls.shortfall, twin.shortfalls, latest), first
        ):
            assert (found["kind"], found["project"]) == (entry.kind, entry.project)
            figures = (entry.batch, entry.kilograms, twin.made_good(number))
            assert (found["batch"], found["kilograms"], found["madeGood"]) == figures

    def agree_on_labels(self, *questions: tuple[int, str, int]) -> None:
        """Which conditions of a label a batch lacked at a second that has come; to be asked again (I9)."""
        conditions = self.contracts.labels.conditions
        answers = self.ask(*((conditions, batch, code(label), time) for batch, label, time in questions))
        for (batch, label, time), (missing, conditional) in zip(questions, answers, strict=True):
            verdict = evaluate(self.twin.histories, BatchId(batch), label, time)
            assert missing == sum(1 << lack for lack in verdict.missing), (batch, label, time)
            assert conditional == verdict.conditional, (batch, label, time)
            assert self.seen.verdicts.setdefault((batch, label, time), verdict) == verdict

    def agree_at_the_end(self) -> None:
        """On every record, every answer about labels once more, every certificate's owner, and what holds the
        serials about every block."""
        self._agree_on_records(latest=10**6)
        self._agree_on_shortfalls(latest=10**6)
        self.agree_on_labels(*self.seen.verdicts)
        for owner, record in self._each(self.contracts.certificates.ownerOf, self.twin.retirements):
            assert owner == self.account(record.account)
        for number, batch in numbered(self.twin.batches):
            self._agree_at_the_end_on(number, batch)

    def _agree_at_the_end_on(self, number: int, batch: Any) -> None:
        prefix, first, last = batch.order.namespace, batch.order.first, batch.order.last
        serials = sorted({max(first - 1, 0), first, (first + last) // 2, last, last + 1})
        labels, over_issued, *batches = self.ask(
            (self.contracts.labels.labelsAt, number, self.came),
            (self.contracts.shortfalls.overIssued, number),
            *((self.contracts.credits.batchOfSerial, namespace(prefix), serial) for serial in serials),
        )
        held = labels_of(self.twin.histories, BatchId(number), self.came)
        assert [hexadecimal(code(one.label)) for one in held] == [str(label) for label in labels]
        assert over_issued == self.twin.over_issued(number)
        assert batches == [self._batch_of(prefix, serial) for serial in serials], prefix

    def _batch_of(self, prefix: str, serial: int) -> int:
        for number, batch in numbered(self.twin.batches):
            if batch.order.namespace == prefix and batch.order.first <= serial <= batch.order.last:
                return number
        return 0

    def _each(self, view: Any, entries: list[Any], latest: int = 10**6) -> list[tuple[Any, Any]]:
        """What a view says of the latest ids, each beside the twin's entry."""
        some = list(numbered(entries))[-latest:]
        answers = self.ask(*((view, number) for number, _ in some))
        return [(found, entry) for found, (_, entry) in zip(answers, some, strict=True)]
