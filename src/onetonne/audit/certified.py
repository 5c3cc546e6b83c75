"""The invariants of certification over figures: I6, I7 and I10. Each check yields its findings."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from onetonne.audit.checks import (
    ACCEPTED,
    OPERATOR,
    SUPERSEDED,
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
    yield from _claims(evidence)
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
    if fields["status"] == ACCEPTED and fields["cap"] != max(verified - fields["carried"], 0):
        problem = (
            f"{name} verified {verified:,} kg, and has a cap of {fields['cap']:,} kg "
            f"with {fields['carried']:,} kg of its predecessors taken off"
        )
        yield evidence.finding("I6", name, batches, problem)


def _claims(evidence: Evidence) -> Iterator[Finding]:
    """What was issued in a claim is handed on whole, from a verification withdrawn to its one successor."""
    heirs: defaultdict[int, list[int]] = defaultdict(list)
    for number, fields in evidence.figures.numbered("verification"):
        if not fields.get("acceptedAt"):
            continue
        before = evidence.figures.get("verification", fields["supersedes"]) if fields["supersedes"] else {}
        ended = fields["status"] in (WITHDRAWN, SUPERSEDED)
        inherited = fields["carried"] - (fields["issued"] if ended else 0)
        if inherited != before.get("carried", 0):
            problem = (
                f"verification {number} took {inherited:,} kg over from its predecessor, "
                f"which had {before.get('carried', 0):,} kg to hand on"
            )
            yield evidence.finding(
                "I6", f"verification {number}", batches_behind(evidence, [number]), problem
            )
        if fields["supersedes"]:
            heirs[fields["supersedes"]].append(number)
            yield from _successor(evidence, number, fields)
    for number, several in heirs.items():
        if len(several) > 1:
            problem = f"verification {number} has several successors: {', '.join(map(str, several))}"
            yield evidence.finding("I6", f"verification {number}", batches_behind(evidence, several), problem)


def _periods(evidence: Evidence) -> Iterator[Finding]:
    claims: defaultdict[int, list[Range]] = defaultdict(list)
    for number, fields in evidence.figures.numbered("verification"):
        if fields.get("acceptedAt") and not fields["supersedes"]:
            claims[fields["component"]].append(Range(fields["periodStart"], fields["periodEnd"], number))
    for key in sorted({int(key[0]) for key in evidence.figures.of("period range")} | set(claims)):
        ranges, name = claims[key], f"component {key}"
        for lower, upper in overlaps(ranges):
            problem = f"the periods of verifications {lower.owner} and {upper.owner} of {name} overlap"
            batches = batches_behind(evidence, [lower.owner, upper.owner])
            yield evidence.finding("I6", f"verification {upper.owner}", batches, problem)
        if evidence.stored:
            yield from linked_list(evidence, "I6", "period range", key, ranges, name)


def _successor(evidence: Evidence, number: int, fields: Fields) -> Iterator[Finding]:
    before = evidence.figures.get("verification", fields["supersedes"])
    claim, seen = before, {number}
    while (parent := claim.get("supersedes", 0)) and parent not in seen:
        seen.add(parent)
        claim = evidence.figures.get("verification", parent)
    same = all(before.get(part) == fields[part] for part in ("project", "component"))
    start, end = claim.get("periodStart", 0), claim.get("periodEnd", 0)
    inside = start <= fields["periodStart"] <= fields["periodEnd"] <= end
    if not (same and inside and before.get("status") == SUPERSEDED and before.get("acceptedAt")):
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
