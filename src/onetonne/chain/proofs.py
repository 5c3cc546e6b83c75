"""State proven against a block's header: accounts, code and storage, by `eth_getProof`.

Whoever trusts the header's hash trusts the node for nothing: what it says otherwise raises `FalseAnswer`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from onetonne.chain.headers import Header
from onetonne.chain.keccak import keccak
from onetonne.chain.rebuilding import FalseWord, Storage
from onetonne.chain.rlp import decoded
from onetonne.chain.rpc import Node
from onetonne.chain.tries import EMPTY_ROOT, ProofGap, Trie, stored_number
from onetonne.errors import ChainError, FalseAnswer, NodeRefused, quoted
from onetonne.terms import Address

MOST_KEYS = 1000
"""Of one call of `eth_getProof`: nodes refuse more than about 1,024."""

_METHOD = "eth_getProof"
_NO_CODE = keccak(b"")

Progress = Callable[[int, int], None]
"""Called with the slots proven so far, and how many there are to prove."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the state has of an address; of one that was never used, what stands for nothing."""

    nonce: int
    balance: int
    """In wei."""
    storage_root: bytes
    code_hash: bytes


_NOBODY = Account(0, 0, EMPTY_ROOT, _NO_CODE)


class ProvenState:
    """The state at the end of a block, by its header. Every method raises `FalseAnswer` and `ChainError`."""

    def __init__(self, node: Node, header: Header, names: Mapping[Address, str] | None = None) -> None:
        """`names` are those of contracts, for messages."""
        self._node = node
        self.header = header
        self._names = {address.lower(): name for address, name in (names or {}).items()}
        self._accounts = Trie(header.state_root)
        self._known: dict[str, Account] = {}

    def account(self, address: Address) -> Account:
        """Asked for once."""
        if address.lower() not in self._known:
            self._proof(address, [])
        return self._known[address.lower()]

    def code(self, address: Address) -> bytes:
        """Empty where there is no contract."""
        code_hash = self.account(address).code_hash
        if code_hash == _NO_CODE:
            return b""
        text = self._node.request("eth_getCode", address, hex(self.header.number))
        with self._node.reading("eth_getCode"):
            code = bytes.fromhex(text[2:])
        if keccak(code) != code_hash:
            raise FalseAnswer(
                f"The code that the node gave for {self._name(address)} is false: its hash is "
                f"0x{keccak(code).hex()}, and at {self._block} it is 0x{code_hash.hex()}."
            )
        return code

    def words(
        self, address: Address, slots: Sequence[int], progress: Progress | None = None
    ) -> dict[int, int]:
        """The word in each slot, each by a proof of its own."""
        found: dict[int, int] = {}
        # In the trie's order neighbours share most of their nodes, and each is hashed and parsed once.
        names = sorted((keccak(slot.to_bytes(32)).hex(), slot) for slot in set(slots))
        trie: Trie | None = None
        for start in range(0, len(names), MOST_KEYS):
            part = names[start : start + MOST_KEYS]
            proofs = self._proof(address, [slot for _, slot in part])
            trie = trie or Trie(self.account(address).storage_root)
            for (key, slot), (told, proof) in zip(part, proofs, strict=True):
                with self._proving(f"slot {slot:#x} of {self._name(address)}"):
                    value = trie.value(key, proof)
                    word = found[slot] = 0 if value is None else stored_number(value)
                if word != told:
                    raise self._false_word(address, slot, told, word)
            trie.trim()
            if progress is not None:
                progress(start + len(part), len(names))
        return found

    def check(self, address: Address, storage: Storage) -> bool:
        """Proves words that were read; whether the contract's storage holds nothing else.

        Where they are many, the storage trie is rebuilt from them: if its root comes out, that is the proof
        of all. If not, what differs is asked for from the top down, and the slot that is false is named.
        """
        root = self.account(address).storage_root

        def learn(trie: Trie, slots: Sequence[int]) -> None:
            for slot, (_, proof) in zip(slots, self._proofs(address, slots), strict=True):
                with self._proving(f"slot {slot:#x} of {self._name(address)}"):
                    trie.value(keccak(slot.to_bytes(32)).hex(), proof)

        try:
            with self._proving(f"the storage of {self._name(address)}"):
                return storage.verify(root, learn)
        except FalseWord as found:
            raise self._false_word(address, found.slot, found.given, found.proven) from found

    def _proofs(self, address: Address, slots: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
        for start in range(0, len(slots), MOST_KEYS):
            yield from self._proof(address, slots[start : start + MOST_KEYS])

    def _proof(self, address: Address, slots: Sequence[int]) -> list[tuple[int, list[str]]]:
        """Word and nodes for each slot, as the node tells them; the account is proven with the first."""
        keys = [f"0x{slot:064x}" for slot in slots]  # some nodes refuse keys without leading zeros
        try:
            answer = self._node.request(_METHOD, address, keys, hex(self.header.number))
        except NodeRefused as problem:
            raise ChainError(
                f"The node can't prove the state of {self._block} ({quoted(problem.reason)}): "
                "ask one that keeps it, such as an archive node."
            ) from problem
        with self._node.reading(_METHOD):
            nodes = list(answer["accountProof"])
            told = [(int(one["value"], 16), list(one["proof"])) for one in answer["storageProof"]]
        if len(told) != len(slots):
            raise NodeRefused(_METHOD, f"it proved {len(told)} slots of {len(slots)}")
        if address.lower() not in self._known:
            self._known[address.lower()] = self._account(address, nodes)
        return told

    def _account(self, address: Address, nodes: Sequence[str]) -> Account:
        with self._proving(f"the account of {self._name(address)}"):
            value = self._accounts.value(keccak(bytes.fromhex(address[2:])).hex(), nodes)
            return _NOBODY if value is None else account_of(value)

    @contextmanager
    def _proving(self, what: str) -> Iterator[None]:
        try:
            yield
        except ProofGap as problem:
            raise FalseAnswer(
                f"The proof of {what} does not come to the state root of {self._block}: {problem}."
            ) from problem
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as problem:
            raise FalseAnswer(f"The proof of {what} at {self._block} can't be read ({problem}).") from problem

    def _false_word(self, address: Address, slot: int, told: int, proven: int) -> FalseAnswer:
        return FalseAnswer(
            f"The node lies about slot {slot:#x} of {self._name(address)}: it gave {told:#x}, "
            f"and by the state root of {self._block} it is {proven:#x}."
        )

    def _name(self, address: Address) -> str:
        name = self._names.get(address.lower())
        return f"{name} ({address})" if name else address

    @property
    def _block(self) -> str:
        return f"block {self.header.number}"


def account_of(value: bytes) -> Account:
    """An account as the state trie has it. Raises ValueError."""
    items = [item for item in decoded(value) if isinstance(item, bytes)]
    if len(items) != 4:
        raise ValueError("an account of other than four items")
    nonce, balance, storage_root, code_hash = items
    return Account(int.from_bytes(nonce), int.from_bytes(balance), storage_root, code_hash)
