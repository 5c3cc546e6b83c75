"""The twin's verbs for what went wrong: reversals, over-issuances, and the buffer."""

from collections.abc import Sequence

from model.records import BUFFER, Account, Cancellation, Shortfall, require
from model.state import RESERVES, Lots, State, all_or_nothing
from onetonne.terms import CancellationKind, ShortfallKind

KINDS = {
    ShortfallKind.REVERSAL: CancellationKind.REVERSAL,
    ShortfallKind.OVER_ISSUANCE: CancellationKind.REPLACEMENT,
}
"""What a cancellation is called that makes good."""


class ShortfallVerbs(State):
    @all_or_nothing
    def report_reversal(self, sender: Account, project: int, kilograms: int, lots: Lots) -> None:
        self._require_operator_of(sender, project)
        require(kilograms != 0, "ShortfallEmpty")
        self.shortfalls.append(Shortfall(ShortfallKind.REVERSAL, project, 0, kilograms))
        if lots:
            self._cover(len(self.shortfalls) - 1, lots)

    @all_or_nothing
    def cover_reversal(self, sender: Account, number: int, lots: Lots) -> None:
        entry = self._shortfall(number)
        require(entry.kind == ShortfallKind.REVERSAL, "NotAReversal")
        self._require_operator_of(sender, entry.project)
        self._cover(number, lots)

    @all_or_nothing
    def mark_over_issued(self, sender: Account, batch: int, kilograms: int) -> None:
        entry = self._batch(batch)
        self._require_operator_of(sender, entry.project)
        require(kilograms <= entry.issued - self.over_issued(batch), "OverIssuanceExceeded")
        require(kilograms != 0, "ShortfallEmpty")
        self.shortfalls.append(Shortfall(ShortfallKind.OVER_ISSUANCE, entry.project, batch, kilograms))

    @all_or_nothing
    def make_good(self, sender: Account, number: int, lots: Lots, holder: Account) -> None:
        self._shortfall(number)
        require(sender == holder, "NotHolderNorApproved")
        self._make_good(number, lots, holder)

    @all_or_nothing
    def release_buffer(
        self,
        sender: Account,
        statement: tuple[int, int, int, int],
        signed: tuple[Account, Account],
        lots: Lots,
        recipient: Account,
    ) -> None:
        """`statement`: project, kilograms, deadline, its number. `signed`: the VVB, and whose key it was."""
        project, kilograms, deadline, number = statement
        vvb, key = signed
        own = self._operator(sender)
        require(own == self._project(project).programme, "NotOperatorOfProject")
        require(self.now <= deadline, "ReleaseExpired")
        body = self._vvb(vvb)
        require(vvb == key, "ReleaseSignatureInvalid")
        require((body, number) not in self.releases, "ReleaseUsed")
        require(self.outstanding(project, ShortfallKind.REVERSAL) == 0, "ReversalOutstanding")
        require(self._sum_of(project, lots) == kilograms, "ReleaseQuantityDiffers")
        self.releases.add((body, number))
        require(len(lots) != 0, "LotsInvalid")
        require(recipient not in RESERVES, "ERC7943CannotReceive")
        require(self.can_send(recipient), "ERC7943CannotReceive")
        for batch, _ in lots:
            self._require_movable(batch)
        self._take(BUFFER, lots)
        for batch, part in lots:
            self.balances[recipient, batch] += part

    def _cover(self, number: int, lots: Lots) -> None:
        self._sum_of(self.shortfalls[number].project, lots)
        self._make_good(number, lots, BUFFER)

    def _make_good(self, number: int, lots: Lots, holder: Account) -> None:
        """The buffer's lots pass freezes: it has no holder, and a reversal does not wait."""
        entry = self.shortfalls[number]
        asked = sum(kilograms for _, kilograms in lots)
        require(asked <= entry.kilograms - self.made_good(number), "ShortfallExceeded")
        if holder == BUFFER:
            require(len(lots) != 0, "LotsInvalid")
            self._take(BUFFER, lots)
        else:
            self._leave(holder, lots)
        self._cancel(lots, holder, KINDS[entry.kind], number)

    def _cancel(self, lots: Lots, holder: Account, kind: CancellationKind, shortfall: int = 0) -> None:
        for batch, kilograms in lots:
            start = self._take_front(batch, kilograms)
            self.cancellations.append(Cancellation(holder, batch, start, kilograms, kind, shortfall))
            self.batches[batch].cancelled += kilograms

    def _sum_of(self, project: int, lots: Sequence[tuple[int, int]]) -> int:
        for batch, _ in lots:
            require(self._batch(batch).project == project, "BatchOfOtherProject")
        return sum(kilograms for _, kilograms in lots)

    def _shortfall(self, number: int) -> Shortfall:
        require(0 < number < len(self.shortfalls), "ShortfallUnknown")
        entry: Shortfall = self.shortfalls[number]
        return entry

    def _require_operator_of(self, sender: Account, project: int) -> None:
        """Suspended or not."""
        operator = self.programmes[self._project(project).programme].operator
        require(sender == operator, "NotOperatorOfProject")
