"""From a table to the chain: the difference between the two, as steps; and taking them.

A plan is made of what the chain says now: after an interruption, another one goes on with what is left. Only
programmes and versions of methodologies that are registered on the chain can be approved there.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from onetonne.chain import Signer
from onetonne.errors import BadInput
from onetonne.labels.entries import Methodology, Switch, Tick, latest, type_in_words
from onetonne.labels.histories import Histories
from onetonne.labels.tables import EVERY_VERSION, LabelTable, Stated, terms
from onetonne.ledger import Ledger
from onetonne.terms import Approval, Decision, MethodologyId, ProgrammeId, to_days

Progress = Callable[[int, int], None]
"""Called after each step with how many are done, and how many there are."""


class Action(Enum):
    """What becomes of one subject. The last four send nothing."""

    APPROVE = "approve"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    EXCLUDE = "exclude"
    INCLUDE = "include again"
    SAME = "same"
    UNVERIFIED = "left: unverified"
    ELSEWHERE = "not on this chain"
    PENDING = "pending"


SENT = (Action.APPROVE, Action.CHANGE, Action.WITHDRAW, Action.EXCLUDE, Action.INCLUDE)


@dataclass(frozen=True, slots=True)
class Subject:
    """A programme, one of its activity types, or a version of a methodology, by the codes of the chain.

    An empty activity type is that of the projects which were registered without one.
    """

    programme: str
    methodology: str | None = None
    version: str | None = None
    activity_type: str | None = None

    def __str__(self) -> str:
        if self.activity_type is not None:
            return f"{self.programme} {type_in_words(self.activity_type)}"
        return ":".join(part for part in (self.programme, self.methodology, self.version) if part)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry to make on chain, or none; a withdrawal and an inclusion have no approval."""

    action: Action
    subject: Subject
    exclusion: bool
    approval: Approval | None
    decision: Decision
    verified: bool
    note: str
    programme: ProgrammeId | None = None
    methodology: MethodologyId | None = None

    @property
    def what(self) -> str:
        """The window and the condition, in words."""
        if self.approval is None:
            return "exclusion" if self.exclusion else ""
        return terms(self.approval)


@dataclass(frozen=True, slots=True)
class ApplyPlan:
    """What a table asks of a chain, subject by subject."""

    label: str
    as_of: date
    steps: tuple[Step, ...]
    notes: tuple[str, ...]

    @property
    def to_send(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.action in SENT)


@dataclass(frozen=True, slots=True)
class Applied:
    """What was sent."""

    entries: int
    gas_used: int
    transactions: tuple[str | None, ...]


def plan(
    table: LabelTable,
    histories: Histories,
    *,
    programme: str | None = None,
    include_unverified: bool = False,
) -> ApplyPlan:
    """Raises `BadInput` where the chain has no such label."""
    admissions = histories.frameworks.get(table.label)
    if not admissions:
        raise BadInput(
            f"There is no label {table.label} on this chain: governance admits it first, with "
            f"`onetonne framework admit {table.label}`."
        )
    notes = []
    if admissions[0].rule != table.rule:
        notes.append(f"{table.label} was admitted on this chain with another rule than the table's.")
    steps = list(_Planner(table, histories, include_unverified).steps())
    if programme is not None:
        wanted = programme.strip().upper()
        steps = [step for step in steps if step.subject.programme == wanted]
        if not steps:
            notes.append(f"Neither the table nor the chain says anything of {wanted} for {table.label}.")
    return ApplyPlan(table.label, table.as_of, tuple(steps), tuple(notes))


def apply(plan: ApplyPlan, ledger: Ledger, signer: Signer, *, progress: Progress | None = None) -> Applied:
    """Takes the steps one by one, each a transaction: what was done stays done where one fails."""
    gas, transactions = 0, list[str | None]()
    for step in plan.to_send:
        sent = _send(plan.label, step, ledger, signer)
        gas, transactions = gas + sent[1], [*transactions, sent[0]]
        if progress is not None:
            progress(len(transactions), len(plan.to_send))
    return Applied(len(transactions), gas, tuple(transactions))


