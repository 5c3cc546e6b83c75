"""Frameworks and their labels, host countries and what they authorise: what credits are good for."""

from collections.abc import Collection, Sequence
from typing import Any

from onetonne.chain import Sent, Signer, checked_address
from onetonne.errors import Reverted
from onetonne.ledger.base import LedgerBase, checked_kilograms, country_bytes2, type_word, word
from onetonne.ledger.results import Done
from onetonne.terms import (
    Address,
    Approval,
    Authorisation,
    BatchId,
    Condition,
    Decision,
    Framework,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    Purpose,
    Rule,
    Seconds,
    Use,
    code_bytes32,
    code_text,
    to_days,
)

_NO_LABEL = bytes(32)
_NOBODY = Address("0x" + "0" * 40)


class LabelVerbs(LedgerBase):
    """What governance, the frameworks' bodies and the host countries' authorities do, and how it is read.

    Governance's verbs raise `Scheduled` while a delay runs. An entry counts from the second after its block.
    """

    def admit_framework(
        self, label: str, body: str, rule: Rule, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Admits a framework; its rule never changes. Governance only."""
        asked = (rule.by_programme, rule.by_methodology, int(rule.use or 0), rule.adjusted)
        given = (code_bytes32(label), checked_address(body), asked)
        return self._governed_label("admitFramework", *given, signer=signer, dry_run=dry_run)

    def rotate_body(self, label: str, body: str, *, signer: Signer, dry_run: bool = False) -> Done:
        """Gives a framework another body's account. Governance only."""
        given = (code_bytes32(label), checked_address(body))
        return self._governed_label("rotateBody", *given, signer=signer, dry_run=dry_run)

    def set_host(self, country: str, authority: str | None, *, signer: Signer, dry_run: bool = False) -> Done:
        """Says which account speaks for a host country; None for no account. Governance only."""
        account = checked_address(authority) if authority else _NOBODY
        given = (country_bytes2(country), account)
        return self._governed_label("setHost", *given, signer=signer, dry_run=dry_run)

    def demand_label(
        self, purpose: Purpose, label: str | None, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Sets the label that retirements for a purpose demand; None for none. Governance only."""
        given = (int(purpose), code_bytes32(label) if label else _NO_LABEL)
        return self._governed_label("demandLabel", *given, signer=signer, dry_run=dry_run)

    def approve_programme(
        self,
        label: str,
        programme: ProgrammeId,
        approval: Approval,
        decision: Decision,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Approves a programme for a label, in place of an earlier approval. The label's body only."""
        given = (code_bytes32(label), programme, _approval(approval), _decision(decision))
        return self._entry("approveProgramme", *given, signer=signer, dry_run=dry_run)

    def withdraw_programme(
        self,
        label: str,
        programme: ProgrammeId,
        decision: Decision,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Ends a programme's approval. The label's body only."""
        given = (code_bytes32(label), programme, _decision(decision))
        return self._entry("withdrawProgramme", *given, signer=signer, dry_run=dry_run)

    def approve_methodology(
        self,
        label: str,
        methodology: MethodologyId,
        approval: Approval,
        decision: Decision,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Approves a methodology's version, in place of an earlier approval. The label's body only."""
        given = (code_bytes32(label), methodology, _approval(approval), _decision(decision))
        return self._entry("approveMethodology", *given, signer=signer, dry_run=dry_run)

    def withdraw_methodology(
        self,
        label: str,
        methodology: MethodologyId,
        decision: Decision,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Ends a methodology's approval. The label's body only."""
        given = (code_bytes32(label), methodology, _decision(decision))
        return self._entry("withdrawMethodology", *given, signer=signer, dry_run=dry_run)

    def exclude_activity_type(
        self,
        label: str,
        programme: ProgrammeId,
        activity_type: str,
        excluded: bool,
        decision: Decision,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Excludes a programme's activity type from a label, or ends that. The label's body only.

        An empty `activity_type` stands for the projects that were registered without one.
        """
        given = (code_bytes32(label), programme, type_word(activity_type), excluded, _decision(decision))
        return self._entry("setActivityTypeExclusion", *given, signer=signer, dry_run=dry_run)

    def exclude_methodology(
        self,
        label: str,
        methodology: MethodologyId,
        excluded: bool,
        decision: Decision,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Excludes a methodology's version from a label, or ends that. The label's body only."""
        given = (code_bytes32(label), methodology, excluded, _decision(decision))
        return self._entry("setMethodologyExclusion", *given, signer=signer, dry_run=dry_run)

    def set_guarantee(
        self,
        label: str,
        project: ProjectId,
        year: int,
        accepted: bool,
        decision: Decision,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Accepts a guarantee in place of a corresponding adjustment, or ends that. The label's body only."""
        given = (code_bytes32(label), project, year, accepted, _decision(decision))
        return self._entry("setGuarantee", *given, signer=signer, dry_run=dry_run)

    def authorise(
        self,
        project: ProjectId,
        year: int,
        uses: Collection[Use],
        cap: Kilograms,
        batches: Sequence[BatchId],
        decision: Decision,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Authorises uses of a project's vintage year, in place of an earlier authorisation.

        The host country's authority only. `cap` is at most what the named batches were issued with, less what
        the host used of them, and includes what was transferred of the year; they are all of that project and
        year. No other batch is authorised.
        """
        bits = sum(1 << int(use) for use in set(uses))
        given = (project, year, bits, checked_kilograms(cap), sorted(batches), _decision(decision))
        return self._entry("authorise", *given, signer=signer, dry_run=dry_run)

    def revoke(
        self, project: ProjectId, year: int, decision: Decision, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Ends an authorisation; what was transferred stays so. The host's authority only."""
        return self._entry("revoke", project, year, _decision(decision), signer=signer, dry_run=dry_run)

    def record_adjustment(
        self, project: ProjectId, year: int, decision: Decision, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Records an adjustment for what is authorised now, for ever. The host country's authority only."""
        given = (project, year, _decision(decision))
        return self._entry("recordAdjustment", *given, signer=signer, dry_run=dry_run)

    def framework(self, label: str) -> Framework:
        found = self._read("Labels", "framework", code_bytes32(label))
        asked = found.rule
        use = Use(asked.use) if asked.use else None
        return Framework(
            label=code_text(code_bytes32(label)),
            body=Address(found.body),
            admitted_at=Seconds(found.admittedAt),
            rule=Rule(asked.byProgramme, asked.byMethodology, use, asked.adjusted),
        )

    def framework_or_none(self, label: str) -> Framework | None:
        """None where no framework has the label."""
        try:
            return self.framework(label)
        except Reverted as refusal:
            if refusal.error_name == "FrameworkUnknown":
                return None
            raise

    def labels(self) -> list[str]:
        """Every label admitted so far, in the order of admission."""
        return [code_text(label) for label in self._read("Labels", "labels")]

    def has_label(self, batch: BatchId, label: str, time: Seconds | None = None) -> bool:
        """Whether a batch held a label at a second, which is not in the future; at the latest block's."""
        return bool(self._read("Labels", "hasLabel", batch, code_bytes32(label), self._second(time)))

    def label_conditions(
        self, batch: BatchId, label: str, time: Seconds | None = None
    ) -> tuple[frozenset[Condition], bool]:
        """What a batch lacked for a label, and whether an approval that it rests on was conditional."""
        given = (batch, code_bytes32(label), self._second(time))
        missing, conditional = self._read("Labels", "conditions", *given)
        return frozenset(one for one in Condition if missing >> one & 1), bool(conditional)

    def labels_at(self, batch: BatchId, time: Seconds | None = None) -> tuple[str, ...]:
        """The labels that a batch held at a second; at the latest block's where none is given."""
        return tuple(map(code_text, self._read("Labels", "labelsAt", batch, self._second(time))))

    def authorisation(self, project: ProjectId, year: int) -> Authorisation:
        """What holds from now on for a project's vintage year, entries of this second included."""
        found = self._read("Labels", "authorisation", project, year)
        return Authorisation(
            project=project,
            vintage_year=year,
            uses=frozenset(use for use in Use if found.uses >> use & 1),
            cap=Kilograms(found.cap),
            transferred=Kilograms(found.transferred),
            used_by_host=Kilograms(found.usedByHost),
        )

    def demanded_label(self, purpose: Purpose) -> str | None:
        """The label that retirements for a purpose demand; None for none."""
        label = self._read("Labels", "demandedLabel", int(purpose))
        return code_text(label) if any(label) else None

    def host_of(self, country: str) -> Address | None:
        """The account that speaks for a host country; None for nobody."""
        authority = self._read("Labels", "hostOf", country_bytes2(country))
        return Address(authority) if int(authority, 16) else None

    def _second(self, time: Seconds | None) -> Seconds:
        return self.chain.block("latest").time if time is None else time

    def _entry(self, name: str, *arguments: Any, signer: Signer, dry_run: bool) -> Done:
        return Done(self._send(self._function("Labels", name, *arguments), signer, dry_run))

    def _governed_label(self, name: str, *arguments: Any, signer: Signer, dry_run: bool) -> Done:
        sent: Sent = self._govern(self._function("Labels", name, *arguments), signer, dry_run)
        return Done(sent)


def _approval(approval: Approval) -> tuple[Any, ...]:
    return (
        approval.conditional,
        to_days(approval.vintage_start),
        to_days(approval.vintage_end),
        to_days(approval.crediting_from) if approval.crediting_from else 0,
        code_bytes32(approval.recognises) if approval.recognises else _NO_LABEL,
    )


def _decision(decision: Decision) -> tuple[Any, ...]:
    return word(decision.document, "document's hash"), to_days(decision.decided_on), decision.source
