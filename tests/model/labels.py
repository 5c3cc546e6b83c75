"""The twin's verbs of labels and host countries. Which label a batch holds, the package's twin of it says."""

from typing import Any

from model.records import Account, require
from model.state import State, all_or_nothing
from onetonne.labels import refusal, use_of
from onetonne.labels.entries import Admission, Permission, Place, Said, Switch, Tick, Window, latest
from onetonne.terms import FIRST_NDC_YEAR, BatchId, Days, Kilograms, Purpose, Rule, Seconds, Use

SAID = Said("", Days(0), bytes(32))


class LabelVerbs(State):
    """Labels are codes, `year` is a vintage year."""

    # -- governance

    @all_or_nothing
    def admit_framework(self, label: str, body: Account, rule: Rule) -> None:
        require(label not in self.bodies, "FrameworkTaken")
        self.bodies[label] = body
        self.histories.frameworks[label].append(Admission(body, rule, self._here()))

    @all_or_nothing
    def rotate_body(self, label: str, body: Account) -> None:
        require(label in self.bodies, "FrameworkUnknown")
        require(self.bodies[label] != body, "LabelUnchanged")
        self.bodies[label] = body

    @all_or_nothing
    def set_host(self, country: str, account: Account) -> None:
        require(self.hosts.get(country) != account, "HostUnchanged")
        self.hosts[country] = account

    @all_or_nothing
    def demand(self, purpose: Purpose, label: str | None) -> None:
        require(label is None or label in self.bodies, "FrameworkUnknown")
        self.histories.demands[purpose] = label

    # -- a label's body

    @all_or_nothing
    def approve_programme(
        self, sender: Account, label: str, programme: int, window: tuple[int, int, int], conditional: bool
    ) -> None:
        self._require_body(sender, label)
        self._programme(programme)
        self.histories.programme_ticks[label, programme].append(self._tick(window, conditional))

    @all_or_nothing
    def withdraw_programme(self, sender: Account, label: str, programme: int) -> None:
        self._require_body(sender, label)
        self._withdraw(self.histories.programme_ticks[label, programme])

    @all_or_nothing
    def approve_methodology(
        self, sender: Account, label: str, methodology: int, window: tuple[int, int, int], conditional: bool
    ) -> None:
        self._require_body(sender, label)
        require(0 < methodology < len(self.methodologies), "MethodologyUnknown")
        self.histories.methodology_ticks[label, methodology].append(self._tick(window, conditional))

    @all_or_nothing
    def withdraw_methodology(self, sender: Account, label: str, methodology: int) -> None:
        self._require_body(sender, label)
        self._withdraw(self.histories.methodology_ticks[label, methodology])

    @all_or_nothing
    def exclude_activity_type(
        self, sender: Account, label: str, programme: int, activity_type: str, excluded: bool
    ) -> None:
        self._require_body(sender, label)
        self._programme(programme)
        self._switch(self.histories.type_exclusions[label, programme, activity_type], excluded)

    @all_or_nothing
    def exclude_methodology(self, sender: Account, label: str, methodology: int, excluded: bool) -> None:
        self._require_body(sender, label)
        require(0 < methodology < len(self.methodologies), "MethodologyUnknown")
        self._switch(self.histories.methodology_exclusions[label, methodology], excluded)

    @all_or_nothing
    def set_guarantee(self, sender: Account, label: str, project: int, year: int, accepted: bool) -> None:
        self._require_body(sender, label)
        self._project(project)
        self._switch(self.histories.guarantees[label, (project, year)], accepted)

    # -- a host country

    @all_or_nothing
    def authorise(
        self, sender: Account, project: int, year: int, uses: frozenset[Use], cap: int, batches: list[int]
    ) -> None:
        self._require_host(sender, project)
        require(year >= FIRST_NDC_YEAR, "AuthorisationNotNeeded")
        require(len(uses) != 0, "UsesInvalid")
        issued, of_year = 0, self.issued(project, year)
        for before, number in zip([0, *batches], batches, strict=False):
            self._batch(number)
            require(before < number and number in of_year, "AuthorisedBatchInvalid")
            issued += of_year[number]
        used, entries = self.histories.used_of((project, year)), self.histories.authorisations[project, year]
        fits = cap != 0 and used.transferred <= cap <= max(issued - used.by_host, 0)
        require(fits, "AuthorisationCapInvalid")
        before_uses = latest(entries).uses if entries else frozenset()
        require(used.transferred == 0 or before_uses <= uses, "AlreadyTransferred")
        before_cap = latest(entries).cap if entries else 0
        wider = before_uses <= uses and before_cap <= cap
        require(not self.histories.adjustments[project, year] or wider, "AlreadyAdjusted")
        entries.append(Permission(uses, Kilograms(cap), SAID, self._here()))

    @all_or_nothing
    def revoke(self, sender: Account, project: int, year: int) -> None:
        self._require_host(sender, project)
        require(self.histories.used_of((project, year)).transferred == 0, "AlreadyTransferred")
        require(self._is_authorised(project, year), "NotAuthorised")
        require(not self.histories.adjustments[project, year], "AlreadyAdjusted")
        revoked = Permission(frozenset(), Kilograms(0), SAID, self._here())
        self.histories.authorisations[project, year].append(revoked)

    @all_or_nothing
    def record_adjustment(self, sender: Account, project: int, year: int) -> None:
        self._require_host(sender, project)
        require(self._is_authorised(project, year), "NotAuthorised")
        self._switch(self.histories.adjustments[project, year], True)

    # -- what a retirement asks

    def _claim(self, batch: int, purpose: Purpose, kilograms: int) -> Use | None:
        """What the retirement is a first transfer for, once it was allowed and counted (I8)."""
        why = refusal(self.histories, BatchId(batch), purpose, Kilograms(kilograms), self.now)
        require(why is None, why.value if why else "")
        order, project = self.batches[batch].order, self.batches[batch].project
        used = self.histories.used[project, order.year]
        if purpose is Purpose.HOST_NDC:
            used.by_host = Kilograms(used.by_host + kilograms)
            return None
        use = use_of(self.histories, purpose)
        if use is not None:
            used.transferred = Kilograms(used.transferred + kilograms)
        return use

    def _here(self) -> Place:
        return Place(0, 0, Seconds(self.now))

    def _tick(self, window: tuple[int, int, int], conditional: bool) -> Tick:
        require(window[0] <= window[1], "WindowInvalid")
        first, last, crediting_from = (Days(day) for day in window)
        return Tick(Window(first, last, crediting_from), conditional, None, SAID, self._here())

    def _withdraw(self, ticks: list[Tick]) -> None:
        standing = latest(ticks)
        require(standing is not None and standing.window is not None, "LabelUnchanged")
        ticks.append(Tick(None, False, None, SAID, self._here()))

    def _switch(self, entries: list[Switch], on: bool) -> None:
        standing = latest(entries)
        require((standing is not None and standing.on) != on, "LabelUnchanged")
        entries.append(Switch(on, SAID, self._here()))

    def _is_authorised(self, project: int, year: int) -> bool:
        standing: Any = latest(self.histories.authorisations[project, year])
        return standing is not None and bool(standing.uses)

    def _require_body(self, sender: Account, label: str) -> None:
        require(label in self.bodies, "FrameworkUnknown")
        require(self.bodies[label] == sender, "NotBody")

    def _require_host(self, sender: Account, project: int) -> None:
        require(self.hosts.get(self._project(project).country) == sender, "NotHost")
