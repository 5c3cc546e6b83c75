"""How far things have gone when a test begins: contracts, then a methodology, a project, and so on.

Each stage builds on those before it. A test module says with `STORY = "batch"` how far things have gone for
all its tests; that is told once. A test that asks for a later stage by its fixture has the rest told too.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import brownie
from statements import (
    ABOVE_EVERYTHING,
    code,
    day,
    issuance,
    proposal,
    registration,
    roots_of,
    rule,
)

from onetonne.terms import Use

ACTORS = (
    "governance",
    "regulator",
    "operator",
    "vvb",
    "acr_operator",
    "gs_operator",
    "car_operator",
    "other_vvb",
    "alice",
    "bob",
    "airline",
    "stranger",
    "icvcm",
    "icao",
    "host",
)
"""In the order of the chain's accounts."""
STAGES = ("contracts", "methodology", "project_id", "verification", "batch", "frameworks", "buffer")
CCP, CORSIA_1 = code("CCP"), code("CORSIA-1")
CORSIA_RULE = rule(by_methodology=False, use=Use.INTERNATIONAL_MITIGATION, adjusted=True)
ACR = "ACR-US-499-2022-2006"


def period(year: int) -> dict[str, int]:
    """Of a verification, in `proposal`'s words."""
    return {"period_start": day(year, 1, 1), "period_end": day(year, 12, 31)}


def vintage(year: int) -> dict[str, int]:
    """In `issuance`'s words."""
    return {"vintage_start": day(year, 1, 1), "vintage_end": day(year, 12, 31), "vintage_year": year}


PROJECT_991 = {"project": 2, "programme_code": code("ACR"), "project_code": code("991")}
"""Of the stage `buffer`, as statements name it."""


class Story:
    """Acts on the contracts as the actors do. Every id that a stage up to `batch` makes is 1."""

    def __init__(self, contracts: SimpleNamespace, actor: Callable[[str], Any]) -> None:
        self.contracts = contracts
        self.actor = actor
        self.stage = "contracts"

    def tell(self, until: str) -> int:
        """Goes on to the stage `until`, unless things have gone further; gives the id that it made."""
        for stage in STAGES[STAGES.index(self.stage) + 1 : STAGES.index(until) + 1]:
            getattr(self, f"_tell_{stage}")()
            self.stage = stage
        return 1

    def go_on(self) -> None:
        """To a block a second later."""
        brownie.chain.sleep(1)
        brownie.chain.mine()

    def admit(self, programme: str, operator: Any, *, buffer_basis_points: int = 0) -> int:
        """Admits a programme with its roots and one methodology; gives the ids of both, here the same."""
        programmes, governance = self.contracts.programmes, {"from": self.actor("governance")}
        programmes.admitProgramme(code(programme), operator, governance)
        number = int(programmes.programmeByCode(code(programme)))
        self._govern(
            *(
                programmes.registerRoot.encode_input(root, number, segments, numeric)
                for root, segments, numeric in roots_of(programme)
            )
        )
        receipt = programmes.registerMethodology(
            code(f"{programme}-M1"), code("1.0"), 0, buffer_basis_points, {"from": operator}
        )
        return int(receipt.events["MethodologyRegistered"]["methodology"])

    def verify(self, operator: Any, **changes: Any) -> int:
        """A verification by both keys: proposed by the VVB, accepted by the operator; gives its id."""
        projects = self.contracts.projects
        receipt = projects.proposeVerification(proposal(**changes), {"from": self.actor("vvb")})
        number = int(receipt.events["VerificationProposed"]["verification"])
        projects.acceptVerification(number, ABOVE_EVERYTHING, {"from": operator})
        return number

    def _tell_methodology(self) -> None:
        """Programme VCS, its methodology, and an accredited VVB."""
        governance = {"from": self.actor("governance")}
        self.contracts.programmes.admitVvb(code("VVB-1"), self.actor("vvb"), governance)
        self.admit("VCS", self.actor("operator"))

    def _tell_project_id(self) -> None:
        """VCS project 1340, on activity 1 with component 1."""
        self.contracts.projects.registerProject(registration(), {"from": self.actor("operator")})

    def _tell_verification(self) -> None:
        """10,000 tonnes for 2020."""
        self.verify(self.actor("operator"))

    def _tell_batch(self) -> None:
        """1,000 tonnes, serial numbers FIRST to LAST, all alice's."""
        self.contracts.credits.issue([issuance()], self.actor("alice"), {"from": self.actor("operator")})

    def _tell_frameworks(self) -> None:
        """CCP by icvcm and CORSIA-1 by icao, without an entry; the host country's account; batch 2, 10 tonnes
        of 2021 and alice's, which need the host's authorisation."""
        labels, governance = self.contracts.labels, {"from": self.actor("governance")}
        labels.admitFramework(CCP, self.actor("icvcm"), rule(), governance)
        labels.admitFramework(CORSIA_1, self.actor("icao"), CORSIA_RULE, governance)
        labels.setHost(b"ET", self.actor("host"), governance)
        self.verify(self.actor("operator"), **period(2021))
        order = issuance(first=1, last=10, verification=2, **vintage(2021))
        self.contracts.credits.issue([order], self.actor("alice"), {"from": self.actor("operator")})
        self.go_on()

    def _tell_buffer(self) -> None:
        """ACR's project 2 on the same activity, with a fifth of each issuance in the buffer: batches 3 and 4,
        100 and 50 tonnes of 2022, the rest bob's."""
        acr = self.actor("acr_operator")
        self.admit("ACR", acr, buffer_basis_points=2_000)
        self.contracts.projects.consentToJoin(1, 2, {"from": self.actor("operator")})
        self.contracts.projects.registerProject(registration(code=code("991")), {"from": acr})
        self.verify(acr, **PROJECT_991, methodology=2, methodology_code=code("ACR-M1"), **period(2022))
        orders = [
            issuance(root=code("ACR"), prefix=ACR, first=first, last=last, verification=3, **vintage(2022))
            for first, last in ((1, 100), (101, 150))
        ]
        self.contracts.credits.issue(orders, self.actor("bob"), {"from": acr})

    def _govern(self, *calls: str) -> None:
        """Several calls of governance to `Programmes` in one transaction."""
        manager = self.contracts.manager
        governed = [manager.execute.encode_input(self.contracts.programmes, call) for call in calls]
        manager.multicall(governed, {"from": self.actor("governance")})
