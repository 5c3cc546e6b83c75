"""Reversals, over-issuances, what makes them good, and the buffer."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from onetonne.chain import Signer, checked_address
from onetonne.errors import QuantityError
from onetonne.ledger.base import LedgerBase, checked_kilograms, holder_of, ids, lot_tuples, word
from onetonne.ledger.results import Done, MadeGood, ShortfallReported
from onetonne.ledger.typed_data import BUFFER_RELEASE, domain, release_message
from onetonne.terms import (
    Address,
    BatchId,
    BufferRelease,
    CancellationId,
    Kilograms,
    Lot,
    ProjectId,
    Reported,
    Seconds,
    Shortfall,
    ShortfallId,
    ShortfallKind,
    VvbId,
    format_quantity,
)


class ShortfallVerbs(LedgerBase):
    """What programmes do when something went wrong, and holders who make it good."""

    def report_reversal(
        self,
        project: ProjectId,
        lost: Sequence[Lot],
        cover: Sequence[Lot],
        evidence: bytes,
        case_reference: str,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> ShortfallReported:
        """Reports what was lost of a project's batches; cancels the buffer's lots in `cover` against it.

        The project's operator only. What the buffer does not cover is outstanding, and stops issuance. Of a
        batch no more can be reported than it was issued with, less what was reported already: see
        `reportable_lots`.
        """
        given = (
            project,
            lot_tuples(lost),
            lot_tuples(cover),
            word(evidence, "evidence's hash"),
            case_reference,
        )
        sent = self._send(self._function("Shortfalls", "reportReversal", *given), signer, dry_run)
        return ShortfallReported(ShortfallId(ids(sent, "ReversalReported", "shortfall")[0]), sent)

    def cover_reversal(
        self, shortfall: ShortfallId, lots: Sequence[Lot], *, signer: Signer, dry_run: bool = False
    ) -> MadeGood:
        """Cancels further lots of the project's buffer against a reversal. The project's operator only."""
        function = self._function("Shortfalls", "coverReversal", shortfall, lot_tuples(lots))
        return self._made_good(function, signer, dry_run)

    def mark_over_issued(
        self,
        batch: BatchId,
        kilograms: Kilograms,
        evidence: bytes,
        case_reference: str,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> ShortfallReported:
        """Marks tonnes of a batch as over-issued; its transfers go on. The programme's operator only."""
        given = (batch, checked_kilograms(kilograms), word(evidence, "evidence's hash"), case_reference)
        sent = self._send(self._function("Shortfalls", "markOverIssued", *given), signer, dry_run)
        return ShortfallReported(ShortfallId(ids(sent, "OverIssuanceMarked", "shortfall")[0]), sent)

    def annul(self, shortfall: ShortfallId, reason: str, *, signer: Signer, dry_run: bool = False) -> Done:
        """Annuls a report, which then counts as never made; what was cancelled stays so. Governance only."""
        return Done(self._govern(self._function("Shortfalls", "annul", shortfall, reason), signer, dry_run))

    def make_good(
        self,
        shortfall: ShortfallId,
        lots: Sequence[Lot],
        *,
        signer: Signer,
        holder: Address | None = None,
        dry_run: bool = False,
    ) -> MadeGood:
        """Cancels lots of any batches to make a shortfall good, for ever. Their holder or one it approved."""
        given = (shortfall, lot_tuples(lots), holder_of(signer, holder))
        return self._made_good(self._function("Shortfalls", "makeGood", *given), signer, dry_run)

    def sign_buffer_release(self, release: BufferRelease, signer: Signer) -> bytes:
        """A VVB's signature that buffer credits are no longer needed. Sends nothing.

        Codes that the statement leaves empty are read from the chain: `named_release` gives what was signed.
        """
        release = self.named_release(release)
        message = dict(zip(release_message(release), _struct(release), strict=True))
        place = domain(self.chain.chain_id, self.deployment.addresses["Shortfalls"])
        return signer.sign_typed(place, BUFFER_RELEASE, message)

    def named_release(self, release: BufferRelease) -> BufferRelease:
        """The statement with the codes of its project, read from the chain where they are empty."""
        if release.programme_code and release.project_code:
            return release
        programme, project = self._project_codes(release.project)
        return replace(release, programme_code=programme, project_code=project)

    def release_buffer(
        self,
        release: BufferRelease,
        vvb: str,
        signature: bytes,
        lots: Sequence[Lot],
        recipient: str,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Gives buffer credits back into circulation. The operator, with what the VVB's account signed."""
        given = (
            _struct(self.named_release(release)),
            checked_address(vvb),
            signature,
            lot_tuples(lots),
            checked_address(recipient),
        )
        return Done(self._send(self._function("Shortfalls", "releaseBuffer", *given), signer, dry_run))

    def release_used(self, release: BufferRelease, vvb: VvbId) -> bool:
        """Whether a VVB's statement has released its credits already, under whichever of its accounts."""
        statement = self._read("Shortfalls", "releaseDigest", _struct(self.named_release(release)))
        return bool(self._read("Shortfalls", "isUsed", vvb, statement))

    def shortfall(self, id: ShortfallId) -> Shortfall:
        found = self._read("Shortfalls", "shortfall", id)
        return Shortfall(
            id=id,
            project=ProjectId(found.project),
            batch=BatchId(found.batch),
            kind=ShortfallKind(found.kind),
            kilograms=Kilograms(found.kilograms),
            made_good=Kilograms(found.madeGood),
            reported_at=Seconds(found.reportedAt),
            annulled=found.annulled,
        )

    def shortfall_count(self) -> int:
        """The highest id."""
        return int(self._read("Shortfalls", "count"))

    def outstanding(self, project: ProjectId) -> tuple[Kilograms, Kilograms]:
        """What a project has still to make good: of reversals, and of over-issuances."""
        reversals, over_issuances = self._read("Shortfalls", "outstanding", project)
        return Kilograms(reversals), Kilograms(over_issuances)

    def reported(self, batch: BatchId) -> Reported:
        """What was reported of a batch: reversals, over-issuances, and what was made good of these."""
        return Reported(*map(Kilograms, self._read("Shortfalls", "reported", batch)))

    def reportable_lots(self, project: ProjectId) -> tuple[Lot, ...]:
        """What can still be reported of a project's batches, oldest vintage first.

        Asks for every batch there is.
        """
        found = []
        for batch in range(1, self._read("Credits", "counts").batches + 1):
            record = self._read("Credits", "batch", batch)
            if record.project == project:
                reported, issued = (
                    self.reported(BatchId(batch)),
                    self._read("Credits", "issuedKilograms", batch),
                )
                left = Kilograms(issued - reported.reversed - reported.over_issued)
                found.append((record.vintageStart, record.vintageEnd, BatchId(batch), left))
        return tuple(Lot(batch, left) for _, _, batch, left in sorted(found) if left)

    def buffer_account(self) -> Address:
        """The constant account that holds what is withheld against reversals."""
        return Address(self._read("Credits", "BUFFER"))

    def buffer_lots(self, project: ProjectId) -> tuple[Lot, ...]:
        """What a project has in the buffer, oldest vintage first. Asks for every batch there is."""
        found = []
        for batch, kilograms in self._balances(self.buffer_account()).items():
            record = self._read("Credits", "batch", batch)
            if record.project == project:
                found.append((record.vintageStart, record.vintageEnd, batch, kilograms))
        return tuple(Lot(batch, kilograms) for _, _, batch, kilograms in sorted(found))

    def _made_good(self, function: Any, signer: Signer, dry_run: bool) -> MadeGood:
        sent = self._send(function, signer, dry_run)
        made = [] if sent.transaction is None else ids(sent, "MadeGood", "cancellation")
        return MadeGood(tuple(map(CancellationId, made)), sent)


def first_lots(lots: Iterable[Lot], kilograms: Kilograms) -> tuple[Lot, ...]:
    """The first of `lots` that add up to `kilograms`, the last of them in part; all where they are less."""
    taken: list[Lot] = []
    left = kilograms
    for lot in lots:
        if left == 0:
            break
        part = min(lot.kilograms, left)
        taken.append(Lot(lot.batch, Kilograms(part)))
        left = Kilograms(left - part)
    return tuple(taken)


def exactly(lots: Iterable[Lot], kilograms: Kilograms) -> tuple[Lot, ...]:
    """As `first_lots`. Raises `QuantityError` where they are less."""
    taken = first_lots(lots, kilograms)
    there = Kilograms(sum(lot.kilograms for lot in taken))
    if there < kilograms:
        raise QuantityError(
            f"There are {format_quantity(there)}, less than the {format_quantity(kilograms)} asked for."
        )
    return taken


def _struct(release: BufferRelease) -> tuple[Any, ...]:
    checked_kilograms(release.kilograms)
    for name in ("evidence", "salt"):
        word(getattr(release, name), name)
    return tuple(release_message(release).values())
