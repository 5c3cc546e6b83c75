"""Which lots to retire for a quantity: oldest vintage first, of what an account holds and a policy admits."""

from collections.abc import Iterable
from dataclasses import dataclass

from onetonne.errors import BadInput
from onetonne.labels import Refusal, refusal, use_of
from onetonne.labels.entries import latest
from onetonne.policy.facts import BatchFacts, Facts
from onetonne.policy.rules import Policy, frozen_in_words
from onetonne.terms import (
    FIRST_NDC_YEAR,
    Address,
    Batch,
    FreezeScope,
    Holding,
    Kilograms,
    Lot,
    ProjectId,
    Purpose,
    format_quantity,
)

MOST_LOTS = 150
"""That one transaction retires: the contract takes 256, but EIP-7825 gives a transaction 2^24 gas."""
MOST_LOTS_ASKED = 100
"""Where a label is demanded or a host country asked: a lot then takes up to 130,000 gas."""

_SHOWN = 5
_ONE = Kilograms(1)
_REFUSALS = {
    Refusal.LABEL_MISSING: "has no label {label}, which the purpose demands",
    Refusal.NOT_AUTHORISED: "its host country has not authorised this use",
    Refusal.BATCH_NOT_AUTHORISED: "its host country's letter does not name this batch",
    Refusal.AUTHORISATION_EXCEEDED: "what its host country authorised is used up",
    Refusal.NOT_HOST: "its host country alone uses it toward its own NDC",
    Refusal.VINTAGE_BEFORE_NDC: "its vintage lies before the first NDCs",
    Refusal.HOST_USE_EXCLUDED: "its host country's letter leaves it open to use elsewhere",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """Part of a batch, and what the batch is."""

    facts: BatchFacts
    kilograms: Kilograms

    @property
    def lot(self) -> Lot:
        return Lot(self.facts.batch.id, self.kilograms)


@dataclass(frozen=True, slots=True)
class Excluded:
    """What an account holds of a batch and can't be taken, and why."""

    facts: BatchFacts
    kilograms: Kilograms
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        held = format_quantity(self.kilograms)
        return f"batch {self.facts.batch.id} ({held}): {', '.join(self.reasons)}"


def reasons_against(
    facts: BatchFacts, all_facts: Facts, policy: Policy, purpose: Purpose, holder: Address | None = None
) -> tuple[str, ...]:
    """Why a batch is not to be retired for a purpose by a holder; none where it is. A frozen one never is."""
    found = policy.admits(facts, all_facts.today)
    if facts.frozen and frozen_in_words(facts.frozen) not in found:
        found.append(frozen_in_words(facts.frozen))
    refused = refusal(all_facts.histories, facts.batch.id, purpose, _ONE, all_facts.time, holder)
    label = all_facts.histories.demands.get(purpose)
    if refused is not None and not (refused is Refusal.LABEL_MISSING and label in policy.labels):
        found.append(_REFUSALS[refused].format(label=label))
    return tuple(found)


def pick(
    holdings: Iterable[Holding],
    facts: Facts,
    policy: Policy,
    kilograms: Kilograms,
    purpose: Purpose,
    name: str,
) -> list[Planned]:
    """Lots that add up to `kilograms`, from one account's holdings; within a vintage the oldest batch first.

    Raises `BadInput` where they do not suffice, saying what is lacking and what falls out; `name` is the
    holder's.
    """
    planned = pick_any_number(holdings, facts, policy, kilograms, purpose, name)
    histories = facts.histories
    asked = purpose in histories.demands or purpose is Purpose.HOST_NDC or use_of(histories, purpose)
    most = MOST_LOTS_ASKED if asked else MOST_LOTS
    if len(planned) > most:
        first = Kilograms(sum(one.kilograms for one in planned[:most]))
        raise BadInput(
            f"{format_quantity(kilograms)} would take {len(planned)} batches, and one transaction "
            f"retires {most} at most: retire {format_quantity(first)} first, then the rest."
        )
    return planned


def pick_any_number(
    holdings: Iterable[Holding],
    facts: Facts,
    policy: Policy,
    kilograms: Kilograms,
    purpose: Purpose,
    name: str,
) -> list[Planned]:
    """As `pick`, for several transactions: however many lots it takes."""
    picking = _Picking(facts, policy, purpose, kilograms)
    for holding in sorted(holdings, key=lambda one: _age(facts.of(one.batch).batch)):
        picking.take(holding)
    if picking.missing:
        raise BadInput(picking.lacking(name))
    return picking.planned


class _Picking:
    """A plan as it grows."""

    def __init__(self, facts: Facts, policy: Policy, purpose: Purpose, wanted: Kilograms) -> None:
        self._facts, self._policy, self._purpose = facts, policy, purpose
        self._wanted = self.missing = wanted
        self._authorised: dict[tuple[ProjectId, int], Kilograms] = {}
        self.planned: list[Planned] = []
        self._excluded: list[Excluded] = []

    def take(self, holding: Holding) -> None:
        """As much of a holding as is wanted and may be taken."""
        one = self._facts.of(holding.batch)
        reasons = reasons_against(one, self._facts, self._policy, self._purpose, holding.account)
        if holding.account in self._facts.frozen_accounts:
            reasons = (*reasons, frozen_in_words([FreezeScope.ACCOUNT]))
        if reasons:
            self._excluded.append(Excluded(one, holding.kilograms, reasons))
            return
        frozen = min(holding.frozen, holding.kilograms)
        if frozen:
            self._excluded.append(Excluded(one, Kilograms(frozen), ("frozen for this account",)))
        free = Kilograms(holding.kilograms - frozen)
        left = self._left(one.batch)
        if left is not None and left < free:
            over = Kilograms(free - left)
            self._excluded.append(Excluded(one, over, (_REFUSALS[Refusal.AUTHORISATION_EXCEEDED],)))
            free = left
        taken = Kilograms(min(free, self.missing))
        if taken:
            self.planned.append(Planned(one, taken))
            self.missing = Kilograms(self.missing - taken)
            if left is not None:
                self._authorised[one.batch.project, one.batch.vintage_year] = Kilograms(left - taken)

    def lacking(self, name: str) -> str:
        """What there is, what is wanted, and why the rest does not count."""
        fitting = format_quantity(Kilograms(self._wanted - self.missing))
        said = (
            f"{name} holds {fitting} that fit, and {format_quantity(self._wanted)} are wanted: "
            f"{format_quantity(self.missing)} are lacking"
        )
        if not self._excluded:
            return f"{said}; buy more, or ask for less."
        shown = "; ".join(map(str, self._excluded[:_SHOWN]))
        more = len(self._excluded) - _SHOWN
        rest = f"; and {more} more" if more > 0 else ""
        return f"{said}; buy more, ask for less, or see why the rest falls out: {shown}{rest}."

    def _left(self, batch: Batch) -> Kilograms | None:
        """What the host country's authorisation still lets be transferred; None where there is no cap."""
        histories, year = self._facts.histories, (batch.project, batch.vintage_year)
        host = self._purpose is Purpose.HOST_NDC or use_of(histories, self._purpose) is None
        if host or batch.vintage_year < FIRST_NDC_YEAR:
            return None
        entry = latest(histories.authorisations.get(year, []))
        cap = entry.cap if entry is not None else Kilograms(0)
        return self._authorised.get(year, Kilograms(cap - histories.used_of(year).transferred))


def _age(batch: Batch) -> tuple[int, int]:
    return batch.vintage_year, batch.id
