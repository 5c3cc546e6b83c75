"""What the regulator does: freezes, frozen amounts, forced transfers."""

from eth_utils.crypto import keccak

from onetonne.chain import Signer, checked_address
from onetonne.errors import BadInput, quoted
from onetonne.ledger.base import LedgerBase, checked_kilograms
from onetonne.ledger.results import Done
from onetonne.terms import BatchId, FreezeScope, Kilograms

Subject = int | str
"""Id of a batch, project or programme; or an account's address."""


class RegulationVerbs(LedgerBase):
    """The regulator's alone, as a role of the `AccessManager`."""

    def freeze(
        self,
        scope: FreezeScope,
        subject: Subject,
        reason: str,
        case_reference: str,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Stops all movement of a batch, a project's or a programme's batches, or an account.

        Of the reason, only the hash goes on chain; the reference of the case does as text.
        """
        given = (int(scope), _subject(scope, subject), keccak(text=reason), case_reference)
        return Done(self._govern(self._function("Credits", "freeze", *given), signer, dry_run))

    def lift(
        self,
        scope: FreezeScope,
        subject: Subject,
        case_reference: str,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Ends a freeze."""
        given = (int(scope), _subject(scope, subject), case_reference)
        return Done(self._govern(self._function("Credits", "lift", *given), signer, dry_run))

    def set_frozen(
        self,
        account: str,
        batch: BatchId,
        kilograms: Kilograms,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Sets how much of a batch may not leave an account, in place of what was set before; 0 ends it."""
        given = (checked_address(account), batch, checked_kilograms(kilograms))
        return Done(self._govern(self._function("Credits", "setFrozenTokens", *given), signer, dry_run))

    def forced_transfer(
        self,
        batch: BatchId,
        kilograms: Kilograms,
        holder: str,
        to: str,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Takes part of a batch from a holder without its consent, frozen or not, and gives it to another."""
        given = (checked_address(holder), checked_address(to), batch, checked_kilograms(kilograms))
        return Done(self._govern(self._function("Credits", "forcedTransfer", *given), signer, dry_run))

    def is_frozen(self, scope: FreezeScope, subject: Subject) -> bool:
        return bool(self._read("Credits", "isFrozen", int(scope), _subject(scope, subject)))

    def freezes_in_force(self) -> int:
        """Freezes and frozen amounts together."""
        return int(self._read("Credits", "freezesInForce"))


def _subject(scope: FreezeScope, subject: Subject) -> int:
    if scope is FreezeScope.ACCOUNT:
        return int(checked_address(str(subject)), 16)
    if isinstance(subject, str) and not subject.isdecimal():
        raise BadInput(f"A {scope.name.lower()} can't have the id {quoted(subject)}: give its number.")
    return int(subject)
