"""A plan carried out. What was done is read from the chain, so a run that was cut off is simply run again."""

from collections.abc import Callable
from dataclasses import dataclass, field

from onetonne.chain import Sent, Signer
from onetonne.errors import BadInput, WrongKey
from onetonne.importing.outcome import (
    Ending,
    ImportPlan,
    ImportResult,
    MethodologyKey,
    Period,
    PlannedBatch,
    PlannedProject,
    PlannedVerification,
)
from onetonne.importing.periods import GROWN
from onetonne.importing.spellings import with_spellings
from onetonne.importing.state import ChainState, read_state
from onetonne.ledger import Ledger
from onetonne.terms import (
    Address,
    BatchId,
    CancellationKind,
    Issuance,
    Lot,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Proposal,
    VerificationId,
)

GROUP = 50
"""Batches in one transaction: some 9 million gas, well below the 16.7 million that chains allow to one."""

Progress = Callable[[int, int, str], None]
"""Called with the steps done, the steps in all, and what is being done."""


def run(
    plan: ImportPlan,
    ledger: Ledger,
    operator: Signer,
    vvb: Signer,
    holder: Address,
    *,
    holder_signer: Signer | None = None,
    publish_details: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Registers what is missing; the VVB states what was verified, the operator accepts it and issues.

    The operator carries the VVB's signed statements, so the VVB needs nothing for gas. Credits go to
    `holder`, whose own key a simulated history needs in order to retire and cancel; what was ended at its
    source goes to the operator alone, who cancels it. Names of beneficiaries stay off the chain, which has
    their hash, but for `publish_details`. Raises `WrongKey` and `BadInput` before anything is sent where a
    key is not the one needed, or a root of the serial numbers is not registered.
    """
    state = read_state(ledger.chain, ledger.deployment)
    _check_keys(plan, state, operator, vvb, holder, holder_signer)
    _check_roots(plan, ledger, state)
    work = _Work(plan, ledger, state, operator, vvb, progress or (lambda done, steps, doing: None))
    for key in plan.methodologies:
        work.register_methodology(key)
    for project in plan.projects:
        if not project.registered:
            work.register_project(project)
    for verification in plan.verifications:
        work.verify(verification)
    ended_at_source = plan.ending if plan.at_source else ()
    issued = work.issue(tuple(one for one in plan.new if one.ending is None or plan.history), holder)
    issued |= work.issue_ended(ended_at_source)
    if holder_signer is not None and not plan.at_source:
        for batch in plan.ending:
            work.end(batch, batch.batch or issued[batch], holder_signer, publish_details)
    return work.result(tuple(issued.values()))


def _check_keys(
    plan: ImportPlan,
    state: ChainState,
    operator: Signer,
    vvb: Signer,
    holder: Address,
    holder_signer: Signer | None,
) -> None:
    if operator.address != plan.operator:
        raise WrongKey(f"The plan was made for the operator {plan.operator}, not for {operator.address}.")
    if vvb.address not in state.vvbs:
        raise WrongKey(
            f"Account {vvb.address} is not an admitted VVB: two keys make a credit, so give --verifier one."
        )
    if plan.chain_id != state.chain_id:
        raise BadInput(f"The plan was made for chain {plan.chain_id}, not for chain {state.chain_id}.")
    if plan.ending and not plan.at_source and (holder_signer is None or holder_signer.address != holder):
        raise BadInput(
            "A simulated history retires and cancels what it issued, so it needs the holder's own key: "
            "give --holder the name of a key."
        )


def _check_roots(plan: ImportPlan, ledger: Ledger, state: ChainState) -> None:
    """Raises `BadInput` unless the operator's programme has the root of every serial number to be issued."""
    programme = next(found for found in state.programmes.values() if found.operator == plan.operator)
    issued = (batch for batch in plan.new if batch.ending is None or plan.history or plan.at_source)
    needed = sorted({batch.block.root for batch in issued})
    missing = [root for root in needed if ledger.root_owner(root) != programme.id]
    if missing:
        raise BadInput(
            f"Programme {programme.code} lacks the roots {', '.join(missing)} of these serial numbers: let "
            f"governance run `onetonne programme roots {programme.code}` first."
        )


@dataclass(slots=True)
class _Work:
    plan: ImportPlan
    ledger: Ledger
    state: ChainState
    operator: Signer
    vvb: Signer
    progress: Progress
    verified: dict[Period, VerificationId] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)
    steps_done: int = 0
    sent: list[Sent] = field(default_factory=list)

    @property
    def programme(self) -> ProgrammeId:
        return next(one.id for one in self.state.programmes.values() if one.operator == self.plan.operator)

    def register_methodology(self, key: MethodologyKey) -> None:
        if key.parts:
            parts = [self._methodology_id(part) for part in key.parts]
            result = self.ledger.register_composed_methodology(
                key.code, key.version, parts, signer=self.operator
            )
        else:
            result = self.ledger.register_methodology(key.code, key.version, signer=self.operator)
        self.state.methodologies[self.programme, key.code, key.version] = result.methodology
        self._step("registering methodologies", result.sent)

    def _methodology_id(self, key: MethodologyKey) -> MethodologyId:
        return self.state.methodologies[self.programme, key.code, key.version]

    def register_project(self, project: PlannedProject) -> None:
        """Its activity's site is the project's code: unique over programmes, so none joins it by accident."""
        result = self.ledger.register_project(
            code=project.code,
            country=project.country,
            site=project.code,
            activity_type=project.activity_type,
            crediting_start=project.crediting_start,
            name=project.name,
            signer=self.operator,
        )
        self.state.projects[self.programme, project.code] = result.project
        self._step("registering projects", result.sent)

    def verify(self, planned: PlannedVerification) -> None:
        if planned.accepted is not None:
            self.verified[planned.period] = planned.accepted
            return
        proposed = planned.proposed
        if proposed is None:
            proposal = self._proposal(planned)
            signature = self.ledger.sign_verification(proposal, self.vvb)
            made = self.ledger.propose_signed(proposal, self.vvb.address, signature, signer=self.operator)
            proposed = made.verification
            self._step("verifying", made.sent)
        if planned.supersedes and not planned.withdrawn:
            gone = self.ledger.withdraw_verification(planned.supersedes, GROWN, signer=self.operator)
            self._step("verifying", gone.sent)
        accepted = self.ledger.accept_verification(proposed, signer=self.operator)
        self.verified[planned.period] = proposed
        self._step("verifying", accepted.sent)

    def issue(self, batches: tuple[PlannedBatch, ...], holder: Address) -> dict[PlannedBatch, BatchId]:
        issued: dict[PlannedBatch, BatchId] = {}
        for start in range(0, len(batches), GROUP):
            group = batches[start : start + GROUP]
            result = self.ledger.issue([self._issuance(one) for one in group], holder, signer=self.operator)
            issued |= dict(zip(group, result.batches, strict=True))
            self._step("issuing batches", result.sent, len(group))
        return issued

    def issue_ended(self, batches: tuple[PlannedBatch, ...]) -> dict[PlannedBatch, BatchId]:
        """Issued to the operator and cancelled in the very next transaction: nobody else ever holds them."""
        issued: dict[PlannedBatch, BatchId] = {}
        for start in range(0, len(batches), GROUP):
            group = batches[start : start + GROUP]
            new = tuple(one for one in group if one.batch is None)
            issued |= self.issue(new, self.operator.address)
            ids = {one: one.batch or issued[one] for one in group}
            lots = [Lot(ids[one], one.block.kilograms) for one in group]
            reason = f"ended at source: {self.plan.source}"
            done = self.ledger.cancel(lots, CancellationKind.AT_SOURCE, reason, signer=self.operator)
            self._step("cancelling", done.sent, len(group))
        return issued

    def end(self, planned: PlannedBatch, batch: BatchId, holder: Signer, publish: bool = False) -> None:
        ending = planned.ending or Ending()
        lots = [Lot(batch, planned.block.kilograms)]
        if ending.details is None:
            cancelled = self.ledger.cancel(lots, ending.kind, ending.reason, signer=holder)
            self._step("cancelling", cancelled.sent)
            return
        retired = self.ledger.retire(
            lots, holder.address, ending.purpose, ending.details, signer=holder, publish=publish
        )
        self._step("retiring", retired.sent)

    def result(self, batches: tuple[BatchId, ...]) -> ImportResult:
        return ImportResult(
            methodologies=self.done.get("registering methodologies", 0),
            projects=self.done.get("registering projects", 0),
            verifications=sum(1 for one in self.plan.verifications if one.accepted is None),
            batches=batches,
            retirements=self.done.get("retiring", 0),
            cancellations=self.done.get("cancelling", 0),
            transactions=len(self.sent),
            gas_used=sum(sent.gas_used for sent in self.sent),
        )

    def _proposal(self, planned: PlannedVerification) -> Proposal:
        period = planned.period
        joined = f", {planned.merged} overlapping periods joined" if planned.merged > 1 else ""
        return Proposal(
            project=ProjectId(self.state.projects[self.programme, period.project]),
            methodology=self._methodology_id(period.methodology),
            period_start=period.start,
            period_end=period.end,
            verified=planned.kilograms,
            evidence_hash=self.plan.file_hash,
            source=with_spellings(f"{self.plan.source}{joined}", planned.spellings),
            supersedes=planned.supersedes or VerificationId(0),
            salt=planned.salt,
        )

    def _issuance(self, planned: PlannedBatch) -> Issuance:
        plan, row = self.plan, planned.row
        day = plan.immobilised or (row.issued_on if plan.history else None) or plan.today
        return Issuance(
            block=planned.block,
            verification=self.verified[planned.period],
            vintage_start=planned.vintage_start,
            vintage_end=planned.vintage_end,
            vintage_year=planned.vintage_year,
            custody_record=f"{plan.source}, keccak256 0x{plan.file_hash.hex()}, row {row.origin.row}",
            custody_date=day,
        )

    def _step(self, doing: str, sent: Sent, steps: int = 1) -> None:
        self.sent.append(sent)
        self.done[doing] = self.done.get(doing, 0) + steps
        self.steps_done += steps
        self.progress(self.steps_done, self.plan.steps, doing)
