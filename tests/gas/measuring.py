"""What whole transactions cost, by their receipts, on a chain of the measurement's own.

`measure()` gives the gas of each case below. Everything is exact and repeats anywhere: keys, accounts and
figures are constants, and each case starts from the same state. What counts for a case is in its docstring.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from statements import (
    ABOVE_EVERYTHING,
    FIRST,
    LAST,
    approval,
    code,
    day,
    decision,
    issuance,
    namespace,
    proposal,
    registration,
    roots_of,
    rule,
)

from onetonne.chain import Chain, KeySigner, LocalChain
from onetonne.deploy import deploy
from onetonne.ledger.typed_data import (
    domain,
    order_message,
    order_tuple,
    order_types,
)
from onetonne.terms import (
    Address,
    BatchId,
    CancellationKind,
    FreezeScope,
    Kilograms,
    Lot,
    Purpose,
    RetirementDetails,
    RetireOrder,
    Seconds,
    TransferOrder,
    Use,
)

TONNES = LAST - FIRST + 1
GAS_LIMIT = 20_000_000
ACR = "ACR-US-499-2022-2006"
CAR = "CAR-1-US-1335-31-983-KS-2025-9205"
NAMES = RetirementDetails(beneficiary="B" * 60, reason="R" * 60).text()

Case = Callable[["Bench"], int]
CASES: dict[str, Case] = {}


def case(name: str) -> Callable[[Case], Case]:
    def kept(measured: Case) -> Case:
        CASES[name] = measured
        return measured

    return kept


def account(name: str) -> str:
    """An account with no zero byte, so that no name is cheaper than another."""
    return to_checksum_address(bytes(byte or 1 for byte in keccak(text=name)[:20]))


GOVERNANCE, REGULATOR, VVB = account("governance"), account("regulator"), account("vvb")
VCS_OPERATOR, ACR_OPERATOR, CAR_OPERATOR = account("vcs"), account("acr"), account("car")
ALICE, BOB, AIRLINE = account("alice"), account("bob"), account("airline")
ICAO, HOST = account("icao"), account("host")
HOLDER = KeySigner.from_key(keccak(text="holder"))
CORSIA_1 = code("CORSIA-1")


class Bench:
    """The contracts on a chain, sent to without a key; `gas` gives what the last transaction used."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        chain.node.request("anvil_autoImpersonateAccount", True)
        deployer = KeySigner.from_key(keccak(text="deployer"))
        for name in (
            GOVERNANCE,
            REGULATOR,
            VVB,
            VCS_OPERATOR,
            ACR_OPERATOR,
            CAR_OPERATOR,
            ALICE,
            BOB,
            ICAO,
            HOST,
            deployer.address,
        ):
            chain.node.request("anvil_setBalance", name, hex(10**21))
        deployment = deploy(chain, deployer, governance=Address(GOVERNANCE), regulator=Address(REGULATOR))
        self.contracts = {name: chain.contract(name, at) for name, at in deployment.addresses.items()}

    def gas(self, sender: str, contract: str, verb: str, *arguments: Any, refused: bool = False) -> int:
        target = self.contracts[contract]
        request = {
            "from": sender,
            "to": target.address,
            "data": target.encode_abi(verb, args=arguments),
            "gas": hex(GAS_LIMIT),
        }
        transaction = self.chain.node.request("eth_sendTransaction", request)
        receipt = self.chain.web3.eth.wait_for_transaction_receipt(transaction, poll_latency=0.005)
        assert (receipt["status"] == 0) == refused, f"{contract}.{verb}: status {receipt['status']}"
        return int(receipt["gasUsed"])

    def view(self, contract: str, verb: str, *arguments: Any) -> Any:
        return self.contracts[contract].functions[verb](*arguments).call()

    def issue(self, sender: str, *orders: tuple[Any, ...], refused: bool = False) -> int:
        return self.gas(sender, "Credits", "issue", list(orders), ALICE, refused=refused)

    def retire(
        self, *batches: int, verb: str = "retireWithDetails", purpose: Purpose = Purpose.VOLUNTARY
    ) -> int:
        lots = [(batch, 1_500) for batch in batches]
        details = NAMES if verb == "retireWithDetails" else keccak(text=NAMES)
        return self.gas(ALICE, "Credits", verb, lots, ALICE, AIRLINE, purpose, details)

    def wait(self) -> None:
        """Until what was entered counts: the next block comes a second later at least."""
        self.chain.node.request("evm_increaseTime", 1)