def _send(label: str, step: Step, ledger: Ledger, signer: Signer) -> tuple[str | None, int]:
    given, programme, methodology = step.decision, step.programme, step.methodology
    if step.exclusion:
        excluded = step.action is Action.EXCLUDE
        if methodology is not None:
            done = ledger.exclude_methodology(label, methodology, excluded, given, signer=signer)
        else:
            assert programme is not None
            kind = step.subject.activity_type or ""
            done = ledger.exclude_activity_type(label, programme, kind, excluded, given, signer=signer)
    elif methodology is not None:
        done = (
            ledger.approve_methodology(label, methodology, step.approval, given, signer=signer)
            if step.approval
            else ledger.withdraw_methodology(label, methodology, given, signer=signer)
        )
    else:
        assert programme is not None
        done = (
            ledger.approve_programme(label, programme, step.approval, given, signer=signer)
            if step.approval
            else ledger.withdraw_programme(label, programme, given, signer=signer)
        )
    return done.sent.transaction, done.sent.gas_used


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a table says of one subject."""

    approval: Approval | None
    decision: Decision
    stated: Stated


@dataclass(frozen=True, slots=True)
class _Planner:
    table: LabelTable
    histories: Histories
    include_unverified: bool

    def steps(self) -> Iterator[Step]:
        """Programmes, methodologies, exclusions, each as the table has them; then what it has not."""
        approvals, exclusions = self._approvals(), self._exclusions()
        for subject, wanted in approvals.items():
            yield self._approve(subject, wanted)
        for subject, wanted in exclusions.items():
            yield self._exclude(subject, wanted)
        ending = Decision(self.table.stated.source, self.table.as_of)
        for subject in self._approved_on_chain():
            if subject not in approvals:
                yield self._step(Action.WITHDRAW, subject, _Wanted(None, ending, self.table.stated))
        for subject in self._excluded_on_chain():
            if subject not in exclusions:
                yield self._step(
                    Action.INCLUDE, subject, _Wanted(None, ending, self.table.stated), exclusion=True
                )
        for one in self.table.pending:
            wanted = _Wanted(None, one.stated.decision(), one.stated)
            yield self._step(Action.PENDING, Subject(one.programme), wanted)

    def _approvals(self) -> dict[Subject, _Wanted]:
        found = {
            Subject(one.programme): _Wanted(one.approval, one.stated.decision(one.condition), one.stated)
            for one in self.table.programmes
        }
        for one in sorted(self.table.methodologies, key=lambda entry: entry.version != EVERY_VERSION):
            wanted = _Wanted(one.approval, one.stated.decision(one.condition), one.stated)
            for version in self._versions(one.programme, one.code, one.version):
                found[Subject(one.programme, one.code, version)] = wanted
        return found

    def _exclusions(self) -> dict[Subject, _Wanted]:
        found = {}
        for one in self.table.exclusions:
            wanted = _Wanted(None, one.stated.decision(), one.stated)
            if one.activity_type is not None:
                found[Subject(one.programme, activity_type=one.activity_type)] = wanted
                continue
            for version in self._versions(one.programme, one.code or "", one.version or ""):
                found[Subject(one.programme, one.code, version)] = wanted
        return found

    def _versions(self, programme: str, code: str, version: str) -> list[str]:
        """`*` is every version that the chain has; where it has none, itself."""
        if version != EVERY_VERSION:
            return [version]
        found = [
            one.version
            for one in self._single_methodologies()
            if (self.histories.programmes[one.programme], one.code) == (programme, code)
        ]
        return found or [EVERY_VERSION]

    def _approve(self, subject: Subject, wanted: _Wanted) -> Step:
        if not self._is_known(subject):
            return self._step(Action.ELSEWHERE, subject, wanted)
        held = latest(self._ticks(subject))
        if held is not None and wanted.approval is not None and _says(held, wanted.approval, wanted.decision):
            return self._step(Action.SAME, subject, wanted)
        if not wanted.stated.verified and not self.include_unverified:
            return self._step(Action.UNVERIFIED, subject, wanted)
        approved = held is not None and held.window is not None
        return self._step(Action.CHANGE if approved else Action.APPROVE, subject, wanted)

    def _exclude(self, subject: Subject, wanted: _Wanted) -> Step:
        if not self._is_known(subject):
            return self._step(Action.ELSEWHERE, subject, wanted, exclusion=True)
        held = latest(self._switches(subject))
        if held is not None and held.on:
            return self._step(Action.SAME, subject, wanted, exclusion=True)
        left = not wanted.stated.verified and not self.include_unverified
        action = Action.UNVERIFIED if left else Action.EXCLUDE
        return self._step(action, subject, wanted, exclusion=True)

    def _step(self, action: Action, subject: Subject, wanted: _Wanted, *, exclusion: bool = False) -> Step:
        return Step(
            action,
            subject,
            exclusion,
            wanted.approval,
            wanted.decision,
            wanted.stated.verified,
            wanted.stated.note,
            self._programme_id(subject),
            self._methodology_id(subject) if subject.methodology else None,
        )

    def _is_known(self, subject: Subject) -> bool:
        found = self._methodology_id(subject) if subject.methodology else self._programme_id(subject)
        return found is not None

    def _programme_id(self, subject: Subject) -> ProgrammeId | None:
        codes = self.histories.programmes.items()
        return next((id_ for id_, code in codes if code == subject.programme), None)

    def _methodology_id(self, subject: Subject) -> MethodologyId | None:
        names = (self._programme_id(subject), subject.methodology, subject.version)
        versions = self._single_methodologies()
        return next((one.id for one in versions if (one.programme, one.code, one.version) == names), None)

    def _single_methodologies(self) -> list[Methodology]:
        """Bodies approve and exclude these: a composed one has what all of its parts have."""
        return [one for one in self.histories.methodologies.values() if one.id not in self.histories.parts]

    def _ticks(self, subject: Subject) -> Sequence[Tick]:
        methodology, programme = self._methodology_id(subject), self._programme_id(subject)
        if subject.methodology and methodology is not None:
            return self.histories.methodology_ticks.get((self.table.label, methodology), [])
        return self.histories.programme_ticks.get((self.table.label, programme or ProgrammeId(0)), [])

    def _switches(self, subject: Subject) -> Sequence[Switch]:
        methodology, programme = self._methodology_id(subject), self._programme_id(subject)
        if subject.methodology and methodology is not None:
            return self.histories.methodology_exclusions.get((self.table.label, methodology), [])
        key = self.table.label, programme or ProgrammeId(0), subject.activity_type or ""
        return self.histories.type_exclusions.get(key, [])

    def _approved_on_chain(self) -> Iterator[Subject]:
        for (label, programme), ticks in self.histories.programme_ticks.items():
            if label == self.table.label and ticks[-1].window is not None:
                yield Subject(self.histories.programmes[programme])
        for (label, methodology), ticks in self.histories.methodology_ticks.items():
            if label == self.table.label and ticks[-1].window is not None:
                yield self._version(methodology)

    def _excluded_on_chain(self) -> Iterator[Subject]:
        for (label, programme, kind), switches in self.histories.type_exclusions.items():
            if label == self.table.label and switches[-1].on:
                yield Subject(self.histories.programmes[programme], activity_type=kind)
        for (label, methodology), switches in self.histories.methodology_exclusions.items():
            if label == self.table.label and switches[-1].on:
                yield self._version(methodology)

    def _version(self, methodology: MethodologyId) -> Subject:
        one = self.histories.methodologies[methodology]
        return Subject(self.histories.programmes[one.programme], one.code, one.version)


def _says(held: Tick, approval: Approval, decision: Decision) -> bool:
    """Whether the chain says the same already. A source or a day alone is no reason for a new entry."""
    if held.window is None:
        return False
    window = held.window.vintage_start, held.window.vintage_end, held.window.crediting_from
    crediting_from = to_days(approval.crediting_from) if approval.crediting_from else 0
    same = window == (to_days(approval.vintage_start), to_days(approval.vintage_end), crediting_from)
    document = not approval.conditional or held.said.document == decision.document
    return (
        same
        and document
        and (held.conditional, held.recognises) == (approval.conditional, approval.recognises)
    )
