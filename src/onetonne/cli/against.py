"""What stands against a project, a programme or an account: freezes in force, and what is to be made good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from onetonne.cli.session import Session
from onetonne.terms import (
    Address,
    FreezeScope,
    Kilograms,
    ProgrammeId,
    ProjectId,
    format_quantity,
)

if TYPE_CHECKING:
    from onetonne.index.enforcement import Outstanding
    from onetonne.index.listings import Listings


class Against:
    """By an index's events, read once for a whole list."""

    def __init__(self, listings: Listings) -> None:
        self._freezes = {(one.scope, one.subject) for one in listings.freezes()}
        self._outstanding = listings.outstanding()

    def programme_frozen(self, programme: ProgrammeId) -> bool:
        return (FreezeScope.PROGRAMME, programme) in self._freezes

    def frozen_by(self, project: ProjectId, programme: ProgrammeId) -> list[FreezeScope]:
        """Which freezes stop a project's batches, all of them."""
        own = [FreezeScope.PROJECT] if (FreezeScope.PROJECT, project) in self._freezes else []
        return own + ([FreezeScope.PROGRAMME] if self.programme_frozen(programme) else [])

    def outstanding(self, project: ProjectId) -> Outstanding:
        from onetonne.index.enforcement import Outstanding

        return self._outstanding.get(project, Outstanding(Kilograms(0), Kilograms(0)))

    def document(self, project: ProjectId, programme: ProgrammeId) -> Mapping[str, object]:
        """What JSON has of a project besides its record."""
        return {
            "frozen_by": self.frozen_by(project, programme),
            "outstanding": self.outstanding(project),
        }

    def words(self, project: ProjectId, programme: ProgrammeId) -> str:
        """Empty where nothing stands against the project."""
        made_good = self.outstanding(project)
        found = [f"{scope.name.lower()} frozen" for scope in self.frozen_by(project, programme)]
        if made_good.reversals:
            found.append(f"{format_quantity(made_good.reversals)} lost, not made good")
        if made_good.over_issuances:
            found.append(f"{format_quantity(made_good.over_issuances)} over-issued, not replaced")
        return "; ".join(found)


def frozen_accounts(session: Session, accounts: list[Address]) -> dict[Address, bool]:
    """By account, whether the regulator froze it; empty where no deployment is at hand to ask."""
    if not session.has_deployment:
        return {}
    return {one: session.ledger.is_frozen(FreezeScope.ACCOUNT, one) for one in accounts}