def block(number: int, **changes: Any) -> tuple[Any, ...]:
    """VCS block `number`, from 0 up, each of 1,000 tonnes with as many free serial numbers above it."""
    first = FIRST + 2 * TONNES * number
    return issuance(first=first, last=first + TONNES - 1, **changes)


def acr_block(number: int, **changes: Any) -> tuple[Any, ...]:
    first = 28_173 + 2 * TONNES * number
    return issuance(
        root=code("ACR"), prefix=ACR, first=first, last=first + TONNES - 1, verification=2, **changes
    )


def car_block(number: int, **changes: Any) -> tuple[Any, ...]:
    first = 1 + 2 * TONNES * number
    return issuance(
        root=code("CAR"), prefix=CAR, first=first, last=first + TONNES - 1, verification=3, **changes
    )


def measure() -> dict[str, int]:
    """Gas of every case, by name, in alphabetical order."""
    with _chain() as chain:
        bench = Bench(chain)
        _settle(bench)
        costs = {}
        for name, measured in CASES.items():
            before = chain.node.request("evm_snapshot")
            costs[name] = measured(bench)
            chain.node.request("evm_revert", before)
    return dict(sorted(costs.items()))


@contextmanager
def _chain() -> Iterator[Chain]:
    with TemporaryDirectory() as home:
        local = LocalChain(Path(home))
        local.up()
        try:
            yield local.connect()
        finally:
            local.down()


def _settle(bench: Bench) -> None:
    """Three programmes at work: verifications of a million tonnes, 20 VCS blocks, two of ACR, two of CAR, and
    a holder of them all who has retired of three, for no one but herself."""
    bench.gas(GOVERNANCE, "Programmes", "admitVvb", code("VVB-1"), VVB)
    operators: Mapping[str, str] = {"VCS": VCS_OPERATOR, "ACR": ACR_OPERATOR, "CAR": CAR_OPERATOR}
    for number, (programme, operator) in enumerate(operators.items(), 1):
        bench.gas(GOVERNANCE, "Programmes", "admitProgramme", code(programme), operator)
        for root, segments, numeric in roots_of(programme):
            bench.gas(GOVERNANCE, "Programmes", "registerRoot", root, number, segments, numeric)
        bench.gas(operator, "Programmes", "registerMethodology", code("M1"), code("1.0"), 0, 0)
        bench.gas(operator, "Projects", "registerProject", registration(site=code(programme)))
        place = {"site": code(programme), "component_name": code(programme)}
        named = {"programme_code": code(programme), "methodology_code": code("M1"), **place}
        statement = proposal(project=number, methodology=number, verified=1_000_000_000, **named)
        bench.gas(VVB, "Projects", "proposeVerification", statement)
        bench.gas(operator, "Projects", "acceptVerification", number, ABOVE_EVERYTHING)
    bench.issue(VCS_OPERATOR, *(block(number) for number in range(20)))
    bench.issue(ACR_OPERATOR, acr_block(0), acr_block(1))
    bench.issue(CAR_OPERATOR, car_block(0), car_block(1))
    lots = [(batch, 500) for batch in (1, 2, 3)]
    bench.gas(ALICE, "Credits", "retire", lots, ALICE, ALICE, Purpose.VOLUNTARY, bytes(32))


@case("issue: one block, VCS")
def _(bench: Bench) -> int:
    """Above the blocks that are there; nothing withheld; what was verified and accepted is not counted in."""
    return bench.issue(VCS_OPERATOR, block(20))


