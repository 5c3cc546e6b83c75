"""A market of any size, up to the whole one, written into a local chain through the real contracts."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from eth_utils.crypto import keccak

from onetonne.audit import AuditReport, audit
from onetonne.bench.replay_calls import Contracts
from onetonne.bench.replay_market import Market, Scale
from onetonne.bench.replay_measuring import Phase, measured
from onetonne.bench.replay_node import Filler, own_node
from onetonne.chain import Chain, KeySigner, connect
from onetonne.deploy import deploy
from onetonne.errors import DeploymentError
from onetonne.home import manifest_path
from onetonne.index import Index
from onetonne.terms import Seconds

__all__ = ["Place", "Replayed", "Scale", "blocks_for", "place", "replay"]

GENESIS = Seconds(int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()))
"""Of a chain of our own, so that its history looks like one."""
_TRANSACTIONS_A_BLOCK = 2_000
_WEI = 10**24

Advance = Callable[[int, int], None]
"""Called with how far the work is, and how far it goes."""
Showing = Callable[[str], AbstractContextManager[Advance]]
"""Given what is done now, something to tell how far it is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a market is written: the node's URL and, where it is ours, its process."""

    chain: Chain
    process: int | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was done, phase by phase."""

    scale: Scale
    url: str
    process: int | None
    """Of a node of our own."""
    phases: tuple[Phase, ...]
    made: dict[str, int]
    report: AuditReport


@contextmanager
def place(rpc: str | None, home: Path, *, keep: bool) -> Iterator[Place]:
    """The chain at a URL, else one of our own, which `keep` leaves running."""
    if rpc:
        yield Place(connect(rpc), None)
        return
    home.mkdir(parents=True, exist_ok=True)
    with own_node(home / "anvil.log", GENESIS, keep=keep) as node:
        yield Place(node.chain, node.process)


def blocks_for(issuances: int, retirements: int, transfers: int) -> int:
    """Few large blocks: anvil computes the whole state's root for each."""
    return max(20, (2 * issuances + retirements + transfers) // _TRANSACTIONS_A_BLOCK)


def replay(scale: Scale, where: Place, home: Path, index: str | Path, showing: Showing) -> Replayed:
    """Writes a market, indexes and audits it.

    Raises `DeploymentError` where the home has a deployment on this chain already, `BadInput` where the
    market can't be, and the errors of chain, index and audit.
    """
    chain, process = where.chain, where.process
    if manifest_path(home, chain.chain_id).exists():
        raise DeploymentError(
            f"{home} has a deployment on chain {chain.chain_id} already: give another --home, a replay needs "
            "one of its own."
        )
    governor = KeySigner.from_key(keccak(text=f"onetonne replay {scale.seed} governance"))
    chain.node.request("anvil_setBalance", governor.address, hex(_WEI))
    chain.node.request("anvil_setBlockTimestampInterval", 1)  # else the clock decides, and no two are alike
    deployment = deploy(chain, governor, delay=0, home=home)
    market = Market(scale, Contracts(deployment.addresses), governor.address, chain.block("latest").time)
    writing = Phase("write", "transactions")
    with measured(writing, process), showing("Writing the market") as advance:
        seconds = _write(market, chain, writing, advance)
    writing.remark = ", ".join(f"{name} {took:,.0f} s" for name, took in seconds.items())
    indexing, auditing = Phase("index", "events"), Phase("audit", "storage slots")
    with Index.open(index) as opened:
        with measured(indexing, process), showing("Reading the chain's events") as advance:
            reached = opened.sync(chain, deployment, progress=lambda at, last, _logs: advance(at, last))
        indexing.count = reached.logs
        with measured(auditing, process), showing("Reading storage") as advance:
            report = audit(chain, deployment, opened, progress=advance)
        auditing.count = report.slots
    return Replayed(scale, chain.url, process, (writing, indexing, auditing), dict(market.made), report)


def _write(market: Market, chain: Chain, phase: Phase, advance: Advance) -> dict[str, float]:
    filler, started = Filler(chain), perf_counter()
    try:
        for number, (time, calls) in enumerate(market.blocks()):
            filler.mine(calls, time)
            phase.count += len(calls)
            advance(number, market.scale.blocks)
    finally:
        filler.close()
    return {"making": perf_counter() - started - sum(filler.seconds.values())} | filler.seconds
