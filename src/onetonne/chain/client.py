"""A chain by its node: reading contracts, logs and storage, and sending transactions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from web3 import Web3
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.exceptions import Web3Exception
from web3.types import Nonce, TxParams, Wei

from onetonne import artifacts
from onetonne.chain.logs import MOST_BLOCKS, paged
from onetonne.chain.rpc import Node
from onetonne.chain.sending import Call, Outbox, Sent
from onetonne.chain.signing import Signer
from onetonne.errors import BadInput, ChainError, WrongChain, quoted
from onetonne.home import home as home_folder
from onetonne.home import journal_folder
from onetonne.networks import Network, of_chain
from onetonne.terms import Address, Seconds

BlockName = int | Literal["latest", "earliest", "pending", "safe", "finalized"]
Log = dict[str, Any]
"""A log as the node gave it: JSON-RPC's names, hexadecimal text. `decode_event` reads it."""


@dataclass(frozen=True, slots=True)
class Block:
    """The part of a block's header that ties it to its chain."""

    number: int
    hash: str
    parent_hash: str
    time: Seconds


@dataclass(frozen=True, slots=True)
class LogPage:
    """All logs of the blocks `first..last`, both included; iterating gives the logs."""

    first: int
    last: int
    logs: list[Log]

    def __iter__(self) -> Iterator[Log]:
        return iter(self.logs)

    def __len__(self) -> int:
        return len(self.logs)


def connect(
    url: str,
    expected_chain_id: int | None = None,
    *,
    home: Path | None = None,
    network: Network | None = None,
) -> "Chain":
    """Raises `NodeUnreachable`, and `WrongChain` where the node serves another chain than expected.

    What is sent is written down in a home, the user's where none is named; `network` is the chain's profile.
    """
    node = Node(url)
    found = node.integer("eth_chainId")
    if expected_chain_id is not None and found != expected_chain_id:
        raise WrongChain(expected_chain_id, found)
    return Chain(node, found, home=home, network=network)