@case("issue: one block, ACR")
def _(bench: Bench) -> int:
    return bench.issue(ACR_OPERATOR, acr_block(2))


@case("issue: one block, CAR")
def _(bench: Bench) -> int:
    return bench.issue(CAR_OPERATOR, car_block(2))


@case("issue: one block, VCS, between others by its hint")
def _(bench: Bench) -> int:
    first = FIRST + TONNES
    hint = bench.view("Credits", "serialHint", namespace("VCS-VCU"), first)
    return bench.issue(VCS_OPERATOR, issuance(first=first, last=first + TONNES - 1, hint=hint))


@case("issue: one of ten blocks in one transaction, VCS")
def _(bench: Bench) -> int:
    return -(-bench.issue(VCS_OPERATOR, *(block(number) for number in range(20, 30))) // 10)


_NEXT_YEAR = {
    "period_start": day(2021, 1, 1),
    "period_end": day(2021, 12, 31),
    "methodology_code": code("M1"),
    "site": code("VCS"),
    "component_name": code("VCS"),
}


@case("verify: propose")
def _(bench: Bench) -> int:
    return bench.gas(VVB, "Projects", "proposeVerification", proposal(**_NEXT_YEAR))


@case("verify: accept")
def _(bench: Bench) -> int:
    bench.gas(VVB, "Projects", "proposeVerification", proposal(**_NEXT_YEAR))
    return bench.gas(VCS_OPERATOR, "Projects", "acceptVerification", 4, ABOVE_EVERYTHING)


def _transfer(bench: Bench) -> int:
    return bench.gas(ALICE, "Credits", "safeTransferFrom", ALICE, BOB, 1, 1_500, b"")


def _frozen_elsewhere(bench: Bench) -> None:
    """One freeze in force, of a batch that has nothing to do with the case."""
    bench.gas(REGULATOR, "Credits", "freeze", FreezeScope.BATCH, 20, bytes(32), "case 7")


@case("transfer: to a new holder")
def _(bench: Bench) -> int:
    """The sender keeps some."""
    return _transfer(bench)


@case("transfer: to an existing holder")
def _(bench: Bench) -> int:
    _transfer(bench)
    return _transfer(bench)


@case("transfer: to an existing holder, one freeze in force")
def _(bench: Bench) -> int:
    _transfer(bench)
    _frozen_elsewhere(bench)
    return _transfer(bench)


@case("retire: with names, the beneficiary's first certificate")
def _(bench: Bench) -> int:
    """On behalf of another account, with its name and the reason published, of 60 characters each; the
    holder keeps some."""
    return bench.retire(1)


@case("retire: with names, a later certificate")
def _(bench: Bench) -> int:
    bench.retire(1)
    return bench.retire(1)


@case("retire: with names, a later certificate, one freeze in force")
def _(bench: Bench) -> int:
    bench.retire(1)
    _frozen_elsewhere(bench)
    return bench.retire(1)


@case("retire: with names, three batches at once, later certificates")
def _(bench: Bench) -> int:
    bench.retire(1)
    return bench.retire(1, 2, 3)


@case("retire: hash only, the beneficiary's first certificate")
def _(bench: Bench) -> int:
    return bench.retire(1, verb="retire")


@case("retire: hash only, a later certificate")
def _(bench: Bench) -> int:
    bench.retire(1, verb="retire")
    return bench.retire(1, verb="retire")


_ELIGIBLE = 25
"""The batch that `_eligible` issues."""


def _eligible(bench: Bench) -> None:
    """A block of 2021."""
    bench.gas(VVB, "Projects", "proposeVerification", proposal(**_NEXT_YEAR))
    bench.gas(VCS_OPERATOR, "Projects", "acceptVerification", 4, ABOVE_EVERYTHING)
    start, end = day(2021, 1, 1), day(2021, 12, 31)
    vintage = {"vintage_start": start, "vintage_end": end, "vintage_year": 2021}
    bench.issue(VCS_OPERATOR, block(20, verification=4, **vintage))


def _authorised(bench: Bench) -> None:
    """All that CORSIA asks: the programme's approval, the host's authorisation, and an accepted guarantee,
    which is looked for after the adjustment. The label is demanded."""
    _eligible(bench)
    asks = rule(by_methodology=False, use=Use.INTERNATIONAL_MITIGATION, adjusted=True)
    bench.gas(GOVERNANCE, "Labels", "admitFramework", CORSIA_1, ICAO, asks)
    bench.gas(GOVERNANCE, "Labels", "setHost", b"ET", HOST)
    bench.gas(GOVERNANCE, "Labels", "demandLabel", Purpose.CORSIA_PHASE_1, CORSIA_1)
    bench.gas(ICAO, "Labels", "approveProgramme", CORSIA_1, 1, approval(), decision())
    uses, letter = 1 << Use.INTERNATIONAL_MITIGATION, decision()
    bench.gas(HOST, "Labels", "authorise", 1, 2021, uses, 1_000 * TONNES, [_ELIGIBLE], letter)
    bench.gas(ICAO, "Labels", "setGuarantee", CORSIA_1, 1, 2021, True, decision())
    bench.wait()


def _retire_for_corsia(bench: Bench) -> int:
    return bench.retire(_ELIGIBLE, purpose=Purpose.CORSIA_PHASE_1)


@case("retire for CORSIA: with names, the beneficiary's first certificate")
def _(bench: Bench) -> int:
    """The project's first transfer of that year too."""
    _authorised(bench)
    return _retire_for_corsia(bench)


@case("retire for CORSIA: with names, a later certificate")
def _(bench: Bench) -> int:
    _authorised(bench)
    _retire_for_corsia(bench)
    return _retire_for_corsia(bench)


@case("retire for CORSIA: with names, a later certificate, ten earlier approvals")
def _(bench: Bench) -> int:
    """Each in a second of its own: what was entered is kept, and looked through."""
    _authorised(bench)
    for _ in range(10):
        bench.gas(ICAO, "Labels", "approveProgramme", CORSIA_1, 1, approval(), decision())
        bench.wait()
    _retire_for_corsia(bench)
    return _retire_for_corsia(bench)


def _owned_by_host(bench: Bench) -> None:
    """The holder speaks for the host country."""
    _eligible(bench)
    bench.gas(GOVERNANCE, "Labels", "setHost", b"ET", ALICE)


@case("retire for host NDC: with names, the beneficiary's first certificate")
def _(bench: Bench) -> int:
    """The host's first use of that project, year and batch too; no label is demanded."""
    _owned_by_host(bench)
    return bench.retire(_ELIGIBLE, purpose=Purpose.HOST_NDC)


@case("retire for host NDC: with names, a later certificate")
def _(bench: Bench) -> int:
    _owned_by_host(bench)
    bench.retire(_ELIGIBLE, purpose=Purpose.HOST_NDC)
    return bench.retire(_ELIGIBLE, purpose=Purpose.HOST_NDC)


_FAR = 2**48 - 1
"""A deadline that never comes."""


def _signed(bench: Bench, order: RetireOrder | TransferOrder) -> bytes:
    """HOLDER's signature."""
    place = domain(bench.chain.chain_id, Address(bench.contracts["SignedOrders"].address))
    return HOLDER.sign_typed(place, order_types(order), order_message(order))


def _retire_order(bench: Bench, nonce: int, lots: list[tuple[int, int]]) -> int:
    order = RetireOrder(
        lots=tuple(Lot(BatchId(batch), Kilograms(kilograms)) for batch, kilograms in lots),
        holder=HOLDER.address,
        beneficiary=Address(AIRLINE),
        purpose=Purpose.VOLUNTARY,
        details=keccak(text=NAMES),
        publish=True,
        nonce=nonce,
        deadline=Seconds(_FAR),
    )
    return bench.gas(BOB, "SignedOrders", "retire", order_tuple(order), NAMES, _signed(bench, order))


def _given_to_holder(bench: Bench) -> None:
    """Of batch 1, with a retirement for the same beneficiary before, as in the plain case."""
    bench.gas(ALICE, "Credits", "safeTransferFrom", ALICE, HOLDER.address, 1, 9_000, b"")
    bench.retire(1)


@case("signed retire: with names, a later certificate, the holder's first order")
def _(bench: Bench) -> int:
    """Sent by another account, which pays; the first order of a key writes a new slot for its nonce."""
    _given_to_holder(bench)
    return _retire_order(bench, 0, [(1, 1_500)])


@case("signed retire: with names, a later certificate, a later order")
def _(bench: Bench) -> int:
    _given_to_holder(bench)
    _retire_order(bench, 0, [(1, 1_500)])
    return _retire_order(bench, 1, [(1, 1_500)])


@case("signed transfer: to an existing holder, the holder's first order")
def _(bench: Bench) -> int:
    _given_to_holder(bench)
    bench.gas(ALICE, "Credits", "safeTransferFrom", ALICE, BOB, 1, 1_500, b"")
    order = TransferOrder(
        (Lot(BatchId(1), Kilograms(1_500)),), HOLDER.address, Address(BOB), 0, Seconds(_FAR)
    )
    return bench.gas(BOB, "SignedOrders", "transfer", order_tuple(order), _signed(bench, order))


@case("cancel")
def _(bench: Bench) -> int:
    """A reason of 60 characters."""
    return bench.gas(ALICE, "Credits", "cancel", [(1, 1_500)], ALICE, CancellationKind.CONVERSION, "R" * 60)


def _request(bench: Bench) -> int:
    return bench.gas(ALICE, "Redemptions", "request", 1, 2_000, ALICE)


@case("redeem: request")
def _(bench: Bench) -> int:
    """The first of the batch; more are in escrow from another one."""
    return _request(bench)


@case("redeem: confirm")
def _(bench: Bench) -> int:
    _request(bench)
    return bench.gas(VCS_OPERATOR, "Redemptions", "confirm", 1, LAST - 1, LAST)


def _refuse(bench: Bench, order: tuple[Any, ...], operator: str = VCS_OPERATOR) -> int:
    return bench.issue(operator, order, refused=True)


_TOP = FIRST + 2 * TONNES * 19
_TOP_LAST = _TOP + TONNES - 1


@case("refuse an overlap: the same block")
def _(bench: Bench) -> int:
    """The topmost of 20 blocks once more, as an append."""
    return _refuse(bench, block(19))


@case("refuse an overlap: a sub-range")
def _(bench: Bench) -> int:
    return _refuse(bench, issuance(first=_TOP + 6, last=_TOP + 430))


@case("refuse an overlap: a range around")
def _(bench: Bench) -> int:
    return _refuse(bench, issuance(first=_TOP - 1, last=_TOP_LAST + 1))


@case("refuse an overlap: a sub-range far down, by its hint")
def _(bench: Bench) -> int:
    """The lowest of 20 blocks; the hint is what the contract's own view gives."""
    first = FIRST + 6
    hint = bench.view("Credits", "serialHint", namespace("VCS-VCU"), first)
    return _refuse(bench, issuance(first=first, last=first + 424, hint=hint))


@case("refuse an overlap: a range around one far down, by its hint")
def _(bench: Bench) -> int:
    first = FIRST - 1
    hint = bench.view("Credits", "serialHint", namespace("VCS-VCU"), first)
    return _refuse(bench, issuance(first=first, last=LAST + 1, hint=hint))


@case("refuse an overlap: the same block, ACR")
def _(bench: Bench) -> int:
    return _refuse(bench, acr_block(1), ACR_OPERATOR)


@case("refuse an overlap: the same block, CAR's nine segments")
def _(bench: Bench) -> int:
    return _refuse(bench, car_block(1), CAR_OPERATOR)
