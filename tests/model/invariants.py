"""What must always hold of a ledger, by the ids that contracts, audit and README use.

Each check reads the twin only, and finds by brute force what the contracts find by construction.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from model.ledger import Ledger
from model.records import KILOGRAMS_PER_TONNE, Verification
from onetonne.labels import Verdict, evaluate
from onetonne.labels.entries import latest
from onetonne.terms import FIRST_NDC_YEAR, BatchId, Purpose, RedemptionStatus, VerificationStatus


@dataclass
class Seen:
    """What was looked at before."""

    cursors: dict[int, tuple[int, int]] = field(default_factory=dict)
    """The two of each batch."""
    verdicts: dict[tuple[int, str, int], Verdict] = field(default_factory=dict)
    """By batch, label and second."""


def i1_conservation(ledger: Ledger) -> None:
    """Balances, retired, cancelled and redeemed make up what was issued, to the kilogram."""
    for number, batch in enumerate(ledger.batches[1:], 1):
        held = sum(kilograms for (_, of), kilograms in ledger.balances.items() if of == number)
        retired = sum(record.kilograms for record in ledger.retirements[1:] if record.batch == number)
        cancelled = sum(record.kilograms for record in ledger.cancellations[1:] if record.batch == number)
        assert held + retired + cancelled + batch.redeemed == batch.issued, f"I1: batch {number}"
        assert cancelled == batch.cancelled, f"I1: batch {number}"
    assert min(ledger.balances.values(), default=0) >= 0, "I1: a balance below nothing"


def i2_one_serial_one_batch(ledger: Ledger) -> None:
    """No serial number of a namespace is in two batches."""
    for one, other in combinations([batch.order for batch in ledger.batches[1:]], 2):
        apart = one.namespace != other.namespace or one.last < other.first or other.last < one.first
        assert apart, f"I2: {one} and {other}"


def i3_size_is_quantity(ledger: Ledger) -> None:
    """A tonne for every serial number."""
    for batch in ledger.batches[1:]:
        serials = range(batch.order.first, batch.order.last + 1)
        assert batch.issued == KILOGRAMS_PER_TONNE * len(serials), f"I3: {batch}"


def i4_one_door_out(ledger: Ledger) -> None:
    """Records name exact serials: gapless from the front, whole ones from the back, never crossing."""
    for number, batch in enumerate(ledger.batches[1:], 1):
        front = sorted(
            (record.start, record.start + record.kilograms)
            for record in [*ledger.retirements[1:], *ledger.cancellations[1:]]
            if record.batch == number
        )
        assert [start for start, _ in front] == [0, *(end for _, end in front)][: len(front)], f"I4: {front}"
        assert batch.taken == (front[-1][1] if front else 0), f"I4: batch {number}"

        back = sorted(
            (entry.first, entry.last)
            for entry in ledger.redemptions[1:]
            if entry.batch == number and entry.status == RedemptionStatus.CONFIRMED
        )
        assert all(lower[1] + 1 == upper[0] for lower, upper in pairwise(back)), f"I4: {back}"
        assert not back or back[-1][1] == batch.order.last, f"I4: {back}"
        went = sum(last - first + 1 for first, last in back)
        assert batch.redeemed == went * KILOGRAMS_PER_TONNE, f"I4: batch {number}"
        assert batch.taken + batch.redeemed <= batch.issued, f"I4: batch {number}'s ends cross"


def i5_nothing_comes_back(ledger: Ledger, seen: Seen) -> None:
    """The cursors never fall. Remembers them."""
    for number, batch in enumerate(ledger.batches[1:], 1):
        taken, redeemed = seen.cursors.get(number, (0, 0))
        assert batch.taken >= taken, f"I5: batch {number}"
        assert batch.redeemed >= redeemed, f"I5: batch {number}"
        seen.cursors[number] = (batch.taken, batch.redeemed)


def i6_verified_first(ledger: Ledger) -> None:
    """Nothing beyond what was verified, whatever was withdrawn and superseded; no day twice."""
    accepted = {number: entry for number, entry in enumerate(ledger.verifications[1:], 1) if entry.accepted}
    against: Counter[int] = Counter()
    for batch in ledger.batches[1:]:
        number = batch.order.verification
        against[number] += batch.issued
        # Batches are in the order of issuance: each is looked at with what was in force then.
        so_far = sum(against[link] for link in _chain(accepted, number))
        most = accepted[number].verified
        assert so_far <= most, f"I6: {so_far} kg issued in a claim, {most} kg verified by {number} in force"
    for number, entry in accepted.items():
        assert entry.issued == against[number] <= entry.cap <= entry.verified, f"I6: verification {number}"
        claim = accepted[_chain(accepted, number)[-1]]
        assert claim.start <= entry.start <= entry.end <= claim.end, f"I6: {entry} outside {claim}"
    predecessors = Counter(entry.supersedes for entry in accepted.values() if entry.supersedes)
    for number, successors in predecessors.items():
        assert successors == 1, f"I6: {successors} successors of {number}"
        assert accepted[number].status == VerificationStatus.SUPERSEDED, f"I6: verification {number}"
    for one, other in combinations((entry for entry in accepted.values() if not entry.supersedes), 2):
        same = ledger.projects[one.project].component == ledger.projects[other.project].component
        assert not same or one.end < other.start or other.end < one.start, f"I6: {one} and {other}"


def _chain(accepted: dict[int, Verification], number: int) -> list[int]:
    """A verification and those before it in its claim, back to the first."""
    chain = [number]
    while before := accepted[chain[-1]].supersedes:
        chain.append(before)
    return chain


def i7_two_keys(ledger: Ledger) -> None:
    """A VVB verified and an operator issued, and no account was ever both."""
    for batch in ledger.batches[1:]:
        verified_by = ledger.vvbs[ledger.verifications[batch.order.verification].vvb].account
        issued_by = ledger.programmes[batch.programme].operator
        assert (ledger.keys[verified_by], ledger.keys[issued_by]) == ("vvb", "operator"), f"I7: {batch}"


def i8_one_claim(ledger: Ledger) -> None:
    """What went abroad of a vintage year, or still may, and what the host used: different tonnes."""
    transferred, by_host, issued = Counter[tuple[int, int]](), Counter[tuple[int, int]](), Counter()
    for batch in ledger.batches[1:]:
        issued[batch.project, batch.order.year] += batch.issued
    for record in ledger.retirements[1:]:
        batch = ledger.batches[record.batch]
        year = batch.project, batch.order.year
        transferred[year] += record.kilograms * (record.use is not None)
        by_host[year] += record.kilograms * (record.purpose is Purpose.HOST_NDC)
    for year, of_year in issued.items():
        used, permission = ledger.histories.used_of(year), latest(ledger.histories.authorisations[year])
        assert (used.transferred, used.by_host) == (transferred[year], by_host[year]), f"I8: {year}"
        assert transferred[year] + by_host[year] <= of_year, f"I8: {year}"
        assert permission is None or permission.cap + by_host[year] <= of_year, f"I8: {year} twice"
        if year[1] < FIRST_NDC_YEAR:
            assert 0 in (transferred[year], by_host[year]), f"I8: both used {year}"
        elif transferred[year]:
            assert permission is not None, f"I8: {year}"
            assert transferred[year] <= permission.cap, f"I8: {year} beyond what was authorised"


def i9_the_past_stands(ledger: Ledger, seen: Seen) -> None:
    """What was once answered for a second that had come is answered for ever."""
    for (batch, label, time), verdict in seen.verdicts.items():
        now = evaluate(ledger.histories, BatchId(batch), label, time)
        assert now == verdict, f"I9: {label} of batch {batch} at {time}"


def i10_one_retirement_one_certificate(ledger: Ledger) -> None:
    """As many certificates as retirements, each with its beneficiary."""
    owned = Counter(record.account for record in ledger.retirements[1:])
    assert owned == +ledger.certificates, "I10"


INVARIANTS: dict[str, Callable[[Ledger], None]] = {
    "I1": i1_conservation,
    "I2": i2_one_serial_one_batch,
    "I3": i3_size_is_quantity,
    "I4": i4_one_door_out,
    "I6": i6_verified_first,
    "I7": i7_two_keys,
    "I8": i8_one_claim,
    "I10": i10_one_retirement_one_certificate,
}
"""Those that a single look can check; `i5_nothing_comes_back` and `i9_the_past_stands` need two."""


def check(ledger: Ledger, seen: Seen) -> None:
    for holds in INVARIANTS.values():
        holds(ledger)
    i5_nothing_comes_back(ledger, seen)
    i9_the_past_stands(ledger, seen)
