"""Verbs of labels and host countries, on both sides."""

from both_sides import ACTIVITY_TYPE, COUNTRY, BothSides
from statements import approval, code, decision, rule

from onetonne.terms import Purpose, Rule, Use

Window = tuple[int, int, int]
"""First and last day of the vintage, and the first that a first crediting period may start on."""
RULES = {
    "CCP": Rule(by_programme=True, by_methodology=True),
    "CORSIA-1": Rule(True, False, Use.INTERNATIONAL_MITIGATION, adjusted=True),
    "ARTICLE-6-OTHER": Rule(False, False, Use.OTHER_PURPOSES),
}
BODIES = {"CCP": "icvcm", "CORSIA-1": "icao", "ARTICLE-6-OTHER": "icao"}
"""When a walk begins."""


class LabelSides(BothSides):
    def admit_framework(self, label: str) -> None:
        asks, body = RULES[label], BODIES[label]
        stated = rule(
            by_programme=asks.by_programme,
            by_methodology=asks.by_methodology,
            use=asks.use or 0,
            adjusted=asks.adjusted,
        )
        twin = (self.twin.admit_framework, label, body, asks)
        verb = self.contracts.labels.admitFramework
        self.both(twin, "governance", verb, code(label), self.account(body), stated)

    def rotate_body(self, label: str, body: str) -> None:
        verb = self.contracts.labels.rotateBody
        self.both((self.twin.rotate_body, label, body), "governance", verb, code(label), self.account(body))

    def set_host(self, name: str) -> None:
        sent = (COUNTRY.encode(), self.account(name))
        self.both((self.twin.set_host, COUNTRY, name), "governance", self.contracts.labels.setHost, *sent)

    def demand(self, purpose: Purpose, label: str | None) -> None:
        sent = (purpose, code(label) if label else bytes(32))
        twin = (self.twin.demand, purpose, label)
        self.both(twin, "governance", self.contracts.labels.demandLabel, *sent)

    def approve_programme(
        self, sender: str, label: str, number: int, window: Window, conditional: bool
    ) -> None:
        twin = (self.twin.approve_programme, sender, label, number, window, conditional)
        sent = (code(label), number, _approval(window, conditional), decision())
        self.both(twin, sender, self.contracts.labels.approveProgramme, *sent)

    def withdraw_programme(self, sender: str, label: str, number: int) -> None:
        verb = self.contracts.labels.withdrawProgramme
        twin = (self.twin.withdraw_programme, sender, label, number)
        self.both(twin, sender, verb, code(label), number, decision())

    def approve_methodology(
        self, sender: str, label: str, number: int, window: Window, conditional: bool
    ) -> None:
        twin = (self.twin.approve_methodology, sender, label, number, window, conditional)
        sent = (code(label), number, _approval(window, conditional), decision())
        self.both(twin, sender, self.contracts.labels.approveMethodology, *sent)

    def withdraw_methodology(self, sender: str, label: str, number: int) -> None:
        verb = self.contracts.labels.withdrawMethodology
        twin = (self.twin.withdraw_methodology, sender, label, number)
        self.both(twin, sender, verb, code(label), number, decision())

    def exclude_activity_type(self, sender: str, label: str, programme: int, excluded: bool) -> None:
        twin = (self.twin.exclude_activity_type, sender, label, programme, ACTIVITY_TYPE, excluded)
        sent = (code(label), programme, code(ACTIVITY_TYPE), excluded, decision())
        self.both(twin, sender, self.contracts.labels.setActivityTypeExclusion, *sent)

    def exclude_methodology(self, sender: str, label: str, number: int, excluded: bool) -> None:
        twin = (self.twin.exclude_methodology, sender, label, number, excluded)
        sent = (code(label), number, excluded, decision())
        self.both(twin, sender, self.contracts.labels.setMethodologyExclusion, *sent)

    def set_guarantee(self, sender: str, label: str, project: int, year: int, accepted: bool) -> None:
        twin = (self.twin.set_guarantee, sender, label, project, year, accepted)
        sent = (code(label), project, year, accepted, decision())
        self.both(twin, sender, self.contracts.labels.setGuarantee, *sent)

    def authorise(
        self, sender: str, project: int, year: int, uses: frozenset[Use], cap: int, batches: list[int]
    ) -> None:
        twin = (self.twin.authorise, sender, project, year, uses, cap, batches)
        sent = (project, year, sum(1 << use for use in uses), cap, batches, decision())
        self.both(twin, sender, self.contracts.labels.authorise, *sent)

    def revoke(self, sender: str, project: int, year: int) -> None:
        twin = (self.twin.revoke, sender, project, year)
        self.both(twin, sender, self.contracts.labels.revoke, project, year, decision())

    def record_adjustment(self, sender: str, project: int, year: int) -> None:
        twin = (self.twin.record_adjustment, sender, project, year)
        self.both(twin, sender, self.contracts.labels.recordAdjustment, project, year, decision())


def _approval(window: Window, conditional: bool) -> object:
    first, last, crediting_from = window
    return approval(
        conditional=conditional, vintage_start=first, vintage_end=last, crediting_from=crediting_from
    )
