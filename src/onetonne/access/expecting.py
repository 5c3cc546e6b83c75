"""What the access of a deployment must be: the holders that somebody names, and the roles of functions."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from onetonne.access.reading import Access
from onetonne.chain import checked_address
from onetonne.deploy import Deployment
from onetonne.deploy.roles import ADMIN, FUNCTIONS, GOVERNANCE, NAMES, REGULATOR
from onetonne.errors import AddressError, FileError
from onetonne.terms import Address

_PUBLIC = 2**64 - 1
_NOBODY = "0x" + "0" * 40


@dataclass(frozen=True, slots=True)
class Named:
    """Who should have which role."""

    holders: Mapping[int, frozenset[Address]]
    """By role; a role that is missing should have nobody."""
    source: str
    """Where the names come from, such as `the manifest`."""
    delay: int = 0
    """Seconds that administrator and governance must wait at least."""


def role_name(role: int) -> str:
    """Such as `governance`; `role 7` where it has no name here."""
    return "everybody" if role == _PUBLIC else NAMES.get(role, f"role {role}")


def named(deployment: Deployment) -> Named | None:
    """The holders in a deployment's manifest; None where there is no manifest."""
    if deployment.governance == _NOBODY:
        return None
    governance, regulator = frozenset([deployment.governance]), frozenset([deployment.regulator])
    holders = {ADMIN: governance, GOVERNANCE: governance, REGULATOR: regulator}
    return Named(holders, "the manifest", deployment.delay)


def read_roles_file(path: Path, delay: int = 0) -> Named:
    """The holders in a TOML file: a line `governance = ["0x..."]` for each role. Raises `FileError`."""
    numbers = {name: role for role, name in NAMES.items()}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        holders = {
            numbers[name] if name in numbers else int(name): frozenset(map(checked_address, accounts))
            for name, accounts in content.items()
        }
        if not holders:
            raise ValueError("an empty file")
    except OSError as problem:
        raise FileError(path, f"it can't be read ({problem.strerror})") from problem
    except (ValueError, TypeError, AttributeError, AddressError) as problem:
        raise FileError(
            path,
            "it names no holders of roles; write TOML with a line for each of administrator, governance and "
            'regulator, such as governance = ["0x..."]',
        ) from problem
    return Named(holders, path.name, delay)


def problems(access: Access, expected: Named | None, shortest: int) -> Iterator[tuple[str, str]]:
    """What is not as it must be: a subject and a sentence each.

    Without names only what needs none is looked at. `shortest` is the least delay in seconds of administrator
    and governance on this chain.
    """
    yield from (("AccessManager", sentence) for sentence in access.differences)
    if expected is not None:
        yield from _holders(access, expected)
    yield from _delays(access, max(shortest, expected.delay if expected else 0))
    yield from _functions(access)
    for rule in access.rules:
        for kind, role in (("administrator", rule.admin), ("guardian", rule.guardian)):
            if role != ADMIN:
                names = role_name(rule.role), role_name(role), role_name(ADMIN)
                yield names[0], f"The {kind} of the role {names[0]} is {names[1]}, and should be {names[2]}."
    for contract in access.closed:
        yield contract, f"{contract} is closed: nobody can call its guarded functions."


def _holders(access: Access, expected: Named) -> Iterator[tuple[str, str]]:
    held = {(member.role, member.account) for member in access.members}
    for member in access.members:
        if member.account not in expected.holders.get(member.role, ()):
            has = f"{member.account} has the role {role_name(member.role)}"
            delay = f"with a delay of {member.delay:,} seconds"
            yield (
                _subject(member.role, member.account),
                f"{has} {delay}, and {expected.source} does not name it.",
            )
    for role, accounts in expected.holders.items():
        for account in sorted(accounts):
            if (role, account) not in held:
                sentence = (
                    f"{account} does not have the role {role_name(role)}, and {expected.source} names it."
                )
                yield _subject(role, account), sentence


def _delays(access: Access, least: int) -> Iterator[tuple[str, str]]:
    for member in access.members:
        if member.role in (ADMIN, GOVERNANCE) and member.least_delay < least:
            has = f"{member.account} has the role {role_name(member.role)}"
            delay = f"a delay of {member.least_delay:,} seconds, and {least:,} is the least"
            yield _subject(member.role, member.account), f"{has} with {delay}."


def _functions(access: Access) -> Iterator[tuple[str, str]]:
    roles = {
        (contract, name): role
        for role, contracts in FUNCTIONS.items()
        for contract, names in contracts.items()
        for name in names
    }
    for function in access.functions:
        role = roles.get((function.contract, function.name), ADMIN)
        if function.role != role:
            allowed = f"{function.contract}.{function.name} can be called by {role_name(function.role)}"
            yield function.contract, f"{allowed}, and should be by {role_name(role)} only."


def _subject(role: int, account: Address) -> str:
    return f"{role_name(role)}, {account}"
