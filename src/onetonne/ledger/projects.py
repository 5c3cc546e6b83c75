"""Activities, projects and verifications: what earned the credits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from onetonne.chain import Signer, checked_address
from onetonne.ledger.base import (
    LedgerBase,
    checked_kilograms,
    code_or_hexadecimal,
    country_bytes2,
    ids,
    type_word,
    word,
)
from onetonne.ledger.results import (
    ComponentProposed,
    Done,
    ProjectRegistered,
    VerificationAccepted,
    VerificationProposed,
)
from onetonne.ledger.typed_data import VERIFICATION, domain, verification_message
from onetonne.terms import (
    Activity,
    ActivityId,
    Component,
    ComponentId,
    Days,
    Kilograms,
    MethodologyId,
    ProgrammeId,
    Project,
    ProjectId,
    Proposal,
    Seconds,
    Verification,
    VerificationId,
    VerificationStatus,
    VvbId,
    code_bytes32,
    code_text,
    from_days,
    to_days,
)


class ProjectVerbs(LedgerBase):
    """What operators and VVBs do before credits are issued."""

    def register_project(
        self,
        code: str,
        country: str,
        site: str,
        activity_type: str,
        crediting_start: date,
        name: str,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> ProjectRegistered:
        """Registers a project, and its activity where it is the first to name the site. Operators only.

        `site` is the activity's site or asset reference within its country, a code. `activity_type` may be
        empty, where the programme has none.
        """
        place = (country_bytes2(country), code_bytes32(site))
        registration = (
            code_bytes32(code),
            *place,
            type_word(activity_type),
            to_days(crediting_start),
            name,
        )
        sent = self._send(self._function("Projects", "registerProject", registration), signer, dry_run)
        project = ProjectId(ids(sent, "ProjectRegistered", "project")[0])
        return ProjectRegistered(project, self.activity_id(country, site), sent)

    def consent_to_join(
        self, activity: ActivityId, joining: ProgrammeId, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Lets another programme register projects for an activity. An operator on it only; not revocable."""
        function = self._function("Projects", "consentToJoin", activity, joining)
        return Done(self._send(function, signer, dry_run))

    def consent_for_suspended(
        self,
        activity: ActivityId,
        suspended: ProgrammeId,
        joining: ProgrammeId,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Consents in the place of a suspended programme on the activity. Governance only; not revocable."""
        function = self._function("Projects", "consentForSuspended", activity, suspended, joining)
        return Done(self._govern(function, signer, dry_run))

    def propose_component(
        self, activity: ActivityId, name: str, *, signer: Signer, dry_run: bool = False
    ) -> ComponentProposed:
        """Proposes a further component of an activity. An operator on it only."""
        function = self._function("Projects", "proposeComponent", activity, code_bytes32(name))
        sent = self._send(function, signer, dry_run)
        return ComponentProposed(ComponentId(ids(sent, "ComponentProposed", "component")[0]), sent)

    def approve_component(self, component: ComponentId, *, signer: Signer, dry_run: bool = False) -> Done:
        """Agrees to a component. An operator on its activity only."""
        return Done(self._send(self._function("Projects", "approveComponent", component), signer, dry_run))

    def activate_component(
        self,
        component: ComponentId,
        suspended: Sequence[ProgrammeId],
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> Done:
        """Activates a component that all but suspended programmes approved. An operator on its activity only.

        `suspended` are all the programmes that have not approved it, each suspended.
        """
        function = self._function("Projects", "activateComponent", component, sorted(suspended))
        return Done(self._send(function, signer, dry_run))

    def named(self, proposal: Proposal) -> Proposal:
        """The statement with the codes of its project, site, component and methodology, read from the chain
        where they are empty.

        Raises `Reverted` for a project, component or methodology that does not exist.
        """
        if not (proposal.programme_code and proposal.project_code):
            programme, project = self._project_codes(proposal.project)
            proposal = replace(proposal, programme_code=programme, project_code=project)
        if not (proposal.country and proposal.site and proposal.component_name):
            activity = self._read("Projects", "project", proposal.project).activity
            place = self._read("Projects", "activity", activity)
            component = proposal.component or self._read("Projects", "firstComponent", activity)
            name = self._read("Projects", "component", component).name
            proposal = replace(
                proposal,
                country=place.country.decode("ascii"),
                site=code_text(place.site),
                component_name=code_text(name),
            )
        if not (proposal.methodology_code and proposal.methodology_version):
            rule = self._read("Programmes", "methodology", proposal.methodology)
            code, version = code_text(rule.code), code_text(rule.version)
            proposal = replace(proposal, methodology_code=code, methodology_version=version)
        return proposal

    def propose_verification(
        self, proposal: Proposal, *, signer: Signer, dry_run: bool = False
    ) -> VerificationProposed:
        """Records the signer's verification. VVBs only."""
        function = self._function("Projects", "proposeVerification", _struct(self.named(proposal)))
        sent = self._send(function, signer, dry_run)
        return VerificationProposed(_proposed(ids(sent, "VerificationProposed", "verification")), sent)

    def sign_verification(self, proposal: Proposal, signer: Signer) -> bytes:
        """A VVB's signature under its verification, which anyone can carry to this chain. Sends nothing.

        Codes that the statement leaves empty are read from the chain: `named` gives what was signed.
        """
        proposal = self.named(proposal)
        message = dict(zip(verification_message(proposal), _struct(proposal), strict=True))
        place = domain(self.chain.chain_id, self.deployment.addresses["Projects"])
        return signer.sign_typed(place, VERIFICATION, message)

    def propose_signed(
        self, proposal: Proposal, vvb: str, signature: bytes, *, signer: Signer, dry_run: bool = False
    ) -> VerificationProposed:
        """Records the verification that the VVB's account `vvb` signed. Anyone may."""
        arguments = (_struct(self.named(proposal)), checked_address(vvb), signature)
        sent = self._send(
            self._function("Projects", "proposeVerificationSigned", *arguments), signer, dry_run
        )
        return VerificationProposed(_proposed(ids(sent, "VerificationProposed", "verification")), sent)

    def accept_verification(
        self, verification: VerificationId, *, signer: Signer, dry_run: bool = False
    ) -> VerificationAccepted:
        """Claims a verification's period and fixes its cap. The project's operator only."""
        hint = self._read("Projects", "periodHint", verification)
        function = self._function("Projects", "acceptVerification", verification, hint)
        sent = self._send(function, signer, dry_run)
        return VerificationAccepted(verification, self.verification(verification).cap, sent)

    def withdraw_verification(
        self, verification: VerificationId, reason: str, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Stops issuance against a verification, for ever. Its VVB or the project's operator only."""
        function = self._function("Projects", "withdrawVerification", verification, reason)
        return Done(self._send(function, signer, dry_run))

    def project(self, id: ProjectId) -> Project:
        found = self._read("Projects", "project", id)
        return Project(
            id=id,
            programme=ProgrammeId(found.programme),
            activity=ActivityId(found.activity),
            code=code_text(found.code),
            activity_type=code_or_hexadecimal(found.activityType),
            crediting_start=from_days(Days(found.creditingStart)),
            registered_at=Seconds(found.registeredAt),
            outstanding=Kilograms(found.outstanding),
        )

    def project_id(self, programme: ProgrammeId, code: str) -> ProjectId:
        """0 for none."""
        return ProjectId(self._read("Projects", "projectByCode", programme, code_bytes32(code)))

    def activity(self, id: ActivityId) -> Activity:
        found = self._read("Projects", "activity", id)
        first = ComponentId(self._read("Projects", "firstComponent", id))
        country = found.country.decode("ascii")
        return Activity(id, country, code_text(found.site), found.programmes, first)

    def activity_id(self, country: str, site: str) -> ActivityId:
        """0 for none."""
        place = (country_bytes2(country), code_bytes32(site))
        return ActivityId(self._read("Projects", "activityBySite", *place))

    def component(self, id: ComponentId) -> Component:
        found = self._read("Projects", "component", id)
        return Component(id, ActivityId(found.activity), code_text(found.name), found.approvals, found.active)

    def verification(self, id: VerificationId) -> Verification:
        return _verification(id, self._read("Projects", "verification", id))

    def verification_on(self, component: ComponentId, day: date) -> VerificationId:
        """The verification that claims a day of a component; 0 for none."""
        return VerificationId(self._read("Projects", "periodAt", component, to_days(day))[0])


def _struct(proposal: Proposal) -> tuple[Any, ...]:
    checked_kilograms(proposal.verified)
    for name in ("evidence_hash", "data_root", "salt"):
        word(getattr(proposal, name), name.replace("_", " "))
    return tuple(verification_message(proposal).values())


def _proposed(made: list[int]) -> VerificationId:
    return VerificationId(made[0])


def _verification(id: VerificationId, found: Any) -> Verification:
    return Verification(
        id=id,
        project=ProjectId(found.project),
        programme=ProgrammeId(found.programme),
        methodology=MethodologyId(found.methodology),
        component=ComponentId(found.component),
        vvb=VvbId(found.vvb),
        period_start=from_days(Days(found.periodStart)),
        period_end=from_days(Days(found.periodEnd)),
        cap=Kilograms(found.cap),
        issued=Kilograms(found.issued),
        carried=Kilograms(found.carried),
        status=VerificationStatus(found.status),
        supersedes=VerificationId(found.supersedes),
        proposed_at=Seconds(found.proposedAt),
        accepted_at=Seconds(found.acceptedAt),
        withdrawn_at=Seconds(found.withdrawnAt),
        evidence_hash=bytes(found.evidenceHash),
        data_root=bytes(found.dataRoot),
    )
