"""The part of a made-up market that says what credits are good for: frameworks, bodies, host countries."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from random import Random

from eth_utils.crypto import keccak

from onetonne.bench.replay_calls import Call, Contracts
from onetonne.bench.replay_certifying import Certifying, IssuedBatch, account
from onetonne.terms import Address, Purpose, Use, code_bytes32, to_days

_CCP, _CORSIA = "CCP", "CORSIA-1"
_FIRST_YEAR, _LAST_YEAR, _CREDITING_FROM = 2021, 2026, 2016
_EXCLUDED = ("VCS", "WASTE")  # programme and activity type that CORSIA does not take
_AUTHORISED = 0.4  # share of the vintages that could be
_BY_GUARANTEE = 0.3  # share of those that rest on a guarantee, not on an adjustment
_USED_FOR_CORSIA = 0.6  # share of the retirements of what is authorised
_OTHERWISE = 0.04

_Vintage = tuple[int, int]
"""Project and year."""


class Labelling:
    """Makes frameworks' and host countries' entries, and says what a lot may be retired for."""

    def __init__(
        self, random: Random, seed: int, contracts: Contracts, governance: Address, certifying: Certifying
    ) -> None:
        self._random = random
        self._contracts = contracts
        self._governance = governance
        self._programmes = certifying.programmes
        self._batches = certifying.batches
        self._bodies = {label: account(seed, f"body of {label}") for label in (_CCP, _CORSIA)}
        countries = sorted({country for one in self._programmes for country in one.facts.countries})
        self._hosts = {country: account(seed, f"host {country}") for country in countries}
        self._approvals = list(self._ccp_approvals())
        self._of_vintage: defaultdict[_Vintage, list[IssuedBatch]] = defaultdict(list)
        self._chosen: list[_Vintage] = []
        """To be authorised in the next block."""
        self._given: dict[_Vintage, int] = {}
        """Kilograms authorised in this block: they count from the next one on."""
        self._left: dict[_Vintage, int] = {}
        """Kilograms that may still be used abroad."""
        self._settled: set[_Vintage] = set()
        """Authorised, or to be."""
        self._named: set[int] = set()
        """Batches that a letter names."""

    def admissions(self) -> Iterator[Call]:
        corsia = int(Use.INTERNATIONAL_MITIGATION)
        rules = {_CCP: (True, True, 0, False), _CORSIA: (True, False, corsia, True)}
        for label, rule in rules.items():
            yield self._govern("admitFramework", code_bytes32(label), self._bodies[label], rule)
        yield self._govern("demandLabel", int(Purpose.CORSIA_PHASE_1), code_bytes32(_CORSIA))
        for country, authority in self._hosts.items():
            yield self._govern("setHost", country.encode(), authority)
        window = (to_days(date(_FIRST_YEAR, 1, 1)), to_days(date(_LAST_YEAR, 12, 31)))
        crediting = to_days(date(_CREDITING_FROM, 1, 1))
        for programme in self._programmes:
            yield self._body(_CCP, "approveProgramme", programme.id, (False, 0, 2**32 - 1, 0, bytes(32)))
            conditional = programme.facts.code == "GS"
            asked = (conditional, *window, crediting, bytes(32))
            yield self._body(_CORSIA, "approveProgramme", programme.id, asked)
            if programme.facts.code == _EXCLUDED[0]:
                kind = code_bytes32(_EXCLUDED[1])
                yield self._body(_CORSIA, "setActivityTypeExclusion", programme.id, kind, True)

    def decisions(self, done: float) -> Iterator[Call]:
        """What bodies and hosts decide in a block; `done` is the share of the market's time that is over."""
        self._left.update(self._given)
        self._given = {}
        while self._approvals and self._approvals[0][0] <= done:
            _, function, methodology, more = self._approvals.pop(0)
            yield self._body(_CCP, function, methodology, *more)
        for project, year in self._chosen:
            batches = self._of_vintage[project, year]
            cap = self._given[project, year] = sum(batch.kilograms for batch in batches)
            host = self._hosts[batches[0].project.country]
            uses = 1 << Use.INTERNATIONAL_MITIGATION | 1 << Use.NDC
            numbers = [batch.id for batch in batches]
            self._named.update(numbers)
            given = (project, year, uses, cap, numbers, self._decision("letter"))
            yield self._contracts.call(host, "Labels", "authorise", *given)
            if self._random.random() < _BY_GUARANTEE:
                yield self._body(_CORSIA, "setGuarantee", project, year, True)
            else:
                adjusted = (project, year, self._decision("adjustment"))
                yield self._contracts.call(host, "Labels", "recordAdjustment", *adjusted)
        self._chosen = []

    def issued(self, batches: Sequence[IssuedBatch]) -> None:
        for batch in batches:
            vintage = batch.project.id, batch.year
            self._of_vintage[vintage].append(batch)
        vintage = batches[0].project.id, batches[0].year
        if self._fits(batches[0]) and vintage not in self._settled and self._random.random() < _AUTHORISED:
            self._settled.add(vintage)
            self._chosen.append(vintage)

    def purpose(self, number: int, kilograms: int) -> Purpose:
        """What so much of a batch is retired for."""
        batch, chance = self._batches[number - 1], self._random.random()
        vintage = batch.project.id, batch.year
        open_ = number in self._named and self._left.get(vintage, 0) >= kilograms
        if open_ and chance < _USED_FOR_CORSIA:
            self._left[vintage] -= kilograms
            return Purpose.CORSIA_PHASE_1
        others = (Purpose.NATIONAL_SCHEME, Purpose.OTHER)
        return self._random.choice(others) if chance > 1 - _OTHERWISE else Purpose.VOLUNTARY

    def _ccp_approvals(self) -> Iterator[tuple[float, str, int, tuple[object, ...]]]:
        """When, as a share of the market's time: methodologies are approved one by one, and one is lost."""
        all_facts = (facts for programme in self._programmes for facts in programme.facts.methodologies)
        found = [number for number, facts in enumerate(all_facts, 1) if facts.has_ccp]
        every = (False, 0, 2**32 - 1, 0, bytes(32))
        for place, methodology in enumerate(found):
            yield place / len(found), "approveMethodology", methodology, (every,)
        yield 0.95, "withdrawMethodology", found[0], ()

    def _fits(self, batch: IssuedBatch) -> bool:
        project = batch.project
        excluded = (project.programme.facts.code, project.facts.activity_type) == _EXCLUDED
        in_window = _FIRST_YEAR <= batch.year <= _LAST_YEAR
        return in_window and project.crediting_year >= _CREDITING_FROM and not excluded

    def _govern(self, function: str, *arguments: object) -> Call:
        return self._contracts.call(self._governance, "Labels", function, *arguments)

    def _body(self, label: str, function: str, *arguments: object) -> Call:
        given = (code_bytes32(label), *arguments, self._decision(f"{label} {function}"))
        return self._contracts.call(self._bodies[label], "Labels", function, *given)

    def _decision(self, what: str) -> tuple[bytes, int, str]:
        return (
            keccak(text=what),
            to_days(date(2020, 1, 1)),
            f"https://decisions.example/{what.replace(' ', '-')}",
        )
