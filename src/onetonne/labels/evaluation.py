"""The plain-Python twin of the contract `Labels`: which conditions a batch meets, and which claims are open.

Nothing here reads a chain or a database: `Histories` says everything, and a test may fill them itself.
"""

from dataclasses import dataclass
from enum import Enum

from onetonne.labels.entries import Issued, Tick, at, latest
from onetonne.labels.histories import Histories, ProjectYear
from onetonne.terms import FIRST_NDC_YEAR, Address, BatchId, Condition, Kilograms, Purpose, Rule, Use

_INTERNATIONAL = (Purpose.CORSIA_PHASE_1, Purpose.CORSIA_PHASE_2)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one label of one batch at one second."""

    missing: frozenset[Condition]
    conditional: bool
    """Whether an approval that the answer rests on was given under a condition."""

    @property
    def held(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class HeldLabel:
    label: str
    conditional: bool


class Refusal(Enum):
    """Why the contract refuses a retirement; values are the errors' names."""

    LABEL_MISSING = "LabelMissing"
    NOT_AUTHORISED = "NotAuthorised"
    BATCH_NOT_AUTHORISED = "BatchNotAuthorised"
    AUTHORISATION_EXCEEDED = "AuthorisationExceeded"
    NOT_HOST = "NotHost"
    VINTAGE_BEFORE_NDC = "VintageBeforeNdc"
    HOST_USE_EXCLUDED = "HostUseExcluded"


def evaluate(histories: Histories, batch: BatchId, label: str, time: int) -> Verdict:
    """What `Labels.conditions` answers. Raises `KeyError` where there is no such batch."""
    subject = histories.batches[batch]
    admitted = at(histories.frameworks.get(label, []), time)
    if admitted is None:
        return Verdict(frozenset({Condition.FRAMEWORK}), False)
    rule, missing, conditional = admitted.rule, set[Condition](), False
    if subject.issued_at > time:
        missing.add(Condition.ISSUED)
    if rule.by_programme:
        ticks = histories.programme_ticks.get((label, subject.programme), [])
        lacks, under = _tick(at(ticks, time), subject, Condition.PROGRAMME, Condition.PROGRAMME_WINDOW)
        missing, conditional = missing | lacks, under
    for part in histories.parts_of(subject.methodology) if rule.by_methodology else ():
        tick = at(histories.methodology_ticks.get((label, part), []), time)
        lacks, under = _tick(tick, subject, Condition.METHODOLOGY, Condition.METHODOLOGY_WINDOW)
        missing, conditional = missing | lacks, conditional or under
    if _excluded(histories, subject, label, time):
        missing.add(Condition.EXCLUSION)
    missing |= _authority(histories, subject, label, rule, time)
    return Verdict(frozenset(missing), conditional)


def labels_of(histories: Histories, batch: BatchId, time: int) -> tuple[HeldLabel, ...]:
    """The labels that a batch held at a second, in the order in which they were admitted.

    Raises `KeyError` where there is no such batch.
    """
    verdicts = ((label, evaluate(histories, batch, label, time)) for label in histories.labels)
    return tuple(HeldLabel(label, verdict.conditional) for label, verdict in verdicts if verdict.held)


def refusal(
    histories: Histories,
    batch: BatchId,
    purpose: Purpose,
    kilograms: Kilograms,
    time: int,
    holder: Address | None = None,
) -> Refusal | None:
    """Why the contract would refuse a retirement in a block of second `time`, after all that was said so far.

    Toward its own NDC a host country uses what it holds; without a `holder` that is not asked.
    I8: an authorisation counts from the second after it was given, a revocation at once: in the second of
    either nothing is first transferred.
    """
    subject, label = histories.batches[batch], histories.demands.get(purpose)
    if label is not None and not evaluate(histories, batch, label, time).held:
        return Refusal.LABEL_MISSING
    year = subject.project.id, subject.vintage_year
    if purpose is Purpose.HOST_NDC:
        return _host_refusal(histories, subject, holder)
    use = use_of(histories, purpose)
    return None if use is None else _transfer_refusal(histories, batch, year, use, kilograms, time)


def use_of(histories: Histories, purpose: Purpose) -> Use | None:
    """For what use a retirement of this purpose is a first transfer; None where it is none."""
    if purpose in _INTERNATIONAL:
        return Use.INTERNATIONAL_MITIGATION
    label = histories.demands.get(purpose)
    return histories.frameworks[label][0].rule.use if label is not None else None


def _tick(
    tick: Tick | None, subject: Issued, approval: Condition, window: Condition
) -> tuple[set[Condition], bool]:
    if tick is None or tick.window is None:
        return {approval}, False
    inside = (
        tick.window.vintage_start <= subject.vintage_start
        and subject.vintage_end <= tick.window.vintage_end
        and tick.window.crediting_from <= subject.project.crediting_start
    )
    return set() if inside else {window}, tick.conditional


def _excluded(histories: Histories, subject: Issued, label: str, time: int) -> bool:
    kind = label, subject.programme, subject.project.activity_type
    by_type = at(histories.type_exclusions.get(kind, []), time)
    by_parts = (
        at(histories.methodology_exclusions.get((label, part), []), time)
        for part in histories.parts_of(subject.methodology)
    )
    return any(switch is not None and switch.on for switch in (by_type, *by_parts))


def _authority(
    histories: Histories, subject: Issued, label: str, rule: Rule, time: int
) -> frozenset[Condition]:
    """What the host country's side of a label lacks."""
    if rule.use is None or subject.vintage_year < FIRST_NDC_YEAR:
        return frozenset()
    year, lacks = (subject.project.id, subject.vintage_year), set()
    permission = at(histories.authorisations.get(year, []), time)
    if permission is None or rule.use not in permission.uses or subject.id not in permission.batches:
        lacks.add(Condition.AUTHORISATION)
    if rule.adjusted:
        adjustment = at(histories.adjustments.get(year, []), time)
        guarantee = at(histories.guarantees.get((label, year), []), time)
        adjusted = adjustment is not None and permission is not None and adjustment.covers(permission)
        if not adjusted and not (guarantee is not None and guarantee.on):
            lacks.add(Condition.ADJUSTMENT)
    return frozenset(lacks)


def _host_refusal(histories: Histories, subject: Issued, holder: Address | None) -> Refusal | None:
    year = subject.project.id, subject.vintage_year
    if subject.vintage_year < FIRST_NDC_YEAR:
        return Refusal.VINTAGE_BEFORE_NDC
    if holder is not None and holder != histories.host_of(subject.project.country):
        return Refusal.NOT_HOST
    permission = latest(histories.authorisations.get(year, []))
    if permission is None or not permission.uses or subject.id not in permission.batches:
        return None
    return Refusal.HOST_USE_EXCLUDED if permission.cap > histories.used_of(year).transferred else None


def _transfer_refusal(
    histories: Histories, batch: BatchId, year: ProjectYear, use: Use, kilograms: Kilograms, time: int
) -> Refusal | None:
    if year[1] < FIRST_NDC_YEAR:
        return None
    used, last = histories.used_of(year), latest(histories.authorisations.get(year, []))
    if last is None or use not in last.uses or last.place.counts_from > time:
        return Refusal.NOT_AUTHORISED
    if batch not in last.batches:
        return Refusal.BATCH_NOT_AUTHORISED
    exceeded = kilograms > last.cap - used.transferred
    return Refusal.AUTHORISATION_EXCEEDED if exceeded else None
