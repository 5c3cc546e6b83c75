"""Programmes, their serial roots and methodologies, and VVBs: who may certify."""

from collections.abc import Sequence

from web3.contract.contract import ContractFunction

from onetonne.chain import Sent, Signer, checked_address
from onetonne.errors import BadInput, Reverted, Scheduled
from onetonne.ledger.base import LedgerBase, ids
from onetonne.ledger.results import (
    Done,
    MethodologyRegistered,
    ProgrammeAdmitted,
    ProgrammeWithRoots,
    RootsRegistered,
    VvbAdmitted,
)
from onetonne.serials import ROOTS, Root
from onetonne.terms import (
    Address,
    BasisPoints,
    Methodology,
    MethodologyId,
    ProgrammeId,
    ProgrammeRecord,
    Seconds,
    Standing,
    Vvb,
    VvbId,
    code_bytes32,
    code_text,
)

_NO_SHARE = BasisPoints(0)


def _roots_of(code: str) -> list[Root]:
    return [root for root in ROOTS if root.programme == code.strip().upper()]


class ProgrammeVerbs(LedgerBase):
    """What governance and operators do; governance's verbs raise `Scheduled` while a delay runs."""

    def admit_programme(
        self, code: str, operator: str, *, signer: Signer, dry_run: bool = False
    ) -> ProgrammeAdmitted:
        """Admits a programme with its operator's account. Governance only."""
        function = self._function(
            "Programmes", "admitProgramme", code_bytes32(code), checked_address(operator)
        )
        sent = self._govern(function, signer, dry_run)
        return ProgrammeAdmitted(ProgrammeId(ids(sent, "ProgrammeAdmitted", "programme")[0]), sent)

    def admit_with_roots(
        self, code: str, operator: str, *, signer: Signer, dry_run: bool = False
    ) -> ProgrammeWithRoots:
        """Admit a programme, and register the serial roots that are known for its code. Governance only.

        Where governance waits, admission and roots are scheduled together, and the same call carries them
        out: what is done or scheduled already is neither done nor scheduled again. Raises `Scheduled` until
        the programme is admitted, and `BadInput` where it is, with all its roots or with another operator.
        """
        account = checked_address(operator)
        known, sent = self.programme_id(code), []
        if not known:
            try:
                admitted = self.admit_programme(code, account, signer=signer, dry_run=dry_run)
            except Scheduled as scheduled:
                if dry_run:
                    raise
                raise self._last([scheduled, *self._scheduled_roots(code, signer)]) from None
            known, sent = admitted.programme, [admitted.sent]
        else:
            self._require_unfinished(known, account)
        names = tuple(root.name for root in _roots_of(code))
        if dry_run:
            return ProgrammeWithRoots(known, names, tuple(sent))
        try:
            sent += self.register_roots(known, signer=signer).sent
        except Scheduled as scheduled:
            there = tuple(name for name in names if self.root_owner(name) == known)
            return ProgrammeWithRoots(known, there, tuple(sent), scheduled)
        return ProgrammeWithRoots(known, names, tuple(sent))

    def _require_unfinished(self, programme: ProgrammeId, operator: Address) -> None:
        found = self.programme(programme)
        missing = [root for root in _roots_of(found.code) if self.root_owner(root.name) != programme]
        if found.operator != operator or not missing:
            raise BadInput(
                f"Programme {found.code} is admitted already, operated by {found.operator}: "
                "`onetonne programme rotate` changes that."
            )

    def _scheduled_roots(self, code: str, signer: Signer) -> list[Scheduled]:
        """Schedules a coming programme's roots under the number that it gets if no other one comes first.

        If one does, nobody makes these calls, and `register_roots` schedules others.
        """
        coming = ProgrammeId(self._read("Programmes", "programmeCount") + 1)
        calls = [self._register_root(root, coming) for root in _roots_of(code)]
        waiting = [self._waiting(call, signer, dry_run=False) for call in calls]
        return [scheduled for scheduled in waiting if scheduled is not None]

    def _register_root(self, root: Root, programme: ProgrammeId) -> ContractFunction:
        arguments = (code_bytes32(root.name), programme, root.segments, root.numeric_mask)
        return self._function("Programmes", "registerRoot", *arguments)

    @staticmethod
    def _last(waiting: Sequence[Scheduled]) -> Scheduled:
        """When all of them are ready; the transaction is that of the first, which scheduled it."""
        ready_at = max(scheduled.ready_at for scheduled in waiting)
        return Scheduled(ready_at, waiting[0].transaction)

    def register_roots(
        self,
        programme: ProgrammeId,
        roots: Sequence[Root] | None = None,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> RootsRegistered:
        """Gives a programme its serial roots, for ever: where none are named, all known for its code.

        Roots that it has already are passed over, so this can be done again. Governance only.
        """
        if roots is None:
            roots = _roots_of(self.programme(programme).code)
        sent: dict[str, Sent] = {}
        waiting: list[Scheduled] = []
        for root in roots:
            if self.root_owner(root.name) == programme:
                continue
            try:
                sent[root.name] = self._govern(self._register_root(root, programme), signer, dry_run)
            except Scheduled as scheduled:
                waiting.append(scheduled)
        if waiting:
            raise max(waiting, key=lambda scheduled: scheduled.ready_at)
        return RootsRegistered(tuple(sent), tuple(sent.values()))

    def admit_vvb(self, code: str, account: str, *, signer: Signer, dry_run: bool = False) -> VvbAdmitted:
        """Accredits a VVB with its account. Governance only."""
        function = self._function("Programmes", "admitVvb", code_bytes32(code), checked_address(account))
        sent = self._govern(function, signer, dry_run)
        return VvbAdmitted(VvbId(ids(sent, "VvbAdmitted", "vvb")[0]), sent)

    def register_methodology(
        self,
        code: str,
        version: str,
        monitoring_years: int = 0,
        buffer_share: BasisPoints = _NO_SHARE,
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> MethodologyRegistered:
        """Registers a version of a methodology. The programme's operator only."""
        arguments = (code_bytes32(code), code_bytes32(version), monitoring_years, buffer_share)
        sent = self._send(self._function("Programmes", "registerMethodology", *arguments), signer, dry_run)
        return MethodologyRegistered(
            MethodologyId(ids(sent, "MethodologyRegistered", "methodology")[0]), sent
        )

    def register_composed_methodology(
        self,
        code: str,
        version: str,
        parts: Sequence[MethodologyId],
        *,
        signer: Signer,
        dry_run: bool = False,
    ) -> MethodologyRegistered:
        """Registers a methodology composed of 2 to 8 single ones of the programme. Its operator only.

        It demands the most years of monitoring and withholds the greatest buffer share of its parts.
        """
        arguments = (code_bytes32(code), code_bytes32(version), sorted(parts))
        function = self._function("Programmes", "registerComposedMethodology", *arguments)
        sent = self._send(function, signer, dry_run)
        return MethodologyRegistered(
            MethodologyId(ids(sent, "MethodologyRegistered", "methodology")[0]), sent
        )

    def methodology_parts(self, methodology: MethodologyId) -> tuple[MethodologyId, ...]:
        """What a composed methodology consists of; of a single one, itself."""
        return tuple(map(MethodologyId, self._read("Programmes", "partsOf", methodology)))

    def suspend_programme(
        self, programme: ProgrammeId, reason: str, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Stops a programme's acts from that block on. Governance only."""
        return self._governed("suspendProgramme", programme, reason, signer=signer, dry_run=dry_run)

    def reinstate_programme(
        self, programme: ProgrammeId, reason: str, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Ends a suspension. Governance only."""
        return self._governed("reinstateProgramme", programme, reason, signer=signer, dry_run=dry_run)

    def rotate_operator(
        self, programme: ProgrammeId, operator: str, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Gives a programme another operator's account. Governance only; the old one is spent."""
        account = checked_address(operator)
        return self._governed("rotateOperator", programme, account, signer=signer, dry_run=dry_run)

    def suspend_vvb(self, vvb: VvbId, reason: str, *, signer: Signer, dry_run: bool = False) -> Done:
        """Withdraws a VVB's accreditation from that block on. Governance only."""
        return self._governed("suspendVvb", vvb, reason, signer=signer, dry_run=dry_run)

    def reinstate_vvb(self, vvb: VvbId, reason: str, *, signer: Signer, dry_run: bool = False) -> Done:
        """Ends a suspension. Governance only."""
        return self._governed("reinstateVvb", vvb, reason, signer=signer, dry_run=dry_run)

    def rotate_vvb_key(self, vvb: VvbId, account: str, *, signer: Signer, dry_run: bool = False) -> Done:
        """Gives a VVB another account. Governance only; the old one is spent."""
        return self._governed("rotateVvbKey", vvb, checked_address(account), signer=signer, dry_run=dry_run)

    def suspend_methodology(
        self, methodology: MethodologyId, reason: str, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Stops issuance under a methodology's version. The programme's operator only."""
        function = self._function("Programmes", "suspendMethodology", methodology, reason)
        return Done(self._send(function, signer, dry_run))

    def reinstate_methodology(
        self, methodology: MethodologyId, reason: str, *, signer: Signer, dry_run: bool = False
    ) -> Done:
        """Ends a suspension. The programme's operator only."""
        function = self._function("Programmes", "reinstateMethodology", methodology, reason)
        return Done(self._send(function, signer, dry_run))

    def programme(self, id: ProgrammeId) -> ProgrammeRecord:
        found = self._read("Programmes", "programme", id)
        code = code_text(self._read("Programmes", "programmeCode", id))
        return ProgrammeRecord(
            id, code, Address(found.operator), Standing(found.standing), Seconds(found.since)
        )

    def programme_id(self, code: str) -> ProgrammeId:
        """0 for none."""
        return ProgrammeId(self._read("Programmes", "programmeByCode", code_bytes32(code)))

    def programme_of(self, operator: str) -> ProgrammeId:
        """The programme whose operator an account is, suspended or not; 0 for none."""
        return ProgrammeId(self._read("Programmes", "programmeOf", checked_address(operator)))

    def vvb(self, id: VvbId) -> Vvb:
        found = self._read("Programmes", "vvb", id)
        return Vvb(id, Address(found.account), Standing(found.standing), Seconds(found.since))

    def vvb_id(self, code: str) -> VvbId:
        """0 for none."""
        return VvbId(self._read("Programmes", "vvbByCode", code_bytes32(code)))

    def methodology(self, id: MethodologyId) -> Methodology:
        found = self._read("Programmes", "methodology", id)
        return Methodology(
            id=id,
            programme=ProgrammeId(found.programme),
            code=code_text(found.code),
            version=code_text(found.version),
            monitoring_years=found.monitoringYears,
            buffer_share=BasisPoints(found.bufferBasisPoints),
            standing=Standing(found.standing),
            since=Seconds(found.since),
            parts=self.methodology_parts(id) if found.parts else (),
        )

    def methodology_id(self, programme: ProgrammeId, code: str, version: str) -> MethodologyId:
        """0 for none."""
        words = (code_bytes32(code), code_bytes32(version))
        return MethodologyId(self._read("Programmes", "methodologyByCode", programme, *words))

    def _governed(self, name: str, *arguments: object, signer: Signer, dry_run: bool) -> Done:
        return Done(self._govern(self._function("Programmes", name, *arguments), signer, dry_run))

    def root_owner(self, root: str) -> ProgrammeId | None:
        """The programme that has a root of serial numbers; None where it is not registered."""
        try:
            return ProgrammeId(self._read("Programmes", "serialRoot", code_bytes32(root)).programme)
        except Reverted as refusal:
            if refusal.error_name == "SerialRootUnknown":
                return None
            raise
