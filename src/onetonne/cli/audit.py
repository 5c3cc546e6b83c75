"""`onetonne audit`: the proof, from a chain alone, that nothing was counted twice."""

from dataclasses import replace

import typer

from onetonne.audit import AuditReport, Finding
from onetonne.audit import audit as audit_chain
from onetonne.audit.proving import ProvingState
from onetonne.audit.report import Proof
from onetonne.audit.state import NodeState
from onetonne.cli.options import AsJson
from onetonne.cli.output import progress, say, show_json, table, tonnes
from onetonne.cli.session import session_of
from onetonne.cli.trust import BlockHash, Prove, SecondRpc, trust_of


def audit(
    context: typer.Context,
    prove: Prove = False,
    block_hash: BlockHash = None,
    second_rpc: SecondRpc = None,
    as_json: AsJson = False,
) -> None:
    """Prove that nothing was counted twice: every event and every storage slot, at the chain's latest block.

    Needs no key, and trusts nobody's summary. Exit code 0 where everything holds, 1 where something is
    broken. With --credits it audits a deployment of which this machine knows nothing. With --prove a node
    that lies about storage or code is caught, and the slot is named.

    Example: onetonne audit --rpc https://node.example --credits 0x5FbDB2315678afecb367f032d93F642f64180aa3
    """
    session = session_of(context)
    index = session.synced(quiet=as_json)
    trust = trust_of(session, prove, block_hash, second_rpc)
    proving = ProvingState(trust, session.deployment.addresses) if trust else None
    state_at = proving.at if proving else NodeState
    with progress("Reading storage", hidden=as_json) as advance:
        report = audit_chain(session.chain, session.deployment, index, state_at=state_at, progress=advance)
    if proving:
        report = replace(report, proof=proving.prove())
    if as_json:
        show_json(report.to_json())
    else:
        _show(report)
    if not report.holds:
        raise typer.Exit(1)


def _show(report: AuditReport) -> None:
    table(
        ["Invariant", "What must hold~", "Checked>", "Tonnes>", "Verdict"],
        [
            (
                result.id,
                result.title,
                f"{result.count:,} {result.of}",
                tonnes(result.kilograms) if result.kilograms else "",
                result.verdict,
            )
            for result in report.results
        ],
        title=f"Audit of chain {report.chain_id} at block {report.block:,} ({report.block_hash})",
    )
    say(f"Compared {report.slots:,} storage slots with {report.events:,} events.")
    if report.proof:
        say(*_proof_in_words(report.proof))
    for finding in report.findings:
        say(_in_words(finding))
    for note in report.notes:
        say(f"To look at: {note}")
    say("Everything holds." if report.holds else f"BROKEN: {len(report.findings):,} findings, each above.")


def _proof_in_words(proof: Proof) -> list[str]:
    block = f"block {proof.block:,}, which is trusted because {proof.trusted}"
    said = [f"Proven: {proof.slots:,} storage slots and all code, against the state root of {block}."]
    if proof.whole:
        said.append(f"The storage of {', '.join(proof.whole)} holds nothing else.")
    return said


def _in_words(finding: Finding) -> str:
    said = [f"events say {finding.events}"] if finding.events is not None else []
    said += [f"storage says {finding.storage}"] if finding.storage is not None else []
    return f"{finding.invariant}, {finding.subject}: {finding.problem}" + (
        f" ({'; '.join(said)})" if said else ""
    )
