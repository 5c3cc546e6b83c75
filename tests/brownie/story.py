"""How far things have gone when a test begins: contracts, then a methodology, a project, and so on.

Each stage builds on those before it. A test module says with `STORY = "batch"` how far things have gone for
all its tests; that is told once. A test that asks for a later stage by its fixture has the rest told too.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from statements import ABOVE_EVERYTHING, code, issuance, proposal, registration, roots_of

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
STAGES = ("contracts", "methodology", "project_id", "verification", "batch")


class Story:
    """Acts on the contracts as the actors do. Every id that a stage makes is 1."""

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

    def _govern(self, *calls: str) -> None:
        """Several calls of governance to `Programmes` in one transaction."""
        manager = self.contracts.manager
        governed = [manager.execute.encode_input(self.contracts.programmes, call) for call in calls]
        manager.multicall(governed, {"from": self.actor("governance")})
