"""The part of a made-up market that comes before trade: projects, verifications, blocks of serial numbers."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from eth_utils.crypto import keccak

from onetonne.bench.replay_calls import Call, Contracts
from onetonne.bench.replay_facts import (
    ISSUANCES,
    ISSUANCES_A_VERIFICATION,
    PROGRAMMES,
    MethodologyFacts,
    ProgrammeFacts,
    geometric,
)
from onetonne.serials import ROOTS
from onetonne.terms import KILOGRAMS_PER_TONNE, Address, code_bytes32, to_days

TOP = 2**64 - 1
"""The hint for "above everything"."""
_OLDEST = 2008
_GAP = 0.1  # share of blocks in a common namespace before which serial numbers are left for later
_DEADLINE = 2**48 - 1


@dataclass(slots=True)
class Programme:
    facts: ProgrammeFacts
    id: int
    operator: Address
    methodologies: list[int] = field(default_factory=list)
    """Ids, in the order of the facts."""
    projects: list["Project"] = field(default_factory=list)


@dataclass(slots=True)
class Project:
    id: int
    number: int
    programme: Programme
    country: str
    methodology: int
    facts: MethodologyFacts
    crediting_year: int
    next_year: int
    """The first that is not verified."""
    proponent: Address


@dataclass(frozen=True, slots=True)
class IssuedBatch:
    id: int
    project: Project
    year: int
    first: int
    last: int
    withheld: int
    """Kilograms in the buffer."""

    @property
    def kilograms(self) -> int:
        return (self.last - self.first + 1) * KILOGRAMS_PER_TONNE


def account(seed: int, role: str, number: int = 0) -> Address:
    """An account that nobody has a key of: the chain acts in its name."""
    return Address("0x" + keccak(text=f"onetonne replay {seed} {role} {number}")[12:].hex())


class Certifying:
    """Makes projects, verifications and issuances. Ids are the contracts': counted from 1."""

    def __init__(self, random: Random, seed: int, contracts: Contracts, governance: Address) -> None:
        self._random = random
        self._seed = seed
        self._contracts = contracts
        self._governance = governance
        self._vvbs = [account(seed, "vvb", number) for number in range(12)]
        self.programmes = [
            Programme(facts, number, account(seed, "operator", number))
            for number, facts in enumerate(PROGRAMMES, 1)
        ]
        self._shares = [one.facts.issuances for one in self.programmes]
        self._projects = self._verifications = 0
        self.batches: list[IssuedBatch] = []
        self._tops: defaultdict[str, int] = defaultdict(int)
        self._gaps: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
        """By prefix: size, first serial, and last serial of a block above."""

    def admissions(self) -> Iterator[Call]:
        """Governance's and the operators' first acts."""
        for programme in self.programmes:
            code = programme.facts.code
            yield self._govern("admitProgramme", code_bytes32(code), programme.operator)
            for root in (root for root in ROOTS if root.programme == code):
                yield self._govern(
                    "registerRoot", code_bytes32(root.name), programme.id, root.segments, root.numeric_mask
                )
        for number, vvb in enumerate(self._vvbs, 1):
            yield self._govern("admitVvb", code_bytes32(f"VVB-{number}"), vvb)
        methodology = 0
        for programme in self.programmes:
            for facts in programme.facts.methodologies:
                methodology += 1
                programme.methodologies.append(methodology)
                words = (code_bytes32(facts.code), code_bytes32("1.0"))
                yield self._contracts.call(
                    programme.operator, "Programmes", "registerMethodology", *words, 0, facts.buffer_share
                )

    def next(self, most: int, today: date) -> tuple[list[Call], list[IssuedBatch]]:
        """A verification, of a new project where there are too few, and up to `most` issuances against it."""
        programme = self._random.choices(self.programmes, self._shares)[0]
        calls: list[Call] = []
        project = self._open_project(programme, today)
        if project is None:
            project = self._new_project(programme, today)
            calls.append(self._registration(project))
        count = min(most, geometric(self._random, ISSUANCES_A_VERIFICATION))
        year, project.next_year = project.next_year, project.next_year + 1
        tonnes = [programme.facts.issued.tonnes(self._random) for _ in range(count)]
        calls += self._verification(project, year, sum(tonnes) * KILOGRAMS_PER_TONNE)
        orders, made = [], []
        for quantity in tonnes:
            root, prefix = self._prefix(project, year)
            first, last, hint = self._serials(prefix, quantity)
            days = (to_days(date(year, 1, 1)), to_days(date(year, 12, 31)))
            custody = keccak(text=f"immobilised: {prefix} {first} to {last}")
            place = (code_bytes32(root), prefix, first, last, hint)
            orders.append((*place, self._verifications, *days, year, custody))
            withheld = -(-quantity * KILOGRAMS_PER_TONNE * project.facts.buffer_share // 10_000)
            batch = IssuedBatch(len(self.batches) + 1, project, year, first, last, withheld)
            self.batches.append(batch)
            made.append(batch)
        calls.append(self._contracts.call(programme.operator, "Credits", "issue", orders, project.proponent))
        return calls, made

    def _govern(self, function: str, *arguments: object) -> Call:
        return self._contracts.call(self._governance, "Programmes", function, *arguments)

    def _open_project(self, programme: Programme, today: date) -> Project | None:
        """One whose next year is over; None where it is time for a new one."""
        wanted = programme.facts.projects / programme.facts.issuances
        issued = len(self.batches) * programme.facts.issuances / ISSUANCES
        if len(programme.projects) < wanted * issued:
            return None
        for _ in range(8):
            if not programme.projects:
                return None
            project = self._random.choice(programme.projects)
            if project.next_year < today.year:
                return project
        return None

    def _new_project(self, programme: Programme, today: date) -> Project:
        self._projects += 1
        place = self._random.randrange(len(programme.methodologies))
        year = self._random.randint(_OLDEST, today.year - 1)
        project = Project(
            id=self._projects,
            number=100 + len(programme.projects),
            programme=programme,
            country=self._random.choice(programme.facts.countries),
            methodology=programme.methodologies[place],
            facts=programme.facts.methodologies[place],
            crediting_year=year,
            next_year=year,
            proponent=account(self._seed, "proponent", self._random.randrange(1 + self._projects // 2)),
        )
        programme.projects.append(project)
        return project

    def _registration(self, project: Project) -> Call:
        registration = (
            code_bytes32(str(project.number)),
            project.country.encode(),
            code_bytes32(f"SITE-{project.id}"),
            code_bytes32(project.facts.activity_type),
            to_days(date(project.crediting_year, 1, 1)),
            f"{project.facts.activity_type.capitalize()} project {project.number} in {project.country}",
        )
        return self._contracts.call(project.programme.operator, "Projects", "registerProject", registration)

    def _verification(self, project: Project, year: int, kilograms: int) -> Iterator[Call]:
        self._verifications += 1
        verified = kilograms if self._random.random() < 0.7 else kilograms * 11 // 10
        statement = f"{project.programme.facts.code}/{project.number}/{year}"
        site = code_bytes32(f"SITE-{project.id}")
        proposal = (
            project.id,
            code_bytes32(project.programme.facts.code),
            code_bytes32(str(project.number)),
            project.country.encode(),
            site,
            0,
            site,
            project.methodology,
            code_bytes32(project.facts.code),
            code_bytes32("1.0"),
            to_days(date(year, 1, 1)),
            to_days(date(year, 12, 31)),
            verified,
            keccak(text=f"report {statement}"),
            keccak(text=f"data {statement}"),
            f"https://registry.example/{statement}.pdf",
            0,
            _DEADLINE,
            bytes(32),
        )
        vvb = self._random.choice(self._vvbs)
        yield self._contracts.call(vvb, "Projects", "proposeVerification", proposal)
        accepted = (self._verifications, TOP)
        yield self._contracts.call(project.programme.operator, "Projects", "acceptVerification", *accepted)

    def _prefix(self, project: Project, year: int) -> tuple[str, str]:
        """Root and canonical prefix, in the programme's form."""
        code, country, number = project.programme.facts.code, project.country, project.number
        batch = 1000 + len(self.batches)
        if code == "VCS":
            return "VCS-VCU", "VCS-VCU"
        if code == "GS":
            return "GS1", f"GS1-1-{country}-{number}-{project.methodology}-{year}-{batch}"
        if code == "CAR":
            return "CAR", f"CAR-1-{country}-{number}-31-{project.methodology}-KS-{year}-{batch}"
        if code == "ACR":
            return "ACR", f"ACR-{country}-{number}-{year}-{batch}"
        return "ART", f"ART-{country}-{number}-{year}-{1 + batch % 7}"

    def _serials(self, prefix: str, tonnes: int) -> tuple[int, int, int]:
        """First and last serial number and the hint: above all others, or in a gap that was left."""
        gaps = self._gaps[prefix]
        fits = bisect_left(gaps, (tonnes, 0, 0))
        if fits < len(gaps) and self._random.random() < _GAP:
            _, first, above = gaps.pop(fits)
            return first, first + tonnes - 1, above
        first = self._tops[prefix] + 1
        left = self._random.randint(1, 20_000) if self._tops[prefix] and self._random.random() < _GAP else 0
        last = first + left + tonnes - 1
        self._tops[prefix] = last
        if left:
            gaps.insert(bisect_left(gaps, (left, first, last)), (left, first, last))
        return first + left, last, TOP
