"""What can go wrong, as one tree. Catch `OnetonneError` for all of it.

    OnetonneError
    ├── BadInput                what a person or a file handed over
    │   ├── SerialError         a programme registry's serial number; `position` is where reading stopped
    │   │   └── ReversedRange   its last serial lies before its first
    │   ├── FileError           a file as a whole; `path`
    │   │   ├── FormatError     not a table we can read
    │   │   ├── UnknownLayout   a table, with columns that no layout knows
    │   │   └── MissingColumn   a known layout, less some columns it needs
    │   ├── QuantityError       an amount of CO2e
    │   ├── DateError           a monitoring or vintage date
    │   ├── CodeError           a short identifier such as VM0048
    │   └── AddressError        an account or contract address
    ├── ChainError              a node, or a transaction
    │   ├── NodeUnreachable
    │   ├── NodeRefused         it answers, but not to this; `method`, `reason`
    │   ├── FalseAnswer         its answer is not what a hash that it must fit comes to
    │   ├── WrongChain
    │   ├── InsufficientFunds   the signing account can't pay for gas
    │   ├── GasCapExceeded      more than a transaction may use; `estimate`, `most`
    │   ├── Scheduled           not done yet: the call waits for its delay; `ready_at`
    │   ├── FeeCapExceeded      gas costs more than the network's profile allows; `price`, `most`
    │   ├── Underpriced         the node wants a higher fee
    │   ├── TransactionFailed   it is in a block, and a contract refused it; or it never can be in one
    │   ├── NotSeenYet          sent, and in no block that was seen; `transaction`
    │   ├── SentBefore          the same act is under way, or was done just before; `transaction`
    │   ├── JournalError        the journal of what was sent can't be kept or read
    │   └── Reverted            a contract refused; `error_name` and `arguments` say why
    ├── SignerError             a key
    │   ├── MissingKey
    │   └── WrongKey
    ├── ArtifactError           ABI and bytecode
    ├── DeploymentError         deployment manifests
    ├── IndexStoreError         the index of events
    ├── AuditError              an audit that could not be carried out (not one that found something)
    └── CertificateError        a certificate that can't be drawn or verified (not one that was altered)

`str()` of each is one sentence for a person: what is wrong, where, and what to do about it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from os import PathLike
from urllib.parse import urlsplit

SHOWN_CHARACTERS = 120


class OnetonneError(Exception):
    """Anything this package raises on purpose."""


class BadInput(OnetonneError):
    """What a person or a file handed over can't be used as it is."""


class SerialError(BadInput):
    """A programme registry's serial number can't be read; `position` counts characters of `text` from 0."""

    def __init__(self, text: str, position: int, problem: str) -> None:
        self.text = text
        self.position = position
        self.problem = problem
        where = f"from character {position + 1} on"
        super().__init__(f"Serial number {quoted(text)} can't be read {where}: {problem}.")


class ReversedRange(SerialError):
    """The last serial lies before the first. Which of the two is wrong can't be known."""


class FileError(BadInput):
    """A file as a whole can't be used."""

    def __init__(self, path: str | PathLike[str], problem: str) -> None:
        self.path = str(path)
        self.problem = problem
        super().__init__(f"File {self.path}: {problem}.")


class FormatError(FileError):
    """The file is not a table that can be read, or not one that can be read in a single way."""


class UnknownLayout(FileError):
    """The file's header matches no layout."""

    def __init__(self, path: str | PathLike[str], found: Sequence[str], known: Sequence[str]) -> None:
        self.found = tuple(found)
        self.known = tuple(known)
        super().__init__(
            path,
            f"its columns ({_listed(found)}) are those of no known export; "
            f"use an unchanged export of one of these kinds: {_listed(known)}",
        )


class MissingColumn(FileError):
    """The file looks like a known layout, but lacks columns that it needs."""

    def __init__(
        self, path: str | PathLike[str], layout: str, missing: Sequence[str], found: Sequence[str]
    ) -> None:
        self.layout = layout
        self.missing = tuple(missing)
        self.found = tuple(found)
        super().__init__(
            path,
            f"it looks like {layout} but lacks {_listed(missing)} (columns found: {_listed(found)}); "
            "export it again with every column",
        )


class QuantityError(BadInput):
    """An amount of CO2e has no unit, a fraction of a kilogram, is zero or less, or too large."""


class DateError(BadInput):
    """A date is not a day of the calendar from 1970-01-01 on."""


class CodeError(BadInput):
    """A short identifier does not fit one word of `A-Z 0-9 . _ -`."""


class AddressError(BadInput):
    """An account or contract address is malformed."""


class ChainError(OnetonneError):
    """A node or a transaction failed."""


class NodeUnreachable(ChainError):
    """No JSON-RPC node answers at the address. Only its host is told: paths and queries often hold keys."""

    def __init__(self, url: str, reason: str) -> None:
        self.host = shown_host(url)
        self.reason = reason
        super().__init__(f"No node answers at {self.host} ({reason}); check the URL, and that it is running.")


class NodeRefused(ChainError):
    """The node answers, but refused or misunderstood a request; `reason` is its own message."""

    def __init__(self, method: str, reason: str, code: object = None) -> None:
        self.method = method
        self.reason = reason
        self.code = code
        super().__init__(f"The node refused {method}: {quoted(reason)}.")


class FalseAnswer(ChainError):
    """What the node answered is false: it does not come to the hash, or the root, that it must fit."""


