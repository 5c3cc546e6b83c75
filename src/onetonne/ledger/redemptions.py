"""Redemptions: whole serial numbers back to the programme registry."""

from onetonne.chain import Signer
from onetonne.ledger.base import LedgerBase, checked_kilograms, holder_of, ids
from onetonne.ledger.results import Done, RedemptionConfirmed, RedemptionRequested
from onetonne.terms import (
    KILOGRAMS_PER_TONNE,
    Address,
    BatchId,
    Kilograms,
    Redemption,
    RedemptionId,
    RedemptionStatus,
    Seconds,
    Serial,
)


class RedemptionVerbs(LedgerBase):
    """A holder requests, the operator confirms (burns), makes live in the registry, and reports that."""

    def request_redemption(
        self,
        batch: BatchId,
        kilograms: Kilograms,
        *,
        signer: Signer,
        holder: Address | None = None,
        dry_run: bool = False,
    ) -> RedemptionRequested:
        """Asks for whole tonnes to be taken back, and moves them to escrow. The holder or one it approved."""
        given = (batch, checked_kilograms(kilograms), holder_of(signer, holder))
        sent = self._send(self._function("Redemptions", "request", *given), signer, dry_run)
        return RedemptionRequested(RedemptionId(ids(sent, "RedemptionRequested", "redemption")[0]), sent)

    def confirm_redemption(
        self, redemption: RedemptionId, first: Serial, last: Serial, *, signer: Signer, dry_run: bool = False
    ) -> RedemptionConfirmed:
        """Burns the credits and fixes their serial numbers. The programme's operator only; nothing takes it
        back.

        They are the batch's next from the back (`next_serials`): others are refused. Make them live in the
        programme registry only when this is final on the chain, then `report_reactivated`.
        """
        function = self._function("Redemptions", "confirm", redemption, first, last)
        return RedemptionConfirmed(redemption, first, last, self._send(function, signer, dry_run))

    def report_reactivated(
        self, redemption: RedemptionId, reference: str, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Reports that a confirmed redemption's serial numbers are live in the programme registry again.

        `reference` is the registry's own, of that entry. The programme's operator only.
        """
        function = self._function("Redemptions", "reportReactivated", redemption, reference)
        return Done(self._send(function, signer, dry_run))

    def refuse_redemption(
        self, redemption: RedemptionId, reason: str, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Gives units in escrow back to their holder. The programme's operator only."""
        function = self._function("Redemptions", "refuse", redemption, reason)
        return Done(self._send(function, signer, dry_run))

    def withdraw_redemption(self, redemption: RedemptionId, *, signer: Signer, dry_run: bool = False) -> Done:
        """Takes an unanswered request back, after the waiting time. Its holder or one it approved."""
        return Done(self._send(self._function("Redemptions", "withdraw", redemption), signer, dry_run))

    def redemption(self, id: RedemptionId) -> Redemption:
        found = self._read("Redemptions", "redemption", id)
        return Redemption(
            id=id,
            batch=BatchId(found.batch),
            holder=Address(found.holder),
            kilograms=Kilograms(found.kilograms),
            status=RedemptionStatus(found.status),
            requested_at=Seconds(found.requestedAt),
            first=Serial(found.first),
            last=Serial(found.last),
        )

    def redemption_count(self) -> int:
        """The highest id."""
        return int(self._read("Redemptions", "count"))

    def next_serials(self, redemption: RedemptionId) -> tuple[Serial, Serial]:
        """The first and last serial number that a request would take back if it were confirmed now."""
        asked = self._read("Redemptions", "redemption", redemption)
        batch = self._read("Credits", "batch", asked.batch)
        last = batch.last - batch.redeemed // KILOGRAMS_PER_TONNE
        return Serial(last + 1 - asked.kilograms // KILOGRAMS_PER_TONNE), Serial(last)
