"""Proves from a chain alone that nothing was counted twice.

    report = audit(chain, deployment, index)
    report.holds, report.findings, report.to_json()

Every invariant is checked three times: the events of the index must follow from one another; each word of
the contracts' storage, read at one block, must be what the events say; and storage must hold by itself. Where
every word is what the events say, the third is the first again, over the same figures: it is not run.
"""

import gc
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from onetonne.access import Member, Named, named, problems
from onetonne.access import read as read_roles
from onetonne.audit import certified, checks, labelling, making_good, one_claim
from onetonne.audit.checks import Evidence, size
from onetonne.audit.kinds import DATED
from onetonne.audit.market import market
from onetonne.audit.notes import notes
from onetonne.audit.page import to_html
from onetonne.audit.places import complete, places, slots_of
from onetonne.audit.reading import Reading, read
from onetonne.audit.report import NOBODY_NAMED, NOT_CHECKED, AuditReport, Finding, Progress, Result
from onetonne.audit.state import NodeState, State, StateAt
from onetonne.audit.story import Story
from onetonne.audit.telling import tell
from onetonne.chain import Block, Chain
from onetonne.deploy import Deployment
from onetonne.deploy.running import shortest_delay
from onetonne.errors import AuditError
from onetonne.index import Cursor, Index

__all__ = [
    "AuditReport",
    "Finding",
    "Progress",
    "Result",
    "State",
    "StateAt",
    "audit",
    "check",
    "replay",
    "to_html",
]


_CHECKS = {
    **checks.CHECKS,
    **certified.CHECKS,
    "I8": one_claim.claims,
    "I9": labelling.entries,
    "SHORTFALLS": making_good.shortfalls,
}


def audit(
    chain: Chain,
    deployment: Deployment,
    index: Index,
    *,
    block: int | str | None = None,
    state_at: StateAt = NodeState,
    roles: Named | None = None,
    verify: bool = False,
    progress: Progress | None = None,
) -> AuditReport:
    """Audits a deployment at the end of a block, given by number or hash: the chain's head where none is.

    Brings the index to the head first. Two audits over one block give one report, however far the chain has
    gone meanwhile. `state_at` gives the contracts' state at a block: by default as the node tells it. `roles`
    names who should have which role, in place of the manifest. With `verify` the node has to prove the events
    too, as in `Index.sync`. Raises AuditError where there is no such block, or the chain replaced it
    meanwhile, or the node has its state no more; and the errors of the index, the chain and the state.
    """
    index.sync(chain, deployment, verify=verify)
    cursor = index.cursor
    if cursor is None:
        raise AuditError("The index is empty: there is nothing to audit before the deployment's first block.")
    pinned = _pinned(chain, deployment, cursor, block)
    with _without_collector():
        story = replay(index, deployment, pinned.number, progress or _unseen)
        report = check(story, deployment, pinned, state_at(chain, pinned), progress or _unseen, roles)
    for number, known in ((cursor.block, cursor.hash), (pinned.number, pinned.hash)):
        if chain.block(number).hash != known:
            raise AuditError(f"The chain replaced block {number:,} during the audit: run it again.")
    return report


def _pinned(chain: Chain, deployment: Deployment, cursor: Cursor, asked: int | str | None) -> Block:
    if isinstance(asked, str):
        found = chain.node.request("eth_getBlockByHash", asked, False)
        if found is None:
            raise AuditError(f"The node has no block with the hash {asked}.")
        with chain.node.reading("eth_getBlockByHash"):
            number = int(found["number"], 16)
    else:
        number = cursor.block if asked is None else asked
    if number > cursor.block:
        raise AuditError(f"Block {number:,} can't be audited yet: the index has reached {cursor.block:,}.")
    if number < deployment.block:
        raise AuditError(
            f"Block {number:,} can't be audited: the contracts were made in block {deployment.block:,}."
        )
    pinned = chain.block(number)
    if isinstance(asked, str) and pinned.hash != asked.lower():
        raise AuditError(f"Block {asked} is not on the node's chain, which has {pinned.hash} at its height.")
    return pinned


