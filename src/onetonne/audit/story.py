"""The state that the events tell, as the contracts would keep it, and what is wrong with the events.

What each event means is in `certifying` (programmes, projects, verifications), `holding` (batches, balances,
records), `labelling` (labels, host countries), `one_claim` (I8), `making_good` (shortfalls, the buffer) and
`ordering` (signed orders). Values are integers as they lie in storage.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak

from onetonne.access import AccessEvents
from onetonne.audit.kinds import Key
from onetonne.audit.report import Finding
from onetonne.labels import Histories

Fields = dict[str, int]

BUFFER = int.from_bytes(keccak(text="onetonne.buffer")[12:])
"""The account that holds the buffer."""


_COUNTERS = {
    "ledger counters": ("freezes", "purposesDemandingLabel", "batches", "retirements", "cancellations"),
    "programme count": ("value",),
    "methodology count": ("value",),
    "vvb count": ("value",),
    "activity count": ("value",),
    "component count": ("value",),
    "project count": ("value",),
    "verification count": ("value",),
    "redemption count": ("value",),
    "shortfall count": ("value",),
    "label count": ("value",),
}
"""Kinds that there is one of, with their fields: 0 before anything happened."""


class Figures:
    """Everything that is kept, by kind, key and field; from events, or from storage."""

    def __init__(self) -> None:
        self._kinds: defaultdict[str, dict[Key, Fields]] = defaultdict(dict)

    @property
    def kinds(self) -> list[str]:
        return list(self._kinds)

    def of(self, kind: str) -> dict[Key, Fields]:
        return self._kinds[kind]

    def numbered(self, kind: str) -> Iterator[tuple[int, Fields]]:
        """Of a kind whose key is an id."""
        return ((int(key[0]), fields) for key, fields in self._kinds[kind].items())

    def get(self, kind: str, *key: int | str | bytes) -> Fields:
        """Fields of one thing; those of nothing are empty."""
        return self._kinds[kind].get(key, {})

    def put(self, kind: str, key: Key, fields: Fields) -> None:
        self._kinds[kind][key] = fields

    def value(self, kind: str, *key: int | str | bytes) -> int:
        """Of a kind that has one value; 0 where there is none."""
        return self.get(kind, *key).get("value", 0)

    def set(self, kind: str, key: Key, value: int) -> None:
        self._kinds[kind][key] = {"value": value}

    def add(self, kind: str, key: Key, amount: int) -> None:
        entries = self._kinds[kind]
        before = entries.get(key)
        entries[key] = {"value": amount + (before.get("value", 0) if before else 0)}

    def changed(self, changes: "Figures") -> "Figures":
        """These figures with others in the place of some of them."""
        made = Figures()
        made._kinds.update(self._kinds)
        for kind, entries in changes._kinds.items():
            made._kinds[kind] = self._kinds[kind] | entries
        return made

    def __iter__(self) -> Iterator[tuple[str, Key, Fields]]:
        for kind, entries in self._kinds.items():
            for key, fields in entries.items():
                yield kind, key, fields


@dataclass(frozen=True, slots=True)
class Use:
    """A first transfer, or a use by the host country."""

    table: str
    """Of its event."""
    row: Any
    time: int

    @property
    def total(self) -> str:
        """The name of the total that it adds to."""
        return "transferred" if self.table == "first_transfers" else "usedByHost"


class Story:
    """What the events tell."""

    def __init__(self) -> None:
        self.figures = Figures()
        for kind, names in _COUNTERS.items():
            self.figures.put(kind, (), dict.fromkeys(names, 0))
        self._wrong: list[tuple[str, str, Iterable[int], str]] = []
        self.rows = 0
        self.prefixes: dict[int, str] = {}
        """Canonical prefix, by batch."""
        self.roots: dict[int, bytes] = {}
        """The root's word, by batch."""
        self.root_shapes: dict[bytes, tuple[str, int, int, int]] = {}
        """Text, programme, segments and mask of numeric ones, by word."""
        self.operators: defaultdict[int, list[int]] = defaultdict(list)
        """Accounts that a programme ever had, the present one last."""
        self.verifiers: defaultdict[int, list[int]] = defaultdict(list)
        """Accounts that a VVB ever had."""
        self.signed_by: dict[int, int] = {}
        """The VVB's account when it proposed, by verification."""
        self.accepted_by: dict[int, int] = {}
        """The operator's account at acceptance, by verification."""
        self.verified: dict[int, int] = {}
        """Kilograms in the VVB's statement, by verification."""
        self.statements: dict[int, tuple[bytes, bytes]] = {}
        """Hash of the statement as the event has it, and with component 0, by verification."""
        self.project_names: dict[int, str] = {}
        self.minted: defaultdict[int, int] = defaultdict(int)
        self.burnt: defaultdict[int, int] = defaultdict(int)
        self.certificates: dict[int, int] = {}
        """Owner by certificate."""
        self.answered: dict[int, int] = {}
        """When a request for redemption was answered, by redemption."""
        self.batches_of: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        """By programme, methodology, vvb, verification, project, component, account or beneficiary."""
        self.claims: defaultdict[int, list[int]] = defaultdict(list)
        """First verifications of accepted periods, by component."""
        self.histories = Histories()
        """What decides labels, as far as it has been told."""
        self.dated: defaultdict[str, dict[Key, list[Fields]]] = defaultdict(dict)
        """Dated entries by kind and subject, in order; `key` is the second from which one counts."""
        self.demands = 0
        """How many retirements had a purpose that demanded a label."""
        self.demanded = 0
        """Their kilograms."""
        self.issued_in: defaultdict[tuple[int, int], int] = defaultdict(int)
        """Kilograms issued so far, by project and vintage year."""
        self.use: Use | None = None
        """The last first transfer or use by a host, as long as its retirement has not been told."""
        self.uses: dict[tuple[int, int], str] = {}
        """Name of the total that a retirement added to, by its number and purpose."""
        self.made_good: list[tuple[int, int, int]] = []
        """Shortfall, cancellation and kilograms of each cancellation against a shortfall, in order."""
        self.withheld: defaultdict[int, int] = defaultdict(int)
        """Kilograms put in the buffer at issuance, by batch."""
        self.released: defaultdict[int, int] = defaultdict(int)
        """Kilograms that verifiers let out of the buffer, by project."""
        self.left_buffer: defaultdict[int, int] = defaultdict(int)
        """Kilograms that went from the buffer to accounts, by batch."""
        self.access = AccessEvents()
        """Of the AccessManager."""

    def wrong(self, invariant: str, subject: str, batches: Iterable[int], problem: str) -> None:
        """Notes something that is wrong with the events. `batches` may be a list that is still growing."""
        self._wrong.append((invariant, subject, batches, problem))

    @property
    def findings(self) -> list[Finding]:
        return [
            Finding(invariant, subject, tuple(batches), f"By the events, {problem}.")
            for invariant, subject, batches, problem in self._wrong
        ]