class WrongChain(ChainError):
    """The node serves another chain than the deployment is on."""

    def __init__(self, expected: int, found: int) -> None:
        self.expected = expected
        self.found = found
        super().__init__(
            f"The node serves chain {found}; give the URL of a node of chain {expected} instead."
        )


class InsufficientFunds(ChainError):
    """The signing account holds less than the gas may cost. Both amounts are in wei."""

    def __init__(self, account: str, balance: int, needed: int) -> None:
        self.account = account
        self.balance = balance
        self.needed = needed
        super().__init__(
            f"Account {account} holds {_ether(balance)} and may need {_ether(needed)} for gas: send it some."
        )


class GasCapExceeded(ChainError):
    """A transaction would take more gas than a chain gives one. Both amounts are gas."""

    def __init__(self, estimate: int, most: int) -> None:
        self.estimate = estimate
        self.most = most
        super().__init__(
            f"It would take {estimate:,} gas, and a transaction has {most:,} at most (EIP-7825): "
            "do it in smaller parts."
        )


class Scheduled(ChainError):
    """A call of governance waits for its delay; the same call does it from `ready_at` on.

    `ready_at` is in seconds since 1970. `transaction` is the one that scheduled it: None where it had been
    scheduled before, and in a dry run, which schedules nothing.
    """

    def __init__(self, ready_at: int, transaction: str | None = None, *, dry_run: bool = False) -> None:
        self.ready_at = ready_at
        self.transaction = transaction
        moment = f"{datetime.fromtimestamp(ready_at, UTC):%Y-%m-%d %H:%M:%S} UTC"
        if dry_run:
            message = f"This must be scheduled first: scheduled now, it can be done from {moment} on."
        else:
            message = f"This is scheduled, not done yet: do the same again from {moment} on."
        super().__init__(message)


class FeeCapExceeded(ChainError):
    """Gas costs more than the network's profile lets anybody pay. Both amounts are wei for a unit of gas."""

    def __init__(self, price: int, most: int) -> None:
        self.price = price
        self.most = most
        super().__init__(
            f"Gas costs {_gwei(price)} now, and the network's profile allows {_gwei(most)}: wait, or raise "
            "fee_cap in the home's networks.toml."
        )


class Underpriced(ChainError):
    """The node wants a higher fee than was offered."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"The node wants a higher fee ({quoted(reason)}), and nothing was sent: try again, or raise "
            "tip_floor in the home's networks.toml."
        )


class NotSeenYet(ChainError):
    """A transaction was sent, or may have been, and nobody knows yet what became of it."""

    def __init__(self, transaction: str, reason: str) -> None:
        self.transaction = transaction
        self.reason = reason
        super().__init__(
            f"Transaction {transaction} was sent and not seen in a block yet ({reason}): it may still come. "
            f"Do not send it another time: `onetonne transaction wait {transaction}` says what became of it."
        )


class SentBefore(ChainError):
    """The same act was sent before, and nothing was sent now. `time` is in seconds since 1970."""

    def __init__(self, transaction: str, state: str, time: float) -> None:
        self.transaction = transaction
        self.state = state
        self.time = time
        super().__init__(
            f"The same was sent at {datetime.fromtimestamp(time, UTC):%H:%M:%S} UTC as transaction "
            f"{transaction} ({state}), so nothing was sent now: see `onetonne transaction show "
            f"{transaction}`, or add --again (a script: ONETONNE_AGAIN=1) to do it once more."
        )


class JournalError(ChainError):
    """The journal of what was sent can't be kept or read, and nothing is sent without it."""


class TransactionFailed(ChainError):
    """A transaction was sent, and can do nothing any more: a contract refused it, or another came first."""

    def __init__(self, transaction: str, reason: str) -> None:
        self.transaction = transaction
        self.reason = reason
        super().__init__(f"Transaction {transaction} failed: {reason}.")


class Reverted(ChainError):
    """A contract refused. `sentence` is the refusal in words."""

    def __init__(self, error_name: str, arguments: Mapping[str, object], sentence: str) -> None:
        self.error_name = error_name
        self.arguments = dict(arguments)
        self.sentence = sentence
        super().__init__(sentence)


class SignerError(OnetonneError):
    """A transaction can't be signed."""


class MissingKey(SignerError):
    """There is no key for the account that must sign."""


class WrongKey(SignerError):
    """The key is not that of the account that must sign, or its password is wrong."""


class ArtifactError(OnetonneError):
    """ABI or bytecode is missing, or does not match its source."""


class DeploymentError(OnetonneError):
    """A deployment manifest is missing, damaged or contradicts the chain."""


class IndexStoreError(OnetonneError):
    """The index of events can't be opened, or contradicts the chain."""


class AuditError(OnetonneError):
    """An audit could not be carried out."""


class CertificateError(OnetonneError):
    """A certificate can't be drawn or verified: another chain, no such retirement, or no certificate."""


def quoted(text: str, limit: int = SHOWN_CHARACTERS) -> str:
    """`text` for a message: quoted, on one line, invisible characters escaped, cut to `limit`."""
    return repr(text) if len(text) <= limit else f"{text[:limit]!r}... ({len(text)} characters)"


def _gwei(wei: int) -> str:
    return f"{(Decimal(wei) / 10**9).normalize():f} gwei"


def _ether(wei: int) -> str:
    return f"{(Decimal(wei) / 10**18).normalize():f} ETH"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(quoted(name, 60) for name in names) or "none"


def shown_host(url: str) -> str:
    """Of a node's URL what may be shown: paths and queries often hold keys."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "an address that is no URL"
    if not host:
        return "an address that is no URL"
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")