def _unseen(_doing: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


@contextmanager
def _without_collector() -> Iterator[None]:
    """Python's collector of cycles would go through millions of figures, again and again, to find none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def replay(index: Index, deployment: Deployment, block: int, progress: Progress) -> Story:
    """Replay an index's events up to the end of a block: what they say that storage must hold."""
    story = tell(index, block, progress)
    complete(story, deployment.addresses)
    return story


def check(
    story: Story,
    deployment: Deployment,
    block: Block,
    state: State,
    progress: Progress,
    roles: Named | None = None,
) -> AuditReport:
    """Check replayed events, alone and against the contracts' state at the end of `block`.

    Leaves the story as it was: one replay can be checked against several states. Raises the state's errors.
    """
    reading = read(state, deployment.addresses, story, places(story), slots_of(story), progress)
    findings = story.findings + reading.findings
    findings.extend(_checked(story, reading, progress))
    findings.extend(_code(state, deployment))
    access = read_roles(story.access, deployment.addresses, state.words, block.time)
    expected = roles or named(deployment)
    findings.extend(
        Finding("ROLES", subject, (), problem)
        for subject, problem in problems(access, expected, shortest_delay(deployment.chain_id))
    )
    counts = _counts(story) | {
        "STATE": (sum(len(story.figures.of(kind)) for kind in story.figures.kinds), "places", 0),
        "CODE": (len(deployment.addresses), "contracts", 0),
        "ROLES": (len(access.members) + len(access.functions), "holders and functions", 0),
    }
    outcome = _Outcome(findings, counts, reading.slots, state, access.members, expected is not None)
    return _report(deployment, block, story, outcome)


def _checked(story: Story, reading: Reading, progress: Progress) -> Iterator[Finding]:
    """The checks over what the events tell, and over what storage holds where that is anything else.

    Where no place differs they would find in storage what they find by the events: it is the same figures.
    """
    sources = [Evidence(story, story.figures, False)]
    if reading.findings:
        sources.append(Evidence(story, story.figures.changed(reading.differing), True))
    runs = [(evidence, check) for evidence in sources for check in _CHECKS.values()]
    for done, (evidence, check) in enumerate(runs):
        progress("Checking invariants", done, len(runs))
        yield from check(evidence)
    progress("Checking invariants", len(runs), len(runs))


def _code(state: State, deployment: Deployment) -> Iterator[Finding]:
    """Without this, storage proves nothing: other code could make anything of it."""
    names = list(deployment.addresses)
    codes = state.codes([deployment.addresses[name] for name in names])
    for name in deployment.altered(dict(zip(names, codes, strict=True))):
        problem = f"The code of {name} at {deployment.addresses[name]} is not what this package ships."
        yield Finding("CODE", name, (), problem)


_CHECKED = {
    "I1": "For each batch, the balances of all accounts that ever held some, escrow and buffer "
    "included, plus what was "
    "retired, cancelled and redeemed, against the size of its block.",
    "I2": "Every serial block against all others of its namespace, each namespace's spelling and root, "
    "and the linked "
    "list of ranges in storage: order, links, and the batch that owns each range.",
    "I3": "For each batch, the kilograms put in accounts at issuance against 1,000 for each serial number.",
    "I4": "Retirements and cancellations of each batch from the front without a gap, redemptions from "
    "the back, exact "
    "serial numbers, and nothing taken out of an account without a record.",
    "I5": "Each batch's cursors against its records, that they never fell in the whole history, that "
    "no record is "
    "missing, and that none was changed.",
    "I6": "For each verification its cap, what was issued against it, and what withdrawn predecessors "
    "take off it; for "
    "each component the accepted monitoring periods, in events and in the linked list in storage.",
    "I7": "For each batch the accounts that the verifier and the programme's operator ever had, who "
    "proposed and who "
    "accepted, and the kind of every key.",
    "I8": "For each project and vintage year every authorisation, first transfer and use by the host country "
    "in the order in which they were made: against what was issued and authorised by then, against each "
    "other, and against their retirements.",
    "I9": "Every dated entry of a framework's body or a host country, the second from which it counts, and "
    "the order of the entries on one subject; and for every retirement whose purpose demanded a label each "
    "condition of that label at that second, by the entries made before it.",
    "I10": "For each retirement one certificate made, for its beneficiary, never moved; and the number "
    "of certificates "
    "of each account.",
    "SHORTFALLS": "For each shortfall what was reported, the cancellations that make it good, each used "
    "once, and what is left on its project; for each batch the share that went into the buffer and the "
    "tonnes marked as over-issued; for each project what left the buffer against what verifiers let out.",
    "STATE": "Every other place that the events decide: bodies, roots, methodologies, freezes, "
    "approvals, demands, and the nonces of signed orders, each used once and in turn.",
    "CODE": "The code at every address, with the addresses of the others that it was built with.",
    "ROLES": "For each role who has it and with which delay, against those whom the manifest or `--roles` "
    "names; the role that each function needs; who can give roles away; closed contracts.",
}


@dataclass(frozen=True, slots=True)
class _Outcome:
    findings: list[Finding]
    counts: dict[str, tuple[int, str, int]]
    slots: int
    state: State
    holders: tuple[Member, ...]
    named: bool
    """Whether somebody named who should have the roles."""


def _report(deployment: Deployment, block: Block, story: Story, outcome: _Outcome) -> AuditReport:
    by_invariant: defaultdict[str, dict[Finding, None]] = defaultdict(dict)  # once each, in order
    for finding in outcome.findings:
        by_invariant[finding.invariant][finding] = None
    results = tuple(
        Result(name, checked, *outcome.counts[name], tuple(by_invariant[name]))
        for name, checked in _CHECKED.items()
    )
    return AuditReport(
        chain_id=deployment.chain_id,
        block=block.number,
        block_hash=block.hash,
        time=block.time,
        addresses={name: str(address) for name, address in deployment.addresses.items()},
        results=results,
        slots=outcome.slots,
        source=outcome.state.source,
        not_checked=(*NOT_CHECKED, *outcome.state.not_checked, *(() if outcome.named else (NOBODY_NAMED,))),
        holders=outcome.holders,
        market=market(story, block.time),
        events=story.rows,
        notes=notes(story),
    )


def _counts(story: Story) -> dict[str, tuple[int, str, int]]:
    """How many of what, and how many kilograms, each invariant was checked on."""
    batches = [fields for fields in story.figures.of("batch").values() if fields]
    issued = sum(size(fields) for fields in batches)
    gone = sum(fields["taken"] + fields["redeemed"] for fields in batches)
    of = Counter(kind for kind, _, fields in story.figures if fields)
    records = of["retirement"] + of["cancellation"] + of["redemption"]
    retired = sum(fields.get("kilograms", 0) for fields in story.figures.of("retirement").values())
    verified = sum(story.verified[number] for number in story.accepted_by)
    totals = story.figures.of("vintage").values()
    short = sum(fields.get("kilograms", 0) for fields in story.figures.of("shortfall").values())
    return {
        "I1": (len(batches), "batches", issued),
        "I2": (len(batches), "serial blocks", issued),
        "I3": (len(batches), "batches", issued),
        "I4": (records, "records", gone),
        "I5": (records, "records", gone),
        "I6": (of["verification"], "verifications", verified),
        "I7": (len(batches), "batches", issued),
        "I8": (len(totals), "vintages", sum(one["transferred"] + one["usedByHost"] for one in totals)),
        "I9": (sum(of[kind] for kind in DATED) + story.demands, "entries and demands", story.demanded),
        "SHORTFALLS": (of["shortfall"], "shortfalls", short),
        "I10": (of["retirement"], "certificates", retired),
    }
