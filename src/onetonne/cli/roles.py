"""`onetonne roles`: who may do what on a deployment, since when, and with which delay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from onetonne.cli.options import AsJson
from onetonne.cli.output import moment, say, show_json, table
from onetonne.cli.session import session_of

if TYPE_CHECKING:
    from onetonne.access import Access, Member


def roles(context: typer.Context, as_json: AsJson = False) -> None:
    """Show who may do what, since when and with which delay: each role, its holders and its functions.

    Also calls that are scheduled and not made yet. `deploy verify` says whether it is as intended.

    Example: onetonne roles
    """
    from onetonne.access import read_access, role_name

    session = session_of(context)
    access = read_access(session.chain, session.deployment)
    if as_json:
        show_json(_document(access))
        return
    table(
        ["Role", "Account", "Since", "Delay", "Functions~"],
        [
            (
                role_name(member.role),
                session.shown(member.account),
                _since(member, access.time),
                _delay(member),
                _functions(access, member.role),
            )
            for member in access.members
        ],
        title=f"Roles on chain {session.deployment.chain_id}",
    )
    for call in access.pending:
        who = session.shown(call.account)
        say(f"Scheduled by {who}: {call.contract}.{call.function}, from {moment(call.ready_at)} on.")


def _since(member: Member, now: int) -> str:
    return moment(member.since) if member.since <= now else f"from {moment(member.since)} on"


def _delay(member: Member) -> str:
    if member.next_delay is None or member.next_from is None:
        return f"{member.delay:,} s"
    return f"{member.delay:,} s, {member.next_delay:,} s from {moment(member.next_from)} on"


def _functions(access: Access, role: int) -> str:
    from onetonne.deploy.roles import ADMIN

    if role == ADMIN:
        return "roles, delays and authority of all contracts"
    names = [f"{function.contract}.{function.name}" for function in access.functions if function.role == role]
    return ", ".join(names) or "none"


def _document(access: Access) -> dict[str, object]:
    from onetonne.access import role_name
    from onetonne.deploy.roles import ADMIN
    from onetonne.terms import Seconds, from_seconds

    def time(seconds: int | None) -> object:
        return from_seconds(Seconds(seconds)) if seconds else None

    return {
        "members": [
            {
                "role": role_name(member.role),
                "role_id": member.role,
                "account": member.account,
                "since": time(member.since),
                "delay_seconds": member.delay,
                "next_delay_seconds": member.next_delay,
                "next_delay_from": time(member.next_from),
            }
            for member in access.members
        ],
        "functions": [
            {"contract": function.contract, "function": function.name, "role": role_name(function.role)}
            for function in access.functions
            if function.role != ADMIN
        ],
        "rules": [
            {
                "role": role_name(rule.role),
                "admin": role_name(rule.admin),
                "guardian": role_name(rule.guardian),
                "grant_delay_seconds": rule.grant_delay,
            }
            for rule in access.rules
        ],
        "closed": access.closed,
        "pending": [
            {
                "account": call.account,
                "contract": call.contract,
                "function": call.function,
                "ready_at": time(call.ready_at),
            }
            for call in access.pending
        ],
    }