class Chain:
    """Every method raises `NodeUnreachable` and `NodeRefused`; those that call contracts, `Reverted`."""

    def __init__(
        self, node: Node, chain_id: int, *, home: Path | None = None, network: Network | None = None
    ) -> None:
        self.node = node
        self.chain_id = chain_id
        self.network = network or of_chain(chain_id, home or home_folder())
        self._home = home
        self._names: dict[str, str] = {}
        self.url = node.url
        self.web3 = Web3(node.provider)
        # It asks for the chain id around every call. We have asked, and transactions name it.
        self.web3.middleware_onion.remove("validation")

    def contract(self, name: str, address: Address) -> Contract:
        """A contract of the package by name, such as "Credits". Structs come as named tuples."""
        self._names[address.lower()] = name
        return self.web3.eth.contract(
            address=Web3.to_checksum_address(address), abi=artifacts.load(name).abi, decode_tuples=True
        )

    def function(self, contract: Contract, name: str, *arguments: Any) -> ContractFunction:
        """A function with its arguments. Raises `BadInput` where they do not fit its types."""
        try:
            function: ContractFunction = contract.functions[name](*arguments)
        except (Web3Exception, TypeError, ValueError, OverflowError) as problem:
            shown = quoted(", ".join(map(repr, arguments)))
            raise BadInput(f"The contract's function {name} can't take the values {shown}.") from problem
        return function

    def call(
        self, function: ContractFunction, *, block: BlockName = "latest", sender: Address | None = None
    ) -> Any:
        """What a function returns, at the end of a block, called by `sender`."""
        with self.node.translated():
            return function.call({"from": sender} if sender else {}, block_identifier=block)

    def encoded(self, function: ContractFunction) -> bytes:
        """What a transaction to call a function carries."""
        given: TxParams = {"gas": 0, "gasPrice": Wei(0), "chainId": 0, "nonce": Nonce(0)}  # else web3 asks
        with self.node.translated():
            return bytes.fromhex(str(function.build_transaction(given)["data"])[2:])

    @cached_property
    def outbox(self) -> Outbox:
        """What is sent from here, and was."""
        folder = journal_folder(self._home or home_folder())
        return Outbox(self.node, self.chain_id, self.network, folder)

    def send(
        self,
        function: ContractFunction,
        signer: Signer,
        *,
        dry_run: bool = False,
        intent: str | None = None,
        file: tuple[Path, str] | None = None,
    ) -> Sent:
        """Calls a function in a transaction. It is tried first, so that a refusal costs nothing.

        Waits until it is in a block. Errors as `Outbox.send`; a dry run raises only what comes before it is
        sent. `intent` tells the same act where its arguments have a random part; `file` is one that has to
        be there once it is sent, and its text.
        """
        address = Address(str(function.address))
        what = f"{self._names.get(address.lower(), 'contract')}.{function.fn_name}"
        call = Call(address, f"0x{self.encoded(function).hex()}", what, intent, file)
        if not dry_run:
            self.outbox.begin(signer.address, call.content, intent)
        # In the block to come: entries count from the next second, and a quiet chain stays at its last one.
        returned = self.outbox.pending(lambda block: self.call(function, sender=signer.address, block=block))
        return self._sent(call, signer, dry_run, returned)

    def settle(self, account: Address) -> None:
        """Waits until all that an account has sent is in a block: a command cut off may have left some.

        Raises `NotSeenYet` where it stays out.
        """
        self.outbox.settle(account)

    def create(self, name: str, arguments: Sequence[Any], signer: Signer, *, dry_run: bool = False) -> Sent:
        """Creates a contract of the package. Errors as `send`."""
        artifact = artifacts.load(name)
        factory = self.web3.eth.contract(abi=artifact.abi, bytecode=artifact.bytecode)
        call = Call(None, str(factory.constructor(*arguments).data_in_transaction), f"create {name}")
        return self.submit(call, signer, dry_run=dry_run)

    def submit(self, call: Call, signer: Signer, *, dry_run: bool = False) -> Sent:
        """Sends what is encoded already. Errors as `send`."""
        if not dry_run:
            self.outbox.begin(signer.address, call.content)
        return self._sent(call, signer, dry_run)

    def _sent(self, call: Call, signer: Signer, dry_run: bool, returned: Any = None) -> Sent:
        if not dry_run:
            return self.outbox.send(call, signer, returned)
        gas = self.outbox.estimate(call, signer.address)
        return Sent(None, None, gas, self.outbox.cost(call, gas), (), returned)

    def head(self) -> int:
        """Number of the latest block."""
        return self.node.integer("eth_blockNumber")

    def block(self, number: BlockName) -> Block:
        """A block by its number, or by a name such as "latest" or "finalized"."""
        found = self.node.request("eth_getBlockByNumber", _quantity(number), False)
        if found is None:
            raise ChainError(f"The node has no block {number}.")
        with self.node.reading("eth_getBlockByNumber"):
            time = Seconds(int(found["timestamp"], 16))
            return Block(int(found["number"], 16), str(found["hash"]), str(found["parentHash"]), time)

    def balance(self, account: Address) -> int:
        """In wei."""
        return self.node.integer("eth_getBalance", account, "latest")

    def codes(self, addresses: Sequence[Address], block: BlockName = "latest") -> list[bytes]:
        """The code at each address; empty where there is no contract."""
        many = [[address, _quantity(block)] for address in addresses]
        codes = self.node.batch("eth_getCode", many)
        with self.node.reading("eth_getCode"):
            return [bytes.fromhex(code[2:]) for code in codes]

    def storage(self, address: Address, slots: Sequence[int], block: BlockName = "latest") -> list[bytes]:
        """The 32 bytes of each slot at the end of a block, in order."""
        # Some nodes refuse keys without leading zeros.
        many = [[address, f"0x{slot:064x}", _quantity(block)] for slot in slots]
        words = self.node.batch("eth_getStorageAt", many)
        with self.node.reading("eth_getStorageAt"):
            return [int(word, 16).to_bytes(32, "big") for word in words]

    def logs(
        self, addresses: Sequence[Address], first_block: int, last_block: int, *, page: int = MOST_BLOCKS
    ) -> Iterator[LogPage]:
        """All logs of some contracts in `first_block..last_block`, in closed intervals from the first up.

        At most `page` blocks at once, fewer where the node can't keep up. Raises `ChainError` past the head,
        where nodes answer as if there were nothing.
        """
        if last_block > (head := self.head()):
            raise ChainError(f"Block {last_block} does not exist yet: the latest is {head}.")

        def begin(first: int, last: int) -> Callable[[], list[Log]]:
            return lambda: self._logs(addresses, first, last)

        for start, end, logs in paged(begin, first_block, last_block, page):
            yield LogPage(start, end, logs)

    def _logs(self, addresses: Sequence[Address], first: int, last: int) -> list[Log]:
        asked = {"address": list(addresses), "fromBlock": hex(first), "toBlock": hex(last)}
        logs = self.node.request("eth_getLogs", asked)
        with self.node.reading("eth_getLogs"):
            return list(logs)


def _quantity(block: BlockName) -> str:
    return hex(block) if isinstance(block, int) else block
