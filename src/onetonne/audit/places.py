"""From what the events tell to every place of storage that it decides, with what the place must hold."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from eth_utils.address import to_checksum_address

from onetonne.audit import certifying, labelling, making_good, one_claim
from onetonne.audit.kinds import HEAD, KINDS, Key, Kind, counted
from onetonne.audit.layout import Step
from onetonne.audit.ranges import Range, put_ranges
from onetonne.audit.story import Fields, Story
from onetonne.chain.keccak import keccak
from onetonne.terms import Address

NUMBERED = {
    "batch": "issuedAt",
    "retirement": "time",
    "cancellation": "time",
    "redemption": "status",
    "verification": "status",
    "programme": "standing",
    "vvb": "standing",
    "methodology": "standing",
    "project": "activity",
    "activity": "country",
    "component": "activity",
    "shortfall": "kind",
}
"""Kinds whose ids count from 1, and a field that is never 0 in a record that exists."""

_LAST_DAY = 1_000_000
"""In the year 4707: what events tell of later days is made up."""

STATEMENTS = "verification by statement"
"""The one kind that events leave open: they name a component where the statement may have had 0."""

_ABOUT = {
    "programme approval": ("programme", 1),
    "activity type exclusion": ("programme", 1),
    "methodology approval": ("methodology", 1),
    "methodology exclusion": ("methodology", 1),
    "guarantee": ("project", 1),
    "authorisation": ("project", 0),
    "adjustment": ("project", 0),
    "vintage": ("project", 0),
    "over-issuances outstanding": ("project", 0),
    "last successor": ("verification", 0),
}
"""Whose batches a place speaks of: a name of the story's, and where in its key the id is."""

_ABOUT_COUNTED = _ABOUT | {counted(kind): about for kind, about in _ABOUT.items()}

_OF_ACCOUNT = ("certificate balance", "key kind", "operator's programme", "verifier's body", "order nonce")


class Place(NamedTuple):
    """One struct or value in storage."""

    kind: Kind
    key: Key
    expected: Fields | None
    """By field; one that is not named must be 0. None: not decided by the events alone."""


def places(story: Story) -> Iterator[Place]:
    """Every place that the events decide, contract by contract. `complete` the story first."""
    for name in sorted(story.figures.kinds, key=lambda name: KINDS[name].contract):
        kind = KINDS[name]
        for key, fields in story.figures.of(name).items():
            yield Place(kind, key, None if name == STATEMENTS else fields)


def slots_of(story: Story) -> int:
    """How many slots those places have. Two of them may share one."""
    return sum(
        len(entries) * KINDS[name].shape(next(iter(entries))).slots
        for name in story.figures.kinds
        if (entries := story.figures.of(name))
    )


def complete(story: Story, addresses: Mapping[str, Address]) -> None:
    """Adds to a story what follows from it, also that of what it does not tell there is nothing."""
    figures = story.figures
    for contract in ("Credits", "Programmes", "Projects", "Labels", "Shortfalls"):
        figures.set(f"authority of {contract}", (), int(addresses["AccessManager"], 16))
    for number, *_ in list(figures.of("batch")):
        figures.add("balance", (number, int(addresses["Redemptions"], 16)), 0)
    for account, *_ in list(figures.of("key kind")):
        figures.add("operator's programme", (account,), 0)
        figures.add("verifier's body", (account,), 0)
    for verification, hashes in story.statements.items():
        vvb = figures.get("verification", verification)["vvb"]
        for statement in hashes:
            figures.put(STATEMENTS, (vvb, statement), {})
    for kind in NUMBERED:  # one past the last of each: nothing may be there
        last = max((number for number, _ in figures.numbered(kind)), default=0)
        figures.put(kind, (last + 1,), {})
    _serial_ranges(story)
    _period_ranges(story)
    _monitored_days(story)
    for one in (certifying, labelling, one_claim, making_good):
        one.follow(story)


def _serial_ranges(story: Story) -> None:
    blocks: defaultdict[str, list[Range]] = defaultdict(list)
    for number, fields in story.figures.numbered("batch"):
        if fields:
            blocks[story.prefixes[number]].append(Range(fields["first"], fields["last"], number))
    for prefix, ranges in blocks.items():
        put_ranges(story.figures, "serial range", keccak(prefix.encode()), ranges)


def _period_ranges(story: Story) -> None:
    periods: dict[int, list[Range]] = {number: [] for number, _ in story.figures.numbered("component")}
    for number, fields in story.figures.numbered("verification"):
        if fields.get("acceptedAt") and not fields["supersedes"]:  # a successor has its predecessor's claim
            one = Range(fields["periodStart"], fields["periodEnd"], number)
            periods.setdefault(fields["component"], []).append(one)
            story.figures.add("last successor", (number,), 0)
    for key, ranges in periods.items():
        put_ranges(story.figures, "period range", key, ranges)


