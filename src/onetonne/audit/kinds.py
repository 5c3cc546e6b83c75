"""Every kind of thing that the contracts keep: where it lies, and which invariant an altered field breaks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from onetonne.audit.layout import (
    APPROVAL,
    AUTHORISATION,
    MARK,
    PARTS,
    RANGE,
    Shape,
    Step,
    kinds_of,
    shape_of,
    way_to,
)
from onetonne.errors import AuditError

Key = tuple[Step, ...]
Invariants = tuple[str, ...]

HEAD = "head"
"""In place of a range's key: the topmost range of a set."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """`invariants` holds for fields that `by_field` does not name, padding included."""

    name: str
    contract: str
    variable: str
    invariants: Invariants
    by_field: Mapping[str, Invariants] = field(default_factory=dict)
    path: Callable[[Key], Key] | None = None
    """From a key to the steps to it; None where they are the same."""
    word: Shape | None = None
    """How a contract packs a word itself, where the layout calls it a number."""

    def slot(self, key: Key) -> int:
        """The first one. Raises AuditError for a key that can't be one."""
        return self.slots([key])[0]

    def slots(self, keys: Sequence[Key]) -> list[int]:
        """As `slot` of each."""
        try:
            if self.path is None:  # then all have one form
                way = way_to(self.contract, self.variable, kinds_of(keys[0]))
                return [way(*key) for key in keys]
            paths = map(self.path, keys)
            return [way_to(self.contract, self.variable, kinds_of(path))(*path) for path in paths]
        except OverflowError as problem:
            raise AuditError(f"The index speaks of a {self.name} that no contract can have.") from problem

    def shape(self, key: Key) -> Shape:
        path = key if self.path is None else self.path(key)
        return self.word or shape_of(self.contract, self.variable, kinds_of(path))

    def broken_by(self, field_name: str) -> Invariants:
        return self.by_field.get(field_name, self.invariants)


def _range_path(key: Key) -> Key:
    """A set's key, then a range's: its last position, or `HEAD`."""
    return (key[0], HEAD) if key[1] == HEAD else (key[0], "ranges", key[1])


def _days_path(key: Key) -> Key:
    """A component, then the number of a word of 256 days."""
    return (key[0], "words", key[1])


def _only_word_path(key: Key) -> Key:
    """Of an array whose elements fit into one word."""
    return (*key, 0)


def _list_path(key: Key) -> Key:
    return (*key, "_checkpoints")


def _entry_path(key: Key) -> Key:
    """A list's key, then an entry's position in it."""
    return (*key[:-1], "_checkpoints", key[-1])


def _dated(name: str, variable: str, word: Shape, invariants: Invariants = ("I9",)) -> tuple[Kind, Kind]:
    """Dated entries of `Labels`: how many there are on one subject, and each of them."""
    return (
        Kind(counted(name), "Labels", variable, invariants, path=_list_path),
        Kind(name, "Labels", variable, invariants, path=_entry_path, word=word),
    )


def counted(name: str) -> str:
    """The kind that counts the entries of a kind."""
    return f"{name} count"


_RECORD = {"from": ("I4",), "kilograms": ("I1", "I4"), "batch": ("I4",)}

