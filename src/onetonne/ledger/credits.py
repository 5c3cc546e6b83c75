"""Credits: issue, transfer, retire, cancel."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eth_abi.abi import decode
from eth_utils.crypto import keccak
from web3.contract.contract import ContractFunction

from onetonne.chain import Signer, checked_address
from onetonne.errors import BadInput
from onetonne.ledger.base import LedgerBase, checked_kilograms, holder_of, ids, lot_tuples
from onetonne.ledger.results import Cancelled, Done, Issued, Retired, RetiredForEach
from onetonne.ledger.typed_data import custody_hash
from onetonne.terms import (
    Address,
    Batch,
    BatchId,
    Cancellation,
    CancellationId,
    CancellationKind,
    Claim,
    Days,
    Holding,
    Issuance,
    Kilograms,
    Lot,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Purpose,
    Retirement,
    RetirementDetails,
    RetirementId,
    Seconds,
    Serial,
    VerificationId,
    code_bytes32,
    from_days,
    to_days,
)


class CreditVerbs(LedgerBase):
    """What operators and holders do with credits. Quantities are kilograms."""

    def issue(
        self, issuances: Sequence[Issuance], recipient: str, *, signer: Signer, dry_run: bool = False
    ) -> Issued:
        """Puts serial blocks on chain and gives them to `recipient`. The programme's operator only."""
        orders = [self._order(issuance) for issuance in issuances]
        function = self._function("Credits", "issue", orders, checked_address(recipient))
        sent = self._send(function, signer, dry_run)
        return Issued(tuple(map(BatchId, ids(sent, "BatchIssued", "batch"))), sent)

    def transfer(
        self,
        batch: BatchId,
        kilograms: Kilograms,
        to: str,
        *,
        signer: Signer,
        holder: Address | None = None,
        dry_run: bool = False,
    ) -> Done:
        """Gives part of a batch to another account. The holder or one it approved."""
        given = (holder_of(signer, holder), checked_address(to), batch, checked_kilograms(kilograms), b"")
        return Done(self._send(self._function("Credits", "safeTransferFrom", *given), signer, dry_run))

    def transfer_many(
        self,
        lots: Sequence[Lot],
        to: str,
        *,
        signer: Signer,
        holder: Address | None = None,
        dry_run: bool = False,
    ) -> Done:
        """Gives parts of several batches to another account. The holder or one it approved."""
        batches = [lot.batch for lot in lots]
        kilograms = [checked_kilograms(lot.kilograms) for lot in lots]
        given = (holder_of(signer, holder), checked_address(to), batches, kilograms, b"")
        return Done(self._send(self._function("Credits", "safeBatchTransferFrom", *given), signer, dry_run))

    def approve(self, account: str, approved: bool = True, *, signer: Signer, dry_run: bool = False) -> Done:
        """Lets an account transfer, retire, cancel and redeem all of the signer's credits, or no longer."""
        function = self._function("Credits", "setApprovalForAll", checked_address(account), approved)
        return Done(self._send(function, signer, dry_run))

    def retire(
        self,
        lots: Sequence[Lot],
        beneficiary: str,
        purpose: Purpose = Purpose.VOLUNTARY,
        details: RetirementDetails | None = None,
        *,
        signer: Signer,
        publish: bool = False,
        holder: Address | None = None,
        dry_run: bool = False,
        intent: str | None = None,
        file: tuple[Path, str] | None = None,
    ) -> Retired:
        """Retires lots for one claim, for ever: each becomes a retirement and a certificate of `beneficiary`.

        Of the details only the hash goes on chain, and their owner keeps the text; with `publish` the text
        goes too, and stays public for ever. The holder or one it approved. `intent` and `file` as
        `Chain.send` has them.
        """
        claim = Claim(tuple(lots), beneficiary, details)
        function = self._retire(claim, purpose, holder_of(signer, holder), publish)
        sent = self.chain.send(function, signer, dry_run=dry_run, intent=intent, file=file)
        return Retired(tuple(map(RetirementId, ids(sent, "Retired", "retirement"))), sent)

    def retire_for_each(
        self,
        claims: Sequence[Claim],
        purpose: Purpose = Purpose.VOLUNTARY,
        *,
        signer: Signer,
        publish: bool = False,
        holder: Address | None = None,
        dry_run: bool = False,
    ) -> RetiredForEach:
        """As `retire`, for several claims of one holder in one transaction: all of them, or none."""
        owner = holder_of(signer, holder)
        calls = [self.chain.encoded(self._retire(claim, purpose, owner, publish)) for claim in claims]
        sent = self._send(self._function("Credits", "multicall", calls), signer, dry_run)
        if sent.transaction is None:
            made = [decode(["uint256[]"], answer)[0] for answer in sent.returned]
            return RetiredForEach(tuple(tuple(map(RetirementId, one)) for one in made), sent)
        numbers = iter(ids(sent, "Retired", "retirement"))
        return RetiredForEach(
            tuple(tuple(RetirementId(next(numbers)) for _ in claim.lots) for claim in claims), sent
        )

    def _retire(self, claim: Claim, purpose: Purpose, holder: Address, publish: bool) -> ContractFunction:
        given = (lot_tuples(claim.lots), holder, checked_address(claim.beneficiary), int(purpose))
        if not publish:
            hash_ = claim.details.hash() if claim.details else bytes(32)
            return self._function("Credits", "retire", *given, hash_)
        if claim.details is None:
            raise BadInput("There are no details to publish: give some, or do not ask to publish them.")
        return self._function("Credits", "retireWithDetails", *given, claim.details.text())

    def cancel(
        self,
        lots: Sequence[Lot],
        kind: CancellationKind,
        reason: str,
        *,
        signer: Signer,
        holder: Address | None = None,
        dry_run: bool = False,
    ) -> Cancelled:
        """Removes lots for ever, without a claim. The holder or one it approved. `reason` is published.

        The contracts refuse the kinds `REVERSAL` and `REPLACEMENT`, which make a shortfall good, and
        `CORSIA`, in whose place credits are retired with that purpose.
        """
        given = (lot_tuples(lots), holder_of(signer, holder), int(kind), reason)
        sent = self._send(self._function("Credits", "cancel", *given), signer, dry_run)
        return Cancelled(tuple(map(CancellationId, ids(sent, "Cancelled", "cancellation"))), sent)

    def custody_hash(self, issuance: Issuance) -> bytes:
        """The hash that this issuance's batch carries on this chain, of its immobilisation record."""
        return custody_hash(issuance, self.chain.chain_id, self.deployment.addresses["Credits"])

    def batch(self, id: BatchId) -> Batch:
        found = self._read("Credits", "batch", id)
        return Batch(
            id=id,
            first=Serial(found.first),
            last=Serial(found.last),
            verification=VerificationId(found.verification),
            project=ProjectId(found.project),
            programme=ProgrammeId(found.programme),
            methodology=MethodologyId(found.methodology),
            vintage_start=from_days(Days(found.vintageStart)),
            vintage_end=from_days(Days(found.vintageEnd)),
            vintage_year=found.vintageYear,
            retired=Kilograms(found.taken - found.cancelled),
            cancelled=Kilograms(found.cancelled),
            redeemed=Kilograms(found.redeemed),
            issued_at=Seconds(found.issuedAt),
        )

    def batch_of_serial(self, prefix: str, serial: Serial) -> BatchId:
        """The batch that holds a serial number of a namespace; 0 for none."""
        return BatchId(self._read("Credits", "batchOfSerial", keccak(text=prefix), serial))

    def holding(self, account: str, batch: BatchId) -> Holding:
        """What an account holds of one batch, perhaps nothing."""
        owner = checked_address(account)
        balance = self._read("Credits", "balanceOf", owner, batch)
        frozen = self._read("Credits", "getFrozenTokens", owner, batch)
        return Holding(owner, batch, Kilograms(balance), Kilograms(frozen))

    def holdings(self, account: str) -> tuple[Holding, ...]:
        """What an account holds, batch by batch. Asks for every batch there is: an index is faster."""
        owner = checked_address(account)
        return tuple(self.holding(owner, batch) for batch in self._balances(owner))

    def retirement(self, id: RetirementId) -> Retirement:
        """Its details are the first 20 bytes of their hash: `Retired`, the event, has all."""
        found = self._read("Credits", "retirement", id)
        return Retirement(
            id=id,
            batch=BatchId(found.batch),
            beneficiary=Address(found.beneficiary),
            start=Kilograms(found[1]),  # "from" can't be an attribute in Python
            kilograms=Kilograms(found.kilograms),
            time=Seconds(found.time),
            purpose=Purpose(found.purpose),
            claim=RetirementId(id - found.position),
            details=bytes(found.details),
        )

    def cancellation(self, id: CancellationId) -> Cancellation:
        found = self._read("Credits", "cancellation", id)
        return Cancellation(
            id=id,
            batch=BatchId(found.batch),
            holder=Address(found.holder),
            start=Kilograms(found[1]),  # "from" can't be an attribute in Python
            kilograms=Kilograms(found.kilograms),
            time=Seconds(found.time),
            kind=CancellationKind(found.kind),
            reason=bytes(found.reason),
        )

    def counts(self) -> tuple[int, int, int]:
        """Batches, retirements and cancellations so far: each kind's highest id."""
        found = self._read("Credits", "counts")
        return found.batches, found.retirements, found.cancellations

    def _order(self, issuance: Issuance) -> tuple[Any, ...]:
        block = issuance.block
        return (
            code_bytes32(block.root),
            block.prefix,
            block.first,
            block.last,
            self._read("Credits", "serialHint", keccak(text=block.namespace), block.first),
            issuance.verification,
            to_days(issuance.vintage_start),
            to_days(issuance.vintage_end),
            issuance.vintage_year,
            self.custody_hash(issuance),
        )
