"""Rules about labels and host countries: each makes one call or a few, good or bad."""

from label_sides import BODIES, Window
from statements import day
from walk import START, Chooser

from onetonne.terms import FIRST_NDC_YEAR, Purpose, Use

LABELS = tuple(BODIES)
DEMANDS = {
    Purpose.CORSIA_PHASE_1: "CORSIA-1",
    Purpose.NATIONAL_SCHEME: "CCP",
    Purpose.OTHER: "ARTICLE-6-OTHER",
}
ANY: Window = (0, 2**32 - 1, 0)
WINDOWS: tuple[Window, ...] = (
    ANY,
    (day(2016, 1, 1), day(2020, 12, 31), 0),
    (day(2021, 1, 1), day(2026, 12, 31), day(2012, 1, 1)),
    (START + 5, START + 20, 0),
    (day(2016, 1, 1), day(2026, 12, 31), day(2012, 1, 2)),
)
ABROAD = frozenset({Use.INTERNATIONAL_MITIGATION})
USES = (ABROAD, ABROAD, frozenset({Use.OTHER_PURPOSES}), frozenset(Use), frozenset())


class LabelWalk(Chooser):
    def admit_frameworks(self) -> None:
        for label in LABELS:
            self.sides.admit_framework(label)
        self.sides.set_host("host")
        for purpose, label in DEMANDS.items():
            self.sides.demand(purpose, label)
        self.sides.approve_programme("icao", "CORSIA-1", 1, ANY, False)
        self.sides.approve_programme("icvcm", "CCP", 1, ANY, False)
        self.sides.approve_methodology("icvcm", "CCP", 1, ANY, False)

    def ask(self) -> None:
        """For labels that a batch held at some second since the beginning, the last most times."""
        batch = self.random.randint(1, len(self.twin.batches) - 1)
        back = 0 if not self.seldom() else self.random.randint(0, 40)
        self.sides.agree_on_labels(*((batch, label, self.sides.came - back) for label in LABELS))

    def approve(self) -> None:
        label = self.pick(LABELS)
        sent = self._body(label), label, self.random.randint(1, 2 + self.seldom())
        window = (2, 1, 0) if self.seldom() else self.pick(WINDOWS)
        verbs = (self.sides.approve_programme, self.sides.approve_methodology)
        self.pick(verbs)(*sent, window, self.seldom())

    def withdraw_approval(self) -> None:
        label = self.pick(LABELS)
        sent = self._body(label), label, self.random.randint(1, 2)
        self.pick((self.sides.withdraw_programme, self.sides.withdraw_methodology))(*sent)

    def exclude(self) -> None:
        label = self.pick(LABELS)
        sent = self._body(label), label, self.random.randint(1, 2)
        verb = self.pick((self.sides.exclude_activity_type, self.sides.exclude_methodology))
        verb(*sent, True)
        if not self.seldom():
            self._let_time_pass()
            self.retire_for("CORSIA-1")
            verb(*sent, False)

    def set_guarantee(self) -> None:
        project, year = self._year()
        accepted = self.pick((True, True, False))
        self.sides.set_guarantee(self._body("CORSIA-1"), "CORSIA-1", project, year, accepted)

    def authorise(self) -> None:
        """All that was issued, most times, and with it what CORSIA asks besides."""
        project, year = self._year()
        issued = self.twin.issued(project, year)
        batches = sorted(issued)
        if self.seldom():
            batches = self.pick(
                (batches[1:], batches[::-1], [*batches, 1], [*batches, len(self.twin.batches)])
            )
        used = self.twin.histories.used_of((project, year)).by_host
        most = max(sum(issued.get(number, 0) for number in batches) - used, 0)
        cap = self.pick((most, most, most // 2, most + 1, 0))
        self.sides.authorise(self._host(), project, year, self.pick(USES), cap, batches)
        if self.pick((True, False)):
            self.sides.record_adjustment("host", project, year)
        self._let_time_pass()
        self.retire_for("CORSIA-1")

    def revoke(self) -> None:
        """What was authorised just before, most times; who retires in the same second is refused."""
        project, year = self._year()
        if not self.seldom():
            issued = self.twin.issued(project, year)
            self.sides.authorise("host", project, year, ABROAD, sum(issued.values()), sorted(issued))
            self._let_time_pass()
        self.sides.revoke(self._host(), project, year)
        self.retire_for("CORSIA-1")

    def record_adjustment(self) -> None:
        self.sides.record_adjustment(self._host(), *self._year())

    def demand(self) -> None:
        """Something else than at the beginning, for one retirement."""
        purpose = self.pick(list(Purpose))
        self.sides.demand(purpose, "CCP-2" if self.seldom() else self.pick((None, *LABELS)))
        self._retire(purpose)
        self.sides.demand(purpose, DEMANDS.get(purpose))

    def rotate(self) -> None:
        label = self.pick(LABELS)
        self.sides.rotate_body(label, self.pick(("icvcm", "icao")))
        self.sides.set_host(self.pick(("host", "host", "regulator")))
        if self.twin.hosts["ET"] != "host":
            self.sides.set_host("host")

    def retire_for_any_purpose(self) -> None:
        self._retire(self.pick(list(Purpose)))

    def retire_for(self, label: str) -> None:
        purposes = [purpose for purpose, demanded in DEMANDS.items() if demanded == label]
        self._retire(self.pick(purposes))

    def _retire(self, purpose: Purpose) -> None:
        holder, batch, kilograms = self._lot()
        self.sides.retire(holder, [(batch, kilograms)], holder, "airline", purpose)

    def _let_time_pass(self) -> None:
        """Often none: what is said in a second counts from the next."""
        self.sides.wait(self.pick((0, 0, 1, 1, 7)))

    def _body(self, label: str) -> str:
        return self.pick(("icvcm", "icao", "operator")) if self.seldom() else self.twin.bodies[label]

    def _host(self) -> str:
        return "operator" if self.seldom() else "host"

    def _year(self) -> tuple[int, int]:
        """Of a batch that needs its host, most times."""
        if self.seldom():
            return self.random.randint(1, 4), self.pick((2020, 2021))
        years = [(batch.project, batch.order.year) for batch in self.twin.batches[1:]]
        return self.pick([year for year in years if year[1] >= FIRST_NDC_YEAR])
