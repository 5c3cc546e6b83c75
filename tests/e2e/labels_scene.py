"""A chain of its own where bodies and host countries say things at chosen seconds, several in one if need be.

Calls go straight to the contracts, from accounts that the node lends its voice: the twin must not lean on
`ledger`, and hundreds of entries must not take minutes.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_utils.abi import function_abi_to_4byte_selector, get_abi_input_types
from eth_utils.crypto import keccak
from story import HEAD, Teller

from onetonne import artifacts
from onetonne.errors import Reverted
from onetonne.index import Index
from onetonne.labels import Histories
from onetonne.terms import code_bytes32, to_days

GAS = hex(3_000_000)
TONNES = 1000
"""Of each batch."""
CONDITION = keccak(text="subject to a revised baseline")
DECISION = (bytes(32), to_days(date(2024, 6, 6)), "https://body.example/decision")
CONDITIONAL_DECISION = (CONDITION, *DECISION[1:])
LETTER = (keccak(text="letter"), to_days(date(2024, 7, 1)), "https://host.example/letter")
LONG = to_days(date(2016, 1, 1)), to_days(date(2030, 12, 31))
BODIES = ("icvcm", "icao")


def window(
    start: int = LONG[0],
    end: int = LONG[1],
    crediting: int = 0,
    *,
    conditional: bool = False,
    recognises: str | None = None,
) -> tuple[Any, ...]:
    """An approval as the contract takes it."""
    return conditional, start, end, crediting, code_bytes32(recognises) if recognises else bytes(32)


@cache
def functions(contract: str) -> dict[str, tuple[bytes, list[str]]]:
    """Selectors and argument types by name."""
    entries: list[Any] = [entry for entry in artifacts.load(contract).abi if entry["type"] == "function"]
    return {
        entry["name"]: (function_abi_to_4byte_selector(entry), get_abi_input_types(entry))
        for entry in entries
    }


@dataclass
class Scene:
    """Programmes VCS (1) and GS (2), methodologies and projects 1 to 3, and some years verified."""

    teller: Teller
    folder: Path
    verifications: dict[tuple[int, int], int] = field(default_factory=dict)
    """By project and year."""
    serial: int = 1
    now: int = 0
    """Second of the latest block."""
    index: Index | None = None
    _lent: set[str] = field(default_factory=set)

    @property
    def node(self) -> Any:
        return self.teller.chain.node

    def furnish(self) -> None:
        """All that comes before an issuance."""
        teller = self.teller
        teller.programme("VCS", "verra", "VCS-VCU")
        teller.programme("GS", "gold", "GS1")
        teller.vvb("AENOR", "aenor")
        teller.methodology("verra", "VM0048")
        teller.methodology("verra", "ACM0001")
        teller.methodology("gold", "TPDDTEC")
        self._project("verra", "1340", "ET", "AFOLU", date(2012, 1, 1))
        self._project("verra", "1566", "KE", "WASTE", date(2019, 1, 1))
        self._project("gold", "GS2000", "KE", "COOKSTOVE", date(2022, 1, 1))
        for project, methodology, years in (
            (1, 1, (2020, 2021, 2023)),
            (2, 2, (2020, 2022)),
            (3, 3, (2023,)),
        ):
            operator = "gold" if project == 3 else "verra"
            for year in years:
                self.verifications[project, year] = teller.verify(
                    "aenor", operator, project, methodology, year, 9 * TONNES
                )
        for country, host in (("ET", "addis"), ("KE", "nairobi")):
            teller.send("governor", "Labels", "setHost", country.encode(), teller.address(host))
        for name in (*BODIES, "holder"):
            teller.signer(name)
        self.now = int(teller.chain.block("latest").time)

    def _project(self, operator: str, code: str, country: str, kind: str, start: date) -> None:
        words = (country.encode(), code_bytes32(f"SITE-{code}"), code_bytes32(kind))
        registration = (code_bytes32(code), *words, to_days(start), f"Project {code}")
        self.teller.send(operator, "Projects", "registerProject", registration)

    def admit(self, label: str, body: str, rule: tuple[bool, bool, int, bool]) -> tuple[Any, ...]:
        given = code_bytes32(label), self.teller.address(body), rule
        return "governor", "Labels", "admitFramework", *given

    def issue(self, project: int, year: int) -> tuple[Any, ...]:
        """A batch of a project's verified year, for the next serial numbers."""
        root, prefix = ("GS1", f"GS1-1-KE-2000-16-{year}-30256") if project == 3 else ("VCS-VCU", "VCS-VCU")
        first, self.serial = self.serial, self.serial + 2 * TONNES
        days = to_days(date(year, 1, 1)), to_days(date(year, 12, 31))
        order = (
            *(code_bytes32(root), prefix, first, first + TONNES - 1, HEAD),
            *(self.verifications[project, year], *days, year, keccak(text="immobilised")),
        )
        operator = "gold" if project == 3 else "verra"
        return operator, "Credits", "issue", [order], self.teller.address("holder")

    def say(self, *acts: tuple[Any, ...], later: int = 1) -> list[bool]:
        """One block, `later` seconds after the latest, with one transaction for each act; which succeeded."""
        self.node.request("evm_setAutomine", False)
        self.now += later
        self.node.request("evm_setNextBlockTimestamp", self.now)
        sent = [self._transmit(*act) for act in acts]
        self.node.request("evm_mine")
        self.node.request("evm_setAutomine", True)
        receipts = self.node.batch("eth_getTransactionReceipt", [[one] for one in sent])
        return [int(receipt["status"], 16) == 1 for receipt in receipts]

    def done(self, *acts: tuple[Any, ...], later: int = 1) -> int:
        """As `say`, where all must succeed. Returns the block's second."""
        assert all(self.say(*acts, later=later)), acts
        return self.now

    def _transmit(self, name: str, contract: str, function: str, *arguments: Any) -> str:
        sender = self.teller.address(name)
        if sender not in self._lent:
            self.node.request("anvil_impersonateAccount", sender)
            self._lent.add(sender)
        call = {"from": sender, **self.call(contract, function, *arguments), "gas": GAS}
        return str(self.node.request("eth_sendTransaction", call))

    def call(self, contract: str, function: str, *arguments: Any) -> dict[str, str]:
        """A call's data, made without web3, whose contracts take a thirtieth of a second each."""
        selector, types = functions(contract)[function]
        data = "0x" + (selector + encode(types, arguments)).hex()
        return {"to": self.teller.deployment.addresses[contract], "data": data}

    def refused(self, name: str, contract: str, function: str, *arguments: Any) -> str | None:
        """The error with which a call in the latest block's second would fail."""
        call = {"from": self.teller.address(name), **self.call(contract, function, *arguments)}
        try:
            self.node.request("eth_call", call, "latest")
        except Reverted as refusal:
            return refusal.error_name
        return None

    def answers(self, function: str, asked: list[tuple[Any, ...]]) -> list[bytes]:
        """What a reading function of `Labels` returns, for each tuple of arguments."""
        calls = [[self.call("Labels", function, *arguments), "latest"] for arguments in asked]
        return [bytes.fromhex(answer[2:]) for answer in self.node.batch("eth_call", calls)]

    def histories(self) -> Histories:
        if self.index is None:
            self.index = Index.open(self.folder / "index.db")
        self.index.sync(self.teller.chain, self.teller.deployment)
        return Histories.read(self.index)

    def forget(self) -> None:
        """Before the chain is taken back."""
        if self.index is not None:
            self.index.close()
        self.index = None