_KINDS = (
    Kind(
        "batch",
        "Credits",
        "_batches",
        ("I5",),
        {
            "first": ("I2", "I3"),
            "last": ("I2", "I3"),
            "verification": ("I6", "I7"),
            "project": ("I6",),
            "programme": ("I7",),
            "methodology": ("I6",),
            "vintageYear": ("I6",),
            "vintageStart": ("I6",),
            "vintageEnd": ("I6",),
            "taken": ("I1", "I4", "I5"),
            "cancelled": ("I1", "I5"),
            "redeemed": ("I1", "I4", "I5"),
        },
    ),
    Kind("balance", "Credits", "_balances", ("I1",)),
    Kind(
        "retirement",
        "Credits",
        "_retirements",
        ("I5",),
        _RECORD | {"beneficiary": ("I10",), "position": ("I10",), "purpose": ("I5", "I8")},
    ),
    Kind("cancellation", "Credits", "_cancellations", ("I5",), _RECORD | {"kind": ("I5", "SHORTFALLS")}),
    Kind(
        "ledger counters",
        "Credits",
        "_counters",
        ("STATE",),
        {
            "batches": ("I2", "I5"),
            "retirements": ("I4", "I5", "I10"),
            "cancellations": ("I4", "I5"),
        },
    ),
    Kind("serial range", "Credits", "_serials", ("I2",), path=_range_path, word=RANGE),
    Kind("operator approval", "Credits", "_operatorApprovals", ("STATE",)),
    Kind("freeze", "Credits", "_frozen", ("STATE",)),
    Kind("frozen amount", "Credits", "_frozenAmounts", ("STATE",)),
    Kind("authority of Credits", "Credits", "_authority", ("STATE",)),
    Kind(
        "redemption",
        "Redemptions",
        "_redemptions",
        ("I5",),
        {
            "kilograms": ("I1", "I4"),
            "batch": ("I4",),
            "status": ("I4", "I5"),
            "first": ("I4",),
            "last": ("I4",),
        },
    ),
    Kind("redemption count", "Redemptions", "_count", ("I4", "I5")),
    Kind("certificate balance", "Certificates", "_balances", ("I10",)),
    Kind("demanded label", "Labels", "_demanded", ("I9",)),
    Kind("framework", "Labels", "_frameworks", ("I9",), {"body": ("STATE",)}),
    Kind("label count", "Labels", "_labels", ("STATE",)),
    Kind("label", "Labels", "_labels", ("STATE",)),
    Kind("host authority", "Labels", "_hosts", ("STATE",)),
    *_dated("programme approval", "_programmeApprovals", APPROVAL),
    *_dated("methodology approval", "_methodologyApprovals", APPROVAL),
    *_dated("activity type exclusion", "_typeExclusions", MARK),
    *_dated("methodology exclusion", "_methodologyExclusions", MARK),
    *_dated("guarantee", "_guarantees", MARK),
    *_dated("authorisation", "_letters", AUTHORISATION, ("I8", "I9")),
    *_dated("naming", "_namings", MARK, ("I8", "I9")),
    Kind("last letter of batch", "Labels", "_namedBy", ("I8", "I9")),
    *_dated("adjustment", "_adjustments", AUTHORISATION),
    Kind("vintage", "Labels", "_accounts", ("I8",)),
    Kind("host use of batch", "Labels", "_usedByHost", ("I8",)),
    Kind("authority of Labels", "Labels", "_authority", ("STATE",)),
    Kind("shortfall", "Shortfalls", "_shortfalls", ("SHORTFALLS",)),
    Kind("shortfall count", "Shortfalls", "_count", ("SHORTFALLS",)),
    Kind("reported", "Shortfalls", "_reported", ("SHORTFALLS",)),
    Kind("lost lot count", "Shortfalls", "_lots", ("SHORTFALLS",)),
    Kind("lost lot", "Shortfalls", "_lots", ("SHORTFALLS",)),
    Kind("authority of Shortfalls", "Shortfalls", "_authority", ("STATE",)),
    Kind("over-issuances outstanding", "Shortfalls", "_outstanding", ("SHORTFALLS",)),
    Kind("used release", "Shortfalls", "_used", ("SHORTFALLS",)),
    Kind("order nonce", "SignedOrders", "_nonces: mapping(address => uint256)", ("STATE",)),
    Kind(
        "order nonce of key",
        "SignedOrders",
        "_nonces: mapping(address => mapping(uint192 => uint64))",
        ("STATE",),
    ),
    Kind("key kind", "Programmes", "_keyKinds", ("I7",)),
    Kind("operator's programme", "Programmes", "_programmeOf", ("I7",)),
    Kind("verifier's body", "Programmes", "_vvbOf", ("I7",)),
    Kind("programme", "Programmes", "_programmes", ("STATE",), {"operator": ("I7",)}),
    Kind("programme code", "Programmes", "_programmeCodes", ("STATE",)),
    Kind("programme by code", "Programmes", "_programmeByCode", ("STATE",)),
    Kind("vvb", "Programmes", "_vvbs", ("STATE",), {"account": ("I7",)}),
    Kind("vvb by code", "Programmes", "_vvbByCode", ("STATE",)),
    Kind(
        "root",
        "Programmes",
        "_roots",
        ("I2",),
        {"operator": ("I7",), "programme": ("I2", "I7"), "standing": ("STATE",)},
    ),
    Kind("roots of programme", "Programmes", "_rootsOf", ("STATE",)),
    Kind("root of programme", "Programmes", "_rootsOf", ("STATE",)),
    Kind("methodology", "Programmes", "_methodologies", ("STATE",)),
    Kind("part count", "Programmes", "_parts", ("STATE",)),
    Kind("methodology parts", "Programmes", "_parts", ("STATE",), path=_only_word_path, word=PARTS),
    Kind("methodology by code", "Programmes", "_methodologyByCode", ("STATE",)),
    Kind("programme count", "Programmes", "_programmeCount", ("STATE",)),
    Kind("methodology count", "Programmes", "_methodologyCount", ("STATE",)),
    Kind("vvb count", "Programmes", "_vvbCount", ("STATE",)),
    Kind("authority of Programmes", "Programmes", "_authority", ("STATE",)),
    Kind("verification", "Projects", "_verifications", ("I6",), {"vvb": ("I6", "I7")}),
    Kind("verification by statement", "Projects", "_byStatement", ("I6",)),
    Kind("last successor", "Projects", "_successors", ("I6",)),
    Kind("period range", "Projects", "_periods", ("I6",), path=_range_path, word=RANGE),
    Kind("monitored days", "Projects", "_monitored", ("I6",), path=_days_path),
    Kind("authority of Projects", "Projects", "_authority", ("STATE",)),
    Kind("activity", "Projects", "_activities", ("I6",)),
    Kind("activity by site", "Projects", "_activityBySite", ("I6",)),
    Kind("share of activity", "Projects", "_shares", ("I6",)),
    Kind("first component", "Projects", "_firstComponent", ("I6",)),
    Kind("component", "Projects", "_components", ("I6",)),
    Kind("approval of component", "Projects", "_approved", ("I6",)),
    Kind("project", "Projects", "_projects", ("I6",), {"outstanding": ("I6", "SHORTFALLS")}),
    Kind("project by code", "Projects", "_projectByCode", ("I6",)),
    Kind("activity count", "Projects", "_activityCount", ("I6",)),
    Kind("component count", "Projects", "_componentCount", ("I6",)),
    Kind("project count", "Projects", "_projectCount", ("I6",)),
    Kind("verification count", "Projects", "_verificationCount", ("I6",)),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _KINDS}

DATED = tuple(name for name in KINDS if counted(name) in KINDS and KINDS[name].path is _entry_path)
"""Kinds of dated entries."""
