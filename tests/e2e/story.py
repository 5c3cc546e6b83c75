"""A story on a chain that leaves something in every kind of storage: for the index and the audit to read.

Two programmes, three namespaces, batches issued out of order, every way out of circulation, a frozen amount,
a withdrawn verification with its successor. It calls the contracts directly: the audit must not lean on
`ledger`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak

from onetonne.chain import Chain, KeySigner, LocalChain, Sent
from onetonne.deploy import Deployment, deploy
from onetonne.serials.roots import root_named
from onetonne.terms import Address, code_bytes32, to_days

HEAD = 2**64 - 1
NEVER = 2**48 - 1
CUSTODY = keccak(text="immobilised")
BATCH_SCOPE = 0


def signer_of(name: str) -> KeySigner:
    return KeySigner.from_key(keccak(text=f"test account {name}"))


@dataclass
class Teller:
    """Accounts by name, and calls in one line."""

    local: LocalChain
    chain: Chain
    deployment: Deployment
    governor: KeySigner
    signers: dict[str, KeySigner] = field(default_factory=dict)

    def signer(self, name: str) -> KeySigner:
        if name == "governor":
            return self.governor
        if name not in self.signers:
            self.signers[name] = signer_of(name)
            self.local.fund(self.signers[name].address)
        return self.signers[name]

    def address(self, name: str) -> Address:
        return self.signer(name).address

    def send(self, name: str, contract: str, function: str, *arguments: Any) -> Sent:
        target = self.chain.contract(contract, self.deployment.addresses[contract])
        return self.chain.send(self.chain.function(target, function, *arguments), self.signer(name))

    def read(self, contract: str, function: str, *arguments: Any) -> Any:
        target = self.chain.contract(contract, self.deployment.addresses[contract])
        return self.chain.call(self.chain.function(target, function, *arguments))

    def programme(self, code: str, operator: str, *roots: str) -> int:
        number = self.send(
            "governor", "Programmes", "admitProgramme", code_bytes32(code), self.address(operator)
        ).returned
        for name in roots:
            root = root_named(name)
            arguments = (code_bytes32(name), number, root.segments, root.numeric_mask)
            self.send("governor", "Programmes", "registerRoot", *arguments)
        return int(number)

    def vvb(self, code: str, account: str) -> int:
        arguments = (code_bytes32(code), self.address(account))
        return int(self.send("governor", "Programmes", "admitVvb", *arguments).returned)

    def methodology(self, operator: str, code: str, buffer: int = 0) -> int:
        words = (code_bytes32(code), code_bytes32("1.0"))
        return int(self.send(operator, "Programmes", "registerMethodology", *words, 0, buffer).returned)

    def project(self, operator: str, code: str, country: str, site: str, name: str) -> int:
        registration = (
            code_bytes32(code),
            country.encode(),
            code_bytes32(site),
            code_bytes32("AFOLU"),
            to_days(date(2019, 1, 1)),
            name,
        )
        return int(self.send(operator, "Projects", "registerProject", registration).returned)

    def propose(
        self,
        vvb: str,
        project: int,
        methodology: int,
        year: int,
        tonnes: int,
        *,
        component: int = 0,
        supersedes: int = 0,
        salt: str = "",
    ) -> int:
        of_project, rule = (
            self.read("Projects", "project", project),
            self.read("Programmes", "methodology", methodology),
        )
        place = self.read("Projects", "activity", of_project.activity)
        first = self.read("Projects", "firstComponent", of_project.activity)
        part = self.read("Projects", "component", component or first)
        proposal = (
            project,
            self.read("Programmes", "programmeCode", of_project.programme),
            of_project.code,
            place.country,
            place.site,
            component,
            part.name,
            methodology,
            rule.code,
            rule.version,
            to_days(date(year, 1, 1)),
            to_days(date(year, 12, 31)),
            tonnes * 1000,
            keccak(text="report"),
            keccak(text="data"),
            "https://example.org/report",
            supersedes,
            NEVER,
            keccak(text=salt),
        )
        return int(self.send(vvb, "Projects", "proposeVerification", proposal).returned)

    def verify(self, vvb: str, operator: str, *arguments: Any, **named: Any) -> int:
        number = self.propose(vvb, *arguments, **named)
        self.send(operator, "Projects", "acceptVerification", number, HEAD)
        return number

    def issue(
        self, operator: str, verification: int, prefix: str, first: int, last: int, year: int, to: str
    ) -> int:
        root = next(name for name in ("VCS-VCU", "VCU", "GS1") if prefix.startswith(name))
        order = (
            code_bytes32(root),
            prefix,
            first,
            last,
            HEAD,
            verification,
            to_days(date(year, 1, 1)),
            to_days(date(year, 12, 31)),
            year,
            CUSTODY,
        )
        return int(self.send(operator, "Credits", "issue", [order], self.address(to)).returned[0])

    def transfer(self, sender: str, recipient: str, batch: int, kilograms: int) -> None:
        accounts = (self.address(sender), self.address(recipient))
        self.send(sender, "Credits", "safeTransferFrom", *accounts, batch, kilograms, b"")

    def retire(self, holder: str, beneficiary: str, *lots: tuple[int, int]) -> list[int]:
        arguments = (list(lots), self.address(holder), self.address(beneficiary), 0, keccak(text="details"))
        return list(self.send(holder, "Credits", "retire", *arguments).returned)

    def request(self, holder: str, batch: int, kilograms: int) -> int:
        arguments = (batch, kilograms, self.address(holder))
        return int(self.send(holder, "Redemptions", "request", *arguments).returned)


GS_PREFIX = "GS1-1-KE-11603-16-2025-30256"


def tell(teller: Teller) -> None:
    """The whole story. Batches 1 to 7, of three namespaces."""
    _certify(teller)
    _issue(teller)
    _hold(teller)
    _leave(teller)


def _certify(teller: Teller) -> None:
    teller.programme("VCS", "verra", "VCS-VCU", "VCU")
    teller.programme("GS", "gold", "GS1")
    teller.vvb("AENOR", "aenor")
    teller.vvb("SCS", "scs")
    teller.methodology("verra", "VM0048")
    teller.methodology("gold", "GS-COOK", 1000)
    teller.project("verra", "1340", "ET", "HUMBO", "Humbo reforestation")
    teller.project("gold", "GS11603", "KE", "KISUMU", "Kisumu cookstoves for households")
    teller.send("verra", "Projects", "consentToJoin", 1, 2)
    teller.project("gold", "GS2000", "ET", "HUMBO", "Humbo reforestation, restored")
    second = teller.send("verra", "Projects", "proposeComponent", 1, code_bytes32("AREA-2")).returned
    teller.send("gold", "Projects", "approveComponent", second)


def _issue(teller: Teller) -> None:
    first = teller.verify("aenor", "verra", 1, 1, 2020, 100)
    second = teller.verify("scs", "gold", 2, 2, 2021, 50)
    withdrawn = teller.verify("aenor", "verra", 1, 1, 2021, 30)
    teller.issue("verra", first, "VCS-VCU", 1001, 1010, 2020, "alice")
    teller.issue("verra", first, "VCS-VCU", 2001, 2005, 2020, "alice")
    teller.issue("verra", first, "VCS-VCU", 1501, 1520, 2020, "bob")
    teller.issue("gold", second, GS_PREFIX, 1, 20, 2021, "alice")
    teller.issue("verra", withdrawn, "VCU", 0, 4, 2021, "alice")
    teller.send("aenor", "Projects", "withdrawVerification", withdrawn, "an area was measured twice")
    successor = teller.verify("aenor", "verra", 1, 1, 2021, 20, supersedes=withdrawn, salt="again")
    teller.issue("verra", successor, "VCU", HEAD - 3, HEAD - 1, 2021, "bob")
    area = teller.verify("aenor", "verra", 1, 1, 2020, 10, component=3)
    teller.issue("verra", area, "VCS-VCU", 5, 6, 2020, "bob")
    pending = teller.propose("scs", 2, 2, 2022, 7, salt="pending")
    teller.propose("scs", 2, 2, 2022, 7, component=2, salt="pending")  # the same, its component spelled out
    teller.send("gold", "Projects", "withdrawVerification", pending, "never accepted")


def _hold(teller: Teller) -> None:
    teller.transfer("alice", "bob", 1, 4000)
    teller.transfer("alice", "carol", 4, 2500)
    teller.transfer("carol", "alice", 4, 2500)
    accounts = (teller.address("bob"), teller.address("carol"))
    teller.send("bob", "Credits", "safeBatchTransferFrom", *accounts, [1, 3], [500, 1000], b"")
    teller.send("bob", "Credits", "safeTransferFrom", *accounts, 2**200, 0, b"")  # no such batch, no kilogram
    teller.send("alice", "Credits", "setApprovalForAll", teller.address("broker"), True)
    teller.send("governor", "Credits", "setFrozenTokens", teller.address("bob"), 3, 2**256 - 1)
    teller.send("governor", "Credits", "setFrozenTokens", teller.address("bob"), 3, 250)
    teller.send("governor", "Credits", "freeze", BATCH_SCOPE, 2, keccak(text="case"), "case 1")
    teller.send("governor", "Credits", "lift", BATCH_SCOPE, 2, "case 1")
    teller.send("governor", "Credits", "freeze", BATCH_SCOPE, 7, keccak(text="case"), "case 2")
    forced = (teller.address("alice"), teller.address("carol"), 2, 1000)
    teller.send("governor", "Credits", "forcedTransfer", *forced)


def _leave(teller: Teller) -> None:
    teller.retire("bob", "airline", (1, 1500))
    teller.retire("alice", "airline", (1, 2000), (4, 333), (5, 1000))
    alice = teller.address("alice")
    details = '{"beneficiary":"A \\u0000 name"}'
    carol = teller.address("carol")
    teller.send("broker", "Credits", "retireWithDetails", [(4, 1)], alice, carol, 4, details)
    teller.send("alice", "Credits", "cancel", [(1, 250), (2, 1000)], alice, 4, "an error")
    confirmed = teller.request("alice", 4, 3000)
    refused = teller.request("bob", 3, 2000)
    waiting = teller.request("alice", 2, 1000)
    teller.send("gold", "Redemptions", "confirm", confirmed, 18, 20)
    teller.send("verra", "Redemptions", "refuse", refused, "not immobilised by us")
    teller.local.advance(14 * 86_400)
    teller.send("alice", "Redemptions", "withdraw", waiting)
    teller.request("alice", 4, 1000)
    teller.send("governor", "Programmes", "suspendProgramme", 2, "under review")
    teller.send("governor", "Programmes", "reinstateProgramme", 2, "reviewed")
    teller.send("governor", "Programmes", "rotateOperator", 1, teller.address("verra's second key"))
    teller.send("governor", "Programmes", "rotateVvbKey", 2, teller.address("scs's second key"))


@contextmanager
def chain_of_its_own(folder: Path) -> Iterator[Teller]:
    """A node with the contracts and nothing else: tests that alter storage must not share one."""
    local = LocalChain(folder)
    local.up()
    try:
        chain, governor = local.connect(), signer_of("governor")
        local.fund(governor.address)
        yield Teller(local, chain, deploy(chain, governor), governor)
    finally:
        local.down()
