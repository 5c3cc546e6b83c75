"""`onetonne audit`: the proof, from a chain alone, that nothing was counted twice."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onetonne.cli.options import AsJson, RolesFile
from onetonne.cli.output import moment, progress, say, show_json, table, tonnes
from onetonne.cli.session import session_of
from onetonne.cli.trust import BlockHash, Prove, SecondRpc, trust_of
from onetonne.errors import BadInput, quoted

if TYPE_CHECKING:
    from onetonne.audit import AuditReport, Finding
    from onetonne.audit.report import Proof
    from onetonne.audit.state import StateAt

_SHOWN = 100
_HASH = re.compile(r"0x[0-9a-fA-F]{64}")
_AtBlock = Annotated[
    str | None,
    typer.Option("--block", metavar="N|HASH", help="Audit at the end of this block, not of the latest."),
]


_Html = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="Write the report, with charts, into one HTML file too."),
]


def audit(
    context: typer.Context,
    block: _AtBlock = None,
    prove: Prove = False,
    block_hash: BlockHash = None,
    second_rpc: SecondRpc = None,
    roles: RolesFile = None,
    html: _Html = None,
    as_json: AsJson = False,
) -> None:
    """Prove that nothing was counted twice: every event and every storage slot, at one block.

    Needs no key, and trusts nobody's summary. Exit code 0 where everything holds, 1 where something is
    broken; a role that neither the manifest nor --roles names is. With --credits it audits a deployment of
    which this machine knows nothing. Two runs over one --block say the same. With --prove a node that lies
    about events, storage or code is caught, and its lie is named.

    Example: onetonne audit --rpc https://node.example --credits 0x5FbDB2315678afecb367f032d93F642f64180aa3
    """
    from onetonne.access import read_roles_file
    from onetonne.audit import audit as audit_chain
    from onetonne.audit import to_html
    from onetonne.audit.proving import ProvingState
    from onetonne.audit.state import NodeState

    session, pinned = session_of(context), _block(block)
    trust = trust_of(session, prove, block_hash, second_rpc)
    index = session.synced(quiet=as_json, verify=prove)
    proving = ProvingState(trust, session.deployment.addresses) if trust else None
    state_at: StateAt = proving.at if proving else NodeState
    expected = read_roles_file(roles, session.deployment.delay) if roles else None
    if trust is not None and pinned is None:
        pinned = trust.block_hash
    with progress("Auditing", hidden=as_json) as advance:
        report = audit_chain(
            session.chain,
            session.deployment,
            index,
            block=pinned,
            state_at=state_at,
            roles=expected,
            verify=prove,
            progress=lambda doing, done, total: advance(done, total, doing=doing),
        )
    if proving:
        report = replace(report, proof=proving.prove(index))
    if html is not None:
        html.write_text(to_html(report), encoding="utf-8")
    if as_json:
        show_json(report.to_json())
    else:
        _show(report)
        if html is not None:
            say(f"The report is in {html}.")
    if not report.holds:
        raise typer.Exit(1)


def _block(text: str | None) -> int | str | None:
    if text is None or _HASH.fullmatch(text):
        return text
    if text.isascii() and text.isdecimal():
        return int(text)
    raise BadInput(f"Block {quoted(text)} can't be read: give its number, or its hash, 0x and 64 digits.")


def _show(report: AuditReport) -> None:
    from onetonne.access import role_name

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
    say(f"Compared {report.slots:,} storage slots, by {report.source}, with {report.events:,} events.")
    if report.proof:
        say(*_proof_in_words(report.proof))
    for member in report.holders:
        since, delay = moment(member.since), f"{member.delay:,} s"
        say(f"Role {role_name(member.role)}: {member.account}, since {since}, with a delay of {delay}.")
    for finding in report.findings[:_SHOWN]:
        say(_in_words(finding))
    if len(report.findings) > _SHOWN:
        say(f"... and {len(report.findings) - _SHOWN:,} more findings: --json has them all.")
    for note in report.notes[:_SHOWN]:
        say(f"To look at: {note}")
    if len(report.notes) > _SHOWN:
        say(f"... and {len(report.notes) - _SHOWN:,} more to look at: --json has them all.")
    say("Not checked:")
    for sentence in report.not_checked:
        say(f"- {sentence}")
    say("Everything holds." if report.holds else f"BROKEN: {len(report.findings):,} findings, each above.")


def _proof_in_words(proof: Proof) -> list[str]:
    block = f"block {proof.block:,}, which is trusted because {proof.trusted}"
    said = [f"Proven: all events, {proof.slots:,} storage slots and all code, against {block}."]
    if proof.whole:
        said.append(f"The storage of {', '.join(proof.whole)} holds nothing else.")
    return said


def _in_words(finding: Finding) -> str:
    said = [f"events say {finding.events}"] if finding.events is not None else []
    said += [f"storage says {finding.storage}"] if finding.storage is not None else []
    return f"{finding.invariant}, {finding.subject}: {finding.problem}" + (
        f" ({'; '.join(said)})" if said else ""
    )