def _monitored_days(story: Story) -> None:
    """One bit a day, of periods that stand accepted with monitoring data;

    no bit of any other accepted period.
    """
    for _, fields in story.figures.numbered("verification"):
        if not fields.get("acceptedAt"):
            continue
        counts = fields["status"] == certifying.ACCEPTED and fields["dataRoot"] != 0
        first, last = fields["periodStart"], fields["periodEnd"]
        if last > _LAST_DAY:
            continue  # no such period was over when it was stated, which is a finding of its own
        for index in range(first >> 8, (last >> 8) + 1):
            low, high = max(first - 256 * index, 0), min(last - 256 * index, 255)
            bits = ((1 << (high + 1)) - (1 << low)) if counts else 0
            word = story.figures.value("monitored days", fields["component"], index)
            story.figures.set("monitored days", (fields["component"], index), word | bits)


def subject(story: Story, kind: str, key: Key) -> str:
    """What a finding calls a place."""
    if kind in NUMBERED:
        return f"{kind} {_shown(key[0])}"
    if kind == "balance":
        return f"batch {_shown(key[0])}, balance of {_account(key[1])}"
    if kind in _OF_ACCOUNT:
        return f"{kind} of {_account(key[0])}"
    if kind == "order nonce of key":
        return f"order nonce of {_account(key[0])}, key {_shown(key[1])}"
    if kind == "vintage":
        return f"project {_shown(key[0])}, vintage year {_shown(key[1])}"
    if kind == "serial range":
        return f"serial range at {_shown(key[1])} of {_namespaces(story).get(key[0], _shown(key[0]))}"
    if kind == "period range":
        return f"period at {_shown(key[1])} of component {_shown(key[0])}"
    return " ".join([kind, *(_shown(step) for step in key)])


def touched(story: Story, kind: str, key: Key, fields: Fields | None) -> tuple[int, ...]:
    """The batches that a place speaks of."""
    if kind in ("batch", "balance", "reported", "naming", "naming count"):
        return (int(key[0]),)
    if kind in ("host use of batch", "last letter of batch"):
        return (int(key[0]),)
    if kind in ("retirement", "cancellation", "redemption"):
        return (fields["batch"],) if fields else ()
    if kind == "serial range":
        return _owners(story, key, fields)
    return tuple(
        sorted({batch for owner in _of(story, kind, key, fields) for batch in story.batches_of[owner]})
    )


def _of(story: Story, kind: str, key: Key, fields: Fields | None) -> list[tuple[str, int]]:
    """Under which names the story keeps the batches."""
    if kind in ("verification", "programme", "vvb", "project", "component"):
        return [(kind, int(key[0]))]
    if kind in _ABOUT_COUNTED:
        name, at = _ABOUT_COUNTED[kind]
        return [(name, int(key[at]))]
    if kind == "shortfall":
        return [("project", (fields or {}).get("project", 0))]
    if kind in ("lost lot", "lost lot count"):
        return [("project", story.figures.get("shortfall", int(key[0])).get("project", 0))]
    if kind == "monitored days":
        return [("component", int(key[0]))]
    if kind == "certificate balance":
        return [("beneficiary", int(key[0]))]
    if kind in _OF_ACCOUNT:
        account = int(key[0])
        programmes = [("programme", one) for one, accounts in story.operators.items() if account in accounts]
        return programmes + [("vvb", one) for one, accounts in story.verifiers.items() if account in accounts]
    if kind == "period range":
        if fields and fields.get("owner"):
            return [("verification", fields["owner"])]
        return [("component", int(key[0]))]
    if kind == "root":
        return [("programme", (fields or {}).get("programme", 0))]
    if kind == "activity":
        projects = story.figures.of("project").items()
        return [("project", int(one)) for (one,), entry in projects if entry.get("activity") == key[0]]
    return []


def _owners(story: Story, key: Key, fields: Fields | None) -> tuple[int, ...]:
    if fields and fields.get("owner"):
        return (fields["owner"],)
    head = story.figures.get("serial range", key[0], HEAD)
    return (head["owner"],) if head.get("owner") else ()


def _namespaces(story: Story) -> dict[Step, str]:
    return {keccak(prefix.encode()): prefix for prefix in set(story.prefixes.values())}


def _account(step: Step) -> str:
    return to_checksum_address(f"0x{int(step):040x}")


def _shown(step: Step) -> str:
    return "0x" + step.hex() if isinstance(step, bytes) else str(step)
