"""Sending: estimated, signed here, written down, sent, and waited for until a block has it.

What a node says of a transaction that it was sent is never believed alone: it may have passed it on and lost
the answer. Once it is signed, its hash says what became of it.
"""

import os
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from onetonne.chain import fees
from onetonne.chain.abi import Event, decode_event
from onetonne.chain.journal import Ask, Entry, Journal, State, fingerprint, journals
from onetonne.chain.rpc import Node
from onetonne.chain.signing import Signer
from onetonne.chain.words import Refusal, meaning
from onetonne.errors import (
    BadInput,
    ChainError,
    FileError,
    GasCapExceeded,
    InsufficientFunds,
    NodeRefused,
    NodeUnreachable,
    NotSeenYet,
    Reverted,
    SentBefore,
    TransactionFailed,
    Underpriced,
)
from onetonne.networks import Network
from onetonne.terms import Address

WAITING_TIME = 180.0  # seconds until a command no longer waits for a block
UNREACHABLE_TIME = 30.0  # seconds until it no longer waits for a node that is gone
SETTLING_TIME = 60.0  # seconds, for what another program has sent
_POLL = (0.02, 1.0)  # seconds, the first and the longest pause
_TRIES = (0.25, 0.5, 1.0, 2.0, 4.0)  # seconds between tries to have a transaction taken
_LOOK_AGAIN = 3.0  # seconds between looks at what else may have happened
_SIGN_OF_LIFE = (2.0, 15.0)  # seconds until the first, and between the others
_STALE_NONCES = 8  # how often a nonce may turn out to be taken
_LOOK_BACK = 64  # blocks, doubled each time, in search of one from before a transaction
_NEW_SLOT = 25_000
"""Gas of a word that the estimate found written: entries of one second share one, and it may be over."""
_LOCAL_CHAIN_IDS = (31337, 1337)
_DEFINITE = {
    Refusal.NONCE_TAKEN,
    Refusal.UNDERPRICED,
    Refusal.NO_FUNDS,
    Refusal.GAS_CAP,
    Refusal.FEE_CAP,
    Refusal.INVALID,
}
"""Refusals after which a node has not taken the transaction, unless it had before."""
_WORDS = {
    State.SIGNED: "not seen yet",
    State.SENT: "not seen in a block yet",
    State.DONE: "done",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What a transaction did; of a dry run, what it would do: `transaction` and `block` are None then."""

    transaction: str | None
    block: int | None
    gas_used: int
    """Of a dry run, the node's estimate."""
    fee_wei: int
    """Of a dry run, at the prices of now."""
    events: tuple[Event, ...]
    returned: Any
    """What the function returned when it was tried just before."""
    created: Address | None = None
    """Address of the contract that it created."""

    def event(self, name: str) -> Event | None:
        """The first event of that name."""
        return next((event for event in self.events if event.name == name), None)


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be sent: to a contract, or to nobody, which creates one."""

    to: Address | None
    data: str
    """Hexadecimal with 0x."""
    what: str = ""
    """In words, such as `Credits.retire`."""
    intent: str | None = None
    """By which the same act is known again, where the data have a random part."""
    file: tuple[Path, str] | None = None
    """A file that has to be there once this is sent, and its text."""

    @property
    def content(self) -> str:
        return fingerprint(self.to, self.data)

    def request(self, account: Address) -> dict[str, str]:
        """As nodes estimate and call it."""
        return {"from": account, "data": self.data} | ({"to": self.to} if self.to else {})


class Outbox:
    """What accounts send to one chain. Its methods raise `ChainError`."""

    def __init__(self, node: Node, chain_id: int, network: Network, folder: Path) -> None:
        self.node = node
        self.chain_id = chain_id
        self.network = network
        self.ask: Ask | None = None
        """Whether the same act is to be done once more; without anybody to ask, it is not."""
        self._folder = folder
        self._journals: dict[Address, Journal] = {}
        self._run = uuid.uuid4().hex
        self._allowed: set[str] = set()
        self._chain: str | None = None
        self._no_pending = False

    # Before sending

    def begin(self, account: Address, content: str, intent: str | None = None) -> None:
        """Looks up what is open. Raises `SentBefore` where the same act is, or was done just before."""
        journal = self.journal(account)
        for entry in journal.open():
            with suppress(NodeRefused, NodeUnreachable):
                self._look_up(journal, entry)
        self._require_new(journal, content, intent or content)

    def settle(self, account: Address) -> None:
        """Waits until all that an account has sent, from here or elsewhere, is in a block.

        Raises `NotSeenYet`, and `ChainError` where what was sent elsewhere stays out.
        """
        journal = self.journal(account)
        for entry in journal.open():
            with suppress(TransactionFailed):
                self._wait(journal, entry)
        until = time.monotonic() + SETTLING_TIME
        while self.pending(partial(self._count, account)) > self._count(account, "latest"):
            if time.monotonic() > until:
                raise ChainError(
                    f"Account {account} has sent transactions from elsewhere that are in no block after "
                    f"{SETTLING_TIME:.0f} seconds: plan again when they are."
                )
            time.sleep(_POLL[1])

    def journal(self, account: Address) -> Journal:
        """Of an account on this chain."""
        if account not in self._journals:
            self._journals[account] = Journal(self._folder, self._key(), account)
        return self._journals[account]

    def journals(self) -> list[Journal]:
        """Those of every account that sent something to this chain from this home."""
        return journals(self._folder, self._key())

    def catch_up(self) -> None:
        """From now on reads no state from before what other programs of this home saw a moment ago."""
        for journal in self.journals():
            for entry in journal.entries():
                if entry.block is not None:
                    self._advance(entry.block, entry.changed)

    def pending(self, ask: Any) -> Any:
        """What `ask` returns for the block to come; for the last one where a node keeps no pending state."""
        if not self._no_pending:
            try:
                return ask("pending")
            except NodeRefused as problem:
                if meaning(problem.reason, problem.code) is not Refusal.NO_PENDING:
                    raise
                self._no_pending = True
        return ask("latest")

    # Sending

    def estimate(self, call: Call, account: Address) -> int:
        """Gas. Raises `Reverted`, and `GasCapExceeded`."""
        gas = self.node.integer("eth_estimateGas", call.request(account))
        if gas > self.network.gas_cap:
            raise GasCapExceeded(gas, self.network.gas_cap)
        return gas

    def cost(self, call: Call, gas: int) -> int:
        """What so much gas, and the call's data, cost at this moment; in wei."""
        price = fees.current(self.node, self.network).price
        return gas * price + fees.data_fee(self.node, self.network, call.data, gas)

    def require_funds(self, account: Address, needed: int) -> None:
        """Raises `InsufficientFunds` where an account holds less than `needed` wei."""
        balance = self.node.integer("eth_getBalance", account, "latest")
        if balance < needed:
            raise InsufficientFunds(account, balance, needed)

    def send(self, call: Call, signer: Signer, returned: Any = None) -> Sent:
        """Sends a call and waits until it is in a block.

        Raises, before anything is sent, `Reverted`, `GasCapExceeded`, `FeeCapExceeded`, `Underpriced`,
        `InsufficientFunds` and `SentBefore`; `TransactionFailed` where it did nothing and never will;
        `NotSeenYet` where nobody knows.
        """
        gas = self.estimate(call, signer.address)
        limit = min(gas * 5 // 4 + _NEW_SLOT, self.network.gas_cap)  # the state may change until then
        journal = self.journal(signer.address)
        with journal.locked():
            self._require_new(journal, call.content, call.intent or call.content)
            entry = self._sent(journal, call, signer, limit)
        return self._done(self._wait(journal, entry), entry, returned)

    def wait(self, entry: Entry) -> Sent:
        """Waits until a transaction of the journal is in a block. Errors as `send`, once it is sent."""
        return self._done(self._wait(self.journal(entry.account), entry), entry)

    def look_up(self, entry: Entry) -> Entry:
        """A transaction of the journal with what is known of it now; sends it again where no node has it."""
        journal = self.journal(entry.account)
        return self._look_up(journal, entry) if entry.state.is_open else entry

    def replace(self, entry: Entry, signer: Signer, *, cancel: bool = False, dry_run: bool = False) -> Sent:
        """Sends an open transaction with higher fees, or in its place one that does nothing.

        Raises `BadInput` where it is not open any more, `TransactionFailed` where the first of the two came.
        """
        journal = self.journal(entry.account)
        with journal.locked():
            entry = self._look_up(journal, entry)
            if not entry.state.is_open:
                raise BadInput(
                    f"Transaction {entry.hash} can't be replaced: it is {entry.state} already "
                    f"(`onetonne transaction show {entry.hash}`)."
                )
            offered = fees.replacing(fees.current(self.node, self.network), entry.fields)
            fields = {name: value for name, value in entry.fields.items() if name not in _FEES}
            if cancel:
                fields |= {"to": entry.account, "data": "0x"}
                fields["gas"] = self.node.integer(
                    "eth_estimateGas", {"from": entry.account, "to": entry.account}
                )
            self.require_funds(entry.account, fields["gas"] * offered.most)
            if dry_run:
                return Sent(None, None, fields["gas"], fields["gas"] * offered.price, (), None)
            new = self._sign(
                journal,
                fields | offered.fields,
                signer,
                content=fingerprint("cancel", entry.hash) if cancel else entry.content,
                intent=fingerprint("cancel", entry.hash) if cancel else entry.intent,
                what=f"cancel {entry.what}" if cancel else entry.what,
                replaces=entry.hash,
                file=None if cancel or not entry.file else (Path(entry.file), entry.text or ""),
            )
            problem = self._push(new)
            if problem is not None:
                self._refused(journal, new, problem)
        return self._done(self._wait(journal, new), new)

    # Steps

    def _require_new(self, journal: Journal, content: str, intent: str) -> None:
        repeated = journal.repeated(content, intent, self._run)
        if repeated is None or repeated.hash in self._allowed:
            return
        if repeated.state is State.DONE and self._is_local and self._receipt(repeated.hash) is None:
            return  # the local chain was taken back to before it
        if self.ask is None or not self.ask(repeated):
            raise SentBefore(repeated.hash, _WORDS[repeated.state], repeated.time)
        self._allowed.add(repeated.hash)

    def _sent(self, journal: Journal, call: Call, signer: Signer, limit: int) -> Entry:
        """The entry of a call that a node has, or may have."""
        least = 0
        for _ in range(_STALE_NONCES):
            offered = fees.current(self.node, self.network)
            data_fee = fees.data_fee(self.node, self.network, call.data, limit)
            self.require_funds(signer.address, limit * offered.most + data_fee)
            nonce = max(least, self._next_nonce(journal, signer.address))
            fields = {"chainId": self.chain_id, "nonce": nonce, "gas": limit, "value": 0, "data": call.data}
            entry = self._sign(
                journal,
                fields | offered.fields | ({"to": call.to} if call.to else {}),
                signer,
                content=call.content,
                intent=call.intent or call.content,
                what=call.what,
                file=call.file,
            )
            problem = self._push(entry)
            if problem is None:
                return journal.change(entry, State.SENT)
            if not self._refused(journal, entry, problem, limit * offered.most + data_fee):
                return entry
            least = nonce + 1
        raise NotSeenYet(entry.hash, "something else uses the account's nonces at the same time")

    def _sign(
        self,
        journal: Journal,
        fields: dict[str, Any],
        signer: Signer,
        *,
        content: str,
        intent: str,
        what: str,
        replaces: str | None = None,
        file: tuple[Path, str] | None = None,
    ) -> Entry:
        """Signs and writes down; from here on the act is known by its hash."""
        height = self.node.integer("eth_blockNumber")
        raw = signer.sign_transaction(fields)
        entry = Entry(
            hash=f"0x{keccak(raw).hex()}",
            raw=f"0x{raw.hex()}",
            account=signer.address,
            fields=fields,
            content=content,
            intent=intent,
            what=what,
            run=self._run,
            height=height,
            time=time.time(),
            replaces=replaces,
            file=str(file[0]) if file else None,
            text=file[1] if file else None,
        )
        journal.add(entry)
        try:
            _keep(entry)
        except FileError:
            journal.change(entry, State.REFUSED)  # never sent
            raise
        return entry

    def _push(self, entry: Entry) -> ChainError | None:
        """Sends a transaction as it was signed: None once a node has it, else why that is not known.

        `NodeRefused` of a definite meaning stands for a node that has not taken it.
        """
        doubt: ChainError | None = None
        for pause in (*_TRIES, None):
            try:
                self.node.request("eth_sendRawTransaction", entry.raw)
                return None
            except (NodeUnreachable, NodeRefused, Reverted) as found:
                problem: ChainError = found
            kind = meaning(problem.reason, problem.code) if isinstance(problem, NodeRefused) else None
            if kind is Refusal.KNOWN or self._is_known(entry.hash):
                return None
            if kind in _DEFINITE:
                return doubt or problem
            doubt = problem
            if pause is None:
                break
            time.sleep(pause)
        return doubt

    def _refused(self, journal: Journal, entry: Entry, problem: ChainError, needed: int = 0) -> bool:
        """What to do where no node is known to have a transaction.

        True: it is void, and another nonce may do. False: it may come. Raises where it is void for good.
        """
        kind = meaning(problem.reason, problem.code) if isinstance(problem, NodeRefused) else None
        if kind is Refusal.NONCE_TAKEN:
            by = self._who_took(entry)
            if by is None or by == entry.hash:
                journal.change(entry, State.SENT)
                return False
            journal.change(entry, State.REPLACED, by=by)
            return True
        if kind not in _DEFINITE:
            journal.change(entry, State.SENT)
            if isinstance(problem, NodeRefused):
                raise NotSeenYet(entry.hash, f"the node says {problem.reason!r}") from problem
            return False
        journal.change(entry, State.REFUSED)
        _unkeep(entry)
        if kind is Refusal.UNDERPRICED and isinstance(problem, NodeRefused):
            if "replace" in problem.reason.lower() and not entry.replaces:
                return True  # a transaction that is not in the journal waits with this nonce
            raise Underpriced(problem.reason) from problem
        if kind is Refusal.NO_FUNDS:
            balance = self.node.integer("eth_getBalance", entry.account, "latest")
            raise InsufficientFunds(entry.account, balance, max(needed, balance + 1)) from problem
        raise problem

    def _next_nonce(self, journal: Journal, account: Address) -> int:
        """The node's, unless the journal knows better: balanced nodes tell old ones for a while."""
        nonce: int = self.pending(partial(self._count, account))
        nonce = max([nonce, *(entry.nonce + 1 for entry in journal.open())])
        last = journal.settled()
        if last is not None and last.nonce >= nonce and self._receipt(last.hash) is not None:
            nonce = last.nonce + 1
        return nonce

    def _wait(self, journal: Journal, entry: Entry) -> Mapping[str, Any]:
        """The receipt, once as many blocks as the network's profile wants confirm it."""
        began = time.monotonic()
        waiting_time = float(os.environ.get("ONETONNE_WAIT") or WAITING_TIME)
        pause, silent, told = _POLL[0], None, began + _SIGN_OF_LIFE[0]
        look = began + _LOOK_AGAIN
        while True:
            now = time.monotonic()
            try:
                receipt = self._receipt(entry.hash)
                if receipt is not None and self._is_confirmed(receipt):
                    self._settled(journal, entry, receipt)
                    return receipt
                if receipt is None and now >= look:
                    look = now + _LOOK_AGAIN
                    self._look_around(journal, entry)
                silent = None
            except (NodeUnreachable, NodeRefused) as problem:
                silent = silent or now
                if now - silent > UNREACHABLE_TIME:
                    raise NotSeenYet(entry.hash, str(problem).rstrip(".")) from problem
            if now - began > waiting_time:
                raise NotSeenYet(entry.hash, f"after {waiting_time:.0f} seconds")
            if now >= told and self.node.tell is not None:
                told = now + _SIGN_OF_LIFE[1]
                self.node.tell(f"Waiting for transaction {entry.hash} to be in a block.")
            time.sleep(pause)
            pause = min(pause * 1.5, _POLL[1])

    def _look_around(self, journal: Journal, entry: Entry) -> None:
        """Why a transaction does not come. Raises `TransactionFailed` where it never can."""
        for one in journal.open():
            if one.nonce < entry.nonce:
                self._look_up(journal, one)  # one that was never sent would be waited for in vain
        known = self._look_up(journal, entry)
        if known.state is State.REPLACED:
            raise TransactionFailed(
                entry.hash, f"transaction {known.by} came first with the same nonce, so this one can't come"
            )

    def _look_up(self, journal: Journal, entry: Entry) -> Entry:
        """An open entry, with what the chain says of it; sent again where no node has it."""
        receipt = self._receipt(entry.hash)
        if receipt is not None:
            return self._settled(journal, entry, receipt)
        if self._count(entry.account, "latest") > entry.nonce:
            by = self._who_took(entry)
            if by is not None and by != entry.hash:
                return journal.change(entry, State.REPLACED, by=by)
            return entry
        if not self._is_known(entry.hash):
            _keep(entry)
            self._push_once(entry)
        return entry

    def _push_once(self, entry: Entry) -> None:
        """Sends it as it is, which does no harm where somebody has it already."""
        with suppress(NodeUnreachable, NodeRefused, Reverted):
            self.node.request("eth_sendRawTransaction", entry.raw)

    def _settled(self, journal: Journal, entry: Entry, receipt: Mapping[str, Any]) -> Entry:
        with self.node.reading("eth_getTransactionReceipt"):
            block, status = int(receipt["blockNumber"], 16), int(receipt["status"], 16)
        self._advance(block)
        _keep(entry)
        settled = journal.change(entry, State.DONE if status else State.REVERTED, block=block)
        for other in journal.open():
            if other.nonce == entry.nonce and other.hash != entry.hash:
                journal.change(other, State.REPLACED, by=entry.hash)
        return settled

    def _is_confirmed(self, receipt: Mapping[str, Any]) -> bool:
        if self.network.confirmations <= 1:
            return True
        with self.node.reading("eth_getTransactionReceipt"):
            block = int(receipt["blockNumber"], 16)
        return self.node.integer("eth_blockNumber") >= block + self.network.confirmations - 1

    def _done(self, receipt: Mapping[str, Any], entry: Entry, returned: Any = None) -> Sent:
        with self.node.reading("eth_getTransactionReceipt"):
            if int(receipt["status"], 16) != 1:
                raise TransactionFailed(entry.hash, self._why(receipt, entry))
            return _read(receipt, returned)

    def _why(self, receipt: Mapping[str, Any], entry: Entry) -> str:
        """Why a contract refused a transaction, in words."""
        asked: dict[str, Any] = {"from": entry.account, "gas": hex(entry.fields["gas"])}
        asked |= {name: entry.fields[name] for name in ("to", "data") if name in entry.fields}
        with suppress(NodeRefused, NodeUnreachable):
            try:
                self.node.request("eth_call", asked, receipt["blockNumber"])
            except Reverted as refusal:
                return refusal.sentence.removesuffix(".")
        return "the contract refused it"

    # What nodes know

    def _receipt(self, transaction: str) -> Mapping[str, Any] | None:
        receipt = self.node.request("eth_getTransactionReceipt", transaction)
        with self.node.reading("eth_getTransactionReceipt"):
            # A node may show one of a block that it is still making.
            return dict(receipt) if receipt is not None and receipt["blockNumber"] else None

    def _is_known(self, transaction: str) -> bool:
        """Whether a node has a transaction; False also where none says."""
        for method in ("eth_getTransactionByHash", "eth_getTransactionReceipt"):
            with suppress(NodeUnreachable, NodeRefused):
                if self.node.request(method, transaction) is not None:
                    return True
        return False

    def _count(self, account: Address, block: str) -> int:
        return self.node.integer("eth_getTransactionCount", account, block)

    def _who_took(self, entry: Entry) -> str | None:
        """Hash of the transaction in a block that has an entry's nonce; None where it can't be told."""
        try:
            high = self.node.integer("eth_blockNumber")
            if self._count(entry.account, hex(high)) <= entry.nonce:
                return None
            low, step = min(entry.height, high), 1
            while low > 0 and self._count(entry.account, hex(low)) > entry.nonce:
                high, low, step = low, max(0, low - step * _LOOK_BACK), step * 2
            while low + 1 < high:
                middle = (low + high) // 2
                if self._count(entry.account, hex(middle)) > entry.nonce:
                    high = middle
                else:
                    low = middle
            block = self.node.request("eth_getBlockByNumber", hex(high), True)
        except NodeRefused:  # it keeps no past state
            return None
        with self.node.reading("eth_getBlockByNumber"):
            for transaction in block["transactions"]:
                same = transaction["from"].lower() == entry.account.lower()
                if same and int(transaction["nonce"], 16) == entry.nonce:
                    return str(transaction["hash"])
        return None

    def _advance(self, block: int, since: float | None = None) -> None:
        if not self._is_local:  # one node alone lags behind nobody, and its chain can be taken back
            self.node.advance(block, since)

    def _key(self) -> str:
        """Of the chain, in the names of journals. Local chains have the same id, and each its first block."""
        if self._chain is None:
            self._chain = str(self.chain_id)
            if self._is_local:
                block = self.node.request("eth_getBlockByNumber", "0x0", False)
                with self.node.reading("eth_getBlockByNumber"):
                    self._chain += f"-{block['hash'][2:10]}"
        return self._chain

    @property
    def _is_local(self) -> bool:
        return self.chain_id in _LOCAL_CHAIN_IDS


_FEES = ("gasPrice", "maxFeePerGas", "maxPriorityFeePerGas", "type")


def _keep(entry: Entry) -> None:
    """Writes the file that has to be there once an entry is sent. Raises `FileError`; never overwrites."""
    if entry.file is None or entry.text is None:
        return
    place = Path(entry.file)
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if place.exists() and place.read_text(encoding="utf-8") == entry.text:
            return
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(entry.text)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as problem:
        raise FileError(
            place, "it is there already, and may hold another retirement's; name another"
        ) from problem
    except OSError as problem:
        raise FileError(place, f"the details can't be kept in it ({problem.strerror})") from problem


def _unkeep(entry: Entry) -> None:
    """Removes what `_keep` wrote, of an entry that no node has taken."""
    if entry.file is not None:
        Path(entry.file).unlink(missing_ok=True)


def _read(receipt: Mapping[str, Any], returned: Any) -> Sent:
    gas = int(receipt["gasUsed"], 16)
    events = tuple(event for log in receipt["logs"] if (event := decode_event(log)) is not None)
    # Rollups tell beside it what they took for the data.
    data_fee = int(receipt.get("l1Fee") or "0x0", 16)
    return Sent(
        transaction=receipt["transactionHash"],
        block=int(receipt["blockNumber"], 16),
        gas_used=gas,
        fee_wei=gas * int(receipt.get("effectiveGasPrice") or "0x0", 16) + data_fee,
        events=events,
        returned=returned,
        created=Address(to_checksum_address(receipt["contractAddress"]))
        if receipt.get("contractAddress")
        else None,
    )
