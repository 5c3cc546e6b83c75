"""Verbs of reversals, over-issuances and the buffer, on both sides."""

from both_sides import BothSides
from signatures import key_of, sign_release
from statements import EVIDENCE, release
from story import ACTORS

Lots = list[tuple[int, int]]


class ShortfallSides(BothSides):
    def report_reversal(self, sender: str, project: int, kilograms: int, lots: Lots) -> None:
        twin = (self.twin.report_reversal, sender, project, kilograms, lots)
        sent = (project, kilograms, lots, EVIDENCE, "fire")
        self.both(twin, sender, self.contracts.shortfalls.reportReversal, *sent)

    def cover_reversal(self, sender: str, number: int, lots: Lots) -> None:
        twin = (self.twin.cover_reversal, sender, number, lots)
        self.both(twin, sender, self.contracts.shortfalls.coverReversal, number, lots)

    def mark_over_issued(self, sender: str, batch: int, kilograms: int) -> None:
        twin = (self.twin.mark_over_issued, sender, batch, kilograms)
        sent = (batch, kilograms, EVIDENCE, "baseline")
        self.both(twin, sender, self.contracts.shortfalls.markOverIssued, *sent)

    def make_good(self, sender: str, number: int, lots: Lots, holder: str) -> None:
        twin = (self.twin.make_good, sender, number, lots, holder)
        verb = self.contracts.shortfalls.makeGood
        self.both(twin, sender, verb, number, lots, self.account(holder))

    def release_buffer(
        self,
        sender: str,
        statement: tuple[int, int, int, int],
        signed: tuple[str, str],
        lots: Lots,
        recipient: str,
    ) -> None:
        """`statement` and `signed` as the twin has them."""
        project, kilograms, deadline, number = statement
        vvb, key = signed
        stated = release(
            project=project, kilograms=kilograms, deadline=deadline, salt=number.to_bytes(32, "big")
        )
        signature = sign_release(self.contracts.shortfalls, key_of(ACTORS.index(key)), stated)
        twin = (self.twin.release_buffer, sender, statement, signed, lots, recipient)
        sent = (stated, self.account(vvb), signature, lots, self.account(recipient))
        self.both(twin, sender, self.contracts.shortfalls.releaseBuffer, *sent)
