"""Two sides: every call goes to the contracts and to their twin, in a block whose second is the twin's."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import brownie
from model import BUFFER, ESCROW, Ledger, Refused, Seen
from statements import day

from onetonne.chain.rpc import Node

NAMESPACES = {"VCS-VCU": ("VCS-VCU", 1), "VCU": ("VCU", 1), "ACR-US-499-2022-2006": ("ACR", 2)}
"""Prefix -> root and programme."""
OPERATORS = {1: "operator", 2: "acr_operator"}
PROJECTS = {1: 1, 2: 2, 3: 1}
"""Project -> programme; each has a methodology of its number. Projects 1 and 2 are on one activity."""
BUFFERS = {1: 0, 2: 1_500, 3: 1_000}
"""Methodology -> basis points."""
MONITORED = 3
"""The methodology that demands a year of monitoring."""
HOLDERS = ("alice", "bob", "airline")
COUNTRY, ACTIVITY_TYPE = "ET", "AFOLU"


class BothSides:
    """Verbs take actors by name. A call on what is not there is refused by both sides."""

    def __init__(self, contracts: SimpleNamespace, actor: Callable[[str], Any]) -> None:
        self.contracts = contracts
        self.reserves = {BUFFER: contracts.credits.BUFFER(), ESCROW: contracts.redemptions.address}
        self.actor = actor
        self.node = Node(brownie.web3.provider.endpoint_uri)
        self.seen = Seen()
        self.statements = 0
        self.calls: list[str] = []
        self.twin = Ledger()
        self.twin.now = self.came = int(brownie.chain[-1].timestamp)
        self.twin.admit_programme("operator")
        self.twin.admit_programme("acr_operator")
        for methodology, programme in PROJECTS.items():
            self.twin.register_methodology(programme, BUFFERS[methodology], methodology == MONITORED)
        for name in ("vvb", "other_vvb"):
            self.twin.admit_vvb(name)
        for number, programme in PROJECTS.items():
            self.twin.register_project(
                programme,
                component=1 if number < 3 else 2,
                country=COUNTRY,
                activity_type=ACTIVITY_TYPE,
                crediting_start=day(2012, 1, 1),
            )

    def account(self, name: str) -> Any:
        return self.reserves.get(name) or self.actor(name)

    def both(self, twin: tuple[Any, ...], sender: str, verb: Any, *arguments: Any) -> None:
        """The twin's verb and the contract's: both do it, or both refuse it for the same reason."""
        self.calls.append(f"{self.twin.now} {sender}: {verb._name}{arguments}")
        sent = (*arguments, {"from": self.actor(sender)})
        brownie.web3.provider.make_request("evm_setNextBlockTimestamp", [self.twin.now])
        self.came = self.twin.now
        try:
            twin[0](*twin[1:])
        except Refused as refusal:
            self.calls[-1] += f" refused: {refusal.error}"
            with brownie.reverts(revert_pattern=rf"{refusal.error}: .*"):
                verb(*sent)
        else:
            verb(*sent)

    def ask(self, *questions: tuple[Any, ...]) -> list[Any]:
        """What views answer, each with its arguments, in one request: brownie's own calls take three each."""
        asked = [
            [{"to": view._address, "data": view.encode_input(*arguments)}, "latest"]
            for view, *arguments in questions
        ]
        answers = self.node.batch("eth_call", asked)
        return [view.decode_output(answer) for (view, *_), answer in zip(questions, answers, strict=True)]

    def wait(self, seconds: int) -> None:
        self.twin.now += seconds
