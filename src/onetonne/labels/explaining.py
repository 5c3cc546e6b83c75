"""Why a batch holds a label or not, in words: each condition, and the entry that decides it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from onetonne.errors import DateError
from onetonne.labels.entries import (
    Admission,
    Issued,
    Permission,
    Place,
    Said,
    Switch,
    Tick,
    Window,
    at,
    latest,
    speaker,
)
from onetonne.labels.evaluation import evaluate
from onetonne.labels.explanation import Answer, Deciding, Explanation, Line, Recognised
from onetonne.labels.histories import Histories
from onetonne.terms import (
    EPOCH,
    FIRST_NDC_YEAR,
    Address,
    BatchId,
    Condition,
    Days,
    Kilograms,
    MethodologyId,
    Rule,
    Seconds,
    Use,
    format_quantity,
    from_days,
    from_seconds,
)

TransactionOf = Callable[[Place], str | None]
"""Hash of the transaction that made an entry, where it is known."""

USES = {
    Use.NDC: "use toward another country's NDC",
    Use.INTERNATIONAL_MITIGATION: "use for international mitigation",
    Use.OTHER_PURPOSES: "use for other purposes",
}


def explain(
    histories: Histories, batch: BatchId, label: str, time: Seconds, transaction_of: TransactionOf
) -> Explanation:
    """Raises `KeyError` where there is no such batch."""
    verdict = evaluate(histories, batch, label, time)
    missing = tuple(sorted(verdict.missing))
    lines = _Explainer(histories, histories.batches[batch], label, time, transaction_of).lines()
    return Explanation(batch, label, time, verdict.held, verdict.conditional, missing, lines)


@dataclass(frozen=True, slots=True)
class _Explainer:
    histories: Histories
    batch: Issued
    label: str
    time: Seconds
    transaction_of: TransactionOf

    def lines(self) -> tuple[Line, ...]:
        admission = at(self.histories.frameworks.get(self.label, []), self.time)
        if admission is None:
            sentence = f"{self.label} was not a label yet; nothing else is asked."
            return (Line(Condition.FRAMEWORK, Answer.NOT_MET, sentence),)
        return (
            self._framework(admission),
            self._issued(),
            *self._programme(admission.rule),
            *self._methodology(admission.rule),
            self._exclusion(),
            self._authorisation(admission.rule),
            self._adjustment(admission.rule),
        )

    def _framework(self, admission: Admission) -> Line:
        entry = self._deciding(admission.body, None, admission.place)
        sentence = f"Governance admitted {self.label} and named the body that runs it."
        return Line(Condition.FRAMEWORK, Answer.MET, sentence, entry)

    def _issued(self) -> Line:
        moment = f"{from_seconds(self.batch.issued_at):%Y-%m-%d %H:%M:%S} UTC"
        met = self.batch.issued_at <= self.time
        sentence = f"Batch {self.batch.id} was issued at {moment}" + ("." if met else ", which is later.")
        return Line(Condition.ISSUED, _answer(met), sentence)

    def _programme(self, rule: Rule) -> tuple[Line, Line]:
        name = self.histories.programmes[self.batch.programme]
        return self._ticks(
            (Condition.PROGRAMME, Condition.PROGRAMME_WINDOW),
            f"programme {name}",
            rule.by_programme,
            lambda label: self.histories.programme_ticks.get((label, self.batch.programme), []),
        )

    def _methodology(self, rule: Rule) -> tuple[Line, ...]:
        """Two lines; of a composed methodology two for each of its parts."""
        return tuple(line for part in self._parts for line in self._part(rule, part))

    def _part(self, rule: Rule, part: MethodologyId) -> tuple[Line, Line]:
        return self._ticks(
            (Condition.METHODOLOGY, Condition.METHODOLOGY_WINDOW),
            f"methodology {self._methodology_name(part)}",
            rule.by_methodology,
            lambda label: self.histories.methodology_ticks.get((label, part), []),
        )

    @property
    def _parts(self) -> tuple[MethodologyId, ...]:
        return self.histories.parts_of(self.batch.methodology)

    def _methodology_name(self, methodology: MethodologyId) -> str:
        found = self.histories.methodologies[methodology]
        return f"{found.code} {found.version}"

    def _ticks(
        self,
        conditions: tuple[Condition, Condition],
        subject: str,
        asked: bool,
        ticks_of: Callable[[str], list[Tick]],
    ) -> tuple[Line, Line]:
        approval, window = conditions
        if not asked:
            sentence = f"{self.label} asks for no approval of the {subject.split()[0]}."
            return Line(approval, Answer.NOT_ASKED, sentence), Line(window, Answer.NOT_ASKED, sentence)
        tick = at(ticks_of(self.label), self.time)
        sentence = f"{_upper(subject)} {_tick_words(tick)} for {self.label}."
        if tick is None or tick.window is None:
            entry = None if tick is None else self._by_body(self.label, tick.said, tick.place)
            none = Line(window, Answer.NOT_ASKED, "Without an approval there is no window to lie in.")
            return Line(approval, Answer.NOT_MET, sentence, entry), none
        entry = self._by_body(self.label, tick.said, tick.place)
        chain = self._recognised(tick, subject, ticks_of)
        return Line(approval, Answer.MET, sentence, entry, chain), self._window(window, tick.window, entry)

    def _window(self, condition: Condition, window: Window, entry: Deciding) -> Line:
        outside = [
            sentence
            for lies_outside, sentence in (
                (self.batch.vintage_start < window.vintage_start, "the vintage starts before it"),
                (self.batch.vintage_end > window.vintage_end, "the vintage ends after it"),
                (
                    self.batch.project.crediting_start < window.crediting_from,
                    f"the first crediting period started on {_day(self.batch.project.crediting_start)}",
                ),
            )
            if lies_outside
        ]
        covered = f"The approval covers {_vintages(window)}"
        if window.crediting_from:
            covered += f" of projects credited from {_day(window.crediting_from)} on"
        vintage = f"{_day(self.batch.vintage_start)} to {_day(self.batch.vintage_end)}"
        verdict = "; ".join(outside) if outside else "it lies inside"
        sentence = f"{covered}; the batch's vintage is {vintage}: {verdict}."
        return Line(condition, _answer(not outside), sentence, entry)

    def _recognised(
        self, tick: Tick, subject: str, ticks_of: Callable[[str], list[Tick]]
    ) -> tuple[Recognised, ...]:
        """From label to label, until one recognises no other, or one that was seen before."""
        steps, seen = list[Recognised](), {self.label}
        while tick.recognises is not None and tick.recognises not in seen:
            label = tick.recognises
            seen.add(label)
            found = at(ticks_of(label), self.time)
            entry = None if found is None else self._by_body(label, found.said, found.place)
            sentence = f"It recognises {label}: there, {subject} {_tick_words(found)}."
            steps.append(Recognised(label, sentence, entry))
            if found is None:
                break
            tick = found
        return tuple(steps)

    def _exclusion(self) -> Line:
        kind, programme = self.batch.project.activity_type, self.batch.programme
        code = self.histories.programmes[programme]
        of_type = f"{kind} activities of {code}" if kind else f"activities of {code} without a type"
        of_methodologies = {
            f"methodology {self._methodology_name(part)}": self.histories.methodology_exclusions.get(
                (self.label, part), []
            )
            for part in self._parts
        }
        switches = {of_type: self.histories.type_exclusions.get((self.label, programme, kind), [])}
        switches |= of_methodologies
        found = {name: at(entries, self.time) for name, entries in switches.items()}
        for name, switch in found.items():
            if switch is not None and switch.on:
                entry = self._by_body(self.label, switch.said, switch.place)
                verb = "is" if name in of_methodologies else "are"
                sentence = f"{_upper(name)} {verb} excluded from {self.label}."
                return Line(Condition.EXCLUSION, Answer.NOT_MET, sentence, entry)
        ended = max((one for one in found.values() if one), key=lambda one: one.place, default=None)
        last = self._by_body(self.label, ended.said, ended.place) if ended else None
        sentence = f"Neither {of_type} nor {' nor '.join(of_methodologies)} is excluded from {self.label}."
        return Line(Condition.EXCLUSION, Answer.MET, sentence, last)

    def _authorisation(self, rule: Rule) -> Line:
        condition, year = Condition.AUTHORISATION, self.batch.vintage_year
        if rule.use is None:
            return Line(condition, Answer.NOT_ASKED, f"{self.label} asks for no authorisation.")
        if year < FIRST_NDC_YEAR:
            return Line(condition, Answer.NOT_ASKED, self._early())
        country, use = self.batch.project.country, USES[rule.use]
        found = at(self.histories.authorisations.get((self.batch.project.id, year), []), self.time)
        entry = None if found is None else self._by_host(found.said, found.place)
        if found is None:
            sentence = f"{country} has not authorised {use} of the project's vintage year {year}."
        elif not found.uses:
            sentence = f"{country} has revoked its authorisation of the project's vintage year {year}."
        elif self.batch.id not in found.batches:
            sentence = (
                f"{country} has authorised {_uses(found)} of the project's vintage year {year}, and its "
                f"letter does not name batch {self.batch.id}."
            )
        else:
            sentence = f"{country} has authorised {_uses(found)} of the project's vintage year {year}" + (
                f", up to {format_quantity(found.cap)}{self._left(found)}."
                if rule.use in found.uses
                else f", which is not {use}."
            )
        met = found is not None and rule.use in found.uses and self.batch.id in found.batches
        return Line(condition, _answer(met), sentence, entry)

    def _left(self, permission: Permission) -> str:
        """What is left of the cap, where the letter is the last one: what was used is known of now only."""
        year = (self.batch.project.id, self.batch.vintage_year)
        if permission is not latest(self.histories.authorisations[year]):
            return ""
        left = Kilograms(permission.cap - self.histories.used_of(year).transferred)
        return f", of which {format_quantity(left)} are left now for all batches that the letter names"

    def _adjustment(self, rule: Rule) -> Line:
        condition, year = Condition.ADJUSTMENT, self.batch.vintage_year
        if rule.use is None or not rule.adjusted:
            return Line(condition, Answer.NOT_ASKED, f"{self.label} asks for no corresponding adjustment.")
        if year < FIRST_NDC_YEAR:
            return Line(condition, Answer.NOT_ASKED, self._early())
        country, subject = self.batch.project.country, (self.batch.project.id, year)
        adjustment = at(self.histories.adjustments.get(subject, []), self.time)
        guarantee = at(self.histories.guarantees.get((self.label, subject), []), self.time)
        permission = at(self.histories.authorisations.get(subject, []), self.time)
        if adjustment is not None and permission is not None and adjustment.covers(permission):
            entry = self._by_host(adjustment.said, adjustment.place)
            sentence = f"{country} has recorded a corresponding adjustment for vintage year {year}."
            return Line(condition, Answer.MET, sentence, entry)
        none = f"{country} has recorded no corresponding adjustment for vintage year {year}"
        if adjustment is not None:
            none = (
                f"{country} has recorded a corresponding adjustment for vintage year {year}, up to "
                f"{format_quantity(adjustment.cap)}, and has authorised more since"
            )
        return self._guaranteed(guarantee, none)

    def _guaranteed(self, guarantee: Switch | None, none: str) -> Line:
        if guarantee is None:
            return Line(Condition.ADJUSTMENT, Answer.NOT_MET, f"{none}, and no guarantee was accepted.")
        entry = self._by_body(self.label, guarantee.said, guarantee.place)
        said = "has accepted a guarantee instead" if guarantee.on else "no longer accepts a guarantee"
        return Line(
            Condition.ADJUSTMENT, _answer(guarantee.on), f"{none}; {self.label}'s body {said}.", entry
        )

    def _early(self) -> str:
        return (
            f"Vintage year {self.batch.vintage_year} lies before {FIRST_NDC_YEAR}, from when on a host "
            "country is asked."
        )

    def _by_body(self, label: str, said: Said, place: Place) -> Deciding:
        return self._deciding(speaker(self.histories.bodies.get(label, []), place), said, place)

    def _by_host(self, said: Said, place: Place) -> Deciding:
        hosts = self.histories.hosts.get(self.batch.project.country, [])
        return self._deciding(speaker(hosts, place), said, place)

    def _deciding(self, account: Address | None, said: Said | None, place: Place) -> Deciding:
        return Deciding(
            account=account,
            source=said.source if said else "",
            decided_on=_calendar_day(said.decided_on) if said else None,
            counts_from=place.counts_from,
            block=place.block,
            transaction=self.transaction_of(place),
            document=said.document if said and any(said.document) else None,
        )


def _answer(met: bool) -> Answer:
    return Answer.MET if met else Answer.NOT_MET


def _tick_words(tick: Tick | None) -> str:
    if tick is None:
        return "has no approval"
    if tick.window is None:
        return "has had its approval withdrawn"
    return "is approved under a condition" if tick.conditional else "is approved"


def _vintages(window: Window) -> str:
    first, last = _calendar_day(window.vintage_start), _calendar_day(window.vintage_end)
    end = " on" if last in (None, date.max) else f" to {last}"
    if first == EPOCH:
        return "all vintages" if end == " on" else f"vintages{end}"
    return f"vintages {'from ' * (end == ' on')}{_day(window.vintage_start)}{end}"


def _uses(permission: Permission) -> str:
    return " and ".join(USES[use] for use in sorted(permission.uses))


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _calendar_day(days: Days) -> date | None:
    """None outside Python's calendar: anyone may call the contract with any number."""
    try:
        return from_days(days)
    except DateError:
        return None


def _day(days: Days) -> str:
    day = _calendar_day(days)
    return "any day" if day is None else day.isoformat()
