"""A chain full of logs: issuances, transfers and retirements in the proportions of the real market.

The contracts are the real ones, and every log is theirs. Only signatures are spared: the node lets the
accounts of the benchmark send without, so that the chain is filled in a minute.
"""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from eth_utils.crypto import keccak

from onetonne import serials
from onetonne.chain import Chain, KeySigner
from onetonne.deploy import Deployment, deploy
from onetonne.ledger import Ledger
from onetonne.terms import BatchId, Issuance, Kilograms, Proposal

ISSUANCES, RETIREMENTS, TRANSFERS = 65, 350, 200
"""Of the whole voluntary market, in thousands."""
_LOGS_OF_RETIREMENT = 4  # the burn, the retirement, its certificate, and that it is locked
_LOGS_OF_ROUND = 2 * ISSUANCES + _LOGS_OF_RETIREMENT * RETIREMENTS + TRANSFERS
_TONNES = 10_000  # of a batch
_ISSUED_AT_ONCE = 20
_ACCOUNTS = 5_000
_SENT_AT_ONCE = 500
_GAS = hex(1_000_000)  # of a transaction, at most
_START, _END = date(2020, 1, 1), date(2020, 12, 31)
_DETAILS = b'{"beneficiary":"A company of some name","period":"2024","reason":"Emissions of its operations"}'
_PUBLISHED = 10  # one retirement in so many carries its details in an event


class Workload:
    """A deployment on a bench node, and the means to fill its chain. All of it follows from `seed`."""

    def __init__(self, chain: Chain, seed: int = 1) -> None:
        self.chain = chain
        self._random = Random(seed)
        self._signers = {name: _signer(chain, name) for name in ("governor", "operator", "vvb", "trader")}
        self._trader = self._signers["trader"].address
        self._accounts = [self._random.randbytes(20).hex() for _ in range(_ACCOUNTS)]
        self.deployment: Deployment = deploy(chain, self._signers["governor"])
        self._ledger = Ledger(chain, self.deployment)
        self._verification = self._certify()
        self._batches: list[BatchId] = []
        self._nonce = 0
        chain.node.request("anvil_impersonateAccount", self._trader)

    def fill(self, logs: int, a_block: int) -> None:
        """About so many logs more, about `a_block` of them in each block."""
        node = self.chain.node
        self._issue(max(1, logs * ISSUANCES // _LOGS_OF_ROUND))
        self._nonce = node.integer("eth_getTransactionCount", self._trader, "latest")
        node.request("evm_setAutomine", False)
        for block in self._blocks(logs, a_block):
            for start in range(0, len(block), _SENT_AT_ONCE):
                node.batch("eth_sendTransaction", block[start : start + _SENT_AT_ONCE], _SENT_AT_ONCE)
            node.request("evm_mine")
        node.request("evm_setAutomine", True)

    def _certify(self) -> Any:
        """A programme, its VVB, and a verification of enough for every batch."""
        ledger, (governor, operator, vvb, _) = self._ledger, self._signers.values()
        programme = ledger.admit_programme("VCS", operator.address, signer=governor).programme
        ledger.register_roots(programme, signer=governor)
        ledger.admit_vvb("VVB-ONE", vvb.address, signer=governor)
        methodology = ledger.register_methodology("VM0048", "1.0", signer=operator).methodology
        project = ledger.register_project(
            "1340", "ET", "SITE", "AFOLU", _START, "A forest", signer=operator
        ).project
        statement = Proposal(
            project, methodology, _START, _END, Kilograms(10**13), keccak(text="report"), salt=bytes(32)
        )
        verification = ledger.propose_verification(statement, signer=vvb).verification
        ledger.accept_verification(verification, signer=operator)
        return verification

    def _issue(self, count: int) -> None:
        for _ in range(0, count, _ISSUED_AT_ONCE):
            first = len(self._batches) * _TONNES + 1
            issuances = [
                Issuance(
                    serials.block("VCS-VCU", start, start + _TONNES - 1),
                    self._verification,
                    _START,
                    _END,
                    2020,
                    "IMMO-1",
                    date(2024, 5, 1),
                )
                for start in range(first, first + _ISSUED_AT_ONCE * _TONNES, _TONNES)
            ]
            issued = self._ledger.issue(issuances, self._trader, signer=self._signers["operator"])
            self._batches += issued.batches

    def _blocks(self, logs: int, a_block: int) -> Iterator[list[list[dict[str, str]]]]:
        """The transactions of each block, as parameters of `eth_sendTransaction`."""
        made, block, logs_of_block = 0, list[list[dict[str, str]]](), 0
        while made < logs:
            retires = self._random.randrange(RETIREMENTS + TRANSFERS) < RETIREMENTS
            block.append([self._transaction(self._retirement() if retires else self._transfer())])
            logs_of_block += _LOGS_OF_RETIREMENT if retires else 1
            if logs_of_block >= a_block:
                yield block
                made, block, logs_of_block = made + logs_of_block, [], 0

    def _transaction(self, data: str) -> dict[str, str]:
        self._nonce += 1
        credits = self.deployment.addresses["Credits"]
        given = {"from": self._trader, "to": credits, "data": data, "gas": _GAS, "gasPrice": "0x0"}
        return given | {"nonce": hex(self._nonce - 1)}

    def _retirement(self) -> str:
        published = not self._random.randrange(_PUBLISHED)
        verb = _RETIRE_WITH_DETAILS if published else _RETIRE
        lot = [_word(self._random.choice(self._batches)), _word(self._random.randrange(1, 2_000))]
        head = [_word(32 * 5), _account(self._trader[2:]), self._account(), _word(0)]
        if not published:
            return _called(verb, *head, self._random.randbytes(32).hex(), _word(1), *lot)
        text = _DETAILS.hex().ljust(-(-len(_DETAILS) // 32) * 64, "0")
        return _called(verb, *head, _word(32 * 8), _word(1), *lot, _word(len(_DETAILS)), text)

    def _transfer(self) -> str:
        batch, kilograms = self._random.choice(self._batches), self._random.randrange(1, 2_000)
        accounts = _account(self._trader[2:]), self._account()
        return _called(_TRANSFER, *accounts, _word(batch), _word(kilograms), _word(32 * 5), _word(0))

    def _account(self) -> str:
        return _account(self._random.choice(self._accounts))


def _signer(chain: Chain, name: str) -> KeySigner:
    """A key that is the same in every run, with ether."""
    signer = KeySigner.from_key(keccak(text=f"bench {name}"))
    chain.node.request("anvil_setBalance", signer.address, hex(10**24))
    return signer


def _called(selector: str, *words: str) -> str:
    return "0x" + selector + "".join(words)


def _word(number: int) -> str:
    return f"{number:064x}"


def _account(digits: str) -> str:
    return digits.lower().rjust(64, "0")


def _selector(signature: str) -> str:
    return keccak(text=signature)[:4].hex()


_RETIRE = _selector("retire((uint32,uint48)[],address,address,uint8,bytes32)")
_RETIRE_WITH_DETAILS = _selector("retireWithDetails((uint32,uint48)[],address,address,uint8,string)")
_TRANSFER = _selector("safeTransferFrom(address,address,uint256,uint256,bytes)")
