"""What people write to name something on chain: its id, or the codes that it was admitted under."""

from typing import Never

from onetonne.cli.session import Session
from onetonne.errors import BadInput, quoted
from onetonne.terms import MethodologyId, ProgrammeId, ProjectId, VvbId

PROGRAMME_HELP = "Code, such as VCS, or id."
VVB_HELP = "Code of the VVB, or its id."
PROJECT_HELP = "Programme and code, such as VCS:1340, or id."
METHODOLOGY_HELP = "Programme, code and version, such as VCS:VM0048:1.0, or id."


def programme_named(session: Session, text: str) -> ProgrammeId:
    """Raises `BadInput` where there is none of that code."""
    if text.isdecimal():
        return ProgrammeId(int(text))
    return session.ledger.programme_id(text) or _none("programme", text, "programme list")


def vvb_named(session: Session, text: str) -> VvbId:
    """Raises `BadInput` where there is none of that code."""
    if text.isdecimal():
        return VvbId(int(text))
    return session.ledger.vvb_id(text) or _none("VVB", text, "verifier list")


def project_named(session: Session, text: str) -> ProjectId:
    """Raises `BadInput` where there is none of that programme and code."""
    if text.isdecimal():
        return ProjectId(int(text))
    programme, *code = text.split(":")
    if len(code) != 1:
        raise BadInput(
            f"Project {quoted(text)} can't be read: write its id, or programme and code as VCS:1340."
        )
    found = session.ledger.project_id(programme_named(session, programme), code[0])
    return found or _none("project", text, "project list")


def methodology_named(session: Session, text: str) -> MethodologyId:
    """Raises `BadInput` where there is none of that programme, code and version."""
    if text.isdecimal():
        return MethodologyId(int(text))
    programme, *words = text.split(":")
    if len(words) != 2:
        raise BadInput(
            f"Methodology {quoted(text)} can't be read: write its id, or programme, code and version "
            "as VCS:VM0048:1.0."
        )
    found = session.ledger.methodology_id(programme_named(session, programme), words[0], words[1])
    return found or _none("methodology", text, "methodology list")


def _none(kind: str, text: str, command: str) -> Never:
    raise BadInput(
        f"There is no {kind} {quoted(text)} on this chain; `onetonne {command}` shows which there are."
    )
