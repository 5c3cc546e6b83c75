"""The invariants of certification over figures: I6, I7 and I10. Each check yields its findings."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from onetonne.audit.checks import (
    ACCEPTED,
    OPERATOR,
    VVB,
    WITHDRAWN,
    Evidence,
    batches_behind,
    linked_list,
    size,
)
from onetonne.audit.ranges import Range, overlaps
from onetonne.audit.report import Finding
from onetonne.audit.story import Fields


def verifications(evidence: Evidence) -> Iterator[Finding]:
    issued: Counter[int] = Counter()
    for batch, fields in evidence.batches():
        issued[fields["verification"]] += size(fields)
        source = evidence.figures.get("verification", fields["verification"])
        if not source.get("acceptedAt"):
            problem = (
                f"batch {batch} stands against verification {fields['verification']}, which was never "
                "accepted"
            )
            yield evidence.finding("I6", f"batch {batch}", (batch,), problem)
        elif (
            not source["periodStart"] <= fields["vintageStart"] <= fields["vintageEnd"] <= source["periodEnd"]
        ):
            problem = (
                f"the vintage of batch {batch} lies outside the period of verification "
                f"{fields['verification']}"
            )
            yield evidence.finding("I6", f"batch {batch}", (batch,), problem)
    for number, fields in evidence.figures.numbered("verification"):
        if fields.get("status"):
            yield from _cap(evidence, number, fields, issued[number])
    yield from _families(evidence)
    yield from _periods(evidence)


def _cap(evidence: Evidence, number: int, fields: Fields, issued: int) -> Iterator[Finding]:
    name, batches = f"verification {number}", evidence.story.batches_of["verification", number]
    if fields["issued"] != issued:
        problem = f"{name} counts {fields['issued']:,} kg issued, and its batches have {issued:,} kg"
        yield evidence.finding("I6", name, batches, problem)
    if issued > fields["cap"]:
        yield evidence.finding(
            "I6", name, batches, f"{issued:,} kg were issued against the {fields['cap']:,} of {name}"
        )
    verified = evidence.story.verified.get(number, 0)
    if fields["status"] == ACCEPTED and fields["cap"] + fields["carried"] != verified:
        problem = (
            f"{name} verified {verified:,} kg, and has a cap of {fields['cap']:,} kg "
            f"with {fields['carried']:,} kg of its predecessors taken off"
        )
        yield evidence.finding("I6", name, batches, problem)


def _families(evidence: Evidence) -> Iterator[Finding]:
    """What a withdrawn verification issued is carried by itself or a successor, once and to the kilogram."""
    entries = {number: f for number, f in evidence.figures.numbered("verification") if f.get("status")}
    carried: Counter[int] = Counter()
    owed: Counter[int] = Counter()
    for number, fields in entries.items():
        origin, seen = number, set()
        while (parent := entries.get(origin, {}).get("supersedes", 0)) and origin not in seen:
            seen.add(origin)
            origin = parent
        carried[origin] += fields["carried"]
        owed[origin] += fields["issued"] if fields["status"] == WITHDRAWN else 0
    for origin in carried:
        if carried[origin] != owed[origin]:
            problem = (
                f"verification {origin} and its successors carry {carried[origin]:,} kg, and "
                f"{owed[origin]:,} kg were "
                "issued against those withdrawn"
            )
            yield evidence.finding(
                "I6", f"verification {origin}", batches_behind(evidence, [origin]), problem
            )


def _periods(evidence: Evidence) -> Iterator[Finding]:
    claims: defaultdict[tuple[str, int], list[Range]] = defaultdict(list)
    for number, fields in evidence.figures.numbered("verification"):
        if not fields.get("acceptedAt"):
            continue
        one = Range(fields["periodStart"], fields["periodEnd"], number)
        if not fields["supersedes"]:
            claims["period range", fields["component"]].append(one)
            continue
        claims["successor range", fields["supersedes"]].append(one)
        yield from _successor(evidence, number, fields)
    for kind in ("period range", "successor range"):
        keys = {int(key[0]) for key in evidence.figures.of(kind)} | {key for k, key in claims if k == kind}
        for key in sorted(keys):
            ranges = claims[kind, key]
            name = f"component {key}" if kind == "period range" else f"the successors of verification {key}"
            for lower, upper in overlaps(ranges):
                problem = f"the periods of verifications {lower.owner} and {upper.owner} of {name} overlap"
                batches = batches_behind(evidence, [lower.owner, upper.owner])
                yield evidence.finding("I6", f"verification {upper.owner}", batches, problem)
            if evidence.stored:
                yield from linked_list(evidence, "I6", kind, key, ranges, name)


def _successor(evidence: Evidence, number: int, fields: Fields) -> Iterator[Finding]:
    before = evidence.figures.get("verification", fields["supersedes"])
    same = all(before.get(part) == fields[part] for part in ("project", "component"))
    inside = (
        before.get("periodStart", 0)
        <= fields["periodStart"]
        <= fields["periodEnd"]
        <= before.get("periodEnd", 0)
    )
    if not (same and inside and before.get("status") == WITHDRAWN and before.get("acceptedAt")):
        problem = (
            f"verification {number} supersedes {fields['supersedes']}, which it can't: see its period "
            "and status"
        )
        batches = batches_behind(evidence, [number, fields["supersedes"]])
        yield evidence.finding("I6", f"verification {number}", batches, problem)


def keys(evidence: Evidence) -> Iterator[Finding]:
    story = evidence.story
    for batch, fields in evidence.batches():
        number = fields["verification"]
        source = evidence.figures.get("verification", number)
        verifiers, operators = story.verifiers[source.get("vvb", 0)], story.operators[fields["programme"]]
        for account in set(verifiers) & set(operators):
            problem = (
                f"account 0x{account:040x} was both a verifier's and an operator's key behind batch {batch}"
            )
            yield evidence.finding("I7", f"batch {batch}", (batch,), problem)
        signer, acceptor = story.signed_by.get(number, 0), story.accepted_by.get(number, 0)
        if not signer or not acceptor or signer == acceptor:
            problem = f"batch {batch} has no verification that one key made and another accepted"
            yield evidence.finding("I7", f"batch {batch}", (batch,), problem)
        for account, kind in ((signer, VVB), (acceptor, OPERATOR)):
            if account and evidence.figures.value("key kind", account) != kind:
                problem = (
                    f"account 0x{account:040x} behind batch {batch} is not a key of the kind it was used as"
                )
                yield evidence.finding("I7", f"batch {batch}", (batch,), problem)


def certificates(evidence: Evidence) -> Iterator[Finding]:
    story, owned = evidence.story, Counter[int]()
    for number, fields in evidence.figures.numbered("retirement"):
        if not fields.get("time"):
            continue
        owned[fields["beneficiary"]] += 1
        if story.certificates.get(number) != fields["beneficiary"]:
            problem = f"certificate {number} was not given to 0x{fields['beneficiary']:040x}, its beneficiary"
            yield evidence.finding("I10", f"retirement {number}", (fields["batch"],), problem)
    for number in story.certificates:
        if not evidence.figures.get("retirement", number).get("time"):
            yield evidence.finding(
                "I10", f"certificate {number}", (), f"certificate {number} has no retirement"
            )
    accounts = {int(account) for (account,) in evidence.figures.of("certificate balance")} | owned.keys()
    for account in sorted(accounts):
        balance = evidence.figures.value("certificate balance", account)
        if balance != owned[account]:
            name = f"account 0x{account:040x}"
            batches = sorted(set(story.batches_of["beneficiary", account]))
            problem = f"{name} has {balance} certificates and {owned[account]} retirements"
            yield evidence.finding("I10", name, batches, problem)


CHECKS: dict[str, Callable[[Evidence], Iterator[Finding]]] = {
    "I6": verifications,
    "I7": keys,
    "I10": certificates,
}
